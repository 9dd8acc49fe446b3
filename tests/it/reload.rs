//! Rules that change while the daemon runs.

use std::process::Command;

use serde_json::Value;

use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, refusal};
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

const UNIT: &str = "crawl-rules/langxi/units/shenjiju.toml";

async fn county() -> (Web, County, Daemon) {
    let web = Web::start().await;
    let units = [Unit::new("shenjiju", "县审计局").column("jihua", "规划计划", web.url("/old"))];
    let county = County::new(&web, &units);
    web.tell("/old", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    web.tell("/fresh", Answer::page(list_page(&[("通知", county.days_ago(20))])));
    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    daemon.stands("shenjiju/jihua", "overdue").await;
    (web, county, daemon)
}

fn add_column(county: &County, web: &Web, cadence: &str) {
    let before = std::fs::read_to_string(county.path(UNIT)).unwrap();
    let column = format!(
        "\n[[column]]\nid = \"xin\"\nname = \"新栏目\"\nurl = \"{}\"\npreset = \"list\"\ncadence = \"{cadence}\"\n",
        web.url("/fresh")
    );
    std::fs::write(county.path(UNIT), before + &column).unwrap();
}

#[tokio::test]
async fn new_rules_are_taken_on_and_what_was_known_stays_known() {
    let (web, county, daemon) = county().await;
    let before = daemon.source("shenjiju/jihua").await.source;
    let asked = web.asked_for("/old").len();
    add_column(&county, &web, "half-year");
    let said = daemon.say(&["reload"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("1 个单位，2 个监测对象"), "{}", said.out);
    daemon.stands("shenjiju/xin", "fresh").await;
    let after = daemon.source("shenjiju/jihua").await.source;
    assert_eq!((after.standing.as_str(), after.alert), ("overdue", before.alert));
    assert!(after.polled_at >= before.polled_at && after.full_looks.starts_with(&before.full_looks[..1]));
    assert_eq!(after.next_poll_at, before.next_poll_at, "nor is it polled before its time");
    assert_eq!(web.asked_for("/old").len(), asked);
}

#[tokio::test]
async fn what_people_have_said_holds_under_new_rules_and_can_be_taken_back_there() {
    let (web, county, daemon) = county().await;
    let exempt = async |days| {
        let until = county.days_ago(days);
        let words = "of=shenjiju/jihua&by=w&reason=r&evidence=e&approver=a";
        let _taken: Value =
            daemon.client.post(&format!("/v1/exemptions?{words}&until={until}")).await.unwrap();
    };
    exempt(0).await;
    let detail = daemon.source("shenjiju/jihua").await;
    assert_eq!(detail.source.standing, "exempt", "whoever has written sees it at once");
    add_column(&county, &web, "half-year");
    let _taken: Value = daemon.client.post("/v1/reload").await.unwrap();
    daemon.stands("shenjiju/xin", "fresh").await;
    let detail = daemon.source("shenjiju/jihua").await;
    assert_eq!(detail.source.standing, "exempt", "{}", detail.source.why);
    exempt(1).await;
    daemon.stands("shenjiju/jihua", "overdue").await;
}

/// Streams of events that may be open at one time.
const STREAMS: usize = 16;

#[tokio::test]
async fn new_rules_end_no_stream_of_events_and_make_room_for_no_more() {
    let (web, county, daemon) = county().await;
    let mut streams = Vec::new();
    for _stream in 0..STREAMS {
        streams.push(daemon.client.follow("/v1/events").await.unwrap());
    }
    add_column(&county, &web, "half-year");
    let _taken: Value = daemon.client.post("/v1/reload").await.unwrap();
    let (status, error, _) = refusal(daemon.client.follow("/v1/events").await);
    assert_eq!((status, error.as_str()), (503, "too many streams of events are open"));
    daemon.recheck("shenjiju/xin").await;
    for stream in &mut streams {
        while !hears(stream).await.to_string().contains("POST /v1/sources/shenjiju/xin/recheck") {}
    }
    drop(streams);
    eventually("there is room again", async || daemon.client.follow("/v1/events").await.ok()).await;
}

async fn hears(stream: &mut xuncha::serve::Following) -> Value {
    stream.next().await.unwrap().expect("the stream goes on")
}

#[tokio::test]
async fn a_hangup_while_it_starts_does_not_end_it() {
    let (_web, county, daemon) = county().await;
    assert!(daemon.stop().await.success());
    let page = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    county.add(&format!("[page]\nlisten = \"{page}\"\n"));
    let daemon = Daemon::launch(&county);
    // The page's address is bound before the store is opened and the line is built.
    while std::net::TcpStream::connect(page).is_err() {
        tokio::task::yield_now().await;
    }
    daemon.signal("HUP");
    daemon.stands("shenjiju/jihua", "overdue").await;
}

#[tokio::test]
async fn rules_with_a_mistake_are_refused_whole_and_shown_until_mended() {
    let (web, county, daemon) = county().await;
    let right = std::fs::read_to_string(county.path(UNIT)).unwrap();
    add_column(&county, &web, "fortnightly");
    let (status, error, hint) = refusal(daemon.client.post::<Value>("/v1/reload").await);
    assert_eq!(status, 422);
    assert!(
        error.contains("`fortnightly` is not a cadence") && hint.contains("xuncha check"),
        "{error} {hint}"
    );
    let status = daemon.status().await;
    assert!(status.reload_failure.unwrap().problems.contains("fortnightly"));
    assert_eq!(status.counts.values().sum::<usize>(), 1, "the old rules stay");
    assert!(daemon.say(&["status"]).out.contains("规则未更新"));
    std::fs::write(county.path(UNIT), right).unwrap();
    let _answer: Value = daemon.client.post("/v1/reload").await.unwrap();
    eventually("the failure is forgotten", async || {
        daemon.status().await.reload_failure.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hangup_reloads_and_a_source_that_is_gone_keeps_its_history() {
    let (web, county, daemon) = county().await;
    let before = std::fs::read_to_string(county.path(UNIT)).unwrap();
    let other = before.replace("id = \"jihua\"", "id = \"andere\"").replace("/old", "/fresh");
    std::fs::write(county.path(UNIT), other).unwrap();
    daemon.signal("HUP");
    eventually("the old source is gone", async || {
        (refusal_of(&daemon, "/v1/sources/shenjiju/jihua").await == Some(404)).then_some(())
    })
    .await;
    std::fs::write(county.path(UNIT), before).unwrap();
    daemon.signal("HUP");
    eventually("it is back", async || {
        refusal_of(&daemon, "/v1/sources/shenjiju/jihua").await.is_none().then_some(())
    })
    .await;
    let back = daemon.stands("shenjiju/jihua", "overdue").await;
    assert_eq!(back.sightings.len(), 1);
    assert!(!web.asked_for("/fresh").is_empty());
}

#[tokio::test]
async fn a_column_that_is_renamed_in_its_rule_keeps_its_state_its_history_and_what_was_said_of_it() {
    let (_web, county, daemon) = county().await;
    let before = daemon.source("shenjiju/jihua").await;
    let until = county.days_ago(0) + chrono::Days::new(9);
    let words = format!("of=shenjiju/jihua&by=w&reason=r&until={until}");
    let _taken: Value = daemon.client.post(&format!("/v1/silences?{words}")).await.unwrap();
    let rule = std::fs::read_to_string(county.path(UNIT)).unwrap();
    let renamed = rule.replace("id = \"jihua\"", "id = \"guihua-jihua\"\nwas = \"jihua\"");
    std::fs::write(county.path(UNIT), &renamed).unwrap();
    let _taken: Value = daemon.client.post("/v1/reload").await.unwrap();
    let after = daemon.stands("shenjiju/guihua-jihua", "overdue").await;
    assert_eq!(after.source.alert, before.source.alert);
    assert_eq!(after.sightings, before.sightings);
    assert!(after.source.standpoint.silenced.is_some(), "{:?}", after.source.standpoint);
    let (status, error, hint) = refusal(daemon.client.get::<Value>("/v1/sources/shenjiju/jihua").await);
    assert_eq!((status, error.as_str()), (404, "`shenjiju/jihua` is called `shenjiju/guihua-jihua` now"));
    assert_eq!(hint, "GET /v1/sources/shenjiju/guihua-jihua");

    std::fs::write(county.path(UNIT), rule.clone() + &renamed[renamed.find("[[column]]").unwrap()..])
        .unwrap();
    let (status, error, _) = refusal(daemon.client.post::<Value>("/v1/reload").await);
    assert!(status == 422 && error.contains("`shenjiju/jihua` is still there"), "{error}");

    std::fs::write(county.path(UNIT), renamed).unwrap();
    daemon.stop().await;
    let daemon = Daemon::start(&county).await;
    let again = daemon.stands("shenjiju/guihua-jihua", "overdue").await;
    assert_eq!((again.source.alert, again.sightings), (after.source.alert, after.sightings));
}

#[tokio::test]
async fn what_has_been_counted_goes_on_under_new_rules_and_a_wish_to_look_again_is_kept() {
    let (web, county, daemon) = county().await;
    let before: Value = daemon.client.get("/v1/health").await.unwrap();
    web.tell("/old", Answer::page(list_page(&[("新通知", county.days_ago(1))])));
    daemon.recheck("shenjiju/jihua").await;
    let _taken: Value = daemon.client.post("/v1/reload").await.unwrap();
    let after: Value = daemon.client.get("/v1/health").await.unwrap();
    assert_eq!(after["started_at"], before["started_at"]);
    assert!(after["generation"].as_u64() > before["generation"].as_u64(), "{before} {after}");
    assert!(after["polls"].as_u64() >= before["polls"].as_u64(), "{before} {after}");
    daemon.stands("shenjiju/jihua", "fresh").await;
}

async fn refusal_of(daemon: &Daemon, address: &str) -> Option<u16> {
    match daemon.client.get::<Value>(address).await {
        Err(xuncha::serve::ClientError::Refused { status, .. }) => Some(status),
        _ => None,
    }
}

#[test]
fn completions_and_man_pages_come_from_the_command_line_itself() {
    let said = crate::support::daemon::say(&["completions", "bash"]);
    assert!(said.code == 0 && said.out.contains("recheck"), "{}", said.err);
    let directory = tempfile::tempdir().unwrap();
    let written =
        Command::new(env!("CARGO_BIN_EXE_xuncha")).arg("man").arg(directory.path()).status().unwrap();
    assert!(written.success());
    assert!(std::fs::read_to_string(directory.path().join("xuncha.1")).unwrap().contains("xuncha\\-status"));
}
