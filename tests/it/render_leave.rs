//! Where a drawn page leads, and what robots.txt has to say about it. Skipped, aloud, where there is no browser.

use url::Url;
use xuncha::assess::Standing;
use xuncha::fetch::{Failure, Outcome, RenderSettings, Renderer, Verdict};

use crate::render::{browser, settings};
use crate::simulation::{DEFAULT_PACE, Simulation, day};
use crate::support::county::Unit;
use crate::support::now;
use crate::support::web::{Answer, Web, list_page};

const LINE: &str = "Disallow: /inner (line 2)";

fn inner_is_forbidden(url: &Url) -> Verdict {
    if url.path().starts_with("/inner") {
        return Verdict::Forbidden { line: LINE.to_owned() };
    }
    Verdict::Allowed { crawl_delay: None }
}

async fn drawn(renderer: &Renderer, web: &Web, path: &str) -> Outcome {
    renderer.render(&web.url(path).parse().unwrap(), now(), inner_is_forbidden).await.outcome
}

#[tokio::test]
async fn a_drawn_page_goes_nowhere_that_robots_txt_forbids_whatever_sends_it_there() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    let renderer = Renderer::new(settings(Some(browser)));
    for (name, html) in [
        ("script", "<script>location = '/inner/script'</script>"),
        ("refresh", "<meta http-equiv=refresh content='0;url=/inner/refresh'>"),
        ("form", "<form id=f method=post action=/inner/form></form><script>f.submit()</script>"),
        ("download", "<a id=a download href=/inner/download>x</a><script>a.click()</script>"),
    ] {
        let path = format!("/{name}");
        web.tell(&path, Answer::page(html));
        let outcome = drawn(&renderer, &web, &path).await;
        let led_to = Some(web.url(&format!("/inner/{name}")));
        let refused = Failure::RobotsForbid { rule: LINE.to_owned(), led_to };
        assert!(matches!(&outcome, Outcome::Failed(failure) if *failure == refused), "{name}: {outcome:?}");
    }
    web.tell("/redirect", Answer::redirect("/on"));
    web.tell("/on", Answer::redirect("/inner/redirect"));
    let outcome = drawn(&renderer, &web, "/redirect").await;
    assert!(matches!(outcome, Outcome::Failed(Failure::RobotsForbid { .. })), "{outcome:?}");
    renderer.close().await;
    assert_eq!(asked_inside(&web), Vec::<String>::new());
}

/// What was asked for that is forbidden.
fn asked_inside(web: &Web) -> Vec<String> {
    web.asked().into_iter().map(|asked| asked.path).filter(|path| path.starts_with("/inner")).collect()
}

#[tokio::test]
async fn a_frame_within_is_drawn_where_it_may_be_and_nothing_is_fetched_ahead() {
    let Some((browser, _turn)) = browser().await else { return };
    let (web, other) = (Web::start().await, Web::start().await);
    let base = web.url("");
    let beyond = format!("http://localhost:{}/frame", other.address.port());
    web.tell("/menu", Answer::page("<p>menu"));
    web.tell(
        "/list",
        Answer::page(format!(
            "<iframe src=/menu></iframe><iframe src=/inner/frame></iframe><iframe src='{beyond}'></iframe>\
             <object data=/inner/object type=text/html></object>\
             <iframe sandbox=allow-scripts srcdoc=\"<script>location = '{base}/inner/sandbox'</script>\"></iframe>\
             <script type=speculationrules>{{\"prefetch\": [{{\"urls\": [\"/inner/prefetch\"], \"eagerness\": \
             \"immediate\"}}], \"prerender\": [{{\"urls\": [\"/inner/prerender\"], \"eagerness\": \"immediate\"}}]}}\
             </script><p>the list"
        )),
    );
    let further_hosts = vec!["localhost".to_owned()];
    let renderer = Renderer::new(RenderSettings { further_hosts, ..settings(Some(browser)) });
    let outcome = drawn(&renderer, &web, "/list").await;
    renderer.close().await;
    assert!(matches!(outcome, Outcome::Page(..)), "the page itself is allowed: {outcome:?}");
    assert_eq!(web.asked_for("/menu").len(), 1);
    assert_eq!(asked_inside(&web), Vec::<String>::new());
    assert!(other.asked().is_empty(), "a frame of another host, though its scripts may be loaded");
}

