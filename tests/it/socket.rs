//! Every address of the socket, asked of a real daemon.

use std::os::unix::fs::PermissionsExt;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use xuncha::bulletin::{Bulletin, State};
use xuncha::serve::view::{
    Alerts, Bulletins, Due, Found, Health, Queued, Sources, Status, UnitDetail, Units,
};

use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, refusal};
use crate::support::now;
use crate::support::web::{Answer, Web, list_page};

/// Two units with five columns: `fagaiwei/jihua` overdue, `shenjiju/gone` unknown, `shenjiju/dongtai` due soon, the
/// others fresh. All have been polled.
async fn county() -> (Web, County, Daemon) {
    let web = Web::start().await;
    let units = [
        Unit::new("shenjiju", "县审计局")
            .paced("dongtai", "审计动态", "weekly", web.url("/dongtai"))
            .column("gone", "通知公告", web.url("/gone"))
            .column("jihua", "规划计划", web.url("/fresh")),
        Unit::new("fagaiwei", "县发改委").column("renshi", "人事信息", web.url("/fresh")).column(
            "jihua",
            "规划计划",
            web.url("/old"),
        ),
    ];
    let county = County::new(&web, &units);
    for (path, days) in [("/dongtai", 6), ("/fresh", 20), ("/old", 300)] {
        web.tell(path, Answer::page(list_page(&[("通知", county.days_ago(days))])));
    }
    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    daemon.stands("fagaiwei/jihua", "overdue").await;
    (web, county, daemon)
}

#[tokio::test]
async fn every_answer_says_when_it_was_true() {
    let before = now();
    let (_web, county, daemon) = county().await;
    for address in [
        "/v1/health",
        "/v1/status",
        "/v1/units",
        "/v1/units/fagaiwei",
        "/v1/sources",
        "/v1/sources/fagaiwei/jihua",
        "/v1/due",
        "/v1/alerts",
        "/v1/bulletins",
    ] {
        let answer: Value = daemon.client.get(address).await.unwrap();
        let as_of: DateTime<Utc> = answer["as_of"].as_str().expect(address).parse().expect(address);
        assert!(before <= as_of && as_of <= now(), "{address}: {as_of}");
    }
    let mode = std::fs::metadata(county.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
}

#[tokio::test]
async fn each_read_shows_the_county_as_it_stands() {
    let (web, county, daemon) = county().await;
    let client = &daemon.client;

    let health: Health = client.get("/v1/health").await.unwrap();
    assert_eq!((health.county.as_str(), health.sources, health.failed), ("郎溪县", 5, 1));
    let lists = web.asked().iter().filter(|asked| !asked.path.starts_with("/article/")).count();
    assert_eq!(health.polls, lists as u64, "opening an article is part of a poll");
    assert_eq!((health.mails, health.outbox, health.outbox_error), (0, 0, None));
    assert_eq!(health.version, env!("CARGO_PKG_VERSION"));

    let status: Status = client.get("/v1/status").await.unwrap();
    let counts = [("due-soon", 1), ("fresh", 2), ("overdue", 1), ("unknown", 1)];
    assert_eq!(status.counts, counts.map(|(word, count)| (word.to_owned(), count)).into());
    let worst: Vec<_> = status.units.iter().map(|unit| (unit.id.as_str(), unit.worst.as_str())).collect();
    assert_eq!(worst, [("fagaiwei", "overdue"), ("shenjiju", "unknown")], "the worst first");
    assert_eq!(status.unknown.len(), 1);
    assert_eq!((status.unknown[0].sources, status.unknown[0].example.as_str()), (1, "shenjiju/gone"));

    let units: Units = client.get("/v1/units").await.unwrap();
    let ids: Vec<_> = units.units.iter().map(|unit| unit.id.as_str()).collect();
    assert_eq!(ids, ["shenjiju", "fagaiwei"], "in the order of annex 1");

    let unit: UnitDetail = client.get("/v1/units/fagaiwei").await.unwrap();
    assert_eq!((unit.display_name.as_str(), unit.counted), ("县发改委", true));
    let standings: Vec<_> = unit.sources.iter().map(|source| source.standing.as_str()).collect();
    assert_eq!(standings, ["overdue", "fresh"]);

    let detail = daemon.source("shenjiju/dongtai").await;
    let source = detail.source;
    assert_eq!((source.standing.as_str(), source.days_left), ("due-soon", Some(1)));
    assert_eq!((source.kind.as_str(), source.cadence.as_str()), ("column", "weekly"));
    assert_eq!((source.last, source.url.clone()), (Some(county.days_ago(6)), web.url("/dongtai")));
    assert_eq!(detail.sightings.len(), 1);
    assert!(source.next_poll_at.unwrap() > source.polled_at.unwrap());

    let due: Due = client.get("/v1/due?within=3d").await.unwrap();
    let ids: Vec<_> = due.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["fagaiwei/jihua", "shenjiju/dongtai"], "the most urgent first");
    let due: Due = client.get("/v1/due?within=0d").await.unwrap();
    assert_eq!(due.sources.len(), 1);
    let due: Due = client.get("/v1/due?within=366d").await.unwrap();
    assert_eq!(due.sources.len(), 4, "all but the one that nobody can tell");

    let alerts: Alerts = client.get("/v1/alerts").await.unwrap();
    let ids: Vec<_> = alerts.raised.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["fagaiwei/jihua", "shenjiju/dongtai"]);
    assert_eq!(alerts.events.len(), 3, "two alerts and a failure: {:?}", alerts.events);
    assert!(alerts.events.is_sorted_by(|newer, older| newer.at >= older.at));
}

