//! Reads `[[feed.via]]`.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use url::{Host, Url};

use super::super::document::Table;
use super::super::id::is_valid_id;
use super::super::keys::Kind;
use super::super::unit::{Platform, read_url};
use super::{BridgeId, ItunesApp, SESSION_KEYS, SecretName, Way, WayKind, WayName, kinds_for};

const WEIBO: &str = "https://api.weibo.com/";
const WECHAT: &str = "https://api.weixin.qq.com/";
const DOUYIN: &str = "https://open.douyin.com/";
const ITUNES: &str = "https://itunes.apple.com/";
const YYB: &str = "https://upage.html5.qq.com/";
const HUAWEI: &str = "https://appgallery.cloud.huawei.com/";

/// The ways of an account. Where its platform is not known, ways of all platforms are taken.
pub(in crate::rules) fn read_ways(feed: &Table<'_>, platform: Option<Platform>) -> Vec<Way> {
    let tables = feed.tables("via");
    if tables.is_empty() {
        feed.report("via", "is missing: at least one [[feed.via]] is wanted, the way this account is read");
    }
    let mut lines: BTreeMap<WayName, usize> = BTreeMap::new();
    let mut ways = Vec::new();
    for table in tables {
        let Some(way) = read_way(&table, platform) else { continue };
        let line = table.line_of_key("name");
        match lines.get(&way.name) {
            Some(first) => table.report(
                "name",
                format!("`{}`: a way of this account is called so on line {first}", way.name),
            ),
            None => {
                lines.insert(way.name.clone(), line);
                ways.push(way);
            }
        }
    }
    ways
}

fn read_way(table: &Table<'_>, platform: Option<Platform>) -> Option<Way> {
    let word = table.string("kind");
    let name = id(table, "name");
    let Some(word) = word.filter(|word| is_fitting(table, word, platform)) else {
        // Without a kind, any key may be right.
        for key in Kind::Way.keys() {
            let _any = table.optional_string(key.name);
        }
        table.finish();
        return None;
    };
    let kind = read_kind(table, &word);
    let is_asked = kind.as_ref().is_none_or(|kind| kind.address().is_some());
    let bridge = if is_asked { id(table, "bridge") } else { None };
    table.finish();
    Some(Way { name: WayName::new(name.unwrap_or(word)), kind: kind?, bridge: bridge.map(BridgeId::new) })
}

fn is_fitting(table: &Table<'_>, word: &str, platform: Option<Platform>) -> bool {
    let all = [Platform::Wechat, Platform::Weibo, Platform::Douyin, Platform::App];
    let platforms = platform.map_or_else(|| all.to_vec(), |platform| vec![platform]);
    let mut fitting: Vec<&str> = platforms.into_iter().flat_map(kinds_for).copied().collect();
    if fitting.contains(&word) {
        return true;
    }
    fitting.sort_unstable();
    fitting.dedup();
    let on = platform.map_or(String::new(), |platform| format!(" for {}", platform.word()));
    table.report("kind", format!("`{word}` is not known{on}, allowed: {}", fitting.join(", ")));
    false
}

fn read_kind(table: &Table<'_>, word: &str) -> Option<WayKind> {
    let text = |key| table.string(key);
    Some(match word {
        "rss" => WayKind::Rss { url: read_url(table, "url")? },
        "wechat-article" => WayKind::WechatArticle { url: permanent_link(table)? },
        "weibo-openapi" => {
            let (uid, secret, base) = (digits(table, "uid"), secret(table), safe_base(table, WEIBO));
            WayKind::WeiboOpenapi { base: base?, uid: uid?, secret: secret? }
        }
        "wechat-api" => {
            let (secret, base) = (secret(table), safe_base(table, WECHAT));
            WayKind::WechatApi { base: base?, secret: secret? }
        }
        "wechat-backend" => WayKind::WechatBackend { file: import_file(table)? },
        "douyin-openapi" => {
            let (open_id, secret, base) = (text("open-id"), secret(table), safe_base(table, DOUYIN));
            WayKind::DouyinOpenapi { base: base?, open_id: open_id?, secret: secret? }
        }
        "itunes" => {
            let (app, country, base) = (text("app-id"), country(table), base(table, ITUNES));
            WayKind::Itunes { base: base?, app: itunes_app(app?), country: country? }
        }
        "yyb" => {
            let (package, base) = (text("package"), base(table, YYB));
            WayKind::Yyb { base: base?, package: package? }
        }
        "huawei-appdl" => {
            let (app_id, base) = (huawei_app_id(table), base(table, HUAWEI));
            WayKind::HuaweiAppdl { base: base?, app_id: app_id? }
        }
        _ => WayKind::Record,
    })
}

