//! A hundred power cuts in the middle of delivery, each of a real daemon.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::mail::Server;
use crate::support::web::{Answer, Web, list_page};

const KILLS: usize = 100;
const UNITS: usize = 110;

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Ids that live as long as the test.
fn unit_ids() -> Vec<&'static str> {
    (0..UNITS).map(|number| &*format!("u{number:03}").leak()).collect()
}

#[tokio::test]
async fn killed_a_hundred_times_while_mailing_it_loses_no_notice_and_repeats_at_most_one_a_time() {
    let (web, post) = (Web::start().await, Server::start(&[]).await);
    let ids = unit_ids();
    let units: Vec<Unit> =
        ids.iter().map(|id| Unit::new(id, id).column("c", "栏目", web.url("/c"))).collect();
    let county = County::new(&web, &units);
    web.tell("/c", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    let daemon = Daemon::start(&county).await;
    eventually("all are convicted", async || {
        (daemon.status().await.counts.get("overdue") == Some(&UNITS)).then_some(())
    })
    .await;
    assert!(daemon.stop().await.success());

    county.configure(Digests::Now, Post::Smtp(post.address));
    let mut chance = Chance(20_221_127);
    let mut killed = 0;
    while killed < KILLS {
        // A conversation has five commands a mail, its end among them: some kills come one mail later.
        let (command, answers) = (1 + chance.below(9), chance.below(2) == 0);
        let daemon = Daemon::launch(&county);
        post.falls_silent_at(command, answers).await;
        daemon.kill();
        post.is_left_alone().await;
        killed += 1;
    }
    let daemon = Daemon::start(&county).await;
    eventually("the outbox is empty", async || (daemon.status().await.outbox == 0).then_some(())).await;
    assert!(daemon.stop().await.success());

    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for message in post.messages() {
        *times.entry(message.id().to_owned()).or_default() += 1;
    }
    let arrived: BTreeSet<&str> = times.keys().filter_map(|id| id.split('.').nth(1)).collect();
    let repeated: usize = times.values().map(|times| times - 1).sum();
    let messages = post.messages().len();
    println!("{killed} kills, {UNITS} notices, {messages} messages, {repeated} of them repeated");
    assert_eq!(arrived, ids.iter().copied().collect(), "none is lost");
    assert_eq!(times.len(), UNITS, "one id a notice: {times:?}");
    assert!(repeated <= KILLS, "at most one a kill: {repeated}");
}
