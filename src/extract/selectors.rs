//! Compiles the selectors of a list, once.

use scraper::Selector;

use super::reading::ListSelectors;
use super::region::Region;

/// A selector that is not CSS, or not CSS that we can match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the selector `{selector}` of `{key}`: {why}")]
pub struct SelectorError {
    /// The key under which the rule or preset gives the selector: `list`, `row`, `skip`, `link`, `date`, `empty-in`.
    pub key: &'static str,
    /// The selector as written.
    pub selector: String,
    /// What the parser says.
    pub why: String,
}

/// [`ListSelectors`], compiled.
#[derive(Debug, Clone)]
pub(super) struct Selectors {
    pub(super) list: Selector,
    /// The list selector as written, for error texts.
    pub(super) list_text: String,
    pub(super) row: Selector,
    pub(super) skip: Option<Selector>,
    pub(super) link: Selector,
    pub(super) date: Selector,
    /// Markers of emptiness, white space collapsed, none of them blank.
    pub(super) empty: Vec<String>,
    pub(super) empty_in: Option<Selector>,
    /// Where the list stands in the page's text, if the selectors are simple enough to tell.
    pub(super) region: Option<Region>,
}

impl Selectors {
    pub(super) fn compile(list: &ListSelectors) -> Result<Self, SelectorError> {
        Ok(Self {
            list: compile("list", &list.list)?,
            list_text: list.list.clone(),
            row: compile("row", &list.row)?,
            skip: list.skip.as_deref().map(|skip| compile("skip", skip)).transpose()?,
            link: compile("link", &list.link)?,
            date: compile("date", &list.date)?,
            empty: list
                .empty
                .iter()
                .map(|marker| super::words::collapsed(marker))
                .filter(|m| !m.is_empty())
                .collect(),
            empty_in: list.empty_in.as_deref().map(|place| compile("empty-in", place)).transpose()?,
            region: Region::of(
                &list.list,
                &[&list.row, list.skip.as_deref().unwrap_or("x"), &list.link, &list.date],
            ),
        })
    }
}

pub(super) fn compile(key: &'static str, selector: &str) -> Result<Selector, SelectorError> {
    Selector::parse(selector).map_err(|error| SelectorError {
        key,
        selector: selector.to_owned(),
        why: error.to_string(),
    })
}
