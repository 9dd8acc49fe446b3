//! Bulletins: drafted at any time, issued once, kept for ever.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::bulletin::{Bulletin, Month};
use crate::daemon::{IssueFailure, Line, Wanted};
use crate::serve::door::Door;
use crate::serve::refusal::{Answer, Refusal};
use crate::serve::view::{BulletinSummary, Bulletins};
use crate::store::StoreError;

pub(super) async fn bulletins(State(door): State<Door>) -> Answer<Bulletins> {
    let issued: Vec<Bulletin> = door.line.store.bulletins()?;
    let summary = |bulletin: &Bulletin| BulletinSummary {
        month: bulletin.month.to_string(),
        version: bulletin.version,
        cutoff: bulletin.cutoff,
        dated: bulletin.dated,
    };
    Ok(Json(Bulletins { as_of: door.line.clock.now(), bulletins: issued.iter().map(summary).collect() }))
}

pub(super) async fn issued_bulletin(
    State(door): State<Door>,
    month: Result<Path<String>, PathRejection>,
) -> Answer<Bulletin> {
    let Path(month) = month?;
    let month = read_month(&month)?;
    let issued: Vec<Bulletin> = door.line.store.bulletins()?;
    issued.into_iter().rfind(|bulletin| bulletin.month == month).map(Json).ok_or_else(|| {
        Refusal::not_found(
            format!("no bulletin of {month} has been issued"),
            format!("a draft is at /v1/bulletins/{month}/draft"),
        )
    })
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct DraftQuery {
    /// The day up to which it counts: the county's own where it is not given.
    cutoff: Option<NaiveDate>,
    /// The instant up to which what was learned counts: now where it is not given.
    as_of: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct IssueQuery {
    /// The day up to which it counts: the county's own where it is not given.
    cutoff: Option<NaiveDate>,
    /// Whether it is issued although some sources could not be verified.
    #[serde(default)]
    accept_unverified: bool,
}

pub(super) async fn draft_bulletin(
    State(door): State<Door>,
    month: Result<Path<String>, PathRejection>,
    query: Result<Query<DraftQuery>, QueryRejection>,
) -> Answer<Bulletin> {
    let Path(month) = month?;
    let Query(query) = query?;
    let wanted = Wanted { month: read_month(&month)?, cutoff: query.cutoff, as_of: query.as_of };
    at_leisure(door, move |line| line.draft_bulletin(&wanted)).await
}

pub(super) async fn issue_bulletin(
    State(door): State<Door>,
    month: Result<Path<String>, PathRejection>,
    query: Result<Query<IssueQuery>, QueryRejection>,
) -> Answer<Bulletin> {
    let Path(month) = month?;
    let Query(query) = query?;
    let month = read_month(&month)?;
    at_leisure(door, move |line| line.issue_bulletin(month, query.cutoff, query.accept_unverified)).await
}

/// A bulletin replays what was known of every source: work for a thread of its own, one at a time.
async fn at_leisure(
    door: Door,
    work: impl FnOnce(&Line) -> Result<Bulletin, IssueFailure> + Send + 'static,
) -> Answer<Bulletin> {
    let busy = |_| {
        let error = "another bulletin is being made";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error, "try again in a minute")
    };
    let turn = Arc::clone(&door.press).try_acquire_owned().map_err(busy)?;
    let made = tokio::task::spawn_blocking(move || {
        let _until_done = turn;
        work(&door.line)
    });
    let failed = |error: tokio::task::JoinError| {
        tracing::error!("making a bulletin failed: {error}");
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the bulletin could not be made",
            "see the daemon's log",
        )
    };
    made.await.map_err(failed)?.map(Json).map_err(|failure| not_issued(&failure))
}

fn not_issued(failure: &IssueFailure) -> Refusal {
    let (status, hint) = match failure {
        IssueFailure::OtherMonth(..) => {
            (StatusCode::BAD_REQUEST, "name a day of the month itself with cutoff")
        }
        IssueFailure::TooEarly(_) => {
            (StatusCode::CONFLICT, "wait for the cut-off, or name an earlier one with cutoff")
        }
        IssueFailure::Unverified(_) => (
            StatusCode::CONFLICT,
            "see `unverified` in the draft; recheck them, or accept that they are left out with accept_unverified",
        ),
        IssueFailure::Refused(_) => (
            StatusCode::CONFLICT,
            "the draft contradicts itself, which is a fault of xuncha: please report it",
        ),
        IssueFailure::Store(StoreError::AlreadyIssued { .. }) => {
            (StatusCode::CONFLICT, "`xuncha bulletin export MONTH` shows it")
        }
        IssueFailure::Store(_) => {
            tracing::error!("cannot make a bulletin: {failure}");
            (StatusCode::INTERNAL_SERVER_ERROR, "see the daemon's log")
        }
    };
    Refusal::new(status, failure.to_string(), hint)
}

fn read_month(text: &str) -> Result<Month, Refusal> {
    text.parse().map_err(|_| Refusal::bad_request(format!("`{text}` is not a month"), "wanted: 2022-12"))
}
