//! Cuts the list out of a page before the page is parsed: parsing is what reading costs.
//!
//! [`Region`] is made of a list's selectors where they are simple enough, [`Region::cut`] finds the places in the text: the
//! lists themselves, or the outermost elements that their selectors name around them.
//! What it cuts reads exactly as the whole page would: where anything on the page could make a parser see the list
//! otherwise (tags that do not nest, formatting left open before the list, `<base>`, templates, drawings), nothing is
//! cut and the whole page is parsed.

use super::tokens::{Tag, Token, Tokens};

/// Where a list stands: any of these places.
#[derive(Debug, Clone)]
pub(super) struct Region(Vec<Place>);

/// `tag.class.class` or `tag#id`.
#[derive(Debug, Clone)]
struct Place {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
}

/// Elements that no other tag closes, so that their own end tag ends them.
const CAN_BE_CUT: [&str; 8] = ["div", "ul", "ol", "dl", "section", "article", "main", "table"];
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta", "param", "source",
    "wbr",
];
/// Elements that the end of what is around them also ends.
const END_IS_OPTIONAL: [&str; 15] = [
    "li", "dt", "dd", "p", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup",
    "rt", "rp",
];
/// Elements that reach into what follows them while they are left open.
const REACH_ON: [&str; 19] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
    "select", "button", "object", "applet", "marquee",
];
/// Elements after which a page may be parsed in ways that are not followed here.
const NOT_FOLLOWED: [&str; 8] =
    ["base", "template", "svg", "math", "frameset", "plaintext", "noembed", "xmp"];
/// Elements that mean something else inside a list than alone.
const NOT_IN_A_LIST: [&str; 5] = ["form", "html", "head", "body", "image"];
const ROWS: [&str; 3] = ["li", "dt", "dd"];
const LISTS: [&str; 3] = ["ul", "ol", "dl"];
const CELLS: [&str; 9] = ["tr", "td", "th", "tbody", "thead", "tfoot", "caption", "col", "colgroup"];

