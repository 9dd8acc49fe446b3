//! Items that a page shows for the first time long after the day they bear.

use super::reissue::pressed;
use super::{History, HonestyPolicy, Item, Named, Suspicion, days_between};

/// Suspects an item that a look did not show although it bore a day long before that look.
pub(super) fn back_dated(item: &Item, history: &History, policy: &HonestyPolicy) -> Option<Suspicion> {
    let not_shown_at = item.not_shown_at.filter(|at| *at >= history.watched_since)?;
    let days = days_between(item.date, history.day_of(not_shown_at));
    if days <= policy.days_late {
        return None;
    }
    let earlier = || history.items.iter().filter(|other| other.first_seen_at <= not_shown_at);
    let above = earlier().filter(|other| other.date > item.date).count();
    let may_have_been_on_the_second_page = above >= policy.page_rows;
    let has_moved =
        earlier().any(|other| other.date == item.date && pressed(other.title) == pressed(item.title));
    if may_have_been_on_the_second_page || has_moved {
        return None;
    }
    Some(Suspicion::BackDated {
        item: Named::of(item),
        first_seen_at: item.first_seen_at,
        not_shown_on: history.day_of(not_shown_at),
        days,
    })
}
