//! Delivery over real sockets, to a mail server that misbehaves on command.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use tokio::net::TcpListener;
use xuncha::alert::{Addressee, Digest, DigestRow, Level, News, SourceFacts, State};
use xuncha::deliver::{
    Attempt, Credentials, DeliverError, Fate, Notice, Post, Posted, Secret, Sender, Smtp, SmtpSettings, Step,
    Tls, Transport, Way,
};
use xuncha::rules::{SourceId, UnitId};

use crate::support::mail::{Manner, Server};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2022, 11, 27, 0, 30, 0).unwrap()
}

fn notice(unit: &str) -> Notice {
    let facts = SourceFacts {
        source: SourceId::of(&UnitId::new(unit), "jiedu"),
        name: "本级政策解读—负责人解读".into(),
        channel: "栏目".into(),
        url: "http://www.langxi.example/jiedu/".into(),
        limit: "半年".into(),
        last: NaiveDate::from_ymd_opt(2022, 5, 26),
        last_title: Some("负责人解读".into()),
        due: NaiveDate::from_ymd_opt(2022, 11, 26),
        state: State::Quiet,
        remarks: Vec::new(),
        told_this_week: 0,
    };
    let addressee =
        |name: &str| Addressee { name: name.into(), email: format!("{name}@{unit}.langxi.example") };
    let digest = Digest {
        county: "郎溪县".into(),
        unit: UnitId::new(unit),
        unit_name: "县住建局".into(),
        date: NaiveDate::from_ymd_opt(2022, 11, 27).unwrap(),
        to: vec![addressee("a"), addressee("b")],
        copy: Vec::new(),
        rows: vec![DigestRow { news: News::Raised { level: Level::Overdue }, facts, lasts: None }],
    };
    Notice::new(digest, now())
}

fn settings(address: SocketAddr) -> SmtpSettings {
    SmtpSettings {
        host: address.ip().to_string(),
        port: address.port(),
        tls: Tls::None,
        authorities: None,
        credentials: None,
        hello: "xuncha.langxi.example".into(),
        timeout: Duration::from_secs(30),
    }
}

fn transport(settings: SmtpSettings) -> Transport {
    let sender =
        Sender {
            name: "郎溪县政府信息中心".into(), email: "xuncha@langxi.example".into(), reply_to: None
        };
    Transport::Smtp(Smtp::new(settings, sender))
}

/// The notice after one attempt at `now` to mail it to everybody whose time has come.
async fn posted(post: &mut Post, notice: Notice, now: DateTime<Utc>) -> (Notice, Vec<Attempt>) {
    let Posted::Tried(attempts) = post.send(&notice, &Way::Mail, now).await else {
        panic!("mail waits for nobody")
    };
    (notice.after(&attempts, now, TimeDelta::days(5)), attempts)
}

/// What comes of one notice sent to a server of this manner.
async fn failure(manner: Manner) -> DeliverError {
    let server = Server::start(&[manner]).await;
    transport(settings(server.address)).send(&notice("zhujianju"), now()).await.unwrap_err()
}

#[tokio::test]
async fn the_notices_of_one_turn_share_a_connection_that_is_taken_leave_of() {
    let server = Server::start(&[]).await;
    let mut transport = transport(settings(server.address));
    for unit in ["zhujianju", "jiaotongju", "shuiwuju"] {
        transport.send(&notice(unit), now()).await.unwrap();
    }
    transport.close().await;
    let ids: Vec<_> = server.messages().iter().map(|message| message.id().to_owned()).collect();
    let expected = ["zhujianju", "jiaotongju", "shuiwuju"]
        .map(|unit| format!("<digest.{unit}.20221127@langxi.example>"));
    assert_eq!(ids, expected);
    assert_eq!(server.connections(), 1);
    assert_eq!(server.farewells(), 1);
    assert_eq!(
        server.messages()[0].to,
        ["RCPT TO:<a@zhujianju.langxi.example>", "RCPT TO:<b@zhujianju.langxi.example>"]
    );
}

