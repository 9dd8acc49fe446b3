//! Before any route: who may do what, how long a body may be; and after a write, the record of it, which is on disk before
//! the answer.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, HOST};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use tracing::{error, warn};

use super::aside::{aside, stopping};
use super::door::Door;
use super::page_at::{Browsing, is_local};
use super::peer::{May, Peer};
use super::refusal::Refusal;
use crate::store::Act;

/// The longest body of a request, in bytes.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// Refuses what a peer may not do, and writes down what was done.
pub(super) async fn guard(
    State(door): State<Door>,
    peer: Option<Extension<Peer>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let response = admit(&door, peer, request, next).await;
    door.line.counters.answers.count(started.elapsed());
    response
}

async fn admit(door: &Door, peer: Option<Extension<Peer>>, request: Request, next: Next) -> Response {
    let is_read = is_read(request.method());
    let Some(Extension(peer)) = peer else { return browse(is_read, request, next).await };
    let wanted = if is_read { May::Read } else { May::Write };
    if peer.may < wanted {
        warn!(
            peer.uid = peer.uid,
            "refused {} {} to `{}`",
            request.method(),
            request.uri().path(),
            peer.name
        );
        return not_allowed(&peer, wanted).into_response();
    }
    if is_read {
        return next.run(request).await;
    }
    if is_too_long(&request) {
        let error = format!("a request's body may hold {LONGEST_BODY} bytes at most");
        return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error, "send less").into_response();
    }
    let what = format!("{} {}", request.method(), request.uri());
    let response = next.run(request).await;
    match write_down(door, &peer, what, response.status()).await {
        Ok(()) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// Whether a request only asks to be shown something.
pub(super) fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Nobody knows who looks at the page, so it only shows.
async fn browse(is_read: bool, request: Request, next: Next) -> Response {
    if !is_read {
        return page_is_read_only().into_response();
    }
    let must_be_local = request.extensions().get::<Browsing>().is_none_or(|browsing| browsing.must_be_local);
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if must_be_local && !is_local(host) {
        let hint = "open it as http://localhost:PORT/, or set `open-to-network` of [page]";
        let error = format!("this page is for this machine only, not for `{host}`");
        return Refusal::new(StatusCode::FORBIDDEN, error, hint).into_response();
    }
    if !is_for_browsers(request.uri().path()) {
        return Refusal::new(
            StatusCode::FORBIDDEN,
            "this address is not for browsers: its answers name people",
            "ask the socket: `curl --unix-socket PATH http://localhost/v1/…`",
        )
        .into_response();
    }
    next.run(request).await
}

/// The page itself, its files, and what programs watch. All else under `/v1` tells to whom mail goes and who said what.
fn is_for_browsers(path: &str) -> bool {
    let is_file = [".csv", ".ics", ".svg"].iter().any(|end| path.ends_with(end));
    !path.starts_with("/v1/") || is_file || matches!(path, "/v1/health" | "/v1/metrics" | "/v1/openapi.json")
}

/// Puts on record what was done. What is answered as done is done even if the power fails, so all that was written is
/// brought to disk with it; and it is shown to whoever asks next.
async fn write_down(door: &Door, peer: &Peer, what: String, status: StatusCode) -> Result<(), Refusal> {
    let act = Act {
        at: door.line.clock.now(),
        uid: peer.uid,
        gid: peer.gid,
        pid: peer.pid,
        name: peer.name.clone(),
        what,
        status: status.as_u16(),
    };
    let (here, name) = (door.clone(), act.name.clone());
    let kept = aside(async move {
        here.line.store.record_act(&act)?;
        here.line.changes.note_other();
        here.look_at_changes()?;
        here.line.store.flush().await
    });
    kept.await.ok_or_else(stopping)?.map_err(|failed| {
        error!("what `{name}` did could not be recorded: {failed}");
        Refusal::from(failed)
    })
}

fn is_too_long(request: &Request) -> bool {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    announced.is_some_and(|length| length.parse().map_or(true, |length: usize| length > LONGEST_BODY))
}

fn page_is_read_only() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "the page is read-only",
        "writes go through the socket: `xuncha --help`",
    )
}

fn not_allowed(peer: &Peer, wanted: May) -> Refusal {
    let act = if wanted == May::Write { "write" } else { "read" };
    Refusal::new(
        StatusCode::FORBIDDEN,
        format!("`{}` (uid {}) may not {act} here", peer.name, peer.uid),
        "ask the operator: `write-uids`, `write-gids` and `others` of [socket] in xuncha.toml decide it",
    )
}
