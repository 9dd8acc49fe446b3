//! Bounds the search for rows.

use scraper::{ElementRef, Html, Selector};

use super::super::reading::FinderBounds;
use super::super::region::Region;
use super::super::selectors::{SelectorError, compile};
use super::super::sighting::ExtractError;
use super::super::walk::around;
use super::zones::is_outside_lists;

/// [`FinderBounds`], compiled.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Bounds {
    list: Option<Named>,
    skip: Option<Selector>,
    several: bool,
    /// Where the one list stands whose items `list` names, if it is simple enough to tell.
    pub(in super::super) region: Option<Region>,
}

/// A selector with its text, for error texts.
#[derive(Debug, Clone)]
struct Named {
    selector: Selector,
    text: String,
}

impl Bounds {
    pub(in super::super) fn compile(bounds: &FinderBounds) -> Result<Self, SelectorError> {
        let named =
            |text: &String| compile("list", text).map(|selector| Named { selector, text: text.clone() });
        Ok(Self {
            list: bounds.list.as_ref().map(named).transpose()?,
            skip: bounds.skip.as_deref().map(|skip| compile("skip", skip)).transpose()?,
            several: bounds.several,
            region: bounds
                .list
                .as_deref()
                .and_then(|list| Region::of_items(list, &[bounds.skip.as_deref().unwrap_or("x")])),
        })
    }

    /// Whether the whole page is looked at, and one list only counts.
    pub(in super::super) fn are_none(&self) -> bool {
        self.list.is_none() && self.skip.is_none() && !self.several
    }

    /// The part of a page where rows may be.
    pub(super) fn scope<'a>(&'a self, html: &'a Html) -> Result<Scope<'a>, ExtractError> {
        let roots = match &self.list {
            None => vec![html.root_element()],
            Some(named) => {
                let found: Vec<ElementRef> = html.select(&named.selector).collect();
                if found.is_empty() {
                    return Err(ExtractError::NoList { selector: named.text.clone() });
                }
                outermost(found)
            }
        };
        let is_named = self.list.is_some();
        Ok(Scope { roots, skip: self.skip.as_ref(), is_named, several: self.several })
    }
}

/// `elements` are in page order, so an outer one comes before its inner ones.
fn outermost(elements: Vec<ElementRef>) -> Vec<ElementRef> {
    let mut kept: Vec<ElementRef> = Vec::new();
    for element in elements {
        let is_inside = kept.last().is_some_and(|outer| around(element).any(|around| around == *outer));
        if !is_inside {
            kept.push(element);
        }
    }
    kept
}

/// Where rows are looked for on one page.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    pub(super) roots: Vec<ElementRef<'a>>,
    skip: Option<&'a Selector>,
    /// Whether a rule names the containers, so that they are known to be the list.
    pub(super) is_named: bool,
    /// Whether all lists in it count.
    pub(super) several: bool,
}

impl Scope<'_> {
    /// Whether an element is passed over with all that is in it.
    pub(super) fn leaves_out(&self, element: ElementRef) -> bool {
        is_outside_lists(element) || self.skip.is_some_and(|skip| skip.matches(&element))
    }
}