#[tokio::test]
async fn the_list_of_sources_is_filtered_and_paged() {
    let (_web, _county, daemon) = county().await;
    let ids = async |query: &str| {
        let answer: Sources = daemon.client.get(&format!("/v1/sources{query}")).await.unwrap();
        let ids: Vec<String> = answer.sources.iter().map(|source| source.id.to_string()).collect();
        (ids, answer.total, answer.next_cursor)
    };
    let (all, total, next) = ids("").await;
    assert_eq!((all.len(), total, next), (5, 5, None));
    assert_eq!(all[0], "shenjiju/dongtai", "in the order of annex 1 and of the unit files");

    let mut walked = Vec::new();
    let mut cursor = Some(String::new());
    while let Some(from) = cursor {
        let behind = if from.is_empty() { from } else { format!("&cursor={from}") };
        let (page, total, next) = ids(&format!("?limit=2{behind}")).await;
        assert_eq!(total, 5);
        assert!(page.len() <= 2);
        walked.extend(page);
        cursor = next;
    }
    assert_eq!(walked, all);

    assert_eq!(ids("?unit=fagaiwei").await.0, ["fagaiwei/renshi", "fagaiwei/jihua"]);
    assert_eq!(ids("?standing=unknown").await.0, ["shenjiju/gone"]);
    assert_eq!(ids("?q=%E8%A7%84%E5%88%92").await.0, ["shenjiju/jihua", "fagaiwei/jihua"]);
    assert_eq!(ids("?unit=fagaiwei&standing=fresh&q=renshi").await.0, ["fagaiwei/renshi"]);
    assert_eq!(ids("?unit=nobody").await, (Vec::new(), 0, None));
    assert_eq!(ids("?cadence=weekly").await.0, ["shenjiju/dongtai"]);
    assert_eq!(ids("?kind=column").await.1, 5);
    assert_eq!(ids("?platform=wechat").await, (Vec::new(), 0, None));
    assert_eq!(ids("?cursor=fagaiwei/jihua").await, (Vec::new(), 5, None));
    assert_eq!(ids("?limit=18446744073709551615").await.0.len(), 5);
    assert_eq!(ids("?limit=0").await.0.len(), 1, "a page is never empty while there is more");
}

