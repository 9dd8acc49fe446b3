//! Recognises the family of a page by signs: its address, its `meta` elements, strings in its markup.
//!
//! Every sign that fits counts; an address or a `meta` element, which are a family's own, count twice as much as a
//! string. The family with the most wins; where two have as much, nothing is known.

use memchr::memmem;
use regex::Regex;

use super::head::Head;
use super::page::Page;
use super::reading::Family;

/// What gives the pages of a family away. Compared by what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signs {
    url: Vec<Pattern>,
    meta: Vec<MetaSign>,
    markup: Vec<String>,
}

/// A `meta` element of a name, and perhaps a pattern of its content. Names are compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MetaSign {
    name: String,
    content: Option<Pattern>,
}

/// A regular expression, compared by its text.
#[derive(Debug, Clone)]
struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

/// A sign that is no regular expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the pattern `{pattern}` of `{key}`: {why}")]
pub struct SignError {
    /// The key under which the preset gives it: `url` or `meta`.
    pub key: &'static str,
    /// The pattern as written.
    pub pattern: String,
    /// What the parser says.
    pub why: String,
}

impl Signs {
    /// Makes signs ready: `url` are regular expressions for the address, `meta` names of `meta` elements or
    /// `name=regular expression`, `markup` plain strings.
    ///
    /// # Errors
    ///
    /// Names the first pattern that is no regular expression.
    pub fn new(url: &[String], meta: &[String], markup: &[String]) -> Result<Self, SignError> {
        Ok(Self {
            url: url.iter().map(|text| pattern("url", text)).collect::<Result<_, _>>()?,
            meta: meta.iter().map(|text| meta_sign(text)).collect::<Result<_, _>>()?,
            markup: markup.to_vec(),
        })
    }

    /// The signs that a page shows, in words, and how much they count.
    fn shown(&self, page: &Page, head: &Head, text: &str) -> (Vec<String>, usize) {
        let url = self.url.iter().filter(|pattern| pattern.0.is_match(page.url.as_str()));
        let url = url.map(|pattern| format!("address like `{}`", pattern.0));
        let meta = self.meta.iter().filter(|sign| sign.is_in(head));
        let meta = meta.map(|sign| format!("meta `{}`", sign.name));
        let own: Vec<String> = url.chain(meta).collect();
        let markup =
            self.markup.iter().filter(|sign| memmem::find(text.as_bytes(), sign.as_bytes()).is_some());
        let markup: Vec<String> = markup.map(|sign| format!("`{sign}` in its markup")).collect();
        let strength = 2 * own.len() + markup.len();
        (own.into_iter().chain(markup).collect(), strength)
    }
}

fn pattern(key: &'static str, text: &str) -> Result<Pattern, SignError> {
    Regex::new(text).map(Pattern).map_err(|error| SignError {
        key,
        pattern: text.to_owned(),
        why: error.to_string(),
    })
}

fn meta_sign(text: &str) -> Result<MetaSign, SignError> {
    match text.split_once('=') {
        None => Ok(MetaSign { name: text.to_owned(), content: None }),
        Some((name, content)) => {
            Ok(MetaSign { name: name.to_owned(), content: Some(pattern("meta", content)?) })
        }
    }
}

impl MetaSign {
    fn is_in(&self, head: &Head) -> bool {
        let mut contents = head.contents(&self.name);
        contents.any(|content| self.content.as_ref().is_none_or(|pattern| pattern.0.is_match(content)))
    }
}

/// The family of a page, and the signs that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detected {
    /// The preset's name.
    pub(super) preset: String,
    /// The signs, in words.
    pub(super) because: Vec<String>,
}

/// The family whose signs a page shows most of, if there is one. `text` is the decoded page.
pub(super) fn detect(families: &[Family], page: &Page, text: &str) -> Option<Detected> {
    let head = Head::of(text);
    let mut shown: Vec<(Detected, usize)> = families
        .iter()
        .map(|family| {
            let (because, strength) = family.signs.shown(page, &head, text);
            (Detected { preset: family.name.clone(), because }, strength)
        })
        .filter(|(_, strength)| *strength > 0)
        .collect();
    shown.sort_by_key(|(_, strength)| std::cmp::Reverse(*strength));
    let mut shown = shown.into_iter();
    match (shown.next()?, shown.next()) {
        ((_, most), Some((_, other))) if other == most => None,
        ((detected, _), _) => Some(detected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{FinderBounds, Reading};

    fn family(name: &str, url: &[&str], meta: &[&str], markup: &[&str]) -> Family {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let signs = Signs::new(&owned(url), &owned(meta), &owned(markup)).unwrap();
        Family { name: name.to_owned(), signs, reading: Reading::Finder(FinderBounds::default()) }
    }

    fn families() -> [Family; 2] {
        [
            family("folders", &[r"/list_\d+/"], &["Builder=^folders "], &["pageOf("]),
            family("columns", &[r"/col/col\d+/"], &["colid"], &["pageOf('", "data-col"]),
        ]
    }

    fn detected(url: &str, text: &str) -> Option<Detected> {
        let page = Page { drawing: None, url: url.parse().unwrap(), content_type: None, body: Vec::new() };
        detect(&families(), &page, text)
    }

    #[test]
    fn the_family_with_the_strongest_signs_is_taken_and_says_why() {
        let found =
            detected("https://x.example/col/col12/", "<META NAME='ColId' content=1>pageOf('a')").unwrap();
        assert_eq!(found.preset, "columns");
        assert_eq!(
            found.because,
            [r"address like `/col/col\d+/`", "meta `colid`", "`pageOf('` in its markup"]
        );
    }

    #[test]
    fn signs_as_strong_for_two_families_say_nothing() {
        assert_eq!(detected("https://x.example/list_3/", "<meta name=colid>"), None);
        assert_eq!(detected("https://x.example/", "<p>x</p>"), None);
    }

    #[test]
    fn a_meta_sign_with_a_pattern_wants_its_content() {
        let preset = |text: &str| detected("https://x.example/", text).map(|found| found.preset);
        assert_eq!(preset("<meta name=builder content='folders 9'>").as_deref(), Some("folders"));
        assert_eq!(preset("<meta name=builder content='other'>"), None);
    }

    #[test]
    fn a_pattern_that_is_none_is_named_with_its_key() {
        let error = Signs::new(&["(".to_owned()], &[], &[]).unwrap_err();
        assert!(error.to_string().starts_with("cannot read the pattern `(` of `url`: "), "{error}");
        assert_eq!(Signs::new(&[], &["a=[".to_owned()], &[]).unwrap_err().key, "meta");
    }
}
