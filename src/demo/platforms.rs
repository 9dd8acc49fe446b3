//! The platforms of accounts and apps, as their interfaces answer: what was published by a local time, in the shape of each,
//! to whoever shows the right token. What goes wrong is the scenario's to say.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::pages::leaf_of;
use super::publications::Publication;
use super::reply::{moved, of_type, plain};
use super::scenario::Pinned;
use super::site::Asked;
use super::trouble::TroubleKind;
use crate::rules::{ItunesApp, SecretName, Source, WayKind};

/// Posts in one answer.
const PER_ANSWER: usize = 20;
/// A token of 公众号 is good for two hours, one of 抖音 for fifteen days.
const WECHAT_LASTS: TimeDelta = TimeDelta::hours(2);
const DOUYIN_LASTS: TimeDelta = TimeDelta::days(15);

/// What a platform shows of an account.
pub(super) struct Shown<'a> {
    pub(super) source: &'a Source,
    pub(super) published: &'a [Publication],
    pub(super) pinned: Option<&'a Pinned>,
    pub(super) zone: Tz,
}

/// The tokens that platforms have given, the last one by whom it was given to.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<String, Given>>);

#[derive(Debug, Clone, Copy)]
struct Given {
    number: u64,
    until: DateTime<Utc>,
}

/// What stands in the file of a secret: made up, but as many words as its platform gives.
pub(super) fn secret_words(name: &SecretName, kind: &WayKind) -> String {
    match kind {
        WayKind::WeiboOpenapi { .. } => format!("demo-token-of-{name}"),
        _ => format!("demo-app-of-{name} demo-key-of-{name}"),
    }
}

/// What a request is for, if it is one of this way's.
pub(super) enum Wants {
    /// A token.
    Token,
    /// The posts.
    Posts,
    /// The menu below the messages.
    Menu,
}

/// Whether and how a request, which has come to the way's host, is one of this way's.
pub(super) fn wants(kind: &WayKind, asked: &Asked) -> Option<Wants> {
    let is_for = |path: &str, is_ours: bool| (asked.path == path && is_ours).then_some(Wants::Posts);
    match kind {
        WayKind::WeiboOpenapi { uid, .. } => {
            is_for("/2/statuses/user_timeline.json", asked.query("uid").as_deref() == Some(uid.as_str()))
        }
        WayKind::WechatApi { secret, .. } => {
            let app = format!("demo-app-of-{secret}");
            let posted: Value = serde_json::from_slice(&asked.form).unwrap_or_default();
            if asked.path == "/cgi-bin/stable_token" && posted["appid"] == app.as_str() {
                return Some(Wants::Token);
            }
            let token = asked.query("access_token").unwrap_or_default();
            let is_ours = app_of(&token) == app;
            if asked.path == "/cgi-bin/get_current_selfmenu_info" && is_ours {
                return Some(Wants::Menu);
            }
            is_for("/cgi-bin/freepublish/batchget", is_ours)
        }
        WayKind::DouyinOpenapi { open_id, secret, .. } => {
            let app = format!("demo-app-of-{secret}");
            if asked.path == "/oauth/refresh_token/"
                && asked.field("client_key").as_deref() == Some(app.as_str())
            {
                return Some(Wants::Token);
            }
            is_for("/video/list/", asked.query("open_id").as_deref() == Some(open_id.as_str()))
        }
        WayKind::Itunes { app: ItunesApp::Id(id), .. } => {
            is_for("/lookup", asked.query("id").as_deref() == Some(id.to_string().as_str()))
        }
        WayKind::Itunes { app: ItunesApp::BundleId(bundle), .. } => {
            is_for("/lookup", asked.query("bundleId").as_deref() == Some(bundle.as_str()))
        }
        WayKind::Yyb { package, .. } => {
            let posted: Value = serde_json::from_slice(&asked.form).unwrap_or_default();
            is_for("/wechat-apkinfo", posted["packagename"] == package.as_str())
        }
        WayKind::HuaweiAppdl { app_id, .. } => is_for(&format!("/appdl/{app_id}"), true),
        WayKind::Rss { .. }
        | WayKind::WechatBackend { .. }
        | WayKind::WechatArticle { .. }
        | WayKind::Record => None,
    }
}

/// Gives a token to whoever knows the key.
pub(super) fn grant(kind: &WayKind, asked: &Asked, tokens: &Tokens, now: DateTime<Utc>) -> Response<Body> {
    match kind {
        WayKind::DouyinOpenapi { secret, .. } => {
            if asked.field("refresh_token") != Some(format!("demo-key-of-{secret}")) {
                return json_answer(
                    &json!({"data": {"error_code": 10010, "description": "refresh_token过期"}}),
                );
            }
            let token = tokens.give(secret, now + DOUYIN_LASTS);
            json_answer(&json!({"message": "success", "data": {"error_code": 0, "description": "",
                "access_token": token, "expires_in": DOUYIN_LASTS.num_seconds()}}))
        }
        WayKind::WechatApi { secret, .. } => {
            let posted: Value = serde_json::from_slice(&asked.form).unwrap_or_default();
            if posted["secret"] != format!("demo-key-of-{secret}") {
                return json_answer(&json!({"errcode": 40125, "errmsg": "invalid appsecret rid: demo"}));
            }
            let token = tokens.give(secret, now + WECHAT_LASTS);
            json_answer(&json!({"access_token": token, "expires_in": WECHAT_LASTS.num_seconds()}))
        }
        _ => plain(StatusCode::NOT_FOUND, "404"),
    }
}

