//! How other monitors fail open when they deliver, one test each: none of it happens here.

use chrono::{DateTime, TimeDelta, Utc};
use xuncha::alert::{Addressee, Digest, DigestRow, Level, News, SourceFacts, State};
use xuncha::deliver::{Fate, Notice, NoticeId, Post, Posted, Sender, Smtp, SmtpSettings, Tls, Transport};
use xuncha::rules::{SourceId, UnitId};
use xuncha::store::{PlannedDigest, Store};

use crate::support::county::{County, Digests, Post as MailPost, Unit};
use crate::support::daemon::{Daemon, say};
use crate::support::eventually;
use crate::support::mail::{Manner, Server};
use crate::support::web::{Answer, Web, list_page};

fn now() -> DateTime<Utc> {
    "2022-11-28T00:30:00Z".parse().unwrap()
}

pub(crate) fn notice(unit: &str, news: News, email: &str) -> Notice {
    let facts = SourceFacts {
        source: SourceId::of(&UnitId::new(unit), "jiedu"),
        name: "负责人解读".into(),
        channel: "栏目".into(),
        url: "http://www.langxi.example/jiedu/".into(),
        limit: "半年".into(),
        last: None,
        last_title: None,
        due: None,
        state: State::Quiet,
        remarks: Vec::new(),
        told_this_week: 0,
    };
    let digest = Digest {
        county: "郎溪县".into(),
        unit: UnitId::new(unit),
        unit_name: unit.into(),
        date: "2022-11-28".parse().unwrap(),
        to: vec![Addressee { name: "张三".into(), email: email.into() }],
        copy: Vec::new(),
        rows: vec![DigestRow { news, facts, lasts: None }],
    };
    Notice::new(digest, now())
}

/// A store whose outbox holds these notices.
fn store(directory: &tempfile::TempDir, notices: Vec<Notice>) -> Store {
    let store = Store::open(directory.path(), "langxi").unwrap();
    for notice in notices {
        store.post_digest(&PlannedDigest { notice: Some(notice), told: Vec::new() }, now()).unwrap();
    }
    store
}

fn post(server: &Server) -> Post {
    let settings = SmtpSettings {
        host: server.address.ip().to_string(),
        port: server.address.port(),
        tls: Tls::None,
        authorities: None,
        credentials: None,
        hello: "langxi.example".into(),
        timeout: std::time::Duration::from_secs(30),
    };
    let sender = Sender { name: "中心".into(), email: "xuncha@langxi.example".into(), reply_to: None };
    Post::new(Transport::Smtp(Smtp::new(settings, sender)), Vec::new())
}

/// Tries everything that waits, again and again at its time, until nothing waits; returns how often.
async fn deliver_all(store: &Store, post: &mut Post) -> usize {
    let mut turns = 0;
    while let Some(at) = store.outbox().unwrap().iter().filter_map(Notice::next_try_at).min() {
        for notice in store.outbox().unwrap() {
            for way in Post::ways(&notice, at) {
                let Posted::Tried(attempts) = post.send(&notice, &way, at).await else { continue };
                store
                    .revise_notice(&notice.id, |notice| notice.after(&attempts, at, TimeDelta::days(5)))
                    .unwrap();
            }
        }
        post.end_turn().await;
        turns += 1;
    }
    turns
}

#[tokio::test]
async fn mark_sent_before_send() {
    let (web, server) = (Web::start().await, Server::start(&[Manner::IsSilentAfterData]).await);
    let county = County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "栏目", web.url("/c"))]);
    web.tell("/c", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    county.configure(Digests::Now, MailPost::Smtp(server.address));
    let daemon = Daemon::start(&county).await;
    eventually("the mail is under way", async || (!server.messages().is_empty()).then_some(())).await;
    // No answer has come, so it is not sent.
    eventually("it waits", async || (daemon.status().await.outbox == 1).then_some(())).await;
    daemon.kill();
}

#[tokio::test]
async fn recovery_notice_lost() {
    let down = [Manner::GreetsWith("421 down"); 9];
    let server = Server::start(&down).await;
    let resolved = News::Resolved { level: Level::Overdue, raised_at: now() - TimeDelta::days(9) };
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory, vec![notice("fagaiwei", resolved, "a@langxi.example")]);
    deliver_all(&store, &mut post(&server)).await;
    assert_eq!(server.messages().len(), 1);
    assert_eq!(
        store.delivered_to(&UnitId::new("fagaiwei"), 9).unwrap()[0].subject,
        "[栏目恢复] fagaiwei：1 个栏目已恢复正常"
    );
}

#[tokio::test]
async fn give_up_after_three() {
    let busy = [Manner::EndsWith("451 busy"); 12];
    let server = Server::start(&busy).await;
    let raised = News::Raised { level: Level::Overdue };
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory, vec![notice("fagaiwei", raised, "a@langxi.example")]);
    assert_eq!(deliver_all(&store, &mut post(&server)).await, 13);
    assert!(store.dead_notices().unwrap().is_empty());
    assert_eq!(store.delivered_count(), 1);
}

#[tokio::test]
async fn one_bad_row_ends_the_delivery_of_all() {
    let server = Server::start(&[]).await;
    let raised = News::Raised { level: Level::Overdue };
    let directory = tempfile::tempdir().unwrap();
    let units = [("a", "not an address"), ("b", "b@langxi.example"), ("c", "c@langxi.example")];
    let notices = units.map(|(unit, email)| notice(unit, raised, email)).into();
    let store = store(&directory, notices);
    deliver_all(&store, &mut post(&server)).await;
    assert_eq!(server.messages().len(), 2);
    let [bad] = &store.dead_notices().unwrap()[..] else { panic!("one is given up, in sight") };
    assert_eq!(bad.id, NoticeId::digest(&UnitId::new("a"), "2022-11-28".parse().unwrap()));
    assert_eq!(bad.fate(), Fate::Dead);
}

#[tokio::test]
async fn a_misspelt_variable_is_an_empty_password() {
    let web = Web::start().await;
    let county = County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "栏目", web.url("/c"))]);
    county.configure(Digests::Now, MailPost::Smtp(web.address));
    county.add("user = \"xuncha\"\npassword-env = \"XUNCHA_SMPT_PASSWORD\"\n");
    let said = say(&["check", "--config", county.config().to_str().unwrap()]);
    assert_ne!(said.code, 0);
    let expected = "mail.password-env: the environment has no variable `XUNCHA_SMPT_PASSWORD`";
    assert!(said.out.contains(expected), "{}", said.out);
}
