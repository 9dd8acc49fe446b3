//! Whether a bulletin agrees with itself.
//!
//! [`check`] computes everything again from what lies beneath it: totals from rows, verdicts and problems from findings,
//! and the figures and names of the text from all of these. A bulletin is not issued while anything differs, whoever
//! changed it: a reviewer rewriting a sentence, another program, or a hand in the stored file.
//!
//! What it cannot see is a row that was taken out together with its totals and its mention in the text.

mod rows;
mod text;

use std::fmt;

use serde::Serialize;

use super::channel::Channel;
use super::document::Bulletin;
use super::totals::{Total, totals};

/// One contradiction, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Where it is: `totals, website`; `annex 1, 县公安局`; `body`.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What follows from the rows and findings.
    pub expected: String,
    /// What is written.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, what, expected, found } = self;
        write!(f, "{place}: {what} should be `{expected}`, but is `{found}`")
    }
}

/// Everything in which the bulletin contradicts itself; empty where it agrees.
pub fn check(bulletin: &Bulletin) -> Vec<Mismatch> {
    let mut compared = Compared::default();
    check_totals(bulletin, &mut compared);
    rows::check(bulletin, &mut compared);
    text::check(bulletin, &mut compared);
    compared.mismatches
}

/// The comparisons made so far, of which only the failed ones are kept.
#[derive(Default)]
struct Compared {
    mismatches: Vec<Mismatch>,
}

impl Compared {
    /// Notes a mismatch unless both sides read the same.
    fn same(&mut self, place: &str, what: &str, expected: impl fmt::Display, found: impl fmt::Display) {
        let (expected, found) = (expected.to_string(), found.to_string());
        if expected != found {
            self.mismatches.push(Mismatch {
                place: place.to_owned(),
                what: what.to_owned(),
                expected,
                found,
            });
        }
    }
}

fn check_totals(bulletin: &Bulletin, compared: &mut Compared) {
    for expected in totals(&bulletin.annex1, &bulletin.annex2, &bulletin.annex3) {
        let stored = bulletin.totals.iter().filter(|total| total.channel == expected.channel).map(figures);
        let place = format!("totals, {}", expected.channel.word());
        compared.same(
            &place,
            "the count of its rows",
            figures(&expected),
            stored.collect::<Vec<_>>().join(" and "),
        );
    }
    compared.same("totals", "the number of channels", Channel::ALL.len(), bulletin.totals.len());
}

