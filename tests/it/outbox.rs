//! Notices that do not arrive: tried for days, given up in sight of everybody, and brought back by a person.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Timelike};
use tokio_util::sync::CancellationToken;
use xuncha::alert::{Level, News};
use xuncha::clock::{Clock, Stepped};
use xuncha::config::Config;
use xuncha::daemon::Tasks;
use xuncha::deliver::{Death, Outcome};
use xuncha::rules::Rules;
use xuncha::serve::view::{MailStatus, Status};
use xuncha::store::PlannedDigest;

use crate::fail_open_delivery::notice;
use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::{Daemon, say};
use crate::support::eventually;
use crate::support::mail::{Manner, Server};
use crate::support::web::{Answer, Web, list_page};

/// A county with one late column, convicted, whose mail has yet to be sent.
async fn late_county(web: &Web, unit: &'static str) -> County {
    let county = County::new(web, &[Unit::new(unit, unit).column("c", "栏目", web.url("/c"))]);
    web.tell("/c", Answer::page(list_page(&[("通知", county.days_ago(300))])));
    let daemon = Daemon::start(&county).await;
    daemon.stands(&format!("{unit}/c"), "overdue").await;
    assert!(daemon.stop().await.success());
    county
}

#[tokio::test]
async fn what_was_refused_is_shown_until_it_is_tried_again() {
    let web = Web::start().await;
    let post = Server::start(&[Manner::RefusesEverybody("451 4.7.1 greylisted")]).await;
    let county = late_county(&web, "fagaiwei").await;
    county.configure(Digests::Now, Post::Smtp(post.address));
    let daemon = Daemon::start(&county).await;
    let waiting = eventually("the mail is refused", async || {
        let mail: MailStatus = daemon.client.get("/v1/mail").await.unwrap();
        mail.waiting.into_iter().find(|notice| {
            serde_json::to_value(&notice.recipients[0]).unwrap()["attempts"].as_u64() > Some(0)
        })
    })
    .await;
    assert_eq!(waiting.recipients[0].to, "信息员");
    let said = daemon.say(&["mail", "dead"]);
    assert!(said.out.contains("等待发送 1 份") && said.out.contains("已试 1 次"), "{}", said.out);
    assert!(said.out.contains("451 4.7.1 greylisted"), "{}", said.out);
    // It waits for its own time; nothing was given up that could be hurried.
    let retried = daemon.say(&["mail", "retry", waiting.id.as_str()]);
    assert_eq!(retried.code, 0, "{}", retried.err);
    let unknown = daemon.say(&["mail", "retry", "digest.nobody.20221127"]);
    assert!(unknown.err.contains("no notice `digest.nobody.20221127`"), "{}", unknown.err);
    assert_eq!(unknown.code, 1);
    let status: Status = daemon.status().await;
    assert_eq!((status.outbox, status.dead_letters.len()), (1, 0));
}

