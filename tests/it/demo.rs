//! The demo, played once by the binary: what it prints must be what the county's published bulletin found.

mod media;
mod sites;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use xuncha::assess::menu::MenuRecord;
use xuncha::bulletin::{Bulletin, Fact, State, check};
use xuncha::rules::{Rules, SourceId};
use xuncha::store::{SourceRecord, Store};

use crate::support::county::mails_in;
use crate::support::daemon::{Said, xuncha};
use crate::support::text::{plain_text_of, sentences};

/// What the demo left behind.
struct Played {
    /// What it printed.
    said: String,
    /// October, November, December.
    bulletins: Vec<Bulletin>,
    december: Bulletin,
    /// The bulletins' files, such as `2022-12/bulletin.md`, with their contents.
    files: Vec<(String, String)>,
    mails: Vec<(String, String)>,
    rules: Rules,
    records: BTreeMap<SourceId, SourceRecord>,
    /// What the menu of one account was last seen to lead to.
    menu: Option<MenuRecord>,
}

/// Played once for all tests of this module: it takes its time.
static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let said: Said = xuncha(&["demo", "--once", "--out"]).arg(&out).output().unwrap().into();
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("36/41 87.8%"), "{}", said.out);
    let files = files_of(&out);
    let issued = files.iter().filter(|(name, _)| name.ends_with("json"));
    let bulletins: Vec<Bulletin> = issued.map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    let rules = Rules::load(&out.join("crawl-rules"), None).unwrap();
    let (records, menu) = records_of(&rules, &out.join("state"));
    Played {
        said: said.out,
        december: bulletins.last().unwrap().clone(),
        bulletins,
        files,
        mails: mails_in(&out.join("mail")),
        rules,
        records,
        menu,
    }
});

fn records_of(rules: &Rules, state: &Path) -> (BTreeMap<SourceId, SourceRecord>, Option<MenuRecord>) {
    let store = Store::open(state, "langxi").unwrap();
    let held = |id: &SourceId| store.source(id).unwrap().record.as_ref().clone();
    let menu = store.menu_at(&SourceId::new("zhengfuban/weixin"), DateTime::<Utc>::MAX_UTC).unwrap();
    (rules.sources.iter().map(|source| (source.id.clone(), held(&source.id))).collect(), menu)
}

fn files_of(out: &Path) -> Vec<(String, String)> {
    let months = ["2022-10", "2022-11", "2022-12"];
    let names = months.iter().flat_map(|month| {
        ["json", "md", "html"].into_iter().map(move |format| format!("{month}/bulletin.{format}"))
    });
    names.map(|name| (name.clone(), std::fs::read_to_string(out.join(&name)).expect(&name))).collect()
}

