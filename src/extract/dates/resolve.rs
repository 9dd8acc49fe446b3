//! Turns what is written into a day, and turns away days that cannot be.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::super::sighting::Sureness;
use super::ReadDate;

/// A date as the scanners found it, not yet checked against the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Year, month and day; the time only matters where an offset is given.
    Full { year: i32, month: u32, day: u32, time: Option<OffsetTime> },
    /// Month and day.
    MonthDay { month: u32, day: u32 },
    /// Seconds since 1970.
    Epoch(i64),
    /// So long before the poll.
    Ago(TimeDelta),
    /// So many days before the day of the poll.
    DaysBack(u64),
}

/// A time of day with its own offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OffsetTime {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    /// Seconds east of Greenwich.
    pub(super) east: i64,
}

/// Why something written is no usable day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejected {
    NoDate,
    Future,
    TooOld,
}

/// The moment of the poll and the zone whose days count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) at: DateTime<Utc>,
    pub(super) zone: Tz,
}

impl Seen {
    pub(super) fn resolve(self, written: Written) -> Result<ReadDate, Rejected> {
        let (date, sureness) = match written {
            Written::Full { year, month, day, time } => (self.full(year, month, day, time), Sureness::Sure),
            Written::MonthDay { month, day } => (self.latest(month, day), Sureness::YearInferred),
            Written::Epoch(seconds) => {
                (DateTime::from_timestamp(seconds, 0).and_then(|at| self.day_of(at)), Sureness::Sure)
            }
            Written::Ago(age) => {
                (self.at.checked_sub_signed(age).and_then(|at| self.day_of(at)), Sureness::Relative)
            }
            Written::DaysBack(days) => {
                (self.today().and_then(|today| today.checked_sub_days(Days::new(days))), Sureness::Relative)
            }
        };
        let date = date.ok_or(Rejected::NoDate)?;
        self.check(date)?;
        Ok(ReadDate { date, sureness })
    }

    fn full(self, year: i32, month: u32, day: u32, time: Option<OffsetTime>) -> Option<NaiveDate> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        let Some(OffsetTime { hour, minute, second, east }) = time else {
            return Some(date);
        };
        // A leap second and 24:00 have no place in `NaiveTime`; adding them up does not mind.
        let clock =
            TimeDelta::seconds(i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second) - east);
        let at = date.and_hms_opt(0, 0, 0)?.and_utc().checked_add_signed(clock)?;
        self.day_of(at)
    }

    /// The latest such day that is not after tomorrow. 29 February may lie years back.
    fn latest(self, month: u32, day: u32) -> Option<NaiveDate> {
        let last = self.tomorrow()?;
        (0..=8)
            .filter_map(|back| NaiveDate::from_ymd_opt(last.year() - back, month, day))
            .find(|date| *date <= last)
    }

    /// The instant's day in the zone. Bounded so that conversion cannot leave the calendar.
    fn day_of(self, at: DateTime<Utc>) -> Option<NaiveDate> {
        (1..=9999).contains(&at.year()).then(|| at.with_timezone(&self.zone).date_naive())
    }

    fn today(self) -> Option<NaiveDate> {
        self.day_of(self.at)
    }

    fn tomorrow(self) -> Option<NaiveDate> {
        self.today()?.succ_opt()
    }

    fn check(self, date: NaiveDate) -> Result<(), Rejected> {
        if date.year() < 1990 {
            return Err(Rejected::TooOld);
        }
        if date > self.tomorrow().ok_or(Rejected::NoDate)? {
            return Err(Rejected::Future);
        }
        Ok(())
    }
}
