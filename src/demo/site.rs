//! The county's sites, its accounts' platforms and its bridges, as the demo's own clock has it.
//!
//! [`County`] knows what has been published by now and answers for all hosts, each in its own dialect: list pages (with
//! ETag and 304), articles, feeds, and interfaces of platforms. It plays the scenario's faults and shields. Visitors find their way by the pages of
//! [`navigation`].

use std::collections::HashMap;
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use encoding_rs::GB18030;

use super::pages::{self, ListPage};
use super::platforms::{self, Shown, Tokens, Wants};
use super::publications::{Publication, publications};
use super::reply::{html, not_modified, of_type, plain, truncated};
use super::scenario::{FaultKind, Scenario};
use super::trouble::{TroubleKind, trouble_of};
use super::{jcms, navigation};
use crate::clock::Clock;
use crate::rules::{Rules, Source, SourceKind, Way, WayKind};

/// The county as its web server knows it.
pub(super) struct County {
    rules: Rules,
    scenario: Scenario,
    clock: Clock,
    zone: Tz,
    /// The sources of the rules, then the canaries of the bridges.
    sources: Vec<Source>,
    /// By index of the source.
    published: Vec<Vec<Publication>>,
    /// Columns by the addresses of their lists, without page numbers: host and path.
    by_address: HashMap<String, usize>,
    /// Feeds by host and path: the index of the source, and that of its way.
    feeds: HashMap<String, (usize, usize)>,
    tokens: Tokens,
}

/// One request.
pub(super) struct Asked {
    /// Lower case.
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) form: Bytes,
}

impl Asked {
    /// A header, by its lower-case name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A value of the query.
    pub(super) fn query(&self, key: &str) -> Option<String> {
        value_of(self.query.as_bytes(), key)
    }

    /// A field of the form that was posted.
    pub(super) fn field(&self, key: &str) -> Option<String> {
        value_of(&self.form, key)
    }

    /// Path and query.
    pub(super) fn address(&self) -> String {
        format!("{}?{}", self.path, self.query)
    }
}

fn value_of(pairs: &[u8], wanted: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(pairs);
    pairs.find(|(key, _)| key == wanted).map(|(_, value)| value.into_owned())
}

/// Articles of the source with index `i` are numbered from `(i + 1) * ARTICLES` on.
const ARTICLES: u64 = 10_000;
/// The county's own site, to which menus lead.
const SITE: &str = "www.langxi.example";
const MENU_ENTRIES: usize = 2;
/// Even behind a shield, this file can be had.
const ROBOTS_TXT: &str =
    "# 本站各栏目均可供监测读取。\n# All of this site may be read.\nUser-agent: *\nDisallow:\n";

