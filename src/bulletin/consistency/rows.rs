//! Rows against what lies beneath them: verdicts and problems from findings and carry-over, each row once.

use std::collections::{HashMap, HashSet};

use crate::rules::{SourceId, UnitId};

use super::super::carry_over::{CarryOver, Fact};
use super::super::channel::AccountAnnex;
use super::super::document::{AccountRow, Bulletin, UnitRow};
use super::super::findings::Finding;
use super::super::wording;
use super::Compared;

pub(super) fn check(bulletin: &Bulletin, compared: &mut Compared) {
    for row in &bulletin.annex1 {
        check_unit(row, bulletin, compared);
    }
    for row in bulletin.annex2.iter().map(|numbered| &numbered.row) {
        check_account(row, AccountAnnex::Second, bulletin, compared);
    }
    for row in &bulletin.annex3 {
        check_account(row, AccountAnnex::Third, bulletin, compared);
    }
    check_repeats(bulletin, compared);
    check_numbers(bulletin, compared);
    check_unverified(bulletin, compared);
}

fn check_unit(row: &UnitRow, bulletin: &Bulletin, compared: &mut Compared) {
    let place = place_of_unit(row);
    let fact = row.carry_over.as_ref().map(|carried| carried.fact);
    let verdict = bulletin.scheme.unit(&row.findings, fact);
    compared.same(&place, "the verdict", verdict.chinese(), row.verdict.chinese());
    compared.same(&place, "the problems", wording::unit_problems(&row.findings, fact), &row.problems);
    for finding in &row.findings {
        let what = format!("the unit of finding `{}`", finding.source);
        compared.same(&place, &what, &row.unit_id, finding.source.unit());
        let times = row.findings.iter().filter(|other| other.source == finding.source).count();
        compared.same(&place, &format!("the number of findings on `{}`", finding.source), 1, times);
    }
    if let Some(carried) = &row.carry_over {
        check_carried(&place, carried, &row.findings, compared);
    }
}

fn check_carried(place: &str, carried: &CarryOver, findings: &[Finding], compared: &mut Compared) {
    let CarryOver { fact, months, open, fixed, unverified } = carried;
    let sides = Fact::of(open.len(), fixed.len(), unverified.len());
    compared.same(
        place,
        "what last month's findings come to",
        sides.map_or("nothing", Fact::word),
        fact.word(),
    );
    let accused: HashSet<&SourceId> =
        findings.iter().filter(|finding| finding.kind.accuses()).map(|finding| &finding.source).collect();
    let now = |sources: &[SourceId]| sources.iter().filter(|source| accused.contains(source)).count();
    compared.same(place, "the number of findings on what is still open", open.len(), now(open));
    compared.same(place, "the number of findings on what was seen fixed", 0, now(fixed));
    compared.same(place, "the number of findings on what was unverified", 0, now(unverified));
    compared.same(place, "whether months running are counted", fact.convicts(), *months > 0);
}

fn check_account(row: &AccountRow, annex: AccountAnnex, bulletin: &Bulletin, compared: &mut Compared) {
    let place = place_of_account(row, annex);
    compared.same(&place, "its annex", row.platform.annex().word(), annex.word());
    compared.same(
        &place,
        "the verdict",
        bulletin.scheme.account(&row.findings).chinese(),
        row.verdict.chinese(),
    );
    compared.same(&place, "the problems", wording::account_problems(&row.findings), &row.problems);
    compared.same(&place, "its unit", row.source.unit(), &row.unit_id);
    let strays = row.findings.iter().filter(|finding| finding.source != row.source).count();
    compared.same(&place, "the number of findings on other sources", 0, strays);
}

fn check_repeats(bulletin: &Bulletin, compared: &mut Compared) {
    let mut units: HashMap<&UnitId, usize> = HashMap::new();
    for row in &bulletin.annex1 {
        *units.entry(&row.unit_id).or_default() += 1;
    }
    for row in &bulletin.annex1 {
        compared.same(&place_of_unit(row), "the number of rows", 1, units[&row.unit_id]);
    }
    let mut accounts: HashMap<&SourceId, usize> = HashMap::new();
    for row in bulletin.accounts() {
        *accounts.entry(&row.source).or_default() += 1;
    }
    for row in bulletin.accounts() {
        let place = place_of_account(row, row.platform.annex());
        compared.same(&place, "the number of rows", 1, accounts[&row.source]);
    }
}

/// Units are numbered from 1 in the order in which they appear, and all accounts of a unit have its number.
fn check_numbers(bulletin: &Bulletin, compared: &mut Compared) {
    let mut numbers: HashMap<&UnitId, usize> = HashMap::new();
    for numbered in &bulletin.annex2 {
        let next = numbers.len() + 1;
        let expected = *numbers.entry(&numbered.row.unit_id).or_insert(next);
        compared.same(
            &place_of_account(&numbered.row, AccountAnnex::Second),
            "its number",
            expected,
            numbered.no,
        );
    }
}

fn check_unverified(bulletin: &Bulletin, compared: &mut Compared) {
    let columns = bulletin.annex1.iter().flat_map(|row| &row.findings);
    let accounts = bulletin.accounts().flat_map(|row| &row.findings);
    let found: HashSet<&SourceId> = columns.chain(accounts).map(|finding| &finding.source).collect();
    for source in bulletin.unverified.iter().map(|unverified| &unverified.source) {
        let place = format!("unverified, {source}");
        let findings = usize::from(found.contains(source));
        compared.same(&place, "the number of findings on an unverified source", 0, findings);
    }
}

fn place_of_unit(row: &UnitRow) -> String {
    format!("annex 1, {}", row.unit)
}

fn place_of_account(row: &AccountRow, annex: AccountAnnex) -> String {
    format!("{}, {} {}", annex.word(), row.platform.chinese(), row.account)
}
