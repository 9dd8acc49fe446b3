//! Follows the elements that reach into what comes after them, as `<b>` does that is left open.

use super::ends::VOID;

/// Formatting: left open, it goes on in whatever follows; closed across other elements, it is put into each of them anew.
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Others that change how a parser takes what follows while they are open.
const OTHERS: [&str; 5] = ["select", "button", "object", "applet", "marquee"];
/// Behind such a tag, the end tag of formatting from before it is not heeded.
const BOUNDARIES: [&str; 8] = ["table", "caption", "td", "th", "select", "object", "applet", "marquee"];
/// Parsers follow formatting that is closed across other elements into so many of them.
const MOST_ELEMENTS: usize = 7;

/// What is open of it at some place of a page.
#[derive(Debug, Default)]
pub(super) struct Formatting {
    open: [u16; FORMATTING.len()],
    others: [u16; OTHERS.len()],
    /// How many elements were begun in the formatting that is open.
    elements: usize,
    /// Whether some may be open that the text has closed.
    is_doubtful: bool,
}

impl Formatting {
    /// Whether none reaches on from here.
    pub(super) fn is_none(&self) -> bool {
        !self.is_doubtful && !self.is_any_open() && self.others.iter().all(|open| *open == 0)
    }

    fn is_any_open(&self) -> bool {
        self.open.iter().any(|open| *open > 0)
    }

    pub(super) fn start(&mut self, name: &str) {
        let is_inside = self.is_any_open();
        if let Some(number) = number_of(&FORMATTING, name) {
            self.open[number] = self.open[number].saturating_add(1);
            return;
        }
        if let Some(number) = number_of(&OTHERS, name) {
            self.others[number] = self.others[number].saturating_add(1);
        }
        if is_inside && name != "span" && !VOID.contains(&name) {
            self.elements += 1;
            self.is_doubtful |= self.elements > MOST_ELEMENTS || BOUNDARIES.contains(&name);
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        if let Some(number) = number_of(&FORMATTING, name) {
            self.open[number] = self.open[number].saturating_sub(1);
            if !self.is_any_open() {
                self.elements = 0;
            }
        } else if let Some(number) = number_of(&OTHERS, name) {
            self.others[number] = self.others[number].saturating_sub(1);
        }
    }
}

fn number_of(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|other| *other == name)
}
