//! Cuts the list out of a page before the page is parsed: parsing is what reading costs.
//!
//! [`Region`] is made of a list's selectors where they are simple enough, [`Region::cut`] finds the places in the text: the
//! lists themselves, or the outermost elements that their selectors name around them. A list that is known by what is in it
//! (`ul:has(> li > .date)`) is cut with the element around such a mark, and so is whatever the selectors of rows look for
//! around them: what is looked for is then in what was cut, or nowhere on the page.
//! What it cuts reads exactly as the whole page would: where anything on the page could make a parser see the list
//! otherwise (tags that do not nest, formatting left open before the list, `<base>`, templates, drawings), nothing is
//! cut and the whole page is parsed.

mod ends;
mod formatting;
mod place;
mod selector;

use std::ops::Range;

use self::ends::{DEEPEST, LISTS, can_be_cut, end_of, is_not_followed};
use self::formatting::Formatting;
use self::place::Place;
use self::selector::{Sign, alternatives, looks_out_for, sign_of};
use super::tokens::{Tag, Token, Tokens};

/// Each goes through what was cut before once more.
const MOST_RECUTS: usize = 8;

/// Where a list stands.
#[derive(Debug, Clone)]
pub(super) struct Region {
    /// Elements that are cut out, each as far as it lies in none of the others.
    places: Vec<Place>,
    /// Elements that are cut out with what is around them.
    marks: Vec<Place>,
    /// Whether all that is cut is one `ul`, `ol` or `dl`.
    is_one_list: bool,
}

impl Region {
    /// The region of lists by their selectors: `None` where those say more than can be told from tags, or where those for
    /// what is inside a list may look at what is around it.
    pub(super) fn of(list: &str, inside: &[&str]) -> Option<Self> {
        let mut region = Self { places: Vec::new(), marks: Vec::new(), is_one_list: false };
        for selector in alternatives(list) {
            match sign_of(selector)? {
                Sign::Place(place) => region.places.push(place),
                Sign::Mark(mark) => region.mark(mark),
            }
        }
        for selector in inside.iter().flat_map(|selectors| alternatives(selectors)) {
            looks_out_for(selector)?.into_iter().for_each(|mark| region.mark(mark));
        }
        Some(region)
    }

    fn mark(&mut self, mark: Place) {
        if !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }

    /// The region of the one list whose items a selector names.
    pub(super) fn of_items(items: &str, inside: &[&str]) -> Option<Self> {
        let marks = alternatives(items).map(|items| Place::of(items.trim())).collect::<Option<Vec<_>>>()?;
        for selector in inside.iter().flat_map(|selectors| alternatives(selectors)) {
            looks_out_for(selector)?.is_empty().then_some(())?;
        }
        Some(Self { places: Vec::new(), marks, is_one_list: true })
    }

    /// What is out of place in a table stands before it, so that tables never hold a mark for certain.
    fn may_hold_marks(&self, name: &str) -> bool {
        if self.is_one_list { LISTS.contains(&name) } else { name != "table" }
    }

    /// The page with nothing but its lists; `None` where there is none, or where it might read differently so.
    pub(super) fn cut(&self, page: &str) -> Option<String> {
        let mut search = Search {
            region: self,
            page,
            open: Vec::new(),
            tables: 0,
            formatting: Formatting::default(),
            cuts: Vec::new(),
            recuts: 0,
        };
        let doctype = search.go_through()?;
        let lists = search.cuts.into_iter().map(|cut| &page[cut]);
        let cut: String = std::iter::once(doctype).chain(lists).collect();
        (cut.len() > doctype.len()).then_some(cut)
    }
}

/// Whether a tag begins one of them; `None` where it takes a parser to tell.
fn is_any_of(places: &[Place], tag: &Tag) -> Option<bool> {
    for place in places {
        if place.fits(tag)? {
            return Some(true);
        }
    }
    Some(false)
}

/// An element that can be cut and that the text has not closed so far.
#[derive(Debug)]
struct Open<'p> {
    tag: Tag<'p>,
    reads_alone: bool,
    /// How many tables are open around it.
    tables: usize,
}

/// The way through a page.
struct Search<'r, 'p> {
    region: &'r Region,
    page: &'p str,
    /// The innermost is last. A guess: whether its tags nest is seen when it is cut.
    open: Vec<Open<'p>>,
    tables: usize,
    formatting: Formatting<'p>,
    cuts: Vec<Range<usize>>,
    /// How often something was cut in place of what had been cut inside it.
    recuts: usize,
}

impl<'p> Search<'_, 'p> {
    /// Finds all that is to be cut, and the page's doctype.
    fn go_through(&mut self) -> Option<&'p str> {
        let mut doctype = "";
        let mut tokens = Tokens::of(self.page);
        while let Some(token) = tokens.next() {
            match token.ok()? {
                // Behind anything else it would not count.
                Token::Doctype { from, text } if is_blank(&self.page[..from]) => doctype = text,
                Token::Doctype { .. } => return None,
                Token::Start(tag) if is_any_of(&self.region.marks, &tag)? => {
                    tokens = Tokens::after(self.page, self.cut_around(&tag)?);
                }
                Token::Start(tag) if is_any_of(&self.region.places, &tag)? => {
                    can_be_cut(tag.name).then_some(())?;
                    let place = self.opened(tag);
                    tokens = Tokens::after(self.page, self.cut(&place)?);
                }
                Token::Start(tag) if is_not_followed(tag.name) => return None,
                Token::Start(tag) => self.enter(tag)?,
                Token::End(tag) => self.leave(tag.name),
            }
        }
        Some(doctype)
    }

    fn opened(&self, tag: Tag<'p>) -> Open<'p> {
        Open { tag, reads_alone: self.formatting.is_none(), tables: self.tables }
    }

    fn enter(&mut self, tag: Tag<'p>) -> Option<()> {
        if can_be_cut(tag.name) {
            (self.open.len() < DEEPEST).then_some(())?;
            self.open.push(self.opened(tag));
        }
        self.tables += usize::from(tag.name == "table");
        self.formatting.start(tag.name);
        Some(())
    }

    fn leave(&mut self, name: &str) {
        if can_be_cut(name)
            && let Some(at) = self.open.iter().rposition(|open| open.tag.name == name)
        {
            self.open.truncate(at);
        }
        if name == "table" {
            self.tables = self.tables.saturating_sub(1);
        }
        self.formatting.end(name);
    }

    /// Cuts an element, in place of what was cut inside it so far. Returns where it ends.
    fn cut(&mut self, place: &Open<'p>) -> Option<usize> {
        place.reads_alone.then_some(())?;
        let from = place.tag.from;
        let end = end_of(&place.tag, self.page, place.tables > 0)?;
        if self.cuts.last().is_some_and(|last| last.start > from) {
            self.recuts += 1;
            self.cuts.retain(|cut| cut.start < from);
        }
        self.cuts.push(from..end);
        (self.recuts <= MOST_RECUTS).then_some(end)
    }

    /// Cuts the element around a mark.
    fn cut_around(&mut self, mark: &Tag) -> Option<usize> {
        let place = self.open.pop().filter(|open| self.region.may_hold_marks(open.tag.name))?;
        let end = self.cut(&place).filter(|end| *end > mark.from)?;
        (!self.region.is_one_list || self.cuts.len() == 1).then_some(())?;
        // What was begun inside is closed inside.
        self.formatting = Formatting::default();
        self.tables = place.tables;
        Some(end)
    }
}

/// White space as parsers know it: any other makes a page of before there were doctypes.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c'))
}

#[cfg(test)]
mod tests;
