//! One polite request, over real sockets.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;
use xuncha::fetch::{Failure, Fetched, Fetcher, Outcome, Request, Settings, Validators, Verdict};

use crate::support::web::{Answer, Web};

fn now() -> DateTime<Utc> {
    "2022-12-01T00:00:00Z".parse().unwrap()
}

fn settings() -> Settings {
    Settings { longest_body: 10_000, ..Settings::new("centre@county.example") }
}

async fn fetch_by(settings: Settings, url: &str, known: Option<&Validators>) -> Fetched {
    // The binary does this at start.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let url = url.parse().unwrap();
    Fetcher::new(settings)
        .unwrap()
        .fetch(Request { url: &url, unless_matches: known, form: None }, now())
        .await
}

async fn failure_of(web: &Web, path: &str) -> Failure {
    match fetch_by(settings(), &web.url(path), None).await.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[tokio::test]
async fn the_request_says_who_asks_and_whom_to_ask_about_it() {
    let web = Web::start().await;
    fetch_by(settings(), &web.url("/"), None).await;
    let asked = web.asked().remove(0);
    let agent = asked.header("user-agent").unwrap();
    assert!(agent.starts_with("xuncha/") && agent.contains("centre@county.example"), "{agent}");
    assert_eq!(asked.header("cache-control"), Some("no-cache"), "a full look wants no old copy");
}

#[tokio::test]
async fn validators_are_echoed_byte_for_byte() {
    let web = Web::start().await;
    // No date that a program would write, and a tag with odd characters.
    let (tag, date) = ("W/\"a b;c\"", "Thu, 1 Dec 2022  00:00:00 +0000");
    web.tell("/list", Answer::page("<p>x</p>").with("ETag", tag).with("Last-Modified", date));
    let first = fetch_by(settings(), &web.url("/list"), None).await;
    let Outcome::Page(_, validators) = first.outcome else { panic!("a page") };
    let second = fetch_by(settings(), &web.url("/list"), Some(&validators)).await;
    assert!(matches!(second.outcome, Outcome::NotModified));
    let asked = web.asked().remove(1);
    assert_eq!(asked.header("if-none-match"), Some(tag));
    assert_eq!(asked.header("if-modified-since"), Some(date));
}

#[tokio::test]
async fn a_tag_that_comes_twice_counts_as_none() {
    let web = Web::start().await;
    web.tell("/list", Answer::page("<p>x</p>").with("ETag", "\"1\"").with("ETag", "\"2\""));
    let Outcome::Page(_, validators) = fetch_by(settings(), &web.url("/list"), None).await.outcome else {
        panic!("a page")
    };
    assert!(validators.is_empty());
}

#[tokio::test]
async fn redirects_are_followed_within_the_host_and_not_away_from_it() {
    let (web, other) = (Web::start().await, Web::start().await);
    web.tell("/old", Answer::redirect("/new"));
    web.tell("/new", Answer::page("<p>here</p>"));
    let Outcome::Page(page, _) = fetch_by(settings(), &web.url("/old"), None).await.outcome else {
        panic!("a page")
    };
    assert_eq!(page.url.path(), "/new");
    let elsewhere = format!("http://localhost:{}/", other.address.port());
    web.tell("/away", Answer::redirect(&elsewhere));
    assert_eq!(failure_of(&web, "/away").await, Failure::MovedAway(elsewhere));
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_waits_for_leave_and_does_without_where_there_is_none() {
    let web = Web::start().await;
    web.tell("/old", Answer::redirect("/new"));
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    let fetcher = Fetcher::new(settings()).unwrap();
    let old = web.url("/old").parse().unwrap();
    let robots_txt: Url = web.url("/robots.txt").parse().unwrap();
    let unknown = |_: &Url| Verdict::Unknown { robots_txt: robots_txt.clone() };
    let waits = fetcher.fetch_heeding(Request::in_full(&old), now(), unknown).await;
    assert_eq!(waits.outcome.led_to().unwrap().as_str(), web.url("/new"));
    let line = "Disallow: /new (line 2)".to_owned();
    let forbidden = |_: &Url| Verdict::Forbidden { line: line.clone() };
    let fetched = fetcher.fetch_heeding(Request::in_full(&old), now(), forbidden).await;
    assert!(
        matches!(&fetched.outcome, Outcome::Failed(Failure::RobotsForbid { rule, led_to: Some(to) })
            if *rule == line && *to == web.url("/new")),
        "{fetched:?}"
    );
    assert!(web.asked_for("/new").is_empty());
}

#[tokio::test]
async fn what_was_posted_is_posted_again_only_where_the_server_says_so() {
    for (status, expected) in [(302, ("GET", "")), (307, ("POST", "a=1"))] {
        let web = Web::start().await;
        web.tell("/old", Answer::redirect("/new").under(status));
        web.tell("/new", Answer::page("<p>here</p>"));
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let old = web.url("/old").parse().unwrap();
        let request = Request { url: &old, unless_matches: None, form: Some("a=1") };
        let fetched = Fetcher::new(settings()).unwrap().fetch(request, now()).await;
        assert!(matches!(fetched.outcome, Outcome::Page(..)), "{fetched:?}");
        let asked = web.asked_for("/new").remove(0);
        assert_eq!((asked.method.as_str(), asked.form.as_str()), expected);
    }
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let web = Web::start().await;
    web.tell("/round", Answer::redirect("/round"));
    assert_eq!(failure_of(&web, "/round").await, Failure::TooManyRedirects(5));
    assert!(web.asked().len() <= 7);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_even_if_it_was_sent_compressed() {
    let web = Web::start().await;
    web.tell("/long", Answer::page("x".repeat(10_001)));
    assert_eq!(failure_of(&web, "/long").await, Failure::TooLong(10_000));
    // A million zeros in a kilobyte.
    let bomb = gzip_of_zeros();
    assert!(bomb.len() < 10_000);
    web.tell("/bomb", Answer::page(bomb).with("Content-Encoding", "gzip"));
    assert_eq!(failure_of(&web, "/bomb").await, Failure::TooLong(10_000));
}

/// A gzip file of 262,144 zeros, written by hand: four copies of a stored-free block would need a library.
fn gzip_of_zeros() -> Vec<u8> {
    let mut deflate = BitWriter::default();
    // One final block with fixed codes: a literal 0, then copies of 258 bytes from distance 1, then the end.
    deflate.bits(1, 1);
    deflate.bits(1, 2);
    deflate.huffman(0x30, 8);
    for _ in 0..1016 {
        deflate.huffman(0b1100_0101, 8); // length code 285: 258 bytes
        deflate.huffman(0, 5); // distance code 0: distance 1
    }
    deflate.huffman(0, 7);
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // The checksum is never reached: the body is refused before its end.
    [&header[..], &deflate.finish(), &[0; 8]].concat()
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    fn bits(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= u8::try_from((value >> bit) & 1).unwrap() << (self.used % 8);
            self.used += 1;
        }
    }

    /// Huffman codes go in from their highest bit.
    fn huffman(&mut self, code: u32, count: u32) {
        self.bits(code.reverse_bits() >> (32 - count), count);
    }

    fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let web = Web::start().await;
    web.answer_only(0);
    let impatient = Settings { total_timeout: Duration::from_millis(300), ..settings() };
    let fetched = fetch_by(impatient, &web.url("/"), None).await;
    assert!(matches!(fetched.outcome, Outcome::Failed(Failure::TimedOut(_))), "{:?}", fetched.outcome);
}

#[tokio::test]
async fn a_body_that_breaks_off_and_a_port_where_nobody_listens_are_transient() {
    let web = Web::start().await;
    web.tell("/half", Answer::page("<p>a page of some length</p>").cut_short());
    let broken = failure_of(&web, "/half").await;
    assert!(matches!(broken, Failure::BrokeOff(_)), "{broken:?}");
    assert!(broken.is_transient());
    let nobody = fetch_by(settings(), "http://127.0.0.1:9/", None).await;
    let Outcome::Failed(failure @ Failure::CannotConnect(_)) = nobody.outcome else {
        panic!("nobody listens")
    };
    assert!(failure.is_transient());
}

#[tokio::test]
async fn a_servers_wish_to_be_left_alone_is_passed_on() {
    let web = Web::start().await;
    web.tell("/busy", Answer::status(503).with("Retry-After", "3600"));
    let fetched = fetch_by(settings(), &web.url("/busy"), None).await;
    assert_eq!(fetched.not_before, Some(now() + TimeDelta::hours(1)));
    assert!(matches!(fetched.outcome, Outcome::Failed(Failure::ServerFailed(503))));
}

#[tokio::test]
async fn a_host_may_be_given_its_address() {
    let web = Web::start().await;
    web.tell("/", Answer::page("<p>x</p>"));
    let resolve = [("www.county.example".to_owned(), web.address)].into();
    let fetched = fetch_by(Settings { resolve, ..settings() }, "http://www.county.example/", None).await;
    assert!(matches!(fetched.outcome, Outcome::Page(..)), "{:?}", fetched.outcome);
    assert_eq!(web.asked()[0].header("host"), Some("www.county.example"));
}
