//! Standings, levels and events in the words that officials read, on the terminal and on the page.

use chrono::{DateTime, Utc};

use super::view::SourceView;
use crate::alert::{Change, Level, Stance, StanceKind};
use crate::store::{Act, EventKind};

/// Every standing's word and what officials call it, from worst to best.
pub(crate) const STANDINGS: [(&str, &str); 6] = [
    ("overdue", "超期"),
    ("blank", "空白"),
    ("unknown", "未知"),
    ("due-soon", "即将到期"),
    ("fresh", "正常"),
    ("exempt", "豁免"),
];

/// What officials call a standing.
pub(crate) fn standing_in_words(standing: &str) -> &str {
    STANDINGS.iter().find(|(word, _)| *word == standing).map_or(standing, |(_, chinese)| chinese)
}

/// What officials call an alert's level.
pub(crate) fn level_in_words(level: Level) -> &'static str {
    match level {
        Level::DueSoon => "即将到期",
        Level::Overdue => "超期",
        Level::Blank => "空白",
    }
}

/// What happened. Texts from servers stay as they came.
pub(crate) fn event_in_words(kind: &EventKind) -> String {
    match kind {
        EventKind::Alert { change: Change::Raised { level } } => format!("预警：{}", level_in_words(*level)),
        EventKind::Alert { change: Change::Reminded { level, .. } } => {
            format!("再次提醒：{}", level_in_words(*level))
        }
        EventKind::Alert { change: Change::Escalated { level, .. } } => {
            format!("报分管领导：{}", level_in_words(*level))
        }
        EventKind::Alert { change: Change::Resolved { level, .. } } => {
            format!("解除：{}", level_in_words(*level))
        }
        EventKind::PollFailed { cause } => format!("无法核实：{}", cause.chinese()),
        EventKind::PollRecovered => "恢复可读".to_owned(),
        EventKind::Stance { given } => stance_in_words(given),
    }
}

/// What somebody has said of a source.
pub(crate) fn stance_in_words(given: &Stance) -> String {
    let until = given.until().map_or_else(String::new, |until| {
        format!("至 {}", until.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M"))
    });
    let what = match &given.kind {
        StanceKind::Acknowledged { .. } => "已确认".to_owned(),
        StanceKind::Silenced { .. } => format!("暂停提醒{until}"),
        StanceKind::Exempted { evidence, approver, .. } => {
            format!("豁免{until}，依据：{evidence}，批准：{approver}")
        }
    };
    format!("{what}：{}（{}）", given.reason, given.by)
}

/// What people have said of a source, as far as it counts.
pub(crate) fn said_of(source: &SourceView) -> Vec<String> {
    let day_of = |at: DateTime<Utc>| at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive();
    source.standpoint.chinese(day_of)
}

/// Why nobody can say how a source stands, that it is a zombie, and what people have said of it.
pub(crate) fn remarks(source: &SourceView) -> String {
    let cause = source.cause.as_ref().map(crate::assess::Cause::chinese);
    let zombie = source.is_zombie.then(|| "停更超过 3 个月，疑似“僵尸”账号".to_owned());
    cause.into_iter().chain(zombie).chain(said_of(source)).collect::<Vec<_>>().join("；")
}

/// Who did what through the socket, and how it was answered.
pub(crate) fn act_in_words(act: &Act) -> String {
    format!("{}（uid {}）：{}（{}）", act.name, act.uid, act.what, act.status)
}
