//! What extraction finds: dated items, rows it could not date, or a list that says it is empty.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One dated item, seen in one poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sighting {
    /// The item's title, white space collapsed.
    pub title: String,
    /// The item's absolute address; empty where the row has no usable link.
    pub url: String,
    /// The day it was published, in the county's zone.
    pub date: NaiveDate,
    /// The date exactly as it was written (white space collapsed), kept as evidence.
    pub raw_date: String,
    /// Where the date was found.
    pub found: Found,
    /// What the date says of the item.
    #[serde(default)]
    pub kind: DateKind,
    /// How sure the date is.
    pub sureness: Sureness,
}

/// Where on the page or feed a date was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "DateFound"))]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// In the item's own row of a list.
    List,
    /// The publication date of a feed item.
    FeedPublished,
    /// The update date of a feed item that gives no publication date.
    FeedUpdated,
    /// In a field of a JSON answer, or of the data that a page carries in a script.
    Json,
    /// In the item's own address.
    Url,
    /// In a `meta` element of the item's article.
    ArticleMeta,
    /// In the visible header of the item's article.
    ArticleText,
    /// Put on record by a person.
    Record,
}

impl Found {
    /// The place as officials read it.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::List => "列表",
            Self::FeedPublished | Self::FeedUpdated => "订阅源",
            Self::Json => "接口",
            Self::Url => "网址",
            Self::ArticleMeta => "文章页元数据",
            Self::ArticleText => "文章页正文",
            Self::Record => "人工核查记录",
        }
    }

    /// The word used in JSON and evidence.
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::FeedPublished => "feed-published",
            Self::FeedUpdated => "feed-updated",
            Self::Json => "json",
            Self::Url => "url",
            Self::ArticleMeta => "article-meta",
            Self::ArticleText => "article-text",
            Self::Record => "record",
        }
    }
}

/// What a date says of its item. Only the first kind is a publication; the others stand in for it, flagged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DateKind {
    /// Put on the site or account (发布日期).
    #[default]
    Published,
    /// The paper was signed (成文日期): days, at times years, before it was published.
    Signed,
    /// Made in the CMS, by the date in its address: may lie before or after publication.
    Created,
}

impl DateKind {
    /// What officials should know of such a date; nothing where it is what it should be.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Self::Published => None,
            Self::Signed => Some("成文日期"),
            Self::Created => Some("生成日期"),
        }
    }

    /// The word used in JSON and evidence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Signed => "signed",
            Self::Created => "created",
        }
    }
}

/// How much a date can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Written in full.
    Sure,
    /// Written without a year; the latest year that is not in the future was taken.
    YearInferred,
    /// Written relative to the moment of the poll (昨天, 2小时前).
    Relative,
}

impl Sureness {
    /// What officials should know of such a date; nothing where it is written in full.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Self::Sure => None,
            Self::YearInferred => Some("年份为推定"),
            Self::Relative => Some("相对时间"),
        }
    }

    /// The word used in JSON and evidence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::YearInferred => "year-inferred",
            Self::Relative => "relative",
        }
    }
}

/// A row that looks like an item but has no usable date. Such rows never count as old or as new; while a page has
/// any, its column cannot be convicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndatedRow {
    /// The row's title, or its text where there is no link.
    pub title: String,
    /// The item's absolute address; empty where the row has no usable link.
    pub url: String,
    /// Why there is no date.
    pub why: RowError,
}

/// Why a row has no usable date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum RowError {
    /// The row has no date at all.
    #[error("the row has no date")]
    Missing,
    /// Something stands where the date should be, but it is none we know.
    #[error("`{0}` is not a date we know")]
    Unreadable(String),
    /// The date lies after tomorrow: a slip of the pen, or a date of another kind.
    #[error("`{0}` lies in the future")]
    Future(String),
    /// The date lies before 1990.
    #[error("`{0}` lies before 1990")]
    TooOld(String),
    /// Month and day only, and the rows around it do not tell the year.
    #[error("`{0}` has no year, and the order of the rows does not tell it")]
    YearUnknown(String),
}

/// What came of reading a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extracted {
    /// The list is here.
    Listing(Listing),
    /// The list is elsewhere: the document leads there.
    Onward(Onward),
}

