//! Settles the years of rows that are dated by month and day only.
//!
//! Each was read as the latest such day that is not in the future, which is right for the first year of a list. Further
//! down, a day later than the row before it is a year older: the list goes back more than a year. But it may also be the
//! first row below pinned ones, and then it is the newest. Below so few rows nobody can tell, and no such date counts.

use chrono::{Datelike, NaiveDate};

use super::listing::{Row, undated};
use super::sighting::{RowError, Sighting, Sureness};

/// Fewer rows than this, in order, may all be pinned.
const FEWEST_IN_ORDER: usize = 6;

/// The rows, in page order, with their years settled.
pub(super) fn with_years_settled(rows: Vec<Row>) -> Vec<Row> {
    let days: Vec<&Sighting> = rows.iter().filter_map(|row| row.as_ref().ok()).collect();
    if days.iter().all(|day| day.sureness != Sureness::YearInferred) {
        return rows;
    }
    match settled(&days) {
        Some(days) => {
            let mut days = days.into_iter();
            let mut redated = |row: Sighting| match days.next() {
                Some(date) => Sighting { date, ..row },
                None => row,
            };
            rows.into_iter().map(|row| row.map(&mut redated)).collect()
        }
        None => rows.into_iter().map(without_inferred_year).collect(),
    }
}

/// The day of each row; nothing if the years cannot be told.
fn settled(rows: &[&Sighting]) -> Option<Vec<NaiveDate>> {
    let mut days: Vec<NaiveDate> = Vec::with_capacity(rows.len());
    for row in rows {
        let before = days.last().copied();
        let is_later = before.is_some_and(|before| row.date > before);
        if row.sureness != Sureness::YearInferred || !is_later {
            days.push(row.date);
        } else if days.len() >= FEWEST_IN_ORDER {
            days.push(not_later_than(row.date, before?)?);
        } else {
            return None;
        }
    }
    Some(days)
}

/// The same day of the latest year in which it is not later than another.
fn not_later_than(day: NaiveDate, other: NaiveDate) -> Option<NaiveDate> {
    (0..=8).filter_map(|back| day.with_year(other.year() - back)).find(|day| *day <= other)
}

fn without_inferred_year(row: Row) -> Row {
    match row {
        Ok(Sighting { title, url, raw_date, sureness: Sureness::YearInferred, .. }) => {
            undated(title, url, RowError::YearUnknown(raw_date))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{DateKind, Found};

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn row(date: NaiveDate, sureness: Sureness) -> Row {
        Ok(Sighting {
            title: "公告".to_owned(),
            url: String::new(),
            date,
            raw_date: date.format("%m-%d").to_string(),
            found: Found::List,
            kind: DateKind::Published,
            sureness,
        })
    }

    /// The days of rows without a year, as read on 2026-10-05; nothing for a row whose year is unknown.
    fn settled_days(days: &[NaiveDate]) -> Vec<Option<NaiveDate>> {
        let rows = days.iter().map(|day| row(*day, Sureness::YearInferred)).collect();
        with_years_settled(rows).into_iter().map(|row| row.ok().map(|row| row.date)).collect()
    }

    #[test]
    fn a_list_that_goes_back_more_than_a_year_stays_in_order() {
        let read = [
            day(2026, 9, 30),
            day(2026, 7, 1),
            day(2026, 5, 1),
            day(2026, 2, 1),
            day(2025, 12, 1),
            day(2025, 10, 20),
            day(2026, 9, 9),
            day(2026, 2, 2),
        ];
        let settled = settled_days(&read);
        assert_eq!(settled[..6], read[..6].iter().copied().map(Some).collect::<Vec<_>>());
        assert_eq!(settled[6..], [Some(day(2025, 9, 9)), Some(day(2025, 2, 2))]);
    }

    #[test]
    fn below_what_may_be_pinned_rows_no_year_is_known() {
        let read = [day(2025, 12, 30), day(2025, 11, 20), day(2026, 1, 15), day(2026, 1, 2)];
        assert_eq!(settled_days(&read), [None; 4]);
    }

    #[test]
    fn rows_with_a_year_are_left_alone_in_any_order() {
        let rows = vec![row(day(2024, 9, 20), Sureness::Sure), row(day(2026, 9, 7), Sureness::Sure)];
        assert_eq!(with_years_settled(rows.clone()), rows);
    }
}
