//! Every item that the county publishes, worked out from the scenario: the same each time.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use xxhash_rust::xxh3::xxh3_64;

use super::pages::leaf_of;
use super::scenario::{Gaps, Scenario};
use crate::rules::{Source, SourceKind};

/// One item.
#[derive(Debug, Clone)]
pub(super) struct Publication {
    /// When it appears, in local time.
    pub(super) at: NaiveDateTime,
    /// Its title.
    pub(super) title: String,
}

impl Publication {
    /// Its text: no two are the same, even where their titles are. It ends with a date that is none of publication.
    pub(super) fn text(&self) -> String {
        let made = self.at - TimeDelta::days(3);
        format!(
            "{}。本文件第{}号，于{}印发。",
            self.title,
            self.at.and_utc().timestamp() / 60,
            made.format("%Y年%-m月%-d日")
        )
    }
}

/// How long before the start a history reaches back, in days.
const HISTORY: u64 = 1100;

/// All items of a source, oldest first.
pub(super) fn publications(source: &Source, scenario: &Scenario) -> Vec<Publication> {
    let days = match scenario.histories.get(&source.id) {
        Some(days) => days.clone(),
        None => match scenario.rhythms.get(&source.cadence.name) {
            Some(gaps) => days_in_rhythm(source, *gaps, scenario),
            None => Vec::new(),
        },
    };
    let mut days = days;
    days.sort_unstable();
    days.iter().zip(1..).map(|(day, number)| publication(source, *day, number)).collect()
}

fn days_in_rhythm(source: &Source, gaps: Gaps, scenario: &Scenario) -> Vec<NaiveDate> {
    let mut day = scenario.starts - Days::new(HISTORY);
    let mut days = Vec::new();
    while day <= scenario.ends {
        let spread = u64::from(gaps.longest - gaps.shortest + 1);
        let draw = hash(source, days.len(), "gap") % spread;
        day = day + Days::new(u64::from(gaps.shortest) + draw);
        days.push(day);
    }
    days
}

/// Offices publish in working hours, accounts until the evening.
fn publication(source: &Source, day: NaiveDate, number: usize) -> Publication {
    let (opens, minutes_open) = match source.kind {
        SourceKind::Column => (8 * 60, 9 * 60),
        SourceKind::Feed(_) => (7 * 60, 15 * 60),
    };
    let minute = opens + i64::try_from(hash(source, number, "minute") % minutes_open).unwrap_or(0);
    Publication {
        at: day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute),
        title: title(source, day, number),
    }
}

fn title(source: &Source, day: NaiveDate, number: usize) -> String {
    let leaf = leaf_of(source);
    let forms = [
        format!("关于做好{leaf}有关工作的通知"),
        format!("{leaf}公开信息（第{number}期）"),
        format!("{}{leaf}工作进展情况", day.format("%Y年%-m月")),
        format!("一图读懂：{leaf}"),
    ];
    let draw = usize::try_from(hash(source, number, "title") % 4).unwrap_or(0);
    forms[draw].clone()
}

fn hash(source: &Source, number: usize, what: &str) -> u64 {
    xxh3_64(format!("{} {number} {what}", source.id).as_bytes())
}
