//! Deadlines as a calendar file (RFC 5545), for whoever lives by one.
//!
//! Each source that is in time or late has one all-day event on its due day, under an id that stays its own whatever the
//! day; so a calendar program that subscribes moves the event when the source is updated. A source that nobody can judge
//! has none.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};

use super::view::SourceView;
use super::words::standing_in_words;

/// The media type.
pub(super) const KIND: &str = "text/calendar; charset=utf-8";
/// The longest line in octets, without its end.
const LONGEST_LINE: usize = 75;

/// The deadlines of these sources, under a name for the calendar.
pub(super) fn deadlines<'a>(
    name: &str,
    county: &str,
    sources: impl Iterator<Item = &'a SourceView>,
    as_of: DateTime<Utc>,
) -> String {
    let mut file = String::new();
    let stamp = as_of.format("%Y%m%dT%H%M%SZ").to_string();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//xuncha//deadlines//ZH", "CALSCALE:GREGORIAN"] {
        put(&mut file, line);
    }
    put(&mut file, &format!("X-WR-CALNAME:{}", text(name)));
    for source in sources {
        if let Some(due) = due_of(source) {
            event(&mut file, source, due, county, &stamp);
        }
    }
    put(&mut file, "END:VCALENDAR");
    file
}

fn due_of(source: &SourceView) -> Option<NaiveDate> {
    matches!(source.standing.as_str(), "fresh" | "due-soon" | "overdue").then_some(source.due)?
}

fn event(file: &mut String, source: &SourceView, due: NaiveDate, county: &str, stamp: &str) {
    let last = source.last.map_or_else(String::new, |day| day.to_string());
    let said = format!(
        "状态：{}\n最近更新：{last}\n期限：{}\n地址：{}",
        standing_in_words(&source.standing),
        source.limit.as_deref().unwrap_or("无"),
        source.url
    );
    let next = due.succ_opt().unwrap_or(due);
    put(file, "BEGIN:VEVENT");
    put(file, &format!("UID:{}@{county}.xuncha", source.id.as_str().replace('/', ".")));
    put(file, &format!("DTSTAMP:{stamp}"));
    put(file, &format!("DTSTART;VALUE=DATE:{}", due.format("%Y%m%d")));
    put(file, &format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
    put(file, &format!("SUMMARY:{}", text(&format!("{} {} 更新截止", source.unit_name, source.name))));
    put(file, &format!("DESCRIPTION:{}", text(&said)));
    put(file, "TRANSP:TRANSPARENT");
    put(file, "END:VEVENT");
}

/// A text as a value: what would end it or its line is escaped, other control characters are dropped.
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            control if control.is_control() => {}
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Puts a line, folded where it is too long: never within a character, the rest behind a space.
fn put(file: &mut String, line: &str) {
    let mut room = LONGEST_LINE;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            file.push_str("\r\n ");
            room = LONGEST_LINE - 1;
        }
        room -= letter.len_utf8();
        file.push(letter);
    }
    // Writing to a string never fails.
    let _ = file.write_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{instant, source};
    use super::*;

    fn due(id: &str, standing: &str, name: &str) -> SourceView {
        SourceView { name: name.into(), due: Some("2022-12-31".parse().unwrap()), ..source(id, standing) }
    }

    fn file(sources: &[SourceView]) -> String {
        deadlines("郎溪县", "langxi", sources.iter(), instant(0))
    }

    /// The lines as a reader has them, unfolded.
    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split("\r\n").map(ToOwned::to_owned).collect()
    }

    #[test]
    fn an_event_lasts_the_due_day_and_keeps_its_id() {
        let lines = unfolded(&file(&[due("a/1", "due-soon", "规划计划")]));
        for expected in ["UID:a.1@langxi.xuncha", "DTSTART;VALUE=DATE:20221231", "DTEND;VALUE=DATE:20230101"]
        {
            assert!(lines.iter().any(|line| line == expected), "{expected} not in {lines:#?}");
        }
    }

    #[test]
    fn what_nobody_can_judge_has_no_deadline() {
        let sources = ["unknown", "blank", "exempt"].map(|standing| due("a/1", standing, "x"));
        assert!(!file(&sources).contains("VEVENT"));
    }

    proptest! {
        #[test]
        fn no_name_breaks_a_line_or_makes_one_too_long(name in any::<String>()) {
            let file = file(&[due("a/1", "fresh", &name)]);
            prop_assert!(file.split("\r\n").all(|line| line.len() <= LONGEST_LINE && !line.contains(['\r', '\n'])));
            let lines = unfolded(&file);
            prop_assert_eq!(lines.len(), 5 + 9 + 1 + 1);
            let begins = lines.iter().filter(|line| line.starts_with("BEGIN:")).count();
            prop_assert_eq!(begins, 2);
        }
    }
}
