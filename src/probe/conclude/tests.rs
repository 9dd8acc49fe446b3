use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::assess::{Calendar, Policy};
use crate::extract::{
    Article as ArticlePage, DateKind, ExtractError, Found, Leads, Page, RowError, Sureness, UndatedRow,
    read_article,
};
use crate::fetch::{Block, Failure};
use crate::probe::probed::{Agreement, RobotsSaid};
use crate::probe::seen::{NotHad, Opened, Unopened};
use crate::rules::{Cadences, LoneColumn, Source, shipped};

const ADDRESS: &str = "https://www.example.gov.cn/tzgg/";

fn row(date: &str, number: u32) -> Sighting {
    Sighting {
        title: format!("第{number}号公告"),
        url: format!("https://www.example.gov.cn/tzgg/{number}.html"),
        date: date.parse().unwrap(),
        raw_date: date.to_owned(),
        found: Found::List,
        kind: DateKind::Published,
        sureness: Sureness::Sure,
    }
}

fn items(rows: &[Sighting]) -> Result<Listing, Unlisted> {
    Ok(Listing::Items { sightings: rows.to_vec(), undated: Vec::new() })
}

fn of_name(column: &str) -> Option<(Identity, Vec<String>)> {
    Some((Identity { column_name: Some(column.to_owned()), ..Identity::default() }, Vec::new()))
}

fn seen(list: Result<Listing, Unlisted>) -> Seen {
    let (asked, opened) = (Vec::new(), Vec::new());
    let stop = Stop { url: ADDRESS.parse().unwrap(), preset: None, because: Vec::new(), led_on: None };
    Seen {
        robots: RobotsSaid::Nothing, asked, stops: vec![stop], named: of_name("通知公告"), list, opened
    }
}

fn column() -> (Source, Cadences) {
    let (cadences, presets) = shipped().unwrap();
    let source = LoneColumn { url: ADDRESS, ..LoneColumn::default() }.read(&cadences, &presets).unwrap();
    (source, cadences)
}

/// The report of a probe on 1 October 2026, noon in Shanghai.
fn report(seen: Seen) -> Probed {
    let (source, cadences) = column();
    let whence = Whence::Address { cadences: &cadences, preset: None, names_cadence: false };
    conclude(&aim(&source, whence), seen)
}

fn aim<'a>(source: &'a Source, whence: Whence<'a>) -> Aim<'a> {
    Aim {
        source,
        whence,
        calendar: Calendar { zone: Shanghai, cut_off_day: 27 },
        policy: Policy::default(),
        seen_at: at(),
    }
}

fn at() -> DateTime<Utc> {
    "2026-10-01T04:00:00Z".parse().unwrap()
}

fn opened(row: Sighting, day: &str) -> Opened {
    let body = format!("<meta name=ArticleTitle content=公告><meta name=PubDate content='{day} 09:30'>");
    let url = row.url.parse().unwrap();
    let page = Page { drawing: None, url, content_type: None, body: body.into_bytes() };
    let article: ArticlePage = read_article(&page, at(), Shanghai).unwrap();
    Opened { row, article: Ok(article) }
}

#[test]
fn the_newest_is_the_greatest_date_and_older_rows_above_it_are_named() {
    let probed = report(seen(items(&[row("2024-01-01", 1), row("2026-09-20", 2), row("2026-09-20", 3)])));
    assert_eq!(probed.newest, Some(row("2026-09-20", 2)));
    assert_eq!(probed.outcome, Outcome::Updated);
    assert_eq!(
        probed.oddities,
        ["the newest item comes after 1 older: those are pinned, or the list is in no order"]
    );
}

#[test]
fn the_four_outcomes_are_never_mixed() {
    let failed = |failure| Err(Unlisted::NotHad(NotHad::Failed(failure)));
    for (list, outcome) in [
        (items(&[row("2026-09-20", 1)]), Outcome::Updated),
        (Ok(Listing::Empty), Outcome::Empty),
        (failed(Failure::Blocked(Block::Ruishu)), Outcome::Blocked),
        (failed(Failure::RobotsForbid { rule: "Disallow: /".to_owned(), led_to: None }), Outcome::Blocked),
        (failed(Failure::Gone(404)), Outcome::Unreadable),
        (failed(Failure::TimedOut(30)), Outcome::Unreadable),
        (Err(Unlisted::NotRead(ExtractError::LoginPage)), Outcome::Unreadable),
        (Err(Unlisted::Away("https://b.example/".parse().unwrap())), Outcome::Unreadable),
    ] {
        let is_listed = list.is_ok();
        let probed = report(seen(list));
        assert_eq!(probed.outcome, outcome, "{:?}", probed.why);
        assert_eq!((probed.why.is_none(), probed.rule.is_some()), (is_listed, is_listed));
        if !is_listed {
            assert_eq!((probed.standing.standing, probed.standing.confirmed), ("unknown", None));
        }
    }
}

