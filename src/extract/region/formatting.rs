//! Follows the elements that reach into what comes after them, as `<b>` does that is left open.

use super::ends::is_void;

/// Parsers follow formatting that is closed across other elements into so many of them.
const MOST_ELEMENTS: usize = 7;

/// What is open of it at some place of a page.
#[derive(Debug, Default)]
pub(super) struct Formatting<'p> {
    /// Formatting: left open, it goes on in whatever follows; closed across other elements, it is put into each of them anew.
    open: Vec<&'p str>,
    /// Others that change how a parser takes what follows while they are open.
    others: Vec<&'p str>,
    /// How many elements were begun in the formatting that is open.
    elements: usize,
    /// Whether some may be open that the text has closed.
    is_doubtful: bool,
}

impl<'p> Formatting<'p> {
    /// Whether none reaches on from here.
    pub(super) fn is_none(&self) -> bool {
        self.open.is_empty() && self.others.is_empty() && !self.is_doubtful
    }

    pub(super) fn start(&mut self, name: &'p str) {
        if is_formatting(name) {
            self.open.push(name);
            return;
        }
        if !self.open.is_empty() && name != "span" && !is_void(name) {
            self.elements += 1;
            self.is_doubtful |= self.elements > MOST_ELEMENTS || is_boundary(name);
        }
        // The end tags of these are not heeded inside a table.
        self.is_doubtful |= !self.others.is_empty() && is_boundary(name);
        if is_another(name) {
            self.others.push(name);
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if !self.others.is_empty() {
            remove(&mut self.others, name);
        }
        if !self.open.is_empty() {
            remove(&mut self.open, name);
            if self.open.is_empty() {
                self.elements = 0;
            }
        }
    }
}

/// Removes the last of a name; from far back none is removed, so that a page of a million of them costs no square.
fn remove(open: &mut Vec<&str>, name: &str) {
    const FARTHEST: usize = 100;
    if let Some(back) = open.iter().rev().take(FARTHEST).position(|other| *other == name) {
        open.remove(open.len() - 1 - back);
    }
}

#[rustfmt::skip]
fn is_formatting(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike" | b"strong"
            | b"tt" | b"u"
    )
}

fn is_another(name: &str) -> bool {
    matches!(name.as_bytes(), b"select" | b"button" | b"object" | b"applet" | b"marquee")
}

/// Behind such a tag, the end tag of formatting from before it is not heeded.
fn is_boundary(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"table" | b"caption" | b"td" | b"th" | b"select" | b"object" | b"applet" | b"marquee"
    )
}
