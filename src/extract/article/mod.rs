//! Reads an article's own page: when it was published, and by which words it can be known again.
//!
//! An [`Article`] gathers every date that the page claims for itself: the official `meta` set, labels in the header and
//! in the table of the index number, the data of its scripts, a JSON answer, the address. What each is worth is decided
//! in one place, `claim`. Publication comes before signature, and signature before what the address says; generation
//! stamps never count, nor does a `PubDate` that is only the moment the page was made. Where two publication dates
//! disagree there is none.
//!
//! Dates in the text itself, in lists of other articles, in footers and clocks are not looked at.

mod address;
mod body;
mod claim;
mod distrust;
mod heading;
mod json;
mod lines;
mod meta;
mod object;
mod opens;
mod script;
mod stamp;
mod visible;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::charset::decode;
use super::document::parse_text;
use super::page::Page;
use super::sighting::{DateKind, ExtractError, Found, Sureness};
use body::Body;
use claim::{Gathered, Settled};
use heading::Names;
use meta::Meta;

pub use distrust::{Distrust, Distrusted};
pub use opens::opens_as_page;

/// What an article's page says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its title; `None` where the page names none.
    pub title: Option<String>,
    /// The column it says it belongs to, or that column's parent.
    pub column: Option<String>,
    /// The site or account it says it belongs to.
    pub site: Option<String>,
    /// The day to go by. Look at its kind: only [`DateKind::Published`] is a publication. `None` where the page gives no
    /// date that can be trusted, or several publication dates that disagree.
    pub date: Option<ArticleDate>,
    /// The dates that were seen and are not the one to go by: they agree with it, stand behind it, or disagree.
    pub others: Vec<ArticleDate>,
    /// What looked like a date of the article and is none.
    pub distrusted: Vec<Distrusted>,
    /// A hash of the article's own text without white space. The same text gives the same hash whatever date it bears.
    /// It says nothing where `text_len` is small.
    pub text_hash: u64,
    /// The length of that text, in characters.
    pub text_len: usize,
}

/// A date that an article's page gives for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ArticleDate {
    /// The day, in the county's zone.
    pub date: NaiveDate,
    /// The date as it was written, with its time of day if it has one.
    pub raw: String,
    /// Where it stands.
    pub found: Found,
    /// What it is the date of.
    pub kind: DateKind,
    /// How sure it is.
    pub sureness: Sureness,
}

/// Reads an article's page as it was at `seen_at`, counting days in `zone`. A page without any date is no error.
///
/// # Errors
///
/// [`ExtractError::TooDeep`] for a page that would stall the parser.
pub fn read_article(page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Article, ExtractError> {
    let text = decode(&page.body, page.content_type.as_deref());
    let mut gathered = Gathered::new(seen_at, zone);
    let (names, body) = match json::parse(&text) {
        Some(answer) => json::read(&answer, &mut gathered),
        None => read_page(page, &text, &mut gathered)?,
    };
    address::read(&page.url, &mut gathered);
    let Settled { date, others, distrusted } = gathered.settle();
    Ok(Article {
        title: names.title,
        column: names.column,
        site: names.site,
        date,
        others,
        distrusted,
        text_hash: body.hash(),
        text_len: body.length(),
    })
}

fn read_page(page: &Page, text: &str, gathered: &mut Gathered) -> Result<(Names, Body), ExtractError> {
    let html = parse_text(text)?;
    let meta = Meta::of(&html);
    let mut names = Names::of(&html, &meta);
    meta.read(gathered);
    meta::read_loose_stamps(text, gathered);
    let in_script = script::read(page, &html, &mut names, gathered);
    let lines = lines::lines(&html, text);
    visible::read(&html, &lines, &names, gathered);
    Ok((names, in_script.unwrap_or_else(|| Body::of(&lines))))
}

#[cfg(test)]
mod tests;
