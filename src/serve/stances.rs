//! What people say of sources, and their release of held mail: the writes of the socket that concern alerts.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

use super::door::Door;
use super::find::find;
use super::refusal::{Answer, Refusal};
use super::view::{Found, Released, StancesTaken};
use crate::alert::{self, Stance, StanceKind};
use crate::rules::{Source, SourceId};

/// No stance reaches further ahead.
const FURTHEST: Days = Days::new(366);

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct AckQuery {
    /// Who says so.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    by: String,
    /// What is being done about it.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    note: String,
}

/// `POST /v1/alerts/{unit}/{local}/ack`.
pub(super) async fn acknowledge(
    State(door): State<Door>,
    path: Result<Path<(String, String)>, PathRejection>,
    query: Result<Query<AckQuery>, QueryRejection>,
) -> Answer<StancesTaken> {
    let Path((unit, local)) = path?;
    let Query(AckQuery { by, note }) = query?;
    let id = SourceId::new(format!("{unit}/{local}"));
    let source = door.line.rules.source(&id).ok_or_else(|| {
        Refusal::not_found(format!("there is no source `{id}`"), "GET /v1/sources lists them")
    })?;
    let alert = door.line.stored(source)?.record.alert;
    if alert == alert::State::Quiet {
        return Err(Refusal::conflict(
            format!("no alert of `{id}` is raised"),
            "GET /v1/alerts lists those that are",
        ));
    }
    take(&door, vec![source], &by, &note, StanceKind::Acknowledged { alert }).await
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct SilenceQuery {
    /// A source, by its id, its name, or a unique part of either; a silence may be of a unit.
    of: String,
    /// Who says so.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    by: String,
    /// Why.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    reason: String,
    /// The last day of it, within a year.
    until: NaiveDate,
}

/// `POST /v1/silences`: of a source, or of all sources of a unit.
pub(super) async fn silence(
    State(door): State<Door>,
    query: Result<Query<SilenceQuery>, QueryRejection>,
) -> Answer<StancesTaken> {
    let Query(SilenceQuery { of, by, reason, until }) = query?;
    let until = end_of(&door, until)?;
    let sources = match find(&door.line.rules, of.trim()).map_err(|failure| failure.refusal(&of))? {
        Found::Unit(unit) => door.line.rules.sources_of(&unit).map(|source| source.id.clone()).collect(),
        Found::Source(id) => vec![id],
    };
    let sources = sources.iter().filter_map(|id: &SourceId| door.line.rules.source(id)).collect();
    take(&door, sources, &by, &reason, StanceKind::Silenced { until }).await
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ExemptionQuery {
    /// A source, by its id, its name, or a unique part of either; a silence may be of a unit.
    of: String,
    /// Who says so.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    by: String,
    /// Why.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    reason: String,
    /// What bears that out: a document's number, an address.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    evidence: String,
    /// Who allowed it.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    approver: String,
    /// The last day of it, within a year.
    until: NaiveDate,
}

/// `POST /v1/exemptions`: of one source; a unit as a whole is never exempt.
pub(super) async fn exempt(
    State(door): State<Door>,
    query: Result<Query<ExemptionQuery>, QueryRejection>,
) -> Answer<StancesTaken> {
    let Query(ExemptionQuery { of, by, reason, evidence, approver, until }) = query?;
    let until = end_of(&door, until)?;
    let (evidence, approver) = (given("evidence", &evidence)?, given("approver", &approver)?);
    let source = match find(&door.line.rules, of.trim()).map_err(|failure| failure.refusal(&of))? {
        Found::Source(id) => door.line.rules.source(&id),
        Found::Unit(_) => None,
    };
    let source = source.ok_or_else(|| {
        Refusal::bad_request(
            format!("`{of}` is a unit"),
            "name one of its sources: each exemption has its own reason",
        )
    })?;
    take(&door, vec![source], &by, &reason, StanceKind::Exempted { evidence, approver, until }).await
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseQuery {
    /// Who says so.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    by: String,
    /// Why.
    #[cfg_attr(test, schemars(length(max = 500), regex(pattern = r"\S")))]
    reason: String,
}

/// `POST /v1/release`: units get their mail again, whatever has turned bad so far.
pub(super) async fn release(
    State(door): State<Door>,
    query: Result<Query<ReleaseQuery>, QueryRejection>,
) -> Answer<Released> {
    let Query(ReleaseQuery { by, reason }) = query?;
    let released = door.line.release(&given("by", &by)?, &given("reason", &reason)?).await?;
    Ok(Json(Released { as_of: released.at, by: released.by, reason: released.reason }))
}

async fn take(
    door: &Door,
    sources: Vec<&Source>,
    by: &str,
    reason: &str,
    kind: StanceKind,
) -> Answer<StancesTaken> {
    let (by, reason, now) = (given("by", by)?, given("reason", reason)?, door.line.clock.now());
    let stance_on = |source: &Source| Stance {
        source: source.id.clone(),
        given_at: now,
        by: by.clone(),
        reason: reason.clone(),
        kind: kind.clone(),
    };
    let stances: Vec<Stance> = sources.into_iter().map(stance_on).collect();
    door.line.take_stances(stances.clone()).await?;
    Ok(Json(StancesTaken { as_of: now, stances }))
}

/// Whoever silences or exempts says who they are and why.
fn given(key: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 500 {
        return Err(Refusal::bad_request(
            format!("`{key}` is empty or too long"),
            "wanted: a text of at most 500 characters, for the record",
        ));
    }
    Ok(text.to_owned())
}

/// The end of the last day that it counts. A day in the past ends an earlier stance at once.
fn end_of(door: &Door, day: NaiveDate) -> Result<DateTime<Utc>, Refusal> {
    let calendar = door.line.calendar();
    let today = calendar.day_of(door.line.clock.now());
    if day > today + FURTHEST {
        return Err(Refusal::bad_request(
            format!("`until` is {day}, more than a year ahead"),
            "nothing is silenced or exempt for ever: name a day within a year, and renew it then",
        ));
    }
    Ok(calendar.end_of(day))
}
