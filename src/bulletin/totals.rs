//! Every total, from the rows.

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::document::{AccountRow, NumberedRow, UnitRow};
use super::verdict::Verdict;

/// The count of one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Total {
    /// The channel.
    pub channel: Channel,
    /// Rows in the annexes.
    pub listed: usize,
    /// Rows in the denominator of the rate.
    pub counted: usize,
    /// Counted rows that pass.
    pub passed: usize,
    /// `passed` of `counted`, such as `87.8%`; absent where nothing is counted.
    pub rate: Option<String>,
}

/// How many units of annex 1 got each verdict, counted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdicts {
    pub(super) no_issue: usize,
    pub(super) pass: usize,
    pub(super) fail: usize,
}

/// The totals of every channel, in the order of [`Channel::ALL`].
pub(super) fn totals(annex1: &[UnitRow], annex2: &[NumberedRow], annex3: &[AccountRow]) -> Vec<Total> {
    let units = annex1.iter().map(|row| (Channel::Website, row.counted, row.verdict));
    let numbered = annex2.iter().map(|row| &row.row);
    let accounts = numbered.chain(annex3).map(|row| (row.platform.channel(), true, row.verdict));
    let rows: Vec<(Channel, bool, Verdict)> = units.chain(accounts).collect();
    Channel::ALL.into_iter().map(|channel| total(channel, &rows)).collect()
}

/// The verdicts of annex 1.
pub(super) fn verdicts(annex1: &[UnitRow]) -> Verdicts {
    let count = |verdict| annex1.iter().filter(|row| row.verdict == verdict).count();
    Verdicts { no_issue: count(Verdict::NoIssue), pass: count(Verdict::Pass), fail: count(Verdict::Fail) }
}

fn total(channel: Channel, rows: &[(Channel, bool, Verdict)]) -> Total {
    let listed = rows.iter().filter(|(of, _, _)| *of == channel);
    let counted = listed.clone().filter(|(_, counted, _)| *counted);
    let passed = counted.clone().filter(|(_, _, verdict)| verdict.passes()).count();
    let (listed, counted) = (listed.count(), counted.count());
    Total { channel, listed, counted, passed, rate: rate(passed, counted) }
}

/// `passed` of `counted` in per cent, rounded half up to one decimal, a decimal of zero dropped. Integers only, so that
/// the printed figure never depends on how a fraction is stored.
pub(super) fn rate(passed: usize, counted: usize) -> Option<String> {
    let tenths = (passed * 2000 + counted).checked_div(counted * 2)?;
    Some(match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole}%"),
        (whole, tenth) => format!("{whole}.{tenth}%"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_are_rounded_half_up_to_one_decimal() {
        let printed = |passed, counted| rate(passed, counted).unwrap();
        assert_eq!(printed(36, 41), "87.8%");
        assert_eq!(printed(39, 44), "88.6%");
        assert_eq!(printed(29, 29), "100%");
        assert_eq!(printed(0, 7), "0%");
        assert_eq!(printed(1, 16), "6.3%", "6.25 rounds up");
        assert_eq!(printed(19, 20), "95%");
        assert_eq!(printed(1, 3), "33.3%");
        assert_eq!(printed(2, 3), "66.7%");
    }

    #[test]
    fn nothing_counted_has_no_rate() {
        assert_eq!(rate(0, 0), None);
    }

    proptest! {
        #[test]
        fn a_rate_is_within_half_a_tenth_of_the_fraction(counted in 1usize..5000, part in 0usize..5000) {
            let passed = part % (counted + 1);
            let text = rate(passed, counted).unwrap();
            let digits = text.strip_suffix('%').unwrap();
            let tenths: usize = match digits.split_once('.') {
                Some((whole, tenth)) => whole.parse::<usize>().unwrap() * 10 + tenth.parse::<usize>().unwrap(),
                None => digits.parse::<usize>().unwrap() * 10,
            };
            let (exact, printed) = (passed * 2000, tenths * 2 * counted);
            prop_assert!(exact < printed + counted && printed <= exact + counted);
            prop_assert!(!digits.ends_with(".0"));
        }
    }
}
