//! Whether a page is still the one that the rule was written for.

use crate::assess::{Cause, Shown};
use crate::extract::Identity;
use crate::store::{FailureRecord, ReadingRecord, SourceRecord};

/// Why a page that was read looks like another one than before; nothing while it does not.
///
/// A new frame alone is no reason: templates are touched up. A column that calls itself otherwise is, and so is a new
/// frame with less in it than before. Until a person has looked and changed the rule (its `checked` day will do), the
/// source is unknown.
pub(super) fn redesign(
    before: &SourceRecord,
    now: Option<&Identity>,
    read: &ReadingRecord,
) -> Option<String> {
    let (was, now) = (before.identity.as_ref()?, now?);
    if let (Some(was), Some(now)) = (&was.column_name, &now.column_name)
        && was != now
    {
        return Some(format!("it calls itself the column `{now}`, and called itself `{was}` before"));
    }
    let has_new_frame = was.markup != now.markup;
    if has_new_frame && was.column_name.is_some() && now.column_name.is_none() {
        return Some("its frame is new, and it no longer says which column it is".to_owned());
    }
    let was_redesigned = matches!(&before.failure, Some(FailureRecord { cause: Cause::Redesigned(_), .. }));
    if has_new_frame && was_redesigned && before.reading.is_none() {
        return Some("its frame is new, and nobody has checked the rule since".to_owned());
    }
    (has_new_frame && shows_less(before, read))
        .then(|| "its frame is new, and it shows less than before".to_owned())
}

fn shows_less(before: &SourceRecord, read: &ReadingRecord) -> bool {
    match (before.reading.as_ref().map(|reading| reading.shown), read.shown) {
        (Some(Shown::Items { newest: was, .. }), Shown::Items { newest, .. }) => newest < was,
        (Some(Shown::Items { .. }), Shown::Empty { .. }) => true,
        (Some(Shown::Empty { .. }) | None, _) => false,
    }
}

/// What is known of what a page is: what it says now, and the name that it gave before where it gives none any more.
pub(super) fn known_identity(was: Option<&Identity>, now: Option<&Identity>) -> Option<Identity> {
    let Some(now) = now else { return was.cloned() };
    let name_before = was.and_then(|was| was.column_name.clone());
    Some(Identity { column_name: now.column_name.clone().or(name_before), ..now.clone() })
}

/// Whether a page on which no list is found any more has another frame than when one was.
pub(super) fn lost_its_list(before: &SourceRecord, now: &Identity) -> bool {
    let held_items = matches!(
        before.reading.as_ref().map(|reading| reading.shown),
        Some(Shown::Items { .. } | Shown::Empty { held_items: true })
    );
    held_items && before.identity.as_ref().is_some_and(|was| was.markup != now.markup)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Backing;

    fn identity(column: &str, markup: u64) -> Identity {
        Identity { column_name: Some(column.to_owned()), markup, ..Identity::default() }
    }

    fn reading(newest: &str) -> ReadingRecord {
        ReadingRecord {
            shown: Shown::Items {
                newest: newest.parse().unwrap(),
                undated: 0,
                was: None,
                backing: Backing::default(),
            },
            newest: None,
            since: chrono::DateTime::UNIX_EPOCH,
            full_looks: Vec::new(),
            still_so_noted_at: None,
        }
    }

    fn record(newest: &str, identity: Identity) -> SourceRecord {
        SourceRecord { reading: Some(reading(newest)), identity: Some(identity), ..SourceRecord::default() }
    }

    #[test]
    fn a_column_that_calls_itself_otherwise_is_another_page() {
        let before = record("2022-11-01", identity("通知公告", 1));
        let why = redesign(&before, Some(&identity("政策解读", 1)), &reading("2022-12-01"));
        assert!(why.unwrap().contains("`政策解读`"));
        assert_eq!(redesign(&before, Some(&identity("通知公告", 1)), &reading("2022-12-01")), None);
    }

    #[test]
    fn a_page_that_loses_its_name_with_its_frame_is_another_page() {
        let before = record("2022-11-01", identity("通知公告", 1));
        let nameless = |markup| Identity { column_name: None, markup, ..Identity::default() };
        assert!(redesign(&before, Some(&nameless(2)), &reading("2022-12-01")).is_some());
        assert_eq!(redesign(&before, Some(&nameless(1)), &reading("2022-12-01")), None);
    }

    #[test]
    fn a_name_that_is_missing_for_once_is_not_forgotten() {
        let nameless = Identity { column_name: None, ..identity("", 1) };
        let known = known_identity(Some(&identity("通知公告", 1)), Some(&nameless)).unwrap();
        assert_eq!(known.column_name.as_deref(), Some("通知公告"));
        assert_eq!(known_identity(None, None), None);
    }

    #[test]
    fn a_new_frame_counts_only_if_there_is_less_in_it() {
        let before = record("2022-11-01", identity("通知公告", 1));
        let renewed = identity("通知公告", 2);
        assert_eq!(redesign(&before, Some(&renewed), &reading("2022-11-01")), None);
        assert!(redesign(&before, Some(&renewed), &reading("2022-10-01")).is_some());
        assert_eq!(redesign(&before, None, &reading("2022-10-01")), None);
    }

    #[test]
    fn a_list_that_is_gone_with_the_old_frame_was_redesigned() {
        let before = record("2022-11-01", identity("通知公告", 1));
        assert!(lost_its_list(&before, &identity("通知公告", 2)));
        assert!(!lost_its_list(&before, &identity("通知公告", 1)));
        assert!(!lost_its_list(&SourceRecord::default(), &identity("通知公告", 2)));
    }
}
