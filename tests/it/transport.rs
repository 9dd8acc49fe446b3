//! How pages are had where the ordinary way does not do: forms, packed bodies, shields, bad certificates, proxies; and
//! what a site's robots.txt has to say about it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use url::Url;
use xuncha::fetch::{Block, Failure, Fetched, Fetcher, Origin, Outcome, Request, Retry, Robots, Settings};
use xuncha::fetch::{Validators, Verdict};
use xuncha::rules::{HostException, Remark, Security};

use crate::support::now;
use crate::support::tls::TlsWeb;
use crate::support::web::{Answer, Web};

const HOST: &str = "www.county.example";

fn exception(name: &str) -> HostException {
    HostException {
        name: name.to_owned(),
        security: Security::Verified,
        proxy: None,
        ignores_robots: false,
        reason: "a test".to_owned(),
    }
}

fn settings(exceptions: Vec<HostException>) -> Settings {
    Settings { exceptions, ..Settings::new("centre@county.example") }
}

async fn fetch(settings: Settings, request: Request<'_>) -> Fetched {
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    Fetcher::new(settings).unwrap().fetch(request, now()).await
}

async fn fetch_page(settings: Settings, url: &str) -> Fetched {
    fetch(settings, Request::in_full(&url.parse().unwrap())).await
}

fn body_of(fetched: &Fetched) -> &[u8] {
    match &fetched.outcome {
        Outcome::Page(page, _) => &page.body,
        other => panic!("expected a page, got {other:?}"),
    }
}

fn failure_of(fetched: &Fetched) -> &Failure {
    match &fetched.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[tokio::test]
async fn a_form_is_posted_whole_and_never_conditionally() {
    let web = Web::start().await;
    web.tell("/dataproxy.jsp?startrecord=1", Answer::page("<datastore/>").with("ETag", "\"1\""));
    let url: Url = web.url("/dataproxy.jsp?startrecord=1").parse().unwrap();
    let known = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
    let request = Request { url: &url, unless_matches: Some(&known), form: Some("col=1&path=%2F") };
    let fetched = fetch(settings(Vec::new()), request).await;
    assert_eq!(body_of(&fetched), b"<datastore/>");
    let asked = web.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.form.as_str()), ("POST", "col=1&path=%2F"));
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(!asked.is_conditional());
}

#[tokio::test]
async fn a_packed_page_is_read_whether_or_not_a_header_says_so() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(b"<p>x</p>").unwrap();
    let packed = encoder.finish().unwrap();
    let web = Web::start().await;
    web.tell("/silent", Answer::page(packed.clone()));
    web.tell("/announced", Answer::page(packed).with("Content-Encoding", "gzip"));
    for path in ["/silent", "/announced"] {
        assert_eq!(body_of(&fetch_page(settings(Vec::new()), &web.url(path)).await), b"<p>x</p>", "{path}");
    }
}

#[tokio::test]
async fn a_shield_is_named_and_no_cookie_of_it_is_kept() {
    let web = Web::start().await;
    let script = "<script>document.cookie='__jsl_clearance_s=1';location.href=location.pathname</script>";
    web.tell("/list", Answer::status(521).saying(script).with("Set-Cookie", "__jsluid_s=0a1b; path=/"));
    web.tell("/shell", Answer::page("<script>alert('请输入验证码')</script>"));
    let fetcher = Fetcher::new(settings(Vec::new())).unwrap();
    let (list, shell) = (web.url("/list").parse().unwrap(), web.url("/shell").parse().unwrap());
    for (url, block) in [(&list, Block::Jiasule), (&shell, Block::Captcha), (&list, Block::Jiasule)] {
        let fetched = fetcher.fetch(Request::in_full(url), now()).await;
        let failure = failure_of(&fetched);
        assert_eq!((failure, failure.retry()), (&Failure::Blocked(block), Retry::InHours));
    }
    assert!(web.asked().iter().all(|asked| asked.header("cookie").is_none()));
    assert_eq!(web.asked().len(), 3, "nothing is asked twice");
}

#[tokio::test]
async fn a_refusal_that_no_shield_speaks_stays_a_refusal() {
    let web = Web::start().await;
    web.tell("/closed", Answer::status(403).saying("<h1>403 Forbidden</h1>"));
    let fetched = fetch_page(settings(Vec::new()), &web.url("/closed")).await;
    assert_eq!(failure_of(&fetched), &Failure::Refused(403));
}

