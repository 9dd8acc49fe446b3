//! What became of the problems that last month's bulletin reported.
//!
//! Only overdue and blank findings carry over. A remark that a column is due soon does not, as the published bulletin
//! that the scheme was read from shows: its passing units have columns that passed their due date since the month
//! before. Under the same limits each of them was due soon then. Had the remark carried over, those units would have
//! failed for it, and no first lapse could ever pass.
//!
//! Only what the issued bulletin reported carries over. A source that could not be verified last month was not
//! reported, so it has to be reported once more before it can convict.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::assess::Standing;
use crate::rules::{SourceId, UnitId};

use super::document::{Bulletin, UnitRow};
use super::findings::Finding;
use super::input::{SourceMonth, UnitMonth};
use super::month::Month;

/// Last month's reported findings of a unit, weighed against this month's standings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CarryOver {
    /// What they come to.
    pub fact: Fact,
    /// How many bulletins running, this one included, the unit has failed through carry-over; 0 where it does not.
    pub months: u32,
    /// Still overdue or blank.
    pub open: Vec<SourceId>,
    /// Seen to be in time again.
    pub fixed: Vec<SourceId>,
    /// Could not be judged this month; counts on neither side.
    #[serde(default)]
    pub unverified: Vec<SourceId>,
}

/// What last month's findings of a unit come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Every one that could be judged is fixed.
    Rectified,
    /// Some are fixed.
    Partly,
    /// None is fixed.
    Unrectified,
    /// None could be judged. Neither accuses nor clears.
    Unverified,
}

/// What has become of one reported finding.
enum Outcome {
    Open,
    Fixed,
    Unverified,
    /// Exempted since, or no longer watched.
    Dropped,
}

impl Fact {
    /// What the two sides come to; `None` where nothing is left to weigh.
    pub(super) fn of(open: usize, fixed: usize, unverified: usize) -> Option<Self> {
        match (open, fixed, unverified) {
            (0, 0, 0) => None,
            (0, 0, _) => Some(Self::Unverified),
            (0, _, _) => Some(Self::Rectified),
            (_, 0, _) => Some(Self::Unrectified),
            (_, _, _) => Some(Self::Partly),
        }
    }

    /// Whether the unit fails for it.
    pub fn convicts(self) -> bool {
        match self {
            Self::Partly | Self::Unrectified => true,
            Self::Rectified | Self::Unverified => false,
        }
    }

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rectified => "rectified",
            Self::Partly => "partly",
            Self::Unrectified => "unrectified",
            Self::Unverified => "unverified",
        }
    }

    /// The phrase in the unit's row, where there is one.
    pub fn phrase(self) -> Option<&'static str> {
        match self {
            Self::Unrectified => Some("上月问题未整改"),
            Self::Partly => Some("上月问题整改不彻底"),
            Self::Rectified | Self::Unverified => None,
        }
    }
}

/// Weighs what last month's issued bulletin reported of a unit. `None` where there is no such bulletin, or nothing in it
/// is left to weigh.
pub(super) fn weigh(unit: &UnitMonth, month: Month, earlier: &[Bulletin]) -> Option<CarryOver> {
    let last_month = issued(month.previous(), earlier)?;
    let reported = last_month.annex1.iter().find(|row| row.unit_id == unit.id)?;
    let (mut open, mut fixed, mut unverified) = (Vec::new(), Vec::new(), Vec::new());
    for finding in reported.findings.iter().filter(|finding| finding.kind.accuses()) {
        match outcome(finding, unit, last_month.cutoff) {
            Outcome::Open => open.push(finding.source.clone()),
            Outcome::Fixed => fixed.push(finding.source.clone()),
            Outcome::Unverified => unverified.push(finding.source.clone()),
            Outcome::Dropped => {}
        }
    }
    let fact = Fact::of(open.len(), fixed.len(), unverified.len())?;
    let months = if fact.convicts() { 1 + failed_before(&unit.id, month, earlier) } else { 0 };
    Some(CarryOver { fact, months, open, fixed, unverified })
}

