//! A suspicion, its evidence, and its words.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Item;

/// Something about the dates of a source that a person should look into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "kind", content = "detail")]
pub enum Suspicion {
    /// An item bears a day that had not come when it was seen.
    FutureDate {
        /// The item.
        item: Named,
        /// The day on which it was first seen.
        first_seen_on: NaiveDate,
    },
    /// An item appeared long after the day it bears, although the page was looked at in between (伪造发稿日期).
    BackDated {
        /// The item.
        item: Named,
        /// When it was first seen.
        first_seen_at: DateTime<Utc>,
        /// The day of the last look that did not show it.
        not_shown_on: NaiveDate,
        /// Days from the day it bears to that look.
        days: i64,
    },
    /// An item was there before, under a much older date (旧稿新发).
    OldTextNewDate {
        /// The item.
        item: Named,
        /// The one before.
        older: Named,
        /// In what the two are alike.
        likeness: Likeness,
    },
    /// Many items on the last days before a cut-off, after a long silence (突击更新).
    Burst {
        /// The first of these days.
        day: NaiveDate,
        /// How many items.
        items: usize,
        /// The cut-off day.
        cut_off: NaiveDate,
        /// Days without any item before them.
        silent_days: i64,
    },
}

/// An item as evidence names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Named {
    /// Its title.
    pub title: String,
    /// Its address; empty where it has none.
    pub url: String,
    /// The day it bears.
    pub date: NaiveDate,
}

impl Named {
    pub(super) fn of(item: &Item) -> Self {
        Self { title: item.title.to_owned(), url: item.url.to_owned(), date: item.date }
    }
}

/// In what two items are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// Their articles hold the same text.
    SameText,
    /// They have the same title, one that is not met otherwise.
    SameTitle,
    /// They are one page under two dates: it was updated in place, or only dated anew.
    SameAddress,
    /// They have the same title, one that comes back by its nature.
    RecurringTitle,
}

impl Suspicion {
    /// Whether the matter has an everyday explanation, so that it must not keep a source from being cleared.
    pub fn is_weak(&self) -> bool {
        let Self::OldTextNewDate { likeness, .. } = self else { return false };
        matches!(likeness, Likeness::SameAddress | Likeness::RecurringTitle)
    }

    /// The suspicion as officials read it.
    pub fn chinese(&self) -> String {
        match self {
            Self::FutureDate { item, first_seen_on } => format!(
                "疑似发布日期有误：《{}》标注日期 {} 晚于发现日期 {first_seen_on}，请核实",
                item.title, item.date
            ),
            Self::BackDated { item, not_shown_on, days, .. } => format!(
                "疑似倒填发布日期：《{}》标注日期 {}，但 {days} 天后（{not_shown_on}）巡检时栏目中尚无此信息，请核实",
                item.title, item.date
            ),
            Self::OldTextNewDate { item, older, likeness } => format!(
                "{}：《{}》（{}）与 {} 的信息{}，请核实",
                if self.is_weak() { "可能旧稿新发" } else { "疑似旧稿新发" },
                item.title,
                item.date,
                older.date,
                likeness.chinese()
            ),
            Self::Burst { day, items, cut_off, silent_days } => format!(
                "疑似突击更新：连续 {silent_days} 天未更新后，自 {day} 至 {cut_off} 截止日集中发布 {items} 条，请核实"
            ),
        }
    }
}

impl Likeness {
    fn chinese(self) -> &'static str {
        match self {
            Self::SameText => "正文相同",
            Self::SameTitle => "标题相同",
            Self::SameAddress => "为同一页面",
            Self::RecurringTitle => "标题相同（系列信息）",
        }
    }
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameText => "the same text",
            Self::SameTitle => "the same title",
            Self::SameAddress => "the same address",
            Self::RecurringTitle => "the same title, of a kind that recurs",
        })
    }
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FutureDate { item, first_seen_on } => {
                write!(f, "`{}` bears {}, but was seen on {first_seen_on}", item.title, item.date)
            }
            Self::BackDated { item, not_shown_on, days, .. } => write!(
                f,
                "`{}` bears {}, but {days} days later, on {not_shown_on}, it was not there",
                item.title, item.date
            ),
            Self::OldTextNewDate { item, older, likeness } => {
                write!(f, "`{}` of {} has {likeness} as an item of {}", item.title, item.date, older.date)
            }
            Self::Burst { day, items, cut_off, silent_days } => write!(
                f,
                "{items} items from {day} to the cut-off on {cut_off}, after {silent_days} days of silence"
            ),
        }
    }
}
