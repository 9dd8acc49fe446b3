//! What a source's history says of the honesty of its dates: above all, whether its newest items are old texts under new
//! dates (旧稿新发).

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::learn::Look;
use super::line::Line;
use crate::assess::cut_off_in;
use crate::assess::honesty::{
    History, HonestyPolicy, Item, Newest, Suspicion, Text, newest_honest, suspicions,
};
use crate::extract::{Listing, Sighting};
use crate::rules::Source;
use crate::store::{ArticleRecord, Held, SightingRecord, StoreError};

/// The newest day without the items that are suspected, and what they are suspected of.
pub(super) struct Reissue {
    pub(super) without: NaiveDate,
    pub(super) because: Suspicion,
}

impl Reissue {
    /// The pages to open: what titles have in common may be all that their texts have.
    pub(super) fn addresses(&self) -> Vec<String> {
        match &self.because {
            Suspicion::OldTextNewDate { item, older, .. } => vec![item.url.clone(), older.url.clone()],
            Suspicion::FutureDate { .. } | Suspicion::BackDated { .. } | Suspicion::Burst { .. } => {
                Vec::new()
            }
        }
    }
}

impl Line {
    /// The reissue on which alone a list would be fresh. The history is only looked up where the list shows something newer
    /// than before and the source was, or will soon be, late without it.
    pub(super) fn reissue(
        &self,
        source: &Source,
        held: &Held,
        look: &Look,
        articles: &[ArticleRecord],
        now: DateTime<Utc>,
    ) -> Result<Option<Reissue>, StoreError> {
        let Look::Read { listing: Listing::Items { sightings, .. }, .. } = look else { return Ok(None) };
        let record = held.stored.record.under_rule(source.fingerprint, source.place);
        let seen_at = held.stored.poll.and_then(|poll| poll.seen_at);
        // Under a new rule nothing is known but the history, and what was doubted before may be doubtful still.
        let was_late =
            record.reading.is_none() || self.terms(source).case(&record, seen_at).is_late_without_more(now);
        if !was_late {
            return Ok(None);
        }
        let mut history = self.store.sightings(&source.id)?;
        if history.is_empty() {
            // What the very first look shows has been there for nobody knows how long.
            return Ok(None);
        }
        let known: Vec<Sighting> = history.iter().map(|record| record.sighting.clone()).collect();
        let fresh = sightings.iter().filter(|sighting| !known.contains(sighting));
        history.extend(fresh.map(|sighting| SightingRecord {
            sighting: sighting.clone(),
            first_seen_at: now,
            not_shown_at: seen_at,
            is_original: None,
        }));
        Ok(doubted(&history, articles, self.calendar.zone))
    }

    /// Everything that a person should look into about the dates of a source, by all its items and those of their own pages
    /// that were opened.
    pub fn suspicions(&self, history: &[SightingRecord], articles: &[ArticleRecord]) -> Vec<Suspicion> {
        let items: Vec<Item> = history.iter().map(|record| item(record, articles)).collect();
        let Some(watched_since) = history.iter().map(|record| record.first_seen_at).min() else {
            return Vec::new();
        };
        let months: BTreeSet<(i32, u32)> = history
            .iter()
            .map(|record| self.calendar.day_of(record.first_seen_at))
            .map(|day| (day.year(), day.month()))
            .collect();
        let day = self.calendar.cut_off_day;
        let cut_offs: Vec<NaiveDate> =
            months.into_iter().map(|(year, month)| cut_off_in(year, month, day)).collect();
        let history = History { items: &items, watched_since, zone: self.calendar.zone };
        suspicions(&history, &cut_offs, &HonestyPolicy::default())
    }
}

fn doubted(history: &[SightingRecord], articles: &[ArticleRecord], zone: chrono_tz::Tz) -> Option<Reissue> {
    let items: Vec<Item> = history.iter().map(|record| item(record, articles)).collect();
    let watched_since = history.iter().map(|record| record.first_seen_at).min()?;
    match newest_honest(&History { items: &items, watched_since, zone }, &HonestyPolicy::default())? {
        Newest::Doubtful { without, because, .. } => Some(Reissue { without, because }),
        Newest::Clear(_) => None,
    }
}

/// An item of the store as the suspicious look at it.
fn item<'a>(record: &'a SightingRecord, articles: &[ArticleRecord]) -> Item<'a> {
    let Sighting { title, url, date, kind, sureness, .. } = &record.sighting;
    let text = articles.iter().find(|article| article.url == *url).and_then(|article| article.text);
    Item {
        title,
        url,
        date: *date,
        kind: *kind,
        sureness: *sureness,
        first_seen_at: record.first_seen_at,
        not_shown_at: record.not_shown_at,
        text: text.map(|(hash, length)| Text { hash, length }),
    }
}