/// A request to which a document leads. It is for the caller to see that it stays on the same site and to count hops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// The address.
    pub url: url::Url,
    /// The form to send with POST, encoded; `None` for a GET.
    pub form: Option<String>,
    /// Why the document leads there.
    pub why: Leads,
}

impl Onward {
    /// So many times one look is led on at most.
    pub const MOST_HOPS: usize = 3;
}

/// Why a document leads elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// It only forwards its visitors (meta refresh, a script that sets `location`).
    Landing,
    /// It is a shell that fetches its rows from there.
    Data,
}

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// At least one dated row. The newest item is the maximum of the dates, never the first row.
    Items {
        /// The dated rows, in page order, duplicates removed.
        sightings: Vec<Sighting>,
        /// Rows that could not be dated.
        undated: Vec<UndatedRow>,
    },
    /// The list is there and says that it has nothing (the preset's own marker).
    Empty,
}

/// Why a document could not be read. None of these says anything about the source's age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExtractError {
    /// Rows were found, but none has a usable date.
    #[error("{rows} rows but no usable date in any; first: {first}")]
    NoDates {
        /// How many rows were found.
        rows: usize,
        /// What was wrong with the first.
        first: RowError,
        /// The rows: the items' own pages may have their dates.
        undated: Vec<UndatedRow>,
    },
    /// No row was found, and nothing says that the list is empty.
    #[error("no list row found, and no sign that the list is empty")]
    NoRows,
    /// The list that the preset names is not on the page.
    #[error("the list `{selector}` is not on the page")]
    NoList {
        /// The selector that matched nothing.
        selector: String,
    },
    /// The page nests deeper than any real page does; parsing it would take minutes.
    #[error("the page nests too deep to be read")]
    TooDeep,
    /// No table on the page has the header words.
    #[error(
        "no table has a header row with one each of: {wanted}; name the words above its columns in the rule"
    )]
    NoTable {
        /// The words above names, and those above dates.
        wanted: String,
    },
    /// Two ways of reading the page find different newest items, and nothing says which is right.
    #[error(
        "two readings disagree, so none is believed: {one}; {other}. Name the list with `list` in the rule"
    )]
    Disagreement {
        /// What the family's own reading finds.
        one: String,
        /// What the shape of the rows says.
        other: String,
    },
    /// The page is another than the column that the rule means. It takes the rule to say so, so extraction never does.
    #[error("the page calls itself `{found}` instead of `{wanted}`; look up the column's present address")]
    NotTheColumn {
        /// What the rule means.
        wanted: String,
        /// What the page says that it is.
        found: String,
    },
    /// The page asks for a login instead of showing its list.
    #[error("a login page stands in place of the list; ask the site for an address that is open to all")]
    LoginPage,
    /// The page says with status 200 that it does not exist.
    #[error("the page says that it does not exist: {said}; look up the column's present address")]
    SoftGone {
        /// The words with which it says so.
        said: String,
    },
    /// The rows are drawn by a script that we do not run.
    #[error("the rows are drawn by a script: {why}; name the address of the data, or have the page rendered")]
    NeedsRendering {
        /// What on the page shows it.
        why: String,
    },
    /// A browser drew the page, but what it shows may not be all there is.
    #[error(
        "a browser drew the page, but what it shows may not be all there is: {why}; hosts other than its own are listed in `further-hosts` of [render]"
    )]
    HalfDrawn {
        /// What was missing.
        why: String,
    },
    /// The page only forwards to another site, or has its rows from there.
    #[error("the page leads to another site: {url}; if the column is there, give that address in the rule")]
    LeadsAway {
        /// Where it forwards to.
        url: String,
    },
    /// A JSON answer whose fields nobody has named.
    #[error("the document is JSON of no known family; name its fields in the rule")]
    UnknownJson,
    /// The document is not a feed we can read.
    #[error("not a readable feed: {0}")]
    BadFeed(String),
    /// The document is not the JSON answer that the preset describes.
    #[error(
        "not the JSON answer that the preset describes: {why}; compare what the address answers with the rule"
    )]
    BadJson {
        /// What is wrong with it.
        why: String,
    },
    /// The page's datastore (JCMS) holds no records and does not say that there are none.
    #[error(
        "the datastore cannot be read: {why}; name rows and dates of the rendered page, or give another address"
    )]
    BadDatastore {
        /// What is wrong with it.
        why: String,
    },
}
