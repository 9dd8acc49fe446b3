//! One source in the words of the mail.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;
use url::Url;

use super::untrusted::shortened;
use crate::alert::{DigestRow, Level, News};

/// Longest name and title shown, in characters.
const LONGEST: usize = 80;

/// A row of the mail, as the templates print it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    tone: Tone,
    pub(super) label: &'static str,
    /// 仍未处理 and the like, or empty.
    pub(super) again: &'static str,
    pub(super) name: String,
    pub(super) channel: String,
    /// Absent where the address is not one that a browser opens.
    pub(super) url: Option<String>,
    pub(super) last: String,
    pub(super) title: Option<String>,
    pub(super) due: Option<String>,
    pub(super) days: Option<String>,
    pub(super) limit: Option<String>,
    /// How long it lasted, how often it was said, what people have said of it.
    pub(super) notes: Vec<String>,
}

/// Which colour the label has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Tone {
    Late,
    Soon,
    Fine,
}

impl Line {
    pub(super) fn of(row: &DigestRow, today: NaiveDate) -> Self {
        let facts = &row.facts;
        Self {
            tone: tone(row.news),
            label: label(row.news),
            again: again(row.news),
            name: shortened(&facts.name, LONGEST),
            channel: shortened(&facts.channel, LONGEST),
            url: link(&facts.url),
            last: facts.last.map_or_else(|| "无记录".to_owned(), chinese_date),
            title: facts
                .last_title
                .as_deref()
                .map(|title| shortened(title, LONGEST))
                .filter(|title| !title.is_empty()),
            due: facts.due.map(|due| format!("{}（{}）", chinese_date(due), weekday(due))),
            days: facts.due.and_then(|due| days(row.news, (due - today).num_days())),
            limit: Some(shortened(&facts.limit, LONGEST)).filter(|limit| !limit.is_empty()),
            notes: notes(row),
        }
    }
}

/// A day as it is written in Chinese: 2022年11月27日.
pub(super) fn chinese_date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}

fn link(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

fn label(news: News) -> &'static str {
    match level(news) {
        None => "已恢复",
        Some(Level::Overdue) => "超期",
        Some(Level::Blank) => "空白",
        Some(Level::DueSoon) => "即将到期",
    }
}

fn tone(news: News) -> Tone {
    match level(news) {
        None => Tone::Fine,
        Some(Level::Overdue | Level::Blank) => Tone::Late,
        Some(Level::DueSoon) => Tone::Soon,
    }
}

/// The level that stands, if one does.
fn level(news: News) -> Option<Level> {
    match news {
        News::Resolved { .. } => None,
        news => Some(news.level()),
    }
}

fn again(news: News) -> &'static str {
    match news {
        News::Reminded { level: Level::DueSoon, .. } => "再次提醒",
        News::Escalated { .. } => "长期未处理",
        News::Reminded { .. } => "仍未处理",
        News::StillOpen { .. } => "此前已提醒",
        News::Raised { .. } | News::Resolved { .. } => "",
    }
}

fn notes(row: &DigestRow) -> Vec<String> {
    let lasted = match (row.news, row.lasts) {
        (News::Resolved { level: Level::DueSoon, .. }, _) | (_, None) => None,
        (News::Resolved { .. }, Some(days)) => Some(format!("自首次通报至今共 {days} 天")),
        (News::Reminded { level, .. } | News::Escalated { level, .. }, Some(days)) if level.is_late() => {
            Some(format!("自首次通报起第 {} 天", days + 1))
        }
        (_, Some(_)) => None,
    };
    let is_asking = !matches!(row.news, News::Resolved { .. } | News::StillOpen { .. });
    let often = (is_asking && row.facts.told_this_week > 0)
        .then(|| format!("本周第 {} 次提醒", row.facts.told_this_week + 1));
    let remarks = row.facts.remarks.iter().map(|remark| shortened(remark, LONGEST * 2));
    lasted.into_iter().chain(often).chain(remarks).collect()
}

/// Days left or overdue. A source that has only been called due soon is not said to be overdue, even after its due
/// date: that is for the second look to confirm.
fn days(news: News, left: i64) -> Option<String> {
    let late = -left;
    match level(news) {
        Some(Level::Overdue) => (late > 0).then(|| format!("已超期 {late} 天")),
        Some(Level::Blank) => None,
        Some(Level::DueSoon) if late > 0 => Some(format!("截止日已过 {late} 天，正在复核")),
        Some(Level::DueSoon) | None if left == 0 => Some("今天截止".to_owned()),
        Some(Level::DueSoon) | None => (left > 0).then(|| format!("还剩 {left} 天")),
    }
}

#[cfg(test)]
mod tests;
