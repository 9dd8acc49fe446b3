//! What other monitors do where they fail, and we must not. Each test is named after the failure:
//!
//! | failure | test |
//! |---|---|
//! | unknown date ⇒ now | [`unknown_date_taken_for_now`] |
//! | bad config row ⇒ scheduler ends | [`bad_config_row_ends_the_scheduler`]; of delivery: `fail_open_delivery::one_bad_row_ends_the_delivery_of_all` |
//! | env typo ⇒ zero delay | [`typo_in_a_pace_means_no_delay`]; of passwords: `fail_open_delivery::a_misspelt_variable_is_an_empty_password` |
//! | give-up after 3 | [`give_up_after_three_failed_polls`]; of mail: `fail_open_delivery::give_up_after_three` |
//! | mark-sent-before-send | `fail_open_delivery::mark_sent_before_send` |
//! | recovery notice lost | [`recovery_notice_lost`]; in delivery: `fail_open_delivery::recovery_notice_lost` |
//! | breaker absent | `operator::breaker_absent_where_a_third_turns_bad_at_once_…`; of what is in the outbox: `held::breaker_absent_for_what_was_in_the_outbox_…` |
//! | blocked page parsed as empty list | [`blocked_page_parsed_as_empty_list`], [`blocked_page_taken_for_a_blank_column`] |
//! | cached old copy with 200 | [`cached_old_copy_with_200`] |
//! | DST or offset relabel | [`offset_relabelled_as_local_time`], [`dst_shifts_a_deadline`] |
//! | reload on invalid file exits | [`reload_on_invalid_file_exits`] |
//! | state loss of politeness on restart | [`state_loss_of_politeness_on_restart`]; of the pace: `simulation::a_host_is_never_asked_faster_than_allowed_not_even_across_restarts` |

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use xuncha::alert::State;
use xuncha::daemon::Tasks;
use xuncha::rules::SourceId;

use crate::simulation::{DEFAULT_PACE, Simulation, at, day};
use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, say};
use crate::support::eventually;
use crate::support::text::plain_text_of;
use crate::support::web::{Answer, Asked, Web, empty_page, list_page, page_without_dates};

const ID: &str = "fagaiwei/jihua";

async fn one_column(begins: &str, newest: &str) -> Simulation {
    let simulation = Simulation::start(begins, DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"))
    })
    .await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day(newest))])));
    simulation
}

fn alert(tasks: &Tasks) -> State {
    tasks.line.store.source(&SourceId::new(ID)).unwrap().record.alert
}

/// Day and first label of each mail to the unit.
fn said(simulation: &Simulation) -> Vec<(NaiveDate, String)> {
    let mails = simulation.county.mails();
    let to_unit = mails.iter().filter(|(name, _)| name.starts_with("digest."));
    let read = |(name, mail): &(String, String)| {
        let on = name.split(['.', '@']).nth(2).unwrap();
        let text = plain_text_of(mail);
        let (_, after) = text.split_once("1.【").unwrap();
        (NaiveDate::parse_from_str(on, "%Y%m%d").unwrap(), after.split('】').next().unwrap().to_owned())
    };
    to_unit.map(read).collect()
}

#[tokio::test]
async fn unknown_date_taken_for_now() {
    let simulation = one_column("2022-11-14T07:00", "2022-05-20").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-16T12:00").await;
    let before = alert(&tasks);
    simulation.web.tell("/jihua", Answer::page(page_without_dates(&["新的计划"])));
    simulation.play(&mut tasks, "2022-11-30T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "unknown");
    assert_eq!(alert(&tasks), before, "an item without a date neither clears the column nor accuses it");
    let before = [("2022-11-14", "即将到期"), ("2022-11-16", "即将到期，再次提醒")];
    assert_eq!(said(&simulation), before.map(|(on, said)| (day(on), said.to_owned())));
}

/// What stands where a list should, under status 200: a challenge, a refusal, and a frame without a list.
fn blocked_pages() -> [Answer; 3] {
    let challenge = "<script>document.cookie='__jsl_clearance=1;max-age=3600;path=/';location.href=location.pathname</script>";
    let refusal = "<html><head><title>访问被拦截</title></head><body>您的请求存在异常，已被网站防火墙拦截</body></html>";
    let frame = "<html><head><title>栏目</title></head><body><ul class=\"list\"></ul></body></html>";
    [challenge, refusal, frame].map(Answer::page)
}

#[tokio::test]
async fn blocked_page_parsed_as_empty_list() {
    for blocked in blocked_pages().into_iter().chain([Answer::page(empty_page())]) {
        let simulation = one_column("2022-11-14T12:00", "2022-10-20").await;
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, "2022-11-16T12:00").await;
        simulation.web.tell("/jihua", blocked);
        simulation.play(&mut tasks, "2022-11-30T12:00").await;
        assert_eq!(simulation.standing(&tasks, ID), "unknown", "a list that held items is not blank");
        assert_eq!(said(&simulation), []);
    }
}