/// Plays a mail server that is down for a week, by a clock that is moved; every notice that is planned meanwhile counts.
#[tokio::test]
async fn a_server_that_is_down_for_a_week_loses_nothing() {
    let web = Web::start().await;
    let down = vec![Manner::GreetsWith("421 4.3.2 down"); 4000];
    let post = Server::start(&down).await;
    let units: Vec<Unit> = ["fagaiwei", "shenjiju", "sifaju"]
        .into_iter()
        .map(|id| Unit::new(id, id).column("c", "栏目", web.url(&format!("/{id}"))))
        .collect();
    let county = County::new(&web, &units);
    for unit in ["fagaiwei", "shenjiju", "sifaju"] {
        web.tell(&format!("/{unit}"), Answer::page(list_page(&[("通知", county.days_ago(300))])));
    }
    let daemon = Daemon::start(&county).await;
    for unit in ["fagaiwei", "shenjiju", "sifaju"] {
        daemon.stands(&format!("{unit}/c"), "overdue").await;
    }
    assert!(daemon.stop().await.success());

    county.configure(Digests::Now, Post::Smtp(post.address));
    let config = Config::load(&county.config()).unwrap();
    let rules = Rules::load(&config.rules, None).unwrap();
    let started = crate::support::now().with_nanosecond(0).unwrap();
    let clock = Stepped::at(started);
    let mut tasks = Tasks::build(&config, rules, Clock::Stepped(clock.clone())).unwrap();
    // Units get no mail before every source has been judged once.
    tasks.judge.turn().unwrap();
    while clock.now() < started + TimeDelta::days(7) {
        let next = tasks.mailer.turn().await.unwrap();
        assert!(post.messages().is_empty());
        clock.step_to(next.max(clock.now() + TimeDelta::minutes(1)).min(clock.now() + TimeDelta::hours(6)));
    }
    let given_up = tasks.line.store.dead_notices().unwrap();
    let waiting = tasks.line.store.outbox().unwrap();
    let held: BTreeSet<String> =
        given_up.iter().chain(&waiting).map(|notice| notice.id.to_string()).collect();
    println!("after a week: {} given up and shown, {} waiting", given_up.len(), waiting.len());
    for unit in ["fagaiwei", "shenjiju", "sifaju"] {
        assert!(held.iter().any(|id| id.starts_with(&format!("digest.{unit}."))), "{held:?}");
    }
    assert!(given_up.len() >= 3, "five days are over: {held:?}");

    post.behave();
    for notice in &given_up {
        tasks.line.retry_notice(&notice.id).unwrap().unwrap();
    }
    clock.step_to(clock.now() + TimeDelta::hours(7));
    tasks.mailer.turn().await.unwrap();
    let arrived: Vec<String> = post
        .messages()
        .iter()
        .map(|message| message.id().trim_start_matches('<').split('@').next().unwrap().to_owned())
        .collect();
    let distinct: BTreeSet<String> = arrived.iter().cloned().collect();
    assert_eq!(arrived.len(), distinct.len(), "none twice: {arrived:?}");
    assert!(held.is_subset(&distinct), "{held:?} not all in {distinct:?}");
    assert!(tasks.line.store.dead_notices().unwrap().is_empty());
}

#[tokio::test]
async fn a_mail_of_every_kind_can_be_looked_at_before_any_is_sent() {
    let web = Web::start().await;
    let county =
        County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "规划计划", web.url("/c"))]);
    let config = county.config();
    let config = config.to_str().unwrap();
    for kind in ["due-soon", "overdue", "blank", "reminder", "recovery", "mixed", "operator"] {
        for form in ["html", "txt", "eml"] {
            let out = county.path(&format!("{kind}.{form}"));
            let arguments = ["--kind", kind, "--out", out.to_str().unwrap(), "--config", config];
            let said = say(&[&["mail", "preview", "--unit", "fagaiwei"], &arguments[..]].concat());
            assert_eq!(said.code, 0, "{}", said.err);
            let written = std::fs::read_to_string(&out).unwrap();
            let is_named = form == "eml" || kind == "operator" || written.contains("规划计划");
            assert!(is_named && written.len() > 200, "{kind} {form}: {written}");
        }
    }
    let said = say(&["mail", "preview", "--unit", "nobody", "--out", "x.html", "--config", config]);
    assert!(said.err.contains("there is no unit `nobody`"), "{}", said.err);
}

/// On two threads: the command is waited for while the server answers it.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_goes_out_by_the_configured_way() {
    let (web, post) = (Web::start().await, Server::start(&[]).await);
    let county =
        County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "规划计划", web.url("/c"))]);
    county.configure(Digests::Now, Post::Smtp(post.address));
    let config = county.config();
    let said = say(&["mail", "test", "operator@langxi.example", "--config", config.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(post.messages()[0].to, ["RCPT TO:<operator@langxi.example>"]);
    let said = say(&["mail", "test", "operator", "--config", config.to_str().unwrap()]);
    assert!(said.err.contains("is not a mail address"), "{}", said.err);
}

#[tokio::test]
async fn check_names_every_mistake_in_an_offices_own_templates() {
    let web = Web::start().await;
    let county =
        County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "规划计划", web.url("/c"))]);
    let templates = county.path("templates");
    std::fs::create_dir(&templates).unwrap();
    std::fs::write(templates.join("digest.txt"), "{{ unit }}: {{ no_such_thing }}").unwrap();
    county.configure(Digests::Now, Post::Files);
    county.add("templates = \"templates\"\n");
    let config = county.config();
    let check = || say(&["check", "--config", config.to_str().unwrap()]);
    let said = check();
    assert!(said.out.contains("mail.templates: ") && said.out.contains("digest.txt"), "{}", said.out);
    std::fs::write(templates.join("digest.txt"), "{{ unit }}").unwrap();
    assert_eq!(check().code, 0, "{}", check().out);
    let out = county.path("own.txt");
    say(&["mail", "preview", "--out", out.to_str().unwrap(), "--config", config.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(out).unwrap(), "县样本局");
}

