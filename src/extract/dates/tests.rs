use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;

use super::super::sighting::{RowError, Sureness};
use super::{ReadDate, read_bare_date, read_date};

/// Sunday 4 October 2026, 00:30 in Langxi, while it is still Saturday in UTC.
fn seen_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-10-04T00:30:00+08:00").unwrap().to_utc()
}

fn read(text: &str) -> Result<ReadDate, RowError> {
    read_date(text, seen_at(), Shanghai)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[track_caller]
fn assert_read(text: &str, date: NaiveDate, sureness: Sureness) {
    assert_eq!(read(text), Ok(ReadDate { date, sureness }), "{text}");
}

#[track_caller]
fn assert_unreadable(text: &str) {
    assert!(matches!(read(text), Err(RowError::Unreadable(_))), "{text}: {:?}", read(text));
}

#[test]
fn full_dates_are_read_in_every_spelling_met() {
    for text in [
        "2026-07-31",
        "2026/07/31",
        "2026.07.31",
        "2026年07月31日",
        "2026年7月31日",
        "2026 年 7 月 31 日",
        "2026-7-31",
        "[2026-07-31]",
        "[20260731]",
        "（2026-07-31）",
        "【2026/7/31】",
        "\n      2026-07-31\n   ",
        "\u{feff}2026-07-31\u{3000}",
        "２０２６－０７－３１",
        "２０２６年７月３１日",
        "2026-07-31 18:12",
        "2026-07-31 18:12:59",
        "2026-07-31 18:12:59.0",
        "2026-07-31-23:59:59",
        "2026年07月31日18时12分",
        "2026年07月31日 18：12",
        "20260731 09:00",
        "发布时间：2026-07-31 18:12",
        "发布日期:2026-07-31",
        "时间：2026-07-31",
        "发布于2026-07-31",
        "31 2026-07",
        "2026-07 31",
    ] {
        assert_read(text, day(2026, 7, 31), Sureness::Sure);
    }
}

#[test]
fn a_stamp_with_an_offset_counts_by_the_day_of_the_zone() {
    for text in [
        "2026-10-02T23:30:00Z",
        "2026-10-02T23:30:00.000Z",
        "2026-10-03T07:30:00+08:00",
        "2026-10-03T07:30+0800",
        "2026-10-02T18:30:00-05:00",
        "2026-10-02 23:30:00 GMT",
        "Fri, 02 Oct 2026 23:30:00 GMT",
        "Fri, 2 Oct 2026 23:30:00 +0000",
        "Fri Oct 02 18:30:00 -0500 2026",
        "1790983800",
        "1790983800000",
        "1790983800999",
    ] {
        assert_read(text, day(2026, 10, 3), Sureness::Sure);
    }
}

#[test]
fn english_months_are_read() {
    assert_read("Sat Jan 14 18:39:37 +0800 2023", day(2023, 1, 14), Sureness::Sure);
    assert_read("March 16 ,2018", day(2018, 3, 16), Sureness::Sure);
    assert_read("16 Sept. 2018", day(2018, 9, 16), Sureness::Sure);
    assert_read("Sat, 14 Jan 2023 18:39:37", day(2023, 1, 14), Sureness::Sure);
    for text in
        ["14 Jan 23", "Jan 2023", "14 Foo 2023", "14 15 Jan 2023", "14 Jan 2023 +0800", "Smarch 3 2020"]
    {
        assert_unreadable(text);
    }
}

#[test]
fn a_missing_year_is_the_latest_that_is_not_after_tomorrow() {
    assert_read("10-04", day(2026, 10, 4), Sureness::YearInferred);
    assert_read("10-05", day(2026, 10, 5), Sureness::YearInferred);
    assert_read("10-06", day(2025, 10, 6), Sureness::YearInferred);
    assert_read("[12-31]", day(2025, 12, 31), Sureness::YearInferred);
    assert_read("06月17日 18:12", day(2026, 6, 17), Sureness::YearInferred);
    assert_read("6月17日", day(2026, 6, 17), Sureness::YearInferred);
    assert_read("10/04", day(2026, 10, 4), Sureness::YearInferred);
    assert_read("02-29", day(2024, 2, 29), Sureness::YearInferred);
    assert_unreadable("02-30");
    assert_unreadable("1/20");
    assert_unreadable("10.04");
}

#[test]
fn words_relative_to_the_poll_are_counted_in_the_zone() {
    for (text, date) in [
        ("刚刚", day(2026, 10, 4)),
        ("5分钟前", day(2026, 10, 4)),
        ("31分钟前", day(2026, 10, 3)),
        ("2小时前", day(2026, 10, 3)),
        ("2 小时前", day(2026, 10, 3)),
        ("３天前", day(2026, 10, 1)),
        ("今天 00:10", day(2026, 10, 4)),
        ("今天", day(2026, 10, 4)),
        ("昨天 23:59", day(2026, 10, 3)),
        ("前天", day(2026, 10, 2)),
        ("发布于昨天", day(2026, 10, 3)),
    ] {
        assert_read(text, date, Sureness::Relative);
    }
    for text in ["1周前", "3个月前", "天前", "昨天下雨", "明天", "今天 99:99"] {
        assert_unreadable(text);
    }
}

#[test]
fn tomorrow_is_accepted_and_the_day_after_is_not() {
    assert_read("2026-10-05", day(2026, 10, 5), Sureness::Sure);
    assert_eq!(read("2026-10-06"), Err(RowError::Future("2026-10-06".to_owned())));
    assert_eq!(read("9999999999999"), Err(RowError::Future("9999999999999".to_owned())));
}

#[test]
fn dates_before_1990_are_too_old() {
    assert_read("1990-01-01", day(1990, 1, 1), Sureness::Sure);
    assert_eq!(read("[1989-12-31]"), Err(RowError::TooOld("[1989-12-31]".to_owned())));
    assert_eq!(read("0000000000"), Err(RowError::TooOld("0000000000".to_owned())));
}

#[test]
fn nothing_but_labels_and_marks_is_missing() {
    for text in ["", "  \n ", "发布时间：", "日期", "[]", "--", "发布日期:   "] {
        assert_eq!(read(text), Err(RowError::Missing), "{text}");
    }
}

#[test]
fn impossible_dates_are_unreadable() {
    for text in [
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "20260230",
        "2026年2月30日",
        "2026-07-31 25:61",
        "2026-07",
        "2026年7月",
        "2026",
        "18:12",
        "26-07-31",
        "07-31-2026",
        "2026-07/31",
        "2026-07-31-05",
        "202607311812",
        "置顶",
        "暂无",
    ] {
        assert_unreadable(text);
    }
}

#[test]
fn two_different_dates_are_ambiguous_unless_one_is_labelled() {
    assert_unreadable("2026-07-30 2026-07-31");
    assert_unreadable("2026-07-30至2026-07-31");
    assert_read("2026-07-31 2026年7月31日", day(2026, 7, 31), Sureness::Sure);
    assert_read("成文日期：2026-07-30 发布日期：2026-07-31", day(2026, 7, 31), Sureness::Sure);
    assert_read("发布日期：2026-07-31 成文日期：2026-07-30", day(2026, 7, 31), Sureness::Sure);
    assert_unreadable("发布日期：2026-07-31 发布日期：2026-07-30");
    assert_unreadable("发布日期：2026-07-30至2026-07-31");
}

#[test]
fn figures_that_belong_to_no_date_make_a_text_ambiguous_unless_the_date_is_labelled() {
    assert_unreadable("2026-07-31 浏览次数：123");
    assert_unreadable("皖政〔2026〕12号");
    assert_unreadable("3 2026-07-31");
    assert_read("发布时间：2026-07-31 15:40 来源：县政府 浏览次数：123", day(2026, 7, 31), Sureness::Sure);
}

#[test]
fn dates_of_another_kind_are_no_publication_dates() {
    for text in [
        "成文日期：2026-07-31",
        "有效期至 2026-07-31",
        "2026-07-31起施行",
        "2007年3月16日通过",
        "更新时间：2026-07-31",
        "今天是2026年7月31日 星期五",
        "截至2026年7月31日",
    ] {
        assert_unreadable(text);
    }
}

#[test]
fn a_sentence_with_a_date_in_it_is_not_a_date() {
    for text in [
        "会议于2026年7月31日召开",
        "7月31日，我县召开会议",
        "2026年7月31日我县召开会议",
        "《条例》 2026-07-31",
        "t2026-07-31",
        "A-10-04",
        "第10-04号",
        "省政府发布2026年7月31日起施行的办法",
        "发布日期：2026年7月31日公告",
    ] {
        assert_unreadable(text);
    }
}

#[test]
fn a_few_words_beside_the_date_are_allowed_only_where_a_date_is_known_to_stand() {
    for text in
        ["来源：县政府办 2026-07-31", "2026-07-31 来源县政府办", "[置顶] 2026-07-31", "2026-07-31 星期五"]
    {
        assert_read(text, day(2026, 7, 31), Sureness::Sure);
        assert!(read_bare_date(text, seen_at(), Shanghai).is_err(), "{text}");
    }
    for text in ["发布时间：2026-07-31", "2026-07-31 来源：县政府办", "2026-07-31 责任编辑：某某"]
    {
        assert_eq!(read_bare_date(text, seen_at(), Shanghai), read(text), "{text}");
        assert_read(text, day(2026, 7, 31), Sureness::Sure);
    }
    for text in ["9月1日 我县召开会议", "省政府发布 2026年7月31日", "1.2026-07-31"] {
        assert!(read_bare_date(text, seen_at(), Shanghai).is_err(), "{text}");
    }
}

#[test]
fn evidence_is_collapsed_and_kept_short() {
    let long = format!("说明\n {}", "很长".repeat(200));
    let Err(RowError::Unreadable(evidence)) = read(&long) else { panic!("read a date") };
    assert!(evidence.starts_with("说明 很长"));
    assert!(evidence.chars().count() <= 121);
}

#[test]
fn another_zone_has_another_day() {
    let read = read_date("2小时前", seen_at(), chrono_tz::America::New_York).unwrap();
    assert_eq!(read.date, day(2026, 10, 3));
    let read = read_date("1790983800", seen_at(), chrono_tz::America::New_York).unwrap();
    assert_eq!(read.date, day(2026, 10, 2));
}

#[test]
fn parts_printed_apart_make_one_date() {
    for text in [
        "15 2025-03",
        "2025-03 15",
        "2025年03月 15日",
        "15 2025.03",
        "03-15 2025",
        "2025 3-15",
        "2025 03 15",
        "[2025 03/15]",
    ] {
        assert_read(text, day(2025, 3, 15), Sureness::Sure);
    }
    for text in ["15 03 2025", "15 2025", "2025 315", "03-15 25", "2025-03 2025", "15 2025-03 08"] {
        assert_unreadable(text);
    }
}
