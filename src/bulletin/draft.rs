//! Drafting: from the situation at the cut-off to rows, totals and text.

use std::collections::HashMap;
use std::hash::Hash;

use super::body;
use super::carry_over;
use super::channel::{AccountAnnex, Platform};
use super::document::{AccountRow, Bulletin, FORMAT, NumberedRow, State, UnitRow};
use super::findings::{self, Finding};
use super::input::{Input, SourceMonth, UnitMonth};
use super::totals::totals;
use super::verdict::VerdictScheme;
use super::wording;

/// Drafts the bulletin of a month. The same input always makes the same bulletin.
pub fn draft(input: &Input) -> Bulletin {
    let (annex1, annex2, annex3) = (annex1(input), annex2(input), annex3(input));
    let mut bulletin = Bulletin {
        format: FORMAT,
        county: input.county.name.clone(),
        issuer: input.county.issuer.clone(),
        month: input.month,
        cutoff: input.cutoff,
        dated: input.dated,
        version: input.version,
        state: State::Draft,
        scheme: input.scheme,
        totals: totals(&annex1, &annex2, &annex3),
        annex1,
        annex2,
        annex3,
        exempted: input.units.iter().flat_map(findings::exempted).collect(),
        unverified: input.units.iter().flat_map(findings::unverified).collect(),
        body: String::new(),
    };
    bulletin.body = body::text(&bulletin);
    bulletin
}

fn annex1(input: &Input) -> Vec<UnitRow> {
    let with_columns = input.units.iter().filter(|unit| unit.columns().next().is_some()).collect();
    let units = in_order(with_columns, &input.annex1_order, |unit: &&UnitMonth| &unit.id);
    units.into_iter().map(|unit| unit_row(unit, input)).collect()
}

fn unit_row(unit: &UnitMonth, input: &Input) -> UnitRow {
    let findings: Vec<Finding> = unit.columns().filter_map(findings::of).collect();
    let carry_over = carry_over::weigh(unit, input.month, &input.earlier);
    let fact = carry_over.as_ref().map(|carried| carried.fact);
    UnitRow {
        unit: unit.display_name.clone(),
        unit_id: unit.id.clone(),
        name: unit.name.clone(),
        counted: unit.counted,
        verdict: input.scheme.unit(&findings, fact),
        problems: wording::unit_problems(&findings, fact),
        findings,
        carry_over,
    }
}

fn annex2(input: &Input) -> Vec<NumberedRow> {
    let units = in_order(input.units.iter().collect(), &input.annex2_order, |unit: &&UnitMonth| &unit.id);
    let with_accounts = units
        .into_iter()
        .map(|unit| accounts(unit, AccountAnnex::Second, input.scheme))
        .filter(|rows| !rows.is_empty());
    (1..)
        .zip(with_accounts)
        .flat_map(|(no, rows)| rows.into_iter().map(move |row| NumberedRow { no, row }))
        .collect()
}

fn annex3(input: &Input) -> Vec<AccountRow> {
    let rows =
        input.units.iter().flat_map(|unit| accounts(unit, AccountAnnex::Third, input.scheme)).collect();
    in_order(rows, &input.annex3_order, |row: &AccountRow| &row.source)
}

fn accounts(unit: &UnitMonth, annex: AccountAnnex, scheme: VerdictScheme) -> Vec<AccountRow> {
    let on_platforms = unit.sources.iter().filter_map(|source| Some((source, source.channel.platform()?)));
    on_platforms
        .filter(|(_, platform)| platform.annex() == annex)
        .map(|(source, platform)| account_row(unit, source, platform, scheme))
        .collect()
}

fn account_row(
    unit: &UnitMonth,
    source: &SourceMonth,
    platform: Platform,
    scheme: VerdictScheme,
) -> AccountRow {
    let findings: Vec<Finding> = findings::of_account(source);
    AccountRow {
        unit: unit.media_name.clone(),
        unit_id: unit.id.clone(),
        platform,
        account: source.name.clone(),
        source: source.id.clone(),
        verdict: scheme.account(&findings),
        problems: wording::account_problems(&findings),
        findings,
    }
}

/// Sorts by the place of each id in `order`; what it does not name goes last and keeps its own order.
fn in_order<T, Id: Eq + Hash>(mut items: Vec<T>, order: &[Id], id: impl Fn(&T) -> &Id) -> Vec<T> {
    let places: HashMap<&Id, usize> = order.iter().zip(0..).collect();
    items.sort_by_key(|item| places.get(id(item)).copied().unwrap_or(usize::MAX));
    items
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing::{Exempt, Fresh, Overdue};
    use crate::rules::{SourceId, UnitId};

    use super::super::Channel;
    use super::super::samples::{account, column, input, unit};
    use super::*;

    #[test]
    fn rows_follow_the_given_order_and_the_others_go_last() {
        let columns = |id: &str| unit(id, id).with(column("政府领导", Fresh, "1年"));
        let mut input = input("2022-12", vec![columns("a"), columns("b"), columns("c"), columns("d")]);
        input.annex1_order = vec![UnitId::new("c"), UnitId::new("a")];
        let names: Vec<String> = draft(&input).annex1.into_iter().map(|row| row.unit).collect();
        assert_eq!(names, ["c", "a", "b", "d"]);
    }

    #[test]
    fn annex_two_numbers_units_and_annex_three_orders_accounts() {
        let a = unit("a", "甲").with(account(Channel::Wechat, "w1", Fresh)).with(account(
            Channel::App,
            "x",
            Fresh,
        ));
        let b = unit("b", "乙").with(account(Channel::Weibo, "w2", Fresh)).with(account(
            Channel::Wechat,
            "w3",
            Fresh,
        ));
        let c = unit("c", "丙").with(account(Channel::Douyin, "y", Overdue));
        let mut input = input("2022-12", vec![a, b, c]);
        input.annex2_order = vec![UnitId::new("c"), UnitId::new("b"), UnitId::new("a")];
        input.annex3_order = vec![SourceId::new("c/douyin-y"), SourceId::new("a/app-x")];
        let bulletin = draft(&input);
        let numbers: Vec<(u32, &str)> =
            bulletin.annex2.iter().map(|numbered| (numbered.no, numbered.row.account.as_str())).collect();
        assert_eq!(numbers, [(1, "w2"), (1, "w3"), (2, "w1")]);
        let third: Vec<&str> = bulletin.annex3.iter().map(|row| row.account.as_str()).collect();
        assert_eq!(third, ["y", "x"]);
        assert!(bulletin.annex1.is_empty());
    }

    #[test]
    fn a_unit_whose_only_column_is_exempt_is_listed() {
        let bulletin = draft(&input("2022-12", vec![unit("a", "甲").with(column("专题", Exempt, "1年"))]));
        assert_eq!(bulletin.annex1.len(), 1);
        assert_eq!(bulletin.annex1[0].problems, "");
    }
}
