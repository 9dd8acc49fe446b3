//! The days ahead as a sheet of weeks.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;

/// Monday to Sunday.
pub(super) type Week = Vec<Cell>;

/// One day of the sheet.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    pub(super) day: NaiveDate,
    /// The day of the month, with the month where one begins or the sheet does.
    pub(super) label: String,
    /// Whether the sheet is about this day, or only filled up with it.
    pub(super) within: bool,
    pub(super) is_today: bool,
    pub(super) is_weekend: bool,
    /// How many come due.
    pub(super) due: usize,
}

/// The whole weeks from `today` to `until`.
pub(super) fn weeks(today: NaiveDate, until: NaiveDate, due_on: impl Fn(NaiveDate) -> usize) -> Vec<Week> {
    let first = today.week(Weekday::Mon).first_day();
    let days: Vec<NaiveDate> =
        first.iter_days().take_while(|day| *day <= until.week(Weekday::Mon).last_day()).collect();
    let cell = |day: &NaiveDate| {
        let within = (today..=until).contains(day);
        let named = *day == first || day.day() == 1;
        Cell {
            day: *day,
            label: if named { format!("{}月{}日", day.month(), day.day()) } else { day.day().to_string() },
            within,
            is_today: *day == today,
            is_weekend: matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
            due: if within { due_on(*day) } else { 0 },
        }
    };
    days.chunks(7).map(|week| week.iter().map(cell).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_has_whole_weeks_and_names_each_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let sheet = weeks(day("2022-12-28"), day("2023-01-27"), |on| usize::from(on == day("2023-01-05")));
        assert!(sheet.iter().all(|week| week.len() == 7 && week[0].day.weekday() == Weekday::Mon));
        let cells: Vec<&Cell> = sheet.iter().flatten().collect();
        assert_eq!((cells[0].label.as_str(), cells[0].within), ("12月26日", false));
        assert!(cells[2].is_today && cells[2].within);
        assert_eq!(cells.iter().filter(|cell| cell.within).count(), 31);
        assert_eq!(cells.iter().map(|cell| cell.due).sum::<usize>(), 1);
        assert!(cells.iter().any(|cell| cell.label == "1月1日" && cell.is_weekend));
    }
}
