//! Mails that come back, read from a Maildir by a running daemon.

use std::path::Path;

use chrono::TimeDelta;
use xuncha::alert::Addressee;
use xuncha::config::{Bounces, Config, Mailbox};
use xuncha::daemon::Tasks;
use xuncha::rules::UnitId;
use xuncha::serve::view::{Status, UnitDetail};

use crate::simulation::{DEFAULT_PACE, Simulation, at};
use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

pub(crate) fn report(message_id: &str) -> String {
    report_on("fagaiwei@langxi.example", Some(message_id))
}

fn report_on(address: &str, message_id: Option<&str>) -> String {
    let returned = message_id.map_or("Subject: x".to_owned(), |id| format!("Message-ID: {id}"));
    format!(
        "From: MAILER-DAEMON@mail.langxi.example\r\nTo: xxzx@langxi.example\r\nSubject: Undelivered\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n\
         --b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.langxi.example\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <{address}>: user unknown\x1b[2J\r\n\r\n\
         --b1\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n\r\n--b1--\r\n"
    )
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_mail_that_came_back_is_shown_on_its_unit_and_told_to_the_operator() {
    let web = Web::start().await;
    let county = County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "栏目", web.url("/c"))]);
    web.tell("/c", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(county.path("maildir").join(folder)).unwrap();
    }
    county.configure(Digests::Now, Post::Files);
    county.add("[bounces]\nmaildir = \"maildir\"\nevery = \"1s\"\n");
    let daemon = Daemon::start(&county).await;
    let (name, mail) = eventually("the mail is written", async || county.mails().into_iter().next()).await;
    let message_id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    assert!(name.starts_with("digest.fagaiwei."), "{name}");
    std::fs::write(county.path("maildir/new/2.answer"), "From: a@b.example\r\nSubject: Re\r\n\r\nok\r\n")
        .unwrap();
    std::fs::write(county.path("maildir/new/1.report"), report(message_id)).unwrap();

    let unit = eventually("the bounce is shown", async || {
        let unit: UnitDetail = daemon.client.get("/v1/units/fagaiwei").await.unwrap();
        (!unit.mail.bounces.is_empty()).then_some(unit)
    })
    .await;
    let [bounce] = &unit.mail.bounces[..] else { panic!("one: {:?}", unit.mail.bounces) };
    assert_eq!((bounce.address.as_str(), bounce.said.status.as_str()), ("fagaiwei@langxi.example", "5.1.1"));
    assert!(bounce.notice.as_ref().is_some_and(|id| name.starts_with(id.as_str())));
    assert_eq!(unit.mail.delivered.len(), 1);
    eventually("the operator is told", async || {
        let status: Status = daemon.status().await;
        let key = "bounced.fagaiwei.fagaiwei@langxi.example";
        status.operator.iter().any(|matter| matter.key.to_string() == key).then_some(())
    })
    .await;
    eventually("it is marked as read", async || {
        (names(&county.path("maildir/cur")) == ["1.report:2,S"]).then_some(())
    })
    .await;
    assert_eq!(names(&county.path("maildir/new")), ["2.answer"], "answers are left for people");
    let said = daemon.say(&["status", "fagaiwei"]);
    assert!(said.out.contains("退信") && said.out.contains("user unknown"), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
}

/// A county with one unit, somebody above it, and a mailbox that is read every second.
async fn with_mailbox() -> Simulation {
    let simulation =
        Simulation::start("2022-11-01T12:00", DEFAULT_PACE, |_| Unit::new("fagaiwei", "县发改委")).await;
    let file = simulation.county.path("crawl-rules/langxi/county.toml");
    let rules = std::fs::read_to_string(&file).unwrap();
    let above = "[[supervisor]]\nname = \"督办\"\nemail = \"boss@langxi.example\"\n";
    std::fs::write(&file, rules + above).unwrap();
    for folder in ["new", "cur"] {
        std::fs::create_dir_all(simulation.county.path("maildir").join(folder)).unwrap();
    }
    simulation
}

fn with_operator(config: &mut Config) {
    config.operators = vec![Addressee { name: "管理员".into(), email: "ops@langxi.example".into() }];
}

fn reading(simulation: &Simulation) -> Tasks {
    let maildir = simulation.county.path("maildir");
    simulation.tasks_with(|config| {
        with_operator(config);
        config.mail.bounces =
            Some(Bounces { mailbox: Mailbox::Maildir(maildir), every: TimeDelta::seconds(1) });
    })
}

/// The matters that stand, by key.
fn standing(tasks: &Tasks) -> Vec<String> {
    let matters = tasks.line.store.operator_matters().unwrap().into_iter();
    matters.filter(|matter| matter.ended_at.is_none()).map(|matter| matter.key.to_string()).collect()
}

#[tokio::test]
async fn whoever_does_not_take_our_mail_is_told_and_forgotten_though_nobody_reads_the_mailbox_any_more() {
    let simulation = with_mailbox().await;
    let (digest, operator) =
        ("<digest.fagaiwei.20221101@l.example>", "<operator.20221101T040000000@l.example>");
    let reports = [
        ("fagaiwei@langxi.example", None),
        ("boss@langxi.example", Some(digest)),
        ("behind-an-alias@elsewhere.example", Some(digest)),
        ("ops@langxi.example", Some(operator)),
        ("stranger@elsewhere.example", None),
    ];
    for (number, (address, id)) in reports.into_iter().enumerate() {
        let path = simulation.county.path(&format!("maildir/new/{number}.report"));
        std::fs::write(path, report_on(address, id)).unwrap();
    }
    let mut tasks = reading(&simulation);
    tasks.mailer.turn().await.unwrap();
    let expected = [
        "bounced.fagaiwei.behind-an-alias@elsewhere.example",
        "bounced.fagaiwei.boss@langxi.example",
        "bounced.fagaiwei.fagaiwei@langxi.example",
        "operator-bounced.ops@langxi.example",
    ];
    assert_eq!(standing(&tasks), expected);
    tasks.line.store.flush().await.unwrap();
    drop(tasks);
    let mut tasks = simulation.tasks_with(with_operator);
    tasks.mailer.turn().await.unwrap();
    assert_eq!(standing(&tasks), expected, "they are still bad");
    simulation.clock.step_to(at("2022-12-01T12:01"));
    tasks.mailer.turn().await.unwrap();
    assert_eq!(standing(&tasks), Vec::<String>::new());
}

#[tokio::test]
async fn a_report_that_cannot_be_marked_as_read_is_kept_once() {
    let simulation = with_mailbox().await;
    std::fs::remove_dir(simulation.county.path("maildir/cur")).unwrap();
    let report = report_on("fagaiwei@langxi.example", None);
    std::fs::write(simulation.county.path("maildir/new/1.report"), report).unwrap();
    let mut tasks = reading(&simulation);
    for _look in 0..3 {
        tasks.mailer.turn().await.unwrap();
        simulation.clock.step_to(simulation.clock.now() + TimeDelta::seconds(2));
    }
    assert_eq!(tasks.line.store.bounces(Some(&UnitId::new("fagaiwei"))).unwrap().len(), 1);
}
