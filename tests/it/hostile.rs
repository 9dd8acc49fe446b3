//! Clients that mean no good, or do not know better. The daemon polls on and answers everybody else.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::support::county::{County, Unit};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use crate::support::web::{Answer, Web, list_page};

async fn county() -> (Web, County, Daemon) {
    let web = Web::start().await;
    let units = [Unit::new("shenjiju", "县审计局").column("jihua", "规划计划", web.url("/fresh"))];
    let county = County::new(&web, &units);
    web.tell("/fresh", Answer::page(list_page(&[("通知", county.days_ago(20))])));
    let daemon = Daemon::start(&county).await;
    daemon.has_polled_all().await;
    (web, county, daemon)
}

async fn connect(county: &County) -> UnixStream {
    UnixStream::connect(county.socket()).await.unwrap()
}

/// The daemon answers a good client and polls what it is asked to.
async fn goes_on(web: &Web, daemon: &Daemon) {
    let before = web.asked_for("/fresh").len();
    daemon.recheck("shenjiju/jihua").await;
    eventually("it polls on", async || (web.asked_for("/fresh").len() > before).then_some(())).await;
    assert_eq!(daemon.status().await.counts.values().sum::<usize>(), 1);
}

/// Everything that comes until the daemon hangs up.
async fn rest_of(stream: &mut UnixStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset after its answer has been read tells what it told.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn two_hundred_idle_connections_keep_nobody_out() {
    let (web, county, daemon) = county().await;
    let mut idle = Vec::new();
    for _client in 0..200 {
        idle.push(connect(&county).await);
    }
    goes_on(&web, &daemon).await;
    for mut stream in idle {
        assert_eq!(rest_of(&mut stream).await, "", "it is hung up on without a word");
    }
}

#[tokio::test]
async fn one_byte_a_second_is_too_slow_for_a_head() {
    let (web, county, daemon) = county().await;
    let mut slow = connect(&county).await;
    let feeding = async {
        for byte in b"GET /v1/status HTTP/1.1\r\nhost: a-very-slow-client\r\n\r\n" {
            if slow.write_all(&[*byte]).await.is_err() {
                return "hung up on";
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        "heard to the end"
    };
    let (end, ()) = tokio::join!(feeding, goes_on(&web, &daemon));
    assert_eq!(end, "hung up on");
}

#[tokio::test]
async fn an_endless_head_is_refused_long_before_its_end() {
    let (web, county, daemon) = county().await;
    let mut stream = connect(&county).await;
    stream.write_all(b"GET /v1/status HTTP/1.1\r\nhost: x\r\nx-long: ").await.unwrap();
    let piece = [b'a'; 64 * 1024];
    let mut sent: u64 = 0;
    while sent < 1 << 30 && stream.write_all(&piece).await.is_ok() {
        sent += piece.len() as u64;
    }
    assert!(sent < 16 << 20, "{sent} bytes were taken");
    goes_on(&web, &daemon).await;
}

#[tokio::test]
async fn a_long_body_is_refused_unread() {
    let (web, county, daemon) = county().await;
    let mut stream = connect(&county).await;
    let head =
        "POST /v1/sources/shenjiju/jihua/recheck HTTP/1.1\r\nhost: x\r\ncontent-length: 1073741824\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest_of(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("\"hint\":\"send less\""), "{answer}");
    goes_on(&web, &daemon).await;
}

#[tokio::test]
async fn hanging_up_early_harms_nobody() {
    let (web, county, daemon) = county().await;
    for request in ["", "GET", "GET /v1/status HTTP/1.1\r\n", "GET /v1/sources HTTP/1.1\r\nhost: x\r\n\r\n"] {
        for _time in 0..20 {
            connect(&county).await.write_all(request.as_bytes()).await.unwrap();
        }
    }
    goes_on(&web, &daemon).await;
}

#[tokio::test]
async fn requests_sent_together_are_answered_one_after_the_other() {
    let (web, county, daemon) = county().await;
    let mut stream = connect(&county).await;
    let one = "GET /v1/units/shenjiju HTTP/1.1\r\nhost: x\r\n\r\n".repeat(49);
    let last = "GET /v1/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(format!("{one}{last}").as_bytes()).await.unwrap();
    let answers = rest_of(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 49);
    assert!(answers.rfind("HTTP/1.1 404") > answers.rfind("HTTP/1.1 200"), "in order");
    goes_on(&web, &daemon).await;
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let (web, county, daemon) = county().await;
    let garbage: [&[u8]; 4] =
        [b"\x16\x03\x01\x02\x00\x01", b"hello\r\n\r\n", &[0; 512], b"GET / HTTP/9.9\r\n\r\n"];
    for bytes in garbage {
        let mut stream = connect(&county).await;
        stream.write_all(bytes).await.unwrap();
        let answer = rest_of(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    goes_on(&web, &daemon).await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_does_not_hold_the_daemon_up() {
    let (web, county, daemon) = county().await;
    let mut greedy = Vec::new();
    for _client in 0..32 {
        let mut stream = connect(&county).await;
        let wish = "GET /v1/sources HTTP/1.1\r\nhost: x\r\n\r\n".repeat(400);
        // The daemon stops reading once its answers are not taken.
        let _ = stream.try_write(wish.as_bytes());
        stream.flush().await.unwrap();
        greedy.push(stream);
    }
    goes_on(&web, &daemon).await;
    let health: Value = daemon.client.get("/v1/health").await.unwrap();
    assert_eq!(health["sources"], 1);
    assert!(daemon.stop().await.success(), "nor does it keep the daemon from stopping");
}
