//! How often a source must publish, and how far ahead its unit is warned.
//!
//! Periods are calendar periods: half a year is six months, never 182 days (domain rules: Civil Code arts. 200-203).
//! The arithmetic itself lives in [`crate::assess`]; this is only the rule.

use serde::{Deserialize, Serialize};

/// A named rule of frequency from `crawl-rules/cadences.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// The name that rules refer to, such as `half-year`.
    pub name: String,
    /// How long a source may go without a new item.
    pub period: Period,
    /// When a source counts as due soon.
    pub lead: Lead,
    /// Days after the due date that are forgiven before the source is overdue.
    pub grace_days: u32,
    /// Whether a bulletin remarks on a source that is due soon. Short cadences are warned of by mail only.
    pub remark_due_soon: bool,
    /// What is said of a source after its first warning, and when.
    pub rungs: Rungs,
}

/// What is said of a source after its first warning, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rungs {
    /// It is warned of again so many working days before the due date; 0 for not at all.
    pub again_before: u32,
    /// Whether it is warned of on the due day.
    pub on_due_day: bool,
    /// Days between two reminders while it is overdue or blank; `None` for what `xuncha.toml` says.
    pub remind_every: Option<u32>,
    /// Days that it may be overdue or blank before those above are told; `None` for what `xuncha.toml` says.
    pub escalate_after: Option<u32>,
}

impl Default for Rungs {
    fn default() -> Self {
        Self { again_before: 3, on_due_day: true, remind_every: None, escalate_after: None }
    }
}

/// The longest a source may stay without a new item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// Calendar days.
    Days(u32),
    /// Calendar months; the corresponding day, or the last day of a shorter month.
    Months(u32),
    /// Never due: archived topics (归档专题).
    Unlimited,
}

/// When the warning before a deadline begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// This many days before the due date.
    Days(u32),
    /// As soon as the due date falls on or before the next monthly cut-off, and never later than `at_least` days
    /// before it.
    NextCutOff {
        /// The shortest warning, in days.
        at_least: u32,
    },
}

impl Period {
    /// The limit as a bulletin prints it: 半年, 1年, 2周, 3个月. `None` where nothing is ever due.
    pub fn limit(self) -> Option<String> {
        match self {
            Self::Months(6) => Some("半年".to_owned()),
            Self::Months(months) if months % 12 == 0 => Some(format!("{}年", months / 12)),
            Self::Months(months) => Some(format!("{months}个月")),
            Self::Days(days) if days % 7 == 0 => Some(format!("{}周", days / 7)),
            Self::Days(days) => Some(format!("{days}天")),
            Self::Unlimited => None,
        }
    }

    /// Roughly how many days the period lasts, for choosing how often to poll. Never used for a deadline.
    pub fn rough_days(self) -> Option<u32> {
        match self {
            Self::Days(days) => Some(days),
            Self::Months(months) => Some(months * 30),
            Self::Unlimited => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_printed_as_bulletins_print_them() {
        let printed = |period: Period| period.limit().unwrap_or_default();
        assert_eq!(printed(Period::Months(6)), "半年");
        assert_eq!(printed(Period::Months(12)), "1年");
        assert_eq!(printed(Period::Months(3)), "3个月");
        assert_eq!(printed(Period::Days(7)), "1周");
        assert_eq!(printed(Period::Days(14)), "2周");
        assert_eq!(printed(Period::Days(10)), "10天");
        assert_eq!(Period::Unlimited.limit(), None);
    }
}
