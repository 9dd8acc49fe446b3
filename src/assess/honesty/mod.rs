//! Suspects dates that may not be honest: forged (伪造发稿日期), old texts under new dates (旧稿新发), and bursts just
//! before a check (突击更新).
//!
//! A [`Suspicion`] is for a person to look into, with its evidence. It never accuses a unit by itself, and it says
//! nothing of intent: a text may have waited for approval, a budget comes out on the one day the law gives. What can be
//! explained by how lists and sites work is not suspected: items that a page had pushed to its second page, items that
//! moved to another address, titles that come back every month.
//!
//! [`newest_honest`] gives the day to judge a source by. Where only an old text under a new date would clear it, the
//! answer is [`Newest::Doubtful`], which neither clears nor accuses.

mod back_dated;
mod burst;
mod reissue;
mod suspicion;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::extract::{DateKind, Sureness};

pub use reissue::{Newest, newest_honest};
pub use suspicion::{Likeness, Named, Suspicion};

/// What is known of a source's items over time.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// All items that have been seen, in any order.
    pub items: &'a [Item<'a>],
    /// The first look. What it showed had been there before, for nobody knows how long.
    pub watched_since: DateTime<Utc>,
    /// The zone whose days count.
    pub zone: Tz,
}

/// An item, when it was first seen, and what is known of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its address; empty where it has none.
    pub url: &'a str,
    /// The day it bears.
    pub date: NaiveDate,
    /// What it is the day of. Only publications are suspected.
    pub kind: DateKind,
    /// How sure the day is. Only sure ones are suspected.
    pub sureness: Sureness,
    /// The look that first showed it.
    pub first_seen_at: DateTime<Utc>,
    /// The last successful look before that one; `None` if it is not known.
    pub not_shown_at: Option<DateTime<Utc>>,
    /// Its text, if its article was opened.
    pub text: Option<Text>,
}

/// By what an article's text is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The hash of the text without white space.
    pub hash: u64,
    /// Its length, in characters.
    pub length: usize,
}

/// When a date becomes suspect.
///
/// The inspection rules for government sites name forged publication dates among the gravest faults, so that even the
/// suspicion of one is serious; they give no figures. The defaults are ours, and lie well beyond honest practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HonestyPolicy {
    /// An item may bear the day so many days after it is first seen: clocks and zones differ by one.
    pub days_ahead: i64,
    /// A page may show an item so many days after the day it bears. The longest public holiday with the weekends around
    /// it, and some days of approval, lie within.
    pub days_late: i64,
    /// A page shows at least so many items. One below so many newer ones may have been on the second page.
    pub page_rows: usize,
    /// A text may come out again, corrected, within so many days.
    pub days_reissued: i64,
    /// Shorter texts, in characters, are alike without being the same: `详见附件`.
    pub shortest_text: usize,
    /// Shorter titles, in characters, are names of a kind of item: `会议通知`.
    pub shortest_title: usize,
    /// A title that is met so often is that of a series.
    pub recurring: usize,
    /// Fewer items than this are no burst.
    pub burst_items: usize,
    /// A burst falls on so many days, of which the last is the cut-off day.
    pub burst_days: i64,
    /// Before a burst nothing came out for at least so many days.
    pub silent_days: i64,
}

impl Default for HonestyPolicy {
    fn default() -> Self {
        Self {
            days_ahead: 1,
            days_late: 15,
            page_rows: 10,
            days_reissued: 30,
            shortest_text: 100,
            shortest_title: 8,
            recurring: 3,
            burst_items: 5,
            burst_days: 3,
            silent_days: 60,
        }
    }
}

impl Item<'_> {
    /// Whether its date can be held against it: days of signature and days without a year are another matter.
    fn is_answerable(&self) -> bool {
        self.kind == DateKind::Published && self.sureness == Sureness::Sure
    }
}

impl History<'_> {
    fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn is_ahead(&self, item: &Item, policy: &HonestyPolicy) -> bool {
        days_between(self.day_of(item.first_seen_at), item.date) > policy.days_ahead
    }
}

/// Days from one day to another; negative if the other comes first.
fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}

/// Everything that is suspect about the dates of a source, item by item; `cut_offs` are the days on which its bulletins
/// are or were cut off.
pub fn suspicions(history: &History, cut_offs: &[NaiveDate], policy: &HonestyPolicy) -> Vec<Suspicion> {
    let mut found = Vec::new();
    for item in history.items.iter().filter(|item| item.is_answerable()) {
        if history.is_ahead(item, policy) {
            found.push(Suspicion::FutureDate {
                item: Named::of(item),
                first_seen_on: history.day_of(item.first_seen_at),
            });
        }
        found.extend(back_dated::back_dated(item, history, policy));
    }
    found.extend(reissue::reissued(history, policy).into_iter().map(|(_, suspicion)| suspicion));
    found.extend(cut_offs.iter().filter_map(|cut_off| burst::burst(history, *cut_off, policy)));
    found
}

#[cfg(test)]
mod tests;
