//! What the body says is wrong, and of whom.
//!
//! A topic is one statement, and the units it is true of come from the rows. The body prints them; the consistency
//! check reads them back out of the text.
//!
//! Units that fail are named for what they carried over and nowhere else, as in the annex the verdict outweighs the
//! remark; the other topics on columns speak of units that pass.

use std::collections::HashMap;

use crate::rules::UnitId;

use super::carry_over::Fact;
use super::document::{AccountRow, Bulletin, UnitRow};
use super::findings::{Finding, Kind};
use super::verdict::Verdict;
use super::wording::full_width;

/// A statement of the body about units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// Fixed nothing of what last month's bulletin reported.
    Unrectified,
    /// Fixed only part of it.
    Partly,
    /// Failed so for two months or more.
    Running,
    /// Passes, with an overdue column.
    Overdue,
    /// Passes, with a blank column.
    Blank,
    /// Passes, with nothing but columns that are due soon.
    DueSoon,
    /// Has an overdue account.
    AccountOverdue,
    /// Has a blank account.
    AccountBlank,
    /// Has no worse than an account that is due soon.
    AccountDueSoon,
    /// Has an account that posts too little.
    AccountLowVolume,
    /// Has an account whose menu leads nowhere, or to pages that no phone shows whole.
    AccountMenu,
}

impl Topic {
    pub(super) const ALL: [Self; 11] = [
        Self::Unrectified,
        Self::Partly,
        Self::Running,
        Self::Overdue,
        Self::Blank,
        Self::DueSoon,
        Self::AccountOverdue,
        Self::AccountBlank,
        Self::AccountDueSoon,
        Self::AccountLowVolume,
        Self::AccountMenu,
    ];

    /// The words that follow the names. No other sentence of the body has them.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Unrectified => "对上月通报的问题均未整改",
            Self::Partly => "对上月通报的问题整改不彻底",
            Self::Running => "被通报不合格",
            Self::Overdue => "有栏目超期未更新",
            Self::Blank => "有栏目内容空白",
            Self::DueSoon => "有栏目即将到期",
            Self::AccountOverdue => "所办账号超期未更新",
            Self::AccountBlank => "所办账号内容空白",
            Self::AccountDueSoon => "所办账号即将到期",
            Self::AccountLowVolume => "所办账号更新数量偏少",
            Self::AccountMenu => "所办账号导航栏目存在问题",
        }
    }

    /// The words before the names, where the sentence needs any.
    pub(super) fn opening(self) -> &'static str {
        match self {
            Self::Running => "其中，",
            Self::Unrectified
            | Self::Partly
            | Self::Overdue
            | Self::Blank
            | Self::DueSoon
            | Self::AccountOverdue
            | Self::AccountBlank
            | Self::AccountDueSoon
            | Self::AccountLowVolume
            | Self::AccountMenu => "",
        }
    }

    /// Whom the statement is true of, as printed, in the order of the annexes.
    pub(super) fn names(self, bulletin: &Bulletin) -> Vec<String> {
        match self {
            Self::Unrectified => units(bulletin, |row| carried(row) == Some(Fact::Unrectified)),
            Self::Partly => units(bulletin, |row| carried(row) == Some(Fact::Partly)),
            Self::Running => running(bulletin),
            Self::Overdue => units(bulletin, |row| passes_with(row, Kind::Overdue)),
            Self::Blank => units(bulletin, |row| passes_with(row, Kind::Blank)),
            Self::DueSoon => {
                units(bulletin, |row| passes_with(row, Kind::DueSoon) && !accused(&row.findings))
            }
            Self::AccountOverdue => owners(bulletin, |rows| any_account(rows, Kind::Overdue)),
            Self::AccountBlank => owners(bulletin, |rows| any_account(rows, Kind::Blank)),
            Self::AccountDueSoon => owners(bulletin, |rows| {
                any_account(rows, Kind::DueSoon) && !rows.iter().any(|row| accused(&row.findings))
            }),
            Self::AccountLowVolume => owners(bulletin, |rows| {
                rows.iter().any(|row| row.findings.iter().any(Finding::is_of_low_volume))
            }),
            Self::AccountMenu => owners(bulletin, |rows| any_account(rows, Kind::MenuFault)),
        }
    }
}

fn carried(row: &UnitRow) -> Option<Fact> {
    row.carry_over.as_ref().map(|carried| carried.fact)
}

fn passes_with(row: &UnitRow, kind: Kind) -> bool {
    row.verdict != Verdict::Fail && has(&row.findings, kind)
}

fn has(findings: &[Finding], kind: Kind) -> bool {
    findings.iter().any(|finding| finding.kind == kind)
}

fn accused(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.kind.accuses())
}

fn any_account(rows: &[&AccountRow], kind: Kind) -> bool {
    rows.iter().any(|row| has(&row.findings, kind))
}

fn units(bulletin: &Bulletin, of: impl Fn(&UnitRow) -> bool) -> Vec<String> {
    bulletin.annex1.iter().filter(|row| of(row)).map(|row| full_width(&row.name)).collect()
}

fn running(bulletin: &Bulletin) -> Vec<String> {
    let name = |row: &UnitRow| {
        let months = row.carry_over.as_ref()?.months;
        (months >= 2).then(|| format!("{}已连续{months}个月", full_width(&row.name)))
    };
    bulletin.annex1.iter().filter_map(name).collect()
}

/// The units, each once, of whose accounts, taken together, `of` holds.
fn owners(bulletin: &Bulletin, of: impl Fn(&[&AccountRow]) -> bool) -> Vec<String> {
    let mut units: Vec<Vec<&AccountRow>> = Vec::new();
    let mut places: HashMap<&UnitId, usize> = HashMap::new();
    for row in bulletin.accounts() {
        let place = *places.entry(&row.unit_id).or_insert(units.len());
        match units.get_mut(place) {
            Some(rows) => rows.push(row),
            None => units.push(vec![row]),
        }
    }
    units.iter().filter(|rows| of(rows)).map(|rows| full_width(&rows[0].unit)).collect()
}
