//! Laws that hold whatever the county.

use proptest::prelude::*;

use crate::assess::{Cause, Standing};

use super::input::{Input, UnitMonth};
use super::samples::{account, column, input, issue, unit};
use super::{Bulletin, Channel, Verdict, check, draft, render};

const COLUMNS: [(&str, &str); 6] = [
    ("政府领导", "1年"),
    ("政策解读—上级政策解读", "半年"),
    ("财政资金—管理使用—甲", "半年"),
    ("财政资金—管理使用—乙", "半年"),
    ("双随机,一公开(抽查)", "1年"),
    ("动态要闻", "2周"),
];

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        4 => Just(Standing::Fresh),
        2 => Just(Standing::DueSoon),
        3 => Just(Standing::Overdue),
        1 => Just(Standing::Blank),
        1 => Just(Standing::Unknown(Cause::CannotFetch("timed out".to_owned()))),
        1 => Just(Standing::Exempt),
    ]
}

/// How one unit stands: counted or not; each column, watched or not; each platform, with or without an account.
type Situation = (bool, Vec<Option<Standing>>, Vec<Option<Standing>>);

fn situation() -> impl Strategy<Value = Situation> {
    let watched = || proptest::option::weighted(0.7, standing());
    (any::<bool>(), prop::collection::vec(watched(), COLUMNS.len()), prop::collection::vec(watched(), 4))
}

/// Names of which some are the beginning of others and some have brackets and separators of their own.
fn named(at: usize) -> UnitMonth {
    let name = match at % 3 {
        0 => format!("县{at}局"),
        1 => format!("县{}局(县{at}办、县{at}中心)", at - 1),
        _ => format!("第{at}镇"),
    };
    unit(&format!("u{at}"), &name)
}

fn county() -> impl Strategy<Value = Vec<UnitMonth>> {
    prop::collection::vec(situation(), 0..8).prop_map(|units| {
        let unit = |(at, (counted, columns, accounts)): (usize, Situation)| {
            let mut unit = named(at);
            unit.counted = counted;
            for ((path, limit), standing) in COLUMNS.into_iter().zip(columns) {
                unit = standing
                    .into_iter()
                    .fold(unit, |unit, standing| unit.with(column(path, standing, limit)));
            }
            for (channel, standing) in Channel::ALL[1..].iter().zip(accounts) {
                unit = standing
                    .into_iter()
                    .fold(unit, |unit, standing| unit.with(account(*channel, "号", standing)));
            }
            unit
        };
        units.into_iter().enumerate().map(unit).collect()
    })
}

/// A month after one or two issued ones.
fn months() -> impl Strategy<Value = Input> {
    prop::collection::vec(county(), 1..4).prop_map(|counties| {
        let mut earlier: Vec<Bulletin> = Vec::new();
        let texts = ["2022-10", "2022-11", "2022-12"];
        let last = counties.len() - 1;
        for (at, units) in counties.into_iter().enumerate() {
            let mut now = input(texts[at + 2 - last], units);
            now.earlier.clone_from(&earlier);
            if at == last {
                return now;
            }
            earlier.insert(0, issue(draft(&now)));
        }
        unreachable!("the last county returns")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_draft_agrees_with_itself(input in months()) {
        let mismatches = check(&draft(&input));
        prop_assert!(mismatches.is_empty(), "{}", mismatches[0]);
    }

    #[test]
    fn totals_add_up(input in months()) {
        let bulletin = draft(&input);
        let listed: usize = bulletin.totals.iter().map(|total| total.listed).sum();
        prop_assert_eq!(listed, bulletin.annex1.len() + bulletin.annex2.len() + bulletin.annex3.len());
        for total in &bulletin.totals {
            prop_assert!(total.passed <= total.counted && total.counted <= total.listed);
            prop_assert_eq!(total.rate.is_some(), total.counted > 0);
        }
    }

    #[test]
    fn tampering_with_any_count_is_caught(input in months(), at in 0usize..5, field in 0usize..3, by in 1usize..9) {
        let mut bulletin = draft(&input);
        let total = &mut bulletin.totals[at];
        *[&mut total.listed, &mut total.counted, &mut total.passed][field] += by;
        prop_assert!(!check(&bulletin).is_empty());
    }

    #[test]
    fn tampering_with_any_verdict_is_caught(input in months(), at in 0usize..100) {
        let mut bulletin = draft(&input);
        let verdicts = bulletin.annex1.iter_mut().map(|row| &mut row.verdict);
        let mut verdicts: Vec<&mut Verdict> = verdicts.chain(bulletin.annex3.iter_mut().map(|row| &mut row.verdict)).collect();
        prop_assume!(!verdicts.is_empty());
        let at = at % verdicts.len();
        *verdicts[at] = match *verdicts[at] {
            Verdict::NoIssue | Verdict::Pass => Verdict::Fail,
            Verdict::Fail => Verdict::Pass,
        };
        prop_assert!(!check(&bulletin).is_empty());
    }

    #[test]
    fn taking_any_row_away_is_caught(input in months(), at in 0usize..100) {
        let mut bulletin = draft(&input);
        prop_assume!(!bulletin.annex1.is_empty());
        bulletin.annex1.remove(at % bulletin.annex1.len());
        prop_assert!(!check(&bulletin).is_empty());
    }

    #[test]
    fn the_unknown_never_accuse(input in months()) {
        let bulletin = draft(&input);
        for unverified in &bulletin.unverified {
            let columns = bulletin.annex1.iter().flat_map(|row| &row.findings);
            let accounts = bulletin.accounts().flat_map(|row| &row.findings);
            prop_assert!(columns.chain(accounts).all(|finding| finding.source != unverified.source));
        }
    }

    #[test]
    fn json_is_read_back_as_it_was_written(input in months()) {
        let bulletin = draft(&input);
        prop_assert_eq!(&serde_json::from_str::<Bulletin>(&render::json(&bulletin)).unwrap(), &bulletin);
        prop_assert!(render::html(&bulletin).ends_with("</html>"));
    }
}
