//! The one owner of deadlines: calendar arithmetic in the county's zone.
//!
//! Half a year after 31 August is the last day of February; the corresponding day itself is still in time, and the
//! source is overdue from the next midnight on (Civil Code arts. 200-203: the first day is not counted, the period
//! ends on the corresponding day, or on the last day of a month that has none). Staleness deadlines do not roll over
//! holidays.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::standing::Deadline;
use crate::rules::{Cadence, Lead, Period};

/// The county's calendar: where its days begin, and on which day of the month its bulletins are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// The county's time zone.
    pub zone: Tz,
    /// Day of the month up to which a bulletin counts (27 in Langxi); the last day in shorter months.
    pub cut_off_day: u32,
}

impl Calendar {
    /// The day on which `at` falls.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The instant at which `day` begins. Where the clock skips midnight, the first instant after the gap.
    pub fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        self.at(day, NaiveTime::MIN)
    }

    /// The instant of a local time on `day`. Where the clock skips it, the first instant after the gap.
    pub fn at(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let quarters = (0..=96).map(|quarter| TimeDelta::minutes(15 * quarter));
        let after_the_gap = quarters
            .filter_map(|wait| day.and_time(time).checked_add_signed(wait))
            .find_map(|local| self.zone.from_local_datetime(&local).earliest());
        // A day at the very end of what a calendar can hold has no instant; it never comes.
        after_the_gap.map_or(DateTime::<Utc>::MAX_UTC, |found| found.with_timezone(&Utc))
    }

    /// The instant at which `day` ends.
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        self.start_of(day.succ_opt().unwrap_or(day))
    }

    /// The last cut-off that lies before `day`.
    fn cut_off_before(&self, day: NaiveDate) -> NaiveDate {
        let this_month = cut_off_in(day.year(), day.month(), self.cut_off_day);
        if this_month < day {
            return this_month;
        }
        let previous = day.with_day(1).unwrap_or(day) - Months::new(1);
        cut_off_in(previous.year(), previous.month(), self.cut_off_day)
    }
}

/// The cut-off of a month: its `day`, or its last day where it is shorter.
pub fn cut_off_in(year: i32, month: u32, day: u32) -> NaiveDate {
    (1..=day).rev().find_map(|day| NaiveDate::from_ymd_opt(year, month, day)).unwrap_or(NaiveDate::MAX)
}

