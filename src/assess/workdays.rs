//! Working-day arithmetic, by the county's holidays and make-up working days (调休).

use chrono::{Days, NaiveDate};

use crate::rules::Holidays;

/// The working days of a county. Days of a year that nobody has announced follow the plain week; who relies on that is told
/// by [`Holidays::missing_years`].
#[derive(Debug, Clone, Copy)]
pub struct WorkDays<'a>(&'a Holidays);

/// No stretch without a working day is longer than this; a file that says otherwise moves nothing.
const LONGEST_STRETCH: u64 = 60;

impl<'a> WorkDays<'a> {
    /// The working days by these holidays.
    pub fn new(holidays: &'a Holidays) -> Self {
        Self(holidays)
    }

    /// Whether people work on `day`.
    pub fn is_working(self, day: NaiveDate) -> bool {
        self.0.is_working_day(day).unwrap_or_else(|| Holidays::is_plain_working_day(day))
    }

    /// `day` itself, or the last working day before it.
    pub fn on_or_before(self, day: NaiveDate) -> NaiveDate {
        self.nearest((0..LONGEST_STRETCH).map_while(|days| day.checked_sub_days(Days::new(days))))
            .unwrap_or(day)
    }

    /// `day` itself, or the first working day after it.
    pub fn on_or_after(self, day: NaiveDate) -> NaiveDate {
        self.nearest((0..LONGEST_STRETCH).map_while(|days| day.checked_add_days(Days::new(days))))
            .unwrap_or(day)
    }

    /// The working day that lies so many working days before `day`; `day` itself is not counted.
    pub fn before(self, day: NaiveDate, count: u32) -> NaiveDate {
        (0..count).fold(day, |day, _| day.pred_opt().map_or(day, |eve| self.on_or_before(eve)))
    }

    fn nearest(self, mut days: impl Iterator<Item = NaiveDate>) -> Option<NaiveDate> {
        days.find(|day| self.is_working(*day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shipped() -> Holidays {
        Holidays::shipped()
    }

    #[test]
    fn the_last_working_day_before_the_spring_festival_may_be_a_saturday() {
        let holidays = shipped();
        let days = WorkDays::new(&holidays);
        assert_eq!(days.on_or_before(day("2026-02-20")), day("2026-02-14"), "made up on a Saturday");
        assert_eq!(days.on_or_after(day("2026-02-15")), day("2026-02-24"));
        assert_eq!(days.on_or_before(day("2026-02-13")), day("2026-02-13"));
    }

    #[test]
    fn three_working_days_before_a_day_step_over_weekends_and_holidays() {
        let holidays = shipped();
        let days = WorkDays::new(&holidays);
        assert_eq!(days.before(day("2022-11-17"), 3), day("2022-11-14"), "Thursday, Monday");
        assert_eq!(days.before(day("2022-11-15"), 3), day("2022-11-10"), "over a weekend");
        assert_eq!(
            days.before(day("2022-11-13"), 3),
            day("2022-11-09"),
            "from a Sunday: Friday is the first"
        );
        assert_eq!(days.before(day("2022-10-10"), 3), day("2022-09-30"), "8 and 9 October 2022 were made up");
        assert_eq!(days.before(day("2022-10-10"), 0), day("2022-10-10"));
    }

    #[test]
    fn a_year_that_nobody_announced_follows_the_plain_week() {
        let none = Holidays::default();
        let days = WorkDays::new(&none);
        assert!(days.is_working(day("2031-10-01")), "a Wednesday");
        assert_eq!(days.on_or_before(day("2031-10-05")), day("2031-10-03"));
    }

    proptest! {
        #[test]
        fn the_nearest_working_days_enclose_the_day(offset in 0u64..3000) {
            let holidays = shipped();
            let days = WorkDays::new(&holidays);
            let day = day("2020-01-01") + Days::new(offset);
            let (before, after) = (days.on_or_before(day), days.on_or_after(day));
            prop_assert!(before <= day && day <= after);
            prop_assert!(days.is_working(before) && days.is_working(after));
            prop_assert_eq!(days.is_working(day), before == after);
            let between = before.iter_days().skip(1).take_while(|other| *other < after);
            prop_assert!(between.filter(|other| *other != day).all(|other| !days.is_working(other)));
        }

        #[test]
        fn going_back_counts_every_working_day_once(offset in 0u64..3000, count in 0u32..12) {
            let holidays = shipped();
            let days = WorkDays::new(&holidays);
            let day = day("2020-01-01") + Days::new(offset);
            let back = days.before(day, count);
            let passed = back.iter_days().take_while(|other| *other < day).filter(|other| days.is_working(*other));
            prop_assert_eq!(passed.count(), usize::try_from(count).unwrap());
        }
    }
}
