//! Pages drawn by script, in a real browser. Skipped, aloud, where there is none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;
use xuncha::extract::{Extracted, Extractor, FinderBounds, Listing, Reading};
use xuncha::fetch::{Block, Failure, Fetched, Outcome, RenderSettings, Renderer, Verdict};
use xuncha::rules::{HostException, Remark, Security};

use crate::support::web::{Answer, Web};
use crate::support::{eventually, now};

/// Browsers are heavy: two at a time, so that limits of a few seconds hold on a small machine.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The browser of this machine, `$XUNCHA_CHROMIUM` or Debian's, when it is this test's turn.
pub(crate) async fn browser() -> Option<(PathBuf, SemaphorePermit<'static>)> {
    let named = std::env::var_os("XUNCHA_CHROMIUM").map(PathBuf::from);
    let path = named.unwrap_or_else(|| PathBuf::from("/usr/bin/chromium"));
    if !path.is_file() {
        eprintln!("skipped: there is no browser at {}; name one in $XUNCHA_CHROMIUM", path.display());
        return None;
    }
    Some((path, TURNS.acquire().await.unwrap()))
}

pub(crate) fn settings(browser: Option<PathBuf>) -> RenderSettings {
    RenderSettings {
        browser,
        page_timeout: Duration::from_secs(60),
        ..RenderSettings::new("centre@county.example")
    }
}

/// What a site says that has no robots.txt.
fn all_is_allowed(_: &Url) -> Verdict {
    Verdict::Allowed { crawl_delay: None }
}

async fn drawn(renderer: &Renderer, web: &Web, path: &str) -> Fetched {
    renderer.render(&web.url(path).parse().unwrap(), now(), all_is_allowed).await
}

async fn page_of(renderer: &Renderer, web: &Web, path: &str) -> String {
    match drawn(renderer, web, path).await.outcome {
        Outcome::Page(page, validators) => {
            assert!(validators.is_empty());
            xuncha::extract::decode(&page.body, page.content_type.as_deref()).into_owned()
        }
        other => panic!("expected a page, got {other:?}"),
    }
}

async fn failure_of(renderer: &Renderer, web: &Web, path: &str) -> Failure {
    match drawn(renderer, web, path).await.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

fn drawing(script: &str) -> Answer {
    Answer::page(format!("<meta charset=gb2312><ul id=list></ul><script>{script}</script>"))
}

const FILL: &str = "fetch('/rows').then(r => r.json()).then(rows => { for (const row of rows) \
                    document.getElementById('list').innerHTML += `<li><a href=${row.url}>${row.title}</a>` + \
                    `<span>${new Date(row.at * 1000).toLocaleDateString('sv')}</span></li>`; });";

/// 2026-03-02, half past midnight in Shanghai; still the first in London.
const ROWS: &str = r#"[{"url": "/a.html", "title": "郎溪县公开指南", "at": 1772382600}]"#;

#[tokio::test]
async fn rows_drawn_by_script_are_in_the_page_with_the_dates_of_the_countys_zone() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    web.tell("/list", drawing(FILL));
    web.tell("/rows", Answer::page(ROWS));
    let renderer = Renderer::new(settings(Some(browser)));
    let text = page_of(&renderer, &web, "/list").await;
    assert!(text.contains("郎溪县公开指南</a><span>2026-03-02</span>"), "{text}");
    let asked = web.asked_for("/list").remove(0);
    let agent = asked.header("user-agent").unwrap();
    assert!(agent.starts_with("xuncha/") && agent.contains("centre@county.example"), "{agent}");
    renderer.close().await;
}

#[tokio::test]
async fn a_page_reaches_its_own_host_and_no_other_unless_it_is_listed() {
    let Some((browser, _turn)) = browser().await else { return };
    let (web, other) = (Web::start().await, Web::start().await);
    let beyond = format!("localhost:{}", other.address.port());
    web.tell(
        "/list",
        drawing(&format!(
            "const tried = Promise.allSettled([fetch('http://{beyond}/data', {{mode: 'no-cors'}}), \
             new Promise(done => {{ const s = new WebSocket('ws://{beyond}/socket'); s.onerror = s.onopen = done; }})]);\
             tried.then(() => fetch('/rows')).then(() => list.innerHTML = '<li>tried</li>');"
        )),
    );
    web.tell("/rows", Answer::page("[]"));
    other.tell("/data", Answer::page("x"));
    let renderer = Renderer::new(settings(Some(browser.clone())));
    assert!(page_of(&renderer, &web, "/list").await.contains("<li>tried</li>"));
    assert!(other.asked().is_empty(), "{:?}", other.asked());
    renderer.close().await;

    let listed = RenderSettings { further_hosts: vec!["localhost".to_owned()], ..settings(Some(browser)) };
    let renderer = Renderer::new(listed);
    page_of(&renderer, &web, "/list").await;
    assert_eq!(other.asked_for("/data").len(), 1);
    renderer.close().await;
}