#[tokio::test]
async fn names_are_found_by_parts_and_doubts_are_told() {
    let (_web, _county, daemon) = county().await;
    let found = async |text: &str| daemon.client.get::<Found>(&format!("/v1/find?q={text}")).await;
    let unit = |id: &str| Found::Unit(xuncha::rules::UnitId::new(id));
    let source = |id: &str| Found::Source(xuncha::rules::SourceId::new(id));
    assert_eq!(found("fagaiwei").await.unwrap(), unit("fagaiwei"));
    assert_eq!(found("%E5%AE%A1%E8%AE%A1%E5%B1%80").await.unwrap(), unit("shenjiju"), "审计局");
    assert_eq!(found("%E4%BA%BA%E4%BA%8B").await.unwrap(), source("fagaiwei/renshi"), "人事");
    assert_eq!(found("dongtai").await.unwrap(), source("shenjiju/dongtai"));
    let (status, error, hint) = refusal(found("jihua").await);
    assert_eq!((status, error.as_str()), (409, "`jihua` fits 2 units or sources"));
    assert_eq!(hint, "say which: shenjiju/jihua, fagaiwei/jihua");
    assert_eq!(refusal(found("nobody").await).0, 404);
}

#[tokio::test]
async fn every_refusal_is_an_error_and_a_hint() {
    let (_web, _county, daemon) = county().await;
    let table = [
        ("GET", "/nothing", 404, "there is no such address"),
        ("GET", "/v1/nothing", 404, "there is no such address"),
        ("GET", "/v1/units/nobody", 404, "there is no unit `nobody`"),
        ("GET", "/v1/units/%FF", 400, ""),
        ("GET", "/v1/sources/fagaiwei/nothing", 404, "there is no source `fagaiwei/nothing`"),
        ("POST", "/v1/sources/fagaiwei/nothing/recheck", 404, "there is no source `fagaiwei/nothing`"),
        ("GET", "/v1/sources/fagaiwei/jihua/recheck", 405, "this address does not take that method"),
        ("POST", "/v1/status", 405, "this address does not take that method"),
        ("GET", "/v1/sources?colour=red", 400, "colour"),
        ("GET", "/v1/sources?limit=many", 400, "limit"),
        ("GET", "/v1/sources?standing=late", 400, "standing `late` is not known, allowed: overdue"),
        ("GET", "/v1/sources?platform=fax", 400, "fax"),
        ("GET", "/v1/sources?cursor=nobody", 400, "the cursor `nobody` is not of this list"),
        ("GET", "/v1/due?within=soon", 400, "`soon` is not a number of days"),
        ("GET", "/v1/due?within=-1d", 400, "`-1d` is not a number of days"),
        ("GET", "/v1/find", 400, "q"),
        ("GET", "/v1/bulletins/2022-13", 400, "`2022-13` is not a month"),
        ("GET", "/v1/bulletins/2022-13/draft", 400, "`2022-13` is not a month"),
        ("GET", "/v1/bulletins/2022-12/draft?cutoff=never", 400, "cutoff"),
        ("GET", "/v1/bulletins/2022-12", 404, "no bulletin of 2022-12 has been issued"),
        ("POST", "/v1/bulletins/2999-01/issue", 409, "the cut-off day 2999-01-27 has not ended"),
        ("POST", "/v1/bulletins/2022-12/issue", 409, "5 sources could not be verified at the cut-off"),
    ];
    for (method, address, status, part) in table {
        let answer = match method {
            "GET" => daemon.client.get::<Value>(address).await,
            _ => daemon.client.post::<Value>(address).await,
        };
        let (found, error, hint) = refusal(answer);
        assert_eq!(found, status, "{method} {address}: {error}");
        assert!(error.contains(part), "{method} {address}: {error}");
        assert!(!error.is_empty() && !hint.is_empty(), "{method} {address}");
    }
}

