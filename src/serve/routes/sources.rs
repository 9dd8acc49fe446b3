//! One source, lists of them, and the wish to look at one again.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::fresh::Shown;
use crate::daemon::Recheck;
use crate::rules::{Source, SourceId, UnitId};
use crate::serve::aside::{read_aside, stopping};
use crate::serve::door::Door;
use crate::serve::refusal::{Answer, Refusal};
use crate::serve::select::{Page, Selection};
use crate::serve::view::{History, Queued, SourceDetail, Sources};

type SourcePath = Result<Path<(String, String)>, PathRejection>;

pub(super) async fn list(
    Shown(shown): Shown,
    query: Result<Query<Selection>, QueryRejection>,
) -> Answer<Sources> {
    let Query(selection) = query?;
    let (as_of, generation) = (shown.as_of, shown.generation);
    let wrong = |error: String| Refusal::bad_request(error, "GET /v1/sources without it lists all");
    let Page { total, sources, next_cursor } = selection.page(&shown.sources).map_err(wrong)?;
    Ok(Json(Sources { as_of, generation, total, sources, next_cursor }))
}

pub(super) async fn one(
    State(door): State<Door>,
    Shown(shown): Shown,
    path: SourcePath,
) -> Answer<SourceDetail> {
    let Path((unit, local)) = path?;
    let source = known_source(&door, &unit, &local)?;
    if door.is_soon_told(source) {
        return Ok(Json(door.source_detail(source, &door.history(source)?, &shown)?));
    }
    let (here, source) = (door.clone(), source.clone());
    let read =
        read_aside(&door.bounds, async move { here.source_detail(&source, &here.history(&source)?, &shown) });
    Ok(Json(read.await.ok_or_else(stopping)??))
}

/// Paging of a source's history.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct HistoryQuery {
    /// How many of the newest items to leave out.
    #[serde(default)]
    offset: usize,
    /// How many items: 200 where it is not given, 1,000 at most.
    limit: Option<usize>,
}

/// Items on a page of a history.
const ITEMS: usize = 200;

pub(super) async fn history(
    State(door): State<Door>,
    path: SourcePath,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Answer<History> {
    let Path((unit, local)) = path?;
    let Query(HistoryQuery { offset, limit }) = query?;
    let source = known_source(&door, &unit, &local)?;
    let items = door.history(source)?;
    let (total, source) = (items.len(), source.id.clone());
    let end = offset.saturating_add(limit.unwrap_or(ITEMS).clamp(1, 1000));
    let items = items.into_iter().skip(offset).take(end - offset).collect();
    let next_offset = (end < total).then_some(end);
    Ok(Json(History { as_of: door.line.clock.now(), source, total, items, next_offset }))
}

pub(super) async fn recheck(
    State(door): State<Door>,
    path: SourcePath,
) -> Result<(StatusCode, Json<Queued>), Refusal> {
    let Path((unit, local)) = path?;
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

/// The source of that id, or why there is none.
fn known_source<'a>(door: &'a Door, unit: &str, local: &str) -> Result<&'a Source, Refusal> {
    door.known_source(unit, local).ok_or_else(|| {
        let id = SourceId::of(&UnitId::new(unit), local);
        match door.line.rules.now_called(&id) {
            now if *now != id => {
                Refusal::not_found(format!("`{id}` is called `{now}` now"), format!("GET /v1/sources/{now}"))
            }
            _ => Refusal::not_found(format!("there is no source `{id}`"), "GET /v1/sources lists them"),
        }
    })
}
