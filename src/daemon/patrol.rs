//! What a person has seen of an account, put on record (人工核查记录).

use chrono::NaiveDate;

use super::line::Line;
use crate::rules::{SourceId, WayKind};
use crate::store::{PatrolRecord, StoreError};

/// Why something was not put on record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotRecorded {
    /// The rules do not know the source.
    #[error("there is no source `{0}`")]
    NoSuchSource(SourceId),
    /// The rule does not take a person's word for the source.
    #[error("`{0}` is not read by what persons see: its rule has no [[feed.via]] of kind \"record\"")]
    NoRecordWay(SourceId),
    /// The day cannot be that of a post.
    #[error("{day} is no day of a post that was seen on {today}")]
    NotADay {
        /// The day given.
        day: NaiveDate,
        /// Today, in the county.
        today: NaiveDate,
    },
    /// A text that must be there is not, or is too long.
    #[error("`{0}` must hold between 1 and {LONGEST} characters")]
    NoText(&'static str),
    /// The evidence is no address.
    #[error("`{0}` is not an address: the evidence must be one, of the post or of a picture of it")]
    NoEvidence(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Longest text of a record, in characters.
const LONGEST: usize = 500;

impl Line {
    /// Puts on record what a person saw of an account. It counts from the account's next visit on.
    ///
    /// # Errors
    /// If the rules do not take a person's word for the source, something is missing or makes no sense, or the store fails.
    pub fn put_on_record(&self, record: &PatrolRecord) -> Result<(), NotRecorded> {
        let slot = self.slot(&record.source);
        let source = slot.map(|slot| self.source(slot));
        let source = source.ok_or_else(|| NotRecorded::NoSuchSource(record.source.clone()))?;
        if !source.ways.iter().any(|way| way.kind == WayKind::Record) {
            return Err(NotRecorded::NoRecordWay(record.source.clone()));
        }
        let today = self.calendar.day_of(record.at);
        let first = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or(NaiveDate::MIN);
        if !(first..=today).contains(&record.date) {
            return Err(NotRecorded::NotADay { day: record.date, today });
        }
        let texts =
            [("by", Some(&record.by)), ("title", Some(&record.title)), ("note", record.note.as_ref())];
        for (name, text) in texts {
            if text.is_some_and(|text| text.trim().is_empty() || text.chars().count() > LONGEST) {
                return Err(NotRecorded::NoText(name));
            }
        }
        let is_evidence =
            url::Url::parse(&record.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_evidence || record.url.chars().count() > LONGEST {
            return Err(NotRecorded::NoEvidence(record.url.clone()));
        }
        tracing::info!(source.id = %record.source, "put on record of `{}`: {}", record.source, record.date);
        Ok(self.store.put_on_record(record)?)
    }
}
