//! Robots of group chats over real sockets: what they are sent, how it is signed, how often, and what their answers do.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use ring::hmac;
use xuncha::alert::{Addressee, Digest, DigestRow, Level, News, SourceFacts, State};
use xuncha::clock::{Clock, Stepped};
use xuncha::deliver::{
    ChannelName, Fate, FileDrop, Notice, Outcome, Platform, Post, Posted, Robot, RobotSettings, Says, Secret,
    Sender, Target, Transport, Way,
};
use xuncha::rules::{SourceId, UnitId};

use crate::support::chat::ChatServer;
use crate::support::county::{County, Digests, Post as MailPost, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

const SECRET: &str = "SEC000c1f";
const OK: &str = r#"{"errcode":0,"errmsg":"ok"}"#;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2022, 11, 28, 0, 30, 0).unwrap()
}

fn notice(unit: &str) -> Notice {
    let facts = SourceFacts {
        source: SourceId::of(&UnitId::new(unit), "jiedu"),
        name: "负责人解读".into(),
        channel: "栏目".into(),
        url: "http://www.langxi.example/jiedu/".into(),
        limit: "半年".into(),
        last: "2022-05-26".parse().ok(),
        last_title: Some("<at user_id=\"all\">标题</at>".into()),
        due: "2022-11-26".parse().ok(),
        state: State::Quiet,
        remarks: Vec::new(),
        told_this_week: 0,
    };
    let digest = Digest {
        county: "郎溪县".into(),
        unit: UnitId::new(unit),
        unit_name: "县住建局".into(),
        date: "2022-11-28".parse().unwrap(),
        to: vec![Addressee { name: "张三".into(), email: "zhangsan@langxi.example".into() }],
        copy: Vec::new(),
        rows: vec![DigestRow { news: News::Raised { level: Level::Overdue }, facts, lasts: None }],
    };
    Notice::to(vec![Target::Channel(ChannelName::new("group"))], Says::Digest(digest), now())
}

/// A robot called `group` on a clock that stands three seconds after its start, so that it may be written to.
fn robot(platform: Platform, server: &ChatServer, secret: Option<&str>) -> (Post, Stepped) {
    let settings = RobotSettings {
        name: ChannelName::new("group"),
        platform,
        address: Secret::new(format!("http://{}/robot/send?key=k3y", server.address)),
        secret: secret.map(Secret::new),
    };
    let stepped = Stepped::at(now() - TimeDelta::seconds(4));
    let robot = Robot::new(settings, Clock::Stepped(stepped.clone())).unwrap();
    stepped.step_to(now());
    let sender = Sender { name: "中心".into(), email: "xuncha@langxi.example".into(), reply_to: None };
    (Post::new(Transport::File(FileDrop::new("/nowhere", sender)), vec![robot]), stepped)
}

async fn posted(post: &mut Post, notice: Notice, now: DateTime<Utc>) -> Notice {
    let way = Way::Channel(ChannelName::new("group"));
    match post.send(&notice, &way, now).await {
        Posted::Tried(attempts) => notice.after(&attempts, now, TimeDelta::days(5)),
        Posted::NotBefore(at) => panic!("not before {at}"),
    }
}

fn is_signed(key: &str, message: &str, signature: &[u8]) -> bool {
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), message.as_bytes(), signature).is_ok()
}

#[tokio::test]
async fn wecom_gets_markdown_that_calls_on_nobody() {
    let server = ChatServer::start(|_| (200, OK)).await;
    let (mut post, _clock) = robot(Platform::Wecom, &server, None);
    assert_eq!(posted(&mut post, notice("zhujianju"), now()).await.fate(), Fate::Delivered);
    let posting = server.postings().remove(0);
    assert_eq!(posting.query, BTreeMap::from([("key".to_owned(), "k3y".to_owned())]));
    assert_eq!(posting.json["msgtype"], "markdown");
    let text = posting.json["markdown"]["content"].as_str().unwrap();
    assert!(text.contains("[负责人解读](http://www.langxi.example/jiedu/)"), "{text}");
    assert!(text.ends_with("编号 digest.zhujianju.20221128"), "{text}");
}