impl County {
    pub(super) fn new(rules: Rules, scenario: Scenario, clock: Clock) -> Self {
        let canaries = rules.bridges.iter().flat_map(|bridge| &bridge.canaries);
        let sources: Vec<Source> = rules.sources.iter().chain(canaries).cloned().collect();
        let published = sources.iter().map(|source| publications(source, &scenario)).collect();
        let columns = sources.iter().enumerate().filter(|(_, source)| source.kind == SourceKind::Column);
        let by_address = columns
            .map(|(index, source)| {
                (address(source.url.host_str().unwrap_or_default(), source.url.path()), index)
            })
            .collect();
        let feeds = sources.iter().enumerate().flat_map(|(index, source)| feeds_of(index, source)).collect();
        let (zone, tokens) = (rules.county.zone, Tokens::default());
        Self { rules, scenario, clock, zone, sources, published, by_address, feeds, tokens }
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
            let published = self.published_by(*index, now);
            return self.list(*index, page_number(path), published, &asked.headers, now);
        }
        if let Some((index, way)) = self.feeds.get(&format!("{host}{path}")) {
            return self.feed(*index, &self.sources[*index].ways[*way], &asked.headers, now);
        }
        if let Some(answer) = self.platform(asked, now) {
            return answer;
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

    /// The accounts whose lists are exported, by index, with the hour of the day.
    pub(super) fn exporting(&self) -> impl Iterator<Item = (usize, u32)> {
        let sources = self.sources.iter().enumerate();
        sources.filter_map(|(index, source)| Some((index, *self.scenario.exports.get(&source.id)?)))
    }

    /// What is to be handed in of an account now, and under which name; nothing where nobody does.
    pub(super) fn export(&self, index: usize) -> Option<(PathBuf, String)> {
        let (source, now) = (&self.sources[index], self.local(self.now()));
        source.ways.iter().find_map(|way| {
            let WayKind::WechatBackend { file } = &way.kind else { return None };
            let is_forgotten = trouble_of(&self.scenario.troubles, source, way, now)
                .is_some_and(|trouble| trouble.kind == TroubleKind::NotHandedIn);
            let exported = || platforms::exported(&self.shown(index, self.published_by(index, now)));
            (!is_forgotten).then(|| (file.clone(), exported()))
        })
    }

    fn shown<'a>(&'a self, index: usize, published: &'a [Publication]) -> Shown<'a> {
        let source = &self.sources[index];
        Shown { source, published, pinned: self.scenario.pinned.get(&source.id), zone: self.zone }
    }

    /// What a platform answers, if the request is for one of those that accounts are on.
    fn platform(&self, asked: &Asked, now: NaiveDateTime) -> Option<Response<Body>> {
        let here =
            |way: &&Way| way.kind.address().is_some_and(|url| url.host_str() == Some(asked.host.as_str()));
        self.sources.iter().enumerate().find_map(|(index, source)| {
            source.ways.iter().filter(here).find_map(|way| match platforms::wants(&way.kind, asked)? {
                Wants::Token => Some(platforms::grant(&way.kind, asked, &self.tokens, self.now())),
                Wants::Posts => Some(self.posts(index, way, asked, now)),
                Wants::Menu => {
                    let is_shown = |other: &&Source| other.url.host_str() == Some(SITE);
                    let columns: Vec<&Source> =
                        self.sources.iter().filter(is_shown).take(MENU_ENTRIES).collect();
                    Some(platforms::menu(&way.kind, asked, &columns, &self.tokens, self.now()))
                }
            })
        })
    }

    fn posts(&self, index: usize, way: &Way, asked: &Asked, now: NaiveDateTime) -> Response<Body> {
        let trouble = trouble_of(&self.scenario.troubles, &self.sources[index], way, now);
        if let Some(refusal) = trouble.and_then(|trouble| trouble.kind.refusal()) {
            return refusal;
        }
        let shown = self.shown(index, self.published_by(index, now));
        let kind = trouble.map(|trouble| trouble.kind);
        platforms::posts(&way.kind, asked, &shown, &self.tokens, kind, self.now())
    }

    /// An account's feed. One that stands still answers as ever.
    fn feed(&self, index: usize, way: &Way, headers: &HeaderMap, now: NaiveDateTime) -> Response<Body> {
        let source = &self.sources[index];
        let trouble = trouble_of(&self.scenario.troubles, source, way, now);
        if let Some(refusal) = trouble.and_then(|trouble| trouble.kind.refusal()) {
            return refusal;
        }
        let until =
            trouble.filter(|trouble| trouble.kind == TroubleKind::Frozen).map_or(now, |trouble| trouble.from);
        let published = self.published_by(index, until);
        let tag = format!("\"{index}-{}\"", published.len());
        if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given == tag.as_str()) {
            return not_modified(&tag);
        }
        let base = way.kind.address().unwrap_or_else(|| source.url.clone());
        html(pages::feed(source, &base, published, now).into_bytes(), Some(&tag))
    }

    fn list(
        &self,
        index: usize,
        page: usize,
        published: &[Publication],
        headers: &HeaderMap,
        now: NaiveDateTime,
    ) -> Response<Body> {
        let source = &self.sources[index];
        let fault = self.scenario.fault_at(&source.id, now);
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
        let with_dates = fault != Some(FaultKind::NoDates);
        let body = self.column_page(&self.list_page(index, page, published, now, with_dates));
        // The page of a script's column is the same whatever was published, so its server gives no tag for it.
        let tag = (!self.asks_by_proxy(source)).then_some(tag.as_str());
        match fault {
            Some(FaultKind::Truncated) => truncated(body),
            Some(FaultKind::NoDates) => html(body, None),
            Some(FaultKind::ServerError | FaultKind::EmptyShell) | None => html(body, tag),
        }
    }

    fn list_page<'a>(
        &'a self,
        index: usize,
        page: usize,
        published: &'a [Publication],
        now: NaiveDateTime,
        with_dates: bool,
    ) -> ListPage<'a> {
        let source = &self.sources[index];
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
            |index| jcms::answer(&self.list_page(index, 1, self.published_by(index, now), now, true)),
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
        let source = self.sources.get(index).filter(|source| source.url.host_str() == Some(host))?;
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

/// The feeds of a source, by host and path.
fn feeds_of(index: usize, source: &Source) -> Vec<(String, (usize, usize))> {
    let feeds = source.ways.iter().enumerate().filter_map(|(number, way)| match &way.kind {
        WayKind::Rss { url } => {
            Some((format!("{}{}", url.host_str().unwrap_or_default(), url.path()), (index, number)))
        }
        _ => None,
    });
    feeds.collect()
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
