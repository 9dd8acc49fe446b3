//! Finds the request with which a JCMS page would fetch its rows.

use std::collections::BTreeSet;

use url::Url;
use url::form_urlencoded::Serializer;

use crate::extract::onward;
use crate::extract::page::Page;
use crate::extract::script::only_value;
use crate::extract::sighting::{ExtractError, Extracted};

use super::datastore::without_entities;

/// What `dataproxy.jsp` is asked with, and with what value where the page gives none. The first two it cannot do without.
const PARAMETERS: [(&str, Option<&str>); 9] = [
    ("columnid", None),
    ("unitid", None),
    ("webid", Some("")),
    ("col", Some("1")),
    ("appid", Some("1")),
    ("path", Some("/")),
    ("sourceContentType", Some("")),
    ("webname", Some("")),
    ("permissiontype", Some("0")),
];

/// The first three screens of a list, as the CMS itself asks for them.
const RANGE: &str = "startrecord=1&endrecord=75&perpage=25";

/// How the address of the script ends.
pub(super) const SCRIPT: &str = "/dataproxy.jsp";

/// A page with more addresses than that is none we know.
const MOST_ADDRESSES: usize = 16;

/// The request for rows that a page makes.
pub(super) enum Lead {
    /// For the column that the page's address names (`/col/col123/`).
    OfThisColumn(Result<Extracted, ExtractError>),
    /// For a column, where the address names none.
    OfAColumn(Result<Extracted, ExtractError>),
}

/// Leads on to the rows, if the page names exactly one column's worth of parameters, and not another column's.
pub(super) fn lead(page: &Page, text: &str) -> Option<Lead> {
    let addresses = addresses(text);
    if addresses.len() > MOST_ADDRESSES {
        return None;
    }
    let (queries, bare): (Vec<&str>, Vec<&str>) = addresses.iter().partition(|address| address.contains('?'));
    let named = if queries.is_empty() { bare } else { queries };
    let mut requests: Vec<(Url, String)> = named
        .iter()
        .filter_map(|address| page.url.join(&without_entities(address)).ok())
        .filter_map(|address| request(address, text))
        .collect();
    requests.sort();
    requests.dedup();
    let [(url, form)] = requests.as_slice() else { return None };
    let lead = || onward::to_data(page, url.clone(), Some(form.clone()));
    match column_of(page) {
        None => Some(Lead::OfAColumn(lead())),
        Some(column) => form
            .split('&')
            .any(|pair| pair.strip_prefix("columnid=") == Some(column))
            .then(|| Lead::OfThisColumn(lead())),
    }
}

/// The addresses of the script in the text, each once, with its query if it has one.
fn addresses(text: &str) -> BTreeSet<&str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',');
    text.split(ends).filter(|word| word.contains(SCRIPT)).collect()
}

/// The request for rows: parameters come from the address itself, else from the settings of the page's scripts.
fn request(mut address: Url, text: &str) -> Option<(Url, String)> {
    let query: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let mut form = Serializer::new(String::new());
    for (name, usual) in PARAMETERS {
        let in_query = query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let value = in_query.or_else(|| only_value(text, name)).filter(|value| !value.is_empty());
        form.append_pair(name, &value.or_else(|| usual.map(str::to_owned))?);
    }
    address.set_query(Some(RANGE));
    address.set_fragment(None);
    Some((address, form.finish()))
}

/// The number of the column in the page's address (`/col/col123/`), if it names one.
fn column_of(page: &Page) -> Option<&str> {
    let mut numbers = page.url.path_segments()?.filter_map(|segment| segment.strip_prefix("col"));
    numbers.find(|number| number.parse::<u64>().is_ok())
}