#[tokio::test]
async fn a_site_on_plain_http_is_asked_as_its_address_says() {
    let Some((browser, _turn)) = browser().await else { return };
    let web = Web::start().await;
    web.tell("/list", Answer::page("<p>the list"));
    // Browsers try HTTPS first on names that could be real ones.
    let host = "www.xuncha-langxi.gov.cn";
    let resolve = [(host.to_owned(), web.address)].into();
    let renderer = Renderer::new(RenderSettings { resolve, ..settings(Some(browser)) });
    let only_http = |url: &Url| match url.scheme() {
        "http" => Verdict::Allowed { crawl_delay: None },
        _ => Verdict::Unknown { robots_txt: url.join("/robots.txt").unwrap() },
    };
    let outcome =
        renderer.render(&format!("http://{host}/list").parse().unwrap(), now(), only_http).await.outcome;
    renderer.close().await;
    assert!(matches!(outcome, Outcome::Page(..)), "{outcome:?}");
}

/// A column that a browser draws, watched by the whole line.
async fn drawn_column(browser: &std::path::Path) -> (Simulation, xuncha::daemon::Tasks) {
    let simulation = Simulation::start("2022-11-01T12:00", DEFAULT_PACE, |web| {
        Unit::new("fagaiwei", "县发改委")
            .column("jihua", "规划计划", web.url("/jihua"))
            .read_by("preset = \"list\"\nrender = true")
    })
    .await;
    let tasks = simulation.tasks_with(|config| config.render.browser = Some(browser.to_owned()));
    (simulation, tasks)
}

const ID: &str = "fagaiwei/jihua";

fn why(standing: &Standing) -> String {
    match standing {
        Standing::Unknown(cause) => cause.to_string(),
        other => panic!("unknown, not {other:?}"),
    }
}

#[tokio::test]
async fn a_drawn_column_that_leads_where_it_may_not_be_asked_for_is_unknown_and_says_where() {
    let Some((browser, _turn)) = browser().await else { return };
    let (simulation, mut tasks) = drawn_column(&browser).await;
    let web = &simulation.web;
    web.tell("/robots.txt", Answer::page("User-agent: *\nDisallow: /inner\n"));
    web.tell("/jihua", Answer::page("<script>location = '/inner/jihua'</script>"));
    simulation.play(&mut tasks, "2022-11-01T13:00").await;
    let said = why(&simulation.stands(&tasks, ID));
    assert!(said.contains(&format!("robots.txt forbids {}", web.url("/inner/jihua"))), "{said}");
    assert!(web.asked_for("/inner/jihua").is_empty());

    web.tell("/jihua", Answer::page("<script>location = '/outer/jihua'</script>"));
    web.tell("/outer/jihua", Answer::page(list_page(&[("年度计划", day("2022-10-04"))])));
    simulation.play(&mut tasks, "2022-11-20T12:00").await;
    assert_eq!(simulation.standing(&tasks, ID), "fresh");
}

#[tokio::test]
async fn a_drawn_column_that_leads_to_an_unknown_origin_has_its_robots_txt_asked_for_first() {
    let Some((browser, _turn)) = browser().await else { return };
    let (simulation, mut tasks) = drawn_column(&browser).await;
    let web = &simulation.web;
    // The same host by another scheme is another origin. Nobody speaks TLS there, so its robots.txt cannot be had.
    let elsewhere = web.url("/jihua").replace("http://", "https://");
    web.tell("/jihua", Answer::page(format!("<script>location = '{elsewhere}'</script>")));
    simulation.play(&mut tasks, "2022-11-01T12:30").await;
    let said = why(&simulation.stands(&tasks, ID));
    assert!(
        said.contains("tls handshake"),
        "the robots.txt there was asked for, and could not be had: {said}"
    );
}