/// The posts, if the token is taken.
pub(super) fn posts(
    kind: &WayKind,
    asked: &Asked,
    shown: &Shown<'_>,
    tokens: &Tokens,
    trouble: Option<TroubleKind>,
    now: DateTime<Utc>,
) -> Response<Body> {
    match kind {
        WayKind::WeiboOpenapi { uid, secret, .. } => {
            let token = format!("OAuth2 demo-token-of-{secret}");
            if asked.header(header::AUTHORIZATION.as_str()) != Some(token.as_str()) {
                return json_answer(&json!({"error": "invalid_access_token", "error_code": 21332}));
            }
            json_answer(&weibo(shown, uid))
        }
        WayKind::WechatApi { secret, .. } => {
            let token = asked.query("access_token").unwrap_or_default();
            let is_taken = tokens.is_good(secret, &token, now);
            match trouble {
                // Of two tokens given one after the other, the first is the one that somebody else has had renewed.
                Some(TroubleKind::TokenRecalled) if number_of(&token) % 2 == 1 => {
                    token_error(40001, "invalid credential")
                }
                Some(TroubleKind::TokenExpired) if number_of(&token) % 2 == 1 => {
                    token_error(42001, "access_token expired")
                }
                _ if !is_taken => token_error(40001, "invalid credential"),
                _ => json_answer(&published_articles(shown)),
            }
        }
        WayKind::DouyinOpenapi { secret, .. } => {
            if !tokens.is_good(secret, asked.header("access-token").unwrap_or_default(), now) {
                let said =
                    json!({"error_code": 2_190_008, "description": "access_token过期,请刷新或重新授权"});
                return json_answer(&json!({"data": said, "extra": said}));
            }
            json_answer(&works(shown))
        }
        WayKind::Itunes { country, .. } => json_answer(&apple(shown, country)),
        WayKind::Yyb { package, .. } => json_answer(&package_record(shown, package)),
        WayKind::HuaweiAppdl { .. } => match shown.published.last() {
            Some(item) => {
                moved(&format!("/dl/com.langxi.kan.{}.apk?source=appdl", item.at.format("%y%m%d%H%M")))
            }
            None => plain(StatusCode::NOT_FOUND, "404"),
        },
        WayKind::Rss { .. }
        | WayKind::WechatBackend { .. }
        | WayKind::WechatArticle { .. }
        | WayKind::Record => plain(StatusCode::NOT_FOUND, "404"),
    }
}

/// The menu, if the token is taken: two columns of the county's site.
pub(super) fn menu(
    kind: &WayKind,
    asked: &Asked,
    columns: &[&Source],
    tokens: &Tokens,
    now: DateTime<Utc>,
) -> Response<Body> {
    let WayKind::WechatApi { secret, .. } = kind else { return plain(StatusCode::NOT_FOUND, "404") };
    if !tokens.is_good(secret, &asked.query("access_token").unwrap_or_default(), now) {
        return token_error(40001, "invalid credential");
    }
    let entry =
        |source: &&Source| json!({"type": "view", "name": leaf_of(source), "url": source.url.as_str()});
    let entries: Vec<Value> = columns.iter().map(entry).collect();
    json_answer(&json!({"is_menu_open": 1, "selfmenu_info": {"button": [
        {"type": "click", "name": "联系我们", "key": "contact"},
        {"name": "政务公开", "sub_button": {"list": entries}}]}}))
}

/// What an account's own back end saves of its list of sent articles: JSON in a text in JSON, twice over.
pub(super) fn exported(shown: &Shown<'_>) -> String {
    let sendings = shown.latest().map(|(index, item)| {
        let info = json!({"type": 9, "sent_info": {"time": shown.epoch(item.at), "is_published": 1},
            "appmsg_info": [{"title": item.title, "content_url": article(index), "is_deleted": false,
                "copyright_status": if index % 3 == 0 { 11 } else { 0 }}]});
        json!({"publish_type": 1, "publish_info": info.to_string()})
    });
    let page = json!({"total_count": shown.published.len(), "publish_list": sendings.collect::<Vec<_>>()});
    json!({"base_resp": {"ret": 0, "err_msg": "ok"}, "is_admin": true, "publish_page": page.to_string()})
        .to_string()
}

impl Shown<'_> {
    /// The latest items, newest first, with their numbers.
    fn latest(&self) -> impl Iterator<Item = (usize, &Publication)> {
        self.published.iter().enumerate().rev().take(PER_ANSWER)
    }

    fn epoch(&self, at: NaiveDateTime) -> i64 {
        self.zone.from_local_datetime(&at).earliest().map_or(0, |at| at.timestamp())
    }
}

