//! The routes under `/v1/mail`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use super::door::Door;
use super::mail_view::{MailStatus, NoticeView, Revised, UnitMail};
use super::refusal::{Answer, Refusal};
use super::routes::{Route, get, post};
use crate::daemon::Line;
use crate::deliver::{Notice, NoticeId};
use crate::rules::UnitId;
use crate::store::StoreError;

/// Delivered notices shown of a unit.
const DELIVERED_SHOWN: usize = 10;

pub(super) fn routes() -> [Route; 3] {
    [get("/v1/mail", mail), post("/v1/mail/{id}/retry", retry), post("/v1/mail/{id}/dismiss", dismiss)]
}

/// The notices that were given up.
pub(super) fn dead_letters(line: &Line) -> Result<Vec<NoticeView>, StoreError> {
    Ok(line.store.dead_notices()?.iter().map(NoticeView::from).collect())
}

/// What a unit has been sent, and what came back of it.
pub(super) fn unit_mail(line: &Line, unit: &UnitId) -> Result<UnitMail, StoreError> {
    let delivered = line.store.delivered_to(unit, DELIVERED_SHOWN)?;
    Ok(UnitMail {
        delivered: delivered.into_iter().map(Into::into).collect(),
        bounces: line.store.bounces(Some(unit))?,
    })
}

async fn mail(State(door): State<Door>) -> Answer<MailStatus> {
    let line = &door.line;
    Ok(Json(MailStatus {
        as_of: line.clock.now(),
        waiting: line.store.outbox()?.iter().map(NoticeView::from).collect(),
        dead: dead_letters(line)?,
    }))
}

async fn retry(State(door): State<Door>, id: Result<Path<String>, PathRejection>) -> Answer<Revised> {
    revise(&door, id, Line::retry_notice)
}

async fn dismiss(State(door): State<Door>, id: Result<Path<String>, PathRejection>) -> Answer<Revised> {
    revise(&door, id, Line::dismiss_notice)
}

fn revise(
    door: &Door,
    id: Result<Path<String>, PathRejection>,
    revise: impl Fn(&Line, &NoticeId) -> Result<Option<Notice>, StoreError>,
) -> Answer<Revised> {
    let Path(id) = id?;
    let notice = revise(&door.line, &NoticeId::from_key(&id))?.ok_or_else(|| {
        let error = format!("no notice `{id}` waits or was given up");
        Refusal::not_found(error, "GET /v1/mail lists them")
    })?;
    Ok(Json(Revised { as_of: door.line.clock.now(), notice: NoticeView::from(&notice) }))
}