#[test]
fn dates_of_the_future_and_rows_without_dates_are_named() {
    let undated = vec![
        UndatedRow {
            title: "第8号公告".to_owned(),
            url: String::new(),
            why: RowError::Future("2027-09-01".to_owned()),
        },
        UndatedRow { title: "第9号公告".to_owned(), url: String::new(), why: RowError::Missing },
    ];
    let sightings = vec![row("2026-10-02", 1), row("2026-09-20", 2)];
    let probed = report(seen(Ok(Listing::Items { sightings, undated })));
    assert_eq!(
        probed.oddities,
        [
            "a date in the future, `2027-09-01`, which is not counted: 第8号公告",
            "2026-10-02 is tomorrow: 第1号公告",
            "2 of 4 rows have no usable date: while there are any, nobody can be convicted on this list",
        ]
    );
    assert_eq!(probed.undated[1].why, "the row has no date");
}

#[test]
fn a_later_article_keeps_the_newest_item_from_convicting() {
    let old = row("2025-01-05", 1);
    let with = |day: Option<&str>| {
        let opened = day.map(|day| opened(old.clone(), day)).into_iter().collect();
        report(Seen { opened, ..seen(items(std::slice::from_ref(&old))) })
    };
    assert_eq!(with(None).standing.confirmed, None);
    assert_eq!(with(Some("2025-01-05")).standing.confirmed, Some("overdue"));
    let not_had = |passes| {
        let article = Err(Unopened { why: "no".to_owned(), passes });
        let opened = vec![Opened { row: old.clone(), article }];
        report(Seen { opened, ..seen(items(std::slice::from_ref(&old))) })
    };
    assert_eq!(not_had(true).standing.confirmed, None, "it is opened again first");
    assert_eq!(not_had(false).standing.confirmed, Some("overdue"), "a page that is gone shields nobody");
    let later = with(Some("2026-09-30"));
    assert_eq!((later.articles[0].agreement, later.standing.confirmed), (Agreement::Later, None));
    let earlier = with(Some("2023-01-05"));
    assert_eq!(
        (earlier.articles[0].agreement, earlier.standing.confirmed),
        (Agreement::Earlier, Some("overdue"))
    );
    assert!(earlier.oddities[0].contains("an old text under a new date?"), "{:?}", earlier.oddities);
}

#[test]
fn the_cadence_follows_from_the_name_and_a_doubt_is_written_beside_the_rule() {
    let named = |name: &str| report(Seen { named: of_name(name), ..seen(items(&[row("2026-09-20", 1)])) });
    let (_, cadences) = column();
    let known = named("通知公告");
    assert_eq!(known.standing.cadence, cadences.for_column_name("通知公告").unwrap().name);
    assert_eq!(
        known.rule.as_deref(),
        Some(
            "[[column]]\nid = \"tongzhigonggao\"\nname = \"通知公告\"\nurl = \"https://www.example.gov.cn/tzgg/\"\n"
        )
    );
    let unknown = named("甲乙丙").rule.unwrap();
    assert!(
        unknown.starts_with("# the cadence is the most lenient: no pattern fits the name `甲乙丙`\n"),
        "{unknown}"
    );
    assert!(unknown.contains("\ncadence = \""), "{unknown}");
}

#[test]
fn a_source_of_the_rules_is_told_when_its_page_has_another_name() {
    let (source, _) = column();
    let source = Source { name: "政策—通知公告".to_owned(), ..source };
    let odd = |name: &str| {
        let seen = Seen { named: of_name(name), ..seen(items(&[row("2026-09-20", 1)])) };
        conclude(&aim(&source, Whence::Rules), seen).oddities
    };
    assert_eq!(odd("县一局通知公告"), [""; 0]);
    assert!(odd("领导之窗")[0].contains("nowhere calls itself `通知公告`"), "{:?}", odd("领导之窗"));
}

#[test]
fn a_page_that_only_forwards_is_not_the_address_for_the_rule() {
    let to: url::Url = "https://www.example.gov.cn/new/".parse().unwrap();
    let landing = Stop {
        url: ADDRESS.parse().unwrap(),
        preset: None,
        because: Vec::new(),
        led_on: Some((Leads::Landing, to.clone())),
    };
    let there = Stop { url: to, preset: None, because: Vec::new(), led_on: None };
    let probed = report(Seen { stops: vec![landing, there], ..seen(items(&[row("2026-09-20", 1)])) });
    assert_eq!(
        probed.oddities,
        [
            "https://www.example.gov.cn/tzgg/ only forwards to https://www.example.gov.cn/new/: that one can stand in the rule"
        ]
    );
}
