//! The verdict on a unit or an account, for one month.

use serde::{Deserialize, Serialize};

use super::carry_over::Fact;
use super::findings::Finding;

/// A verdict. JSON has the word officials read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Verdict {
    /// Nothing to remark on; passes.
    #[serde(rename = "无问题")]
    NoIssue,
    /// Passes, perhaps with remarks.
    #[serde(rename = "合格")]
    Pass,
    /// Fails.
    #[serde(rename = "不合格")]
    Fail,
}

/// How a county comes to its verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VerdictScheme {
    /// A unit fails for what it did not fix since last month's bulletin, never for a first lapse. An account fails for
    /// being overdue or blank.
    CarryOver,
}

impl Verdict {
    /// The word officials read.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::NoIssue => "无问题",
            Self::Pass => "合格",
            Self::Fail => "不合格",
        }
    }

    /// Whether the pass rate counts it as passed.
    pub fn passes(self) -> bool {
        match self {
            Self::NoIssue | Self::Pass => true,
            Self::Fail => false,
        }
    }
}

impl VerdictScheme {
    /// The verdict on a unit's columns.
    pub fn unit(self, findings: &[Finding], carried: Option<Fact>) -> Verdict {
        match self {
            Self::CarryOver if carried.is_some_and(Fact::convicts) => Verdict::Fail,
            Self::CarryOver if findings.is_empty() => Verdict::NoIssue,
            Self::CarryOver => Verdict::Pass,
        }
    }

    /// The verdict on an account.
    pub fn account(self, findings: &[Finding]) -> Verdict {
        match self {
            Self::CarryOver if findings.iter().any(|finding| finding.kind.accuses()) => Verdict::Fail,
            Self::CarryOver => Verdict::Pass,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing;

    use super::super::findings;
    use super::super::samples::column;
    use super::*;

    const SCHEME: VerdictScheme = VerdictScheme::CarryOver;

    fn found(standing: Standing) -> Vec<Finding> {
        findings::of(&column("政府领导", standing, "1年")).into_iter().collect()
    }

    #[test]
    fn age_alone_does_not_fail_a_unit() {
        assert_eq!(SCHEME.unit(&[], None), Verdict::NoIssue);
        for standing in [Standing::Overdue, Standing::Blank, Standing::DueSoon] {
            assert_eq!(SCHEME.unit(&found(standing), Some(Fact::Rectified)), Verdict::Pass);
        }
    }

    #[test]
    fn what_was_not_fixed_fails_a_unit() {
        for fact in [Fact::Partly, Fact::Unrectified] {
            assert_eq!(SCHEME.unit(&found(Standing::Overdue), Some(fact)), Verdict::Fail);
        }
        assert_eq!(SCHEME.unit(&[], Some(Fact::Unverified)), Verdict::NoIssue);
    }

    #[test]
    fn an_account_fails_when_overdue_or_blank() {
        assert_eq!(SCHEME.account(&[]), Verdict::Pass);
        assert_eq!(SCHEME.account(&found(Standing::DueSoon)), Verdict::Pass);
        assert_eq!(SCHEME.account(&found(Standing::Overdue)), Verdict::Fail);
        assert_eq!(SCHEME.account(&found(Standing::Blank)), Verdict::Fail);
    }
}
