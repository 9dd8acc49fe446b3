//! Standings, levels and events in the words that officials read, on the terminal and on the page.

use crate::alert::{Change, Level};
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
        EventKind::Alert { change: Change::Resolved { level, .. } } => {
            format!("解除：{}", level_in_words(*level))
        }
        EventKind::PollFailed { cause } => format!("无法核实：{}", cause.chinese()),
        EventKind::PollRecovered => "恢复可读".to_owned(),
    }
}

/// Who did what through the socket, and how it was answered.
pub(crate) fn act_in_words(act: &Act) -> String {
    format!("{}（uid {}）：{}（{}）", act.name, act.uid, act.what, act.status)
}
