//! Items' own pages: which to open, what was found there, and what that says of the list's dates.

use std::borrow::Cow;
use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use url::Url;

use super::learn::Look;
use crate::assess;
use crate::extract::{
    Article, ArticleDate, DateKind, Listing, Sighting, Sureness, opens_as_page, read_article,
};
use crate::fetch::{Failure, Outcome, Retry};
use crate::rules::{Source, SourceKind};
use crate::schedule::HostKey;
use crate::store::{ArticleRecord, SourceRecord};

/// A page that passes away while it is opened is tried so many times.
const MOST_TRIES: u32 = 3;
/// Pages opened in one visit at most.
const OPENED_A_VISIT: usize = 5;
/// Rows of a list that are dated by their pages at most.
const MOST_ROWS: usize = 100;
/// Pages kept in a source's record at most: those of the rows, and some more.
const MOST_KEPT: usize = 150;

/// The pages to open after a look: the newest item's, if a warning or conviction is to rest on its date
/// (`newest_is_wanted`); those of items that may be one text under two dates (`suspects`); and, a few at a time, those
/// of rows for which the list gives no day of publication.
pub(super) fn to_open(
    source: &Source,
    record: &SourceRecord,
    look: &Look,
    newest_is_wanted: bool,
    suspects: &[String],
) -> VecDeque<Url> {
    let newest = record.newest().filter(|_| newest_is_wanted).map(|newest| newest.url.as_str());
    let is_known = |url: &&str| {
        record.articles.iter().any(|article| article.url == **url && !article.is_to_be_tried_again())
    };
    let undated =
        undated_in(look).into_iter().take(MOST_ROWS).filter(|url| !is_known(url)).take(OPENED_A_VISIT);
    let suspects = suspects.iter().map(String::as_str).filter(|url| !is_known(url));
    let mut to_open = VecDeque::new();
    for url in newest.into_iter().chain(suspects).chain(undated).filter_map(|url| openable(source, url)) {
        if !to_open.contains(&url) {
            to_open.push_back(url);
        }
    }
    to_open
}

/// The addresses of rows that have no day of publication.
fn undated_in(look: &Look) -> Vec<&str> {
    match look {
        Look::Read { listing: Listing::Items { sightings, undated }, .. } => {
            let stand_ins = sightings.iter().filter(|sighting| is_stand_in(sighting));
            let undated = undated.iter().map(|row| row.url.as_str());
            stand_ins.map(|sighting| sighting.url.as_str()).chain(undated).collect()
        }
        Look::Undated { rows, .. } => rows.iter().map(|row| row.url.as_str()).collect(),
        Look::Read { listing: Listing::Empty, .. }
        | Look::SameBody { .. }
        | Look::NotModified
        | Look::Failed { .. }
        | Look::Ways(_) => Vec::new(),
    }
}

/// The listing with the days of publication that items' own pages give where the list gives none.
pub(super) fn with_article_days<'l>(listing: &'l Listing, known: &[ArticleRecord]) -> Cow<'l, Listing> {
    let Listing::Items { sightings, undated } = listing else { return Cow::Borrowed(listing) };
    if known.is_empty() {
        return Cow::Borrowed(listing);
    }
    let published = |url: &str| published_on(url, known);
    let mut dated: Vec<Sighting> = sightings
        .iter()
        .map(|sighting| match published(&sighting.url) {
            Some(day) if is_stand_in(sighting) => of_article(&sighting.title, &sighting.url, day),
            Some(_) | None => sighting.clone(),
        })
        .collect();
    let mut still_undated = Vec::new();
    for row in undated {
        match published(&row.url) {
            Some(day) => dated.push(of_article(&row.title, &row.url, day)),
            None => still_undated.push(row.clone()),
        }
    }
    Cow::Owned(Listing::Items { sightings: dated, undated: still_undated })
}

/// Whether an item's own page knows its day better: the list gives another day than that of publication, or not all of it.
fn is_stand_in(sighting: &Sighting) -> bool {
    sighting.kind != DateKind::Published || sighting.sureness != Sureness::Sure
}

/// Whether pages are still to be opened of rows that the list itself does not date.
pub(super) fn has_unread(source: &Source, look: &Look, known: &[ArticleRecord]) -> bool {
    let is_read =
        |url: &str| known.iter().any(|article| article.url == url && !article.is_to_be_tried_again());
    let rows = undated_in(look).into_iter().take(MOST_ROWS);
    rows.filter_map(|url| openable(source, url)).any(|url| !is_read(url.as_str()))
}

fn published_on<'a>(url: &str, known: &'a [ArticleRecord]) -> Option<&'a ArticleDate> {
    let article = known.iter().find(|article| article.url == url)?;
    article.date.as_ref().filter(|date| date.kind == DateKind::Published)
}

