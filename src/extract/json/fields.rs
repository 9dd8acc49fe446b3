//! Which parts of a JSON answer mean what.

use crate::extract::reading::ListSelectors;
use crate::extract::sighting::DateKind;

/// How a JSON answer is read. Paths are JSONPath (RFC 9535). All have been parsed once by the rules loader, so they
/// are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFields {
    /// Where the rows are.
    pub rows: JsonRows,
    /// Path to the number of items the server knows of. Only with 0 here is an answer without rows believed to be empty.
    pub total: Option<String>,
    /// What must hold of the answer for it to count at all. Where `total` is not given, this is what makes an answer
    /// without rows believed.
    pub success: Option<JsonCondition>,
}

impl JsonFields {
    /// The items of an array with their links, which an answer also counts. All by paths; of `dates`, the first that an item
    /// has counts.
    pub(in crate::extract) fn of_items(
        [items, title, link]: [&str; 3],
        dates: &[(&str, DateKind)],
        total: &str,
    ) -> Self {
        let date = |(path, kind): &(&str, DateKind)| JsonDate { path: (*path).to_owned(), kind: *kind };
        Self {
            rows: JsonRows::Items(JsonItems {
                items: items.to_owned(),
                title: title.to_owned(),
                link: Some(link.to_owned()),
                dates: dates.iter().map(date).collect(),
                only: None,
            }),
            total: Some(total.to_owned()),
            success: None,
        }
    }
}

/// Where in an answer the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonRows {
    /// In an array of items.
    Items(JsonItems),
    /// In an HTML fragment.
    Html {
        /// Path to the fragment, a text.
        path: String,
        /// How rows are found in it; by their shape where not given.
        selectors: Option<ListSelectors>,
    },
}

/// The parts of the items of an array. All paths but `items` start at the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonItems {
    /// Path to the array.
    pub items: String,
    /// Path to the title.
    pub title: String,
    /// Path to the link, if items have one: an address, or an object of addresses (`pc` is taken), or such an object
    /// written as a text.
    pub link: Option<String>,
    /// Where dates may stand. The first that an item has counts, be it readable or not.
    pub dates: Vec<JsonDate>,
    /// What must hold of an item for it to count.
    pub only: Option<JsonCondition>,
}

/// A place where items keep a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonDate {
    /// Path to it: a date in any known spelling, or seconds or milliseconds since 1970 as a number or text.
    pub path: String,
    /// What it is the date of.
    pub kind: DateKind,
}

/// A value that must be found at a path. Numbers and booleans are compared as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonCondition {
    /// Where it is looked for.
    pub path: String,
    /// What must be there.
    pub value: String,
}
