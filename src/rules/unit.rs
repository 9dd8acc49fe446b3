//! `COUNTY/units/UNIT.toml`: an office, its webmasters, its columns and its accounts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::cadence::Cadence;
use super::cadences::Cadences;
use super::document::{Document, Table};
use super::id::{SourceId, UnitId, is_valid_id};
use super::presets::Presets;
use super::problem::Collector;
use super::way::{BridgeId, Way, WayKind, read_ways};

use crate::extract::{EXTRACTION, Reading};

/// An office that owns sources.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its short name, as a bulletin's text uses it: 县住建局.
    pub name: String,
    /// Its name in annex 1, with merged bodies: 县住建局(县人防办).
    pub display_name: String,
    /// Its name in annexes 2 and 3.
    pub media_name: String,
    /// Whether it counts in the pass rate. Units that do not are listed all the same.
    pub counted: bool,
    /// Who is warned.
    pub webmasters: Vec<Webmaster>,
}

/// A person who keeps a unit's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webmaster {
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
}

/// A column or feed that is watched.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its full id.
    pub id: SourceId,
    /// Ids that it had before: what is held under them is its own.
    pub was: Vec<SourceId>,
    /// The unit that owns it.
    pub unit: UnitId,
    /// Column path (`A—B`) or account name.
    pub name: String,
    /// Column or feed.
    pub kind: SourceKind,
    /// Where it is read; a feed's first way.
    pub url: Url,
    /// How it is read.
    pub reading: Arc<Reading>,
    /// The ways to read a feed, at least one; a column has none.
    pub ways: Vec<Way>,
    /// The bridge whose canary it is; `None` for what a unit owns.
    pub canary_of: Option<BridgeId>,
    /// The fewest posts in thirty days that the county expects of an account; `None` where it expects no number.
    pub min_posts_30d: Option<u32>,
    /// Since when an account is no longer kept (注销).
    pub deregistered: Option<Deregistered>,
    /// Whether its page is drawn by a browser before it is read.
    pub render: bool,
    /// When a person last checked the rule against the page; changing it has the page learned anew.
    pub checked: Option<String>,
    /// How often it must publish.
    pub cadence: Arc<Cadence>,
    /// Changes whenever the source would be read or judged differently; what was learned before is then learned anew.
    pub fingerprint: u64,
    /// Changes only when a person has given another address or checked the rule: what was doubted of the page stays doubted
    /// until then.
    pub place: u64,
}

/// That an account is no longer kept, by whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deregistered {
    /// The first day on which it owes nothing.
    pub since: NaiveDate,
    /// Why we say so.
    pub reason: String,
}

impl Source {
    /// Whether it is an account whose ways are gone through one by one. A single feed that is asked directly is read like
    /// any page, and so is a canary.
    pub fn is_read_by_ways(&self) -> bool {
        let is_one_feed =
            matches!(self.ways.as_slice(), [] | [Way { kind: WayKind::Rss { .. }, bridge: None, .. }]);
        self.canary_of.is_none() && !is_one_feed
    }

    /// Whether it is read off a page that says what it is; feeds say nothing of the kind.
    pub fn is_page(&self) -> bool {
        self.kind == SourceKind::Column
    }

    /// The source with its fingerprint taken, in a county of this zone.
    pub(super) fn fingerprinted(self, zone: Tz) -> Self {
        let Self { url, reading, ways, render, checked, cadence, .. } = &self;
        let mut said = format!(
            "{url} {reading:?} {render} {checked:?} {:?} {} {zone} {EXTRACTION}",
            cadence.period, cadence.grace_days
        );
        if !ways.is_empty() {
            said += &format!(" {ways:?}");
        }
        let place = format!("{url} {render} {checked:?}");
        Self { fingerprint: xxh3_64(said.as_bytes()), place: xxh3_64(place.as_bytes()), ..self }
    }
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A column of a site.
    Column,
    /// An account, or an app's releases.
    Feed(Platform),
}

/// Where an account lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// 微信公众号.
    Wechat,
    /// 微博.
    Weibo,
    /// 抖音.
    Douyin,
    /// A mobile app.
    App,
}

