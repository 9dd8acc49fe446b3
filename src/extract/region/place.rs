//! An element as a simple selector names it, looked for among the tags of a text.

use super::super::tokens::Tag;

/// `tag.class.class`, `tag#id` or `tag[id^=beginning]`; never a tag alone, of which pages are full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    tag: Option<String>,
    id: Option<Id>,
    classes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Id {
    Is(String),
    BeginsWith(String),
}

impl Place {
    /// The outermost element that the selector of a list names: all it selects is in it.
    pub(super) fn around(selector: &str) -> Option<Self> {
        let mut steps = selector.split_whitespace().filter(|step| *step != ">");
        let outermost = Self::of(steps.next()?)?;
        steps.all(is_plain).then_some(outermost)
    }

    /// The element of a selector that says nothing about others.
    pub(super) fn of(selector: &str) -> Option<Self> {
        let (plain, beginning) = match selector.split_once("[id^=") {
            Some((plain, beginning)) => (plain, Some(unquoted(beginning.strip_suffix(']')?))),
            None => (selector, None),
        };
        let name_ends = plain.find(['.', '#']).unwrap_or(plain.len());
        let (tag, mut rest) = plain.split_at(name_ends);
        let mut place = Self {
            tag: (!tag.is_empty()).then(|| tag.to_ascii_lowercase()),
            id: beginning.map(|beginning| Id::BeginsWith(beginning.to_owned())),
            classes: Vec::new(),
        };
        while let Some(mark) = rest.chars().next() {
            let name_ends = rest[1..].find(['.', '#']).map_or(rest.len(), |at| at + 1);
            let name = rest[1..name_ends].to_owned();
            match mark {
                '.' => place.classes.push(name),
                _ if place.id.is_some() => return None,
                _ => place.id = Some(Id::Is(name)),
            }
            rest = &rest[name_ends..];
        }
        let is_bare = place.id.is_none() && place.classes.is_empty();
        let is_whole = !place.classes.iter().any(String::is_empty)
            && beginning.is_none_or(|beginning| !beginning.is_empty() && is_plain(beginning));
        (is_plain(plain) && is_whole && !is_bare).then_some(place)
    }

    /// Whether a tag begins such an element; `None` where it takes a parser to tell.
    #[inline]
    pub(super) fn fits(&self, tag: &Tag) -> Option<bool> {
        let is_another = self.tag.as_deref().is_some_and(|wanted| wanted != tag.name);
        if is_another { Some(false) } else { self.has_names_of(tag) }
    }

    fn has_names_of(&self, tag: &Tag) -> Option<bool> {
        let id_fits = match (&self.id, tag.id) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(Id::Is(wanted)), Some(id)) => same_name(id, wanted)?,
            (Some(Id::BeginsWith(wanted)), Some(id)) => begins_with(id, wanted)?,
        };
        if !id_fits {
            return Some(false);
        }
        for wanted in &self.classes {
            if !has_class(tag.class.unwrap_or_default(), wanted)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// Letters, figures, `-`, `_`, and what stands before classes and ids.
pub(super) fn is_plain(selector: &str) -> bool {
    selector.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'#' | b'-' | b'_'))
}

fn unquoted(value: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value)
}

fn has_class(given: &str, wanted: &str) -> Option<bool> {
    if given.len() < wanted.len() && !given.bytes().any(|byte| byte == b'&') {
        return Some(false);
    }
    let mut has_it = false;
    for class in given.split_ascii_whitespace() {
        has_it |= same_name(class, wanted)?;
    }
    Some(has_it)
}

/// Whether a name on the page is the one wanted. `None` where it takes a parser to tell: whether case counts hangs on
/// the page, and `&` may stand for anything.
fn same_name(given: &str, wanted: &str) -> Option<bool> {
    if given == wanted {
        return Some(true);
    }
    (!given.eq_ignore_ascii_case(wanted) && !given.contains('&')).then_some(false)
}

/// As [`same_name`], for the beginning of a name.
fn begins_with(given: &str, wanted: &str) -> Option<bool> {
    if given.starts_with(wanted) {
        return Some(true);
    }
    let beginning = given.as_bytes().get(..wanted.len());
    let may_begin_so = beginning.is_some_and(|other| other.eq_ignore_ascii_case(wanted.as_bytes()));
    (!may_begin_so && !given.contains('&')).then_some(false)
}
