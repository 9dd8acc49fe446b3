//! Issued bulletins: listed, shown as official documents, and taken home as files.

use axum::extract::{Path, State};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;

use super::{NoPage, Page};
use crate::bulletin::{Bulletin, Channel, Month, render, title};
use crate::serve::door::Door;

#[derive(Debug, Serialize)]
pub(super) struct BulletinsPage {
    bulletins: Vec<BulletinRow>,
}

#[derive(Debug, Serialize)]
struct BulletinRow {
    month: String,
    version: u32,
    title: String,
    cutoff: NaiveDate,
    dated: NaiveDate,
    totals: Vec<TotalCell>,
    unverified: usize,
}

#[derive(Debug, Serialize)]
struct TotalCell {
    channel: &'static str,
    passed: usize,
    counted: usize,
    rate: String,
}

/// The list, newest first.
pub(super) fn list(bulletins: &[Bulletin]) -> BulletinsPage {
    BulletinsPage { bulletins: bulletins.iter().rev().map(bulletin_row).collect() }
}

fn bulletin_row(bulletin: &Bulletin) -> BulletinRow {
    let totals = bulletin.totals.iter().filter(|total| total.counted > 0);
    BulletinRow {
        month: bulletin.month.to_string(),
        version: bulletin.version,
        title: title(bulletin),
        cutoff: bulletin.cutoff,
        dated: bulletin.dated,
        totals: totals
            .map(|total| TotalCell {
                channel: Channel::chinese(total.channel),
                passed: total.passed,
                counted: total.counted,
                rate: total.rate.clone().unwrap_or_default(),
            })
            .collect(),
        unverified: bulletin.unverified.len(),
    }
}

/// The bulletin as an official document: a page of its own, with its own style and nothing else.
pub(super) async fn official(State(door): State<Door>, Path(month): Path<String>) -> Page {
    let bulletin = issued(&door, &month)?;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, render::html(&bulletin)).into_response())
}

/// The bulletin as a file.
pub(super) async fn download(
    State(door): State<Door>,
    Path((month, file)): Path<(String, String)>,
) -> Result<Response, NoPage> {
    let (kind, print): (&str, fn(&Bulletin) -> String) = match file.as_str() {
        "bulletin.json" => ("application/json", render::json),
        "bulletin.md" => ("text/markdown; charset=utf-8", render::markdown),
        "bulletin.html" => ("text/html; charset=utf-8", render::html),
        _ => return Err(NoPage::NotFound),
    };
    let bulletin = issued(&door, &month)?;
    let name = format!("attachment; filename=\"{}-{file}\"", bulletin.month);
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_DISPOSITION, name.as_str()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, print(&bulletin)).into_response())
}

fn issued(door: &Door, month: &str) -> Result<Bulletin, NoPage> {
    let month: Month = month.parse().map_err(|_| NoPage::NotFound)?;
    let issued: Vec<Bulletin> = door.line.store.bulletins()?;
    issued.into_iter().rfind(|bulletin| bulletin.month == month).ok_or(NoPage::NotFound)
}
