//! Looks, played with answers and no network.

use chrono_tz::Asia::Shanghai;
use serde_json::json;

use super::super::call::CallBody;
use super::*;
use crate::extract::Page;
use crate::rules::{ItunesApp, SecretName};

const POSTS: &str = r#"{"total_count":1,"item_count":1,"item":[{"article_id":"a","update_time":1790000000,
    "content":{"news_item":[{"title":"秋收","url":"http://mp.weixin.qq.com/s?a","is_deleted":false}]}}]}"#;
const EXPIRED: &str = "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}";
const INVALID: &str =
    "{\"errcode\":40001,\"errmsg\":\"invalid credential, access_token is invalid or not latest\"}";

fn now() -> DateTime<Utc> {
    "2026-10-08T01:00:00Z".parse().unwrap()
}

fn at(url: &str) -> Url {
    url.parse().unwrap()
}

fn came(body: &str) -> Result<Answer, Refusal> {
    let page = Page {
        drawing: None,
        url: at("https://api.example/"),
        content_type: None,
        body: body.as_bytes().to_vec(),
    };
    Ok(Answer::ok(page))
}

fn granted(token: &str) -> Result<Answer, Refusal> {
    came(&json!({"access_token": token, "expires_in": 7200}).to_string())
}

fn wechat() -> WayKind {
    WayKind::WechatApi { base: at("https://weixin.example/"), secret: SecretName::new("yiju") }
}

fn douyin() -> WayKind {
    let secret = SecretName::new("erju");
    WayKind::DouyinOpenapi { base: at("https://douyin.example/"), open_id: "a-b".to_owned(), secret }
}

fn weibo() -> WayKind {
    let secret = SecretName::new("sanju");
    WayKind::WeiboOpenapi { base: at("https://weibo.example/"), uid: "10".to_owned(), secret }
}

fn begin(way: &WayKind, text: &str, tokens: &Tokens) -> (AccountLook, Next) {
    AccountLook::begin(way, Secret::of(text).map(Ok), tokens, now(), Shanghai)
}

/// What is called: path and query, the header with the token, the body.
fn called(next: Next) -> String {
    let Next::Call(call) = next else { panic!("expected a call, got {next:?}") };
    let query = call.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let body = match call.body {
        Some(CallBody::Json(body) | CallBody::Form(body)) => format!(" {body}"),
        None => String::new(),
    };
    let token = call.token.map(|(name, token)| format!(" {name}: {token}")).unwrap_or_default();
    format!("{}{query}{token}{body}", call.url.path())
}

fn ended(next: Next) -> Result<Posts, Refusal> {
    let Next::Done(result) = next else { panic!("expected an end, got {next:?}") };
    result
}

fn is_grant(call: &str) -> bool {
    call.starts_with("/cgi-bin/stable_token ")
}

#[test]
fn a_look_asks_for_a_token_first_and_the_next_look_has_it_still() {
    let mut tokens = Tokens::default();
    let (mut look, next) = begin(&wechat(), "wx1\nkey", &tokens);
    assert_eq!(
        called(next),
        "/cgi-bin/stable_token {\"appid\":\"wx1\",\"force_refresh\":false,\"grant_type\":\"client_credential\",\"secret\":\"key\"}"
    );
    let next = look.go_on(granted("one"), &mut tokens, now());
    let list = "/cgi-bin/freepublish/batchget?access_token=one {\"count\":20,\"no_content\":1,\"offset\":0}";
    assert_eq!(called(next), list);
    let posts = ended(look.go_on(came(POSTS), &mut tokens, now())).unwrap();
    assert_eq!(posts.newest().unwrap().sighting.title, "秋收");
    let (_, next) = begin(&wechat(), "wx1\nkey", &tokens);
    assert_eq!(called(next), list);
}

#[test]
fn a_token_that_is_not_taken_is_renewed_once_and_the_look_goes_on() {
    for refused in [EXPIRED, INVALID] {
        let mut tokens = Tokens::default();
        let (mut look, _) = begin(&wechat(), "wx1 key", &tokens);
        look.go_on(granted("one"), &mut tokens, now());
        assert!(is_grant(&called(look.go_on(came(refused), &mut tokens, now()))));
        let next = look.go_on(granted("two"), &mut tokens, now());
        assert!(called(next).contains("access_token=two"));
        assert!(ended(look.go_on(came(POSTS), &mut tokens, now())).is_ok());
    }
}

