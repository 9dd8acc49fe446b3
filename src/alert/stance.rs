//! What a person has said of a source: its alert is known (acknowledged), nobody is to be mailed about it for a while
//! (silenced), or nothing is due from it for a while (exempt). Each bears a name and a reason, and none lasts for ever.
//!
//! Of several stances of one kind the one given last counts; giving one that ends at once takes an earlier one back.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::rules::SourceId;

/// What a person has said of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stance {
    /// Of which source.
    pub source: SourceId,
    /// When.
    pub given_at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Why, or what is being done about it.
    pub reason: String,
    /// What.
    #[serde(flatten)]
    pub kind: StanceKind,
}

/// The kinds of stances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "stance")]
pub enum StanceKind {
    /// The alert is known: the unit is not reminded of it any more. Ends with the alert it was given for.
    Acknowledged {
        /// The alert's state then.
        alert: State,
    },
    /// The unit gets no mail about the source; what would have been said is said afterwards, if it still stands.
    Silenced {
        /// Until then.
        until: DateTime<Utc>,
    },
    /// Nothing is due from the source.
    Exempted {
        /// What bears the reason out: a document, an address.
        evidence: String,
        /// Who allowed it.
        approver: String,
        /// Until then.
        until: DateTime<Utc>,
    },
}

/// The stances that count of one source at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Standpoint {
    /// The alert is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Stance>,
    /// The unit gets no mail about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced: Option<Stance>,
    /// Nothing is due from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exempted: Option<Stance>,
}

impl Stance {
    /// The instant from which it counts no longer, if it bears one.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self.kind {
            StanceKind::Acknowledged { .. } => None,
            StanceKind::Silenced { until } | StanceKind::Exempted { until, .. } => Some(until),
        }
    }
}

impl Standpoint {
    /// What counts at `now`, of all stances ever given of a source, while its alert is so.
    pub fn of<'s>(stances: impl IntoIterator<Item = &'s Stance>, alert: &State, now: DateTime<Utc>) -> Self {
        let mut last = Self::default();
        for stance in stances.into_iter().filter(|stance| stance.given_at <= now) {
            let place = match stance.kind {
                StanceKind::Acknowledged { .. } => &mut last.acknowledged,
                StanceKind::Silenced { .. } => &mut last.silenced,
                StanceKind::Exempted { .. } => &mut last.exempted,
            };
            if place.as_ref().is_none_or(|before| before.given_at <= stance.given_at) {
                *place = Some(stance.clone());
            }
        }
        let lasts = |stance: &Stance| stance.until().is_some_and(|until| now < until);
        Self {
            acknowledged: last.acknowledged.filter(|stance| is_of_the_same_alert(stance, alert)),
            silenced: last.silenced.filter(lasts),
            exempted: last.exempted.filter(lasts),
        }
    }

    /// Until when the source is exempt, if it is.
    pub fn exempt_until(&self) -> Option<DateTime<Utc>> {
        self.exempted.as_ref().and_then(Stance::until)
    }

    /// The stances, as a person reads them, with who gave and who allowed them.
    pub fn chinese(&self, day_of: impl Fn(DateTime<Utc>) -> NaiveDate) -> Vec<String> {
        let said = self.all().map(|stance| (stance, in_public(stance, &day_of)));
        said.map(|(Stance { by, kind, .. }, said)| match kind {
            StanceKind::Exempted { approver, .. } => format!("{said}；批准：{approver}（{by}）"),
            StanceKind::Acknowledged { .. } | StanceKind::Silenced { .. } => format!("{said}（{by}）"),
        })
        .collect()
    }

    /// The stances, as whoever opens the page reads them: nobody is named.
    pub fn chinese_in_public(&self, day_of: impl Fn(DateTime<Utc>) -> NaiveDate) -> Vec<String> {
        self.all().map(|stance| in_public(stance, &day_of)).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Stance> {
        [&self.acknowledged, &self.silenced, &self.exempted].into_iter().flatten()
    }
}

