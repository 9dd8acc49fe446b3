//! Answers made from the snapshot: one snapshot for a whole answer, and none where the reader has it already.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::serve::door::Door;
use crate::serve::snapshot::Snapshot;

/// The snapshot that an answer is made from.
#[derive(Debug, Clone)]
pub(in crate::serve) struct Shown(pub(in crate::serve) Arc<Snapshot>);

impl FromRequestParts<Door> for Shown {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self(door.shown())))
    }
}

/// Answers 304 to whoever has the present snapshot. The tag is weak: under one tag all is the same but `as_of`.
pub(super) async fn if_changed(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let shown = door.shown();
    let Ok(tag) = HeaderValue::from_str(&door.tag_of(&shown)) else { return next.run(request).await };
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let held = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if is_read && held.is_some_and(|held| names(held, tag.to_str().unwrap_or_default())) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    request.extensions_mut().insert(Shown(shown));
    let mut response = next.run(request).await;
    if response.status().is_success() {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Whether a list of tags names this one, weakly compared.
fn names(list: &str, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|held| bare(held) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_however_strong_it_is_said_to_be() {
        for list in ["W/\"a-1\"", "\"a-1\"", "\"x\", W/\"a-1\"", "*"] {
            assert!(names(list, "W/\"a-1\""), "{list}");
        }
        for list in ["", "\"a-2\"", "a-1", "W/a-1"] {
            assert!(!names(list, "W/\"a-1\""), "{list}");
        }
    }
}
