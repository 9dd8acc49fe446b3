//! The routes under `/v1`.

mod bulletins;
mod events;
mod files;
mod fresh;
mod records;
mod sources;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use tokio::sync::oneshot;

pub(super) use self::fresh::Shown;

use super::door::Door;
use super::find::{NotFound, find};
use super::findings::findings;
use super::guard::{LONGEST_BODY, guard};
use super::mail;
use super::page;
use super::peer::Peer;
use super::refusal::{Answer, Refusal};
use super::snapshot::severity;
use super::stances::{acknowledge, exempt, release, silence};
use super::view::{Alerts, Due, FindAnswer, Findings, Health, ReloadAnswer, Status, UnitDetail, Units};
use crate::bulletin::Bulletin;
use crate::daemon::Reload;
use crate::rules::UnitId;

/// The routes of one door, ready to be served.
#[derive(Debug, Clone)]
pub struct Routes(Router);

impl Routes {
    /// The routes of a door.
    pub fn of(door: &Door) -> Self {
        Self(router(door.clone()))
    }

    pub(super) fn router(&self) -> Router {
        self.0.clone()
    }
}

fn router(door: Door) -> Router {
    let of_the_snapshot = Router::new()
        .route("/v1/status", get(status))
        .route("/v1/units", get(units))
        .route("/v1/units/{id}", get(unit))
        .route("/v1/sources", get(sources::list))
        .route("/v1/sources/{unit}/{local}", get(sources::one))
        .route("/v1/due", get(due))
        .route("/v1/alerts", get(alerts))
        .route("/v1/findings", get(all_findings))
        .route("/v1/sources.csv", get(files::sources_table))
        .route("/v1/due.csv", get(files::due_table))
        .route("/v1/alerts.csv", get(files::alerts_table))
        .route("/v1/findings.csv", get(files::findings_table))
        .route("/v1/deadlines.ics", get(files::county_deadlines))
        .route("/v1/units/{id}/deadlines.ics", get(files::unit_deadlines))
        .route("/v1/units/{id}/badge.svg", get(files::unit_badge))
        .layer(from_fn_with_state(door.clone(), fresh::if_changed));
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/metrics", get(files::metrics))
        .route("/v1/events", get(events::events))
        .route("/v1/sources/{unit}/{local}/history", get(sources::history))
        .route("/v1/sources/{unit}/{local}/recheck", post(sources::recheck))
        .route("/v1/find", get(find_by_name))
        .route("/v1/records", post(records::put_on_record))
        .route("/v1/alerts/{unit}/{local}/ack", post(acknowledge))
        .route("/v1/silences", post(silence))
        .route("/v1/exemptions", post(exempt))
        .route("/v1/release", post(release))
        .route("/v1/reload", post(reload))
        .route("/v1/bulletins", get(bulletins::bulletins))
        .route("/v1/bulletins/{month}", get(bulletins::issued_bulletin))
        .route("/v1/bulletins/{month}/draft", get(bulletins::draft_bulletin))
        .route("/v1/bulletins/{month}/issue", post(bulletins::issue_bulletin))
        .merge(mail::router())
        .merge(of_the_snapshot)
        .merge(page::routes())
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .with_state(door.clone())
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn_with_state(door, guard))
        .layer(map_response(in_our_form))
}

/// What axum refuses by itself, such as an address that is not UTF-8, is refused in our form too.
async fn in_our_form(response: Response) -> Response {
    let is_ours = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let is_page = response.headers().contains_key(CONTENT_SECURITY_POLICY);
    if is_ours || is_page || !response.status().is_client_error() {
        return response;
    }
    let (error, hint) = ("this address makes no sense", "names in it are percent-encoded UTF-8");
    Refusal::new(response.status(), error, hint).into_response()
}

async fn no_such_route() -> Refusal {
    Refusal::not_found("there is no such address", "try /v1/status")
}

async fn no_such_method() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address does not take that method",
        "reads are GET, writes POST",
    )
}

async fn health(State(door): State<Door>, peer: Option<Extension<Peer>>) -> Answer<Health> {
    let health = door.health()?;
    // What the mail server said names it and those to whom mail goes: nobody knows who looks at the page.
    let outbox_error = health.outbox_error.filter(|_| peer.is_some());
    Ok(Json(Health { outbox_error, ..health }))
}

