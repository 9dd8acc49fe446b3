//! What people tell the daemon of sources: acknowledged, silenced, exempt; by command, on the socket, with a reason.

use std::pin::pin;
use std::task::{Context, Waker};

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use xuncha::alert::{Stance, StanceKind, State};
use xuncha::rules::SourceId;

use crate::simulation::{DEFAULT_PACE, Simulation, at};
use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, refusal};
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

const OLD: &str = "fagaiwei/old";

async fn a_county_with_a_late_column() -> (Web, County, Daemon) {
    let web = Web::start().await;
    let unit = Unit::new("fagaiwei", "县发改委").column("old", "规划计划", web.url("/old")).column(
        "new",
        "通知公告",
        web.url("/new"),
    );
    let county = County::new(&web, &[unit]);
    web.tell("/old", Answer::page(list_page(&[("旧闻", county.days_ago(400))])));
    web.tell("/new", Answer::page(list_page(&[("新闻", county.days_ago(4))])));
    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    daemon.recheck(OLD).await;
    daemon.stands(OLD, "overdue").await;
    (web, county, daemon)
}

#[tokio::test]
async fn an_exemption_is_a_standing_of_its_own_shown_with_its_reason_and_can_be_taken_back() {
    let (_web, county, daemon) = a_county_with_a_late_column().await;
    let exempt = |until: String| {
        let words = [
            "--by",
            "王五",
            "--reason",
            "本年确无人事变动",
            "--evidence",
            "郎政办〔2022〕1号",
            "--approver",
            "李主任",
        ];
        let said = daemon.say(&[&["exempt", "规划计划", "--until", &until][..], &words].concat());
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    };
    exempt(county.days_ago(0).to_string());
    let detail = daemon.stands(OLD, "exempt").await;
    let given = detail.source.standpoint.exempted.clone().unwrap();
    assert_eq!((given.by.as_str(), given.reason.as_str()), ("王五", "本年确无人事变动"));
    let said = daemon.say(&["status", "规划计划"]);
    assert!(said.out.contains("依据：郎政办〔2022〕1号；批准：李主任（王五）"), "{}", said.out);
    let events: Value = daemon.client.get("/v1/alerts").await.unwrap();
    let kept = events["events"].as_array().unwrap().iter().any(|event| event["event"] == "stance");
    assert!(kept, "{events}");
    exempt(county.days_ago(1).to_string());
    daemon.stands(OLD, "overdue").await;
}

#[tokio::test]
async fn what_was_asked_for_is_done_and_on_record_although_whoever_asked_hangs_up() {
    let (_web, county, daemon) = a_county_with_a_late_column().await;
    let until = county.days_ago(0);
    let exemption = format!("/v1/exemptions?of={OLD}&by=w&reason=r&evidence=e&approver=a&until={until}");
    let mut stream = UnixStream::connect(county.socket()).await.unwrap();
    stream.write_all(format!("POST {exemption} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    drop(stream);
    daemon.stands(OLD, "exempt").await;
    let act = eventually("it is on record", async || {
        let alerts: Value = daemon.client.get("/v1/alerts").await.unwrap();
        alerts["acts"].as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!(act["what"], format!("POST {exemption}"));
    assert_eq!(act["status"], 200);
}

#[tokio::test]
async fn an_acknowledged_alert_is_shown_as_such_wherever_it_is_shown() {
    let (_web, _county, daemon) = a_county_with_a_late_column().await;
    let said = daemon.say(&["ack", OLD, "--by", "王五", "--note", "已电话通知，周五前更新"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    eventually("it is shown", async || daemon.source(OLD).await.source.standpoint.acknowledged.clone()).await;
    assert!(
        daemon.say(&["alerts"]).out.contains("POST /v1/alerts/fagaiwei/old/ack?"),
        "who did it is on record"
    );
    for command in [&["alerts"][..], &["status", "fagaiwei"], &["status", OLD]] {
        let said = daemon.say(command);
        assert!(said.out.contains("已确认：已电话通知，周五前更新（王五）"), "{command:?}: {}", said.out);
    }
}

#[tokio::test]
async fn a_unit_may_be_silenced_but_not_exempt_and_nobody_without_a_name_a_reason_and_an_end() {
    let (_web, county, daemon) = a_county_with_a_late_column().await;
    let today = county.days_ago(0);
    let said = daemon.say(&[
        "silence",
        "县发改委",
        "--by",
        "王五",
        "--reason",
        "网站迁移",
        "--until",
        &today.to_string(),
    ]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(said.out.lines().count(), 2, "both of its columns: {}", said.out);

    let far = today + chrono::Days::new(400);
    let cases = [
        (format!("/v1/silences?of={OLD}&by=&reason=x&until={today}"), 400, "`by` is empty"),
        (format!("/v1/silences?of={OLD}&by=x&reason=%20&until={today}"), 400, "`reason` is empty"),
        (format!("/v1/silences?of={OLD}&by=x&reason=x&until={far}"), 400, "more than a year ahead"),
        (format!("/v1/silences?of=nobody&by=x&reason=x&until={today}"), 404, "no unit or source is called"),
        (
            format!("/v1/exemptions?of=fagaiwei&by=x&reason=x&evidence=x&approver=x&until={today}"),
            400,
            "is a unit",
        ),
        (
            format!("/v1/exemptions?of={OLD}&by=x&reason=x&evidence=&approver=x&until={today}"),
            400,
            "`evidence` is empty",
        ),
        ("/v1/alerts/fagaiwei/new/ack?by=x&note=x".to_owned(), 409, "no alert of `fagaiwei/new` is raised"),
        ("/v1/alerts/fagaiwei/none/ack?by=x&note=x".to_owned(), 404, "there is no source"),
        ("/v1/release?by=x&reason=".to_owned(), 400, "`reason` is empty"),
    ];
    for (address, status, error) in cases {
        let (found, said, hint) = refusal(daemon.client.post::<Value>(&address).await);
        assert_eq!(found, status, "{address}");
        assert!(said.contains(error) && !hint.is_empty(), "{address}: {said}: {hint}");
    }
}

#[tokio::test]
async fn what_is_said_of_several_sources_is_in_force_although_nobody_waits_until_it_is_on_disk() {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, |web| {
        let unit = Unit::new("fagaiwei", "县发改委").column("a", "栏目一", web.url("/a"));
        unit.column("b", "栏目二", web.url("/b"))
    })
    .await;
    let tasks = simulation.tasks();
    let ids = ["fagaiwei/a", "fagaiwei/b"].map(SourceId::new);
    let stances = ids.clone().map(|source| Stance {
        source,
        given_at: simulation.clock.now(),
        by: "王五".into(),
        reason: "网站迁移".into(),
        kind: StanceKind::Silenced { until: at("2022-12-01T00:00") },
    });
    {
        let mut taking = pin!(tasks.line.take_stances(stances.to_vec()));
        // As where the client goes away at the first thing that is waited for.
        let _ = taking.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    for id in ids {
        let source = tasks.line.rules.source(&id).unwrap();
        let standpoint = tasks.line.standpoint(source, &State::Quiet, simulation.clock.now());
        assert!(standpoint.silenced.is_some(), "{id}");
    }
}
