//! The county's sites and its bridge, as the demo's own clock has it.
//!
//! [`County`] knows what has been published by now and answers for all hosts, each in its own dialect: list pages (with
//! ETag and 304), articles and feeds. It plays the scenario's faults and shields. Visitors find their way by the pages of
//! [`navigation`].

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use encoding_rs::GB18030;

use super::pages::{self, ListPage};
use super::publications::{Publication, publications};
use super::reply::{html, not_modified, of_type, plain, truncated};
use super::scenario::{FaultKind, Scenario};
use super::{jcms, navigation};
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
    /// List addresses without their page number, and feed addresses, to the index of the source: host and path.
    by_address: HashMap<String, usize>,
}

/// One request.
pub(super) struct Asked {
    /// Lower case.
    pub(super) host: String,
    pub(super) path: String,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) form: Bytes,
}

/// Articles of the source with index `i` are numbered from `(i + 1) * ARTICLES` on.
const ARTICLES: u64 = 10_000;
/// Even behind a shield, this file can be had.
const ROBOTS_TXT: &str =
    "# 本站各栏目均可供监测读取。\n# All of this site may be read.\nUser-agent: *\nDisallow:\n";

impl County {
    pub(super) fn new(rules: Rules, scenario: Scenario, clock: Clock) -> Self {
        let published = rules.sources.iter().map(|source| publications(source, &scenario)).collect();
        let sources = rules.sources.iter().enumerate();
        let by_address = sources
            .map(|(index, source)| {
                (address(source.url.host_str().unwrap_or_default(), source.url.path()), index)
            })
            .collect();
        let zone = rules.county.zone;
        Self { rules, scenario, clock, zone, published, by_address }
    }

    /// The virtual time.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn answer(&self, asked: &Asked) -> Response<Body> {
        let now = self.local(self.now());
        let Asked { host, path, .. } = asked;
        if path == "/robots.txt" {
            return of_type("text/plain; charset=utf-8", ROBOTS_TXT);
        }
        if let Some(shield) = self.scenario.shield_at(host, now) {
            return shield.challenge();
        }
        if let Some(index) = self.by_address.get(&address(host, path)) {
            return self.list_or_feed(*index, page_number(path), &asked.headers, now);
        }
        if path == jcms::PROXY && asked.method == Method::POST {
            return self.rows_by_proxy(host, &asked.form, now);
        }
        if let Some(article) = self.article(host, path, now) {
            return article;
        }
        match navigation::page(&self.rules, host, path) {
            Some(page) => html(page.into_bytes(), None),
            None => plain(StatusCode::NOT_FOUND, "404"),
        }
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
            SourceKind::Column => {
                self.column_page(&self.list(index, page, published, now, fault != Some(FaultKind::NoDates)))
            }
        };
        // The page of a script's column is the same whatever was published, so its server gives no tag for it.
        let tag = (!self.asks_by_proxy(source)).then_some(tag.as_str());
        match fault {
            Some(FaultKind::Truncated) => truncated(body),
            Some(FaultKind::NoDates) => html(body, None),
            Some(FaultKind::ServerError | FaultKind::EmptyShell) | None => html(body, tag),
        }
    }

    fn list<'a>(
        &'a self,
        index: usize,
        page: usize,
        published: &'a [Publication],
        now: NaiveDateTime,
        with_dates: bool,
    ) -> ListPage<'a> {
        let source = &self.rules.sources[index];
        ListPage {
            source,
            unit_name: self.unit_name(source),
            published,
            pinned: self.scenario.pinned.get(&source.id),
            page,
            // Such sites say gb2312 and use characters beyond it.
            charset: if self.is_in_gb18030(source) { "gb2312" } else { "utf-8" },
            now,
            with_dates,
            article_base: (index as u64 + 1) * ARTICLES,
        }
    }

    fn column_page(&self, list: &ListPage<'_>) -> Vec<u8> {
        if !jcms::is_column(list.source) {
            let text = list.html();
            return if self.is_in_gb18030(list.source) {
                GB18030.encode(&text).0.into_owned()
            } else {
                text.into_bytes()
            };
        }
        let text = if self.asks_by_proxy(list.source) {
            jcms::page_without_rows(list)
        } else {
            jcms::page_with_rows(list)
        };
        text.into_bytes()
    }

    fn rows_by_proxy(&self, host: &str, form: &[u8], now: NaiveDateTime) -> Response<Body> {
        let column = jcms::column_asked_for(form);
        let index = column.and_then(|path| self.by_address.get(&address(host, &path)).copied());
        let store = index.map_or_else(
            || jcms::REFUSAL.to_owned(),
            |index| jcms::answer(&self.list(index, 1, self.published_by(index, now), now, true)),
        );
        of_type("text/xml; charset=utf-8", store)
    }

    fn is_in_gb18030(&self, source: &Source) -> bool {
        self.scenario.gb18030.contains(&source.unit)
    }

    fn asks_by_proxy(&self, source: &Source) -> bool {
        jcms::is_column(source) && self.scenario.by_proxy.contains(&source.unit)
    }

    fn article(&self, host: &str, path: &str, now: NaiveDateTime) -> Option<Response<Body>> {
        let number = match path.strip_prefix("/OpennessContent/show/") {
            Some(rest) => rest.strip_suffix(".html")?.parse().ok()?,
            None => jcms::article_number(path)?,
        };
        let index = usize::try_from(number / ARTICLES).ok()?.checked_sub(1)?;
        let source = self.rules.sources.get(index).filter(|source| source.url.host_str() == Some(host))?;
        let item = self.published_by(index, now).get(usize::try_from(number % ARTICLES).ok()?)?;
        let unit_name = self.unit_name(source);
        let text = if jcms::is_column(source) {
            let is_its_address = jcms::article_path(&source.url, item.at.date(), number) == path;
            is_its_address.then(|| jcms::article(source, unit_name, item, now.date()))?
        } else {
            pages::article(source, unit_name, item)
        };
        Some(html(text.into_bytes(), None))
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

/// Host and path, without the number of a list's page.
fn address(host: &str, path: &str) -> String {
    let path = path.rsplit_once("/page_").map_or(path, |(stem, _)| stem);
    format!("{host}{path}")
}

fn page_number(path: &str) -> usize {
    let number = path.rsplit_once("/page_").and_then(|(_, page)| page.strip_suffix(".html")?.parse().ok());
    number.unwrap_or(1).max(1)
}
