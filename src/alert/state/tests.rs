use super::*;
use crate::alert::ladder::Policy;
use crate::assess::{Calendar, Cause, Deadline, WorkDays};
use crate::rules::{Holidays, Rungs};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;

const LANGXI: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A deadline that is warned of so many days before.
fn deadline(due: &str, lead: u64) -> Deadline {
    let due = day(due);
    let last = due - Days::new(lead + 60);
    Deadline {
        last,
        warn_from: LANGXI.start_of(due - Days::new(lead)),
        due,
        overdue_from: LANGXI.end_of(due),
    }
}

struct Source {
    holidays: Holidays,
    deadline: Option<Deadline>,
    rungs: Rungs,
}

impl Source {
    fn due(due: &str, lead: u64) -> Self {
        Self { holidays: Holidays::shipped(), deadline: Some(deadline(due, lead)), rungs: Rungs::default() }
    }

    fn ladder<'a>(&'a self, policy: &'a Policy) -> Ladder<'a> {
        Ladder {
            calendar: &LANGXI,
            days: WorkDays::new(&self.holidays),
            deadline: self.deadline,
            rungs: self.rungs,
            policy,
        }
    }

    /// What is said of it, hour by hour from one day to another; `standing` tells how it stands at an instant.
    fn said(
        &self,
        from: &str,
        until: &str,
        standing: impl Fn(DateTime<Utc>, &Ladder<'_>) -> Standing,
    ) -> Vec<(String, Change)> {
        let policy = Policy::default();
        let ladder = self.ladder(&policy);
        let mut state = State::Quiet;
        let mut said = Vec::new();
        let mut now = LANGXI.start_of(day(from));
        while now < LANGXI.start_of(day(until)) {
            while let (next, Some(change)) = step(&state, &standing(now, &ladder), now, &ladder) {
                state = next;
                said.push((LANGXI.day_of(now).to_string(), change));
            }
            now += chrono::TimeDelta::hours(1);
        }
        said
    }

    /// The same for a source that publishes nothing and can always be read.
    fn said_of_silence(&self, from: &str, until: &str) -> Vec<(String, &'static str)> {
        let standing = |now: DateTime<Utc>, ladder: &Ladder<'_>| {
            let deadline = self.deadline.unwrap();
            if now >= deadline.overdue_from {
                Standing::Overdue
            } else if ladder.warn_from().is_some_and(|at| now >= at) {
                Standing::DueSoon
            } else {
                Standing::Fresh
            }
        };
        self.said(from, until, standing).into_iter().map(|(on, change)| (on, word(change))).collect()
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Raised { level: Level::DueSoon } => "warned",
        Change::Reminded { level: Level::DueSoon, .. } => "warned again",
        Change::Raised { .. } => "late",
        Change::Reminded { .. } => "still late",
        Change::Escalated { .. } => "escalated",
        Change::Resolved { .. } => "over",
    }
}

fn owned(expected: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    expected.iter().map(|(on, said)| ((*on).to_owned(), *said)).collect()
}

#[test]
fn a_long_cadence_climbs_every_rung() {
    let expected = [
        ("2022-10-18", "warned"),
        ("2022-11-14", "warned again"),
        ("2022-11-17", "warned again"),
        ("2022-11-18", "late"),
        ("2022-11-25", "still late"),
        ("2022-12-02", "escalated"),
        ("2022-12-09", "still late"),
        ("2022-12-16", "still late"),
    ];
    assert_eq!(Source::due("2022-11-17", 30).said_of_silence("2022-10-10", "2022-12-20"), owned(&expected));
}

#[test]
fn a_short_cadence_skips_the_rungs_that_lie_before_its_first_warning() {
    let expected = [("2022-11-15", "warned"), ("2022-11-17", "warned again"), ("2022-11-18", "late")];
    assert_eq!(Source::due("2022-11-17", 2).said_of_silence("2022-11-10", "2022-11-20"), owned(&expected));
}

#[test]
fn warnings_that_fall_in_the_spring_festival_are_given_before_it_and_the_rest_waits_until_it_is_over() {
    // Off from 15 to 23 February 2026; Saturday the 14th is worked.
    let expected = [
        ("2026-02-12", "warned again"),
        ("2026-02-14", "warned again"),
        ("2026-02-17", "late"),
        ("2026-03-03", "still late"),
    ];
    let said = Source::due("2026-02-16", 30).said_of_silence("2026-01-10", "2026-03-05");
    assert_eq!(said[0], ("2026-01-19".to_owned(), "warned"), "the 17th is a Saturday of a plain weekend");
    assert_eq!(said[1..], owned(&expected));
    let first = Source::due("2026-02-20", 4).said_of_silence("2026-02-01", "2026-02-20");
    assert_eq!(
        first,
        owned(&[("2026-02-14", "warned")]),
        "and the due day, which falls on the same day, is not said twice"
    );
}

#[test]
fn nobody_is_warned_on_the_day_on_which_they_published() {
    let source = |due: &str, lead, last: &str| {
        let due = Source::due(due, lead);
        Source { deadline: due.deadline.map(|deadline| Deadline { last: day(last), ..deadline }), ..due }
    };
    // Three days from a Friday: Monday is the due day, and the day before it is a Sunday.
    let monday = source("2022-11-21", 1, "2022-11-18").said_of_silence("2022-11-18", "2022-11-23");
    assert_eq!(monday, owned(&[("2022-11-21", "warned"), ("2022-11-22", "late")]));
    let earlier = source("2022-11-21", 1, "2022-11-17").said_of_silence("2022-11-17", "2022-11-22");
    assert_eq!(earlier, owned(&[("2022-11-18", "warned"), ("2022-11-21", "warned again")]));
    // The 14th is the last working day before the Spring Festival, and all of the period is off.
    let festival = source("2026-02-17", 1, "2026-02-14").said_of_silence("2026-02-14", "2026-02-20");
    assert_eq!(festival, owned(&[("2026-02-16", "warned"), ("2026-02-18", "late")]));
}

