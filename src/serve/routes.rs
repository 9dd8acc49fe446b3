//! The routes under `/v1`.

mod bulletins;
mod events;
mod files;
mod fresh;
mod listed;
mod records;
mod sources;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use tokio::sync::oneshot;

#[cfg(test)]
pub(super) use self::bulletins::{DraftQuery, IssueQuery};
#[cfg(test)]
pub(super) use self::events::EventsQuery;
pub(super) use self::fresh::Shown;
use self::listed::router_of;
pub(super) use self::listed::{Route, get, post};
#[cfg(test)]
pub(super) use self::sources::HistoryQuery;

use super::aside::answer_aside;
use super::door::Door;
use super::find::{NotFound, find};
use super::findings::findings;
use super::guard::{LONGEST_BODY, guard};
use super::mail;
use super::openapi;
use super::page;
use super::peer::Peer;
use super::refusal::{Answer, Refusal};
use super::snapshot::severity;
#[cfg(test)]
pub(super) use super::stances::{AckQuery, ExemptionQuery, ReleaseQuery, SilenceQuery};
use super::stances::{acknowledge, exempt, release, silence};
use super::view::{Alerts, Due, FindAnswer, Findings, Health, ReloadAnswer, Status, UnitDetail, Units};
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

/// Every address under `/v1`.
#[cfg(test)]
pub(super) fn listed() -> impl Iterator<Item = Route> {
    at_once().into_iter().chain(of_the_snapshot()).chain(of_the_store()).chain(mail::routes())
}

/// Short answers made from what lies in memory.
fn at_once() -> Vec<Route> {
    vec![
        get("/v1/status", status),
        get("/v1/units", units),
        get("/v1/sources/{unit}/{local}", sources::one),
        get("/v1/units/{id}/badge.svg", files::unit_badge),
    ]
}

/// Other answers that change with the snapshot alone.
fn of_the_snapshot() -> Vec<Route> {
    vec![
        get("/v1/units/{id}", unit),
        get("/v1/sources", sources::list),
        get("/v1/due", due),
        get("/v1/alerts", alerts),
        get("/v1/findings", all_findings),
        get("/v1/sources.csv", files::sources_table),
        get("/v1/due.csv", files::due_table),
        get("/v1/alerts.csv", files::alerts_table),
        get("/v1/findings.csv", files::findings_table),
        get("/v1/deadlines.ics", files::county_deadlines),
        get("/v1/units/{id}/deadlines.ics", files::unit_deadlines),
    ]
}

fn of_the_store() -> Vec<Route> {
    vec![
        get("/v1/health", health),
        get("/v1/metrics", files::metrics),
        get("/v1/openapi.json", openapi::served),
        get("/v1/events", events::events),
        get("/v1/sources/{unit}/{local}/history", sources::history),
        post("/v1/sources/{unit}/{local}/recheck", sources::recheck),
        get("/v1/find", find_by_name),
        post("/v1/records", records::put_on_record),
        post("/v1/alerts/{unit}/{local}/ack", acknowledge),
        post("/v1/silences", silence),
        post("/v1/exemptions", exempt),
        post("/v1/release", release),
        post("/v1/reload", reload),
        get("/v1/bulletins", bulletins::bulletins),
        get("/v1/bulletins/{month}", bulletins::issued_bulletin),
        get("/v1/bulletins/{month}/draft", bulletins::draft_bulletin),
        post("/v1/bulletins/{month}/issue", bulletins::issue_bulletin),
    ]
}

fn router(door: Door) -> Router {
    let aside = from_fn_with_state(door.clone(), answer_aside);
    let of_the_snapshot = router_of(at_once()).merge(router_of(of_the_snapshot()).layer(aside.clone()));
    let of_the_store = router_of(of_the_store()).merge(router_of(mail::routes())).merge(page::routes());
    of_the_snapshot
        // Whoever has such an answer is told so.
        .layer(from_fn_with_state(door.clone(), fresh::if_changed))
        .merge(of_the_store.layer(aside))
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

async fn status(State(door): State<Door>, Shown(shown): Shown) -> Json<Status> {
    let mut units = shown.units.clone();
    units.sort_by_key(|unit| severity(&unit.worst));
    let pending = shown.pending.as_ref().clone();
    Json(Status {
        as_of: shown.as_of,
        generation: shown.generation,
        county: door.line.rules.county.name.clone(),
        counts: shown.counts.clone(),
        units,
        unknown: shown.unknown.clone(),
        operator: pending.operator,
        outbox: pending.notices,
        outbox_error: pending.error,
        dead_letters: pending.dead_letters,
        reload_failure: door.line.last_reload.failure(),
    })
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct DueQuery {
    /// How many days ahead: `30d` where it is not given.
    #[cfg_attr(test, schemars(regex(pattern = "^[0-9]{1,4}d?$")))]
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
    let findings = findings(&door.issued_bulletins()?, |id| door.shown_by_id(id, &shown));
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct FindQuery {
    /// An id, a name, or a unique part of either.
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
