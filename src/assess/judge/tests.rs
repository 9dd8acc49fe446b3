use super::*;
use crate::rules::Lead;

const LANGXI: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

fn half_year() -> Cadence {
    Cadence {
        name: "half-year".into(),
        period: Period::Months(6),
        lead: Lead::NextCutOff { at_least: 30 },
        grace_days: 0,
        remark_due_soon: true,
        rungs: crate::rules::Rungs::default(),
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
}

fn items(newest: &str) -> Option<Shown> {
    Some(Shown::Items { newest: newest.parse().unwrap(), undated: 0, was: None, backing: Backing::default() })
}

fn known<'a>(
    shown: Option<Shown>,
    failure: Option<&'a Cause>,
    full_looks: &'a [DateTime<Utc>],
    now: &str,
) -> Known<'a> {
    Known {
        shown,
        since: Some(at("2022-11-01T00:00:00+08:00")),
        seen_at: Some(at(now)),
        reach: None,
        failure,
        full_looks,
    }
}

fn judged(known: Known<'_>, now: &str) -> Standing {
    Case {
        known,
        cadence: &half_year(),
        owes_nothing_from: None,
        calendar: &LANGXI,
        policy: &Policy::default(),
        exempt_until: None,
    }
    .standing(at(now))
}

fn standing_of(
    shown: Option<Shown>,
    failure: Option<&Cause>,
    looks: &[DateTime<Utc>],
    now: &str,
) -> Standing {
    judged(known(shown, failure, looks, now), now)
}

#[test]
fn before_the_first_poll_the_standing_is_unknown() {
    assert_eq!(
        standing_of(None, None, &[], "2022-12-27T12:00:00+08:00"),
        Standing::Unknown(Cause::NotPolled)
    );
}

#[test]
fn a_source_passes_from_fresh_to_due_soon_to_overdue() {
    let looks = [at("2022-12-28T00:10:00+08:00"), at("2022-12-28T06:10:00+08:00")];
    let standing = |now| standing_of(items("2022-06-27"), None, &looks, now);
    assert_eq!(standing("2022-11-26T23:59:59+08:00"), Standing::Fresh);
    assert_eq!(standing("2022-11-27T00:00:00+08:00"), Standing::DueSoon);
    assert_eq!(standing("2022-12-27T23:59:59+08:00"), Standing::DueSoon);
    assert_eq!(standing("2022-12-28T06:10:00+08:00"), Standing::Overdue);
}

#[test]
fn one_look_convicts_nobody() {
    let standing =
        |looks: &[DateTime<Utc>]| standing_of(items("2022-01-01"), None, looks, "2022-12-28T12:00:00+08:00");
    assert_eq!(standing(&[at("2022-12-28T11:00:00+08:00")]), Standing::Unknown(Cause::Unconfirmed));
    let too_close = [at("2022-12-28T11:00:00+08:00"), at("2022-12-28T11:30:00+08:00")];
    assert_eq!(standing(&too_close), Standing::Unknown(Cause::Unconfirmed));
    let apart = [at("2022-12-28T05:00:00+08:00"), at("2022-12-28T11:30:00+08:00")];
    assert_eq!(standing(&apart), Standing::Overdue);
}

#[test]
fn looks_from_before_the_deadline_do_not_count() {
    let looks = [at("2022-12-27T12:00:00+08:00"), at("2022-12-28T00:30:00+08:00")];
    assert_eq!(
        standing_of(items("2022-06-27"), None, &looks, "2022-12-28T01:00:00+08:00"),
        Standing::Unknown(Cause::Unconfirmed)
    );
}

#[test]
fn a_conviction_does_not_outlive_its_last_look() {
    let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-20T12:00:00+08:00")];
    assert_eq!(
        standing_of(items("2022-01-01"), None, &looks, "2022-12-25T00:00:00+08:00"),
        Standing::Unknown(Cause::LookTooOld)
    );
}

