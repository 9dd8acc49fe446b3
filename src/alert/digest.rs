//! One mail per unit per day: what is new since the last one, and what still stands.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::operator::OperatorRow;
use super::state::{Change, Level, State};
use crate::assess::Calendar;
use crate::rules::{SourceId, UnitId};

/// A change that waits to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// The source it is about.
    pub source: SourceId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub change: Change,
    /// The alert's state before it. Tells whether the unit has heard of the matter at all.
    pub before: State,
}

/// What a mail says of a source besides its news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// The source.
    pub source: SourceId,
    /// Column name or account name, as people know it.
    pub name: String,
    /// 栏目, 微信, 微博, 抖音 or APP.
    pub channel: String,
    /// Where to look.
    pub url: String,
    /// The limit as a bulletin prints it (半年); empty where nothing is due.
    pub limit: String,
    /// The day of the newest item, if any is known.
    pub last: Option<NaiveDate>,
    /// The title of the newest item.
    pub last_title: Option<String>,
    /// The last day in time, if one is known.
    pub due: Option<NaiveDate>,
    /// The alert as it stands now.
    pub state: State,
    /// What people have said of it: acknowledged, silenced, exempt, with their reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// On how many earlier days of this week the unit was told something new of it.
    #[serde(default)]
    pub told_this_week: usize,
}

/// What is new about a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "news")]
pub enum News {
    /// A level was reached.
    Raised {
        /// The level.
        level: Level,
    },
    /// It was said before, still stands, and the next rung of the ladder has been reached.
    Reminded {
        /// The level.
        level: Level,
        /// Since when.
        raised_at: DateTime<Utc>,
    },
    /// It has stood for so long that those above the webmasters are told.
    Escalated {
        /// The level.
        level: Level,
        /// Since when.
        raised_at: DateTime<Utc>,
    },
    /// It is over.
    Resolved {
        /// The level that stood.
        level: Level,
        /// Since when it stood.
        raised_at: DateTime<Utc>,
    },
    /// Nothing new; listed so that the mail shows everything that is open.
    StillOpen {
        /// The level.
        level: Level,
    },
}

/// One line of a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestRow {
    /// What is new.
    #[serde(flatten)]
    pub news: News,
    /// What is known of the source.
    pub facts: SourceFacts,
    /// Days since the level was reached, where it was reached on an earlier day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<i64>,
}

impl News {
    /// The level that stands or stood.
    pub fn level(self) -> Level {
        match self {
            Self::Raised { level }
            | Self::Reminded { level, .. }
            | Self::Escalated { level, .. }
            | Self::Resolved { level, .. }
            | Self::StillOpen { level } => level,
        }
    }

    /// Since when the level stands or stood, where that is an earlier matter.
    fn since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Reminded { raised_at, .. }
            | Self::Escalated { raised_at, .. }
            | Self::Resolved { raised_at, .. } => Some(raised_at),
            Self::Raised { .. } | Self::StillOpen { .. } => None,
        }
    }
}

impl DigestRow {
    /// Whether what it says is still so where the alert of its source stands at `now`.
    pub fn is_still_so(&self, now: &State) -> bool {
        match (self.news, *now) {
            (News::Resolved { .. }, State::Quiet) => true,
            (News::Raised { level } | News::StillOpen { level }, State::Raised { level: stands, .. }) => {
                level == stands
            }
            (
                News::Reminded { level, raised_at } | News::Escalated { level, raised_at },
                State::Raised { level: stands, raised_at: since, .. },
            ) => (level, raised_at) == (stands, since),
            (_, State::Quiet) | (News::Resolved { .. }, State::Raised { .. }) => false,
        }
    }
}

/// Somebody who gets a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
}

/// The one mail a unit gets on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The county whose centre sends it.
    pub county: String,
    /// The unit it is for.
    pub unit: UnitId,
    /// The unit's name.
    pub unit_name: String,
    /// The day it is for, in the county's zone. Unit and day make its identity.
    pub date: NaiveDate,
    /// Who gets it.
    pub to: Vec<Addressee>,
    /// Who gets a copy: those above the webmasters, where it has come to that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy: Vec<Addressee>,
    /// The lines: overdue and blank first, then due soon, then resolved.
    pub rows: Vec<DigestRow>,
}

/// A mail to whoever runs the monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorDigest {
    /// The county that is watched.
    pub county: String,
    /// When it was written. Makes its identity.
    pub at: DateTime<Utc>,
    /// The day of that in the county's zone.
    pub date: NaiveDate,
    /// Who gets it.
    pub to: Vec<Addressee>,
    /// The lines: new matters first, then those that last, then those that are over.
    pub rows: Vec<OperatorRow>,
}

