//! What extraction finds: dated items, rows it could not date, or a list that says it is empty.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One dated item, seen in one poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// In the item's own row of a list.
    List,
    /// The publication date of a feed item.
    FeedPublished,
    /// The update date of a feed item that gives no publication date.
    FeedUpdated,
    /// In a field of a JSON answer.
    Json,
    /// In the item's own address.
    Url,
    /// In a `meta` element of the item's article.
    ArticleMeta,
    /// In the visible header of the item's article.
    ArticleText,
}

impl Found {
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
        }
    }
}

/// What a date says of its item. Only the first kind is a publication; the others stand in for it, flagged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Written in full.
    Sure,
    /// Written without a year; the latest year that is not in the future was taken.
    YearInferred,
    /// Written relative to the moment of the poll (昨天, 2小时前).
    Relative,
}

/// A row that looks like an item but has no usable date. Such rows never count as old or as new; while a page has
/// any, its column cannot be convicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndatedRow {
    /// The row's title, or its text where there is no link.
    pub title: String,
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
    /// The document is not a feed we can read.
    #[error("not a readable feed: {0}")]
    BadFeed(String),
}