#[tokio::test]
async fn an_endless_refusal_is_not_read_to_its_end() {
    let web = Web::start().await;
    let fence = format!("<p>您的IP不在允许访问的范围内</p>{}", " ".repeat(3_000_000));
    web.tell("/closed", Answer::status(403).saying(fence));
    let small = Settings { longest_body: 1000, ..settings(Vec::new()) };
    assert_eq!(failure_of(&fetch_page(small, &web.url("/closed")).await), &Failure::Blocked(Block::IpFence));
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused_and_the_text_names_the_setting() {
    let web = TlsWeb::start("<p>x</p>").await;
    let fetched = fetch_page(settings(Vec::new()), &format!("https://{}/", web.address)).await;
    let failure @ Failure::Tls(text) = failure_of(&fetched) else { panic!("{:?}", fetched.outcome) };
    assert!(text.contains("allow-insecure-tls"), "{text}");
    assert!(!failure.is_transient());
    assert_eq!(fetched.remarks, []);
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_taken_where_the_rules_say_so_and_the_look_tells() {
    let web = TlsWeb::start("<p>x</p>").await;
    let unverified = HostException { security: Security::Unverified, ..exception(&web.address.to_string()) };
    let fetched = fetch_page(settings(vec![unverified]), &format!("https://{}/", web.address)).await;
    assert_eq!(body_of(&fetched), b"<p>x</p>");
    assert_eq!(fetched.remarks, [Remark::CertificateNotVerified]);
}

#[tokio::test]
async fn what_one_host_is_forgiven_another_is_not() {
    let (forgiven, other) = (TlsWeb::start("<p>x</p>").await, TlsWeb::start("<p>y</p>").await);
    let unverified =
        HostException { security: Security::Unverified, ..exception(&forgiven.address.to_string()) };
    let fetched = fetch_page(settings(vec![unverified]), &format!("https://{}/", other.address)).await;
    assert!(matches!(failure_of(&fetched), Failure::Tls(_)), "{:?}", fetched.outcome);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_failure_of_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let answering = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        stream
    };
    let (fetched, _stream) = tokio::join!(fetch_page(settings(Vec::new()), &url), answering);
    let Failure::Tls(text) = failure_of(&fetched) else { panic!("{:?}", fetched.outcome) };
    assert!(text.contains("force-http"), "{text}");
}

#[tokio::test]
async fn a_host_may_be_asked_over_plain_http_whatever_its_address_says() {
    let web = Web::start().await;
    web.tell("/list", Answer::page("<p>x</p>"));
    let plain = HostException { security: Security::PlainHttp, ..exception(HOST) };
    let resolve = [(HOST.to_owned(), web.address)].into();
    let fetched =
        fetch_page(Settings { resolve, ..settings(vec![plain]) }, &format!("https://{HOST}/list")).await;
    assert_eq!(body_of(&fetched), b"<p>x</p>");
    assert_eq!(fetched.remarks, [Remark::PlainHttp]);
}

#[tokio::test]
async fn a_host_that_leads_back_to_https_is_not_followed_there_from_plain_http() {
    let web = Web::start().await;
    web.tell("/list", Answer::redirect(&format!("https://{HOST}/list")));
    let plain = HostException { security: Security::PlainHttp, ..exception(HOST) };
    let resolve = [(HOST.to_owned(), web.address)].into();
    let fetched =
        fetch_page(Settings { resolve, ..settings(vec![plain]) }, &format!("https://{HOST}/list")).await;
    let Failure::Tls(text) = failure_of(&fetched) else { panic!("{:?}", fetched.outcome) };
    assert!(text.contains("force-http"), "{text}");
}

#[tokio::test]
async fn a_host_may_be_asked_through_a_proxy_and_only_that_host_is() {
    let (proxy, direct) = (Web::start().await, Web::start().await);
    proxy.tell(&format!("http://{HOST}/list"), Answer::page("<p>by proxy</p>"));
    direct.tell("/list", Answer::page("<p>direct</p>"));
    let through = HostException { proxy: Some(Url::parse(&proxy.url("/")).unwrap()), ..exception(HOST) };
    let fetched = fetch_page(settings(vec![through.clone()]), &format!("http://{HOST}/list")).await;
    assert_eq!(body_of(&fetched), b"<p>by proxy</p>");
    assert_eq!(fetched.remarks, [Remark::ThroughProxy(proxy.address.to_string())]);
    let fetched = fetch_page(settings(vec![through]), &direct.url("/list")).await;
    assert_eq!((body_of(&fetched), &fetched.remarks[..]), (&b"<p>direct</p>"[..], &[][..]));
    assert_eq!(proxy.asked().len(), 1);
}

#[tokio::test]
async fn robots_txt_is_fetched_like_any_page_and_then_answers_for_its_origin() {
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let web = Web::start().await;
    let fetcher = Fetcher::new(settings(Vec::new())).unwrap();
    let list: Url = web.url("/xxgk/list.html").parse().unwrap();
    let rules = Answer::page("User-agent: *\nDisallow: /xxgk/\nCrawl-delay: 5");
    for (answer, expected) in [
        (rules, Verdict::Forbidden { line: "Disallow: /xxgk/ (line 2)".to_owned() }),
        (Answer::status(404), Verdict::Allowed { crawl_delay: None }),
    ] {
        web.tell("/robots.txt", answer);
        let mut robots = Robots::new(&[]);
        let Verdict::Unknown { robots_txt } = robots.verdict(&list, now()) else {
            panic!("nothing is known")
        };
        let fetched = fetcher.fetch(Request::in_full(&robots_txt), now()).await;
        robots.learn(&Origin::of(&list), &fetched.outcome, now());
        assert_eq!(robots.verdict(&list, now()), expected);
    }
    assert_eq!(web.asked_for("/robots.txt").len(), 2);
}
