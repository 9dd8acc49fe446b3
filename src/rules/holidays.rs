//! `holidays/YEAR.toml`: statutory holidays and make-up working days (调休) as the State Council announces them.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Datelike, NaiveDate, Weekday};

use super::document::Document;
use super::problem::Collector;

/// The days that differ from the plain working week, by year.
#[derive(Debug, Default, Clone)]
pub struct Holidays {
    years: BTreeMap<i32, BTreeMap<NaiveDate, DayOff>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayOff {
    Holiday,
    MakeUpWorkday,
}

impl Holidays {
    /// Whether people work on `day`; `None` where the year's file is missing.
    pub fn is_working_day(&self, day: NaiveDate) -> Option<bool> {
        let own_year = self.years.get(&day.year())?;
        let marked = own_year.get(&day).or_else(|| self.years.get(&(day.year() + 1))?.get(&day));
        Some(match marked {
            Some(DayOff::Holiday) => false,
            Some(DayOff::MakeUpWorkday) => true,
            None => Self::is_plain_working_day(day),
        })
    }

    /// Whether people would work on `day` if there were no holidays.
    pub fn is_plain_working_day(day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// Of the year of `today` and the next, those that are not known: this year's makes every date of a warning doubtful,
    /// the next year's is announced each November.
    pub fn missing_years(&self, today: NaiveDate) -> Vec<i32> {
        let years = [today.year(), today.year() + 1];
        years.into_iter().filter(|year| !self.years.contains_key(year)).collect()
    }

    /// The years that come with the program, for tests.
    #[cfg(test)]
    pub(crate) fn shipped() -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules/holidays");
        let files: Vec<_> = (2022..=2026).map(|year| directory.join(format!("{year}.toml"))).collect();
        let problems = Collector::default();
        let holidays = Self::load(&files, &problems);
        problems.into_result(holidays).unwrap()
    }

    /// The years that are known, ascending.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    pub(crate) fn load(files: &[std::path::PathBuf], problems: &Collector) -> Self {
        let mut holidays = Self::default();
        for path in files {
            holidays.load_year(path, problems);
        }
        holidays
    }

    fn load_year(&mut self, path: &Path, problems: &Collector) {
        let Some(document) = Document::read(path, problems) else { return };
        document.with_root(problems, |root| {
            let year = root.integer("year", 2000..=2100).and_then(|year| i32::try_from(year).ok());
            root.strings("papers");
            let mut days = BTreeMap::new();
            for table in root.tables("day") {
                table.string("name");
                let date = table.date("date");
                let off = table.boolean_or("off", true);
                table.finish();
                let Some(date) = date else { continue };
                if year.is_some_and(|year| date.year() != year && date.year() != year - 1) {
                    table.report("date", "lies in another year than the file's `year`");
                }
                let day = if off { DayOff::Holiday } else { DayOff::MakeUpWorkday };
                if days.insert(date, day).is_some() {
                    table.report("date", format!("{date} is given twice"));
                }
            }
            root.finish();
            let Some(year) = year else { return };
            if path.file_stem().is_none_or(|stem| stem.to_string_lossy() != year.to_string()) {
                root.report("year", format!("the file must be called {year}.toml"));
            }
            self.years.insert(year, days);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_years_know_holidays_and_make_up_working_days() {
        let holidays = Holidays::shipped();
        let works = |day: &str| holidays.is_working_day(day.parse().unwrap());
        assert_eq!(works("2022-10-03"), Some(false), "National Day");
        assert_eq!(works("2022-10-08"), Some(true), "a Saturday made up for it");
        assert_eq!(works("2022-12-31"), Some(false), "announced with the year 2023");
        assert_eq!(works("2026-02-14"), Some(true), "a Saturday before the Spring Festival");
        assert_eq!(works("2026-02-23"), Some(false), "the last day of the Spring Festival");
        assert_eq!(works("2022-11-19"), Some(false), "a plain Saturday");
        assert_eq!(works("2022-11-21"), Some(true), "a plain Monday");
        assert_eq!(works("2031-01-01"), None, "nobody has announced 2031");
    }
}