#[tokio::test]
async fn images_are_not_loaded_and_nothing_is_remembered_from_page_to_page() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let html = "<img src=/big.png><script>document.cookie = 'seen=1; path=/';</script>";
    web.tell("/list", Answer::page(html).with("Set-Cookie", "session=1"));
    let renderer = Renderer::new(settings(Some(browser)));
    for _ in 0..2 {
        page_of(&renderer, &web, "/list").await;
    }
    assert!(
        web.asked_for("/big.png").is_empty() && web.asked_for("/favicon.ico").is_empty(),
        "{:?}",
        web.asked()
    );
    assert!(
        web.asked()
            .iter()
            .filter(|asked| asked.path == "/list")
            .all(|asked| asked.header("cookie").is_none())
    );
    renderer.close().await;
}

#[tokio::test]
async fn a_challenge_is_named_and_its_script_never_runs() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let challenge =
        "<script>document.cookie='C3VK=1; path=/'; fetch('/solved'); window.location.reload();</script>";
    web.tell("/shell", Answer::page(challenge));
    web.tell(
        "/shield",
        Answer::status(412)
            .saying("<script>$_ts = {}; fetch('/solved');</script>")
            .with("Content-Type", "text/html"),
    );
    let renderer = Renderer::new(settings(Some(browser)));
    assert_eq!(failure_of(&renderer, &web, "/shell").await, Failure::Blocked(Block::C3vk));
    assert_eq!(failure_of(&renderer, &web, "/shield").await, Failure::Blocked(Block::Ruishu));
    assert!(web.asked_for("/solved").is_empty());
    assert_eq!(web.asked_for("/shell").len(), 1);
    renderer.close().await;
}

#[tokio::test]
async fn what_is_no_page_is_a_failure_of_the_same_kind_as_without_a_browser() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let elsewhere = format!("http://localhost:{}/", web.address.port());
    web.tell("/away", Answer::redirect(&elsewhere));
    web.tell("/round", Answer::page("<p>x</p><script>location.reload()</script>"));
    web.tell("/file", Answer::page("x").with("Content-Disposition", "attachment; filename=x.exe"));
    let renderer = Renderer::new(settings(Some(browser)));
    assert_eq!(failure_of(&renderer, &web, "/missing").await, Failure::Gone(404));
    assert_eq!(failure_of(&renderer, &web, "/away").await, Failure::MovedAway(elsewhere));
    assert_eq!(failure_of(&renderer, &web, "/round").await, Failure::TooManyRedirects(5));
    assert!(matches!(failure_of(&renderer, &web, "/file").await, Failure::BrokeOff(_)));
    let nobody = renderer.render(&"http://127.0.0.1:9/".parse().unwrap(), now(), all_is_allowed).await;
    assert!(
        matches!(nobody.outcome, Outcome::Failed(Failure::CannotConnect(_) | Failure::BrokeOff(_))),
        "{:?}",
        nobody.outcome
    );
    renderer.close().await;
}

#[tokio::test]
async fn a_page_that_never_falls_quiet_is_taken_at_its_limit_and_one_that_never_comes_is_not() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    web.tell("/clock", drawing("list.innerHTML = '<li>row</li>'; setInterval(() => fetch('/tick'), 50);"));
    let renderer =
        Renderer::new(RenderSettings { page_timeout: Duration::from_secs(6), ..settings(Some(browser)) });
    assert!(page_of(&renderer, &web, "/clock").await.contains("<li>row</li>"));
    let fetched = drawn(&renderer, &web, "/clock").await;
    assert_eq!(fetched.remarks, [Remark::StillLoading]);
    web.tell("/loop", drawing("setTimeout(() => { for (;;) {} }, 200);"));
    assert_eq!(failure_of(&renderer, &web, "/loop").await, Failure::TimedOut(6));
    assert!(
        page_of(&renderer, &web, "/clock").await.contains("<li>row</li>"),
        "one bad page spoils no other"
    );
    web.answer_only(0);
    assert_eq!(failure_of(&renderer, &web, "/late").await, Failure::TimedOut(6));
    renderer.close().await;
}

