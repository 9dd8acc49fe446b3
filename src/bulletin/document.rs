//! The bulletin itself: the rows of its annexes, the totals over them, and the text that speaks of them.
//!
//! The JSON form is stable; every other format is rendered from the same rows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::rules::{SourceId, UnitId};

use super::carry_over::CarryOver;
use super::channel::Platform;
use super::consistency::{self, Mismatch};
use super::findings::{Exempted, Finding, Unverified};
use super::month::Month;
use super::totals::Total;
use super::verdict::{Verdict, VerdictScheme};

/// The format of the JSON written by this version.
pub(super) const FORMAT: u32 = 1;

/// A county's bulletin for one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Bulletin {
    /// The format of the JSON; raised when a reader would have to know.
    pub format: u32,
    /// The county's name.
    pub county: String,
    /// The office that signs.
    pub issuer: String,
    /// The month it speaks of.
    pub month: Month,
    /// The date up to which it counts.
    pub cutoff: NaiveDate,
    /// The date it bears.
    pub dated: NaiveDate,
    /// 1, or more for a correction.
    pub version: u32,
    /// How far it has come.
    pub state: State,
    /// How its verdicts were given.
    pub scheme: VerdictScheme,
    /// One total per channel, from the rows.
    pub totals: Vec<Total>,
    /// Units that have columns.
    pub annex1: Vec<UnitRow>,
    /// WeChat and Weibo accounts.
    pub annex2: Vec<NumberedRow>,
    /// Accounts of other platforms.
    pub annex3: Vec<AccountRow>,
    /// Sources from which nothing was asked, with who allowed that and why.
    #[serde(default)]
    pub exempted: Vec<Exempted>,
    /// Sources that could not be judged, for the reviewer; official formats leave them out once issued.
    #[serde(default)]
    pub unverified: Vec<Unverified>,
    /// The text, one paragraph a line.
    pub body: String,
}

/// How far a bulletin has come. Once public it never changes; a correction is a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "BulletinState"))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Computed, seen by nobody.
    Draft,
    /// Approved by a reviewer, not yet published.
    Reviewed,
    /// Published, the month's first version.
    Issued,
    /// Published in place of an earlier version.
    Corrected,
}

impl Bulletin {
    /// Names the sources of all findings by other ids: they may have got others since it was issued.
    pub fn name_sources(&mut self, now_called: impl Fn(&SourceId) -> SourceId) {
        let units = self.annex1.iter_mut().map(|row| &mut row.findings);
        let accounts = self.annex2.iter_mut().map(|row| &mut row.row).chain(&mut self.annex3);
        for finding in units.chain(accounts.map(|row| &mut row.findings)).flatten() {
            finding.source = now_called(&finding.source);
        }
    }
}

/// A unit in annex 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnitRow {
    /// The unit's name in annex 1, exactly as the rules give it.
    pub unit: String,
    /// The unit.
    pub unit_id: UnitId,
    /// The short name that the text calls it by.
    pub name: String,
    /// Whether the unit counts in the pass rate.
    pub counted: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong, as printed; empty where nothing is.
    pub problems: String,
    /// What is wrong, on record.
    pub findings: Vec<Finding>,
    /// What became of last month's findings; absent where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry_over: Option<CarryOver>,
}

/// An account in annex 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NumberedRow {
    /// The number of the account's unit in the annex, from 1.
    pub no: u32,
    /// The account.
    #[serde(flatten)]
    pub row: AccountRow,
}

/// An account in annex 3, or, with a number, in annex 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccountRow {
    /// The unit's name in the annexes of accounts.
    pub unit: String,
    /// The unit.
    pub unit_id: UnitId,
    /// The platform.
    pub platform: Platform,
    /// The account's name.
    pub account: String,
    /// The account.
    pub source: SourceId,
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong, as printed; empty where nothing is.
    pub problems: String,
    /// What is wrong, on record.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// Why a bulletin was not issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// Public bulletins never change.
    #[error("version {version} of the bulletin for {month} is already issued")]
    AlreadyIssued {
        /// Its month.
        month: Month,
        /// Its version.
        version: u32,
    },
    /// The rows, totals and text contradict each other.
    #[error("the bulletin for {month} contradicts itself in {} places, the first: {}", .mismatches.len(), .mismatches[0])]
    Inconsistent {
        /// Its month.
        month: Month,
        /// Where; never empty.
        mismatches: Vec<Mismatch>,
    },
}