#[test]
fn an_article_that_is_younger_than_its_list_helps_only_until_it_is_late_itself() {
    let shown = |article: &str| {
        let backing = Backing { article: Article::Later(article.parse().unwrap()), ..Backing::default() };
        Some(Shown::Items { newest: "2022-06-01".parse().unwrap(), undated: 0, was: None, backing })
    };
    let now = "2022-12-20T12:00:00+08:00";
    let looks = [at("2022-12-19T00:00:00+08:00"), at("2022-12-20T00:00:00+08:00")];
    let helped = judged(known(shown("2022-07-01"), None, &looks, now), now);
    assert!(matches!(helped, Standing::Unknown(Cause::ArticleIsNewer { .. })), "{helped:?}");
    assert_eq!(judged(known(shown("2022-06-02"), None, &looks, now), now), Standing::Overdue);
}

#[test]
fn a_failed_poll_is_neither_late_nor_fresh() {
    let cause = Cause::CannotFetch("HTTP 500".into());
    for newest in ["2022-12-26", "2021-01-01"] {
        let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
        assert_eq!(
            standing_of(items(newest), Some(&cause), &looks, "2022-12-27T13:00:00+08:00"),
            Standing::Unknown(cause.clone())
        );
    }
}

#[test]
fn rows_without_a_date_hold_back_the_accusation() {
    let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
    for due_soon_or_overdue in ["2022-07-05", "2022-01-01"] {
        let shown = Shown::Items {
            newest: due_soon_or_overdue.parse().unwrap(),
            undated: 2,
            was: None,
            backing: Backing::default(),
        };
        assert_eq!(
            standing_of(Some(shown), None, &looks, "2022-12-27T13:00:00+08:00"),
            Standing::Unknown(Cause::UndatedRows(2))
        );
    }
}

#[test]
fn a_page_that_shows_less_than_before_is_doubted_for_a_week() {
    let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
    let (newest, was) = ("2021-01-01".parse().unwrap(), "2022-11-20".parse().unwrap());
    let shown = Some(Shown::Items { newest, undated: 0, was: Some(was), backing: Backing::default() });
    let standing = |since| {
        let now = "2022-12-27T13:00:00+08:00";
        judged(Known { since: Some(at(since)), ..known(shown, None, &looks, now) }, now)
    };
    let doubt = Standing::Unknown(Cause::WentBack { from: was, to: newest });
    assert_eq!(standing("2022-12-20T14:00:00+08:00"), doubt);
    assert_eq!(standing("2022-12-20T12:00:00+08:00"), Standing::Overdue);
}

#[test]
fn nobody_is_warned_on_an_old_look() {
    let now = "2022-12-27T13:00:00+08:00";
    let standing = |seen_at| {
        judged(Known { seen_at: Some(at(seen_at)), ..known(items("2022-07-05"), None, &[], now) }, now)
    };
    assert_eq!(standing("2022-12-24T14:00:00+08:00"), Standing::DueSoon);
    assert_eq!(standing("2022-12-24T12:00:00+08:00"), Standing::Unknown(Cause::LookTooOld));
}

#[test]
fn an_empty_list_is_blank_only_if_it_never_held_anything_and_was_seen_twice() {
    let looks = [at("2022-12-20T00:00:00+08:00"), at("2022-12-27T12:00:00+08:00")];
    let standing =
        |shown, looks: &[DateTime<Utc>]| standing_of(Some(shown), None, looks, "2022-12-27T13:00:00+08:00");
    assert_eq!(standing(Shown::Empty { held_items: false }, &looks), Standing::Blank);
    assert_eq!(
        standing(Shown::Empty { held_items: false }, &looks[..1]),
        Standing::Unknown(Cause::Unconfirmed)
    );
    assert!(matches!(
        standing(Shown::Empty { held_items: true }, &looks),
        Standing::Unknown(Cause::CannotRead(_))
    ));
}

