//! Who may do what at the socket, with users that are really different. Only root can be somebody else.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use serde_json::Value;

use crate::support::county::{County, Unit};
use crate::support::daemon::{Daemon, Said};
use crate::support::web::{Answer, Web, list_page};

/// A user and a group that every system has, and nobody else of ours.
const NOBODY: u32 = 65_534;

/// Whether tests may be other users here; says so aloud if not.
fn can_be_others() -> bool {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let has = |program| Command::new(program).arg("--version").output().is_ok();
    let can = is_root && has("setpriv") && has("curl");
    if !can {
        eprintln!("skipped: only root, with `setpriv` and `curl`, can ask as another user");
    }
    can
}

/// A county whose socket is set up like that, and everybody may reach.
async fn county(access: &str) -> (Web, County, Daemon) {
    let web = Web::start().await;
    let units = [Unit::new("shenjiju", "县审计局").column("jihua", "规划计划", web.url("/fresh"))];
    let county = County::new(&web, &units);
    web.tell("/fresh", Answer::page(list_page(&[("通知", county.days_ago(20))])));
    county.set_socket(&format!("{{ path = \"run/xuncha.sock\", {access} }}"));
    for directory in [county.path(""), county.path("run")] {
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    (web, county, daemon)
}

/// Asks as this user and group; the status and the body.
fn ask_as(uid: u32, gid: u32, county: &County, method: &str, address: &str) -> (String, String) {
    let output = Command::new("setpriv")
        .args([&format!("--reuid={uid}"), &format!("--regid={gid}"), "--clear-groups"])
        .args(["curl", "--silent", "--show-error", "--write-out", "\\n%{http_code}", "--unix-socket"])
        .arg(county.socket())
        .args(["--request", method, &format!("http://xuncha{address}")])
        .output()
        .unwrap();
    let said = Said::from(output);
    let (body, status) = said.out.rsplit_once('\n').unwrap_or_default();
    (format!("{status}{}", said.err), body.to_owned())
}

const RECHECK: &str = "/v1/sources/shenjiju/jihua/recheck";

#[tokio::test]
async fn others_read_and_do_not_write() {
    if !can_be_others() {
        return;
    }
    let (_web, county, daemon) = county("mode = \"0666\"").await;
    assert_eq!(ask_as(NOBODY, NOBODY, &county, "GET", "/v1/status").0, "200");
    let (status, body) = ask_as(NOBODY, NOBODY, &county, "POST", RECHECK);
    assert_eq!(status, "403");
    assert!(body.contains("(uid 65534) may not write here") && body.contains("write-uids"), "{body}");
    assert!(daemon.log().contains("refused POST /v1/sources/shenjiju/jihua/recheck"), "{}", daemon.log());
    assert_eq!(ask_as(0, 0, &county, "POST", RECHECK).0, "202", "root may always");
}

/// Every address that changes anything.
const WRITES: [&str; 10] = [
    RECHECK,
    "/v1/records",
    "/v1/alerts/shenjiju/jihua/ack?by=x&note=x",
    "/v1/silences?of=shenjiju&by=x&reason=x&until=2022-12-01",
    "/v1/exemptions?of=shenjiju/jihua&by=x&reason=x&evidence=x&approver=x&until=2022-12-01",
    "/v1/release?by=x&reason=x",
    "/v1/mail/any/retry",
    "/v1/mail/any/dismiss",
    "/v1/reload",
    "/v1/bulletins/2022-11/issue",
];

#[tokio::test]
async fn whoever_may_only_read_changes_nothing_whatever_they_ask_for() {
    if !can_be_others() {
        return;
    }
    let (_web, county, daemon) = county("mode = \"0666\"").await;
    for address in WRITES {
        assert_eq!(ask_as(NOBODY, NOBODY, &county, "POST", address).0, "403", "{address}");
    }
    let alerts: Value = daemon.client.get("/v1/alerts").await.unwrap();
    assert_eq!(alerts["acts"].as_array().unwrap().len(), 0, "{alerts}");
}

#[tokio::test]
async fn users_and_groups_that_are_named_may_write() {
    if !can_be_others() {
        return;
    }
    let (_web, county, _daemon) = county("mode = \"0666\", write-uids = [65534], write-gids = [4242]").await;
    assert_eq!(ask_as(NOBODY, NOBODY, &county, "POST", RECHECK).0, "202");
    assert_eq!(ask_as(65_533, 4242, &county, "POST", RECHECK).0, "202");
    assert_eq!(ask_as(65_533, 65_533, &county, "POST", RECHECK).0, "403");
}

#[tokio::test]
async fn others_may_be_shut_out_altogether() {
    if !can_be_others() {
        return;
    }
    let (_web, county, _daemon) = county("mode = \"0666\", others = \"nothing\"").await;
    let (status, body) = ask_as(NOBODY, NOBODY, &county, "GET", "/v1/status");
    assert_eq!(status, "403");
    assert!(body.contains("may not read here"), "{body}");
}

#[tokio::test]
async fn with_its_usual_mode_strangers_cannot_even_connect() {
    if !can_be_others() {
        return;
    }
    let (_web, county, _daemon) = county("others = \"read\"").await;
    let (status, _) = ask_as(NOBODY, NOBODY, &county, "GET", "/v1/status");
    assert!(status.starts_with("000") && status.contains("onnect"), "{status}");
}

#[tokio::test]
async fn every_write_is_on_record_with_who_did_it() {
    if !can_be_others() {
        return;
    }
    let (_web, county, daemon) = county("mode = \"0666\", write-uids = [65534]").await;
    ask_as(NOBODY, NOBODY, &county, "POST", RECHECK);
    ask_as(65_533, 65_533, &county, "POST", RECHECK);
    ask_as(NOBODY, NOBODY, &county, "POST", "/v1/sources/shenjiju/nothing/recheck");
    let alerts: Value = daemon.client.get("/v1/alerts").await.unwrap();
    let acts = alerts["acts"].as_array().unwrap();
    let told: Vec<_> = acts.iter().map(|act| (act["uid"].as_u64(), act["status"].as_u64())).collect();
    assert_eq!(told, [(Some(65_534), Some(404)), (Some(65_534), Some(202))], "{acts:?}");
    assert_eq!(acts[1]["what"], format!("POST {RECHECK}"));
    assert!(acts[1]["pid"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn a_socket_that_is_handed_over_is_used_as_it_is() {
    let web = Web::start().await;
    let units = [Unit::new("shenjiju", "县审计局").column("jihua", "规划计划", web.url("/fresh"))];
    let county = County::new(&web, &units);
    web.tell("/fresh", Answer::page(list_page(&[("通知", county.days_ago(20))])));
    // What a service manager does: it binds, and the daemon finds the socket as its third file.
    let handed = county.path("handed.sock");
    let listener = std::os::unix::net::UnixListener::bind(&handed).unwrap();
    let mut child = Command::new("sh")
        .args(["-c", "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" run --config \"$1\""])
        .arg(env!("CARGO_BIN_EXE_xuncha"))
        .arg(county.config())
        .stdin(std::os::fd::OwnedFd::from(listener))
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let client = xuncha::serve::Client::new(&handed);
    crate::support::eventually("it answers", async || client.get::<Value>("/v1/health").await.ok()).await;
    assert!(!county.socket().exists(), "it binds none of its own");
    let sent =
        Command::new("sh").args(["-c", "kill -TERM \"$0\"", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let ended = crate::support::eventually("it stops", async || child.try_wait().unwrap()).await;
    assert!(ended.success());
    assert!(handed.exists(), "whoever made it removes it");
}