#[tokio::test]
async fn blocked_page_taken_for_a_blank_column() {
    for blocked in blocked_pages() {
        let simulation = one_column("2022-11-14T12:00", "2022-10-20").await;
        simulation.web.tell("/jihua", blocked);
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, "2022-11-24T12:00").await;
        assert_eq!(simulation.standing(&tasks, ID), "unknown", "nothing was ever seen of it");
        assert_eq!(said(&simulation), []);
    }
}

#[tokio::test]
async fn bad_config_row_ends_the_scheduler() {
    // Rows that are well-formed and cannot be worked: nobody listens, an endless circle, bytes that are no page, and a list
    // that is called otherwise.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let simulation = Simulation::start("2022-11-14T12:00", DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委")
            .column("nobody", "无人", format!("http://{nobody}/"))
            .column("circle", "循环", web.url("/circle"))
            .column("bytes", "乱码", web.url("/bytes"))
            .column("misnamed", "错名", web.url("/jihua"))
            .read_by("list = \"ul.liste\"\nrow = \"li\"\nlink = \"a\"\ndate = \"span\"")
            .column("jihua", "规划计划", web.url("/jihua"))
    })
    .await;
    simulation.web.tell("/circle", Answer::redirect("/circle"));
    simulation.web.tell("/bytes", Answer::page(vec![0xff, 0, 0xfe, b'<', 0x81, b'>']));
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-05-20"))])));
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-22T12:00").await;
    for id in ["nobody", "circle", "bytes", "misnamed"] {
        assert_eq!(simulation.standing(&tasks, &format!("fagaiwei/{id}")), "unknown", "{id}");
    }
    assert_eq!(simulation.standing(&tasks, ID), "overdue", "the others are watched as ever");
}

#[tokio::test]
async fn typo_in_a_pace_means_no_delay() {
    let web = Web::start().await;
    let unit = || Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"));
    for (pace, complaint) in [
        ("request-per-second = 1", "request-per-second: unknown key"),
        ("requests-per-second = 0", "requests-per-second: must be a whole number from 1 to 1000"),
        ("requests-per-second = \"\"", "requests-per-second: must be a whole number from 1 to 1000"),
        ("seconds-per-request = 0", "seconds-per-request: must be a whole number from 1 to 86400"),
    ] {
        let county = County::paced(&web, &[unit()], pace);
        let said = say(&["check", "--config", county.config().to_str().unwrap()]);
        assert_eq!(said.code, 2, "{pace}: {}", said.out);
        assert!(said.out.contains(complaint), "{pace}: {}", said.out);
    }
    // Where nothing is said, there is one request a second.
    let simulation = Simulation::start("2022-11-14T12:00", DEFAULT_PACE, |web| {
        (0..8).fold(Unit::new("fagaiwei", "县发改委"), |unit, number| {
            unit.column(&format!("c{number}"), &format!("栏目{number}"), web.url(&format!("/{number}")))
        })
    })
    .await;
    simulation.play(&mut simulation.tasks(), "2022-11-14T12:05").await;
    let asked = instants(&simulation.web.asked());
    assert!(asked.len() >= 8);
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= TimeDelta::seconds(1)), "{asked:?}");
}

fn instants(asked: &[Asked]) -> Vec<DateTime<Utc>> {
    asked.iter().map(|asked| asked.at).collect()
}

#[tokio::test]
async fn give_up_after_three_failed_polls() {
    let simulation = one_column("2022-11-01T12:00", "2022-10-20").await;
    let mut tasks = simulation.tasks();
    simulation.web.tell("/jihua", Answer::status(500));
    simulation.play(&mut tasks, "2022-12-20T12:00").await;
    let tries = instants(&simulation.web.asked_for("/jihua"));
    assert!(tries.len() > 40, "{}", tries.len());
    assert!(*tries.last().unwrap() > at("2022-12-19T00:00"), "it is asked to this day");
    simulation.web.tell("/jihua", Answer::page(list_page(&[("年度计划", day("2022-10-20"))])));
    simulation.play(&mut tasks, "2022-12-22T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "fresh");
}

/// One post of a feed, at this instant as the feed writes it.
fn post_of(instant: &str) -> Answer {
    Answer::page(format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>账号</title><item><title>工作动态</title>\
         <link>http://mp.example/1</link><pubDate>{instant}</pubDate></item></channel></rss>"
    ))
}

