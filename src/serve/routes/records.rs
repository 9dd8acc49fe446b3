//! What a person saw of an account, put on record.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;

use crate::daemon::NotRecorded;
use crate::serve::door::Door;
use crate::serve::refusal::Refusal;
use crate::serve::view::{NewRecord, Recorded};

const A_RECORD: &str = "wanted, as JSON: source, date (2022-12-01), title, url, by, and if need be a note";

pub(super) async fn put_on_record(
    State(door): State<Door>,
    record: Result<Json<NewRecord>, JsonRejection>,
) -> Result<(StatusCode, Json<Recorded>), Refusal> {
    let Json(new) = record.map_err(|error| Refusal::bad_request(error.body_text(), A_RECORD))?;
    let recorded = door.put_on_record(new).map_err(|failure| match failure {
        NotRecorded::Store(error) => error.into(),
        NotRecorded::NoSuchSource(_) => Refusal::not_found(failure.to_string(), "GET /v1/sources lists them"),
        _ => Refusal::bad_request(failure.to_string(), A_RECORD),
    })?;
    Ok((StatusCode::CREATED, Json(recorded)))
}