/// Decides what a unit is told today: `None` where nothing has happened that it should hear of.
///
/// `matters` are the changes since the last digest in order of time; `facts` holds every source of the unit that
/// has a matter or a raised alert. A source that was raised and resolved before the unit ever heard of it is not
/// mentioned; of several changes only the last is told, but an escalation is not lost behind a reminder.
pub fn plan_digest(
    matters: &[Matter],
    facts: Vec<SourceFacts>,
    today: NaiveDate,
    calendar: &Calendar,
) -> Vec<DigestRow> {
    let days_since = |at| (today - calendar.day_of(at)).num_days();
    let row = |facts: SourceFacts| {
        let news = news_of(&facts, matters)?;
        let lasts = news.since().map(days_since).filter(|days| *days > 0);
        Some(DigestRow { news, facts, lasts })
    };
    let mut rows: Vec<DigestRow> = facts.into_iter().filter_map(row).collect();
    if rows.iter().all(|row| matches!(row.news, News::StillOpen { .. })) {
        return Vec::new();
    }
    rows.sort_by_key(|row| (rank(row.news), row.facts.due));
    rows
}

fn news_of(facts: &SourceFacts, matters: &[Matter]) -> Option<News> {
    let mut of_source = matters.iter().filter(|matter| matter.source == facts.source);
    let Some(first) = of_source.next() else {
        return match facts.state {
            State::Quiet => None,
            State::Raised { level, .. } => Some(News::StillOpen { level }),
        };
    };
    let last = of_source.next_back().unwrap_or(first);
    // An earlier alert may have been escalated too, and is over: this one has not come to that.
    let mut earlier = std::iter::once(first).chain(of_source);
    let mut was_escalated = |since: DateTime<Utc>| {
        earlier
            .any(|matter| matches!(matter.change, Change::Escalated { raised_at, .. } if raised_at == since))
    };
    match last.change {
        Change::Reminded { level, raised_at } if was_escalated(raised_at) => {
            Some(News::Escalated { level, raised_at })
        }
        Change::Raised { level } => Some(News::Raised { level }),
        Change::Reminded { level, raised_at } => Some(News::Reminded { level, raised_at }),
        Change::Escalated { level, raised_at } => Some(News::Escalated { level, raised_at }),
        Change::Resolved { .. } if first.before == State::Quiet => None,
        Change::Resolved { level, raised_at } => Some(News::Resolved { level, raised_at }),
    }
}

