//! Starting and stopping: signals, locks and sockets.

use std::os::unix::fs::FileTypeExt;

use xuncha::rules::SourceId;
use xuncha::store::Store;

use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, xuncha};
use crate::support::web::{Answer, Web, list_page};

async fn county() -> (Web, County) {
    let web = Web::start().await;
    let county = County::new(
        &web,
        &[Unit::new("fagaiwei", "县发改委").column("jihua", "规划计划", web.url("/jihua"))],
    );
    web.tell("/jihua", Answer::page(list_page(&[("通知", county.days_ago(10))])));
    (web, county)
}

#[tokio::test]
async fn a_signal_ends_it_with_code_0_and_leaves_no_socket_and_an_orderly_store() {
    let (_web, county) = county().await;
    let daemon = Daemon::start(&county).await;
    daemon.stands("fagaiwei/jihua", "fresh").await;
    let ended = daemon.stop().await;
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(!county.socket().exists());
    let store = Store::open(&county.path("state"), "langxi").unwrap();
    let held = store.source(&SourceId::new("fagaiwei/jihua")).unwrap();
    assert_eq!(held.record.newest().unwrap().date, county.days_ago(10));
    assert!(held.poll.unwrap().polled_at.is_some());
}

#[tokio::test]
async fn a_signal_lets_a_poll_under_way_end_and_writes_it_down() {
    let (web, county) = county().await;
    web.answer_only(0);
    let daemon = Daemon::start(&county).await;
    web.was_asked(1).await;
    let stopping = daemon.stop();
    let answering = async {
        tokio::task::yield_now().await;
        web.answer_all();
    };
    let (ended, ()) = tokio::join!(stopping, answering);
    assert_eq!(ended.code(), Some(0));
    let store = Store::open(&county.path("state"), "langxi").unwrap();
    let held = store.source(&SourceId::new("fagaiwei/jihua")).unwrap();
    assert!(held.record.newest().is_some());
}

#[tokio::test]
async fn a_second_daemon_on_the_same_socket_is_refused_and_the_first_goes_on() {
    let (_web, county) = county().await;
    let first = Daemon::start(&county).await;
    let second = xuncha(&["run", "--config"]).arg(county.config()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    let expected = format!("another daemon is serving on `{}`: stop it first", county.socket().display());
    assert!(said.contains(&expected), "{said}");
    first.status().await;
}

#[tokio::test]
async fn a_second_daemon_on_the_same_state_is_refused_and_the_first_goes_on() {
    let (_web, county) = county().await;
    let first = Daemon::start(&county).await;
    let text = std::fs::read_to_string(county.config()).unwrap();
    let other = county.path("other.toml");
    std::fs::write(&other, text.replace("run/xuncha.sock", "run/other.sock")).unwrap();
    let second = xuncha(&["run", "--config"]).arg(&other).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    let expected = format!("another process has the store in `{}` open", county.path("state").display());
    assert!(said.contains(&expected), "{said}");
    first.status().await;
}

#[tokio::test]
async fn the_socket_that_a_killed_daemon_left_is_replaced() {
    let (_web, county) = county().await;
    Daemon::start(&county).await.kill();
    let left = std::fs::symlink_metadata(county.socket()).unwrap();
    assert!(left.file_type().is_socket());
    let daemon = Daemon::start(&county).await;
    daemon.stands("fagaiwei/jihua", "fresh").await;
}

#[tokio::test]
async fn a_store_of_another_county_is_refused() {
    let (_web, county) = county().await;
    assert!(Daemon::start(&county).await.stop().await.success());
    std::fs::rename(county.path("crawl-rules/langxi"), county.path("crawl-rules/guangde")).unwrap();
    let said = xuncha(&["run", "--config"]).arg(county.config()).output().unwrap();
    assert_eq!(said.status.code(), Some(1));
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("langxi") && said.contains("guangde"), "{said}");
}
