//! What the demo's server sends: the responses of an ordinary web server, and one that breaks off.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Response, StatusCode, header};

pub(super) fn html(body: Vec<u8>, tag: Option<&str>) -> Response<Body> {
    // As on many real sites, the header does not say the charset.
    let mut response = of_type("text/html", body);
    if let Some(tag) = tag.and_then(|tag| tag.parse().ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

pub(super) fn of_type(content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Says of a response that whoever asked was turned away.
#[derive(Debug, Clone, Copy)]
pub(super) struct TurnedAway;

/// A refusal, whatever its status.
pub(super) fn refused(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = of_type("text/html; charset=utf-8", body);
    *response.status_mut() = status;
    response.extensions_mut().insert(TurnedAway);
    response
}

pub(super) fn moved(to: &str) -> Response<Body> {
    let mut response = plain(StatusCode::FOUND, "");
    response.headers_mut().extend(to.parse().ok().map(|to| (header::LOCATION, to)));
    response
}

pub(super) fn not_modified(tag: &str) -> Response<Body> {
    let mut response = html(Vec::new(), Some(tag));
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

/// Announces the whole body, sends half of it, and breaks off.
pub(super) fn truncated(body: Vec<u8>) -> Response<Body> {
    let length = body.len();
    let half = Bytes::from(body).slice(..length / 2);
    let mut response = of_type("text/html", Body::new(BreaksOff(Some(half))));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

/// A body that gives one piece and then fails.
struct BreaksOff(Option<Bytes>);

impl HttpBody for BreaksOff {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(piece) => Ok(hyper::body::Frame::data(piece)),
            None => Err("the demo's site breaks off here".into()),
        }))
    }
}
