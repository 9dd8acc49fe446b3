//! What the tests share: a web server and a mail server that do as they are told, a county on disk, a daemon of its own.

pub(crate) mod chat;
pub(crate) mod county;
pub(crate) mod daemon;
pub(crate) mod mail;
pub(crate) mod secure_mail;
pub(crate) mod text;
pub(crate) mod tls;
pub(crate) mod web;

use std::time::Duration;

use tokio::time::Instant;
use xuncha::clock::Clock;

/// How long anything may take at most, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Asks again and again until there is an answer, and gives up in the end.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

pub(crate) fn now() -> chrono::DateTime<chrono::Utc> {
    Clock::System.now()
}
