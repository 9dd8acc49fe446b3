//! Accepts connections and answers on them, within limits.
//!
//! Polling never waits for a reader, and no reader for another: every connection is a task of its own, their number is
//! bounded, a request's head must be small and come soon, a reader that takes nothing is cut off, and errors of accepting
//! are waited out. What is written is written to its end, whether or not the connection lasts so long.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse;
use futures_util::future::Either;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::guard::is_read;
use super::page_at::Browsing;
use super::patience::Patience;
use super::peer::{Peer, People};
use super::places::{Answering, Place, Places};
use super::refusal::Refusal;
use super::routes::Routes;
use super::writes::Writes;

/// Connections at one time, over one listener.
const MOST_CONNECTIONS: usize = 64;
/// A request's head must have come within this time, counted from the answer before it.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// The longest head of a request.
const LONGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// Making an answer takes no longer than this; sending it may, as long as it is read.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// A reader that takes nothing for so long is cut off.
const READER_TIME: Duration = Duration::from_secs(10);
/// After the word to stop, answers under way have so long to be read.
const LAST_TIME: Duration = Duration::from_secs(2);
/// A rest after a failed accept, such as one for want of file descriptors.
const REST: Duration = Duration::from_millis(500);

/// Where connections come from.
pub(super) trait Entrance: Send + Sync {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// The next connection, and who is at its other end.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, Caller)>> + Send;
}

/// Who is at the other end.
#[derive(Debug, Clone)]
pub(super) enum Caller {
    /// Somebody of this machine whom the system names.
    Peer(Peer),
    /// A browser, of whom nothing is known.
    Browser(Browsing),
}

/// The Unix socket: the system says who connects.
pub(super) struct SocketEntrance<'a> {
    pub(super) listener: &'a UnixListener,
    pub(super) people: &'a People,
}

impl Entrance for SocketEntrance<'_> {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, Caller)> {
        let (stream, _) = self.listener.accept().await?;
        let credentials = stream.peer_cred()?;
        let peer = self.people.peer(credentials.uid(), credentials.gid(), credentials.pid());
        Ok((stream, Caller::Peer(peer)))
    }
}

/// Answers by the routes of the moment until told to stop; then lets what is under way be read.
pub(super) async fn serve(
    entrance: &impl Entrance,
    routes: watch::Receiver<Routes>,
    stop: CancellationToken,
) {
    let places = Places::new(MOST_CONNECTIONS);
    let mut conversations = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = entrance.accept() => accepted,
        };
        while conversations.try_join_next().is_some() {}
        match accepted {
            Ok((stream, caller)) => match places.take() {
                Some(place) => {
                    let talk = converse(stream, caller, routes.clone(), place, stop.clone());
                    conversations.spawn(talk);
                }
                None => {
                    conversations.spawn(turn_away(stream));
                }
            },
            Err(error) => {
                warn!("cannot accept a connection: {error}");
                tokio::time::sleep(REST).await;
            }
        }
    }
    while conversations.join_next().await.is_some() {}
}

async fn converse<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    caller: Caller,
    routes: watch::Receiver<Routes>,
    place: Place,
    stop: CancellationToken,
) {
    let writes = Writes::default();
    answer_on(stream, caller, routes, &place, &writes, stop).await;
    writes.ended().await;
}

async fn answer_on<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    caller: Caller,
    routes: watch::Receiver<Routes>,
    place: &Place,
    writes: &Writes,
    stop: CancellationToken,
) {
    let service = service_fn(|request: Request<Incoming>| {
        let answering = place.answering();
        let is_write = !is_read(request.method());
        let routes = TowerToHyperService::new(routes.borrow().router());
        let answer = routes.call(from(caller.clone(), request));
        let answer = async move {
            let Ok(answer) = answer.await;
            answer.map(|body| until_read(body, answering))
        };
        let (answer, too_late): (_, fn() -> Response<Body>) = if is_write {
            let told = writes.begin(answer);
            let told = async move { told.await.unwrap_or_else(|_panicked| broken_off()) };
            (Either::Left(told), not_done_yet)
        } else {
            (Either::Right(answer), too_late)
        };
        async move {
            let answer = tokio::time::timeout(ANSWER_TIME, answer).await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|_elapsed| too_late()))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(Patience::new(stream, READER_TIME)), service);
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => if let Err(error) = ended {
            debug!("a connection ended early: {error}");
        },
        () = place.given_away() => debug!("an idle connection gave way to another"),
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _unread_answers_are_lost = tokio::time::timeout(LAST_TIME, connection).await;
        }
    }
}

fn from(caller: Caller, mut request: Request<Incoming>) -> Request<Incoming> {
    match caller {
        Caller::Peer(peer) => {
            request.extensions_mut().insert(peer);
        }
        Caller::Browser(browsing) => {
            request.extensions_mut().insert(browsing);
        }
    }
    request
}

/// The same body. The connection counts as being answered until all of it has been sent: somebody who listens, or takes a
/// long list, is not idle.
fn until_read(body: Body, answering: Answering) -> Body {
    Body::new(body.map_frame(move |frame| {
        let _until_the_last = &answering;
        frame
    }))
}

fn too_late() -> Response<Body> {
    let error = "the answer took too long";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error, "try again in a minute").into_response()
}

fn not_done_yet() -> Response<Body> {
    let error = "this takes longer than an answer may, and goes on";
    let hint = "look whether it has been done before you ask for it again: `xuncha alerts` lists the writes that have ended";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error, hint).into_response()
}

fn broken_off() -> Response<Body> {
    let hint = "see the daemon's log, and look whether it has been done before you ask for it again";
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "this broke off halfway", hint).into_response()
}

/// Says, without reading anything, that there is no place.
async fn turn_away(mut stream: impl AsyncWrite + Unpin) {
    let body = r#"{"error":"too many connections are being answered","hint":"try again in a minute"}"#;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 60\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let _gone = tokio::time::timeout(LAST_TIME, stream.write_all(answer.as_bytes())).await;
}
