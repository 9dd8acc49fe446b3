//! Settling, step by step, at exact instants.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::learn::Look;
use super::settle::{Settled, Terms, after_poll, by_time};
use super::visit::Seen;
use crate::alert::{Change, Level, State};
use crate::assess::{self, Calendar, Cause, Standing, WorkDays};
use crate::extract::{DateKind, Families, Found, Listing, Reading, RowError, Sighting, Sureness, UndatedRow};
use crate::fetch::{Retry, Validators};
use crate::rules::{Cadence, Holidays, Lead, Period, Source, SourceId, SourceKind, UnitId};
use crate::store::{Observation, Stored, Update, replay};

const LANGXI: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

/// A source and its store, played forward by hand.
struct Play {
    source: Source,
    stored: Stored,
    observed: Vec<(DateTime<Utc>, Observation)>,
}

impl Play {
    fn new() -> Self {
        let cadence = Cadence {
            name: "half-year".into(),
            period: Period::Months(6),
            lead: Lead::NextCutOff { at_least: 30 },
            grace_days: 0,
            remark_due_soon: true,
            rungs: crate::rules::Rungs::default(),
        };
        let source = Source {
            id: SourceId::new("zhujianju/jiedu"),
            was: Vec::new(),
            unit: UnitId::new("zhujianju"),
            name: "政策解读".into(),
            kind: SourceKind::Column,
            url: "http://www.langxi.example/list.html".parse().unwrap(),
            reading: Arc::new(Reading::Auto(Families::default())),
            ways: Vec::new(),
            canary_of: None,
            min_posts_30d: None,
            deregistered: None,
            render: false,
            checked: None,
            cadence: Arc::new(cadence),
            fingerprint: 1,
            place: 1,
        };
        Self { source, stored: Stored { poll: None, record: Arc::default() }, observed: Vec::new() }
    }

    fn poll(&mut self, now: &str, look: &Look) -> Settled {
        let stored = self.stored.clone();
        let seen =
            Seen { look: look.clone(), articles: Vec::new(), without_reissues: None, not_before: None };
        self.step(|terms| after_poll(&stored, &seen, terms, at(now)))
    }

    fn pass(&mut self, now: &str) -> Settled {
        let stored = self.stored.clone();
        self.step(|terms| by_time(&stored, terms, at(now)))
    }