pub(super) const PLATFORMS: [(&str, Platform); 4] = [
    ("wechat", Platform::Wechat),
    ("weibo", Platform::Weibo),
    ("douyin", Platform::Douyin),
    ("app", Platform::App),
];

impl Platform {
    /// The word for it in rules.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wechat => "wechat",
            Self::Weibo => "weibo",
            Self::Douyin => "douyin",
            Self::App => "app",
        }
    }
}

impl SourceKind {
    /// 栏目, 微信, 微博, 抖音 or APP.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Column => "栏目",
            Self::Feed(Platform::Wechat) => "微信",
            Self::Feed(Platform::Weibo) => "微博",
            Self::Feed(Platform::Douyin) => "抖音",
            Self::Feed(Platform::App) => "APP",
        }
    }
}

/// What unit files may refer to.
pub(crate) struct Shared<'a> {
    pub(crate) cadences: &'a Cadences,
    pub(crate) presets: &'a Presets,
}

pub(crate) fn load_unit(
    path: &Path,
    shared: &Shared<'_>,
    problems: &Collector,
) -> Option<(Unit, Vec<Source>)> {
    read_unit_file(&Document::read(path, problems)?, shared, problems)
}

/// Reads a unit file that is in memory.
pub(super) fn read_unit_file(
    document: &Document,
    shared: &Shared<'_>,
    problems: &Collector,
) -> Option<(Unit, Vec<Source>)> {
    document.with_root(problems, |root| {
        let path = root.path();
        let unit = root.table("unit").and_then(|table| read_unit(&table));
        let columns = root.tables("column");
        let feeds = root.tables("feed");
        root.finish();
        let owner = unit.as_ref().map_or_else(|| UnitId::new("unknown"), |unit| unit.id.clone());
        let columns =
            columns.iter().filter_map(|table| read_column(table, &owner, shared).map(|s| (s, table)));
        let feeds = feeds.iter().filter_map(|table| read_feed(table, &owner, shared).map(|s| (s, table)));
        let read: Vec<(Source, &Table<'_>)> = columns.chain(feeds).collect();
        check_ids(&read);
        let sources = read.into_iter().map(|(source, _)| source).collect();
        if path.file_stem().is_none_or(|stem| stem.to_string_lossy() != owner.as_str()) && unit.is_some() {
            problems.add(path, 0, "unit.id", format!("the file must be called {owner}.toml"));
        }
        Some((unit?, sources))
    })
}

/// No two sources have one id, or had one; nor is there a source of an id that another once had.
fn check_ids(read: &[(Source, &Table<'_>)]) {
    let mut lines: BTreeMap<&SourceId, usize> = BTreeMap::new();
    for (source, table) in read {
        if let Some(line) = lines.insert(&source.id, table.line_of_key("id")) {
            table.report("id", format!("`{}` is already used on line {line}", source.id));
        }
    }
    let mut claims: BTreeMap<&SourceId, usize> = BTreeMap::new();
    for (source, table) in read {
        for former in &source.was {
            if let Some(line) = lines.get(former) {
                let what =
                    format!("`{former}` is still there, on line {line}: take it out, or leave this out");
                table.report("was", what);
            }
            if let Some(line) = claims.insert(former, table.line_of_key("was")) {
                table.report("was", format!("`{former}` has already become the source of line {line}"));
            }
        }
    }
}

fn read_unit(table: &Table<'_>) -> Option<Unit> {
    let id = read_id(table);
    let name = table.string("name");
    let display_name = table.optional_string("display-name");
    let media_name = table.optional_string("media-name");
    let counted = table.boolean_or("counted", true);
    let webmasters: Vec<Webmaster> = table.tables("webmaster").iter().filter_map(read_webmaster).collect();
    if !table.has("webmaster") {
        table.report("webmaster", "is missing: somebody must get the unit's warnings, as [[unit.webmaster]]");
    }
    table.finish();
    let name = name?;
    Some(Unit {
        id: UnitId::new(id?),
        display_name: display_name.unwrap_or_else(|| name.clone()),
        media_name: media_name.unwrap_or_else(|| name.clone()),
        name,
        counted,
        webmasters,
    })
}

fn read_webmaster(table: &Table<'_>) -> Option<Webmaster> {
    let name = table.string("name");
    let email = table.string("email");
    table.finish();
    let email = email?;
    if !looks_like_an_address(&email) {
        table.report("email", format!("`{email}` is not a mail address, wanted: name@host"));
    }
    Some(Webmaster { name: name?, email })
}

fn read_column(table: &Table<'_>, owner: &UnitId, shared: &Shared<'_>) -> Option<Source> {
    let id = read_id(table);
    let was = read_former(table, owner);
    let name = table.string("name");
    let url = read_url(table, "url");
    let reading = shared.presets.reading(table);
    let reading = reading.and_then(|reading| with_column(table, reading, url.as_ref()?));
    let render = table.boolean_or("render", false);
    let checked = table.optional_string("checked");
    let cadence = match table.optional_string("cadence") {
        Some(word) => named_cadence(table, &word, shared.cadences),
        None => name.as_deref().and_then(|name| implied_cadence(table, name, shared.cadences)),
    };
    table.finish();
    Some(Source {
        id: SourceId::of(owner, &id?),
        was,
        unit: owner.clone(),
        name: name?,
        kind: SourceKind::Column,
        url: url?,
        reading: Arc::new(reading?),
        ways: Vec::new(),
        canary_of: None,
        min_posts_30d: None,
        deregistered: None,
        render,
        checked,
        cadence: cadence?,
        fingerprint: 0,
        place: 0,
    })
}

/// A gkmlpt address ends in its column's number, behind the `#`. Pages come back without that end of their address, so the
/// number is kept with the reading.
fn with_column(table: &Table<'_>, reading: Reading, url: &Url) -> Option<Reading> {
    let Reading::Gkmlpt { column: None } = reading else { return Some(reading) };
    let column = url.fragment().and_then(|number| number.parse().ok());
    if column.is_none() && !url.path().contains("/gkmlpt/api/all/") {
        table.report("column", "is missing: end the address with #NUMBER, or give the column's number here");
        return None;
    }
    Some(Reading::Gkmlpt { column })
}

fn read_feed(table: &Table<'_>, owner: &UnitId, shared: &Shared<'_>) -> Option<Source> {
    let id = read_id(table);
    let was = read_former(table, owner);
    let platform = table.word("platform", &PLATFORMS);
    let account = table.string("account");
    let cadence = table.string("cadence").and_then(|word| named_cadence(table, &word, shared.cadences));
    let ways = read_ways(table, platform);
    let min_posts_30d = table.optional_integer("min-posts-30d", 1..=3000);
    let deregistered = read_deregistered(table);
    table.finish();
    Some(Source {
        id: SourceId::of(owner, &id?),
        was,
        unit: owner.clone(),
        name: account?,
        kind: SourceKind::Feed(platform?),
        url: ways.iter().find_map(|way| way.kind.address()).or_else(nowhere)?,
        reading: Arc::new(Reading::Feed),
        ways,
        canary_of: None,
        min_posts_30d,
        deregistered,
        render: false,
        checked: None,
        cadence: cadence?,
        fingerprint: 0,
        place: 0,
    })
}

fn read_deregistered(table: &Table<'_>) -> Option<Deregistered> {
    let since = table.optional_string("deregistered-since");
    let reason = table.optional_string("deregistered-reason");
    if since.is_none() && reason.is_some() {
        table.report("deregistered-since", "is missing: from which day on the account is no longer kept");
    }
    let since = since?;
    if reason.is_none() {
        table.report("deregistered-reason", "is missing: say by whose word the account is no longer kept");
    }
    let day = since.parse().ok();
    if day.is_none() {
        table.report("deregistered-since", format!("`{since}` is not a day, wanted: \"2026-01-01\""));
    }
    Some(Deregistered { since: day?, reason: reason? })
}

/// An address for what is not asked for at any: it can belong to nobody.
fn nowhere() -> Option<Url> {
    Url::parse("http://nowhere.invalid/").ok()
}

pub(super) fn read_id(table: &Table<'_>) -> Option<String> {
    let id = table.string("id")?;
    if !is_valid_id(&id) {
        table.report(
            "id",
            format!("`{id}` is not an id, allowed: lower-case letters, digits and single hyphens"),
        );
        return None;
    }
    Some(id)
}

/// The ids that a source of this unit had before.
fn read_former(table: &Table<'_>, owner: &UnitId) -> Vec<SourceId> {
    let former = table.text_or_texts("was");
    for id in former.iter().filter(|id| !is_valid_id(id)) {
        table.report("was", format!("`{id}` is not an id, wanted: the `id` that it had before"));
    }
    former.iter().map(|id| SourceId::of(owner, id)).collect()
}

pub(super) fn read_url(table: &Table<'_>, key: &'static str) -> Option<Url> {
    let text = table.string(key)?;
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match url {
        Some(url) if url.username().is_empty() && url.password().is_none() => Some(url),
        Some(_) => {
            table.report(key, "must not hold a user name or password");
            None
        }
        None => {
            table.report(key, format!("`{text}` is not an address, wanted: http://… or https://…"));
            None
        }
    }
}

pub(super) fn named_cadence(table: &Table<'_>, word: &str, cadences: &Cadences) -> Option<Arc<Cadence>> {
    let found = cadences.named(word);
    if found.is_none() {
        table.report("cadence", format!("`{word}` is not a cadence, allowed: {}", cadences.names()));
    }
    found.map(Arc::clone)
}

fn implied_cadence(table: &Table<'_>, name: &str, cadences: &Cadences) -> Option<Arc<Cadence>> {
    let found = cadences.for_column_name(name);
    if found.is_none() {
        table.report(
            "cadence",
            format!(
                "is missing, and no pattern of cadences.toml fits the name `{name}`, allowed: {}",
                cadences.names()
            ),
        );
    }
    found.map(Arc::clone)
}

/// Enough to catch slips; the mail server has the last word.
pub(crate) fn looks_like_an_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>,;:\"()[]\\@".contains(&b))
    };
    plain(local) && plain(host) && !host.starts_with('.') && !host.ends_with('.') && host.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a gkmlpt reading at an address, and the mistakes found.
    fn column_at(column: Option<u32>, url: &str) -> (Option<Reading>, usize) {
        let problems = Collector::default();
        let reading = Document::from_text("unit.toml", "").with_root(&problems, |table| {
            with_column(table, Reading::Gkmlpt { column }, &url.parse().unwrap())
        });
        (reading, problems.into_result(()).map_or_else(|all| all.0.len(), |()| 0))
    }

    #[test]
    fn the_column_of_a_gkmlpt_address_is_kept_with_its_reading() {
        let shell = "https://www.example.gov.cn/x/gkmlpt/index";
        let column = |column| Some(Reading::Gkmlpt { column });
        assert_eq!(column_at(None, &format!("{shell}#30011")), (column(Some(30_011)), 0));
        assert_eq!(column_at(Some(7), &format!("{shell}#30011")), (column(Some(7)), 0));
        assert_eq!(column_at(None, "https://www.example.gov.cn/gkmlpt/api/all/7?sid=1"), (column(None), 0));
        assert_eq!(column_at(None, shell), (None, 1));
        assert_eq!(column_at(None, &format!("{shell}#top")), (None, 1));
    }

    #[test]
    fn addresses_are_checked_for_slips() {
        for good in ["a@b.cn", "zhujianju@langxi.example", "a.b+c@mail.b.cn"] {
            assert!(looks_like_an_address(good), "{good}");
        }
        for bad in
            ["", "a", "a@", "@b.cn", "a@b", "a b@c.cn", "a@b.cn,c@d.cn", "a@b.cn\r\nBcc: x@y.cn", "张@b.cn"]
        {
            assert!(!looks_like_an_address(bad), "{bad}");
        }
    }
}
