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

/// Holds answers of one platform, as status, body and cause.
fn each_has_its_cause(read: Read, cases: &[(u16, &str, &str)]) {
    for (status, body, expected) in cases {
        assert_eq!(refused(read, *status, body), *expected, "{status} {body}");
    }
}

#[test]
fn each_refusal_of_weibo_has_its_cause() {
    each_has_its_cause(
        weibo,
        &[
            (432, "", "turned-away"),
            (418, "<html></html>", "turned-away"),
            (403, "", "turned-away"),
            (200, "", "empty-body"),
            (200, "{\"ok\":-100,\"url\":\"https://passport.example/signin\"}", "login-wanted"),
            (200, "{\"ok\":0,\"msg\":\"这里还没有内容\",\"data\":{\"cards\":[]}}", "no-posts"),
            (200, "{\"ok\":0,\"msg\":\"请求过于频繁\"}", "refused"),
            (200, "{\"statuses\":[],\"total_number\":0}", "no-posts"),
            (200, "{\"statuses\":null}", "not-understood"),
            (502, "<html>Bad Gateway</html>", "platform-failed"),
            (200, "<html><body>请登录</body></html>", "not-understood"),
            (200, "<html><body>请输入验证码</body></html>", "captcha"),
        ],
    );
    for (status, code, said, expected) in [
        (400, "10001", "system error", "platform-failed"),
        (403, "\"10004\"", "IP limit", "address-not-listed"),
        (403, "10005", "Permission denied", "not-permitted"),
        (403, "10014", "Insufficient app permissions!", "not-permitted"),
        (403, "10022", "IP requests out of rate limit", "quota-spent"),
        (403, "10023", "User requests out of rate limit", "quota-spent"),
        (403, "10024", "User requests for api out of rate limit", "quota-spent"),
        (401, "21327", "expired_token", "authorisation-ended"),
        (400, "20003", "User does not exists!", "no-such-account"),
        (400, "29999", "?", "refused"),
    ] {
        let body = format!("{{\"error\":\"{said}\",\"error_code\":{code}}}");
        assert_eq!(refused(weibo, status, &body), expected, "{body}");
    }
}

#[test]
fn each_refusal_of_wechat_has_its_cause() {
    for (code, said, expected) in [
        (40001, "invalid credential", "token-rejected"),
        (40014, "invalid access_token", "token-rejected"),
        (42001, "access_token expired", "token-rejected"),
        (40164, "invalid ip 192.0.2.7, not in whitelist", "address-not-listed"),
        (45009, "reach max api daily quota limit", "quota-spent"),
        (45011, "api minute-quota reach limit", "too-frequent"),
        (48001, "api unauthorized", "not-permitted"),
        (-1, "system error", "platform-failed"),
    ] {
        let body = format!("{{\"errcode\":{code},\"errmsg\":\"{said}\"}}");
        assert_eq!(refused(wechat_api, 200, &body), expected, "{body}");
    }
    each_has_its_cause(
        wechat_api,
        &[
            (200, "{\"errcode\":41030}", "refused"),
            (200, "{\"total_count\":0,\"item_count\":0,\"item\":[]}", "no-posts"),
            (200, "{\"errcode\":0}", "not-understood"),
            (200, "", "empty-body"),
        ],
    );
    for (code, said, expected) in [
        (200_003, "invalid session", "login-wanted"),
        (200_040, "invalid csrf token", "login-wanted"),
        (200_013, "freq control", "too-frequent"),
        (200_002, "invalid args", "no-such-account"),
    ] {
        let body = format!("{{\"base_resp\":{{\"ret\":{code},\"err_msg\":\"{said}\"}}}}");
        assert_eq!(refused(wechat_backend, 200, &body), expected, "{body}");
    }
    each_has_its_cause(
        wechat_backend,
        &[
            (200, "{\"ret\":-3,\"errmsg\":\"no session\"}", "login-wanted"),
            (200, "<html><body>登录</body></html>", "not-understood"),
            (200, "{\"publish_page\":{\"publish_list\":[]}}", "no-posts"),
        ],
    );
    each_has_its_cause(
        wechat_article,
        &[
            (200, "<html><body>链接已过期</body></html>", "article-gone"),
            (200, "<html><body>该内容已被发布者删除</body></html>", "article-gone"),
            (200, VERIFY, "captcha"),
            (200, "<html><body>2026-10-01 公告</body></html>", "not-understood"),
            (200, "", "empty-body"),
        ],
    );
}

#[test]
fn each_refusal_of_douyin_has_its_cause() {
    for (code, said, expected) in [
        ("10008", "access_token过期", "token-rejected"),
        ("2190008", "access_token过期", "token-rejected"),
        ("\"10010\"", "refresh_token过期", "authorisation-ended"),
        ("2190004", "应用未获得该能力", "not-permitted"),
        ("2190001", "quota已用完", "quota-spent"),
        ("2100004", "系统繁忙", "platform-failed"),
    ] {
        let body = format!("{{\"data\":{{\"error_code\":{code},\"description\":\"{said}\"}}}}");
        assert_eq!(refused(douyin, 200, &body), expected, "{body}");
    }
    each_has_its_cause(
        douyin,
        &[
            (200, "", "empty-body"),
            (200, "{\"data\":{\"error_code\":0,\"list\":[]}}", "no-posts"),
            (200, "{\"status_code\":0,\"aweme_list\":null}", "no-posts"),
            (429, "", "too-frequent"),
        ],
    );
}

#[test]
fn each_refusal_of_shops_and_feeds_has_its_cause() {
    each_has_its_cause(
        itunes,
        &[(200, "{\"resultCount\":0,\"results\":[]}", "not-listed"), (403, "", "turned-away")],
    );
    each_has_its_cause(
        yyb,
        &[(200, "{\"ret\":0,\"app_detail_records\":{}}", "not-listed"), (200, "{\"ret\":-10}", "refused")],
    );
    each_has_its_cause(huawei, &[(404, "", "not-listed"), (200, "<html></html>", "not-understood")]);
    each_has_its_cause(
        rss,
        &[
            (200, BLANK_FEED, "no-posts"),
            (200, BLANK_JSON_FEED, "no-posts"),
            (503, "<html>Error Message: WAF</html>", "platform-failed"),
            (200, "", "empty-body"),
            (200, VERIFY, "captcha"),
            (429, "", "too-frequent"),
        ],
    );
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
