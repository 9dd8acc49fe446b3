//! The routes under `/v1`.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

use super::door::{Door, count, is_raised, severity, unknown_causes};
use super::find::{NotFound, find};
use super::mail;
use super::stances::{acknowledge, exempt, release, silence};
use super::view::{
    Alerts, BulletinSummary, Bulletins, Due, ErrorBody, FindAnswer, Health, Queued, SourceDetail, SourceView,
    Sources, Status, UnitDetail, UnitSummary, Units,
};
use crate::bulletin::{Bulletin, Month};
use crate::daemon::{IssueFailure, Recheck, Wanted};
use crate::rules::{Source, SourceId, UnitId};
use crate::store::StoreError;

/// All routes.
pub(super) fn router(door: Door) -> Router {
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/status", get(status))
        .route("/v1/units", get(units))
        .route("/v1/units/{id}", get(unit))
        .route("/v1/sources", get(sources))
        .route("/v1/sources/{unit}/{local}", get(source))
        .route("/v1/sources/{unit}/{local}/recheck", post(recheck))
        .route("/v1/alerts/{unit}/{local}/ack", post(acknowledge))
        .route("/v1/silences", post(silence))
        .route("/v1/exemptions", post(exempt))
        .route("/v1/release", post(release))
        .route("/v1/due", get(due))
        .route("/v1/alerts", get(alerts))
        .route("/v1/find", get(find_by_name))
        .route("/v1/bulletins", get(bulletins))
        .route("/v1/bulletins/{month}", get(issued_bulletin))
        .route("/v1/bulletins/{month}/draft", get(draft_bulletin))
        .route("/v1/bulletins/{month}/issue", post(issue_bulletin))
        .merge(mail::router())
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .with_state(door)
        .layer(map_response(in_our_form))
}

/// What axum refuses by itself, such as an address that is not UTF-8, is refused in our form too.
async fn in_our_form(response: Response) -> Response {
    let is_ours = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if is_ours || !response.status().is_client_error() {
        return response;
    }
    let (error, hint) = ("this address makes no sense", "names in it are percent-encoded UTF-8");
    Refusal::new(response.status(), error, hint).into_response()
}

/// An error as the socket answers it.
pub(super) struct Refusal(StatusCode, ErrorBody);

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

async fn no_such_route() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is no such address", "try /v1/status")
}

async fn no_such_method() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address does not take that method",
        "reads are GET, writes POST",
    )
}

async fn health(State(door): State<Door>) -> Answer<Health> {
    Ok(Json(door.health(door.line.clock.now())?))
}

async fn status(State(door): State<Door>) -> Answer<Status> {
    let now = door.line.clock.now();
    let sources = door.all_sources(now)?;
    let mut units = unit_summaries(&door, &sources);
    units.sort_by_key(|unit| severity(&unit.worst));
    let waiting = door.line.store.size()?.outbox;
    Ok(Json(Status {
        as_of: now,
        county: door.line.rules.county.name.clone(),
        counts: count(sources.iter()),
        units,
        unknown: unknown_causes(&sources),
        operator: door.line.store.operator_matters()?,
        outbox: waiting,
        outbox_error: door.outbox_error()?,
        dead_letters: mail::dead_letters(&door.line)?,
    }))
}

async fn units(State(door): State<Door>) -> Answer<Units> {
    let now = door.line.clock.now();
    let sources = door.all_sources(now)?;
    Ok(Json(Units { as_of: now, units: unit_summaries(&door, &sources) }))
}

fn unit_summaries(door: &Door, sources: &[SourceView]) -> Vec<UnitSummary> {
    let units = door.line.rules.units.iter();
    units
        .map(|unit| door.unit_summary(unit, sources.iter().filter(|source| source.unit == unit.id)))
        .collect()
}

