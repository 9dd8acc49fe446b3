//! What other programs take: metrics, calendars, badges, tables.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::fresh::Shown;
use crate::serve::door::Door;
use crate::serve::findings::findings;
use crate::serve::refusal::Refusal;
use crate::serve::select::Selection;
use crate::serve::view::UnitSummary;
use crate::serve::{badge, csv, deadlines, metrics};

type File = Result<Response, Refusal>;

pub(super) async fn metrics(State(door): State<Door>, Shown(shown): Shown) -> File {
    let line = &door.line;
    let bytes = line.store.size()?.bytes_on_disk;
    let reload_failed = line.last_reload.failure().is_some();
    let text =
        metrics::metrics(&shown, &line.counters, line.started_at, bytes, reload_failed, line.clock.now());
    Ok(([(CONTENT_TYPE, metrics::KIND)], text).into_response())
}

pub(super) async fn county_deadlines(State(door): State<Door>, Shown(shown): Shown) -> Response {
    let county = &door.line.rules.county;
    let name = format!("{}政务信息更新截止", county.name);
    let sources = shown.sources.iter().map(AsRef::as_ref);
    file(deadlines::KIND, "deadlines.ics", deadlines::deadlines(&name, &county.id, sources, shown.as_of))
}

pub(super) async fn unit_deadlines(
    State(door): State<Door>,
    Shown(shown): Shown,
    id: Result<Path<String>, PathRejection>,
) -> File {
    let Path(id) = id?;
    let name = format!("{}政务信息更新截止", known_unit(&shown.units, &id)?.name);
    let sources = shown.sources_of(&id).map(AsRef::as_ref);
    let text = deadlines::deadlines(&name, &door.line.rules.county.id, sources, shown.as_of);
    Ok(file(deadlines::KIND, "deadlines.ics", text))
}

pub(super) async fn unit_badge(Shown(shown): Shown, id: Result<Path<String>, PathRejection>) -> File {
    let Path(id) = id?;
    let unit = known_unit(&shown.units, &id)?;
    let headers = [
        (CONTENT_TYPE, badge::KIND),
        (CACHE_CONTROL, "max-age=60"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    Ok((headers, badge::badge(&unit.name, &unit.worst, &unit.counts)).into_response())
}

pub(super) async fn sources_table(
    Shown(shown): Shown,
    query: Result<Query<Selection>, QueryRejection>,
) -> File {
    let Query(selection) = query?;
    let wrong = |error: String| Refusal::bad_request(error, "GET /v1/sources.csv without it lists all");
    let fitting = selection.fitting(&shown.sources).map_err(wrong)?;
    Ok(file(csv::KIND, "sources.csv", csv::sources(fitting.iter().map(AsRef::as_ref))))
}

pub(super) async fn due_table(
    Shown(shown): Shown,
    query: Result<Query<super::DueQuery>, QueryRejection>,
) -> File {
    let Query(query) = query?;
    let due = shown.due_until(super::due_until(shown.today, query.within.as_deref().unwrap_or("30d"))?);
    Ok(file(csv::KIND, "due.csv", csv::sources(due.iter().map(AsRef::as_ref))))
}

pub(super) async fn alerts_table(Shown(shown): Shown) -> Response {
    file(csv::KIND, "alerts.csv", csv::sources(shown.raised().iter().map(AsRef::as_ref)))
}

pub(super) async fn findings_table(State(door): State<Door>, Shown(shown): Shown) -> File {
    let all = findings(&door.issued_bulletins()?, |id| door.shown_by_id(id, &shown));
    Ok(file(csv::KIND, "findings.csv", csv::findings(all.iter())))
}

fn known_unit<'a>(units: &'a [UnitSummary], id: &str) -> Result<&'a UnitSummary, Refusal> {
    let no_such_unit = || Refusal::not_found(format!("there is no unit `{id}`"), "GET /v1/units lists them");
    units.iter().find(|unit| unit.id.as_str() == id).ok_or_else(no_such_unit)
}

fn file(kind: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition.as_str())], text).into_response()
}