impl Tokens {
    fn give(&self, to: &SecretName, until: DateTime<Utc>) -> String {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = all.get(to.as_str()).map_or(1, |given| given.number + 1);
        all.insert(to.as_str().to_owned(), Given { number, until });
        format!("demo-app-of-{to}.{number}")
    }

    /// Only the token that was given last is good, for its time.
    fn is_good(&self, of: &SecretName, token: &str, now: DateTime<Utc>) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let given = all.get(of.as_str()).filter(|given| now < given.until);
        given.is_some_and(|given| token == format!("demo-app-of-{of}.{}", given.number))
    }
}

fn app_of(token: &str) -> &str {
    token.rsplit_once('.').map_or("", |(app, _)| app)
}

fn number_of(token: &str) -> u64 {
    token.rsplit_once('.').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
}

fn token_error(code: u32, message: &str) -> Response<Body> {
    json_answer(&json!({"errcode": code, "errmsg": format!("{message}, rid: demo")}))
}

fn json_answer(value: &Value) -> Response<Body> {
    of_type("application/json; charset=utf-8", value.to_string())
}

fn article(index: usize) -> String {
    format!("http://mp.weixin.example/s/{index}")
}

fn weibo(shown: &Shown<'_>, uid: &str) -> Value {
    let user = json!({"idstr": uid, "screen_name": shown.source.name});
    let status = |index: usize, text: &str, at: NaiveDateTime, is_top: bool| {
        let mut status = json!({"idstr": format!("{uid}{index:04}"), "text": text, "source": "", "user": user,
            "created_at": at.format("%a %b %d %H:%M:%S +0800 %Y").to_string()});
        if is_top {
            status["isTop"] = json!(1);
        } else if index % 4 == 3 {
            status["retweeted_status"] = json!({"idstr": "1", "text": "转发内容"});
        }
        status
    };
    let on_top = shown.pinned.map(|pinned| status(9999, &pinned.title, pinned.published.into(), true));
    let statuses = shown.latest().map(|(index, item)| status(index, &item.title, item.at, false));
    let statuses: Vec<Value> = on_top.into_iter().chain(statuses).collect();
    json!({"statuses": statuses, "total_number": shown.published.len()})
}

/// Every other sending was to followers only (群发) and does not show here.
fn published_articles(shown: &Shown<'_>) -> Value {
    let items: Vec<Value> = shown
        .latest()
        .filter(|(index, _)| index % 2 == 0)
        .map(|(index, item)| {
            json!({"article_id": index.to_string(), "update_time": shown.epoch(item.at),
                "content": {"news_item": [{"title": item.title, "url": article(index), "is_deleted": false}]}})
        })
        .collect();
    json!({"total_count": items.len(), "item_count": items.len(), "item": items})
}

fn works(shown: &Shown<'_>) -> Value {
    let work = |index: usize, title: &str, at: NaiveDateTime, is_top: bool| {
        json!({"item_id": format!("@{index}"), "title": title, "create_time": shown.epoch(at), "is_top": is_top,
            "is_reviewed": true, "share_url": format!("http://www.iesdouyin.example/share/video/{index}/")})
    };
    let on_top = shown.pinned.map(|pinned| work(9999, &pinned.title, pinned.published.into(), true));
    let works = shown.latest().map(|(index, item)| work(index, &item.title, item.at, false));
    let works: Vec<Value> = on_top.into_iter().chain(works).collect();
    json!({"data": {"error_code": 0, "description": "", "cursor": 0, "has_more": false, "list": works},
        "extra": {"error_code": 0, "logid": "demo"}})
}

/// `releaseDate` is that of the first version, years ago.
fn apple(shown: &Shown<'_>, country: &str) -> Value {
    let results = shown.published.last().map(|item| {
        let at = DateTime::from_timestamp(shown.epoch(item.at), 0).unwrap_or_default();
        json!({"trackName": shown.source.name, "version": version(shown), "releaseDate": "2019-03-01T08:00:00Z",
            "currentVersionReleaseDate": at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "trackViewUrl": format!("http://apps.langxi.example/{country}/app"), "releaseNotes": leaf_of(shown.source)})
    });
    let results: Vec<Value> = results.into_iter().collect();
    json!({"resultCount": results.len(), "results": results})
}

fn package_record(shown: &Shown<'_>, package: &str) -> Value {
    let records = shown.published.last().map(|item| {
        json!({package: {"app_info": {"name": shown.source.name, "update_time": shown.epoch(item.at)},
            "apk_all_data": {"version_name": version(shown), "update_time": shown.epoch(item.at)}}})
    });
    json!({"ret": 0, "app_detail_records": records.unwrap_or_else(|| json!({}))})
}

fn version(shown: &Shown<'_>) -> String {
    format!("3.{}", shown.published.len())
}
