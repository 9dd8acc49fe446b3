//! Counts of what is new, in the words of subjects and opening sentences.

use std::collections::BTreeMap;

use super::untrusted::shortened;
use crate::alert::{Digest, DigestRow, Level, News};

/// What a digest says of how many sources. Sentences name trouble first.
pub(super) struct Tally {
    told: BTreeMap<(Told, Noun), usize>,
    waiting: BTreeMap<Noun, usize>,
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

/// The subject, such as `[栏目预警] 县住建局：2 个栏目超期、1 个栏目即将到期`.
pub(super) fn subject(digest: &Digest) -> String {
    let tally = Tally::of(&digest.rows);
    format!("[{}{}] {}：{}", tally.noun(), tally.kind(), shortened(&digest.unit_name, 40), tally.headline())
}

impl Tally {
    pub(super) fn of(rows: &[DigestRow]) -> Self {
        let mut tally = Self { told: BTreeMap::new(), waiting: BTreeMap::new() };
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
        let only_relief = !self.told.is_empty() && self.told.keys().all(|(told, _)| *told == Told::Resolved);
        if only_relief { "恢复" } else { "预警" }
    }

    /// 栏目 if a column is among them, otherwise 账号.
    fn noun(&self) -> &'static str {
        let nouns = self.told.keys().map(|(_, noun)| noun).chain(self.waiting.keys());
        nouns.min().unwrap_or(&Noun::Column).word()
    }

    fn phrase(&self, wanted: impl Fn(Told) -> bool) -> String {
        let wanted = self.told.iter().filter(|((told, _), _)| wanted(*told));
        joined(wanted.map(|((told, noun), count)| format!("{count} 个{}{}", noun.word(), told.words())))
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("、")
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
    fn words(self) -> &'static str {
        match self {
            Self::Overdue => "超期",
            Self::Blank => "空白",
            Self::StillOverdue => "仍超期",
            Self::StillBlank => "仍空白",
            Self::DueSoon => "即将到期",
            // Not "已更新": a source also comes to rest when it is exempted.
            Self::Resolved => "已恢复正常",
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
mod tests {
    use super::*;
    use crate::deliver::notice::samples::{digest, now, raised, row};

    fn weibo(mut row: DigestRow) -> DigestRow {
        row.facts.channel = "微博".into();
        row
    }

    #[test]
    fn the_subject_counts_what_is_new() {
        let overdue = || raised(Level::Overdue);
        let soon = || raised(Level::DueSoon);
        let open = || row(News::StillOpen { level: Level::Overdue });
        let resolved = || row(News::Resolved { level: Level::Overdue, raised_at: now() });
        let reminded = || row(News::Reminded { level: Level::Blank, raised_at: now() });
        let table = [
            (
                vec![overdue(), overdue(), soon(), open()],
                "[栏目预警] 县住建局：2 个栏目超期、1 个栏目即将到期",
            ),
            (vec![raised(Level::Blank)], "[栏目预警] 县住建局：1 个栏目空白"),
            (vec![reminded(), soon()], "[栏目预警] 县住建局：1 个栏目仍空白、1 个栏目即将到期"),
            (vec![overdue(), resolved()], "[栏目预警] 县住建局：1 个栏目超期、1 个栏目已恢复正常"),
            (vec![resolved(), open()], "[栏目恢复] 县住建局：1 个栏目已恢复正常"),
            (vec![weibo(overdue())], "[账号预警] 县住建局：1 个账号超期"),
            (vec![weibo(overdue()), soon()], "[栏目预警] 县住建局：1 个账号超期、1 个栏目即将到期"),
            (vec![open()], "[栏目预警] 县住建局：1 个栏目仍未处理"),
            (vec![], "[栏目预警] 县住建局：没有新的变化"),
        ];
        for (rows, expected) in table {
            assert_eq!(subject(&digest(rows)), expected);
        }
    }

    #[test]
    fn a_line_break_in_the_name_of_a_unit_does_not_reach_the_subject() {
        let mut digest = digest(vec![raised(Level::Overdue)]);
        digest.unit_name = "县住建局\r\nBcc: all@langxi.example".into();
        assert_eq!(subject(&digest), "[栏目预警] 县住建局 Bcc: all@langxi.example：1 个栏目超期");
    }
}
