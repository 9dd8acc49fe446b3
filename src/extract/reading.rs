//! How a source's page is read: what presets and a rule's own selectors come to.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::detect::Signs;

use super::json::JsonFields;

/// How one source is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// An HTML list whose parts are named by CSS selectors.
    List(ListSelectors),
    /// An HTML list whose rows are found by their shape, within bounds.
    Finder(FinderBounds),
    /// A table whose columns are known by the words above them.
    Table(TableHeaders),
    /// By the family that the page shows signs of, else by the shape of its rows (preset `auto` or `generic-list`).
    Auto(Families),
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A JSON answer whose parts are named by paths.
    Json(JsonFields),
    /// Hanweb JCMS: rows in a datastore, found by their shape or by selectors.
    Jcms(Option<ListSelectors>),
    /// gkmlpt (南方): a shell, and the answers it leads to.
    Gkmlpt {
        /// The column's number, where the address does not end in it.
        column: Option<u32>,
    },
    /// Hanweb jpaas: a shell, and the answers it leads to.
    Jpaas,
    /// UCAP (开普): rows in the page, or the answer it leads to.
    Ucap,
}

/// All presets that pages may show signs of. Shared by every source that names none, so copies, comparison and print cost
/// the same however many there are: the last two go by a digest.
#[derive(Clone, Default)]
pub struct Families {
    all: Arc<[Family]>,
    digest: u64,
}

impl Families {
    /// Takes stock of the families.
    pub fn new(all: Vec<Family>) -> Self {
        let digest = xxh3_64(format!("{all:?}").as_bytes());
        Self { all: all.into(), digest }
    }

    /// Each of them.
    pub fn all(&self) -> &[Family] {
        &self.all
    }
}

impl PartialEq for Families {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Families {}

impl fmt::Debug for Families {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Families({:016x})", self.digest)
    }
}

/// A preset that pages may show signs of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The preset's name.
    pub name: String,
    /// What gives its pages away.
    pub signs: Signs,
    /// How its pages are read. Never [`Reading::Auto`].
    pub reading: Reading,
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

/// Where rows are looked for by their shape. By default on the whole page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FinderBounds {
    /// The containers of lists: CSS. Rows are looked for inside them only.
    pub list: Option<String>,
    /// Elements to leave out with all that is in them: CSS.
    pub skip: Option<String>,
    /// Whether the page holds several lists of the column (its sub-columns), all of which count. Otherwise lists that
    /// disagree on the newest item make the page unreadable.
    pub several: bool,
}

/// The words above the columns of a table, white space aside, in order of preference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TableHeaders {
    /// Above the items' names.
    pub title: Vec<String>,
    /// Above the days on which they were published.
    pub published: Vec<String>,
    /// Above the days on which the papers were signed: used, and marked as such, where nothing else is given.
    pub signed: Vec<String>,
    /// Texts with which the table says that it holds nothing.
    pub empty: Vec<String>,
}

impl Default for TableHeaders {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            title: words(&["名称", "标题", "信息名称", "文件名称", "公文名称", "公开内容", "信息标题"]),
            published: words(&["发布日期", "发布时间", "公开日期", "公开时间", "公布日期", "公布时间"]),
            signed: words(&[
                "成文日期",
                "成文时间",
                "生成日期",
                "生成时间",
                "印发日期",
                "印发时间",
                "发文日期",
                "发文时间",
            ]),
            empty: words(&["暂无相关信息", "暂无信息", "暂无数据", "暂无内容"]),
        }
    }
}