#[test]
fn a_second_token_that_is_not_taken_ends_the_look() {
    let mut tokens = Tokens::default();
    let (mut look, _) = begin(&wechat(), "wx1 key", &tokens);
    look.go_on(granted("one"), &mut tokens, now());
    look.go_on(came(EXPIRED), &mut tokens, now());
    look.go_on(granted("two"), &mut tokens, now());
    let refusal = ended(look.go_on(came(INVALID), &mut tokens, now())).unwrap_err();
    assert!(matches!(refusal, Refusal::TokenRejected(_)), "{refusal}");
    let (_, next) = begin(&wechat(), "wx1 key", &tokens);
    assert!(is_grant(&called(next)), "a token that was not taken is not kept");
}

#[test]
fn a_token_that_another_look_has_had_renewed_is_not_asked_for_again() {
    let mut tokens = Tokens::default();
    let (mut first, _) = begin(&wechat(), "wx1 key", &tokens);
    first.go_on(granted("one"), &mut tokens, now());
    let (mut second, next) = begin(&wechat(), "wx1 key", &tokens);
    assert!(called(next).contains("access_token=one"));
    first.go_on(came(EXPIRED), &mut tokens, now());
    first.go_on(granted("two"), &mut tokens, now());
    let next = second.go_on(came(EXPIRED), &mut tokens, now());
    assert!(called(next).contains("access_token=two"));
}

#[test]
fn accounts_of_different_secrets_share_no_token() {
    let mut tokens = Tokens::default();
    let (mut look, _) = begin(&wechat(), "wx1 key", &tokens);
    look.go_on(granted("one"), &mut tokens, now());
    let other = WayKind::WechatApi { base: at("https://weixin.example/"), secret: SecretName::new("other") };
    assert!(is_grant(&called(begin(&other, "wx2 key", &tokens).1)));
    let elsewhere = WayKind::WechatApi { base: at("https://else.example/"), secret: SecretName::new("yiju") };
    assert!(is_grant(&called(begin(&elsewhere, "wx1 key", &tokens).1)));
}

#[test]
fn a_refused_secret_ends_the_look_at_once() {
    let mut tokens = Tokens::default();
    let (mut look, _) = begin(&wechat(), "wx1 hush", &tokens);
    let refused = came("{\"errcode\":40125,\"errmsg\":\"invalid appsecret, got hush\"}");
    let refusal = ended(look.go_on(refused, &mut tokens, now())).unwrap_err();
    assert_eq!(refusal, Refusal::SecretRejected("40125 invalid appsecret, got …".to_owned()));
}

#[test]
fn a_token_that_a_platform_repeats_gets_into_no_refusal() {
    let mut tokens = Tokens::default();
    let (mut look, _) = begin(&wechat(), "wx1 key", &tokens);
    look.go_on(granted("tok-1"), &mut tokens, now());
    let refused = came("{\"errcode\":48001,\"errmsg\":\"api unauthorized for tok-1 of wx1\"}");
    let refusal = ended(look.go_on(refused, &mut tokens, now())).unwrap_err();
    assert_eq!(refusal, Refusal::NotPermitted("48001 api unauthorized for … of …".to_owned()));
}

#[test]
fn douyin_is_given_its_refresh_token_for_one_to_read_with() {
    let mut tokens = Tokens::default();
    let (mut look, next) = begin(&douyin(), "key rft.1", &tokens);
    let grant = "/oauth/refresh_token/ client_key=key&grant_type=refresh_token&refresh_token=rft.1";
    assert_eq!(called(next), grant);
    let given = json!({"data": {"access_token": "act.1", "error_code": 0, "expires_in": "1296000"}});
    let next = look.go_on(came(&given.to_string()), &mut tokens, now());
    assert_eq!(called(next), "/video/list/?open_id=a-b&cursor=0&count=20 access-token: act.1");
    let next = look.go_on(came("{\"data\":{\"error_code\":2190008}}"), &mut tokens, now());
    assert_eq!(called(next), grant);
    let ended = ended(look.go_on(came("{\"data\":{\"error_code\":10010}}"), &mut tokens, now()));
    assert_eq!(ended, Err(Refusal::AuthorisationEnded("10010".to_owned())));
}