#[tokio::test]
async fn dingtalk_is_signed_with_time_and_secret() {
    let server = ChatServer::start(|posting| {
        let timestamp = &posting.query["timestamp"];
        let signature = STANDARD.decode(&posting.query["sign"]).unwrap();
        let is_right = timestamp == &now().timestamp_millis().to_string()
            && is_signed(SECRET, &format!("{timestamp}\n{SECRET}"), &signature);
        if is_right { (200, OK) } else { (200, r#"{"errcode":310000,"errmsg":"sign not match"}"#) }
    })
    .await;
    let (mut post, _clock) = robot(Platform::Dingtalk, &server, Some(SECRET));
    assert_eq!(posted(&mut post, notice("zhujianju"), now()).await.fate(), Fate::Delivered);
    assert!(server.postings()[0].json["markdown"]["title"].as_str().unwrap().contains("县住建局"));
    let (mut post, _clock) = robot(Platform::Dingtalk, &server, Some("another"));
    let refused = posted(&mut post, notice("zhujianju"), now()).await;
    assert_eq!(
        refused.last_error(),
        Some("cannot post to channel `group`: it answered error 310000: sign not match")
    );
}

#[tokio::test]
async fn feishu_is_signed_in_its_own_way_and_takes_text_for_text() {
    let server = ChatServer::start(|posting| {
        let timestamp = posting.json["timestamp"].as_str().unwrap();
        let signature = STANDARD.decode(posting.json["sign"].as_str().unwrap()).unwrap();
        let is_right = timestamp == now().timestamp().to_string()
            && is_signed(&format!("{timestamp}\n{SECRET}"), "", &signature);
        if is_right {
            (200, r#"{"code":0,"msg":"success"}"#)
        } else {
            (200, r#"{"code":19021,"msg":"sign match fail"}"#)
        }
    })
    .await;
    let (mut post, _clock) = robot(Platform::Feishu, &server, Some(SECRET));
    assert_eq!(posted(&mut post, notice("zhujianju"), now()).await.fate(), Fate::Delivered);
    let paragraphs = &server.postings()[0].json["content"]["post"]["zh_cn"]["content"];
    let kinds: Vec<&str> = paragraphs
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|paragraph| paragraph.as_array().unwrap())
        .map(|piece| piece["tag"].as_str().unwrap())
        .collect();
    assert!(kinds.iter().all(|kind| ["text", "a"].contains(kind)), "no mention: {kinds:?}");
}

#[tokio::test]
async fn a_program_gets_the_notice_as_json_with_its_id_and_a_signature_over_every_byte() {
    let server = ChatServer::start(|_| (204, "")).await;
    let (mut post, _clock) = robot(Platform::Json, &server, Some(SECRET));
    assert_eq!(posted(&mut post, notice("zhujianju"), now()).await.fate(), Fate::Delivered);
    let posting = server.postings().remove(0);
    assert_eq!(posting.headers["idempotency-key"], "digest.zhujianju.20221128");
    assert_eq!(posting.json["id"], "digest.zhujianju.20221128");
    assert_eq!(posting.json["says"]["digest"]["rows"][0]["facts"]["source"], "zhujianju/jiedu");
    let digits = posting.headers["x-xuncha-signature"].strip_prefix("sha256=").unwrap();
    let bytes: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    assert!(is_signed(SECRET, &posting.text, &bytes));
}

#[tokio::test]
async fn a_busy_platform_is_tried_again_soon_and_a_wrong_key_is_not_hurried() {
    let table = [
        (Platform::Wecom, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, 2),
        (Platform::Dingtalk, r#"{"errcode":130101,"errmsg":"send too fast"}"#, 2),
        (Platform::Feishu, r#"{"code":11232,"msg":"frequency limited"}"#, 2),
        (Platform::Wecom, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, 361),
    ];
    for (platform, answer, within) in table {
        let server = ChatServer::start(move |_| (200, answer)).await;
        let (mut post, _clock) = robot(platform, &server, None);
        let waiting = posted(&mut post, notice("zhujianju"), now()).await;
        assert!(matches!(waiting.recipients[0].outcome, Outcome::Waiting { attempts: 1, .. }), "{waiting:?}");
        let wait = waiting.next_try_at().unwrap() - now();
        let is_slow = wait > TimeDelta::hours(4);
        assert!(
            wait < TimeDelta::minutes(within) && is_slow == (within > 2),
            "{platform:?} {answer}: {wait}"
        );
    }
}

#[tokio::test]
async fn what_goes_wrong_is_said_without_the_key() {
    let server = ChatServer::start(|_| (302, "")).await;
    let (mut post, _clock) = robot(Platform::Wecom, &server, None);
    let refused = posted(&mut post, notice("zhujianju"), now()).await;
    let gone = {
        let gone = ChatServer::start(|_| (200, OK)).await;
        robot(Platform::Wecom, &gone, None).0
    };
    let mut gone = gone;
    let unanswered = posted(&mut gone, notice("zhujianju"), now()).await;
    for notice in [refused, unanswered] {
        let said = notice.last_error().unwrap().to_owned();
        assert!(said.starts_with("cannot post to channel `group`: ") && !said.contains("k3y"), "{said}");
    }
}

#[tokio::test]
async fn forty_notices_reach_a_robot_in_their_turn_and_never_more_than_twenty_in_a_minute() {
    let server = ChatServer::start(|_| (200, OK)).await;
    let (mut post, clock) = robot(Platform::Wecom, &server, None);
    let mut waiting: Vec<Notice> = (0..40).map(|number| notice(&format!("unit-{number}"))).collect();
    let mut sent_at = Vec::new();
    while let Some(next) = waiting.pop() {
        let at = clock.now();
        match post.send(&next, &Way::Channel(ChannelName::new("group")), at).await {
            Posted::NotBefore(not_before) => {
                clock.step_to(not_before);
                waiting.push(next);
            }
            Posted::Tried(attempts) => {
                assert_eq!(next.after(&attempts, at, TimeDelta::days(5)).fate(), Fate::Delivered);
                sent_at.push(at);
            }
        }
    }
    assert_eq!(server.postings().len(), 40);
    for (index, first) in sent_at.iter().enumerate() {
        let within = sent_at[index..].iter().filter(|at| **at - *first < TimeDelta::minutes(1)).count();
        assert!(within <= 20, "{within} in a minute");
    }
}

#[tokio::test]
async fn the_daemon_tells_a_chat_what_it_was_chosen_for_and_mails_the_rest() {
    let (web, server) = (Web::start().await, ChatServer::start(|_| (200, OK)).await);
    let units =
        ["fagaiwei", "shenjiju"].map(|id| Unit::new(id, id).column("c", "栏目", web.url(&format!("/{id}"))));
    let county = County::new(&web, &units);
    for unit in ["fagaiwei", "shenjiju"] {
        web.tell(&format!("/{unit}"), Answer::page(list_page(&[("通知", county.days_ago(300))])));
    }
    std::fs::write(county.path("robot"), format!("http://{}/send?key=k3y\n", server.address)).unwrap();
    county.configure(Digests::Now, MailPost::Files);
    county.add(
        "[[channel]]\nname = \"group\"\nplatform = \"wecom\"\naddress-file = \"robot\"\n\
         units = [\"fagaiwei\"]\nkinds = [\"warning\"]\ninstead-of-mail = true\n",
    );
    let daemon = Daemon::start(&county).await;
    eventually("one is told in the chat and the other by mail", async || {
        (server.postings().len() == 1 && county.mails().len() == 1).then_some(())
    })
    .await;
    let said = server.postings()[0].text.clone();
    assert!(said.contains("fagaiwei") && county.mails()[0].0.contains("shenjiju"), "{said}");
    assert!(!daemon.log().contains("k3y"), "{}", daemon.log());
}

#[tokio::test]
async fn a_robot_that_nobody_answers_for_is_asked_once_a_turn_and_the_mail_goes_all_the_same() {
    let server = ChatServer::start(|_| (200, OK)).await;
    let (mut post, _clock) = robot(Platform::Wecom, &server, None);
    drop(server);
    for unit in ["zhujianju", "shuiwuju"] {
        // The second one is answered at once, though the robot's pace has no room for it yet.
        let waiting = posted(&mut post, notice(unit), now()).await;
        assert!(waiting.last_error().unwrap().contains("nobody answers"), "{waiting:?}");
    }
    post.end_turn().await;
    let tried = post.send(&notice("caizhengju"), &Way::Channel(ChannelName::new("group")), now()).await;
    assert!(matches!(tried, Posted::NotBefore(_)), "the next turn asks again, at its pace");
}