/// A stance counts up to the day named, that day included.
fn in_public(Stance { reason, kind, .. }: &Stance, day_of: impl Fn(DateTime<Utc>) -> NaiveDate) -> String {
    let last_day = |until: DateTime<Utc>| day_of(until - TimeDelta::milliseconds(1));
    match kind {
        StanceKind::Acknowledged { .. } => format!("已确认：{reason}"),
        StanceKind::Silenced { until } => format!("暂停提醒至 {}：{reason}", last_day(*until)),
        StanceKind::Exempted { evidence, until, .. } => {
            format!("豁免至 {}：{reason}；依据：{evidence}", last_day(*until))
        }
    }
}

/// Another level, or a new alert, is another matter.
fn is_of_the_same_alert(stance: &Stance, alert: &State) -> bool {
    match (&stance.kind, alert) {
        (
            StanceKind::Acknowledged { alert: State::Raised { level: then, raised_at: since, .. } },
            State::Raised { level, raised_at, .. },
        ) => then == level && since == raised_at,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Level;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn raised(level: Level, day: i64) -> State {
        State::Raised { level, raised_at: at(day), reminded_at: at(day) }
    }

    fn stance(day: i64, kind: StanceKind) -> Stance {
        let (by, reason) = ("王五".into(), "正在办理".into());
        Stance { source: SourceId::new("a/x"), given_at: at(day), by, reason, kind }
    }

    fn exempted(day: i64, until: i64) -> Stance {
        let (evidence, approver) = ("郎政办〔2022〕1号".into(), "李主任".into());
        stance(day, StanceKind::Exempted { evidence, approver, until: at(until) })
    }

    #[test]
    fn an_exemption_lapses_by_itself_and_does_not_reach_back() {
        let given = [exempted(10, 20)];
        let is_exempt = |day| Standpoint::of(&given, &State::Quiet, at(day)).exempt_until().is_some();
        assert_eq!([9, 10, 19, 20].map(is_exempt), [false, true, true, false]);
    }

    #[test]
    fn of_several_the_last_one_counts_so_that_an_exemption_can_be_taken_back() {
        let given = [exempted(10, 100), exempted(15, 15)];
        let until = |day| Standpoint::of(&given, &State::Quiet, at(day)).exempt_until();
        assert_eq!((until(14), until(15)), (Some(at(100)), None));
    }

    #[test]
    fn an_acknowledgement_ends_with_the_alert_it_was_given_for() {
        let alert = raised(Level::DueSoon, 3);
        let given = [stance(5, StanceKind::Acknowledged { alert })];
        let counts = |alert| Standpoint::of(&given, &alert, at(9)).acknowledged.is_some();
        let reminded = State::Raised { level: Level::DueSoon, raised_at: at(3), reminded_at: at(8) };
        assert!(counts(alert) && counts(reminded));
        assert!(
            !counts(raised(Level::Overdue, 8)) && !counts(raised(Level::DueSoon, 8)) && !counts(State::Quiet)
        );
    }

    #[test]
    fn stances_survive_the_store_and_are_shown_with_their_reasons() {
        let silenced = stance(1, StanceKind::Silenced { until: at(9) });
        for stance in
            [exempted(1, 9), silenced.clone(), stance(1, StanceKind::Acknowledged { alert: State::Quiet })]
        {
            let stored = serde_json::to_string(&stance).unwrap();
            assert_eq!(serde_json::from_str::<Stance>(&stored).unwrap(), stance);
        }
        let shown = Standpoint::of(&[exempted(1, 9), silenced], &State::Quiet, at(2));
        assert_eq!(
            shown.chinese(|at| at.date_naive()),
            [
                "暂停提醒至 1970-01-09：正在办理（王五）",
                "豁免至 1970-01-09：正在办理；依据：郎政办〔2022〕1号；批准：李主任（王五）"
            ]
        );
        assert_eq!(
            shown.chinese_in_public(|at| at.date_naive()),
            ["暂停提醒至 1970-01-09：正在办理", "豁免至 1970-01-09：正在办理；依据：郎政办〔2022〕1号"]
        );
    }
}
