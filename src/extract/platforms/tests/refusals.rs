//! Why an answer tells nothing, way by way.

use super::*;

/// What a refusal is called, without what was said.
fn name(refusal: &Refusal) -> String {
    let stored = serde_json::to_value(refusal).unwrap();
    stored.as_str().map(ToOwned::to_owned).unwrap_or_else(|| {
        stored.as_object().and_then(|object| object.keys().next().cloned()).unwrap_or_default()
    })
}

fn refused(read: Read, status: u16, body: &str) -> String {
    match read(&answer(status, body)) {
        Ok(posts) => panic!("{body} was read as {posts:?}"),
        Err(refusal) => name(&refusal),
    }
}

const BLANK_FEED: &str = "<rss version=\"2.0\"><channel><title>x</title></channel></rss>";
const BLANK_JSON_FEED: &str = "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"x\",\"items\":[]}";
const VERIFY: &str = "<html><body>当前环境异常，完成验证后即可继续访问。</body></html>";

#[test]
fn each_refusal_of_a_platform_has_its_cause() {
    let cases: [(Read, u16, &str, &str); 65] = [
        (weibo, 432, "", "turned-away"),
        (weibo, 418, "<html></html>", "turned-away"),
        (weibo, 403, "", "turned-away"),
        (weibo, 200, "", "empty-body"),
        (weibo, 200, "{\"ok\":-100,\"url\":\"https://passport.example/signin\"}", "login-wanted"),
        (weibo, 200, "{\"ok\":0,\"msg\":\"这里还没有内容\",\"data\":{\"cards\":[]}}", "no-posts"),
        (weibo, 200, "{\"ok\":0,\"msg\":\"请求过于频繁\"}", "refused"),
        (weibo, 200, "{\"statuses\":[],\"total_number\":0}", "no-posts"),
        (weibo, 200, "{\"statuses\":null}", "not-understood"),
        (weibo, 400, "{\"error\":\"system error\",\"error_code\":10001}", "platform-failed"),
        (weibo, 403, "{\"error\":\"IP limit\",\"error_code\":\"10004\"}", "address-not-listed"),
        (weibo, 403, "{\"error\":\"Permission denied\",\"error_code\":10005}", "not-permitted"),
        (weibo, 403, "{\"error\":\"Insufficient app permissions!\",\"error_code\":10014}", "not-permitted"),
        (weibo, 403, "{\"error\":\"IP requests out of rate limit\",\"error_code\":10022}", "quota-spent"),
        (weibo, 403, "{\"error\":\"User requests out of rate limit\",\"error_code\":10023}", "quota-spent"),
        (
            weibo,
            403,
            "{\"error\":\"User requests for api out of rate limit\",\"error_code\":10024}",
            "quota-spent",
        ),
        (weibo, 401, "{\"error\":\"expired_token\",\"error_code\":21327}", "authorisation-ended"),
        (weibo, 400, "{\"error\":\"User does not exists!\",\"error_code\":20003}", "no-such-account"),
        (weibo, 400, "{\"error\":\"?\",\"error_code\":29999}", "refused"),
        (weibo, 502, "<html>Bad Gateway</html>", "platform-failed"),
        (weibo, 200, "<html><body>请登录</body></html>", "not-understood"),
        (weibo, 200, "<html><body>请输入验证码</body></html>", "captcha"),
        (wechat_api, 200, "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}", "token-rejected"),
        (wechat_api, 200, "{\"errcode\":40014,\"errmsg\":\"invalid access_token\"}", "token-rejected"),
        (wechat_api, 200, "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}", "token-rejected"),
        (
            wechat_api,
            200,
            "{\"errcode\":40164,\"errmsg\":\"invalid ip 192.0.2.7, not in whitelist\"}",
            "address-not-listed",
        ),
        (
            wechat_api,
            200,
            "{\"errcode\":45009,\"errmsg\":\"reach max api daily quota limit\"}",
            "quota-spent",
        ),
        (wechat_api, 200, "{\"errcode\":45011,\"errmsg\":\"api minute-quota reach limit\"}", "too-frequent"),
        (wechat_api, 200, "{\"errcode\":48001,\"errmsg\":\"api unauthorized\"}", "not-permitted"),
        (wechat_api, 200, "{\"errcode\":-1,\"errmsg\":\"system error\"}", "platform-failed"),
        (wechat_api, 200, "{\"errcode\":41030}", "refused"),
        (wechat_api, 200, "{\"total_count\":0,\"item_count\":0,\"item\":[]}", "no-posts"),
        (wechat_api, 200, "{\"errcode\":0}", "not-understood"),
        (wechat_api, 200, "", "empty-body"),
        (
            wechat_backend,
            200,
            "{\"base_resp\":{\"ret\":200003,\"err_msg\":\"invalid session\"}}",
            "login-wanted",
        ),
        (
            wechat_backend,
            200,
            "{\"base_resp\":{\"ret\":200040,\"err_msg\":\"invalid csrf token\"}}",
            "login-wanted",
        ),
        (
            wechat_backend,
            200,
            "{\"base_resp\":{\"ret\":200013,\"err_msg\":\"freq control\"}}",
            "too-frequent",
        ),
        (
            wechat_backend,
            200,
            "{\"base_resp\":{\"ret\":200002,\"err_msg\":\"invalid args\"}}",
            "no-such-account",
        ),
        (wechat_backend, 200, "{\"ret\":-3,\"errmsg\":\"no session\"}", "login-wanted"),
        (wechat_backend, 200, "<html><body>登录</body></html>", "not-understood"),
        (wechat_backend, 200, "{\"publish_page\":{\"publish_list\":[]}}", "no-posts"),
        (wechat_article, 200, "<html><body>链接已过期</body></html>", "article-gone"),
        (wechat_article, 200, "<html><body>该内容已被发布者删除</body></html>", "article-gone"),
        (wechat_article, 200, VERIFY, "captcha"),
        (wechat_article, 200, "<html><body>2026-10-01 公告</body></html>", "not-understood"),
        (wechat_article, 200, "", "empty-body"),
        (douyin, 200, "", "empty-body"),
        (
            douyin,
            200,
            "{\"data\":{\"error_code\":10008,\"description\":\"access_token过期\"}}",
            "token-rejected",
        ),
        (
            douyin,
            200,
            "{\"data\":{\"error_code\":2190008,\"description\":\"access_token过期\"}}",
            "token-rejected",
        ),
        (
            douyin,
            200,
            "{\"data\":{\"error_code\":\"10010\",\"description\":\"refresh_token过期\"}}",
            "authorisation-ended",
        ),
        (
            douyin,
            200,
            "{\"data\":{\"error_code\":2190004,\"description\":\"应用未获得该能力\"}}",
            "not-permitted",
        ),
        (douyin, 200, "{\"data\":{\"error_code\":2190001,\"description\":\"quota已用完\"}}", "quota-spent"),
        (douyin, 200, "{\"data\":{\"error_code\":2100004,\"description\":\"系统繁忙\"}}", "platform-failed"),
        (douyin, 200, "{\"data\":{\"error_code\":0,\"list\":[]}}", "no-posts"),
        (douyin, 200, "{\"status_code\":0,\"aweme_list\":null}", "no-posts"),
        (douyin, 429, "", "too-frequent"),
        (itunes, 200, "{\"resultCount\":0,\"results\":[]}", "not-listed"),
        (itunes, 403, "", "turned-away"),
        (yyb, 200, "{\"ret\":0,\"app_detail_records\":{}}", "not-listed"),
        (yyb, 200, "{\"ret\":-10}", "refused"),
        (huawei, 404, "", "not-listed"),
        (huawei, 200, "<html></html>", "not-understood"),
        (rss, 200, BLANK_FEED, "no-posts"),
        (rss, 200, BLANK_JSON_FEED, "no-posts"),
        (rss, 503, "<html>Error Message: WAF</html>", "platform-failed"),
    ];
    for (read, status, body, expected) in cases {
        assert_eq!(refused(read, status, body), expected, "{status} {body}");
    }
    assert_eq!(refused(rss, 200, ""), "empty-body");
    assert_eq!(refused(rss, 200, VERIFY), "captcha");
    assert_eq!(refused(rss, 429, ""), "too-frequent");
}