async fn unit(State(door): State<Door>, id: Result<Path<String>, PathError>) -> Answer<UnitDetail> {
    let Path(id) = id.map_err(|error| bad_path(&error))?;
    let now = door.line.clock.now();
    let id = UnitId::new(id);
    let unit = door.line.rules.unit(&id).ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, format!("there is no unit `{id}`"), "GET /v1/units lists them")
    })?;
    let sources: Result<Vec<SourceView>, StoreError> =
        door.line.rules.sources_of(&id).map(|source| door.source(source, now)).collect();
    let mut sources = sources?;
    sources.sort_by_key(|source| severity(&source.standing));
    Ok(Json(UnitDetail {
        as_of: now,
        unit: door.unit_summary(unit, sources.iter()),
        display_name: unit.display_name.clone(),
        counted: unit.counted,
        sources,
        mail: mail::unit_mail(&door.line, &id)?,
    }))
}

/// Filters and paging of `/v1/sources`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesQuery {
    unit: Option<String>,
    standing: Option<String>,
    q: Option<String>,
    #[serde(default)]
    offset: usize,
    #[serde(default = "default_limit")]
    limit: usize,
}

fn default_limit() -> usize {
    200
}

const LARGEST_LIMIT: usize = 1000;

async fn sources(
    State(door): State<Door>,
    query: Result<Query<SourcesQuery>, QueryError>,
) -> Answer<Sources> {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let now = door.line.clock.now();
    let text = query.q.as_deref().unwrap_or_default();
    let fits = |source: &SourceView| {
        query.unit.as_deref().is_none_or(|unit| source.unit.as_str() == unit)
            && query.standing.as_deref().is_none_or(|word| source.standing == word)
            && (source.name.contains(text) || source.id.as_str().contains(text))
    };
    let fitting: Vec<SourceView> = door.all_sources(now)?.into_iter().filter(fits).collect();
    let total = fitting.len();
    let end = query.offset.saturating_add(query.limit.clamp(1, LARGEST_LIMIT));
    let page = fitting.into_iter().skip(query.offset).take(end - query.offset).collect();
    Ok(Json(Sources { as_of: now, total, sources: page, next_offset: (end < total).then_some(end) }))
}

async fn source(
    State(door): State<Door>,
    Path((unit, local)): Path<(String, String)>,
) -> Answer<SourceDetail> {
    let source = known_source(&door, &unit, &local)?;
    Ok(Json(door.source_detail(source, door.line.clock.now())?))
}

async fn recheck(
    State(door): State<Door>,
    path: Result<Path<(String, String)>, PathError>,
) -> Result<(StatusCode, Json<Queued>), Refusal> {
    let Path((unit, local)) = path.map_err(|error| bad_path(&error))?;
    let source = known_source(&door, &unit, &local)?;
    let busy = || {
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many rechecks are waiting",
            "try again in a minute",
        )
    };
    let slot = door.line.slot(&source.id).ok_or_else(busy)?;
    door.recheck.try_send(Recheck(slot)).map_err(|_| busy())?;
    let queued = Queued { as_of: door.line.clock.now(), queued: source.id.clone() };
    Ok((StatusCode::ACCEPTED, Json(queued)))
}

fn known_source<'a>(door: &'a Door, unit: &str, local: &str) -> Result<&'a Source, Refusal> {
    let id = SourceId::of(&UnitId::new(unit), local);
    door.line.rules.source(&id).ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            format!("there is no source `{id}`"),
            "GET /v1/sources lists them",
        )
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DueQuery {
    within: Option<String>,
}

async fn due(State(door): State<Door>, query: Result<Query<DueQuery>, QueryError>) -> Answer<Due> {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let text = query.within.unwrap_or_else(|| "30d".to_owned());
    let days = text.strip_suffix('d').unwrap_or(&text).parse::<u16>().map_err(|_| {
        Refusal::bad_request(format!("`{text}` is not a number of days"), "wanted: within=30d")
    })?;
    let now = door.line.clock.now();
    let until = door.line.calendar().day_of(now) + Days::new(u64::from(days));
    let mut sources = door.all_sources(now)?;
    sources.retain(|source| match source.standing.as_str() {
        "overdue" | "blank" => true,
        "fresh" | "due-soon" => source.due.is_some_and(|due| due <= until),
        _ => false,
    });
    sources.sort_by_key(|source| (source.due, severity(&source.standing)));
    Ok(Json(Due { as_of: now, until, sources }))
}

/// Events shown beside the alerts.
const EVENTS_SHOWN: usize = 50;