#[test]
fn an_unreadable_page_says_nothing_and_what_it_kept_back_is_said_once_when_it_can_be_read() {
    let unknown = || Standing::Unknown(Cause::CannotFetch("HTTP 500".into()));
    let source = Source::due("2022-11-17", 30);
    let dark = LANGXI.start_of(day("2022-11-20"))..LANGXI.start_of(day("2022-12-20"));
    let said = source.said("2022-11-18", "2022-12-30", |now, _| {
        if dark.contains(&now) { unknown() } else { Standing::Overdue }
    });
    let said: Vec<_> = said.into_iter().map(|(on, change)| (on, word(change))).collect();
    assert_eq!(
        said,
        owned(&[("2022-11-18", "late"), ("2022-12-20", "escalated"), ("2022-12-27", "still late")])
    );
    assert_eq!(source.said("2022-11-18", "2022-12-30", |_, _| unknown()), []);
}

#[test]
fn a_recovery_says_since_when_it_was_late() {
    let source = Source::due("2022-11-17", 30);
    let over_at = LANGXI.start_of(day("2022-11-22"));
    let said = source.said("2022-11-18", "2022-11-30", |now, _| {
        if now < over_at { Standing::Overdue } else { Standing::Fresh }
    });
    let raised_at = LANGXI.start_of(day("2022-11-18"));
    assert_eq!(said[1], ("2022-11-22".to_owned(), Change::Resolved { level: Level::Overdue, raised_at }));
    assert_eq!(said.len(), 2);
}

#[test]
fn an_overdue_source_with_an_item_that_is_due_soon_resolves_then_warns() {
    let source = Source::due("2022-11-17", 30);
    let turns_at = LANGXI.start_of(day("2022-11-02"));
    let said = source.said("2022-11-01", "2022-11-03", |now, _| {
        if now < turns_at { Standing::Overdue } else { Standing::DueSoon }
    });
    let words: Vec<_> = said.iter().map(|(_, change)| word(*change)).collect();
    assert_eq!(words, ["late", "over", "warned"]);
}

#[test]
fn what_was_said_while_the_clock_was_ahead_does_not_silence_what_comes_after() {
    let source = Source::due("2022-11-17", 30);
    let policy = Policy::default();
    let (now, ahead) = (LANGXI.start_of(day("2022-11-20")), LANGXI.start_of(day("2029-01-01")));
    let state = State::Raised { level: Level::Overdue, raised_at: now, reminded_at: ahead };
    let (next, change) = step(&state, &Standing::Overdue, now, &source.ladder(&policy));
    assert_eq!(change.map(word), Some("still late"));
    assert_eq!(next, State::Raised { level: Level::Overdue, raised_at: now, reminded_at: now });
}

#[test]
fn a_cadence_may_have_a_ladder_of_its_own() {
    let rungs = Rungs { again_before: 0, on_due_day: false, remind_every: Some(2), escalate_after: Some(3) };
    let source = Source { rungs, ..Source::due("2022-11-14", 2) };
    let expected = [
        ("2022-11-11", "warned"),
        ("2022-11-15", "late"),
        ("2022-11-17", "still late"),
        ("2022-11-18", "escalated"),
        ("2022-11-21", "still late"),
    ];
    assert_eq!(source.said_of_silence("2022-11-10", "2022-11-23"), owned(&expected));
}

#[test]
fn a_state_from_an_older_store_is_still_read() {
    let stored = r#"{"state":"raised","level":"overdue","raised_at":"2022-11-18T00:00:00Z","reminded_at":"2022-11-25T00:00:00Z"}"#;
    assert!(matches!(serde_json::from_str(stored).unwrap(), State::Raised { level: Level::Overdue, .. }));
}

fn any_standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        Just(Standing::Fresh),
        Just(Standing::DueSoon),
        Just(Standing::Overdue),
        Just(Standing::Blank),
        Just(Standing::Exempt),
        Just(Standing::Unknown(Cause::Unconfirmed)),
    ]
}

proptest! {
    #[test]
    fn nothing_is_said_of_what_was_not_raised_and_nothing_twice_a_day(
        standings in prop::collection::vec(any_standing(), 0..60),
        due in 0u64..90,
    ) {
        let start = day("2022-11-01");
        let source = Source::due(&(start + Days::new(due)).to_string(), 30);
        let policy = Policy::default();
        let ladder = source.ladder(&policy);
        let mut state = State::Quiet;
        let mut at_level = None;
        for (n, standing) in standings.iter().enumerate() {
            let now = LANGXI.start_of(start + Days::new(n as u64));
            let (next, change) = step(&state, standing, now, &ladder);
            state = next;
            match change {
                Some(Change::Raised { level }) => {
                    prop_assert_ne!(at_level, Some(level));
                    at_level = Some(level);
                }
                Some(Change::Reminded { level, .. }) => prop_assert_eq!(at_level, Some(level)),
                Some(Change::Escalated { level, .. }) => {
                    prop_assert!(level.is_late());
                    prop_assert_eq!(at_level, Some(level));
                }
                Some(Change::Resolved { level, .. }) => {
                    prop_assert_eq!(at_level, Some(level));
                    at_level = None;
                }
                None => {}
            }
            prop_assert_eq!(matches!(state, State::Raised { .. }), at_level.is_some());
            if !matches!(change, Some(Change::Resolved { .. })) {
                prop_assert_eq!(step(&state, standing, now, &ladder).1, None, "the same instant says nothing more");
            }
        }
    }
}