fn figures(total: &Total) -> String {
    let Total { listed, counted, passed, rate, .. } = total;
    format!("listed {listed}, counted {counted}, passed {passed}, rate {}", rate.as_deref().unwrap_or("—"))
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing::{DueSoon, Fresh, Overdue};
    use crate::rules::{SourceId, UnitId};

    use super::super::samples::{account, column, draft_of, input, issue, unit};
    use super::super::{Fact, Verdict, draft};
    use super::*;

    /// One failing unit, one with a lapse, one that is fine; one account of each platform, one of them overdue.
    fn sample() -> Bulletin {
        let failing = unit("a", "甲镇").with(column("政府领导", Overdue, "1年"));
        let november = issue(draft_of("2022-11", vec![failing.clone()]));
        let lapsed = unit("b", "县乙局")
            .with(column("双随机一公开", Overdue, "1年"))
            .with(column("政策解读", DueSoon, "半年"))
            .with(account(Channel::Wechat, "乙", Fresh))
            .with(account(Channel::Weibo, "乙", Overdue));
        let fine = unit("c", "丙镇")
            .with(column("政府领导", Fresh, "1年"))
            .with(account(Channel::Wechat, "丙", Fresh))
            .with(account(Channel::Douyin, "丙", Fresh));
        let mut input = input("2022-12", vec![failing, lapsed, fine]);
        input.earlier = vec![november];
        draft(&input)
    }

    fn complaints(tamper: impl FnOnce(&mut Bulletin)) -> Vec<String> {
        let mut bulletin = sample();
        tamper(&mut bulletin);
        check(&bulletin).iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn caught(words: &str, tamper: impl FnOnce(&mut Bulletin)) {
        let complaints = complaints(tamper);
        assert!(complaints.iter().any(|complaint| complaint.contains(words)), "{complaints:?}");
    }

    #[test]
    fn a_draft_agrees_with_itself() {
        assert_eq!(complaints(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn a_tampered_total_is_caught() {
        caught(
            "totals, website: the count of its rows should be `listed 3, counted 3, passed 2, rate 66.7%`",
            |b| {
                b.totals[0].passed = 3;
            },
        );
        caught("totals, wechat", |b| b.totals[1].rate = Some("99%".to_owned()));
        caught("totals, weibo", |b| b.totals[2].listed = 7);
        caught("totals, app", |b| {
            b.totals.pop();
        });
        caught("the number of channels", |b| b.totals.push(b.totals[0].clone()));
    }

    #[test]
    fn a_tampered_verdict_is_caught() {
        caught("annex 1, 甲镇: the verdict should be `不合格`, but is `合格`", |b| {
            b.annex1[0].verdict = Verdict::Pass;
        });
        caught("annex 2, 微博 乙: the verdict should be `不合格`", |b| {
            b.annex2[1].row.verdict = Verdict::Pass;
        });
    }

    #[test]
    fn tampered_problems_are_caught() {
        caught("annex 1, 县乙局: the problems should be", |b| b.annex1[1].problems.clear());
        caught("annex 2, 微信 乙: the problems should be ``", |b| {
            b.annex2[0].row.problems = "链接错误".to_owned();
        });
    }

    #[test]
    fn tampered_findings_are_caught() {
        caught("annex 1, 县乙局: the problems", |b| {
            b.annex1[1].findings.pop();
        });
        caught("the unit of finding `c/x`", |b| b.annex1[1].findings[0].source = SourceId::new("c/x"));
        caught("the number of findings on `b/双随机一公开` should be `1`, but is `2`", |b| {
            let again = b.annex1[1].findings[0].clone();
            b.annex1[1].findings.push(again);
        });
    }

    #[test]
    fn a_tampered_carry_over_is_caught() {
        let carried = |b: &mut Bulletin| b.annex1[0].carry_over.take().unwrap();
        caught("annex 1, 甲镇: the verdict", |b| {
            carried(b);
        });
        caught("what last month's findings come to should be `unrectified`", |b| {
            let fact = Fact::Rectified;
            b.annex1[0].carry_over = Some(crate::bulletin::CarryOver { fact, ..carried(b) });
        });
        caught("still open", |b| b.annex1[0].findings.clear());
        caught("seen fixed", |b| {
            let open = b.annex1[0].carry_over.as_mut().unwrap().open.clone();
            b.annex1[0].carry_over.as_mut().unwrap().fixed = open;
        });
        caught("months running", |b| b.annex1[0].carry_over.as_mut().unwrap().months = 0);
    }

    #[test]
    fn rows_added_removed_or_doubled_are_caught() {
        caught("totals, website", |b| {
            b.annex1.pop();
        });
        caught("annex 1, 丙镇: the number of rows should be `1`, but is `2`", |b| {
            b.annex1.push(b.annex1[2].clone());
        });
        caught("annex 2, 微信 乙: the number of rows should be `1`, but is `2`", |b| {
            b.annex2.push(b.annex2[0].clone());
        });
        caught("annex 3, 微信 乙: its annex should be `annex 2`", |b| {
            let stray = b.annex2.remove(0).row;
            b.annex3.push(stray);
        });
        caught("its number should be `2`, but is `1`", |b| b.annex2[2].no = 1);
        caught("its unit should be `a`", |b| b.annex3[0].source = SourceId::new("a/douyin-丙"));
        caught("annex 1, 丙镇: the number of rows should be `1`", |b| {
            b.annex1[1].unit_id = UnitId::new("c");
        });
    }

    #[test]
    fn a_source_both_found_and_unverified_is_caught() {
        caught("the number of findings on an unverified source should be `0`", |b| {
            let row = &b.annex1[1];
            b.unverified.push(crate::bulletin::Unverified {
                source: row.findings[0].source.clone(),
                name: row.findings[0].name.clone(),
                unit_id: row.unit_id.clone(),
                unit: row.name.clone(),
                cause: crate::bulletin::Doubt::Unconfirmed,
            });
        });
    }

    fn rewrite(bulletin: &mut Bulletin, from: &str, to: &str) {
        assert!(bulletin.body.contains(from), "{from} is not in {}", bulletin.body);
        bulletin.body = bulletin.body.replacen(from, to, 1);
    }

    #[test]
    fn a_tampered_figure_of_the_text_is_caught() {
        caught("body: the figures of 信息公开网站 should be `3 2 66.7%`, but is `3 2 76.7%`", |b| {
            rewrite(b, "66.7%", "76.7%");
        });
        caught("the figures of 政务微博", |b| rewrite(b, "政务微博列入监测1家", "政务微博列入监测2家"));
        caught("the figures of 政务抖音 should be `1 1 100%`, but is ``", |b| {
            rewrite(b, "政务抖音", "抖音");
        });
        caught("the verdicts of annex 1", |b| rewrite(b, "无问题1家", "无问题2家"));
        caught("body: the cut-off", |b| b.body = b.body.replace("12月27日", "12月26日"));
        caught("body: the date", |b| rewrite(b, "12月28日", "12月29日"));
    }

    #[test]
    fn a_unit_missing_from_its_group_or_named_in_another_is_caught() {
        caught("“对上月通报的问题均未整改” should be `甲镇`", |b| {
            rewrite(b, "甲镇对上月", "丁镇对上月");
        });
        caught("“有栏目超期未更新” should be `县乙局`, but is `县乙局、丙镇`", |b| {
            rewrite(b, "县乙局有栏目", "县乙局、丙镇有栏目");
        });
        caught("“对上月通报的问题整改不彻底” should be ``", |b| {
            rewrite(b, "甲镇对上月", "丙镇对上月通报的问题整改不彻底；甲镇对上月");
        });
        caught("“所办账号超期未更新” should be `县乙局`, but is ``", |b| {
            rewrite(b, "所办账号超期未更新", "账号更新慢");
        });
    }

    #[test]
    fn a_text_without_its_parts_is_caught() {
        caught("body: its parts", |b| b.body = "略".to_owned());
    }

    #[test]
    fn a_reviewer_may_rewrite_what_is_no_fact() {
        let complaints = complaints(|b| {
            rewrite(b, "各单位要坚持日常自查", "各单位务必坚持每日自查");
            rewrite(b, "部分单位栏目内容保障不到位", "少数单位保障不力");
        });
        assert_eq!(complaints, Vec::<String>::new());
    }
}
