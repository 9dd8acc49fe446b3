//! Finds the request with which a page fetches a unit of itself, its list.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::extract::onward;
use crate::extract::page::Page;
use crate::extract::script::values;
use crate::extract::sighting::{ExtractError, Extracted};

/// The service that builds units.
pub(super) const SERVICE: &str = "/jpaas-publish-server/front/page/build/unit";

/// What it is asked with, in the order in which the pages do. `bulidstatic` is how the vendor spells it.
const PARAMETERS: [(&str, Option<&str>); 7] = [
    ("parseType", Some("bulidstatic")),
    ("webId", None),
    ("tplSetId", None),
    ("pageType", Some("column")),
    ("tagId", Some("")),
    ("editType", Some("null")),
    ("pageId", None),
];

/// What the units of lists are called, among those of menus and banners.
const LISTS: [&str; 4] = ["list", "列表", "分页", "内容"];

/// The request for a unit of a page.
pub(super) enum Lead {
    /// For the unit that is called a list.
    List(Result<Extracted, ExtractError>),
    /// For the only unit there is, which is called something else.
    Lone(Result<Extracted, ExtractError>),
}

/// Leads on to the list's unit, if it is plain which one it is.
pub(super) fn lead(page: &Page, html: &Html) -> Option<Lead> {
    let selector = Selector::parse("[querydata][url]").expect("a constant selector parses");
    let units: Vec<ElementRef> = html
        .select(&selector)
        .filter(|unit| unit.attr("url").is_some_and(|url| url.trim().ends_with(SERVICE)))
        .collect();
    let lists: Vec<ElementRef> = units.iter().copied().filter(|unit| is_list(*unit)).collect();
    match (units.as_slice(), lists.as_slice()) {
        (_, [list]) => request(page, *list).map(Lead::List),
        ([lone], _) => request(page, *lone).map(Lead::Lone),
        _ => None,
    }
}

fn request(page: &Page, unit: ElementRef) -> Option<Result<Extracted, ExtractError>> {
    let query = query_of(unit)?;
    let address = unit.attr("url").unwrap_or_default();
    Some(onward::address(page, address).and_then(|url| onward::to_data(page, with_query(url, &query), None)))
}

fn is_list(unit: ElementRef) -> bool {
    let tag = parameter(unit, "tagId").unwrap_or_default().to_ascii_lowercase();
    LISTS.iter().any(|word| tag.contains(word))
}

fn query_of(unit: ElementRef) -> Option<Vec<(&'static str, String)>> {
    PARAMETERS
        .into_iter()
        .map(|(name, usual)| Some((name, parameter(unit, name).or_else(|| usual.map(str::to_owned))?)))
        .collect()
}

fn parameter(unit: ElementRef, name: &str) -> Option<String> {
    let data = unit.attr("querydata")?;
    values(data, name).first().map(|value| (*value).to_owned()).filter(|value| !value.is_empty())
}

fn with_query(mut url: Url, query: &[(&str, String)]) -> Url {
    url.query_pairs_mut().clear().extend_pairs(query);
    url
}