#[tokio::test]
async fn a_message_is_delivered_after_the_connection_broke_in_the_middle_of_one() {
    let server = Server::start(&[Manner::DropsInData]).await;
    let mut transport = transport(settings(server.address));
    let error = transport.send(&notice("zhujianju"), now()).await.unwrap_err();
    assert!(!error.is_permanent(), "{error}");
    assert!(server.messages().is_empty());
    transport.send(&notice("zhujianju"), now()).await.unwrap();
    assert_eq!(server.messages().len(), 1);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_message_that_arrived_unacknowledged_comes_again_under_the_same_message_id() {
    let server = Server::start(&[Manner::DropsAfterData]).await;
    let mut transport = transport(settings(server.address));
    let error = transport.send(&notice("zhujianju"), now()).await.unwrap_err();
    assert!(matches!(error, DeliverError::Broken { step: Step::Message, .. }), "{error}");
    transport.send(&notice("zhujianju"), now()).await.unwrap();
    let [first, second] = &server.messages()[..] else { panic!("two messages") };
    assert_eq!(first.id(), second.id());
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_is_opened_anew() {
    let server = Server::start(&[Manner::TakesOne]).await;
    let mut transport = transport(settings(server.address));
    transport.send(&notice("zhujianju"), now()).await.unwrap();
    transport.send(&notice("jiaotongju"), now()).await.unwrap();
    assert_eq!((server.messages().len(), server.connections()), (2, 2));
}

#[tokio::test]
async fn each_refusal_is_told_with_its_step_and_judged() {
    let table = [
        (Manner::RefusesAddressee(2, "421 closing"), false, "name addressee 2 of 2 to", "421 closing"),
        (Manner::EndsWith("554 no spam"), true, "hand over the message to", "554 no spam"),
        (Manner::EndsWith("452 full"), false, "hand over the message to", "452 full"),
        (Manner::EndsWith("354 what"), false, "hand over the message to", "354 which accepts nothing"),
        (Manner::GreetsWith("554 go away"), false, "greet", "554 go away"),
        (Manner::GreetsWith("421 closing"), false, "greet", "421 closing"),
    ];
    for (manner, permanent, step, reply) in table {
        let error = failure(manner).await;
        assert_eq!(error.is_permanent(), permanent, "{error}");
        let said = error.to_string();
        assert!(said.starts_with(&format!("cannot {step} mail server 127.0.0.1:")), "{said}");
        assert!(said.ends_with(&format!(": it answered {reply}")), "{said}");
    }
}

#[tokio::test]
async fn one_addressee_refused_for_good_does_not_keep_the_mail_from_the_others() {
    let server = Server::start(&[Manner::RefusesAddressee(1, "550 <a@x.example> unknown")]).await;
    let delivered = transport(settings(server.address)).send(&notice("zhujianju"), now()).await.unwrap();
    assert_eq!(server.messages().len(), 1);
    let [(0, refused)] = &delivered.refused[..] else { panic!("one refused: {delivered:?}") };
    let expected = format!(
        "cannot name addressee 1 of 2 to mail server {}: it answered 550 <…> unknown",
        server.address
    );
    assert_eq!(refused.to_string(), expected);
}

#[tokio::test]
async fn a_greylisted_addressee_is_tried_again_alone_and_under_the_same_message_id() {
    let server = Server::start(&[Manner::RefusesAddressee(2, "450 4.2.0 greylisted")]).await;
    let mut post = Post::new(transport(settings(server.address)), Vec::new());
    let (waiting, _) = posted(&mut post, notice("zhujianju"), now()).await;
    post.end_turn().await;
    assert_eq!(waiting.fate(), Fate::Waits);
    let later = waiting.next_try_at().unwrap();
    let (delivered, _) = posted(&mut post, waiting, later).await;
    assert_eq!(delivered.fate(), Fate::Delivered);
    let [first, second] = &server.messages()[..] else { panic!("two messages") };
    assert_eq!(first.id(), second.id());
    assert_eq!(first.to.len(), 2, "{:?}", first.to);
    assert_eq!(second.to, ["RCPT TO:<b@zhujianju.langxi.example>"]);
}

#[tokio::test]
async fn a_mail_whose_addressees_are_all_refused_is_not_delivered() {
    let server = Server::start(&[Manner::RefusesEverybody("550 unknown")]).await;
    let mut post = Post::new(transport(settings(server.address)), Vec::new());
    let (notice, attempts) = posted(&mut post, notice("zhujianju"), now()).await;
    assert_eq!(notice.fate(), Fate::Waits);
    assert!(attempts.iter().all(|attempt| attempt.result.as_ref().is_err_and(|error| error.is_permanent())));
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_once_a_turn_and_not_for_every_notice() {
    let server = Server::start(&[Manner::GreetsWith("421 closing"), Manner::Takes]).await;
    let mut post = Post::new(transport(settings(server.address)), Vec::new());
    for unit in ["zhujianju", "jiaotongju", "shuiwuju"] {
        let (waiting, _) = posted(&mut post, notice(unit), now()).await;
        assert!(waiting.last_error().is_some_and(|error| error.contains("421 closing")), "{waiting:?}");
    }
    assert_eq!(server.connections(), 1);
    post.end_turn().await;
    let (delivered, _) = posted(&mut post, notice("zhujianju"), now()).await;
    assert_eq!(delivered.fate(), Fate::Delivered);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_transient_failure_that_names_it() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = transport(settings(address)).send(&notice("zhujianju"), now()).await.unwrap_err();
    assert!(!error.is_permanent());
    let said = error.to_string();
    assert!(said.starts_with(&format!("cannot connect to mail server {address}: ")), "{said}");
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_the_end() {
    let server = Server::start(&[Manner::IsSilent]).await;
    let settings = SmtpSettings { timeout: Duration::from_millis(200), ..settings(server.address) };
    let error = transport(settings).send(&notice("zhujianju"), now()).await.unwrap_err();
    assert!(matches!(error, DeliverError::TimedOut { step: Step::Greet, .. }), "{error}");
    assert!(!error.is_permanent());
}

#[tokio::test]
async fn neither_mail_nor_login_goes_out_in_clear_where_tls_was_asked_for() {
    let server = Server::start(&[]).await;
    let credentials = Some(Credentials { user: "xuncha".into(), password: Secret::new("secret") });
    for tls in [Tls::StartTls, Tls::Implicit] {
        let settings = SmtpSettings {
            tls,
            credentials: credentials.clone(),
            timeout: Duration::from_millis(500),
            ..settings(server.address)
        };
        let error = transport(settings).send(&notice("zhujianju"), now()).await.unwrap_err();
        assert!(!error.is_permanent(), "{error}");
    }
    assert!(server.messages().is_empty());
    let told = server.commands();
    assert!(
        !told.iter().any(|command| command.starts_with("AUTH") || command.starts_with("MAIL")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_server_that_hangs_over_one_mail_is_not_asked_to_take_the_others_of_that_turn() {
    let server = Server::start(&[]).await;
    server.take_only(0);
    let hasty = SmtpSettings { timeout: Duration::from_millis(50), ..settings(server.address) };
    let mut post = Post::new(transport(hasty), Vec::new());
    for unit in ["zhujianju", "shuiwuju", "caizhengju"] {
        let (waiting, attempts) = posted(&mut post, notice(unit), now()).await;
        assert_eq!(waiting.fate(), Fate::Waits);
        let error = attempts[0].result.as_ref().unwrap_err();
        assert!(matches!(**error, DeliverError::TimedOut { step: Step::NameSender, .. }), "{error}");
    }
    assert_eq!(server.connections(), 1);
    server.take_all();
    post.end_turn().await;
    assert_eq!(posted(&mut post, notice("zhujianju"), now()).await.0.fate(), Fate::Delivered);
}
