//! Invented notices of every kind: for looking at, and for trying templates out.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::notice::{Notice, Says};
use super::recipient::Target;
use crate::alert::{
    Addressee, Digest, DigestRow, Level, News, OperatorDigest, OperatorKey, OperatorMatter, OperatorNews,
    OperatorRow, SourceFacts, State,
};
use crate::rules::{SourceId, UnitId};

/// What a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleKind {
    /// Columns that come due.
    DueSoon,
    /// Columns that are overdue.
    Overdue,
    /// Columns that have never held anything.
    Blank,
    /// What was said before and still stands.
    Reminder,
    /// What is over.
    Recovery,
    /// Some of each.
    Mixed,
    /// A mail to the operator.
    Operator,
}

/// For whom a sample is.
#[derive(Debug, Clone)]
pub struct SampleUnit {
    /// The county.
    pub county: String,
    /// The unit.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Who gets it.
    pub to: Vec<Addressee>,
    /// Its sources: id, name, channel, address and limit.
    pub sources: Vec<SampleSource>,
}

/// A source of such a unit.
#[derive(Debug, Clone)]
pub struct SampleSource {
    /// Its id.
    pub id: SourceId,
    /// Column path or account name.
    pub name: String,
    /// 栏目, 微信, 微博, 抖音 or APP.
    pub channel: String,
    /// Where it is.
    pub url: String,
    /// The limit as a bulletin prints it.
    pub limit: String,
}

impl SampleKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::DueSoon,
        Self::Overdue,
        Self::Blank,
        Self::Reminder,
        Self::Recovery,
        Self::Mixed,
        Self::Operator,
    ];
}

impl SampleUnit {
    /// A unit that does not exist.
    pub fn invented() -> Self {
        let id = UnitId::new("yangben");
        let source = |local: &str, name: &str, channel: &str| SampleSource {
            id: SourceId::of(&id, local),
            name: name.to_owned(),
            channel: channel.to_owned(),
            url: format!("https://www.example/{local}/"),
            limit: "半年".to_owned(),
        };
        let sources = vec![
            source("jiedu", "政策解读—负责人解读", "栏目"),
            source("guihua", "规划计划", "栏目"),
            source("weixin", "样本发布", "微信"),
        ];
        let person = Addressee { name: "信息员".to_owned(), email: "xinxiyuan@unit.example".to_owned() };
        Self {
            county: "样本县".to_owned(),
            id: id.clone(),
            name: "县样本局".to_owned(),
            to: vec![person],
            sources,
        }
    }
}

/// A notice of that kind, for that unit, as of that instant and day. What it says of dates is invented.
pub fn sample(kind: SampleKind, unit: &SampleUnit, now: DateTime<Utc>, today: NaiveDate) -> Notice {
    let says = match kind {
        SampleKind::Operator => Says::Operator(operator_digest(unit, now, today)),
        _ => Says::Digest(digest(kind, unit, now, today)),
    };
    let people = unit.to.iter().cloned().map(Target::Mail).collect();
    Notice::to(people, says, now)
}

fn digest(kind: SampleKind, unit: &SampleUnit, now: DateTime<Utc>, today: NaiveDate) -> Digest {
    let news = news(kind, now);
    // A mixed mail shows every kind of news; others are long enough as a handful of lines.
    let most = if kind == SampleKind::Mixed { news.len() } else { 3 };
    let rows = unit.sources.iter().cycle().zip(news.iter().cycle()).take(most).zip(0..);
    let rows = rows.map(|((source, news), number)| row(source, *news, number, today)).collect();
    Digest {
        county: unit.county.clone(),
        unit: unit.id.clone(),
        unit_name: unit.name.clone(),
        date: today,
        to: unit.to.clone(),
        copy: Vec::new(),
        rows,
    }
}

