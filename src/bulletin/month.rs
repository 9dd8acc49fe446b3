//! The month that a bulletin speaks of.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A calendar month, written `2022-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i32,
    /// 1 to 12.
    month: u32,
}

/// A text that is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month such as `2022-12`")]
pub struct MonthError(String);

impl Month {
    /// The month that `date` lies in.
    pub fn of(date: NaiveDate) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The number of the month, 1 to 12.
    pub fn number(self) -> u32 {
        self.month
    }

    /// The month before.
    pub fn previous(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { month: month - 1, ..self },
        }
    }

    /// The month after.
    pub fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }

    /// The date up to which the month's bulletin counts: the given day, or the last day of a shorter month.
    pub fn cut_off(self, day: u32) -> NaiveDate {
        (1..=day.clamp(1, 31))
            .rev()
            .find_map(|day| NaiveDate::from_ymd_opt(self.year, self.month, day))
            .expect("every month has a first day")
    }

    /// The month as a title prints it: 十二月份.
    pub fn chinese(self) -> &'static str {
        const NAMES: [&str; 12] = [
            "一月份",
            "二月份",
            "三月份",
            "四月份",
            "五月份",
            "六月份",
            "七月份",
            "八月份",
            "九月份",
            "十月份",
            "十一月份",
            "十二月份",
        ];
        NAMES[self.month as usize - 1]
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let exact = text.len() == 7 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
        exact
            .then(|| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok())
            .flatten()
            .map(Self::of)
            .ok_or_else(|| MonthError(text.to_owned()))
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;

    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_printed_as_it_is_parsed() {
        for text in ["2022-12", "2023-01", "1999-09"] {
            assert_eq!(month(text).to_string(), text);
        }
        assert_eq!(serde_json::to_string(&month("2022-12")).unwrap(), "\"2022-12\"");
        assert_eq!(serde_json::from_str::<Month>("\"2022-12\"").unwrap(), month("2022-12"));
    }

    #[test]
    fn other_texts_are_no_months() {
        for bad in [
            "",
            "2022",
            "2022-13",
            "2022-00",
            "2022-1",
            "22-12",
            "2022-12-01",
            "2022/12",
            "+022-12",
            "十二月",
        ] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_month_before_january_is_december() {
        assert_eq!(month("2023-01").previous(), month("2022-12"));
        assert_eq!(month("2022-12").previous(), month("2022-11"));
        assert_eq!(month("2022-12").next(), month("2023-01"));
        assert_eq!(month("2022-11").next(), month("2022-12"));
    }

    #[test]
    fn a_cut_off_day_is_clamped_to_the_month() {
        let day = |text: &str, day| month(text).cut_off(day).to_string();
        assert_eq!(day("2022-12", 27), "2022-12-27");
        assert_eq!(day("2023-02", 31), "2023-02-28");
        assert_eq!(day("2024-02", 30), "2024-02-29");
        assert_eq!(day("2023-04", 31), "2023-04-30");
        assert_eq!(day("2023-04", 0), "2023-04-01");
        assert_eq!(day("2023-04", 99), "2023-04-30");
    }

    #[test]
    fn titles_name_the_month_in_chinese() {
        assert_eq!(month("2022-12").chinese(), "十二月份");
        assert_eq!(month("2023-01").chinese(), "一月份");
        assert_eq!(month("2023-10").chinese(), "十月份");
    }
}