async fn alerts(State(door): State<Door>) -> Answer<Alerts> {
    let now = door.line.clock.now();
    let mut raised = door.all_sources(now)?;
    raised.retain(is_raised);
    raised.sort_by_key(|source| (severity(&source.standing), source.due));
    Ok(Json(Alerts { as_of: now, raised, events: door.line.store.latest_events(EVENTS_SHOWN)? }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindQuery {
    q: String,
}

async fn find_by_name(
    State(door): State<Door>,
    query: Result<Query<FindQuery>, QueryError>,
) -> Answer<FindAnswer> {
    let Query(FindQuery { q }) = query.map_err(|error| bad_query(&error))?;
    let answer = |found| Json(FindAnswer { as_of: door.line.clock.now(), found });
    find(&door.line.rules, q.trim()).map(answer).map_err(|not_found| not_found.refusal(&q))
}

impl NotFound {
    /// What is answered where a name fits nothing, or too much.
    pub(super) fn refusal(self, name: &str) -> Refusal {
        match self {
            Self::Nothing => Refusal::not_found(
                format!("no unit or source is called `{name}`"),
                "an id, a name, or a unique part of one is wanted; `xuncha status` lists the units",
            ),
            Self::Several(candidates) => Refusal::conflict(
                format!("`{name}` fits {} units or sources", candidates.len()),
                format!("say which: {}", candidates.into_iter().take(12).collect::<Vec<_>>().join(", ")),
            ),
        }
    }
}

async fn bulletins(State(door): State<Door>) -> Answer<Bulletins> {
    let issued: Vec<Bulletin> = door.line.store.bulletins()?;
    let summary = |bulletin: &Bulletin| BulletinSummary {
        month: bulletin.month.to_string(),
        version: bulletin.version,
        cutoff: bulletin.cutoff,
        dated: bulletin.dated,
    };
    Ok(Json(Bulletins { as_of: door.line.clock.now(), bulletins: issued.iter().map(summary).collect() }))
}

async fn issued_bulletin(
    State(door): State<Door>,
    month: Result<Path<String>, PathError>,
) -> Answer<Bulletin> {
    let Path(month) = month.map_err(|error| bad_path(&error))?;
    let month = read_month(&month)?;
    let issued: Vec<Bulletin> = door.line.store.bulletins()?;
    issued.into_iter().rfind(|bulletin| bulletin.month == month).map(Json).ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            format!("no bulletin of {month} has been issued"),
            format!("a draft is at /v1/bulletins/{month}/draft"),
        )
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftQuery {
    cutoff: Option<NaiveDate>,
    as_of: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueQuery {
    cutoff: Option<NaiveDate>,
    #[serde(default)]
    accept_unverified: bool,
}

async fn draft_bulletin(
    State(door): State<Door>,
    month: Result<Path<String>, PathError>,
    query: Result<Query<DraftQuery>, QueryError>,
) -> Answer<Bulletin> {
    let Path(month) = month.map_err(|error| bad_path(&error))?;
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let wanted = Wanted { month: read_month(&month)?, cutoff: query.cutoff, as_of: query.as_of };
    door.line.draft_bulletin(&wanted).map(Json).map_err(|failure| not_issued(&failure))
}

async fn issue_bulletin(
    State(door): State<Door>,
    month: Result<Path<String>, PathError>,
    query: Result<Query<IssueQuery>, QueryError>,
) -> Answer<Bulletin> {
    let Path(month) = month.map_err(|error| bad_path(&error))?;
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let month = read_month(&month)?;
    door.line
        .issue_bulletin(month, query.cutoff, query.accept_unverified)
        .map(Json)
        .map_err(|failure| not_issued(&failure))
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

pub(super) type QueryError = axum::extract::rejection::QueryRejection;
pub(super) type PathError = axum::extract::rejection::PathRejection;

pub(super) fn bad_query(error: &QueryError) -> Refusal {
    Refusal::bad_request(error.body_text(), "see the README for the parameters of each address")
}

pub(super) fn bad_path(error: &PathError) -> Refusal {
    Refusal::bad_request(error.body_text(), "addresses are UTF-8, percent-encoded")
}
