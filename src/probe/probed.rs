//! The report of a probe. Texts in it come from pages as they are: whoever shows them makes them harmless.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::extract::{ArticleDate, Sighting};
use crate::rules::SourceId;

/// What one look found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Probed {
    /// The instant by which dates were read and judged.
    pub(crate) as_of: DateTime<Utc>,
    /// The address.
    pub(crate) url: String,
    /// The source, where it stands in the rules.
    pub(crate) source: Option<SourceId>,
    /// The column's name, as the rule or else the page has it.
    pub(crate) name: Option<String>,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// Why there is no list; nothing where there is one.
    pub(crate) why: Option<String>,
    /// What robots.txt says.
    pub(crate) robots: RobotsSaid,
    /// All requests, in order.
    pub(crate) requests: Vec<Asked>,
    /// The documents that were read, from the address itself to the list.
    pub(crate) readings: Vec<ReadAs>,
    /// What the page calls itself; nothing where none came.
    pub(crate) page: Option<SelfNamed>,
    /// The newest item.
    pub(crate) newest: Option<Sighting>,
    /// The dated rows, in page order.
    pub(crate) rows: Vec<Sighting>,
    /// The rows without a usable date.
    pub(crate) undated: Vec<Undated>,
    /// The newest items' own pages, newest first.
    pub(crate) articles: Vec<Compared>,
    /// The standing that would follow.
    pub(crate) standing: Judged,
    /// What a person should look at.
    pub(crate) oddities: Vec<String>,
    /// What to write into the unit file; nothing where there is nothing to add.
    pub(crate) rule: Option<String>,
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// A list with dated items.
    Updated,
    /// A list that says that it is empty.
    Empty,
    /// The site keeps us out.
    Blocked,
    /// No list that could be read.
    Unreadable,
}

impl Outcome {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Empty => "empty",
            Self::Blocked => "blocked",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What a site's robots.txt says of the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "says", content = "detail")]
pub(crate) enum RobotsSaid {
    /// It may be asked for; with the seconds that shall lie between two requests, if it names any.
    Allows(Option<u64>),
    /// There is none.
    Nothing,
    /// It may not be asked for; with the line that says so.
    Forbids(String),
    /// It could not be had.
    CannotBeHad(String),
    /// The rules say that it is not heeded.
    NotHeeded,
}

impl fmt::Display for RobotsSaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allows(None) => f.write_str("allows it"),
            Self::Allows(Some(seconds)) => write!(f, "allows it, {seconds} s between requests"),
            Self::Nothing => f.write_str("there is none, so all is allowed"),
            Self::Forbids(line) => write!(f, "forbids it: {line}"),
            Self::CannotBeHad(why) => write!(f, "cannot be had, so nothing was asked for: {why}"),
            Self::NotHeeded => f.write_str("not heeded: the rules say so of this host"),
        }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Asked {
    /// What it was for: `robots`, `page`, `onward` or `article`.
    pub(crate) purpose: &'static str,
    /// `GET`, `POST`, or `drawn` by a browser.
    pub(crate) way: &'static str,
    /// The address.
    pub(crate) url: String,
    /// `200`, or what went wrong.
    pub(crate) answer: String,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: u64,
    /// The length of the body, decompressed; nothing where none came.
    pub(crate) bytes: Option<usize>,
    /// The charset it was read in.
    pub(crate) charset: Option<&'static str>,
    /// What whoever relies on it should know.
    pub(crate) remarks: Vec<String>,
}

/// How one document was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ReadAs {
    /// The document.
    pub(crate) url: String,
    /// The preset that read it; nothing where rows were looked for by their shape, or by the rule's own selectors.
    pub(crate) preset: Option<String>,
    /// Why it was read so.
    pub(crate) because: Vec<String>,
    /// Where the document led on.
    pub(crate) leads_to: Option<String>,
}

/// What a page calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SelfNamed {
    /// `meta SiteName`.
    pub(crate) site: Option<String>,
    /// `meta ColumnName`.
    pub(crate) column: Option<String>,
    /// `meta ColumnType`.
    pub(crate) column_type: Option<String>,
    /// Its title.
    pub(crate) title: Option<String>,
    /// The levels above it and its own, as it prints them.
    pub(crate) trail: Vec<String>,
}

/// A row without a usable date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Undated {
    /// Its title.
    pub(crate) title: String,
    /// Why it has none.
    pub(crate) why: String,
}

/// An item's own page beside its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Compared {
    /// The item's title in the list.
    pub(crate) title: String,
    /// Its address.
    pub(crate) url: String,
    /// The day in the list.
    pub(crate) list: NaiveDate,
    /// The day on its page, with where it stands.
    pub(crate) article: Option<ArticleDate>,
    /// How the two compare.
    pub(crate) agreement: Agreement,
    /// Why the page could not be read, if it could not; what on it looks like a date and is none.
    pub(crate) notes: Vec<String>,
}

/// How an item's own page compares with its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Agreement {
    /// It gives the same day.
    SameDay,
    /// It gives a later day.
    Later,
    /// It gives an earlier day.
    Earlier,
    /// It gives a day, but not of publication.
    NotPublication,
    /// It gives none.
    NoDate,
    /// It could not be read, and will not be soon.
    CannotTell,
    /// It could not be had just now.
    NotNow,
}

impl Agreement {
    /// The words for it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::SameDay => "same day",
            Self::Later => "later",
            Self::Earlier => "earlier",
            Self::NotPublication => "no day of publication",
            Self::NoDate => "no date",
            Self::CannotTell => "cannot tell",
            Self::NotNow => "not known yet",
        }
    }
}

/// The standing that would follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Judged {
    /// The cadence's name.
    pub(crate) cadence: String,
    /// Why it is this one.
    pub(crate) because: String,
    /// After this look alone: `fresh`, `due-soon`, `unknown` or `exempt`.
    pub(crate) standing: &'static str,
    /// Why it is unknown.
    pub(crate) cause: Option<String>,
    /// After a second full look that shows the same, where that makes a difference.
    pub(crate) confirmed: Option<&'static str>,
    /// How many hours the second look must come after the first.
    pub(crate) confirm_gap_hours: i64,
    /// The last day in time.
    pub(crate) due: Option<NaiveDate>,
    /// Days from the day of the look to the due day; negative when it has passed.
    pub(crate) days_left: Option<i64>,
}