fn of_article(title: &str, url: &str, day: &ArticleDate) -> Sighting {
    Sighting {
        title: title.to_owned(),
        url: url.to_owned(),
        date: day.date,
        raw_date: day.raw.clone(),
        found: day.found,
        kind: day.kind,
        sureness: day.sureness,
    }
}

/// What opening a page came to.
pub(super) fn opened(url: &Url, outcome: Outcome, now: DateTime<Utc>, zone: Tz) -> ArticleRecord {
    match outcome {
        Outcome::Page(page, _) => match read_article(&page, now, zone) {
            Ok(article) => ArticleRecord {
                url: url.to_string(),
                opened_at: now,
                latest: latest_claim(&article),
                date: article.date,
                text: Some((article.text_hash, article.text_len)),
                trouble: None,
                tries: 1,
            },
            Err(error) => silent(url, error.to_string(), MOST_TRIES, now),
        },
        Outcome::NotModified => silent(url, "not modified".to_owned(), 1, now),
        Outcome::Failed(failure) => unopened(url, &failure, now),
    }
}

/// A page that could not be had.
pub(super) fn unopened(url: &Url, failure: &Failure, now: DateTime<Utc>) -> ArticleRecord {
    let tries = if failure.retry() == Retry::AtLeisure { MOST_TRIES } else { 1 };
    silent(url, failure.to_string(), tries, now)
}

fn silent(url: &Url, trouble: String, tries: u32, now: DateTime<Utc>) -> ArticleRecord {
    ArticleRecord {
        url: url.to_string(),
        opened_at: now,
        date: None,
        latest: None,
        text: None,
        trouble: Some(trouble),
        tries,
    }
}

/// The latest day on which a page claims to have been published: where it contradicts itself, that one may be true.
fn latest_claim(article: &Article) -> Option<NaiveDate> {
    let claims = article.date.iter().chain(&article.others);
    claims.filter(|claim| claim.kind == DateKind::Published).map(|claim| claim.date).max()
}

/// Adds pages just opened to those known, and keeps the latest.
pub(super) fn remember(known: &mut Vec<ArticleRecord>, opened: &[ArticleRecord]) {
    for article in opened {
        let before = known.iter().position(|other| other.url == article.url).map(|at| known.remove(at));
        let tries_before = before.filter(|before| before.trouble.is_some()).map_or(0, |before| before.tries);
        let tries = article.tries + tries_before;
        known.push(ArticleRecord { tries, ..article.clone() });
    }
    let surplus = known.len().saturating_sub(MOST_KEPT);
    known.drain(..surplus);
}

/// What the newest item's own page says of its date. Where the source is late, only a page opened since `not_before` says
/// anything.
pub(super) fn said_of(
    newest: &Sighting,
    source: &Source,
    known: &[ArticleRecord],
    not_before: Option<DateTime<Utc>>,
) -> assess::Article {
    let Some(url) = openable(source, &newest.url) else { return assess::Article::Silent };
    let article = known.iter().find(|article| article.url == url.as_str());
    let Some(article) = article.filter(|article| not_before.is_none_or(|at| article.opened_at >= at)) else {
        return assess::Article::Unopened;
    };
    match (article.latest, &article.date) {
        (Some(latest), _) if latest > newest.date => assess::Article::Later(latest),
        (_, Some(date)) if date.kind == DateKind::Published => assess::Article::Agrees,
        (_, None) if article.is_to_be_tried_again() => assess::Article::Unopened,
        (_, Some(_) | None) => assess::Article::Silent,
    }
}

impl ArticleRecord {
    fn is_to_be_tried_again(&self) -> bool {
        self.trouble.is_some() && self.tries < MOST_TRIES
    }
}

/// The address of an item's page, if it is one that we open: on the source's own host, and no document to download.
fn openable(source: &Source, url: &str) -> Option<Url> {
    if source.kind != SourceKind::Column {
        return None;
    }
    let url = Url::parse(url).ok().filter(|url| HostKey::of(url) == HostKey::of(&source.url))?;
    (opens_as_page(&url) && url != source.url).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(trouble: Option<&str>) -> ArticleRecord {
        let url = "https://www.example.gov.cn/1.html".parse().unwrap();
        let failed = silent(&url, String::new(), 1, DateTime::UNIX_EPOCH);
        ArticleRecord { trouble: trouble.map(str::to_owned), ..failed }
    }

    #[test]
    fn failures_are_counted_in_a_row_and_a_page_that_was_once_had_is_tried_as_often_as_any() {
        let (mut known, had, missed) = (Vec::new(), record(None), record(Some("timed out")));
        for (opened, tries) in [(&missed, 1), (&missed, 2), (&had, 3), (&missed, 1), (&missed, 2)] {
            remember(&mut known, std::slice::from_ref(opened));
            assert_eq!((known.len(), known[0].tries), (1, tries));
        }
    }
}