fn news(kind: SampleKind, now: DateTime<Utc>) -> Vec<News> {
    let raised_at = now - TimeDelta::days(14);
    let raised = |level| News::Raised { level };
    let resolved = News::Resolved { level: Level::Overdue, raised_at };
    let reminded = News::Reminded { level: Level::Overdue, raised_at };
    let escalated = News::Escalated { level: Level::Overdue, raised_at };
    match kind {
        SampleKind::DueSoon => vec![raised(Level::DueSoon)],
        SampleKind::Overdue => vec![raised(Level::Overdue)],
        SampleKind::Blank => vec![raised(Level::Blank)],
        SampleKind::Reminder => vec![reminded, escalated, News::StillOpen { level: Level::Blank }],
        SampleKind::Recovery => vec![resolved],
        SampleKind::Mixed | SampleKind::Operator => vec![
            raised(Level::Overdue),
            raised(Level::Blank),
            reminded,
            raised(Level::DueSoon),
            raised(Level::DueSoon),
            News::StillOpen { level: Level::DueSoon },
            resolved,
        ],
    }
}

fn row(source: &SampleSource, news: News, number: u64, today: NaiveDate) -> DigestRow {
    let level = news.level();
    let has_items = level != Level::Blank;
    let due = match (news, level) {
        (_, Level::Blank) => None,
        (News::Resolved { .. }, _) => Some(today + Days::new(183)),
        (_, Level::DueSoon) => Some(today + Days::new(1 + number % 3)),
        (_, Level::Overdue) => Some(today - Days::new(1 + 4 * number)),
    };
    let facts = SourceFacts {
        source: source.id.clone(),
        name: source.name.clone(),
        channel: source.channel.clone(),
        url: source.url.clone(),
        limit: source.limit.clone(),
        last: has_items.then(|| due.unwrap_or(today) - Days::new(183)),
        last_title: has_items.then(|| "关于开展年度政务公开工作培训的通知（样本标题）".to_owned()),
        due,
        state: State::Quiet,
        remarks: Vec::new(),
        told_this_week: 0,
    };
    let lasts = (!matches!(news, News::Raised { .. } | News::StillOpen { .. })).then_some(14);
    DigestRow { news, facts, lasts }
}

fn operator_digest(unit: &SampleUnit, now: DateTime<Utc>, today: NaiveDate) -> OperatorDigest {
    let row = |news, key, says: &str| {
        let ended_at = (news == OperatorNews::Resolved).then_some(now);
        let raised_at = now - TimeDelta::days(3);
        let matter = OperatorMatter { key, says: says.to_owned(), raised_at, told_at: None, ended_at };
        OperatorRow { news, matter }
    };
    let host = || "www.example".to_owned();
    OperatorDigest {
        county: unit.county.clone(),
        at: now,
        date: today,
        to: unit.to.clone(),
        rows: vec![
            row(OperatorNews::Raised, OperatorKey::Blocked { host: host() }, "请与网站管理方联系（样本）"),
            row(OperatorNews::Reminded, OperatorKey::Unknown { host: host() }, "12 个监测对象（样本）"),
            row(OperatorNews::Resolved, OperatorKey::Outbox, "邮件服务器无法连接（样本）"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::compose::samples::sender;
    use crate::deliver::notice::samples::{day, now};
    use crate::deliver::{Letter, NoticeKind};

    #[test]
    fn every_kind_can_be_written_and_is_what_it_says() {
        for kind in SampleKind::ALL {
            let notice = sample(kind, &SampleUnit::invented(), now(), day(11, 27));
            let letter = Letter::of(&notice, &sender().into()).unwrap();
            assert!(letter.html.contains("样本") && letter.text.contains("样本"), "{kind:?}");
            let expected = match kind {
                SampleKind::Recovery => NoticeKind::Recovery,
                SampleKind::Operator => NoticeKind::Operator,
                _ => NoticeKind::Warning,
            };
            assert_eq!(NoticeKind::of(&notice.says), expected, "{kind:?}");
        }
    }
}