#[test]
fn weibos_token_is_the_secret_itself_and_is_not_renewed() {
    let mut tokens = Tokens::default();
    let (mut look, next) = begin(&weibo(), "2.00abc", &tokens);
    assert_eq!(called(next), "/2/statuses/user_timeline.json?uid=10&count=100 authorization: OAuth2 2.00abc");
    let refused = came("{\"error\":\"expired_token\",\"error_code\":21327}");
    let refusal = ended(look.go_on(refused, &mut tokens, now())).unwrap_err();
    assert_eq!(refusal, Refusal::AuthorisationEnded("21327 expired_token".to_owned()));
}

#[test]
fn a_secret_of_the_wrong_shape_is_told_before_anybody_is_asked() {
    for (way, text) in [(wechat(), "wx1"), (douyin(), "a b c"), (weibo(), "two words")] {
        let refusal = ended(begin(&way, text, &Tokens::default()).1).unwrap_err();
        assert!(matches!(refusal, Refusal::NoSecret(_)), "{refusal}");
        assert!(refusal.to_string().starts_with("the secret must hold "), "{refusal}");
    }
    let missing = Some(Err(SecretError::Empty(SecretName::new("yiju"))));
    let (_, next) = AccountLook::begin(&wechat(), missing, &Tokens::default(), now(), Shanghai);
    assert_eq!(ended(next), Err(Refusal::NoSecret("the secret `yiju` is empty: put it in place".to_owned())));
}

#[test]
fn shops_are_asked_with_nobodys_secret() {
    let base = at("https://shop.example/");
    let itunes = |app| WayKind::Itunes { base: base.clone(), app, country: "cn".to_owned() };
    let ways = [
        (itunes(ItunesApp::Id(7)), "/lookup?id=7&country=cn"),
        (
            itunes(ItunesApp::BundleId("gov.example.app".to_owned())),
            "/lookup?bundleId=gov.example.app&country=cn",
        ),
        (
            WayKind::Yyb { base: base.clone(), package: "com.example.gov".to_owned() },
            "/wechat-apkinfo {\"packagename\":\"com.example.gov\"}",
        ),
        (WayKind::HuaweiAppdl { base: base.clone(), app_id: "C1".to_owned() }, "/appdl/C1"),
    ];
    for (way, expected) in ways {
        let (_, next) = AccountLook::begin(&way, None, &Tokens::default(), now(), Shanghai);
        assert_eq!(called(next), expected);
    }
}

#[test]
fn what_is_no_interface_is_fetched_opened_or_recalled() {
    let begin = |way: WayKind| AccountLook::begin(&way, None, &Tokens::default(), now(), Shanghai).1;
    let feed = at("http://rss.example/1");
    assert!(matches!(begin(WayKind::Rss { url: feed.clone() }), Next::Fetch(url) if url == feed));
    assert!(matches!(begin(WayKind::WechatArticle { url: feed.clone() }), Next::Fetch(url) if url == feed));
    let file = PathBuf::from("weixin.json");
    assert!(matches!(begin(WayKind::WechatBackend { file: file.clone() }), Next::Open(path) if path == file));
    assert!(matches!(begin(WayKind::Record), Next::Recall));
}

#[test]
fn a_failure_to_fetch_ends_a_look_with_its_cause() {
    let mut tokens = Tokens::default();
    let way = WayKind::Rss { url: at("http://rss.example/1") };
    for (failure, refusal, retry) in [
        (Failure::ServerFailed(503), Refusal::PlatformFailed("HTTP 503".to_owned()), Retry::Soon),
        (Failure::Refused(432), Refusal::TurnedAway(432), Retry::InHours),
        (Failure::TooManyRequests(429), Refusal::TooFrequent("HTTP 429".to_owned()), Retry::Soon),
        (Failure::Gone(404), Refusal::Unreachable("there is no such page: HTTP 404".to_owned()), Retry::Soon),
    ] {
        let (mut look, _) = AccountLook::begin(&way, None, &tokens, now(), Shanghai);
        let next = look.go_on(answer_of(Outcome::Failed(failure)), &mut tokens, now());
        assert_eq!(ended(next), Err(refusal.clone()));
        assert_eq!(retry_of(&refusal), retry);
    }
}
