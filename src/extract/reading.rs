//! How a source's page is read: what presets and a rule's own selectors come to.

use serde::{Deserialize, Serialize};

/// How one source is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// An HTML list whose parts are named by CSS selectors.
    List(ListSelectors),
    /// An HTML list whose rows are found by their shape (preset `auto`).
    Auto,
    /// RSS, Atom or JSON Feed.
    Feed,
}

/// The CSS selectors of an HTML list. All have been parsed once by the rules loader, so they are valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ListSelectors {
    /// The container of the list. It must be on the page; rows are looked for inside it only.
    pub list: String,
    /// The rows, inside the container.
    pub row: String,
    /// Rows to leave out (separators, advertisements), if any.
    pub skip: Option<String>,
    /// The item's link, inside a row.
    pub link: String,
    /// The node that holds the date, inside a row.
    pub date: String,
    /// Texts with which this family says that a column holds nothing. Looked for in the container and, where `empty_in`
    /// is given, in the nodes it selects.
    pub empty: Vec<String>,
    /// Where else the empty marker may stand.
    pub empty_in: Option<String>,
}