async fn status(State(door): State<Door>, Shown(shown): Shown) -> Answer<Status> {
    let mut units = shown.units.clone();
    units.sort_by_key(|unit| severity(&unit.worst));
    let outbox = door.outbox()?;
    Ok(Json(Status {
        as_of: shown.as_of,
        generation: shown.generation,
        county: door.line.rules.county.name.clone(),
        counts: shown.counts.clone(),
        units,
        unknown: shown.unknown.clone(),
        operator: door.line.store.operator_matters()?,
        outbox: outbox.notices,
        outbox_error: outbox.error,
        dead_letters: mail::dead_letters(&door.line)?,
        reload_failure: door.line.last_reload.failure(),
    }))
}

async fn units(Shown(shown): Shown) -> Json<Units> {
    Json(Units { as_of: shown.as_of, generation: shown.generation, units: shown.units.clone() })
}

async fn unit(
    State(door): State<Door>,
    Shown(shown): Shown,
    id: Result<Path<String>, PathRejection>,
) -> Answer<UnitDetail> {
    let Path(id) = id?;
    let no_such_unit = || Refusal::not_found(format!("there is no unit `{id}`"), "GET /v1/units lists them");
    let unit = door.line.rules.unit(&UnitId::new(id.as_str())).ok_or_else(no_such_unit)?;
    let summary = shown.units.iter().find(|summary| summary.id == unit.id).ok_or_else(no_such_unit)?;
    let mut sources: Vec<_> = shown.sources_of(&id).cloned().collect();
    sources.sort_by_key(|source| severity(&source.standing));
    Ok(Json(UnitDetail {
        as_of: shown.as_of,
        generation: shown.generation,
        unit: summary.clone(),
        display_name: unit.display_name.clone(),
        counted: unit.counted,
        sources,
        mail: mail::unit_mail(&door.line, &unit.id)?,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DueQuery {
    within: Option<String>,
}

async fn due(Shown(shown): Shown, query: Result<Query<DueQuery>, QueryRejection>) -> Answer<Due> {
    let Query(query) = query?;
    let until = due_until(shown.today, query.within.as_deref().unwrap_or("30d"))?;
    let sources = shown.due_until(until);
    Ok(Json(Due { as_of: shown.as_of, generation: shown.generation, until, sources }))
}

fn due_until(today: NaiveDate, within: &str) -> Result<NaiveDate, Refusal> {
    let days = within.strip_suffix('d').unwrap_or(within).parse::<u16>().map_err(|_| {
        Refusal::bad_request(format!("`{within}` is not a number of days"), "wanted: within=30d")
    })?;
    Ok(today + Days::new(u64::from(days)))
}

/// Events shown beside the alerts.
const EVENTS_SHOWN: usize = 50;

async fn alerts(State(door): State<Door>, Shown(shown): Shown) -> Answer<Alerts> {
    Ok(Json(Alerts {
        as_of: shown.as_of,
        generation: shown.generation,
        raised: shown.raised(),
        events: door.line.store.latest_events(EVENTS_SHOWN)?,
        acts: door.line.store.latest_acts(EVENTS_SHOWN)?,
    }))
}

async fn all_findings(State(door): State<Door>, Shown(shown): Shown) -> Answer<Findings> {
    let bulletins: Vec<Bulletin> = door.line.store.bulletins()?;
    let findings = findings(&bulletins, |id| door.shown_by_id(id, &shown));
    Ok(Json(Findings { as_of: shown.as_of, generation: shown.generation, findings }))
}

async fn reload(State(door): State<Door>) -> Answer<ReloadAnswer> {
    let busy = || {
        Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the rules cannot be taken on now",
            "try again in a minute",
        )
    };
    let (tell, told) = oneshot::channel();
    door.reload.try_send(Reload(tell)).map_err(|_| busy())?;
    match told.await.map_err(|_| busy())? {
        Ok(taken) => Ok(Json(ReloadAnswer { as_of: door.line.clock.now(), taken })),
        Err(failure) => Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the new rules have mistakes, the old ones stay:\n{}", failure.problems),
            "`xuncha check` names them all; mend them and reload again",
        )),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindQuery {
    q: String,
}

async fn find_by_name(
    State(door): State<Door>,
    query: Result<Query<FindQuery>, QueryRejection>,
) -> Answer<FindAnswer> {
    let Query(FindQuery { q }) = query?;
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
