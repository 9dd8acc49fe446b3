//! A walk over the demo's own site, on real sockets.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::super::scenario::Scenario;
use super::super::server::serve;
use super::super::site::County;
use super::super::traffic::Traffic;
use super::*;
use crate::clock::{Clock, Stepped};
use crate::discover::{Limits, Reader, Rhythm, Survey, Walker, draft};
use crate::fetch::{Fetcher, Robots, Settings};
use crate::rules::{Shelf, UnitDraft, UnitId};
use crate::schedule::Turns;

const SCENARIO: &str = include_str!("../scenario.toml");

fn shipped() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules")
}

/// Any moment at which nothing is wrong with the site.
const MID_NOVEMBER: &str = "2022-11-15T04:00:00Z";

/// Walks a unit's part of the site as it is at a moment, from the page at `path`.
async fn walk(rules: &Rules, unit: &Unit, path: &str, at: &str, limits: Limits) -> (Survey, UnitDraft) {
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let shelf = Shelf::of(&shipped(), None).unwrap();
    let stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let scenario = Scenario::read(SCENARIO, rules).unwrap();
    let then = Clock::Stepped(Stepped::at(at.parse().unwrap()));
    let county = Arc::new(County::new(rules.clone(), scenario, then));
    let mut servers = JoinSet::new();
    servers.spawn(serve(county, Arc::new(Traffic::default()), listener, stop.child_token()));
    let start = Url::parse("http://www.langxi.example").unwrap().join(path).unwrap();
    let resolve = BTreeMap::from([("www.langxi.example".to_owned(), address)]);
    let walker = Walker {
        fetcher: Fetcher::new(Settings { resolve, ..Settings::new("xxzx@langxi.example") }).unwrap(),
        turns: Turns::new(Clock::System, &start, 1_000.0),
        clock: Clock::System,
        zone: rules.county.zone,
        reader: Reader::new(&shelf.presets().by_signs()).unwrap(),
        unit: &unit.name,
        limits,
        robots: Robots::new(&[]),
        rhythm: Rhythm::default(),
    };
    let survey = walker.walk(&start, &stop, |_| {}).await.unwrap();
    stop.cancel();
    while servers.join_next().await.is_some() {}
    let drafted = draft(unit.id.as_str(), &unit.name, &survey, shelf.cadences());
    (survey, drafted)
}

fn unit_page_of(rules: &Rules, unit: &Unit) -> String {
    format!("/OpennessContent/branch/{}/index.html", branch_of(rules, unit).unwrap())
}

#[tokio::test]
async fn a_walk_finds_the_columns_of_a_unit_with_their_names_and_cadences() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let unit = rules.unit(&UnitId::new("caizhengju")).unwrap();
    let limits = Limits { pages: 200, depth: 4 };
    let (survey, drafted) = walk(&rules, unit, &unit_page_of(&rules, unit), MID_NOVEMBER, limits).await;
    let columns: Vec<&Source> = columns_of(&rules, unit).collect();
    let found: BTreeMap<&str, &str> =
        drafted.columns.iter().map(|column| (column.url.as_str(), column.name.as_str())).collect();
    let right = columns.iter().filter(|column| found.get(column.url.as_str()) == Some(&column.name.as_str()));
    let right = right.count();
    assert!(right * 100 >= columns.len() * 95, "{right} of {}", columns.len());
    assert_eq!(found.len(), drafted.columns.len(), "an address is there twice");
    assert!(drafted.columns.len() <= columns.len(), "something is no column of this unit");
    assert_eq!((survey.left, &survey.ended_early), (0, &None));

    // The draft is a unit file as it stands.
    let directory = tempfile::tempdir().unwrap();
    let county = directory.path().join("langxi");
    std::fs::create_dir_all(county.join("units")).unwrap();
    std::fs::copy(shipped().join("cadences.toml"), directory.path().join("cadences.toml")).unwrap();
    std::fs::create_dir(directory.path().join("presets")).unwrap();
    for preset in std::fs::read_dir(shipped().join("presets")).unwrap() {
        let path = preset.unwrap().path();
        std::fs::copy(&path, directory.path().join("presets").join(path.file_name().unwrap())).unwrap();
    }
    let text = "[county]\nname = \"郎溪县\"\ncut-off-day = 27\nverdict-scheme = \"carry-over\"\n";
    std::fs::write(county.join("county.toml"), text).unwrap();
    std::fs::write(county.join("units/caizhengju.toml"), drafted.text()).unwrap();
    let drafted = Rules::load(directory.path(), None).unwrap();
    // Where the name speaks for itself and the shipped rule rests on that, the cadence is the same.
    let same = drafted.sources.iter().filter(|source| {
        columns.iter().any(|column| column.url == source.url && column.fingerprint == source.fingerprint)
    });
    assert!(same.count() * 2 > columns.len());
}

#[tokio::test]
async fn a_walk_that_is_cut_short_says_so() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let unit = rules.unit(&UnitId::new("caizhengju")).unwrap();
    let (survey, drafted) =
        walk(&rules, unit, &unit_page_of(&rules, unit), MID_NOVEMBER, Limits { pages: 11, depth: 4 }).await;
    assert_eq!((survey.pages, drafted.columns.len()), (11, 10));
    assert!(survey.left > 30);
    assert!(drafted.text().contains("more pages were known when the walk ended; columns may be missing"));
}

#[tokio::test]
async fn a_walk_never_takes_another_units_columns_for_this_ones() {
    let rules = Rules::load(&shipped(), None).unwrap();
    let unit = rules.unit(&UnitId::new("caizhengju")).unwrap();
    // One of its own columns has no tree, but a menu that leads to the home page and so to every unit.
    let first = columns_of(&rules, unit).next().unwrap().url.path().to_owned();
    let (_, drafted) = walk(&rules, unit, &first, MID_NOVEMBER, Limits { pages: 60, depth: 4 }).await;
    let own: Vec<&str> = columns_of(&rules, unit).map(|column| column.url.as_str()).collect();
    assert!(!drafted.columns.is_empty());
    for column in &drafted.columns {
        assert!(own.contains(&column.url.as_str()), "{} is not a column of {}", column.url, unit.name);
    }
}

#[tokio::test]
async fn a_column_that_cannot_be_read_now_is_in_the_draft_as_a_comment() {
    let rules = Rules::load(&shipped(), None).unwrap();
    for (unit, at, column, why) in [
        ("nongyenongcunju", "2022-11-10T04:00:00Z", "banshi-tongji", "not read: the server failed: HTTP 500"),
        ("shuiwuju", "2022-12-06T04:00:00Z", "tongzhi-gonggao", "no rows read: "),
        (
            "xinfa",
            "2022-12-13T04:00:00Z",
            "tongzhi-gonggao",
            "no rows read: the rows are drawn by a script: ",
        ),
    ] {
        let unit = rules.unit(&UnitId::new(unit)).unwrap();
        let column = rules.source(&crate::rules::SourceId::of(&unit.id, column)).unwrap();
        let limits = Limits { pages: 200, depth: 4 };
        let (_, drafted) = walk(&rules, unit, &unit_page_of(&rules, unit), at, limits).await;
        assert!(drafted.columns.iter().all(|found| found.url != column.url.as_str()), "{}", column.id);
        let unread = drafted.unread.iter().find(|unread| unread.url == column.url.as_str()).unwrap();
        assert!(unread.notes[0].starts_with(why), "{}: {:?}", column.id, unread.notes);
        assert_eq!(unread.name, column.name);
        assert!(drafted.text().contains(&format!("# url = \"{}\"", column.url)));
    }
}
