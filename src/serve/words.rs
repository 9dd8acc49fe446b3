//! Standings, levels and events in the words that officials read, on the terminal and on the page.
//!
//! Nobody knows who opens the page. What ends in `_in_public` is for it: it names no person who said or did something, and
//! nothing of how this machine is set up.

use chrono::{DateTime, NaiveDate, Utc};

use super::view::SourceView;
use crate::alert::{Change, Level, Stance, StanceKind};
use crate::assess::Cause;
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

/// What happened, for whoever opens the page.
pub(crate) fn event_in_public(kind: &EventKind) -> String {
    match kind {
        EventKind::PollFailed { cause } => format!("无法核实：{}", cause.chinese_in_public()),
        EventKind::Stance { given } => format!("{}：{}", taken(given), given.reason),
        EventKind::Alert { .. } | EventKind::PollRecovered => event_in_words(kind),
    }
}

/// What somebody has said of a source.
pub(crate) fn stance_in_words(given: &Stance) -> String {
    let allowed = match &given.kind {
        StanceKind::Exempted { approver, .. } => format!("，批准：{approver}"),
        StanceKind::Acknowledged { .. } | StanceKind::Silenced { .. } => String::new(),
    };
    format!("{}{allowed}：{}（{}）", taken(given), given.reason, given.by)
}

fn taken(given: &Stance) -> String {
    let until = given.until().map_or_else(String::new, |until| {
        format!("至 {}", until.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M"))
    });
    match &given.kind {
        StanceKind::Acknowledged { .. } => "已确认".to_owned(),
        StanceKind::Silenced { .. } => format!("暂停提醒{until}"),
        StanceKind::Exempted { evidence, .. } => format!("豁免{until}，依据：{evidence}"),
    }
}

/// What people have said of a source, as far as it counts.
pub(crate) fn said_of(source: &SourceView) -> Vec<String> {
    source.standpoint.chinese(day_of)
}

/// The same, for whoever opens the page.
pub(crate) fn said_in_public(source: &SourceView) -> Vec<String> {
    source.standpoint.chinese_in_public(day_of)
}

fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&chrono_tz::Asia::Shanghai).date_naive()
}

fn zombie(source: &SourceView) -> Option<String> {
    source.is_zombie.then(|| "停更超过 3 个月，疑似“僵尸”账号".to_owned())
}

/// Why nobody can say how a source stands, that it is a zombie, and what people have said of it, for whoever opens the page or
/// takes a table from it.
pub(crate) fn remarks_in_public(source: &SourceView) -> String {
    let cause = source.cause.as_ref().map(Cause::chinese_in_public);
    cause.into_iter().chain(zombie(source)).chain(said_in_public(source)).collect::<Vec<_>>().join("；")
}

/// Who did what through the socket, and how it was answered.
pub(crate) fn act_in_words(act: &Act) -> String {
    format!("{}（uid {}）：{}（{}）", act.name, act.uid, act.what, act.status)
}

#[cfg(test)]
mod tests {
    use super::super::samples::source;
    use super::*;
    use crate::extract::Refusal;

    #[test]
    fn what_is_said_in_public_of_a_refusal_tells_nothing_of_this_machine() {
        for refusal in [
            Refusal::NoSecret("/etc/xuncha/secrets/yiju can be read by others: chmod 600".to_owned()),
            Refusal::NoFile("/srv/import/weibo.csv: not found".to_owned()),
            Refusal::AddressNotListed("40164 invalid ip 203.0.113.7".to_owned()),
        ] {
            let cause = Cause::WayRefused(refusal);
            let told = cause.chinese();
            let failed = event_in_public(&EventKind::PollFailed { cause: cause.clone() });
            let view = SourceView { cause: Some(cause), ..source("a/1", "unknown") };
            for said in [failed, remarks_in_public(&view)] {
                assert!(said.contains("读取方式不可用：") && !said.contains(['/', '（', '4']), "{said}");
            }
            assert!(told.contains(['/', '（', '4']), "who asks the socket is told all");
        }
    }
}
