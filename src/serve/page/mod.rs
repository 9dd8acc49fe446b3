//! The page: the county as people look at it in a browser.
//!
//! Every page is made on the server from the snapshot, the store's history and the issued bulletins; it has no script, loads
//! nothing but its own style, and changes nothing. What comes from watched sites is escaped by the templates, and only
//! plain web addresses of theirs become links.
//!
//! [`routes`] has the addresses; one file each makes what a page is filled with, and `templates/` says how it looks.

mod bulletins;
mod calendar;
mod frame;
mod listed;
mod overview;
mod plot;
mod source;
mod unit;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use self::frame::{Frame, Framed, draw};
use super::door::Door;
use super::findings::findings;
use super::routes::Shown;
use super::select::Selection;
use super::snapshot::Snapshot;
use crate::bulletin::Bulletin;
use crate::rules::UnitId;
use crate::store::StoreError;

/// The addresses of the page.
pub(super) fn routes() -> Router<Door> {
    Router::new()
        .route("/", get(overview_page))
        .route("/units/{id}", get(unit_page))
        .route("/sources", get(sources_page))
        .route("/sources/{unit}/{local}", get(source_page))
        .route("/alerts", get(alerts_page))
        .route("/findings", get(findings_page))
        .route("/bulletins", get(bulletins_page))
        .route("/bulletins/{month}", get(bulletins::official))
        .route("/bulletins/{month}/{file}", get(bulletins::download))
        .route("/style.css", get(style))
}

/// Why there is no page.
pub(super) enum NoPage {
    /// There is nothing of that name.
    NotFound,
    /// The address asks for what does not exist; in words.
    Senseless(String),
    /// The store cannot be read.
    Failed,
}

type Page = Result<Response, NoPage>;

impl From<StoreError> for NoPage {
    fn from(error: StoreError) -> Self {
        tracing::error!("cannot make a page: {error}");
        Self::Failed
    }
}

impl IntoResponse for NoPage {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Sorry {
            title: &'static str,
            what: String,
        }
        let (status, title, what) = match self {
            Self::NotFound => {
                (StatusCode::NOT_FOUND, "没有这个页面", "请从总览进入，或按名称查找。".to_owned())
            }
            Self::Senseless(why) => (StatusCode::BAD_REQUEST, "无法理解这个地址", why),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "暂时无法显示",
                "读取数据失败，详见巡查程序日志。".to_owned(),
            ),
        };
        (status, draw("sorry.html", &Sorry { title, what })).into_response()
    }
}

async fn overview_page(State(door): State<Door>, Shown(shown): Shown) -> Page {
    framed(&door, &shown, "overview", "overview.html", overview::overview(&shown))
}

async fn unit_page(State(door): State<Door>, Shown(shown): Shown, Path(id): Path<String>) -> Page {
    let unit = door.line.rules.unit(&UnitId::new(id)).ok_or(NoPage::NotFound)?;
    framed(&door, &shown, "sources", "unit.html", unit::unit(unit, &shown))
}

async fn sources_page(
    State(door): State<Door>,
    Shown(shown): Shown,
    query: Result<Query<Selection>, QueryRejection>,
) -> Page {
    let Query(selection) = query.map_err(|error| NoPage::Senseless(error.body_text()))?;
    let listed = listed::sources(&selection, &shown, &door.line.rules).map_err(NoPage::Senseless)?;
    framed(&door, &shown, "sources", "sources.html", listed)
}

async fn source_page(
    State(door): State<Door>,
    Shown(shown): Shown,
    Path((unit, local)): Path<(String, String)>,
) -> Page {
    let source = door.known_source(&unit, &local).ok_or(NoPage::NotFound)?;
    let history = door.history(source)?;
    let detail = door.source_detail(source, &history, &shown)?;
    let filled = source::source(&detail, &history, source, door.line.calendar(), shown.today);
    framed(&door, &shown, "sources", "source.html", filled)
}

async fn alerts_page(State(door): State<Door>, Shown(shown): Shown) -> Page {
    let events = door.line.store.latest_events(100)?;
    let zone = door.line.calendar().zone;
    framed(&door, &shown, "alerts", "alerts.html", listed::alerts(&shown, &events, zone))
}

async fn findings_page(State(door): State<Door>, Shown(shown): Shown) -> Page {
    let all = findings(&door.issued_bulletins()?, |id| door.shown_by_id(id, &shown));
    framed(&door, &shown, "findings", "findings.html", listed::findings(all))
}

async fn bulletins_page(State(door): State<Door>, Shown(shown): Shown) -> Page {
    let bulletins: Vec<Bulletin> = door.line.store.bulletins()?;
    framed(&door, &shown, "bulletins", "bulletins.html", bulletins::list(&bulletins))
}

fn framed(
    door: &Door,
    shown: &Arc<Snapshot>,
    here: &'static str,
    template: &'static str,
    filled: impl Serialize,
) -> Page {
    let frame = Frame::of(door, shown, here);
    Ok(draw(template, &Framed { frame, page: filled }).into_response())
}

async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=300")];
    (headers, include_str!("templates/style.css")).into_response()
}
