//! What each platform is asked, word for word.

use serde_json::json;
use url::Url;

use super::super::call::Call;
use crate::extract::Refusal;
use crate::rules::{ItunesApp, WayKind};
use crate::secrets::Secret;

/// As many as one answer of 微博 holds.
const WEIBO_COUNT: &str = "100";
/// As many as one answer of 公众号 or 抖音 holds.
const COUNT: u32 = 20;

/// The call that gets a token; nothing where none is needed or the secret is the token.
pub(super) fn for_token(way: &WayKind, secret: Option<&Secret>) -> Option<Result<Call, Refusal>> {
    match way {
        WayKind::WechatApi { base, .. } => Some(two_words(secret, "AppID and AppSecret").and_then(|(id, key)| {
            // The plain mode: it gives the token that is good now, and takes it from nobody else who uses the account.
            let body = json!({"grant_type": "client_credential", "appid": id, "secret": key, "force_refresh": false});
            Ok(Call::post_json(at(base, "cgi-bin/stable_token")?, &body).in_secret())
        })),
        WayKind::DouyinOpenapi { base, .. } => Some(two_words(secret, "client_key and refresh_token").and_then(|(key, refresh)| {
            let fields = [("client_key", key), ("grant_type", "refresh_token"), ("refresh_token", refresh)];
            Ok(Call::post_form(at(base, "oauth/refresh_token/")?, &fields).in_secret())
        })),
        _ => None,
    }
}

/// The call that gets the posts, with the token that it takes.
pub(super) fn for_posts(
    way: &WayKind,
    secret: Option<&Secret>,
    token: Option<&str>,
) -> Result<Call, Refusal> {
    let token = token.unwrap_or_default();
    match way {
        WayKind::WeiboOpenapi { base, uid, .. } => {
            let token =
                secret.and_then(Secret::word).ok_or_else(|| must_hold("the token and nothing else"))?;
            let url =
                with(at(base, "2/statuses/user_timeline.json")?, &[("uid", uid), ("count", WEIBO_COUNT)]);
            Ok(Call::get(url).with_token("authorization", format!("OAuth2 {token}")))
        }
        WayKind::WechatApi { base, .. } => {
            let url = with(at(base, "cgi-bin/freepublish/batchget")?, &[("access_token", token)]);
            Ok(Call::post_json(url, &json!({"offset": 0, "count": COUNT, "no_content": 1})).in_secret())
        }
        WayKind::DouyinOpenapi { base, open_id, .. } => {
            let query = [("open_id", open_id.as_str()), ("cursor", "0"), ("count", &COUNT.to_string())];
            Ok(Call::get(with(at(base, "video/list/")?, &query)).with_token("access-token", token.to_owned()))
        }
        WayKind::Itunes { base, app, country } => {
            let app = match app {
                ItunesApp::Id(id) => ("id", id.to_string()),
                ItunesApp::BundleId(bundle) => ("bundleId", bundle.clone()),
            };
            Ok(Call::get(with(at(base, "lookup")?, &[(app.0, &app.1), ("country", country)])))
        }
        WayKind::Yyb { base, package } => {
            Ok(Call::post_json(at(base, "wechat-apkinfo")?, &json!({"packagename": package})))
        }
        WayKind::HuaweiAppdl { base, app_id } => Ok(Call::get(at(base, &format!("appdl/{app_id}"))?)),
        WayKind::Rss { url } | WayKind::WechatArticle { url } => Ok(Call::get(url.clone())),
        WayKind::WechatBackend { .. } | WayKind::Record => {
            Err(Refusal::Unreachable("nobody is asked for what is kept here".to_owned()))
        }
    }
}

/// The call that gets the menu of a 公众号, with the token that it takes.
pub(super) fn for_menu(
    way: &WayKind,
    _secret: Option<&Secret>,
    token: Option<&str>,
) -> Result<Call, Refusal> {
    match way {
        WayKind::WechatApi { base, .. } => {
            let url = at(base, "cgi-bin/get_current_selfmenu_info")?;
            Ok(Call::get(with(url, &[("access_token", token.unwrap_or_default())])).in_secret())
        }
        other => Err(Refusal::Unreachable(format!("{} shows no menu", other.word()))),
    }
}

fn two_words<'s>(secret: Option<&'s Secret>, what: &str) -> Result<(&'s str, &'s str), Refusal> {
    secret.and_then(Secret::two_words).ok_or_else(|| must_hold(what))
}

fn must_hold(what: &str) -> Refusal {
    Refusal::NoSecret(format!("the secret must hold {what}, on one line or two"))
}

fn at(base: &Url, path: &str) -> Result<Url, Refusal> {
    base.join(path).map_err(|error| Refusal::Unreachable(format!("{base}{path}: {error}")))
}

fn with(mut url: Url, query: &[(&str, &str)]) -> Url {
    url.query_pairs_mut().extend_pairs(query);
    url
}
