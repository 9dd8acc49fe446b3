//! Errors as the door answers them: always one object, always with what to do next.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::view::ErrorBody;
use crate::store::StoreError;

/// A status, what is wrong, and what to do.
#[derive(Debug)]
pub(super) struct Refusal(StatusCode, ErrorBody);

/// An answer in JSON, or a refusal.
pub(super) type Answer<T> = Result<Json<T>, Refusal>;

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self(status, ErrorBody { error: error.into(), hint: hint.into() })
    }

    pub(super) fn bad_request(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    pub(super) fn not_found(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    pub(super) fn conflict(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error, hint)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!("cannot answer on the socket: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), "see the daemon's log")
    }
}

impl From<QueryRejection> for Refusal {
    fn from(error: QueryRejection) -> Self {
        Self::bad_request(error.body_text(), "see the README for the parameters of each address")
    }
}

impl From<PathRejection> for Refusal {
    fn from(error: PathRejection) -> Self {
        Self::bad_request(error.body_text(), "addresses are UTF-8, percent-encoded")
    }
}
