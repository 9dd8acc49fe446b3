//! Lists as tables for spreadsheets: UTF-8 with a mark, so that they show Chinese, and harmless to open.

use chrono::{DateTime, NaiveDate};

use super::view::{FindingView, SourceView};
use super::words::{remarks_in_public, standing_in_words};
use crate::alert::State;

/// The media type.
pub(super) const KIND: &str = "text/csv; charset=utf-8";
/// By which spreadsheets know UTF-8.
const MARK: char = '\u{feff}';

/// Sources, one a row.
pub(super) fn sources<'a>(sources: impl Iterator<Item = &'a SourceView>) -> String {
    let head = [
        "编号",
        "单位",
        "监测对象",
        "类型",
        "更新周期",
        "期限",
        "状态",
        "说明",
        "最近更新",
        "最新条目",
        "截止日期",
        "剩余天数",
        "最近巡检",
        "预警",
        "地址",
    ];
    let rows = sources.map(|source| {
        vec![
            source.id.to_string(),
            source.unit_name.clone(),
            source.name.clone(),
            source.channel.clone(),
            source.cadence.clone(),
            source.limit.clone().unwrap_or_default(),
            standing_in_words(&source.standing).to_owned(),
            remarks_in_public(source),
            day(source.last),
            source.last_title.clone().unwrap_or_default(),
            day(source.due),
            source.days_left.map_or_else(String::new, |days| days.to_string()),
            source.polled_at.as_ref().map_or_else(String::new, DateTime::to_rfc3339),
            if source.alert == State::Quiet { String::new() } else { "是".to_owned() },
            source.url.clone(),
        ]
    });
    table(&head, rows)
}

/// Findings, one a row.
pub(super) fn findings<'a>(findings: impl Iterator<Item = &'a FindingView>) -> String {
    let head = ["通报", "单位", "监测对象", "编号", "问题", "期限", "当时最近更新", "截止日期", "现状"];
    let rows = findings.map(|found| {
        vec![
            found.month.clone(),
            found.unit_name.clone(),
            found.finding.name.clone(),
            found.finding.source.to_string(),
            found.finding.kind.chinese().to_owned(),
            found.finding.limit.clone().unwrap_or_default(),
            day(found.finding.last),
            day(found.finding.due),
            found.state.chinese().to_owned(),
        ]
    });
    table(&head, rows)
}

fn day(day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = String::from(MARK);
    text.push_str(&line(head.iter().copied()));
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str)));
    }
    text
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell: always quoted, on one line, and never a formula. A number may begin with a minus.
fn cell(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let is_number = plain.parse::<i64>().is_ok();
    let is_formula = plain.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let guard = if is_formula && !is_number { "'" } else { "" };
    format!("\"{guard}{}\"", plain.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::samples::source;
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_out() {
        for (text, expected) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1+1", "\"'+1+1\""),
            ("  @SUM(A1)", "\"'  @SUM(A1)\""),
            ("\t=1+1", "\"' =1+1\""),
            ("－2", "\"'－2\""),
            ("-12", "\"-12\""),
            ("a\r\nb,c", "\"a  b,c\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn every_row_has_as_many_cells_as_the_head() {
        let text = sources([source("a/1", "fresh")].iter());
        let lines: Vec<&str> = text.trim_start_matches(MARK).trim_end().split("\r\n").collect();
        let cells = |line: &str| line.matches("\",\"").count();
        assert_eq!((lines.len(), cells(lines[0])), (2, cells(lines[1])));
        assert!(text.starts_with(MARK));
    }
}
