use std::path::Path;

use super::*;

const HEX: &str = "0123456789ABCDEF0123456789ABCDEF01234567";

fn page(body: &str) -> Option<Block> {
    blocked(200, &[("Content-Type", "text/html")], body.as_bytes())
}

fn refusal(status: u16, body: &str) -> Option<Block> {
    blocked(status, &[], body.as_bytes())
}

#[test]
fn each_shield_is_known_by_its_own_marks() {
    let aliyun = format!("<script>var arg1='{HEX}';function go(){{}}</script>");
    for (status, body, expected) in [
        (
            521,
            "<script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>",
            Block::Jiasule,
        ),
        (
            521,
            "<script>document.cookie=('_')+('_')+('j');location.href=location.pathname</script>",
            Block::Jiasule,
        ),
        (412, "<meta id=\"x\" content=\"y\"><script>$_ts=window['$_ts'];</script>", Block::Ruishu),
        (202, "<script>$_ts=window['$_ts'];</script>", Block::Ruishu),
        (200, "<html><script>$_ts.cd='q';</script></html>", Block::Ruishu),
        (200, aliyun.as_str(), Block::AliyunWaf),
        (200, "<script>document.cookie='C3VK=1; path=/';location.reload()</script>", Block::C3vk),
        (503, "<html><a href='/'>x</a><img src='/wzwschallenge.png'></html>", Block::Wzws),
        (200, "<script>alert('请先输入验证码');</script>", Block::Captcha),
        (429, "<p>滑动验证后继续</p>", Block::Captcha),
        (403, "<div class=g-recaptcha></div>", Block::Captcha),
        (403, "<p>您的IP不在允许访问的范围内</p>", Block::IpFence),
        (403, "<title>SafeDog</title>", Block::Other("安全狗".to_owned())),
        (
            200,
            "<script>document.cookie='k=1';window.location.reload();</script>",
            Block::Other("未具名的脚本验证".to_owned()),
        ),
    ] {
        assert_eq!(blocked(status, &[], body.as_bytes()), Some(expected), "{status} {body}");
    }
}

#[test]
fn a_list_with_rows_is_read_whatever_script_it_carries() {
    let row = "<li><a href=\"/a.html\">关于启用验证码的通知</a><span>2026-01-02</span></li>";
    assert_eq!(page(&format!("<script>$_ts=window['$_ts'];</script><ul>{row}</ul>")), None);
    assert_eq!(page(&format!("<script>document.cookie='__jsl=1';location.href='/'</script>{row}")), None);
}

#[test]
fn a_long_page_without_links_is_not_taken_for_a_challenge() {
    let shell = format!("<script>$_ts=1</script><div id=app></div>{}", " ".repeat(LONGEST_CHALLENGE));
    assert_eq!(page(&shell), None);
}

#[test]
fn a_long_script_that_asks_a_question_is_a_challenge_all_the_same() {
    let script = format!("<html><script>var arg1='{HEX}';{}</script></html>", "x();".repeat(6000));
    assert_eq!(page(&script), Some(Block::AliyunWaf));
    assert_eq!(page(&format!("{script}<a href='/a'>x</a>")), None);
    assert_eq!(page(&script.replace(HEX, "1")), None);
}

#[test]
fn the_shell_of_a_page_drawn_by_script_is_not_taken_for_a_challenge() {
    assert_eq!(page("<div id=app></div><script>var seen=document.cookie.length;</script>"), None);
    assert_eq!(page("<div id=app></div><script src=/js/captcha.js></script>"), None);
}

#[test]
fn data_that_speaks_of_captchas_is_data() {
    for body in [
        r#"{"articles":[{"title":"启用验证码登录的公告"}]}"#,
        r#"[{"title":"验证码"}]"#,
        "<?xml version=\"1.0\"?><rss><item><title>验证码</title></item></rss>",
        "\u{feff}<rss><item><title>验证码</title></item></rss>",
    ] {
        assert_eq!(page(body), None, "{body}");
    }
}

#[test]
fn a_refusal_without_a_mark_stays_a_refusal() {
    for status in [403, 412, 429, 503, 521] {
        assert_eq!(refusal(status, "<h1>Forbidden</h1>"), None, "{status}");
    }
    assert_eq!(refusal(404, "<script>alert('验证码')</script>"), None, "a missing page is missing");
}

#[test]
fn the_cookie_of_a_shield_on_an_ordinary_failure_says_nothing() {
    let cookie = [("Set-Cookie", "__jsluid_s=0a1b; max-age=31536000; path=/; HttpOnly")];
    assert_eq!(blocked(503, &cookie, b"upstream is down"), None);
    assert_eq!(blocked(200, &cookie, b"<p>x</p>"), None);
    assert_eq!(blocked(521, &cookie, b""), Some(Block::Jiasule));
}

#[test]
fn marks_are_found_in_the_old_national_encoding_too() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("<script>alert('请输入验证码')</script>");
    assert_eq!(blocked(200, &[], &bytes), Some(Block::Captcha));
}

#[test]
fn the_text_tells_the_operator_what_to_do() {
    let text = Block::Ruishu.to_string();
    assert!(text.contains("瑞数") && text.contains("whitelist"), "{text}");
}

#[test]
fn saved_challenges_of_real_sites_are_known() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/antibot");
    let Ok(entries) = std::fs::read_dir(&samples) else {
        eprintln!("skipped: there are no samples at {}", samples.display());
        return;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let status = ["521", "412"].into_iter().find(|status| name.contains(status));
        let status = status.map_or(200, |status| status.parse().unwrap());
        let expected = match name.split('_').next() {
            Some("jsl") => Block::Jiasule,
            Some("c3vk") => Block::C3vk,
            Some("ruishu") => Block::Ruishu,
            Some("captcha") => Block::Captcha,
            Some("acw" | "aliyun") => Block::AliyunWaf,
            _ => {
                eprintln!("skipped: {name} does not say which shield it is");
                continue;
            }
        };
        assert_eq!(blocked(status, &[], &std::fs::read(&path).unwrap()), Some(expected), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_fail(status in 100u16..600, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _any = blocked(status, &[("set-cookie", "")], &body);
    }
}
