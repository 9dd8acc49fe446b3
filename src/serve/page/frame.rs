//! What is on every page, and how a page is drawn.

use std::sync::{Arc, LazyLock};

use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::serve::door::Door;
use crate::serve::snapshot::Snapshot;

/// The names end in `.html`, by which everything put into the templates is escaped.
const TEMPLATES: [(&str, &str); 10] = [
    ("frame.html", include_str!("templates/frame.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("overview.html", include_str!("templates/overview.html")),
    ("unit.html", include_str!("templates/unit.html")),
    ("source.html", include_str!("templates/source.html")),
    ("sources.html", include_str!("templates/sources.html")),
    ("alerts.html", include_str!("templates/alerts.html")),
    ("findings.html", include_str!("templates/findings.html")),
    ("bulletins.html", include_str!("templates/bulletins.html")),
    ("sorry.html", include_str!("templates/sorry.html")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, template) in TEMPLATES {
        if let Err(error) = environment.add_template(name, template) {
            tracing::error!("the template {name} is broken: {error:#}");
        }
    }
    environment
});

/// No script, nothing from elsewhere, no frame around it, and forms lead back here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// What every page shows around its own.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    county: String,
    issuer: String,
    as_of: String,
    /// The part of the page that this one belongs to.
    here: &'static str,
    outbox: usize,
    version: &'static str,
}

/// A page in its frame.
#[derive(Debug, Serialize)]
pub(super) struct Framed<T> {
    #[serde(flatten)]
    pub(super) frame: Frame,
    pub(super) page: T,
}

impl Frame {
    pub(super) fn of(door: &Door, shown: &Arc<Snapshot>, here: &'static str) -> Self {
        let county = &door.line.rules.county;
        Self {
            county: county.name.clone(),
            issuer: county.issuer.clone(),
            as_of: local(shown.as_of, county.zone),
            here,
            outbox: shown.pending.notices,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// An instant as the county's clocks show it.
pub(super) fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// Draws a page.
pub(super) fn draw(template: &'static str, filled: &impl Serialize) -> Response {
    let drawn = ENVIRONMENT.get_template(template).and_then(|template| template.render(Serde(filled)));
    match drawn {
        Ok(html) => {
            let headers = [
                (CONTENT_TYPE, "text/html; charset=utf-8"),
                (CONTENT_SECURITY_POLICY, POLICY),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (REFERRER_POLICY, "no-referrer"),
            ];
            (headers, html).into_response()
        }
        Err(error) => {
            tracing::error!("cannot draw {template}: {error:#}");
            (StatusCode::INTERNAL_SERVER_ERROR, "cannot draw this page; see the daemon's log").into_response()
        }
    }
}
