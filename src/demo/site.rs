//! The county's web server and its bridge, played on loopback by the demo's own clock.
//!
//! [`County`] knows what has been published by now; the one handler answers list pages (with ETag and 304), articles and
//! feeds, and plays the scenario's faults.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use encoding_rs::GB18030;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::pages::{self, ListPage};
use super::publications::{Publication, publications};
use super::scenario::{FaultKind, Scenario};
use crate::clock::Clock;
use crate::rules::{Rules, Source, SourceKind};

/// The county as its web server knows it.
pub(super) struct County {
    rules: Rules,
    scenario: Scenario,
    clock: Clock,
    zone: Tz,
    /// By index of the source.
    published: Vec<Vec<Publication>>,
    /// List addresses without their page number, and feed addresses, to the index of the source.
    by_path: HashMap<String, usize>,
}

/// Articles of the source with index `i` are numbered from `(i + 1) * ARTICLES` on.
const ARTICLES: u64 = 10_000;

impl County {
    pub(super) fn new(rules: Rules, scenario: Scenario, clock: Clock) -> Self {
        let published = rules.sources.iter().map(|source| publications(source, &scenario)).collect();
        let by_path = rules
            .sources
            .iter()
            .enumerate()
            .map(|(index, source)| (list_path(source.url.path()), index))
            .collect();
        let zone = rules.county.zone;
        Self { rules, scenario, clock, zone, published, by_path }
    }

    fn answer(&self, path: &str, headers: &HeaderMap) -> Response<Body> {
        let now = self.local(self.clock.now());
        if let Some(index) = self.by_path.get(&list_path(path)) {
            return self.list_or_feed(*index, page_number(path), headers, now);
        }
        self.article(path, now).unwrap_or_else(|| plain(StatusCode::NOT_FOUND, "404"))
    }

    fn list_or_feed(
        &self,
        index: usize,
        page: usize,
        headers: &HeaderMap,
        now: NaiveDateTime,
    ) -> Response<Body> {
        let source = &self.rules.sources[index];
        let fault = self.scenario.fault_at(&source.id, now);
        let published = self.published_by(index, now);
        let tag = format!("\"{index}-{page}-{}\"", published.len());
        match fault {
            Some(FaultKind::ServerError) => return plain(StatusCode::INTERNAL_SERVER_ERROR, "500"),
            Some(FaultKind::EmptyShell) => return html(pages::empty_shell(source).into_bytes(), None),
            Some(FaultKind::Truncated | FaultKind::NoDates) => {}
            None if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given == tag.as_str()) => {
                return not_modified(&tag);
            }
            None => {}
        }
        let body = match source.kind {
            SourceKind::Feed(_) => pages::feed(source, published, now).into_bytes(),
            SourceKind::Column => self.list(index, page, published, now, fault != Some(FaultKind::NoDates)),
        };
        match fault {
            Some(FaultKind::Truncated) => truncated(body),
            Some(FaultKind::NoDates) => html(body, None),
            Some(FaultKind::ServerError | FaultKind::EmptyShell) | None => html(body, Some(&tag)),
        }
    }

    fn list(
        &self,
        index: usize,
        page: usize,
        published: &[Publication],
        now: NaiveDateTime,
        with_dates: bool,
    ) -> Vec<u8> {
        let source = &self.rules.sources[index];
        let in_gb18030 = self.scenario.gb18030.contains(&source.unit);
        let page = ListPage {
            source,
            unit_name: self.unit_name(source),
            published,
            pinned: self.scenario.pinned.get(&source.id),
            page,
            // Such sites say gb2312 and use characters beyond it.
            charset: if in_gb18030 { "gb2312" } else { "utf-8" },
            now,
            with_dates,
            article_base: (index as u64 + 1) * ARTICLES,
        };
        let text = page.html();
        if in_gb18030 { GB18030.encode(&text).0.into_owned() } else { text.into_bytes() }
    }

    fn article(&self, path: &str, now: NaiveDateTime) -> Option<Response<Body>> {
        let number: u64 = path.strip_prefix("/OpennessContent/show/")?.strip_suffix(".html")?.parse().ok()?;
        let index = usize::try_from(number / ARTICLES).ok()?.checked_sub(1)?;
        let source = self.rules.sources.get(index)?;
        let item = self.published_by(index, now).get(usize::try_from(number % ARTICLES).ok()?)?;
        Some(html(pages::article(source, self.unit_name(source), item).into_bytes(), None))
    }

    fn published_by(&self, index: usize, now: NaiveDateTime) -> &[Publication] {
        let all = &self.published[index];
        &all[..all.partition_point(|item| item.at <= now)]
    }

    fn unit_name(&self, source: &Source) -> &str {
        self.rules.unit(&source.unit).map_or("", |unit| unit.display_name.as_str())
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }
}

/// Serves the county until told to stop.
pub(super) async fn serve(
    county: Arc<County>,
    listener: TcpListener,
    stop: CancellationToken,
) -> io::Result<()> {
    let router = Router::new().fallback(handle).with_state(county);
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

async fn handle(State(county): State<Arc<County>>, request: Request) -> Response<Body> {
    county.answer(request.uri().path(), request.headers())
}

/// A list's address without its page number.
fn list_path(path: &str) -> String {
    path.rsplit_once("/page_").map_or(path, |(stem, _)| stem).to_owned()
}

fn page_number(path: &str) -> usize {
    let number = path.rsplit_once("/page_").and_then(|(_, page)| page.strip_suffix(".html")?.parse().ok());
    number.unwrap_or(1).max(1)
}

fn html(body: Vec<u8>, tag: Option<&str>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    // As on many real sites, the header does not say the charset.
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    if let Some(tag) = tag.and_then(|tag| tag.parse().ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn not_modified(tag: &str) -> Response<Body> {
    let mut response = html(Vec::new(), Some(tag));
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

/// Announces the whole body, sends half of it, and breaks off.
fn truncated(body: Vec<u8>) -> Response<Body> {
    let length = body.len();
    let half = Bytes::from(body).slice(..length / 2);
    let mut response = Response::new(Body::new(BreaksOff(Some(half))));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    response
}

/// A body that gives one piece and then fails.
struct BreaksOff(Option<Bytes>);

impl HttpBody for BreaksOff {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(piece) => Ok(hyper::body::Frame::data(piece)),
            None => Err("the demo's site breaks off here".into()),
        }))
    }
}