impl Region {
    /// The region of a list: `None` where its selectors say more than tags, classes, ids and what is inside what, or
    /// where those inside the list may look at what is around it.
    pub(super) fn of(list: &str, inside: &[&str]) -> Option<Self> {
        if inside.iter().any(|selectors| selectors.split(',').any(may_look_around)) {
            return None;
        }
        list.split(',').map(Place::around).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The page with nothing but its lists; `None` where there is none, or where it might read differently so.
    pub(super) fn cut(&self, page: &str) -> Option<String> {
        let mut cut = String::new();
        let mut reaching_on = [0_i32; REACH_ON.len()];
        let mut tags = Tokens::of(page);
        while let Some(token) = tags.next() {
            match token.ok()? {
                Token::Doctype(doctype) => cut.push_str(doctype),
                Token::Start(tag) if self.is_place(&tag)? => {
                    let is_cut_clean =
                        CAN_BE_CUT.contains(&tag.name) && reaching_on.iter().all(|open| *open <= 0);
                    let end = if is_cut_clean { end_of(&tag, &mut tags)? } else { return None };
                    cut.push_str(&page[tag.from..end]);
                }
                Token::Start(tag) if NOT_FOLLOWED.contains(&tag.name) => return None,
                Token::Start(tag) => count(&mut reaching_on, tag.name, 1),
                Token::End(tag) => count(&mut reaching_on, tag.name, -1),
            }
        }
        cut.contains('<').then_some(cut)
    }

    /// Whether a tag begins a list; `None` if that hangs on upper and lower case.
    fn is_place(&self, tag: &Tag) -> Option<bool> {
        for place in &self.0 {
            if place.fits(tag)? {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// Whether a selector may look further than at the parent of what it selects. What it is asked of lies inside the list, so
/// that parent is cut with it.
fn may_look_around(selector: &str) -> bool {
    let steps: Vec<&str> = selector.split('>').map(str::trim).collect();
    steps.len() > 2 || steps.iter().any(|step| step.is_empty() || step.contains(is_not_plain))
}

impl Place {
    /// The outermost element that the selector of a list names: all it selects is in it.
    fn around(selector: &str) -> Option<Self> {
        let mut steps = selector.split_whitespace().filter(|step| *step != ">");
        let outermost = Self::of(steps.next()?)?;
        steps.all(|step| !step.contains(is_not_plain)).then_some(outermost)
    }

    fn of(selector: &str) -> Option<Self> {
        let name_ends = selector.find(['.', '#']).unwrap_or(selector.len());
        let (tag, mut rest) = selector.split_at(name_ends);
        let mut place =
            Self { tag: (!tag.is_empty()).then(|| tag.to_ascii_lowercase()), id: None, classes: Vec::new() };
        while let Some(mark) = rest.chars().next() {
            let name_ends = rest[1..].find(['.', '#']).map_or(rest.len(), |at| at + 1);
            let name = rest[1..name_ends].to_owned();
            match mark {
                '.' => place.classes.push(name),
                _ => place.id = Some(name),
            }
            rest = &rest[name_ends..];
        }
        let is_bare = place.id.is_none() && place.classes.is_empty();
        let is_plain = !selector.contains(is_not_plain) && !place.classes.iter().any(String::is_empty);
        (is_plain && !is_bare).then_some(place)
    }

    fn fits(&self, tag: &Tag) -> Option<bool> {
        if self.tag.as_deref().is_some_and(|wanted| wanted != tag.name) {
            return Some(false);
        }
        let id_fits = match (&self.id, tag.attribute("id")) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some(id)) => same_name(id, wanted)?,
        };
        if !id_fits {
            return Some(false);
        }
        let given = if self.classes.is_empty() { "" } else { tag.attribute("class").unwrap_or_default() };
        for wanted in &self.classes {
            let mut has_it = false;
            for class in given.split_ascii_whitespace() {
                has_it |= same_name(class, wanted)?;
            }
            if !has_it {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// Whether a name on the page is the one wanted. `None` where it takes a parser to tell: whether case counts hangs on
/// the page, and `&` may stand for anything.
fn same_name(given: &str, wanted: &str) -> Option<bool> {
    if given == wanted {
        return Some(true);
    }
    (!given.eq_ignore_ascii_case(wanted) && !given.contains('&')).then_some(false)
}

fn is_not_plain(letter: char) -> bool {
    !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '#' | '-' | '_'))
}

fn count(reaching_on: &mut [i32; REACH_ON.len()], name: &str, by: i32) {
    if let Some(place) = REACH_ON.iter().position(|other| *other == name) {
        reaching_on[place] = (reaching_on[place] + by).max(0);
    }
}

fn any_of(names: &[&str], open: &[&str]) -> bool {
    open.iter().any(|name| names.contains(name))
}

/// Where the element of `first` ends; `None` if its tags do not nest.
fn end_of(first: &Tag, tags: &mut Tokens) -> Option<usize> {
    let mut open: Vec<&str> = vec![first.name];
    loop {
        match tags.next()?.ok()? {
            Token::Doctype(_) => return None,
            Token::Start(tag) if NOT_FOLLOWED.contains(&tag.name) || NOT_IN_A_LIST.contains(&tag.name) => {
                return None;
            }
            // These close what is open around the list, unless a list or table of their own keeps them from that.
            Token::Start(tag) if ROWS.contains(&tag.name) && !any_of(&LISTS, &open) => return None,
            Token::Start(tag) if CELLS.contains(&tag.name) && !open.contains(&"table") => return None,
            Token::Start(tag) if VOID.contains(&tag.name) => {}
            Token::Start(tag) => open.push(tag.name),
            Token::End(tag) => {
                while open.last() != Some(&tag.name) {
                    END_IS_OPTIONAL.contains(&open.pop()?).then_some(())?;
                }
                open.pop();
                if open.is_empty() {
                    return Some(tag.to);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