impl State {
    /// Whether the world has seen it. Only such bulletins carry over.
    pub fn is_public(self) -> bool {
        match self {
            Self::Issued | Self::Corrected => true,
            Self::Draft | Self::Reviewed => false,
        }
    }

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::Issued => "issued",
            Self::Corrected => "corrected",
        }
    }
}

impl Bulletin {
    /// Makes the bulletin public, unless it contradicts itself or already is.
    pub fn issue(mut self) -> Result<Self, IssueError> {
        let (month, version) = (self.month, self.version);
        if self.state.is_public() {
            return Err(IssueError::AlreadyIssued { month, version });
        }
        let mismatches = consistency::check(&self);
        if !mismatches.is_empty() {
            return Err(IssueError::Inconsistent { month, mismatches });
        }
        self.state = if version > 1 { State::Corrected } else { State::Issued };
        Ok(self)
    }

    /// Every account of annexes 2 and 3.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &AccountRow> {
        self.annex2.iter().map(|numbered| &numbered.row).chain(&self.annex3)
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing;

    use super::super::samples::{account, column, draft_of, exempted, unit};
    use super::super::{Channel, render};
    use super::*;

    fn sample() -> Bulletin {
        let unit = unit("zhujianju", "县住建局")
            .with(column("本级政策解读—负责人解读", Standing::DueSoon, "半年"))
            .with(account(Channel::Wechat, "郎溪住建", Standing::Fresh))
            .with(account(Channel::App, "看郎溪", Standing::Overdue));
        draft_of("2022-12", vec![unit])
    }

    #[test]
    fn json_has_the_fields_of_the_schema() {
        let json = serde_json::to_value(sample()).unwrap();
        assert_eq!(json["month"], "2022-12");
        assert_eq!(json["cutoff"], "2022-12-27");
        assert_eq!(json["state"], "draft");
        assert_eq!(json["totals"][0]["channel"], "website");
        assert_eq!(json["totals"][0]["rate"], "100%");
        assert!(json["totals"][2]["rate"].is_null());
        assert_eq!(json["annex1"][0]["verdict"], "合格");
        assert_eq!(json["annex1"][0]["findings"][0]["kind"], "due-soon");
        assert_eq!(json["annex2"][0]["no"], 1);
        assert_eq!(json["annex2"][0]["platform"], "微信");
        assert_eq!(json["annex3"][0]["platform"], "APP");
        assert_eq!(json["annex3"][0]["verdict"], "不合格");
        assert_eq!(json["annex3"][0]["problems"], "超过1周未更新");
    }

    #[test]
    fn json_says_who_is_out_of_the_count_and_why() {
        let exempt = exempted("人事信息", "本年确无人事变动", "2023-03-31");
        let bulletin = draft_of("2022-12", vec![unit("rensheju", "县人社局").with(exempt)]);
        let json = serde_json::to_value(&bulletin).unwrap();
        let expected = serde_json::json!({
            "source": "rensheju/人事信息", "name": "人事信息", "unit_id": "rensheju", "unit": "县人社局",
            "reason": "本年确无人事变动", "evidence": "郎政办〔2022〕1号", "approver": "李主任", "until": "2023-03-31",
        });
        assert_eq!(json["exempted"], serde_json::json!([expected]));
        let mut early = json;
        early.as_object_mut().unwrap().remove("exempted");
        let early: Bulletin = serde_json::from_value(early).unwrap();
        assert!(early.exempted.is_empty(), "what an early version issued is read as it is");
    }

    #[test]
    fn json_is_read_back_as_it_was_written() {
        let bulletin = sample();
        assert_eq!(serde_json::from_str::<Bulletin>(&render::json(&bulletin)).unwrap(), bulletin);
    }

    #[test]
    fn an_issued_bulletin_is_not_issued_again() {
        let issued = sample().issue().unwrap();
        assert_eq!(issued.state, State::Issued);
        assert!(matches!(issued.issue(), Err(IssueError::AlreadyIssued { version: 1, .. })));
    }

    #[test]
    fn a_bulletin_that_contradicts_itself_is_not_issued() {
        let mut bulletin = sample();
        bulletin.totals[0].passed += 1;
        let error = bulletin.issue().unwrap_err();
        assert!(error.to_string().contains("contradicts itself"), "{error}");
    }
}
