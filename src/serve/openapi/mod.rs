//! The document that tells other programs what they may ask: OpenAPI 3.1, at `/v1/openapi.json`.
//!
//! It is written by the tests from the types of the answers and the list of routes (`written`), kept beside this file, and
//! served as it is; the tests fail where it is no longer what they would write.

#[cfg(test)]
mod described;
#[cfg(test)]
mod written;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The document.
const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn served() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