/// What became of a reported finding. A column that was put right after the cut-off at which it was reported, and has
/// lapsed once more since, is fixed: the new lapse is a finding of its own.
fn outcome(finding: &Finding, unit: &UnitMonth, reported_cutoff: NaiveDate) -> Outcome {
    let Some(source) = unit.columns().find(|source| source.id == finding.source) else {
        return Outcome::Dropped;
    };
    match &source.standing {
        Standing::Overdue if was_in_time_since(source, finding, reported_cutoff) => Outcome::Fixed,
        Standing::Overdue | Standing::Blank => Outcome::Open,
        Standing::Fresh | Standing::DueSoon => Outcome::Fixed,
        Standing::Unknown(_) => Outcome::Unverified,
        Standing::Exempt => Outcome::Dropped,
    }
}

/// Whether a newer item than the reported one kept the source in time for at least a day after the reported cut-off.
fn was_in_time_since(source: &SourceMonth, finding: &Finding, reported_cutoff: NaiveDate) -> bool {
    let has_newer_item = source.last.is_some_and(|last| finding.last.is_none_or(|reported| last > reported));
    has_newer_item && source.due.is_some_and(|due| due > reported_cutoff)
}

/// How many bulletins running, up to the month before, failed the unit through carry-over.
fn failed_before(unit: &UnitId, month: Month, earlier: &[Bulletin]) -> u32 {
    let months = std::iter::successors(Some(month.previous()), |month| Some(month.previous()));
    let failures = months
        .map_while(|month| row(unit, month, earlier))
        .take_while(|row| row.carry_over.as_ref().is_some_and(|carried| carried.fact.convicts()));
    failures.fold(0, |count, _| count + 1)
}

fn row<'a>(unit: &UnitId, month: Month, earlier: &'a [Bulletin]) -> Option<&'a UnitRow> {
    issued(month, earlier)?.annex1.iter().find(|row| row.unit_id == *unit)
}

/// The month's newest issued version; a correction takes the place of what it corrects.
fn issued(month: Month, earlier: &[Bulletin]) -> Option<&Bulletin> {
    earlier
        .iter()
        .filter(|bulletin| bulletin.month == month && bulletin.state.is_public())
        .max_by_key(|bulletin| bulletin.version)
}

#[cfg(test)]
mod tests {
    use crate::assess::Cause;

    use super::super::document::State;
    use super::super::samples::{column, draft_of, input, issue, month, unit};
    use super::*;

    /// November reported `before`; this is what December makes of `now`.
    fn weighed(before: &[(&str, Standing)], now: &[(&str, Standing)]) -> Option<CarryOver> {
        let november = issue(draft_of("2022-11", vec![situation(before)]));
        weigh(&situation(now), month("2022-12"), &[november])
    }

    fn situation(columns: &[(&str, Standing)]) -> UnitMonth {
        columns.iter().fold(unit("a", "县甲局"), |unit, (name, standing)| {
            unit.with(column(name, standing.clone(), "半年"))
        })
    }

    fn fact(before: &[(&str, Standing)], now: &[(&str, Standing)]) -> Option<Fact> {
        weighed(before, now).map(|carried| carried.fact)
    }

    const UNKNOWN: Standing = Standing::Unknown(Cause::NotPolled);

    #[test]
    fn none_fixed_is_unrectified_some_fixed_is_partly_all_fixed_is_rectified() {
        let before = [("a", Standing::Overdue), ("b", Standing::Blank)];
        let now = |a, b| fact(&before, &[("a", a), ("b", b)]);
        assert_eq!(now(Standing::Overdue, Standing::Overdue), Some(Fact::Unrectified));
        assert_eq!(now(Standing::Fresh, Standing::Blank), Some(Fact::Partly));
        assert_eq!(now(Standing::Fresh, Standing::DueSoon), Some(Fact::Rectified));
    }

    #[test]
    fn a_new_lapse_beside_the_fixed_one_carries_nothing_over() {
        let now = [("a", Standing::Fresh), ("b", Standing::Overdue)];
        assert_eq!(fact(&[("a", Standing::Overdue)], &now), Some(Fact::Rectified));
    }