#[test]
fn posts_of_another_account_neither_clear_nor_accuse_this_one() {
    let body = r#"{"statuses":[{"created_at":"Tue Oct 06 09:30:00 +0800 2026","idstr":"1","text":"x",
        "user":{"idstr":"1000000002","screen_name":"别家发布"}}]}"#;
    let expected = Refusal::OtherAccount("1000000002 别家发布".to_owned());
    assert_eq!(weibo(&answer(200, body)), Err(expected));
}

#[test]
fn a_token_that_is_not_given_stands_for_a_secret_that_is_not_taken() {
    let wechat = |body: &str| read_wechat_grant(&answer(200, body));
    let granted = wechat("{\"access_token\":\"tok\",\"expires_in\":7200}").unwrap();
    assert_eq!((granted.token.as_str(), granted.lasts.num_seconds()), ("tok", 7200));
    assert!(!format!("{granted:?}").contains("tok"));
    for (body, expected) in [
        ("{\"errcode\":40001,\"errmsg\":\"invalid credential\"}", "secret-rejected"),
        ("{\"errcode\":40013,\"errmsg\":\"invalid appid\"}", "secret-rejected"),
        ("{\"errcode\":40125,\"errmsg\":\"invalid appsecret\"}", "secret-rejected"),
        ("{\"errcode\":40164,\"errmsg\":\"invalid ip 192.0.2.7\"}", "address-not-listed"),
        ("{\"errcode\":45009,\"errmsg\":\"reach max api daily quota limit\"}", "quota-spent"),
        ("{\"access_token\":\"tok\"}", "not-understood"),
        ("{\"access_token\":\"tok\",\"expires_in\":-7200}", "not-understood"),
        ("{\"access_token\":\"\",\"expires_in\":7200}", "not-understood"),
        ("", "empty-body"),
    ] {
        assert_eq!(wechat(body).map_err(|refusal| name(&refusal)), Err(expected.to_owned()), "{body}");
    }
    let douyin = |body: &str| read_douyin_grant(&answer(200, body));
    let body = "{\"data\":{\"access_token\":\"act.1\",\"error_code\":0,\"expires_in\":\"1296000\"},\"message\":\"success\"}";
    assert_eq!(douyin(body).unwrap().lasts.num_days(), 15);
    let ended = douyin(
        "{\"data\":{\"error_code\":10010,\"description\":\"refresh_token过期\"},\"message\":\"error\"}",
    );
    assert_eq!(ended.map_err(|refusal| name(&refusal)), Err("authorisation-ended".to_owned()));
}