#[tokio::test]
async fn check_names_units_that_a_robot_waits_for_in_vain() {
    let web = Web::start().await;
    let county =
        County::new(&web, &[Unit::new("fagaiwei", "县发改委").column("c", "规划计划", web.url("/c"))]);
    std::fs::write(county.path("robot"), "https://robot.example/send?key=k3y").unwrap();
    county.add(
        "[[channel]]\nname = \"group\"\nplatform = \"wecom\"\naddress-file = \"robot\"\nunits = [\"fagaiwie\"]\n",
    );
    let said = say(&["check", "--config", county.config().to_str().unwrap()]);
    let expected = "channel `group` is to get the notices of `fagaiwie`, which is no unit of the rules";
    assert!(said.code != 0 && said.out.contains(expected), "{}", said.out);
}

/// The tasks of a county whose outbox holds a notice for each of these units, on a clock that stands still.
fn with_notices(county: &County, units: &[&str]) -> Tasks {
    let config = Config::load(&county.config()).unwrap();
    let rules = Rules::load(&config.rules, None).unwrap();
    let clock = Clock::Stepped(Stepped::at("2022-11-28T00:30:00Z".parse().unwrap()));
    let tasks = Tasks::build(&config, rules, clock).unwrap();
    for unit in units {
        let raised = News::Raised { level: Level::Overdue };
        let notice = Some(notice(unit, raised, "a@langxi.example"));
        tasks
            .line
            .store
            .post_digest(&PlannedDigest { notice, told: Vec::new() }, tasks.line.clock.now())
            .unwrap();
    }
    tasks
}

#[tokio::test]
async fn a_mailer_that_is_told_to_stop_ends_the_mail_under_way_and_begins_another_only_where_none_follows_it()
{
    for (is_for_good, sent) in [(false, 1), (true, 3)] {
        let (web, post) = (Web::start().await, Server::start(&[]).await);
        let units = ["fagaiwei", "shenjiju", "sifaju"];
        let county = County::new(&web, &units.map(|id| Unit::new(id, id)));
        county.configure(Digests::Later, Post::Smtp(post.address));
        let tasks = with_notices(&county, &units);
        let (stop, for_good) = (CancellationToken::new(), CancellationToken::new());
        if is_for_good {
            for_good.cancel();
        }
        post.take_only(0);
        let running = tasks.mailer.run(stop.clone(), for_good);
        let stopping = async {
            post.has_kept_waiting(1).await;
            stop.cancel();
            post.take_all();
        };
        let (ended, ()) = tokio::join!(running, stopping);
        ended.unwrap();
        assert_eq!(post.messages().len(), sent);
    }
}

#[tokio::test]
async fn each_notice_that_is_given_up_is_a_matter_of_its_own_and_over_once_a_person_lets_it_be() {
    let web = Web::start().await;
    let units = ["fagaiwei", "shenjiju"];
    let county = County::new(&web, &units.map(|id| Unit::new(id, id)));
    let mut tasks = with_notices(&county, &[]);
    let store = tasks.line.store.clone();
    let now = tasks.line.clock.now();
    let given_up = || {
        let matters =
            store.operator_matters().unwrap().into_iter().filter(|matter| matter.ended_at.is_none());
        matters.map(|matter| matter.key.to_string()).collect::<Vec<_>>()
    };
    let give_up = |unit: &str| {
        let mut notice = notice(unit, News::Raised { level: Level::Overdue }, "a@langxi.example");
        notice.recipients[0].outcome =
            Outcome::Dead { at: now, death: Death::Refused, error: "550 unknown".into() };
        let id = notice.id.clone();
        store.post_digest(&PlannedDigest { notice: Some(notice), told: Vec::new() }, now).unwrap();
        id
    };
    let first = give_up("fagaiwei");
    tasks.mailer.turn().await.unwrap();
    assert_eq!(given_up(), ["dead.digest.fagaiwei.20221128"]);
    give_up("shenjiju");
    tasks.mailer.turn().await.unwrap();
    assert_eq!(given_up(), ["dead.digest.fagaiwei.20221128", "dead.digest.shenjiju.20221128"]);
    tasks.line.dismiss_notice(&first).unwrap().unwrap();
    tasks.mailer.turn().await.unwrap();
    assert_eq!(given_up(), ["dead.digest.shenjiju.20221128"]);
}