    fn step(&mut self, settle: impl FnOnce(&Terms<'_>) -> (Update, Settled)) -> Settled {
        let (assess, alert) = Default::default();
        let holidays = Holidays::default();
        let terms = Terms {
            source: &self.source,
            calendar: &LANGXI,
            assess: &assess,
            alert: &alert,
            days: WorkDays::new(&holidays),
            exempt_until: None,
        };
        let (update, settled) = settle(&terms);
        self.stored.poll = update.poll.or(self.stored.poll);
        if let Some(record) = update.record {
            self.stored.record = Arc::new(record);
        }
        self.observed.extend(update.observations);
        settled
    }

    /// The standing as a replay gives it.
    fn replayed(&self, as_of: &str) -> Standing {
        let until = self.observed.iter().filter(|(noted_at, _)| *noted_at <= at(as_of)).cloned();
        let known = replay(until);
        let policy = assess::Policy::default();
        let case = assess::Case {
            known: known.known(),
            cadence: &self.source.cadence,
            owes_nothing_from: None,
            calendar: &LANGXI,
            policy: &policy,
            exempt_until: None,
        };
        case.standing(at(as_of))
    }
}

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn item(date: &str, sureness: Sureness) -> Sighting {
    Sighting {
        title: "关于政策的解读".into(),
        url: String::new(),
        date: day(date),
        raw_date: date.into(),
        found: Found::List,
        kind: DateKind::Published,
        sureness,
    }
}

fn listing(dates: &[&str]) -> Listing {
    let sightings = dates.iter().map(|date| item(date, Sureness::Sure)).collect();
    Listing::Items { sightings, undated: Vec::new() }
}

fn read_of(listing: Listing) -> Look {
    let validators = Validators { etag: Some("\"1\"".into()), last_modified: None };
    Look::Read { listing, validators, body_hash: 7, identity: None }
}

fn read(dates: &[&str]) -> Look {
    read_of(listing(dates))
}

fn same() -> Look {
    Look::SameBody { validators: Validators::default() }
}

fn failed() -> Look {
    Look::Failed { cause: Cause::CannotFetch("the server failed: HTTP 500".into()), retry: Retry::Soon }
}

#[test]
fn a_pinned_old_row_on_top_does_not_make_a_column_old() {
    let mut play = Play::new();
    let settled = play.poll("2022-10-01T08:00", &read(&["2019-05-01", "2022-09-30", "2022-09-01"]));
    assert_eq!(settled.standing, Standing::Fresh);
    assert_eq!(play.stored.record.newest().unwrap().date, day("2022-09-30"));
}

#[test]
fn a_column_lapses_is_confirmed_by_a_second_full_look_and_recovers() {
    let mut play = Play::new();
    play.poll("2022-12-27T20:00", &read(&["2022-06-27"]));
    assert_eq!(play.poll("2022-12-27T23:00", &Look::NotModified).standing, Standing::DueSoon);
    assert_eq!(play.pass("2022-12-28T00:00").standing, Standing::Unknown(Cause::Unconfirmed));
    assert_eq!(play.poll("2022-12-28T00:10", &same()).standing, Standing::Unknown(Cause::Unconfirmed));
    let convicted = play.poll("2022-12-28T06:20", &same());
    assert_eq!(convicted.standing, Standing::Overdue);
    assert_eq!(convicted.changes, [Change::Raised { level: Level::Overdue }]);
    let recovered = play.poll("2022-12-28T12:00", &read(&["2022-12-28", "2022-06-27"]));
    assert_eq!(recovered.standing, Standing::Fresh);
    assert!(matches!(recovered.changes[..], [Change::Resolved { level: Level::Overdue, .. }]));
}

#[test]
fn an_unconfirmed_lapse_is_looked_at_again_after_the_gap_and_not_before() {
    let mut play = Play::new();
    play.poll("2022-12-27T20:00", &read(&["2022-06-27"]));
    let settled = play.poll("2022-12-28T00:10", &same());
    let wait = settled.next_poll_at.unwrap() - at("2022-12-28T00:10");
    assert!(wait >= TimeDelta::hours(6) && wait <= TimeDelta::hours(7), "{wait}");
}

#[test]
fn a_failure_in_between_neither_clears_nor_repeats_an_alert() {
    let mut play = Play::new();
    play.poll("2022-12-28T00:10", &read(&["2022-06-27"]));
    play.poll("2022-12-28T06:20", &same());
    let blind = play.poll("2022-12-28T12:00", &failed());
    assert!(matches!(blind.standing, Standing::Unknown(Cause::CannotFetch(_))));
    assert_eq!(blind.changes, []);
    assert!(matches!(play.stored.record.alert, State::Raised { level: Level::Overdue, .. }));
    let seen = play.poll("2022-12-28T13:00", &read(&["2022-06-27"]));
    assert_eq!((seen.standing, seen.changes), (Standing::Overdue, Vec::new()));
}

#[test]
fn a_shield_is_asked_again_after_hours_that_double_and_accuses_nobody() {
    let mut play = Play::new();
    play.poll("2022-12-27T20:00", &read(&["2022-06-27"]));
    let blocked = Look::Failed { cause: Cause::CannotFetch("blocked: 瑞数".into()), retry: Retry::InHours };
    for (now, hours) in [("2022-12-28T00:10", 6), ("2022-12-28T06:50", 12), ("2022-12-28T20:00", 24)] {
        let settled = play.poll(now, &blocked);
        let wait = settled.next_poll_at.unwrap() - at(now);
        assert!(wait >= TimeDelta::hours(hours) && wait <= TimeDelta::hours(hours + 3), "{now}: {wait}");
        assert!(matches!(settled.standing, Standing::Unknown(Cause::CannotFetch(_))));
    }
}

#[test]
fn after_a_failure_the_page_is_asked_for_in_full() {
    let mut play = Play::new();
    play.poll("2022-10-01T08:00", &read(&["2022-09-30"]));
    assert!(!play.stored.record.validators.is_empty());
    play.poll("2022-10-02T08:00", &failed());
    assert!(play.stored.record.validators.is_empty());
    assert_eq!(play.stored.record.body_hash, None);
}

#[test]
fn a_changed_rule_forgets_what_another_rule_saw_and_keeps_what_the_unit_was_told() {
    let mut play = Play::new();
    play.poll("2022-12-28T00:10", &read(&["2022-06-27"]));
    play.poll("2022-12-28T06:20", &same());
    play.source.fingerprint = 2;
    assert_eq!(play.pass("2022-12-28T08:00").standing, Standing::Unknown(Cause::NotPolled));
    assert!(play.stored.record.validators.is_empty(), "the next look is a full one");
    assert!(matches!(play.stored.record.alert, State::Raised { level: Level::Overdue, .. }));
    let settled = play.poll("2022-12-28T09:00", &read(&["2022-12-20"]));
    assert_eq!(settled.standing, Standing::Fresh);
    assert!(matches!(settled.changes[..], [Change::Resolved { .. }]));
    assert_eq!(play.replayed("2022-12-28T07:00"), Standing::Overdue);
    assert_eq!(play.replayed("2022-12-28T08:30"), Standing::Unknown(Cause::NotPolled));
}

#[test]
fn an_old_copy_of_a_page_convicts_nobody() {
    let mut play = Play::new();
    play.poll("2022-11-25T08:00", &read(&["2022-11-20", "2021-01-01"]));
    play.poll("2022-11-26T08:00", &read(&["2021-01-01"]));
    let settled = play.poll("2022-11-26T15:00", &read(&["2021-01-01"]));
    let doubt = Cause::WentBack { from: day("2022-11-20"), to: day("2021-01-01") };
    assert_eq!(settled.standing, Standing::Unknown(doubt));
    assert_eq!(settled.changes, []);
    let healed = play.poll("2022-11-27T08:00", &read(&["2022-11-20", "2021-01-01"]));
    assert_eq!(healed.standing, Standing::Fresh);
}

#[test]
fn an_item_that_stays_withdrawn_for_a_week_is_gone() {
    let mut play = Play::new();
    play.poll("2022-11-25T08:00", &read(&["2022-11-20", "2021-01-01"]));
    play.poll("2022-11-26T08:00", &read(&["2021-01-01"]));
    play.poll("2022-12-02T15:00", &read(&["2021-01-01"]));
    let settled = play.poll("2022-12-03T08:00", &read(&["2021-01-01"]));
    assert_eq!(settled.standing, Standing::Overdue);
}

#[test]
fn pages_whose_dates_depend_on_the_day_are_read_in_full_each_time() {
    let inferred = vec![item("2022-10-04", Sureness::YearInferred)];
    let future =
        UndatedRow { title: "通知".into(), url: String::new(), why: RowError::Future("2022-12-05".into()) };
    let listings = [
        Listing::Items { sightings: inferred, undated: Vec::new() },
        Listing::Items { sightings: vec![item("2022-10-04", Sureness::Sure)], undated: vec![future] },
    ];
    for listing in listings {
        let mut play = Play::new();
        play.poll("2022-10-05T08:00", &read_of(listing));
        assert!(play.stored.record.validators.is_empty());
        assert_eq!(play.stored.record.body_hash, None);
    }
}

#[test]
fn a_list_that_empties_is_no_blank_column() {
    let mut play = Play::new();
    play.poll("2022-10-01T08:00", &read(&["2022-09-30"]));
    play.poll("2022-10-02T08:00", &read_of(Listing::Empty));
    let settled = play.poll("2022-10-02T16:00", &same());
    assert!(matches!(settled.standing, Standing::Unknown(Cause::CannotRead(_))));
}

#[test]
fn a_column_that_never_held_anything_is_blank_after_two_looks() {
    let mut play = Play::new();
    assert_eq!(
        play.poll("2022-10-01T08:00", &read_of(Listing::Empty)).standing,
        Standing::Unknown(Cause::Unconfirmed)
    );
    assert_eq!(play.poll("2022-10-01T14:00", &same()).standing, Standing::Blank);
}

#[test]
fn every_standing_can_be_replayed_from_what_was_noted() {
    let mut play = Play::new();
    let mut stood = Vec::new();
    play.poll("2022-10-20T08:00", &read(&["2022-06-27"]));
    let mut now = at("2022-10-20T08:00");
    while now < at("2023-01-15T00:00") {
        now += TimeDelta::hours(12);
        let text = now.with_timezone(&LANGXI.zone).format("%Y-%m-%dT%H:%M").to_string();
        let overdue = now >= at("2022-12-28T00:00");
        let standing = play.poll(&text, &if overdue { same() } else { Look::NotModified }).standing;
        stood.push((text, standing));
    }
    for word in ["fresh", "due-soon", "overdue"] {
        assert!(stood.iter().any(|(_, standing)| standing.word() == word), "{word}");
    }
    for (instant, standing) in stood {
        assert_eq!(play.replayed(&instant), standing, "{instant}");
    }
}

#[test]
fn a_clock_that_was_ahead_does_not_hide_later_truths_from_a_replay() {
    let mut play = Play::new();
    play.poll("2022-12-29T08:00", &read(&["2022-01-01"]));
    play.poll("2022-12-29T16:00", &same());
    // The clock is set right: it is still the 28th.
    let settled = play.poll("2022-12-28T09:00", &read(&["2022-12-27"]));
    assert_eq!(settled.standing, Standing::Fresh);
    assert_eq!(play.replayed("2022-12-30T00:00"), Standing::Fresh);
}

#[test]
fn a_day_of_signing_accuses_nobody() {
    let mut play = Play::new();
    let signed = Sighting { kind: DateKind::Signed, ..item("2022-01-05", Sureness::Sure) };
    let listing = Listing::Items { sightings: vec![signed], undated: Vec::new() };
    for now in ["2022-12-01T08:00", "2022-12-01T20:00", "2022-12-02T08:00"] {
        let settled = play.poll(now, &read_of(listing.clone()));
        assert_eq!(settled.standing, Standing::Unknown(Cause::UndatedRows(1)), "{now}");
    }
}