#[tokio::test]
async fn one_browser_serves_all_pages_dies_with_its_renderer_and_leaves_nothing_behind() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    web.tell("/list", drawing(FILL));
    web.tell("/rows", Answer::page(ROWS));
    // A name of its own in the User-Agent tells this test's browser from those of others.
    let contact = format!("only-{}@county.example", web.address.port());
    let own = RenderSettings { contact: contact.clone(), ..settings(Some(browser)) };
    let renderer = Arc::new(Renderer::new(own));
    assert!(browsers(&contact).is_empty());
    let (one, two) = tokio::join!(page_of(&renderer, &web, "/list"), page_of(&renderer, &web, "/list"));
    assert_eq!(one, two);
    let [first] = browsers(&contact)[..] else { panic!("one browser, not {:?}", browsers(&contact)) };
    let profile = profile_of(first);
    assert!(profile.is_dir());

    signal("-KILL", first);
    eventually("the dead browser is replaced", async || {
        let fetched = drawn(&renderer, &web, "/list").await;
        matches!(fetched.outcome, Outcome::Page(..)).then_some(())
    })
    .await;
    let [second] = browsers(&contact)[..] else { panic!("one browser, not {:?}", browsers(&contact)) };
    assert_ne!(first, second);
    let second_profile = profile_of(second);
    renderer.close().await;
    assert!(browsers(&contact).is_empty());
    assert!(!profile.exists() && !second_profile.exists());
    let after = failure_of(&renderer, &web, "/list").await;
    assert!(matches!(after, Failure::BrokeOff(_)), "a closed renderer starts no browser: {after:?}");
}

#[tokio::test]
async fn a_browser_that_no_longer_answers_is_replaced() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    web.tell("/list", drawing(FILL));
    web.tell("/rows", Answer::page(ROWS));
    let contact = format!("hanging-{}@county.example", web.address.port());
    let page_timeout = Duration::from_secs(6);
    let renderer =
        Renderer::new(RenderSettings { contact: contact.clone(), page_timeout, ..settings(Some(browser)) });
    page_of(&renderer, &web, "/list").await;
    let [hanging] = browsers(&contact)[..] else { panic!("one browser, not {:?}", browsers(&contact)) };
    signal("-STOP", hanging);
    let failure = failure_of(&renderer, &web, "/list").await;
    assert_eq!(failure, Failure::BrokeOff("the browser no longer answers".to_owned()));
    page_of(&renderer, &web, "/list").await;
    assert!(!browsers(&contact).contains(&hanging));
    renderer.close().await;
}

fn signal(signal: &str, process: u32) {
    let sent = std::process::Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// The main processes of browsers with this contact in their User-Agent.
fn browsers(contact: &str) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes
        .filter(|process| {
            let line = command_line(*process).concat();
            line.contains(contact) && !line.contains("--type=")
        })
        .collect()
}

fn profile_of(process: u32) -> PathBuf {
    let line = command_line(process);
    let word = line.iter().find_map(|word| word.strip_prefix("--user-data-dir=")).unwrap();
    Path::new(word).to_owned()
}

fn command_line(process: u32) -> Vec<String> {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).split('\0').map(str::to_owned).collect()
}