/// `tests/fixtures/langxi-2022-12.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    month: String,
    cutoff: String,
    website: Website,
    accounts: Accounts,
    text: Text,
    unit: Vec<Unit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Website {
    listed: usize,
    counted: usize,
    passed: usize,
    rate: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounts {
    wechat: usize,
    weibo: usize,
    douyin: usize,
    app: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Text {
    unrectified: BTreeSet<String>,
    partly: BTreeSet<String>,
    consecutive: BTreeSet<String>,
    overdue: BTreeSet<String>,
    due_soon: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Unit {
    name: String,
    verdict: String,
    #[serde(default)]
    problems: BTreeSet<Problem>,
    carry_over: Option<Fact>,
}

/// A column, what is said of it, and how many sub-columns that is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Problem {
    column: String,
    said: String,
    #[serde(default = "one")]
    sub_columns: usize,
}

fn one() -> usize {
    1
}

fn published() -> Published {
    toml::from_str(include_str!("../fixtures/langxi-2022-12.toml")).unwrap()
}

/// Reads a printed row back: “A”、“B”3个子栏目栏目超过半年未更新，“C”栏目即将超过1年未更新，上月问题未整改.
fn read_back(problems: &str) -> (BTreeSet<Problem>, Option<Fact>) {
    let mut found = BTreeSet::new();
    let mut carried = None;
    for clause in problems.split('，').filter(|clause| !clause.is_empty()) {
        match clause {
            "上月问题未整改" => carried = Some(Fact::Unrectified),
            "上月问题整改不彻底" => carried = Some(Fact::Partly),
            _ => {
                let (columns, said) = clause.rsplit_once("栏目").unwrap_or_else(|| panic!("{clause}"));
                let after_each = columns.split('”').skip(1);
                for (column, after) in columns.split('”').zip(after_each) {
                    let (_, column) = column.split_once('“').unwrap_or_else(|| panic!("{clause}"));
                    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
                    found.insert(Problem {
                        column: column.to_owned(),
                        said: said.to_owned(),
                        sub_columns: digits.parse().unwrap_or(1),
                    });
                }
            }
        }
    }
    (found, carried)
}

#[test]
fn annex_1_says_of_every_unit_what_the_published_one_says() {
    let (december, published) = (&PLAYED.december, published());
    assert_eq!(december.month.to_string(), published.month);
    assert_eq!(december.cutoff.to_string(), published.cutoff);
    assert_eq!(december.state, State::Issued);
    let order = |names: &mut dyn Iterator<Item = &String>| names.cloned().collect::<Vec<_>>();
    assert_eq!(
        order(&mut december.annex1.iter().map(|row| &row.unit)),
        order(&mut published.unit.iter().map(|unit| &unit.name))
    );
    for (row, unit) in december.annex1.iter().zip(published.unit) {
        assert_eq!(row.verdict.chinese(), unit.verdict, "{}", row.unit);
        let (problems, carried) = read_back(&row.problems);
        assert_eq!(problems, unit.problems, "{}: {}", row.unit, row.problems);
        assert_eq!(carried, unit.carry_over, "{}: {}", row.unit, row.problems);
        let columns: usize = unit.problems.iter().map(|problem| problem.sub_columns).sum();
        assert_eq!(row.findings.len(), columns, "{}: every problem rests on a finding", row.unit);
        let fact = row.carry_over.as_ref().map(|carry_over| carry_over.fact).filter(|fact| fact.convicts());
        assert_eq!(fact, unit.carry_over, "{}", row.unit);
        assert!(row.findings.iter().all(|finding| finding.evidence.is_some()), "{}", row.unit);
    }
}

#[test]
fn the_totals_are_those_of_the_published_text() {
    let (december, published) = (&PLAYED.december, published());
    let total = |channel: &str| {
        let total = december.totals.iter().find(|total| total.channel.word() == channel).unwrap();
        (total.listed, total.counted, total.passed, total.rate.clone().unwrap())
    };
    let Website { listed, counted, passed, rate } = published.website;
    assert_eq!(total("website"), (listed, counted, passed, rate));
    let Accounts { wechat, weibo, douyin, app } = published.accounts;
    for (channel, accounts) in [("wechat", wechat), ("weibo", weibo), ("douyin", douyin), ("app", app)] {
        assert_eq!(total(channel), (accounts, accounts, accounts, "100%".to_owned()), "{channel}");
    }
    assert_eq!(december.annex2.len(), wechat + weibo);
    assert_eq!(december.annex3.len(), douyin + app);
    assert_eq!(check(december), []);
}

#[test]
fn the_text_names_the_units_of_each_group() {
    let (december, published) = (&PLAYED.december, published());
    let part_two = december.body.split("二、").nth(1).unwrap().split("三、").next().unwrap();
    let named_where = |phrase: &str| -> BTreeSet<String> {
        let fitting = sentences(part_two).filter(|sentence| sentence.contains(phrase));
        let rows = |sentence: &str| {
            december
                .annex1
                .iter()
                .filter(move |row| sentence.contains(&row.name))
                .map(|row| row.name.clone())
                .collect::<Vec<_>>()
        };
        fitting.flat_map(rows).collect()
    };
    assert_eq!(named_where("均未整改"), published.text.unrectified);
    assert_eq!(named_where("整改不彻底"), published.text.partly);
    assert_eq!(named_where("连续"), published.text.consecutive);
    assert_eq!(named_where("超期未更新"), published.text.overdue);
    assert_eq!(named_where("即将到期"), published.text.due_soon);
}

#[test]
fn every_month_is_issued_in_every_format() {
    for (name, text) in &PLAYED.files {
        assert!(text.contains("郎溪县"), "{name}");
        let month: u32 = name[5..7].parse().unwrap();
        assert!(text.contains(&format!("2022年{month}月27日")) || name.ends_with("json"), "{name}");
        let looks_right = match name.rsplit('.').next().unwrap() {
            "json" => serde_json::from_str::<Bulletin>(text).is_ok_and(|read| read.state == State::Issued),
            "html" => {
                text.trim_start().starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>")
            }
            _ => text.starts_with("# "),
        };
        assert!(looks_right, "{name}");
    }
}

#[test]
fn a_unit_gets_at_most_one_mail_a_day_and_no_two_mails_share_an_id() {
    let mails = &PLAYED.mails;
    assert!(mails.len() > 100, "{}", mails.len());
    let mut ids = BTreeSet::new();
    let mut days = BTreeSet::new();
    for (name, mail) in mails {
        let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect(name);
        assert_eq!(format!("<{}>", name.trim_end_matches(".eml")), id);
        assert!(ids.insert(id), "{id} twice");
        let [_, unit, day, ..] = name.split(['.', '@']).collect::<Vec<_>>()[..] else { panic!("{name}") };
        assert!(days.insert((unit, day)), "{unit} twice on {day}");
        let to = mail.lines().find(|line| line.starts_with("To: ")).expect(name);
        assert!(mail.contains(&format!("<{unit}@langxi.example>")), "{to}");
    }
}

#[test]
fn no_mail_accuses_a_source_that_could_not_be_read_when_its_period_ended() {
    // scenario.toml: the site answers 500 from 8 to 14 November, and the period ends on the 9th.
    let accuses = |unit: &str, days: std::ops::RangeInclusive<&str>, column: &str| {
        let of_unit = PLAYED.mails.iter().filter(|(name, _)| {
            let [_, of, day, ..] = name.split(['.', '@']).collect::<Vec<_>>()[..] else { panic!("{name}") };
            of == unit && days.contains(&day)
        });
        let line = format!("超期】{column}（");
        let still = format!("超期，仍未处理】{column}（");
        of_unit.map(|(_, mail)| plain_text_of(mail)).any(|text| text.contains(&line) || text.contains(&still))
    };
    assert!(!accuses("nongyenongcunju", "20221101"..="20221130", "办事统计"));
    assert!(accuses("nongyenongcunju", "20221201"..="20221228", "农业农村要闻"), "others are accused");
    assert!(accuses("rensheju", "20221013"..="20221228", "本部门三公经费"), "others are accused");
}
