//! Counts of what is new, in the words of subjects and opening sentences.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::untrusted::shortened;
use crate::alert::{Digest, DigestRow, Level, News};

/// What a digest says of how many sources. Sentences name trouble first.
pub(super) struct Tally {
    told: BTreeMap<(Told, Noun), usize>,
    waiting: BTreeMap<Noun, usize>,
    /// Days until the last of what is newly due soon is due; `None` where that cannot be said.
    within: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Overdue,
    Blank,
    StillOverdue,
    StillBlank,
    DueSoon,
    Resolved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Noun {
    Column,
    Account,
}

/// The subject, such as `[栏目预警] 县住建局：2 个栏目超期、1 个栏目将于 3 天内到期`.
pub(super) fn subject(digest: &Digest) -> String {
    let tally = Tally::of(&digest.rows, digest.date);
    format!("[{}{}] {}：{}", tally.noun(), tally.kind(), shortened(&digest.unit_name, 40), tally.headline())
}

/// Whether all that is new is good.
pub(super) fn is_only_relief(digest: &Digest) -> bool {
    Tally::of(&digest.rows, digest.date).is_only_relief()
}

impl Tally {
    pub(super) fn of(rows: &[DigestRow], today: NaiveDate) -> Self {
        let mut tally = Self { told: BTreeMap::new(), waiting: BTreeMap::new(), within: within(rows, today) };
        for row in rows {
            let noun = Noun::of(&row.facts.channel);
            match told(row.news) {
                Some(told) => *tally.told.entry((told, noun)).or_default() += 1,
                None => *tally.waiting.entry(noun).or_default() += 1,
            }
        }
        tally
    }

    /// What needs doing and is news: `2 个栏目超期、1 个栏目即将到期`. Empty if nothing is.
    pub(super) fn trouble(&self) -> String {
        self.phrase(|told| told != Told::Resolved)
    }

    /// What is over: `1 个栏目已恢复正常`. Empty if nothing is.
    pub(super) fn relief(&self) -> String {
        self.phrase(|told| told == Told::Resolved)
    }

    /// What was said before and still stands: `1 个栏目`. Empty if nothing does.
    pub(super) fn waiting(&self) -> String {
        joined(self.waiting.iter().map(|(noun, count)| format!("{count} 个{}", noun.word())))
    }

    fn headline(&self) -> String {
        match (self.told.is_empty(), self.waiting.is_empty()) {
            (false, _) => self.phrase(|_| true),
            (true, false) => format!("{}仍未处理", self.waiting()),
            (true, true) => "没有新的变化".to_owned(),
        }
    }

    fn kind(&self) -> &'static str {
        if self.is_only_relief() { "恢复" } else { "预警" }
    }

    fn is_only_relief(&self) -> bool {
        !self.told.is_empty() && self.told.keys().all(|(told, _)| *told == Told::Resolved)
    }

    /// 栏目 if a column is among them, otherwise 账号.
    fn noun(&self) -> &'static str {
        let nouns = self.told.keys().map(|(_, noun)| noun).chain(self.waiting.keys());
        nouns.min().unwrap_or(&Noun::Column).word()
    }

    fn phrase(&self, wanted: impl Fn(Told) -> bool) -> String {
        let wanted = self.told.iter().filter(|((told, _), _)| wanted(*told));
        joined(wanted.map(|((told, noun), count)| {
            let words = told.words().map_or_else(|| self.due_soon(), str::to_owned);
            format!("{count} 个{}{words}", noun.word())
        }))
    }

    fn due_soon(&self) -> String {
        match self.within {
            Some(0) => "今天到期".to_owned(),
            Some(days) => format!("将于 {days} 天内到期"),
            None => "即将到期".to_owned(),
        }
    }

    /// Where to publish: 栏目, 账号, or either.
    pub(super) fn place(&self) -> &'static str {
        let nouns = || self.told.keys().map(|(_, noun)| noun).chain(self.waiting.keys());
        match (nouns().any(|noun| *noun == Noun::Column), nouns().any(|noun| *noun == Noun::Account)) {
            (true, true) => "栏目或账号",
            (false, true) => "账号",
            (_, false) => "栏目",
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("、")
}

/// A due date that has passed is being looked into, and one that is not known cannot be counted to.
fn within(rows: &[DigestRow], today: NaiveDate) -> Option<i64> {
    let due_soon = rows.iter().filter(|row| told(row.news) == Some(Told::DueSoon));
    let days: Option<Vec<i64>> =
        due_soon.map(|row| row.facts.due.map(|due| (due - today).num_days())).collect();
    days?.into_iter().max().filter(|days| *days >= 0)
}

fn told(news: News) -> Option<Told> {
    match news {
        News::Raised { level: Level::Overdue } => Some(Told::Overdue),
        News::Raised { level: Level::Blank } => Some(Told::Blank),
        News::Raised { level: Level::DueSoon }
        | News::Reminded { level: Level::DueSoon, .. }
        | News::Escalated { level: Level::DueSoon, .. } => Some(Told::DueSoon),
        News::Reminded { level: Level::Overdue, .. } | News::Escalated { level: Level::Overdue, .. } => {
            Some(Told::StillOverdue)
        }
        News::Reminded { level: Level::Blank, .. } | News::Escalated { level: Level::Blank, .. } => {
            Some(Told::StillBlank)
        }
        News::Resolved { .. } => Some(Told::Resolved),
        News::StillOpen { .. } => None,
    }
}

impl Told {
    /// `None` where the words depend on the day.
    fn words(self) -> Option<&'static str> {
        match self {
            Self::Overdue => Some("超期"),
            Self::Blank => Some("空白"),
            Self::StillOverdue => Some("仍超期"),
            Self::StillBlank => Some("仍空白"),
            Self::DueSoon => None,
            // Not "已更新": a source also comes to rest when it is exempted.
            Self::Resolved => Some("已恢复正常"),
        }
    }
}

impl Noun {
    fn of(channel: &str) -> Self {
        if channel == "栏目" { Self::Column } else { Self::Account }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Column => "栏目",
            Self::Account => "账号",
        }
    }
}

#[cfg(test)]
mod tests;
