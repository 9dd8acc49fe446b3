//! The line from rules to mail: a real daemon against a real web server.

use std::net::TcpListener;

use chrono::TimeDelta;
use serde_json::Value;
use xuncha::alert::State;
use xuncha::assess::Cause;
use xuncha::serve::view::Alerts;

use crate::support::county::{County, Digests, Post, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::mail::Server;
use crate::support::web::{Answer, Web, empty_page, list_page, page_without_dates};

const TITLE: &str = "关于公布年度计划的通知";

/// A county with one unit and one column, `fagaiwei/jihua`, at `/jihua`.
fn county_of_one(web: &Web) -> County {
    County::new(web, &[Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"))])
}

const JIHUA: &str = "fagaiwei/jihua";

#[tokio::test]
async fn a_fresh_column_is_fresh_and_nobody_is_mailed() {
    let web = Web::start().await;
    let county = county_of_one(&web);
    let last = county.days_ago(10);
    web.tell("/jihua", Answer::page(list_page(&[(TITLE, last), ("更早的通知", county.days_ago(400))])));
    county.configure(Digests::Now, Post::Files);
    let daemon = Daemon::start(&county).await;
    let detail = daemon.stands(JIHUA, "fresh").await;
    assert_eq!(detail.source.last, Some(last));
    assert_eq!(detail.source.last_title.as_deref(), Some(TITLE));
    assert_eq!(detail.source.last_raw_date.as_deref(), Some(last.to_string().as_str()));
    assert_eq!(detail.source.last_url.as_deref(), Some(web.url("/article/1.html").as_str()));
    assert_eq!(detail.source.alert, State::Quiet);
    assert_eq!(detail.sightings.len(), 2);
    assert_eq!(daemon.say(&["status"]).code, 0);
    assert!(daemon.stop().await.success());
    assert_eq!(county.mails(), []);
    assert_eq!(web.asked().len(), 1, "a fresh column is not asked again so soon");
}

#[tokio::test]
async fn an_overdue_column_is_accused_after_two_full_looks_and_its_unit_gets_one_mail() {
    let (web, post) = (Web::start().await, Server::start(&[]).await);
    let county = county_of_one(&web);
    let page = Answer::page(list_page(&[(TITLE, county.days_ago(300))])).with("ETag", "\"a\"");
    web.tell("/jihua", page);
    county.configure(Digests::Later, Post::Smtp(post.address));

    let daemon = Daemon::start(&county).await;
    let source = daemon.stands(JIHUA, "overdue").await.source;
    assert!(source.days_left.unwrap() < 0);
    assert!(matches!(source.alert, State::Raised { .. }), "{:?}", source.alert);
    let looks = &source.full_looks;
    assert!(*looks.last().unwrap() - looks[0] >= TimeDelta::seconds(1), "{looks:?}");
    let asked = web.asked_for("/jihua");
    assert!(asked.len() >= 2);
    assert!(asked.iter().all(|asked| !asked.is_conditional() && asked.answered == 200), "{asked:?}");
    assert_eq!(daemon.say(&["status"]).code, 2);
    assert!(daemon.stop().await.success());
    assert_eq!(post.messages().len(), 0, "the digest is not due yet");

    for _start in 0..2 {
        county.configure(Digests::Now, Post::Smtp(post.address));
        let daemon = Daemon::start(&county).await;
        eventually("the mail arrives", async || (!post.messages().is_empty()).then_some(())).await;
        assert!(daemon.stop().await.success());
    }
    let [mail] = &post.messages()[..] else { panic!("one mail, not {}", post.messages().len()) };
    assert_eq!(mail.to, ["RCPT TO:<fagaiwei@langxi.example>"]);
    assert!(mail.id().starts_with("<digest.fagaiwei."), "{}", mail.id());
}

#[tokio::test]
async fn all_that_is_the_matter_with_a_unit_is_one_mail_in_the_drop_directory() {
    let web = Web::start().await;
    let units = [
        Unit::new("fagaiwei", "县发改委")
            .column("jihua", "规划计划", web.url("/jihua"))
            .column("renshi", "人事信息", web.url("/renshi"))
            .column("dongtai", "工作动态", web.url("/dongtai")),
        Unit::new("shenjiju", "县审计局").column("jihua", "规划计划", web.url("/dongtai")),
    ];
    let county = County::new(&web, &units);
    web.tell("/jihua", Answer::page(list_page(&[(TITLE, county.days_ago(300))])));
    web.tell("/renshi", Answer::page(empty_page()));
    web.tell("/dongtai", Answer::page(list_page(&[(TITLE, county.days_ago(3))])));
    let daemon = Daemon::start(&county).await;
    daemon.stands("fagaiwei/jihua", "overdue").await;
    daemon.stands("fagaiwei/renshi", "blank").await;
    daemon.stands("fagaiwei/dongtai", "fresh").await;
    assert!(daemon.stop().await.success());

    county.configure(Digests::Now, Post::Files);
    let daemon = Daemon::start(&county).await;
    eventually("the mail is written", async || (!county.mails().is_empty()).then_some(())).await;
    let is_noted = async || {
        let status = daemon.status().await;
        ((status.outbox, status.outbox_error) == (0, None)).then_some(())
    };
    eventually("its delivery is noted", is_noted).await;
    assert!(daemon.stop().await.success());
    let [(name, _)] = &county.mails()[..] else { panic!("one mail: {:?}", county.mails()) };
    assert!(name.starts_with("digest.fagaiwei.") && name.ends_with("@langxi.example.eml"), "{name}");
}

#[tokio::test]
async fn an_old_item_pinned_on_top_does_not_hide_a_new_one() {
    let web = Web::start().await;
    let county = county_of_one(&web);
    let last = county.days_ago(5);
    let page =
        list_page(&[("置顶：办事指南", county.days_ago(2000)), (TITLE, last), ("旧", county.days_ago(90))]);
    web.tell("/jihua", Answer::page(page));
    let daemon = Daemon::start(&county).await;
    let detail = daemon.stands(JIHUA, "fresh").await;
    assert_eq!(detail.source.last, Some(last));
    assert_eq!(detail.source.last_title.as_deref(), Some(TITLE));
}

#[tokio::test]
async fn a_page_in_gb18030_behind_a_redirect_is_read() {
    let web = Web::start().await;
    let county = county_of_one(&web);
    let title = "关于镕基同志讲话的通知";
    web.tell("/jihua", Answer::redirect("/moved"));
    web.tell("/moved", Answer::page_in_gb18030(&list_page(&[(title, county.days_ago(1))])));
    let daemon = Daemon::start(&county).await;
    let detail = daemon.stands(JIHUA, "fresh").await;
    assert_eq!(detail.source.last_title.as_deref(), Some(title));
}

#[tokio::test]
async fn publishing_quiets_the_alert_at_the_next_look() {
    let web = Web::start().await;
    let county = county_of_one(&web);
    let old = (TITLE, county.days_ago(300));
    web.tell("/jihua", Answer::page(list_page(&[old])).with("ETag", "\"old\""));
    let daemon = Daemon::start(&county).await;
    daemon.stands(JIHUA, "overdue").await;
    let raised: Alerts = daemon.client.get("/v1/alerts").await.unwrap();
    assert_eq!(raised.raised.len(), 1);

    let new = ("新的通知", county.days_ago(0));
    web.tell("/jihua", Answer::page(list_page(&[new, old])).with("ETag", "\"new\""));
    daemon.recheck(JIHUA).await;
    let detail = daemon.stands(JIHUA, "fresh").await;
    assert_eq!(detail.source.alert, State::Quiet);
    assert_eq!(detail.sightings[0].sighting.title, "新的通知");
    let alerts: Alerts = daemon.client.get("/v1/alerts").await.unwrap();
    assert!(alerts.raised.is_empty());
    let said = serde_json::to_value(&alerts.events[0].kind).unwrap().to_string();
    assert!(said.contains("resolved"), "{said}");
    assert!(daemon.stop().await.success());

    // Raised and resolved before the unit heard of it: nothing to say.
    county.configure(Digests::Now, Post::Files);
    let daemon = Daemon::start(&county).await;
    assert!(daemon.stop().await.success());
    assert_eq!(county.mails(), []);
}

#[tokio::test]
async fn what_cannot_be_known_is_unknown_everywhere_and_mailed_to_no_unit() {
    let web = Web::start().await;
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let units = [Unit::new("fagaiwei", "县发改委")
        .column("away", "无人应答", format!("http://{nobody}/"))
        .column("broken", "服务器出错", web.url("/broken"))
        .column("gone", "页面不存在", web.url("/gone"))
        .column("cut", "内容中断", web.url("/cut"))
        .column("dateless", "没有日期", web.url("/dateless"))
        .column("elsewhere", "跳转外站", web.url("/elsewhere"))];
    let county = County::new(&web, &units);
    let old = list_page(&[(TITLE, county.days_ago(300)), ("另一条", county.days_ago(400))]);
    web.tell("/broken", Answer::status(500));
    web.tell("/cut", Answer::page(old.clone()).cut_short());
    web.tell("/dateless", Answer::page(page_without_dates(&[TITLE, "另一条"])));
    web.tell("/elsewhere", Answer::redirect("http://localhost:9/"));

    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    let status = daemon.status().await;
    assert_eq!(status.counts, [("unknown".to_owned(), 6)].into());
    let expected = [
        ("away", "cannot fetch: cannot connect: "),
        ("broken", "cannot fetch: the server failed: HTTP 500"),
        ("gone", "cannot fetch: there is no such page: HTTP 404"),
        ("cut", "cannot fetch: the answer broke off: "),
        ("dateless", "cannot read: "),
        ("elsewhere", "cannot fetch: the page has moved to another host: http://localhost:9/"),
    ];
    let screen = daemon.say(&["status"]);
    assert_eq!(screen.code, 3, "{}", screen.out);
    for (id, start) in expected {
        let source = daemon.source(&format!("fagaiwei/{id}")).await.source;
        let cause = source.cause.clone().unwrap().to_string();
        assert!(cause.starts_with(start), "{id}: {cause}");
        assert_eq!(source.why, cause);
        assert_eq!((source.alert, source.failures, source.seen_at), (State::Quiet, 1, None), "{id}");
        assert!(source.failing_since.is_some());
        assert!(status.unknown.iter().any(|unknown| unknown.why == cause), "{id}: {:?}", status.unknown);
        let on_screen = source.cause.clone().unwrap().chinese();
        assert!(screen.out.contains(&on_screen), "{on_screen}\nis not in\n{}", screen.out);
        let of_one = daemon.say(&["status", &format!("fagaiwei/{id}")]);
        assert_eq!(of_one.code, 3);
        assert!(of_one.out.contains("未知") && of_one.out.contains(&on_screen), "{}", of_one.out);
    }
    assert!(daemon.stop().await.success());

    county.configure(Digests::Now, Post::Files);
    let daemon = Daemon::start(&county).await;
    assert!(daemon.client.get::<Alerts>("/v1/alerts").await.unwrap().raised.is_empty());
    assert!(daemon.stop().await.success());
    assert_eq!(county.mails(), []);
}

#[tokio::test]
async fn a_page_that_breaks_after_a_conviction_neither_clears_nor_accuses_again() {
    let web = Web::start().await;
    let county = county_of_one(&web);
    web.tell("/jihua", Answer::page(list_page(&[(TITLE, county.days_ago(300))])));
    let daemon = Daemon::start(&county).await;
    let raised = daemon.stands(JIHUA, "overdue").await.source.alert;
    for broken in
        [Answer::status(502), Answer::page(page_without_dates(&[TITLE])), Answer::page(empty_page())]
    {
        web.tell("/jihua", broken);
        let polled_at = daemon.source(JIHUA).await.source.polled_at;
        daemon.recheck(JIHUA).await;
        let source = eventually("it is polled again", async || {
            let source = daemon.source(JIHUA).await.source;
            (source.polled_at != polled_at).then_some(source)
        })
        .await;
        assert_eq!(source.standing, "unknown");
        assert!(
            matches!(source.cause, Some(Cause::CannotFetch(_) | Cause::CannotRead(_) | Cause::Redesigned(_))),
            "{:?}",
            source.cause
        );
        assert_eq!(source.alert, raised);
    }
}

#[tokio::test]
async fn a_recheck_asks_in_full_even_where_a_tag_is_known() {
    let web = Web::start().await;
    let county = county_of_one(&web);
    let page = Answer::page(list_page(&[(TITLE, county.days_ago(10))]));
    web.tell("/jihua", page.with("ETag", "W/\"7-x\"").with("Last-Modified", "Mon, 05 Dec 2022 08:00:00 GMT"));
    let daemon = Daemon::start(&county).await;
    daemon.stands(JIHUA, "fresh").await;
    daemon.recheck(JIHUA).await;
    web.was_asked(2).await;
    assert!(web.asked().iter().all(|asked| !asked.is_conditional()));
    eventually("the poll is counted", async || {
        let health: Value = daemon.client.get("/v1/health").await.unwrap();
        (health["polls"] == 2 && health["unchanged"] == 1).then_some(())
    })
    .await;
}