/// The deadline of a source whose newest item is of day `last`; `None` where the cadence knows no deadline.
pub fn deadline(last: NaiveDate, cadence: &Cadence, calendar: &Calendar) -> Option<Deadline> {
    let due = match cadence.period {
        Period::Days(days) => last.checked_add_days(Days::new(u64::from(days)))?,
        Period::Months(months) => last.checked_add_months(Months::new(months))?,
        Period::Unlimited => return None,
    };
    let warn_on = match cadence.lead {
        Lead::Days(days) => due - Days::new(u64::from(days)),
        Lead::NextCutOff { at_least } => {
            calendar.cut_off_before(due).min(due - Days::new(u64::from(at_least)))
        }
    };
    Some(Deadline {
        last,
        warn_from: calendar.start_of(warn_on),
        due,
        overdue_from: calendar.end_of(due + Days::new(u64::from(cadence.grace_days))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LANGXI: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

    fn cadence(period: Period, lead: Lead) -> Cadence {
        Cadence {
            name: "test".into(),
            period,
            lead,
            grace_days: 0,
            remark_due_soon: true,
            rungs: crate::rules::Rungs::default(),
        }
    }

    fn half_year() -> Cadence {
        cadence(Period::Months(6), Lead::NextCutOff { at_least: 30 })
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    #[test]
    fn six_months_after_31_august_is_the_last_day_of_february() {
        let due = |last| deadline(day(last), &half_year(), &LANGXI).unwrap().due;
        assert_eq!(due("2022-08-31"), day("2023-02-28"));
        assert_eq!(due("2023-08-31"), day("2024-02-29"));
        assert_eq!(due("2022-08-28"), day("2023-02-28"));
        assert_eq!(due("2022-02-28"), day("2022-08-28"));
    }

    #[test]
    fn a_year_after_29_february_is_28_february() {
        let year = cadence(Period::Months(12), Lead::Days(30));
        assert_eq!(deadline(day("2024-02-29"), &year, &LANGXI).unwrap().due, day("2025-02-28"));
    }

    #[test]
    fn the_due_day_itself_is_in_time_and_the_next_midnight_in_shanghai_is_not() {
        let deadline = deadline(day("2022-06-27"), &half_year(), &LANGXI).unwrap();
        assert_eq!(deadline.due, day("2022-12-27"));
        assert_eq!(deadline.overdue_from, instant("2022-12-28T00:00:00+08:00"));
    }

    #[test]
    fn grace_days_move_the_accusation_and_not_the_due_date() {
        let lenient = Cadence { grace_days: 3, ..half_year() };
        let deadline = deadline(day("2022-06-27"), &lenient, &LANGXI).unwrap();
        assert_eq!(deadline.due, day("2022-12-27"));
        assert_eq!(deadline.overdue_from, instant("2022-12-31T00:00:00+08:00"));
    }

    #[test]
    fn a_long_cadence_is_due_soon_once_its_due_date_lies_before_the_next_cut_off() {
        let warn = |last| LANGXI.day_of(deadline(day(last), &half_year(), &LANGXI).unwrap().warn_from);
        assert_eq!(warn("2022-07-27"), day("2022-12-27"), "due 2023-01-27, the next cut-off itself");
        assert_eq!(warn("2022-07-05"), day("2022-12-06"), "due 2023-01-05: thirty days come first");
        assert_eq!(warn("2022-07-28"), day("2022-12-29"), "due 2023-01-28 lies after the next cut-off");
    }

    #[test]
    fn two_weeks_are_fourteen_days_and_warned_four_days_ahead() {
        let two_weeks = cadence(Period::Days(14), Lead::Days(4));
        let deadline = deadline(day("2022-12-01"), &two_weeks, &LANGXI).unwrap();
        assert_eq!(deadline.due, day("2022-12-15"));
        assert_eq!(deadline.warn_from, instant("2022-12-11T00:00:00+08:00"));
        assert_eq!(deadline.overdue_from, instant("2022-12-16T00:00:00+08:00"));
    }

    #[test]
    fn a_day_is_not_twenty_four_hours_where_the_clock_changes() {
        let amsterdam = Calendar { zone: chrono_tz::Europe::Amsterdam, cut_off_day: 27 };
        let length = amsterdam.end_of(day("2026-03-29")) - amsterdam.start_of(day("2026-03-29"));
        assert_eq!(length, TimeDelta::hours(23));
    }

    #[test]
    fn a_cut_off_on_the_31st_falls_on_the_last_day_of_shorter_months() {
        assert_eq!(cut_off_in(2023, 2, 31), day("2023-02-28"));
        assert_eq!(cut_off_in(2022, 11, 31), day("2022-11-30"));
        assert_eq!(cut_off_in(2022, 12, 27), day("2022-12-27"));
        assert_eq!(cut_off_in(2022, 12, 5), day("2022-12-05"));
    }

    #[test]
    fn archived_topics_are_never_due() {
        assert_eq!(deadline(day("2010-01-01"), &cadence(Period::Unlimited, Lead::Days(0)), &LANGXI), None);
    }

    prop_compose! {
        fn any_day()(offset in 0u64..20_000) -> NaiveDate { day("1990-01-01") + Days::new(offset) }
    }

    proptest! {
        #[test]
        fn a_later_item_never_brings_an_earlier_deadline(a in any_day(), b in any_day(), months in 1u32..25) {
            let cadence = cadence(Period::Months(months), Lead::NextCutOff { at_least: 30 });
            let (first, second) = (a.min(b), a.max(b));
            let first = deadline(first, &cadence, &LANGXI).unwrap();
            let second = deadline(second, &cadence, &LANGXI).unwrap();
            prop_assert!(first.due <= second.due);
            prop_assert!(first.overdue_from <= second.overdue_from);
        }

        #[test]
        fn the_warning_comes_before_the_due_day_ends_and_overdue_after(last in any_day(), months in 1u32..25) {
            let cadence = cadence(Period::Months(months), Lead::NextCutOff { at_least: 30 });
            let deadline = deadline(last, &cadence, &LANGXI).unwrap();
            prop_assert!(deadline.warn_from < deadline.overdue_from);
            prop_assert!(LANGXI.start_of(deadline.due) < deadline.overdue_from);
            prop_assert!(deadline.due > last);
        }
    }
}