#[tokio::test]
async fn without_a_browser_the_outcome_says_what_to_set() {
    let web = Web::start().await;
    for browser in [None, Some(PathBuf::from("/nowhere/chromium"))] {
        let failure = failure_of(&Renderer::new(settings(browser)), &web, "/list").await;
        let text = failure.to_string();
        assert!(text.contains("no browser") && text.contains("render.browser"), "{text}");
        assert!(!failure.is_transient());
    }
    let no_browser =
        failure_of(&Renderer::new(settings(Some(PathBuf::from("/bin/false")))), &web, "/list").await;
    assert!(no_browser.to_string().contains("cannot be started"), "{no_browser}");
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn a_host_whose_exceptions_the_browser_cannot_follow_is_not_asked() {
    let web = Web::start().await;
    let exception = HostException {
        name: web.address.to_string(),
        security: Security::Unverified,
        proxy: None,
        ignores_robots: false,
        reason: "a test".to_owned(),
    };
    let excepting =
        RenderSettings { exceptions: vec![exception], ..settings(Some(PathBuf::from("/bin/false"))) };
    let failure = failure_of(&Renderer::new(excepting), &web, "/list").await;
    assert!(failure.to_string().contains("cannot follow"), "{failure}");
}

/// How wide a page is on a phone: for how wide a screen it is laid out, and by how much it is wider than that.
async fn on_a_phone(renderer: &Renderer, web: &Web, path: &str) -> (u32, u32) {
    let measured = renderer.measure(&web.url(path).parse().unwrap(), all_is_allowed).await.unwrap();
    (measured.laid_out, measured.page.saturating_sub(measured.laid_out))
}

#[tokio::test]
async fn a_page_is_measured_as_a_phone_shows_it() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let phone = "<!DOCTYPE html><meta name=viewport content=\"width=device-width,initial-scale=1\">";
    let wide = "<div style=\"width:800px;height:9px\"></div>";
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"700\" height=\"9\"></svg>";
    web.tell("/fits", Answer::page(format!("{phone}<body style=\"margin:0\"><p>{}", "通知公告".repeat(99))));
    web.tell("/wide", Answer::page(format!("{phone}<body style=\"margin:0\">{wide}")));
    web.tell("/hidden", Answer::page(format!("{phone}<body style=\"margin:0;overflow-x:hidden\">{wide}")));
    web.tell("/picture", Answer::page(format!("{phone}<body style=\"margin:0\"><img src=/wide.svg>")));
    web.tell("/wide.svg", Answer::picture(picture));
    web.tell("/desk", Answer::page(format!("<!DOCTYPE html><body style=\"margin:0\">{wide}")));
    let renderer = Renderer::new(settings(Some(browser)));
    assert_eq!(on_a_phone(&renderer, &web, "/fits").await, (390, 0));
    assert_eq!(on_a_phone(&renderer, &web, "/wide").await, (390, 410));
    assert_eq!(on_a_phone(&renderer, &web, "/hidden").await, (390, 0), "nobody can scroll there");
    assert_eq!(on_a_phone(&renderer, &web, "/picture").await.0, 390);
    assert!(on_a_phone(&renderer, &web, "/picture").await.1 >= 310, "its pictures make a page wide");
    assert!(on_a_phone(&renderer, &web, "/desk").await.0 > 390, "it does not speak of phones");
    let agent = web.asked_for("/wide").remove(0).header("user-agent").unwrap().to_owned();
    assert!(agent.contains("Mobile") && agent.contains("xuncha/"), "{agent}");
    assert_eq!(
        renderer.measure(&web.url("/none").parse().unwrap(), all_is_allowed).await,
        Err(Failure::Gone(404))
    );
    renderer.close().await;
}

#[tokio::test]
async fn a_drawn_column_is_empty_only_where_its_data_came_and_its_script_said_so() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let list = |filled: &str| {
        Answer::page(format!(
            "<title>通知</title><meta charset=utf-8><ul id=list></ul><script>const say = () => list.innerHTML = \
             '<li>暂无信息</li>'; fetch('{filled}').then(r => r.json()).then(rows => rows.length || say(), say)</script>"
        ))
    };
    web.tell("/empty", list("/none"));
    web.tell("/failing", list("/broken"));
    web.tell("/refused", list("http://else.example/rows"));
    web.tell("/sorry", list("/failed"));
    web.tell("/none", Answer::page("[]"));
    web.tell("/failed", Answer::page("{\"code\":500,\"rows\":[]}"));
    web.tell("/broken", Answer::status(503));
    let renderer = Renderer::new(settings(Some(browser)));
    let extractor = Extractor::new(&Reading::Finder(FinderBounds::default())).unwrap();
    let mut read = Vec::new();
    for path in ["/empty", "/failing", "/refused", "/sorry"] {
        match drawn(&renderer, &web, path).await.outcome {
            Outcome::Page(page, _) => read.push(extractor.extract(&page, now(), chrono_tz::Asia::Shanghai)),
            other => panic!("{path}: {other:?}"),
        }
    }
    renderer.close().await;
    assert!(matches!(read[0], Ok(Extracted::Listing(Listing::Empty))), "{read:?}");
    assert!(read[1..].iter().all(Result::is_err), "what could not be had is not empty: {read:?}");
}
