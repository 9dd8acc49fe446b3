//! Reads moments to the minute, to tell whether a date is only the moment the page was made.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

/// A template that prints "now" prints it within one run over the page.
const NEAR: TimeDelta = TimeDelta::minutes(5);

/// A moment as a page writes it, in the county's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    day: NaiveDate,
    /// `None` where only the day is written.
    time: Option<NaiveTime>,
}

impl Moment {
    /// Reads `2025-10-25 11:32:37`, `2025-10-25T11:32`, `2025/10/25`, an epoch in seconds or milliseconds. What stands
    /// before the first figure is a label.
    pub(super) fn read(text: &str, zone: Tz) -> Option<Self> {
        let numbers: Vec<&str> =
            text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
        if let [epoch] = numbers[..] {
            return Self::of_epoch(epoch, zone);
        }
        let [year, month, day, rest @ ..] = &numbers[..] else { return None };
        let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        let time = match rest {
            [hour, minute, ..] => NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0),
            _ => None,
        };
        Some(Self { day, time })
    }

    fn of_epoch(figures: &str, zone: Tz) -> Option<Self> {
        let number: i64 = figures.parse().ok()?;
        let seconds = match figures.len() {
            10 => number,
            13 => number / 1000,
            _ => return None,
        };
        DateTime::from_timestamp(seconds, 0).map(|at| Self::at(at.with_timezone(&zone).naive_local()))
    }

    pub(super) fn at(at: NaiveDateTime) -> Self {
        Self { day: at.date(), time: Some(at.time()) }
    }

    /// Whether both may be the same moment. Of two that are only days, or one of them, the day must do.
    pub(super) fn is_near(self, other: Self) -> bool {
        match (self.time, other.time) {
            (Some(one), Some(another)) => {
                self.day.and_time(one).signed_duration_since(other.day.and_time(another)).abs() <= NEAR
            }
            _ => self.day == other.day,
        }
    }

    /// Whether the time of day is written as well.
    pub(super) fn is_to_the_minute(self) -> bool {
        self.time.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;

    fn moment(text: &str) -> Moment {
        Moment::read(text, Shanghai).unwrap()
    }

    #[test]
    fn five_minutes_apart_is_near_and_six_are_not() {
        let stamp = moment("页面生成时间 2025-10-25 11:32:37");
        assert!(moment("2025-10-25 11:37").is_near(stamp));
        assert!(moment("2025/10/25T11:28:59").is_near(stamp));
        assert!(!moment("2025-10-25 11:38").is_near(stamp));
        assert!(!moment("2025-10-24 11:32").is_near(stamp));
    }

    #[test]
    fn midnight_does_not_part_what_is_near() {
        assert!(moment("2025-10-24 23:58").is_near(moment("2025-10-25 00:01")));
    }

    #[test]
    fn a_mere_day_is_near_to_any_moment_of_it() {
        assert!(moment("2025-10-25").is_near(moment("2025-10-25 11:32:37")));
        assert!(!moment("2025-10-24").is_near(moment("2025-10-25 11:32:37")));
    }

    #[test]
    fn an_epoch_is_read_in_the_countys_zone() {
        assert!(moment("ttmp:1761363157000").is_near(moment("2025-10-25 11:32")));
        assert_eq!(Moment::read("20251025113237", Shanghai), None);
    }
}
