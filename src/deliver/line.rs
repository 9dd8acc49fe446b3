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
    label: &'static str,
    /// 仍未处理 and the like, or empty.
    again: &'static str,
    name: String,
    channel: String,
    /// Absent where the address is not one that a browser opens.
    url: Option<String>,
    last: String,
    title: Option<String>,
    due: Option<String>,
    days: Option<String>,
    limit: Option<String>,
    /// How long it lasted, how often it was said, what people have said of it.
    notes: Vec<String>,
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
mod tests {
    use super::*;
    use crate::deliver::notice::samples::{day, now, raised, row};

    fn line(mut row: DigestRow, due: Option<NaiveDate>) -> Line {
        row.facts.due = due;
        Line::of(&row, day(11, 27))
    }

    #[test]
    fn days_are_counted_to_or_from_the_due_date() {
        let resolved = || row(News::Resolved { level: Level::Overdue, raised_at: now() });
        let table = [
            (raised(Level::Overdue), day(11, 26), Some("已超期 1 天")),
            (raised(Level::Overdue), day(11, 27), None),
            (raised(Level::DueSoon), day(12, 4), Some("还剩 7 天")),
            (raised(Level::DueSoon), day(11, 27), Some("今天截止")),
            (raised(Level::DueSoon), day(11, 25), Some("截止日已过 2 天，正在复核")),
            (raised(Level::Blank), day(11, 1), None),
            (resolved(), day(12, 27), Some("还剩 30 天")),
            (resolved(), day(11, 1), None),
        ];
        for (row, due, expected) in table {
            let news = row.news;
            assert_eq!(line(row, Some(due)).days.as_deref(), expected, "{news:?} {due}");
        }
        assert_eq!(line(raised(Level::Blank), None).due, None);
    }

    #[test]
    fn each_news_has_its_label() {
        let reminded = row(News::Reminded { level: Level::Overdue, raised_at: now() });
        let table = [
            (raised(Level::Overdue), "超期", ""),
            (raised(Level::DueSoon), "即将到期", ""),
            (raised(Level::Blank), "空白", ""),
            (reminded, "超期", "仍未处理"),
            (row(News::StillOpen { level: Level::DueSoon }), "即将到期", "此前已提醒"),
            (row(News::Reminded { level: Level::DueSoon, raised_at: now() }), "即将到期", "再次提醒"),
            (row(News::Escalated { level: Level::Overdue, raised_at: now() }), "超期", "长期未处理"),
            (row(News::Resolved { level: Level::Overdue, raised_at: now() }), "已恢复", ""),
        ];
        for (row, label, again) in table {
            let line = line(row, None);
            assert_eq!((line.label, line.again), (label, again));
        }
    }

    #[test]
    fn how_long_how_often_and_what_people_said_is_noted() {
        let (level, raised_at) = (Level::Overdue, now());
        let mut reminded = row(News::Reminded { level, raised_at });
        reminded.lasts = Some(7);
        reminded.facts.told_this_week = 1;
        reminded.facts.remarks = vec!["已确认：正在办理（王五）".into()];
        let expected = ["自首次通报起第 8 天", "本周第 2 次提醒", "已确认：正在办理（王五）"];
        assert_eq!(Line::of(&reminded, day(11, 27)).notes, expected);
        let resolved = DigestRow { lasts: Some(21), ..row(News::Resolved { level, raised_at }) };
        assert_eq!(Line::of(&resolved, day(11, 27)).notes, ["自首次通报至今共 21 天"]);
    }

    #[test]
    fn dates_are_in_chinese_form_and_an_unknown_last_update_says_so() {
        let mut row = raised(Level::Overdue);
        assert_eq!(line(row.clone(), Some(day(11, 26))).due.as_deref(), Some("2022年11月26日（周六）"));
        assert_eq!(line(row.clone(), None).last, "2022年5月26日");
        row.facts.last = None;
        assert_eq!(line(row, None).last, "无记录");
    }

    #[test]
    fn only_addresses_of_web_pages_become_links() {
        for bad in ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "not an address", ""] {
            assert_eq!(link(bad), None, "{bad}");
        }
        let spaced = link("http://a.example/ 公告\r\n");
        assert_eq!(spaced.as_deref(), Some("http://a.example/%20%E5%85%AC%E5%91%8A"));
    }
}
