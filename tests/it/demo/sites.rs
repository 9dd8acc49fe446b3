//! The sites beside the county's own: the departments', by another vendor, and one behind a shield.

use std::collections::BTreeSet;

use xuncha::alert;
use xuncha::assess::{Cause, Shown};
use xuncha::bulletin::{Doubt, Verdict};
use xuncha::extract::DateKind;
use xuncha::rules::{Source, SourceId};
use xuncha::store::SourceRecord;

use super::{PLAYED, Played};
use crate::support::text::plain_text_of;

const DEPARTMENTS: &str = "bumen.langxi.example";
const SHIELDED: &str = "fuwu.langxi.example";

/// The sources of a host with what the store holds of them.
fn sources_at<'p>(played: &'p Played, host: &str) -> Vec<(&'p Source, &'p SourceRecord)> {
    let here = played.rules.sources.iter().filter(|source| source.url.host_str() == Some(host));
    here.map(|source| (source, &played.records[&source.id])).collect()
}

/// A row of the printed table of sites: requests, not modified, by POST, refused, hours until a refused address was asked
/// for again.
pub(super) fn traffic(host: &str) -> [Option<f64>; 5] {
    let row = PLAYED.said.lines().find(|line| line.starts_with('│') && line.contains(host)).expect(host);
    let cells: Vec<&str> = row.split(['│', '┆']).map(str::trim).collect();
    let [_, _, requests, not_modified, posts, refused, again, _] = cells[..] else { panic!("{row}") };
    [requests, not_modified, posts, refused, again].map(|cell| cell.parse().ok())
}

#[test]
fn columns_of_another_vendors_site_are_read() {
    let columns = sources_at(&PLAYED, DEPARTMENTS);
    assert_eq!(columns.len(), 160);
    for (source, record) in &columns {
        assert_eq!(record.failure, None, "{}", source.id);
        let shown = record.reading.as_ref().map(|reading| reading.shown);
        assert!(matches!(shown, Some(Shown::Items { undated: 0, .. })), "{}: {shown:?}", source.id);
    }
    let units: BTreeSet<&str> = columns.iter().map(|(source, _)| source.unit.as_str()).collect();
    assert_eq!(units, BTreeSet::from(["shuiliju", "zhujianju", "ziranziyuanju"]));
}

#[test]
fn its_pages_are_asked_for_conditionally_and_led_on_from_by_post() {
    let [requests, not_modified, posts, refused, _] = traffic(DEPARTMENTS).map(Option::unwrap_or_default);
    assert!(not_modified > requests / 3.0, "{not_modified} of {requests}");
    assert!(posts > 1000.0, "{posts}");
    assert_eq!((refused, traffic("www.langxi.example")[2]), (0.0, Some(0.0)));
    // A page that leads on has nothing to be recognised by, one that holds its rows has.
    for (source, record) in sources_at(&PLAYED, DEPARTMENTS) {
        assert_eq!(record.validators.is_empty(), source.unit.as_str() == "ziranziyuanju", "{}", source.id);
    }
}

#[test]
fn what_a_script_fetched_is_evidence_and_its_article_was_opened() {
    let row = PLAYED.december.annex1.iter().find(|row| row.unit_id.as_str() == "ziranziyuanju").unwrap();
    for finding in &row.findings {
        let evidence = finding.evidence.as_ref().unwrap();
        assert!(evidence.url.starts_with("http://bumen.langxi.example/art/2022/"), "{}", evidence.url);
        let articles = &PLAYED.records[&finding.source].articles;
        let article = articles.iter().find(|article| article.url == evidence.url).expect(&evidence.url);
        // Its page was made on the night before it was opened, and says so.
        let date = article.date.as_ref().unwrap();
        assert_eq!((Some(date.date), date.kind), (finding.last, DateKind::Published));
    }
}

#[test]
fn a_shield_leaves_its_columns_unknown_and_nobody_is_accused() {
    let columns = sources_at(&PLAYED, SHIELDED);
    assert_eq!(columns.len(), 2);
    for (source, record) in columns {
        assert_eq!(record.reading, None, "{}", source.id);
        assert_eq!(record.alert, alert::State::Quiet, "{}", source.id);
        let failure = record.failure.as_ref().unwrap();
        assert!(matches!(&failure.cause, Cause::Blocked(why) if why.contains("加速乐")), "{failure:?}");
        assert_eq!(failure.since.to_string()[..10], *"2022-09-27", "{failure:?}");
        for (name, mail) in &PLAYED.mails {
            assert!(!plain_text_of(mail).contains(&source.name), "{name}");
        }
    }
}

#[test]
fn a_shield_is_asked_again_only_after_hours() {
    let [requests, not_modified, posts, refused, again] = traffic(SHIELDED).map(Option::unwrap_or_default);
    // Two columns on 91 days, about once a day each; robots.txt, which the shield lets through, once a day.
    assert!((100.0..=200.0).contains(&refused), "{refused}");
    assert!(requests - refused <= 92.0, "{requests}");
    assert_eq!((not_modified, posts), (0.0, 0.0));
    assert!(again >= 6.0, "{again}");
}

#[test]
fn every_bulletin_lists_what_is_behind_the_shield_as_unverified_and_nothing_else() {
    let shielded: BTreeSet<&SourceId> =
        sources_at(&PLAYED, SHIELDED).iter().map(|(source, _)| &source.id).collect();
    for bulletin in &PLAYED.bulletins {
        let unverified: BTreeSet<&SourceId> =
            bulletin.unverified.iter().map(|unverified| &unverified.source).collect();
        assert_eq!(unverified, shielded, "{}", bulletin.month);
        assert!(bulletin.unverified.iter().all(|unverified| unverified.cause == Doubt::Blocked));
    }
    for said in [
        "政务服务网—通知公告",
        "政务服务网—办件公示",
        "被网站防护拦截",
        "accepted for fuwu.langxi.example: its owner",
    ] {
        assert!(PLAYED.said.contains(said), "{said}: {}", PLAYED.said);
    }
}

#[test]
fn the_months_before_come_out_as_ever() {
    let verdicts = |month: usize| {
        let rows = &PLAYED.bulletins[month].annex1;
        [Verdict::NoIssue, Verdict::Pass, Verdict::Fail]
            .map(|wanted| rows.iter().filter(|row| row.verdict == wanted).count())
    };
    assert_eq!([verdicts(0), verdicts(1), verdicts(2)], [[29, 15, 0], [28, 14, 2], [32, 7, 5]]);
    let november = PLAYED.bulletins[1].annex1.iter().filter(|row| row.verdict == Verdict::Fail);
    let failed: BTreeSet<&str> = november.map(|row| row.unit_id.as_str()).collect();
    assert_eq!(failed, BTreeSet::from(["gonganju", "rensheju"]));
}