#[test]
fn every_refusal_says_what_was_said_in_both_languages_and_can_be_stored() {
    let said = || "48001 api unauthorized".to_owned();
    let all = [
        Refusal::TokenRejected(said()),
        Refusal::SecretRejected(said()),
        Refusal::AuthorisationEnded(said()),
        Refusal::NotPermitted(said()),
        Refusal::AddressNotListed(said()),
        Refusal::QuotaSpent(said()),
        Refusal::TooFrequent(said()),
        Refusal::LoginWanted(said()),
        Refusal::NoSuchAccount(said()),
        Refusal::OtherAccount(said()),
        Refusal::NoDates(said()),
        Refusal::ArticleGone(said()),
        Refusal::NotListed(said()),
        Refusal::PlatformFailed(said()),
        Refusal::Refused(said()),
        Refusal::NotUnderstood(said()),
        Refusal::Unreachable(said()),
        Refusal::NoFile(said()),
    ];
    for refusal in all {
        assert!(refusal.to_string().contains("48001"), "{refusal:?}");
        assert!(refusal.chinese().contains("48001"), "{refusal:?}");
        let stored = serde_json::to_string(&refusal).unwrap();
        assert_eq!(serde_json::from_str::<Refusal>(&stored).unwrap(), refusal);
        let bare = refusal.without("48001");
        assert!(!bare.to_string().contains("48001") && !bare.chinese().contains("48001"), "{bare:?}");
    }
}