fn rank(news: News) -> u8 {
    match news {
        News::Raised { level: Level::Overdue | Level::Blank } | News::Escalated { .. } => 0,
        News::Reminded { level: Level::Overdue | Level::Blank, .. } => 1,
        News::Raised { level: Level::DueSoon } | News::Reminded { level: Level::DueSoon, .. } => 2,
        News::StillOpen { level: Level::Overdue | Level::Blank } => 3,
        News::StillOpen { level: Level::DueSoon } => 4,
        News::Resolved { .. } => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn planned(matters: &[Matter], facts: Vec<SourceFacts>) -> Vec<DigestRow> {
        let calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };
        plan_digest(matters, facts, NaiveDate::from_ymd_opt(2022, 11, 10).unwrap(), &calendar)
    }

    fn at(day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2022, 11, day, 0, 0, 0).unwrap()
    }

    fn raised(level: Level, day: u32) -> State {
        State::Raised { level, raised_at: at(day), reminded_at: at(day) }
    }

    fn facts(source: &str, state: State) -> SourceFacts {
        SourceFacts {
            source: SourceId::new(source),
            name: "本级政策解读—负责人解读".into(),
            channel: "栏目".into(),
            url: String::new(),
            limit: "半年".into(),
            last: None,
            last_title: None,
            due: None,
            state,
            remarks: Vec::new(),
            told_this_week: 0,
        }
    }

    fn matter(source: &str, day: u32, change: Change, before: State) -> Matter {
        Matter { source: SourceId::new(source), at: at(day), change, before }
    }

    #[test]
    fn a_unit_with_nothing_new_gets_no_mail() {
        assert_eq!(
            planned(&[], vec![facts("a/x", raised(Level::Overdue, 1)), facts("a/y", State::Quiet)]),
            []
        );
    }

    #[test]
    fn the_mail_shows_the_new_first_and_everything_that_is_open() {
        let rows = planned(
            &[matter("a/new", 3, Change::Raised { level: Level::DueSoon }, State::Quiet)],
            vec![facts("a/old", raised(Level::Overdue, 1)), facts("a/new", raised(Level::DueSoon, 3))],
        );
        let said: Vec<_> = rows.iter().map(|row| (row.facts.source.as_str(), row.news)).collect();
        assert_eq!(
            said,
            [
                ("a/new", News::Raised { level: Level::DueSoon }),
                ("a/old", News::StillOpen { level: Level::Overdue })
            ]
        );
    }

    #[test]
    fn what_came_and_went_before_the_unit_heard_of_it_is_not_mentioned() {
        let rows = planned(
            &[
                matter("a/x", 3, Change::Raised { level: Level::DueSoon }, State::Quiet),
                matter(
                    "a/x",
                    3,
                    Change::Resolved { level: Level::DueSoon, raised_at: at(3) },
                    raised(Level::DueSoon, 3),
                ),
            ],
            vec![facts("a/x", State::Quiet)],
        );
        assert_eq!(rows, []);
    }

    #[test]
    fn a_recovery_is_told_where_the_warning_was_told_on_an_earlier_day() {
        let rows = planned(
            &[
                matter("a/x", 3, Change::Raised { level: Level::Overdue }, raised(Level::DueSoon, 1)),
                matter(
                    "a/x",
                    3,
                    Change::Resolved { level: Level::Overdue, raised_at: at(3) },
                    raised(Level::Overdue, 3),
                ),
            ],
            vec![facts("a/x", State::Quiet)],
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].news, News::Resolved { level: Level::Overdue, raised_at: at(3) });
        assert_eq!(rows[0].lasts, Some(7));
    }

    #[test]
    fn an_escalation_is_not_lost_behind_a_later_reminder() {
        let (level, raised_at) = (Level::Overdue, at(1));
        let stands = raised(level, 1);
        let rows = planned(
            &[
                matter("a/x", 8, Change::Reminded { level, raised_at }, stands),
                matter("a/x", 9, Change::Escalated { level, raised_at }, stands),
                matter("a/x", 10, Change::Reminded { level, raised_at }, stands),
            ],
            vec![facts("a/x", stands)],
        );
        assert_eq!(rows[0].news, News::Escalated { level, raised_at });
    }

    #[test]
    fn a_row_is_true_only_of_the_alert_that_it_tells() {
        let row = |news| DigestRow { news, facts: facts("a/b", State::Quiet), lasts: None };
        let is_so = |news, state: State| row(news).is_still_so(&state);
        let due_soon = News::Raised { level: Level::DueSoon };
        assert!(is_so(due_soon, raised(Level::DueSoon, 3)));
        assert!(!is_so(due_soon, raised(Level::Overdue, 3)), "it is worse by now");
        assert!(!is_so(due_soon, State::Quiet), "it is over");
        let reminded = News::Reminded { level: Level::Overdue, raised_at: at(3) };
        assert!(is_so(reminded, raised(Level::Overdue, 3)));
        assert!(!is_so(reminded, raised(Level::Overdue, 5)), "that is another matter");
        let resolved = News::Resolved { level: Level::Overdue, raised_at: at(3) };
        assert!(is_so(resolved, State::Quiet));
        assert!(!is_so(resolved, raised(Level::DueSoon, 5)), "it is back");
        assert!(!is_so(News::StillOpen { level: Level::Overdue }, State::Quiet));
    }

    #[test]
    fn a_reminder_of_a_new_alert_is_no_escalation_because_the_last_one_was() {
        let level = Level::Overdue;
        let stands = raised(level, 5);
        let row_of = |matters: &[Matter]| planned(matters, vec![facts("a/x", stands)]).remove(0).news;
        let matters = [
            matter("a/x", 3, Change::Escalated { level, raised_at: at(1) }, raised(level, 1)),
            matter("a/x", 4, Change::Resolved { level, raised_at: at(1) }, raised(level, 1)),
            matter("a/x", 5, Change::Raised { level }, State::Quiet),
            matter("a/x", 9, Change::Reminded { level, raised_at: at(5) }, stands),
        ];
        assert_eq!(row_of(&matters), News::Reminded { level, raised_at: at(5) });
        let between = [&matters[1..2], &matters[..1], &matters[2..]].concat();
        assert_eq!(row_of(&between), News::Reminded { level, raised_at: at(5) }, "wherever it stands");
    }
}