#[test]
fn a_source_that_looks_overdue_is_fetched_in_full() {
    let wants = |shown, now| {
        let known = known(shown, None, &[], now);
        Case {
            known,
            cadence: &half_year(),
            owes_nothing_from: None,
            calendar: &LANGXI,
            policy: &Policy::default(),
            exempt_until: None,
        }
        .wants_full_look(at(now))
    };
    assert!(!wants(items("2022-06-27"), "2022-12-27T23:59:59+08:00"));
    assert!(wants(items("2022-06-27"), "2022-12-28T00:00:00+08:00"));
    assert!(wants(Some(Shown::Empty { held_items: false }), "2022-12-28T00:00:00+08:00"));
    assert!(!wants(None, "2022-12-28T00:00:00+08:00"), "a first poll is full anyway");
}

#[test]
fn the_looks_that_are_kept_are_few_and_still_show_a_gap() {
    let policy = Policy::default();
    let mut looks = Vec::new();
    let start = at("2022-12-01T00:00:00+08:00");
    for minute in (0..12_000).step_by(7) {
        let counts_from = Some(start + TimeDelta::minutes(500));
        remember_look(&mut looks, start + TimeDelta::minutes(minute), counts_from, &policy);
        let (first, last) = (looks[0], looks[looks.len() - 1]);
        assert!(looks.len() <= 16);
        assert_eq!(last, start + TimeDelta::minutes(minute));
        assert!(minute < 24 * 60 || last - first >= policy.confirm_gap * 3);
    }
}

#[test]
fn the_first_look_after_a_deadline_is_not_forgotten_before_the_second() {
    let kept = |instants: &[&str]| {
        let mut looks = Vec::new();
        for instant in instants {
            let counts_from = Some(at("2022-12-28T00:00:00+08:00"));
            remember_look(&mut looks, at(instant), counts_from, &Policy::default());
        }
        looks
    };
    let instants = ["2022-12-27T20:00:00+08:00", "2022-12-28T00:10:00+08:00", "2022-12-28T06:10:00+08:00"];
    assert_eq!(kept(&instants), instants.map(at));
    // A look shortly before the deadline, and a person's recheck shortly after the first one that counts.
    let mut crowded = vec!["2022-12-27T23:00:00+08:00", "2022-12-28T00:10:00+08:00"];
    crowded.extend(["2022-12-28T01:00:00+08:00", "2022-12-28T06:10:00+08:00"]);
    let looks = kept(&crowded);
    assert_eq!(looks[1], at("2022-12-28T00:10:00+08:00"), "{looks:?}");
    let standing = standing_of(items("2022-06-27"), None, &looks, "2022-12-28T06:10:00+08:00");
    assert_eq!(standing, Standing::Overdue);
}

#[test]
fn the_newest_article_is_opened_before_the_sources_own_lead_even_if_a_weekend_puts_the_warning_off() {
    let backing = Backing { article: Article::Unopened, ..Backing::default() };
    let newest = "2022-06-27".parse().unwrap();
    let shown = Some(Shown::Items { newest, undated: 0, was: None, backing });
    let own_lead = at("2022-11-27T00:00:00+08:00");
    let wants = |warn_from: DateTime<Utc>, now: DateTime<Utc>| {
        let now_text = now.to_rfc3339();
        let case = Case {
            known: known(shown, None, &[], &now_text),
            cadence: &half_year(),
            owes_nothing_from: None,
            calendar: &LANGXI,
            policy: &Policy::default(),
            exempt_until: None,
        };
        assert_eq!(case.deadline().unwrap().warn_from, own_lead);
        case.wants_article(Some(warn_from), now)
    };
    let (early, late) = (own_lead - TimeDelta::days(2), own_lead + TimeDelta::days(1));
    let moment = TimeDelta::seconds(1);
    for (warn_from, opened_from) in [(late, own_lead - OPENED_AHEAD), (early, early - OPENED_AHEAD)] {
        assert!(wants(warn_from, opened_from), "{warn_from}");
        assert!(!wants(warn_from, opened_from - moment), "{warn_from}");
    }
}
