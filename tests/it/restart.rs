//! Power cuts: the daemon is killed in the middle of things and started again on what it left.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::mail::Server;
use crate::support::web::{Answer, Web, list_page};

/// Units with an overdue column each.
const LATE: [&str; 6] = ["caizhengju", "fagaiwei", "gonganju", "shenjiju", "sifaju", "tongjiju"];
/// Units whose columns are all in time.
const IN_TIME: [&str; 3] = ["biqiao", "feili", "yaocun"];
const COLUMNS: usize = 6;

/// Every unit has six columns; the fourth of a late unit is overdue.
fn county(web: &Web, pace: &str) -> County {
    let units: Vec<Unit> = LATE
        .into_iter()
        .chain(IN_TIME)
        .map(|id| {
            (0..COLUMNS).fold(Unit::new(id, id), |unit, column| {
                let name = format!("栏目{column}");
                unit.column(&format!("c{column}"), &name, web.url(&path(id, column)))
            })
        })
        .collect();
    let county = County::paced(web, &units, pace);
    for id in LATE.into_iter().chain(IN_TIME) {
        for column in 0..COLUMNS {
            let days = if column == 3 && LATE.contains(&id) { 300 } else { 20 };
            web.tell(&path(id, column), Answer::page(list_page(&[("通知", county.days_ago(days))])));
        }
    }
    county
}

fn path(unit: &str, column: usize) -> String {
    format!("/{unit}/{column}")
}

const SOURCES: usize = (LATE.len() + IN_TIME.len()) * COLUMNS;
const FAST: &str = "requests-per-second = 200\nburst = 20\nconcurrent = 4";
const ONE_BY_ONE: &str = "requests-per-second = 200\nburst = 20\nconcurrent = 1";