#[tokio::test]
async fn a_recheck_is_queued_and_done() {
    let (web, _county, daemon) = county().await;
    let before = web.asked_for("/dongtai").len();
    let queued: Queued = daemon.client.post("/v1/sources/shenjiju/dongtai/recheck").await.unwrap();
    assert_eq!(queued.queued.as_str(), "shenjiju/dongtai");
    crate::support::eventually("it is asked for", async || {
        (web.asked_for("/dongtai").len() > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_bulletin_is_drafted_at_any_time_and_issued_once() {
    let (_web, county, daemon) = county().await;
    let client = &daemon.client;
    let draft = async |query: &str| client.get::<Bulletin>(&format!("/v1/bulletins/{query}")).await;
    let long_ago = draft("2022-12/draft").await.unwrap();
    assert_eq!((long_ago.state, long_ago.version), (State::Draft, 1));
    assert_eq!(long_ago.cutoff.to_string(), "2022-12-27");
    let units: Vec<_> = long_ago.annex1.iter().map(|row| row.unit.as_str()).collect();
    assert_eq!(units, ["县审计局", "县发改委"]);
    assert_eq!(long_ago.unverified.len(), 5, "nothing was known then, so nobody is accused");
    assert!(long_ago.annex1.iter().all(|row| row.findings.is_empty()));

    let today = county.days_ago(0);
    let today = draft(&format!("{}/draft?cutoff={today}", today.format("%Y-%m"))).await.unwrap();
    assert_eq!(today.annex1[1].findings.len(), 1);
    assert_eq!(today.annex1[1].problems, "“规划计划”栏目超过半年未更新");
    assert_eq!(today.unverified.len(), 1, "the page that does not come");

    let issue = "/v1/bulletins/2022-12/issue?accept_unverified=true";
    let issued: Bulletin = client.post(issue).await.unwrap();
    assert_eq!(issued.state, State::Issued);
    let (status, error, _) = refusal(client.post::<Value>(issue).await);
    assert_eq!(status, 409, "{error}");
    let kept: Bulletin = client.get("/v1/bulletins/2022-12").await.unwrap();
    assert_eq!(kept, issued);
    let list: Bulletins = client.get("/v1/bulletins").await.unwrap();
    let [only] = &list.bulletins[..] else { panic!("one bulletin") };
    assert_eq!((only.month.as_str(), only.version), ("2022-12", 1));
}

#[tokio::test]
async fn whoever_has_the_present_snapshot_is_told_so_and_no_more() {
    let (_web, county, daemon) = county().await;
    let tag_in = |answer: &str| {
        let line = answer.lines().find(|line| line.starts_with("etag: ")).expect("a tag");
        line["etag: ".len()..].to_owned()
    };
    // Between two requests a poll may end, which is a change.
    crate::support::eventually("nothing changes between two requests", async || {
        let first = raw(&county, "GET /v1/status HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        let held = tag_in(&first);
        let again = format!(
            "GET /v1/sources HTTP/1.1\r\nhost: x\r\nif-none-match: {held}\r\nconnection: close\r\n\r\n"
        );
        let second = raw(&county, &again).await;
        second.starts_with("HTTP/1.1 304 ").then(|| assert!(second.ends_with("\r\n\r\n"), "{second}"))
    })
    .await;
    let before: Status = daemon.client.get("/v1/status").await.unwrap();
    daemon.recheck("fagaiwei/renshi").await;
    crate::support::eventually("the recheck is a change", async || {
        (daemon.status().await.generation > before.generation).then_some(())
    })
    .await;
}

/// What the daemon answers to these bytes.
async fn raw(county: &County, request: &str) -> String {
    let mut stream = tokio::net::UnixStream::connect(county.socket()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn whoever_listens_to_what_happens_gives_way_to_nobody_who_says_nothing() {
    let (_web, county, daemon) = county().await;
    let mut listening = daemon.client.follow("/v1/events").await.unwrap();
    let mut silent = Vec::new();
    for _client in 0..64 {
        silent.push(tokio::net::UnixStream::connect(county.socket()).await.unwrap());
    }
    daemon.recheck("fagaiwei/renshi").await;
    let heard: Option<Value> = listening.next().await.unwrap();
    assert!(heard.is_some(), "the stream goes on");
}

#[tokio::test]
async fn a_client_that_says_nothing_keeps_nobody_waiting() {
    let (_web, county, daemon) = county().await;
    let mut silent = Vec::new();
    for _client in 0..64 {
        silent.push(tokio::net::UnixStream::connect(county.socket()).await.unwrap());
    }
    daemon.status().await;
    assert!(daemon.stop().await.success(), "nor does it keep the daemon from stopping");
}
