//! Many items on the last days before a cut-off, after a long silence.

use chrono::NaiveDate;

use super::{History, HonestyPolicy, Suspicion, days_between};

/// Suspects the last days up to a cut-off.
pub(super) fn burst(history: &History, cut_off: NaiveDate, policy: &HonestyPolicy) -> Option<Suspicion> {
    let before_cut_off = |day: &NaiveDate| days_between(*day, cut_off);
    let days: Vec<NaiveDate> =
        history.items.iter().filter(|item| item.is_answerable()).map(|item| item.date).collect();
    let is_last = |day: &NaiveDate| (0..policy.burst_days).contains(&before_cut_off(day));
    let items = days.iter().filter(|day| is_last(day)).count();
    let first = days.iter().filter(|day| is_last(day)).min()?;
    // Without an item before, nobody knows that it was silent: the page may only show its newest.
    let last_before = days.iter().filter(|day| before_cut_off(day) >= policy.burst_days).max()?;
    let silent_days = days_between(*last_before, *first);
    (items >= policy.burst_items && silent_days >= policy.silent_days).then_some(Suspicion::Burst {
        day: *first,
        items,
        cut_off,
        silent_days,
    })
}