/// The link of an article as everybody may have it. What a reader copies out of 微信 may carry their session.
fn permanent_link(table: &Table<'_>) -> Option<Url> {
    let url = read_url(table, "url")?;
    let session = url
        .query_pairs()
        .map(|(key, _)| key)
        .find(|key| SESSION_KEYS.iter().any(|of_session| key.eq_ignore_ascii_case(of_session)));
    let Some(key) = session else { return Some(url) };
    table.report(
        "url",
        format!("must not hold `{key}`, which belongs to one reader; wanted: the article's permanent link"),
    );
    None
}

/// A name in the form of an id, which may be absent.
fn id(table: &Table<'_>, key: &'static str) -> Option<String> {
    let id = table.optional_string(key)?;
    if is_valid_id(&id) {
        return Some(id);
    }
    table.report(
        key,
        format!("`{id}` is no such name, allowed: lower-case letters, digits and single hyphens"),
    );
    None
}

/// Rules go through many hands, so what looks like a secret itself is refused.
fn secret(table: &Table<'_>) -> Option<SecretName> {
    if !table.has("secret") {
        table.report(
            "secret",
            "is missing: the name under which the secret is kept, see `[secrets]` of xuncha.toml",
        );
    }
    id(table, "secret").map(SecretName::new)
}

fn digits(table: &Table<'_>, key: &'static str) -> Option<String> {
    let text = table.string(key)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text);
    }
    table.report(key, format!("`{text}` is not an account's number, wanted: digits"));
    None
}

fn base(table: &Table<'_>, usual: &str) -> Option<Url> {
    let base = if table.has("base") {
        read_url(table, "base")?
    } else {
        let _absent = table.optional_string("base");
        Url::parse(usual).ok()?
    };
    if base.query().is_some() || base.fragment().is_some() {
        table.report("base", format!("`{base}` must end with its path"));
        return None;
    }
    if base.path().ends_with('/') { Some(base) } else { Url::parse(&format!("{base}/")).ok() }
}

/// The base of a way to which a secret is sent.
fn safe_base(table: &Table<'_>, usual: &str) -> Option<Url> {
    let base = base(table, usual)?;
    if base.scheme() == "https" || is_our_own(&base) {
        return Some(base);
    }
    table.report("base", format!("`{base}` must begin with https:// because a secret is sent there"));
    None
}

/// Whether an address stays on this machine, or is one that can belong to nobody.
fn is_our_own(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => {
            let top = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
            ["localhost", "example", "test", "invalid"].contains(&top)
        }
        None => false,
    }
}

/// Below the import directory and nowhere else.
fn import_file(table: &Table<'_>) -> Option<PathBuf> {
    let file = table.string("file")?;
    let is_plain = |part| matches!(part, Component::Normal(_));
    if Path::new(&file).components().all(is_plain) {
        return Some(PathBuf::from(file));
    }
    table.report(
        "file",
        format!("`{file}` must name a file below the import directory, such as \"weixin.json\""),
    );
    None
}

fn itunes_app(app: String) -> ItunesApp {
    app.parse().map_or(ItunesApp::BundleId(app), ItunesApp::Id)
}

fn country(table: &Table<'_>) -> Option<String> {
    let country = table.optional_string("country").unwrap_or_else(|| "cn".to_owned());
    if country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(country);
    }
    table
        .report("country", format!("`{country}` is not a country, wanted: two small letters such as \"cn\""));
    None
}

fn huawei_app_id(table: &Table<'_>) -> Option<String> {
    let app_id = table.string("app-id")?;
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if app_id.strip_prefix('C').is_some_and(is_number) {
        return Some(app_id);
    }
    table.report(
        "app-id",
        format!("`{app_id}` is not an app's number, wanted: C and digits, such as \"C100000000\""),
    );
    None
}
