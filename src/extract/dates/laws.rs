use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

use super::super::sighting::Sureness;
use super::{ReadDate, read_bare_date, read_date};

fn seen_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-10-04T10:00:00+08:00").unwrap().to_utc()
}

/// Days from 1990 up to the day after the poll.
fn readable_day() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap();
    let last = NaiveDate::from_ymd_opt(2026, 10, 5).unwrap();
    (0..=(last - first).num_days()).prop_map(move |days| first + TimeDelta::days(days))
}

const FORMS: [&str; 18] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y年%-m月%-d日",
    "%Y-%-m-%-d",
    "[%Y-%m-%d]",
    "[%Y%m%d]",
    "%Y%m%d",
    "%Y-%m-%d 18:12",
    "%Y-%m-%d 18:12:13",
    "%Y-%m-%d 01:39:11.0",
    "%Y-%m-%d-23:59:59",
    "%Y-%m-%dT12:00:00+08:00",
    "%a, %d %b %Y 12:00:00 +0800",
    "%a %b %d 12:00:00 +0800 %Y",
    "发布时间：%Y-%m-%d",
    "%B %d, %Y",
];

proptest! {
    #[test]
    fn what_is_written_in_a_known_form_is_read_back(date in readable_day(), form in 0..FORMS.len()) {
        let form = FORMS[form];
        let text = date.format(form).to_string();
        let expected = Ok(ReadDate { date, sureness: Sureness::Sure });
        prop_assert_eq!(read_date(&text, seen_at(), Shanghai), expected.clone(), "{}", text);
        prop_assert_eq!(read_bare_date(&text, seen_at(), Shanghai), expected);
    }

    #[test]
    fn the_plainest_form_is_read_as_in_brackets(text in "(19|20|00)[0-9]{2}-[0-3][0-9]-[0-3][0-9]") {
        let outcome = |text: &str| read_date(text, seen_at(), Shanghai).map_err(|error| std::mem::discriminant(&error));
        prop_assert_eq!(outcome(&text), outcome(&format!("[{text}]")));
    }

    #[test]
    fn an_epoch_is_read_back(date in readable_day(), second in 0..86_400_i64) {
        let midnight = date.and_hms_opt(0, 0, 0).unwrap().and_local_timezone(Shanghai).unwrap();
        let at = midnight.timestamp() + second;
        prop_assume!(at >= 1_000_000_000 && midnight.timestamp() % 3600 == 0);
        prop_assert_eq!(read_date(&at.to_string(), seen_at(), Shanghai).map(|read| read.date), Ok(date));
        prop_assert_eq!(read_date(&format!("{at}123"), seen_at(), Shanghai).map(|read| read.date), Ok(date));
    }

    #[test]
    fn a_month_and_day_is_read_as_one_of_the_past_year(back in 0..365_i64) {
        let date = NaiveDate::from_ymd_opt(2026, 10, 5).unwrap() - TimeDelta::days(back);
        for form in ["%m-%d", "%m月%d日", "%-m月%-d日 08:30", "[%m-%d]"] {
            let text = date.format(form).to_string();
            let expected = Ok(ReadDate { date, sureness: Sureness::YearInferred });
            prop_assert_eq!(read_date(&text, seen_at(), Shanghai), expected, "{}", text);
        }
    }

    #[test]
    fn no_text_makes_it_panic_and_no_date_is_out_of_bounds(text in any::<String>()) {
        if let Ok(read) = read_date(&text, seen_at(), Shanghai) {
            prop_assert!(read.date >= NaiveDate::from_ymd_opt(1990, 1, 1).unwrap());
            prop_assert!(read.date <= NaiveDate::from_ymd_opt(2026, 10, 5).unwrap());
        }
    }

    #[test]
    fn a_sure_date_has_its_figures_in_the_text(text in "[0-9年月日/.: \\[\\]发布时间，T-]{4,24}") {
        // Epochs and stamps with offsets are converted, so their figures differ.
        let is_epoch = text.chars().filter(char::is_ascii_digit).count() >= 10 && !text.contains(['-', '/', '.', '年']);
        if let Ok(ReadDate { date, sureness: Sureness::Sure }) = read_date(&text, seen_at(), Shanghai)
            && !is_epoch
        {
            prop_assert!(text.contains(&format!("{:04}", date.year())), "{} read as {}", text, date);
            for part in [date.month(), date.day()] {
                prop_assert!(text.contains(&part.to_string()), "{} read as {}", text, date);
            }
        }
    }

    #[test]
    fn the_strict_form_reads_nothing_that_the_free_form_does_not(text in "[0-9年月日/.: \\[\\]a-z会议发布-]{0,24}") {
        if let Ok(strict) = read_bare_date(&text, seen_at(), Shanghai) {
            prop_assert_eq!(read_date(&text, seen_at(), Shanghai), Ok(strict), "{}", text);
        }
    }
}