async fn has_convicted_all(daemon: &Daemon) {
    eventually("all late columns are overdue, all others fresh", async || {
        let counts = daemon.status().await.counts;
        let wanted = [("fresh".to_owned(), SOURCES - LATE.len()), ("overdue".to_owned(), LATE.len())];
        (counts == wanted.into()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn killed_again_and_again_it_mails_every_late_unit_and_none_twice() {
    let (web, post) = (Web::start().await, Server::start(&[]).await);
    let county = county(&web, FAST);
    county.configure(Digests::Later, Post::Smtp(post.address));

    // Killed while polling: with some pages answered and the rest asked for in vain.
    for answered in [0, 1, 7, 12, 20] {
        web.answer_only(answered);
        let before = web.asked().len();
        let daemon = Daemon::start(&county).await;
        web.was_asked(before + answered + 4).await;
        daemon.kill();
        assert_eq!(web.asked().len() - before, answered + 4, "four at a time are allowed");
        web.nobody_waits().await;
    }
    web.answer_all();
    let daemon = Daemon::start(&county).await;
    has_convicted_all(&daemon).await;
    // In order: what the last half second convicted would be convicted again, too late for today's digest.
    assert!(daemon.stop().await.success());

    // Killed while mailing: after some mails were accepted, with the next one begun.
    county.configure(Digests::Now, Post::Smtp(post.address));
    for (round, accepted) in [0, 1, 2].into_iter().enumerate() {
        post.take_only(accepted);
        let daemon = Daemon::start(&county).await;
        post.has_kept_waiting(round + 1).await;
        daemon.kill();
        post.is_left_alone().await;
    }
    post.take_all();
    let daemon = Daemon::start(&county).await;
    eventually("the outbox is empty", async || {
        let status = daemon.status().await;
        (post.messages().len() >= LATE.len() && status.outbox == 0).then_some(())
    })
    .await;
    assert!(daemon.stop().await.success());
    let daemon = Daemon::start(&county).await;
    assert!(daemon.stop().await.success());

    let ids: Vec<String> = post.messages().iter().map(|message| message.id().to_owned()).collect();
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "none twice: {ids:?}");
    let mailed: BTreeSet<&str> = ids.iter().filter_map(|id| id.split('.').nth(1)).collect();
    assert_eq!(mailed, BTreeSet::from(LATE));
}

#[tokio::test]
async fn after_a_stop_nothing_is_polled_before_its_time() {
    let web = Web::start().await;
    let county = county(&web, ONE_BY_ONE);
    let daemon = Daemon::start(&county).await;
    has_convicted_all(&daemon).await;
    assert!(daemon.stop().await.success());

    let before = web.asked().len();
    let daemon = Daemon::start(&county).await;
    // Whatever were due at the start would be asked for first.
    daemon.recheck("yaocun/c5").await;
    web.was_asked(before + 1).await;
    let since: Vec<String> = web.asked().drain(before..).map(|asked| asked.path).collect();
    assert_eq!(since, [path("yaocun", 5)]);
    let status = daemon.status().await;
    assert_eq!(status.counts.get("overdue"), Some(&LATE.len()), "and nothing is forgotten");
}

#[tokio::test]
async fn after_a_power_cut_only_the_polls_that_were_lost_are_repeated() {
    let web = Web::start().await;
    let county = county(&web, ONE_BY_ONE);
    let daemon = Daemon::start(&county).await;
    has_convicted_all(&daemon).await;
    assert!(daemon.stop().await.success());

    // One more poll is under way when the power goes.
    web.answer_only(0);
    let before = web.asked().len();
    let daemon = Daemon::start(&county).await;
    daemon.recheck("biqiao/c0").await;
    web.was_asked(before + 1).await;
    daemon.kill();
    web.nobody_waits().await;
    web.answer_all();

    let daemon = Daemon::start(&county).await;
    has_convicted_all(&daemon).await;
    daemon.recheck("yaocun/c5").await;
    web.was_asked(before + 2).await;
    let since: Vec<String> = web.asked().drain(before..).map(|asked| asked.path).collect();
    assert_eq!(since, [path("biqiao", 0), path("yaocun", 5)]);
}

#[tokio::test]
async fn a_mail_that_was_taken_but_not_acknowledged_comes_again_under_the_same_message_id() {
    use crate::support::mail::Manner;
    let web = Web::start().await;
    let post = Server::start(&[Manner::IsSilentAfterData]).await;
    let county =
        County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c3", "栏目", web.url("/fagaiwei/3"))]);
    web.tell("/fagaiwei/3", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    let daemon = Daemon::start(&county).await;
    daemon.stands("fagaiwei/c3", "overdue").await;
    assert!(daemon.stop().await.success());

    county.configure(Digests::Now, Post::Smtp(post.address));
    let daemon = Daemon::start(&county).await;
    eventually("the mail is taken", async || (post.messages().len() == 1).then_some(())).await;
    daemon.kill();
    let daemon = Daemon::start(&county).await;
    eventually("the mail comes again", async || (post.messages().len() == 2).then_some(())).await;
    eventually("it is done", async || (daemon.status().await.outbox == 0).then_some(())).await;
    let [first, second] = &post.messages()[..] else { panic!("two messages") };
    assert_eq!(first.id(), second.id());
}

#[tokio::test]
async fn what_was_answered_as_done_is_still_done_after_a_power_cut() {
    let web = Web::start().await;
    let county = county(&web, FAST);
    let daemon = Daemon::start(&county).await;
    has_convicted_all(&daemon).await;
    let issue = "/v1/bulletins/2022-12/issue?accept_unverified=true";
    let issued: Value = daemon.client.post(issue).await.unwrap();
    daemon.kill();
    let daemon = Daemon::start(&county).await;
    let kept: Value = daemon.client.get("/v1/bulletins/2022-12").await.expect("it was issued");
    assert_eq!(kept, issued);
    let release = "/v1/release?by=w&reason=r";
    let _released: Value = daemon.client.post(release).await.unwrap();
    daemon.kill();
    let daemon = Daemon::start(&county).await;
    let alerts: Value = daemon.client.get("/v1/alerts").await.unwrap();
    let acts: Vec<_> = alerts["acts"].as_array().unwrap().iter().map(|act| act["what"].clone()).collect();
    assert_eq!(acts, [format!("POST {release}"), format!("POST {issue}")]);
}