#[tokio::test]
async fn offset_relabelled_as_local_time() {
    let instants = [
        // Half past one of the 10th in Shanghai, whatever day it is in Greenwich and in New York.
        ("gmt", "Wed, 09 Nov 2022 17:30:00 GMT", "2022-11-10"),
        ("new-york", "Wed, 09 Nov 2022 12:30:00 -0500", "2022-11-10"),
        ("shanghai", "Wed, 09 Nov 2022 23:30:00 +0800", "2022-11-09"),
    ];
    let simulation = Simulation::start("2022-11-14T12:00", DEFAULT_PACE, |web| {
        instants.iter().fold(Unit::new("fagaiwei", "县发改委"), |unit, (id, ..)| {
            let url = web.url(&format!("/{id}"));
            let ways = format!("[[feed.via]]\nname = \"rss\"\nkind = \"rss\"\nurl = \"{url}\"");
            unit.feed(id, &format!("账号{id}"), &format!("platform = \"weibo\"\n{ways}"))
        })
    })
    .await;
    for (id, instant, _) in instants {
        simulation.web.tell(&format!("/{id}"), post_of(instant));
    }
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-15T12:00").await;
    for (id, instant, expected) in instants {
        let stored = tasks.line.store.source(&SourceId::new(format!("fagaiwei/{id}"))).unwrap();
        assert_eq!(stored.record.newest().unwrap().date, day(expected), "{instant}");
    }
}

#[tokio::test]
async fn dst_shifts_a_deadline() {
    // Clocks went back on 6 November 2022 in New York: the 7th begins at five in the morning of Greenwich, not at four.
    let simulation = one_column("2022-11-14T12:00", "2022-05-06").await;
    let file = simulation.county.path("crawl-rules/langxi/county.toml");
    let county = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, county.replace("Asia/Shanghai", "America/New_York")).unwrap();
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-15T12:00").await;
    let source = tasks.line.rules.source(&SourceId::new(ID)).unwrap();
    let stored = tasks.line.stored(source).unwrap();
    let deadline = tasks.line.terms(source).case(&stored.record, None).deadline().unwrap();
    assert_eq!(deadline.due, day("2022-11-06"));
    assert_eq!(deadline.overdue_from, "2022-11-07T05:00:00Z".parse::<DateTime<Utc>>().unwrap());
}

#[tokio::test]
async fn reload_on_invalid_file_exits() {
    let web = Web::start().await;
    let unit = Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"));
    let county = County::new(&web, &[unit]);
    web.tell("/jihua", Answer::page(list_page(&[("年度计划", county.days_ago(4))])));
    let daemon = Daemon::start(&county).await;
    daemon.stands(ID, "fresh").await;
    for broken in ["[unit\nid = ", "\u{0}\u{1}", ""] {
        std::fs::write(county.path("crawl-rules/langxi/units/fagaiwei.toml"), broken).unwrap();
        let before = daemon.status().await.reload_failure.map(|failure| failure.at);
        daemon.signal("HUP");
        eventually("the failure is shown", async || {
            let failure = daemon.status().await.reload_failure?;
            (Some(failure.at) != before).then_some(())
        })
        .await;
        let asked = web.asked_for("/jihua").len();
        daemon.recheck(ID).await;
        eventually("the old rules are worked by", async || {
            (web.asked_for("/jihua").len() > asked).then_some(())
        })
        .await;
    }
    let health: Value = daemon.client.get("/v1/health").await.unwrap();
    assert!(health.is_object(), "{health}");
}

#[tokio::test]
async fn state_loss_of_politeness_on_restart() {
    let simulation = one_column("2022-11-14T12:00", "2022-10-20").await;
    simulation.web.tell("/jihua", Answer::status(429).with("Retry-After", "7200"));
    for end in ["2022-11-14T12:01", "2022-11-14T12:30", "2022-11-14T13:00", "2022-11-14T13:59"] {
        let mut tasks = simulation.tasks();
        simulation.play(&mut tasks, end).await;
        tasks.line.store.flush().await.unwrap();
    }
    assert_eq!(simulation.web.asked_for("/jihua").len(), 1, "two hours, whoever is started meanwhile");
    simulation.play(&mut simulation.tasks(), "2022-11-14T20:00").await;
    assert!(simulation.web.asked_for("/jihua").len() > 1);
}

#[tokio::test]
async fn cached_old_copy_with_200() {
    let simulation = one_column("2022-11-14T12:00", "2022-11-10").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-16T12:00").await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("旧的计划", day("2022-05-01"))])));
    simulation.play(&mut tasks, "2022-11-20T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "unknown", "it showed a newer item before");
    assert_eq!(said(&simulation), []);
}

#[tokio::test]
async fn recovery_notice_lost() {
    let simulation = one_column("2022-11-21T12:00", "2022-05-22").await;
    let mut tasks = simulation.tasks();
    simulation.play(&mut tasks, "2022-11-25T18:00").await;
    simulation.web.tell("/jihua", Answer::page(list_page(&[("新的计划", day("2022-11-25"))])));
    // Seen on Saturday, told on Monday, with a restart in between and another after the telling.
    for end in ["2022-11-27T12:00", "2022-11-28T12:00", "2022-11-29T12:00"] {
        simulation.play(&mut tasks, end).await;
        tasks.line.store.flush().await.unwrap();
        drop(tasks);
        tasks = simulation.tasks();
    }
    assert_eq!(alert(&tasks), State::Quiet);
    let said = said(&simulation);
    assert_eq!(said.last(), Some(&(day("2022-11-28"), "已恢复".to_owned())), "{said:?}");
    assert_eq!(said.iter().filter(|(_, label)| label == "已恢复").count(), 1);
}