    #[test]
    fn a_remark_of_due_soon_does_not_carry_over() {
        assert_eq!(fact(&[("a", Standing::DueSoon)], &[("a", Standing::Overdue)]), None);
    }

    #[test]
    fn a_column_that_was_put_right_and_lapsed_again_is_fixed_and_a_late_and_old_item_fixes_nothing() {
        let november = issue(draft_of("2022-11", vec![situation(&[("a", Standing::Overdue)])]));
        let fact_with = |last: &str, due: &str| {
            let mut december = situation(&[("a", Standing::Overdue)]);
            let source = &mut december.sources[0];
            (source.last, source.due) = (last.parse().ok(), due.parse().ok());
            weigh(&december, month("2022-12"), std::slice::from_ref(&november)).map(|carried| carried.fact)
        };
        assert_eq!(fact_with("2022-11-30", "2022-12-14"), Some(Fact::Rectified));
        assert_eq!(
            fact_with("2022-11-10", "2022-11-24"),
            Some(Fact::Unrectified),
            "still late at the last cut-off"
        );
    }

    #[test]
    fn an_unknown_source_neither_convicts_nor_clears() {
        let before = [("a", Standing::Overdue), ("b", Standing::Overdue)];
        assert_eq!(fact(&before[..1], &[("a", UNKNOWN)]), Some(Fact::Unverified));
        let carried = weighed(&before, &[("a", UNKNOWN), ("b", Standing::Overdue)]).unwrap();
        assert_eq!((carried.fact, carried.unverified.len()), (Fact::Unrectified, 1));
        assert_eq!(fact(&before, &[("a", UNKNOWN), ("b", Standing::Fresh)]), Some(Fact::Rectified));
    }

    #[test]
    fn an_exempt_or_vanished_source_cannot_convict() {
        assert_eq!(fact(&[("a", Standing::Overdue)], &[("a", Standing::Exempt)]), None);
        assert_eq!(fact(&[("a", Standing::Overdue)], &[("b", Standing::Overdue)]), None);
    }

    #[test]
    fn only_the_month_immediately_before_counts() {
        let october = issue(draft_of("2022-10", vec![situation(&[("a", Standing::Overdue)])]));
        assert_eq!(weigh(&situation(&[("a", Standing::Overdue)]), month("2022-12"), &[october]), None);
    }

    #[test]
    fn a_draft_does_not_count_and_a_correction_replaces_what_it_corrects() {
        let overdue = situation(&[("a", Standing::Overdue)]);
        let draft = draft_of("2022-11", vec![overdue.clone()]);
        assert_eq!(draft.state, State::Draft);
        assert_eq!(weigh(&overdue, month("2022-12"), std::slice::from_ref(&draft)), None);

        let first = issue(draft);
        let mut second = input("2022-11", vec![situation(&[("a", Standing::Fresh)])]);
        second.version = 2;
        let corrected = issue(super::super::draft(&second));
        assert_eq!(corrected.state, State::Corrected);
        assert_eq!(weigh(&overdue, month("2022-12"), &[first, corrected]), None);
    }

    #[test]
    fn months_running_count_this_one_and_stop_at_a_month_that_did_not_fail() {
        let overdue = situation(&[("a", Standing::Overdue)]);
        let mut earlier = Vec::new();
        let mut months = Vec::new();
        for text in ["2022-09", "2022-10", "2022-11", "2022-12"] {
            let mut now = input(text, vec![overdue.clone()]);
            now.earlier.clone_from(&earlier);
            let bulletin = issue(super::super::draft(&now));
            months.push(bulletin.annex1[0].carry_over.as_ref().map_or(0, |carried| carried.months));
            earlier.insert(0, bulletin);
        }
        assert_eq!(months, [0, 1, 2, 3]);
        earlier.remove(1);
        let january = weigh(&overdue, month("2023-01"), &earlier).unwrap();
        assert_eq!(january.months, 2, "December failed, November has no bulletin");
    }
}
