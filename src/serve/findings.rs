//! What issued bulletins put on record, and what has become of it.

use std::sync::Arc;

use chrono::NaiveDate;

use super::view::{FindingState, FindingView, SourceView};
use crate::bulletin::{Bulletin, Finding, Kind};
use crate::rules::SourceId;

/// The findings of public bulletins, newest month first; `now` gives each source as it stands.
pub(super) fn findings(
    bulletins: &[Bulletin],
    now: impl Fn(&SourceId) -> Option<Arc<SourceView>>,
) -> Vec<FindingView> {
    let mut listed = Vec::new();
    for bulletin in bulletins.iter().rev().filter(|bulletin| bulletin.state.is_public()) {
        let units = bulletin.annex1.iter().map(|row| (&row.unit_id, &row.name, &row.findings));
        let accounts = bulletin.annex2.iter().map(|row| &row.row).chain(&bulletin.annex3);
        let accounts = accounts.map(|row| (&row.unit_id, &row.unit, &row.findings));
        for (unit, unit_name, findings) in units.chain(accounts) {
            listed.extend(findings.iter().map(|finding| FindingView {
                month: bulletin.month.to_string(),
                version: bulletin.version,
                unit: unit.clone(),
                unit_name: unit_name.clone(),
                state: state(finding, bulletin.cutoff, now(&finding.source).as_deref()),
                finding: finding.clone(),
            }));
        }
    }
    listed
}

/// A finding is rectified only by an item that was not there then, in a source that can be judged now. An item from after
/// the cut-off was not there then, and what has become of the source since is another matter.
fn state(finding: &Finding, cutoff: NaiveDate, source: Option<&SourceView>) -> FindingState {
    let Some(source) = source else { return FindingState::Gone };
    let updated_since = source.last.is_some_and(|last| last > cutoff);
    match source.standing.as_str() {
        // How an account posts says nothing of its menu.
        _ if finding.kind == Kind::MenuFault => FindingState::Unknown,
        "overdue" if updated_since && finding.kind != Kind::LowVolume => FindingState::Rectified,
        "overdue" | "blank" => FindingState::Open,
        // One more post makes no account busy.
        "fresh" | "due-soon" if finding.is_of_low_volume() => FindingState::InTime,
        "fresh" | "due-soon" if source.last > finding.last => FindingState::Rectified,
        // A remark that something is nearly due is no accusation while it is not.
        "fresh" | "due-soon" if !finding.kind.accuses() => FindingState::InTime,
        "exempt" => FindingState::Exempted,
        _ => FindingState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::source;
    use super::*;

    fn stands(finding: &Finding, source: &SourceView) -> FindingState {
        state(finding, "2022-06-27".parse().unwrap(), Some(source))
    }

    fn finding() -> Finding {
        Finding {
            source: SourceId::new("a/1"),
            kind: Kind::Overdue,
            limit: None,
            last: Some("2022-05-01".parse().unwrap()),
            name: "规划计划".into(),
            due: None,
            menu: Vec::new(),
            is_zombie: false,
            evidence: None,
            volume: None,
        }
    }

    #[test]
    fn a_remark_accuses_nobody_who_is_in_time() {
        let remark = Finding { kind: Kind::DueSoon, ..finding() };
        let now =
            |standing: &str| stands(&remark, &SourceView { last: remark.last, ..source("a/1", standing) });
        assert_eq!(now("due-soon"), FindingState::InTime);
        assert_eq!(now("overdue"), FindingState::Open);
    }

    #[test]
    fn a_newer_post_does_not_put_right_that_there_were_few() {
        let remark = Finding { kind: Kind::LowVolume, ..finding() };
        let posted_since = SourceView { last: "2022-12-01".parse().ok(), ..source("a/1", "fresh") };
        assert_eq!(stands(&remark, &posted_since), FindingState::InTime);
        let late_again = SourceView { last: "2022-12-01".parse().ok(), ..source("a/1", "overdue") };
        assert_eq!(stands(&remark, &late_again), FindingState::Open);
    }

    #[test]
    fn only_an_item_that_was_not_there_then_rectifies() {
        let now = |standing: &str, last: &str| {
            stands(&finding(), &SourceView { last: last.parse().ok(), ..source("a/1", standing) })
        };
        assert_eq!(now("fresh", "2022-12-01"), FindingState::Rectified);
        assert_eq!(now("fresh", "2022-05-01"), FindingState::Unknown, "say, under a longer limit");
        assert_eq!(now("overdue", "2022-06-01"), FindingState::Open);
        assert_eq!(now("unknown", "2022-12-01"), FindingState::Unknown, "the unknown clears nobody");
        assert_eq!(now("exempt", ""), FindingState::Exempted);
        assert_eq!(state(&finding(), "2022-06-27".parse().unwrap(), None), FindingState::Gone);
    }

    #[test]
    fn what_was_put_right_stays_so_when_the_source_falls_behind_again() {
        let late_again = |last: &str| SourceView { last: last.parse().ok(), ..source("a/1", "overdue") };
        assert_eq!(stands(&finding(), &late_again("2022-06-28")), FindingState::Rectified);
        assert_eq!(stands(&finding(), &late_again("2022-06-27")), FindingState::Open);
        assert_eq!(stands(&finding(), &source("a/1", "blank")), FindingState::Open);
    }
}
