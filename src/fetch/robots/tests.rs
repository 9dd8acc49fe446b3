use super::*;
use crate::extract::Page;
use crate::fetch::{Block, Validators};
use crate::rules::Security;

fn at(hours: i64) -> DateTime<Utc> {
    "2026-03-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

fn url(path: &str) -> Url {
    Url::parse("https://www.county.example").unwrap().join(path).unwrap()
}

fn file(text: &str) -> Outcome {
    let page =
        Page { drawing: None, url: url("/robots.txt"), content_type: None, body: text.as_bytes().to_vec() };
    Outcome::Page(page, Validators::default())
}

fn knowing(text: &str) -> Robots {
    let mut robots = Robots::new(&[]);
    robots.learn(&Origin::of(&url("/")), &file(text), at(0));
    robots
}

fn verdict(text: &str, path: &str) -> Verdict {
    knowing(text).verdict(&url(path), at(0))
}

fn allows(text: &str, path: &str) -> bool {
    match verdict(text, path) {
        Verdict::Allowed { .. } => true,
        Verdict::Forbidden { .. } => false,
        other => panic!("{other:?}"),
    }
}

fn forbidden(line: &str) -> Verdict {
    Verdict::Forbidden { line: line.to_owned() }
}

const FREE: Verdict = Verdict::Allowed { crawl_delay: None };

#[test]
fn what_is_not_known_must_be_fetched_from_the_root_of_the_origin() {
    let robots = Robots::new(&[]);
    let asked = Url::parse("https://user@www.county.example:8443/xxgk/list.html?page=2#top").unwrap();
    let Verdict::Unknown { robots_txt } = robots.verdict(&asked, at(0)) else { panic!("unknown") };
    assert_eq!(robots_txt.as_str(), "https://user@www.county.example:8443/robots.txt");
}

#[test]
fn a_group_that_names_us_counts_instead_of_the_one_for_everybody() {
    let text = "User-agent: *\nDisallow: /\n\nUser-Agent: XunCha/2.0\nDisallow: /private/\n";
    assert!(allows(text, "/xxgk/"));
    assert_eq!(verdict(text, "/private/a"), forbidden("Disallow: /private/ (line 5)"));
}

#[test]
fn a_name_that_only_begins_like_ours_is_not_ours() {
    assert!(allows("User-agent: xuncha-video\nDisallow: /\nUser-agent: xun\nDisallow: /", "/"));
}

#[test]
fn groups_for_the_same_agent_are_one_and_a_group_may_name_several() {
    let text = "User-agent: other\nUser-agent: xuncha\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n\n\
                User-agent: xuncha\nDisallow: /c";
    let of = |path| allows(text, path);
    assert_eq!((of("/a"), of("/b"), of("/c")), (false, true, false));
}

#[test]
fn the_longer_pattern_decides_and_of_two_as_long_the_one_that_allows() {
    let text = "User-agent: *\nDisallow: /xxgk/\nAllow: /xxgk/public/\nDisallow: /same\nAllow: /same";
    assert!(!allows(text, "/xxgk/list.html"));
    assert!(allows(text, "/xxgk/public/list.html"));
    assert!(allows(text, "/same"));
    assert!(!allows("User-agent: *\nAllow: /x\nDisallow: /x*.jsp$", "/xy.jsp"));
}

#[test]
fn an_empty_disallow_forbids_nothing_and_robots_txt_itself_is_always_allowed() {
    assert!(allows("User-agent: *\nDisallow:", "/"));
    assert!(allows("User-agent: *\nDisallow: /", "/robots.txt"));
}

#[test]
fn files_of_all_habits_are_read() {
    for text in [
        "\u{feff}User-agent: *\nDisallow: /x",
        "user-agent:*\r\ndisallow:/x\r\n",
        "USER-AGENT : * # all\rDISALLOW : /x # and below\r",
        "Sitemap: https://www.county.example/map.xml\nUser-agent: *\nHost: county\nDisallow: /x",
        "User-agent: *\n\nDisallow: /x",
    ] {
        assert!(!allows(text, "/x/a"), "{text:?}");
        assert!(allows(text, "/y"), "{text:?}");
    }
}

#[test]
fn a_page_in_place_of_the_file_forbids_nothing() {
    assert!(allows(
        "<!DOCTYPE html><html><head><style>a:hover{}</style></head><body>404</body></html>",
        "/x"
    ));
    assert!(allows("Disallow: /x", "/x"), "a rule that speaks to nobody");
}

#[test]
fn the_delay_a_site_asks_for_is_passed_on_within_reason() {
    let delay = |text: &str| match verdict(text, "/") {
        Verdict::Allowed { crawl_delay } => crawl_delay,
        other => panic!("{other:?}"),
    };
    assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5"), Some(Duration::from_millis(2500)));
    assert_eq!(delay("User-agent: *\nCrawl-delay: 99999999999999999999"), Some(Duration::from_secs(3600)));
    for nonsense in ["-1", "0", "soon", "nan", "inf x"] {
        assert_eq!(delay(&format!("User-agent: *\nCrawl-delay: {nonsense}")), None, "{nonsense}");
    }
    let mine = "User-agent: *\nCrawl-delay: 60\nUser-agent: xuncha\nDisallow: /x";
    assert_eq!(delay(mine), None, "a group of our own counts alone");
}

#[test]
fn a_file_counts_for_a_day() {
    let robots = knowing("User-agent: *\nDisallow: /");
    assert!(matches!(robots.verdict(&url("/"), at(23)), Verdict::Forbidden { .. }));
    assert!(matches!(robots.verdict(&url("/"), at(24)), Verdict::Unknown { .. }));
}

#[test]
fn each_origin_has_a_file_of_its_own() {
    let robots = knowing("User-agent: *\nDisallow: /");
    for other in ["http://www.county.example/", "https://county.example/", "https://www.county.example:444/"]
    {
        assert!(matches!(robots.verdict(&other.parse().unwrap(), at(0)), Verdict::Unknown { .. }), "{other}");
    }
}

fn after(failures: &[Failure], known: &str, now: DateTime<Utc>) -> Verdict {
    let mut robots = if known.is_empty() { Robots::new(&[]) } else { knowing(known) };
    for failure in failures {
        robots.learn(&Origin::of(&url("/")), &Outcome::Failed(failure.clone()), now);
    }
    robots.verdict(&url("/x"), now)
}

#[test]
fn a_site_without_the_file_allows_everything() {
    for failure in [
        Failure::Gone(404),
        Failure::Refused(403),
        Failure::MovedAway("https://elsewhere.example/".into()),
        Failure::TooManyRedirects(5),
    ] {
        assert_eq!(after(std::slice::from_ref(&failure), "", at(0)), FREE, "{failure}");
    }
}

#[test]
fn a_file_that_cannot_be_had_allows_nothing_and_is_tried_again_ever_more_slowly() {
    for (failure, minutes) in [
        (Failure::ServerFailed(503), [5, 10, 20]),
        (Failure::TooManyRequests(429), [5, 10, 20]),
        (Failure::TimedOut(30), [5, 10, 20]),
        (Failure::Blocked(Block::Ruishu), [360, 720, 1440]),
    ] {
        for (minutes, count) in minutes.into_iter().zip(1..) {
            let verdict = after(&vec![failure.clone(); count], "", at(0));
            let expected =
                Verdict::Unavailable { because: failure.clone(), until: at(0) + TimeDelta::minutes(minutes) };
            assert_eq!(verdict, expected);
            let said = verdict.failure().unwrap();
            let is_the_files_own = said.to_string().contains("robots.txt cannot be had");
            assert!(said == failure || is_the_files_own && said.is_transient(), "{said}");
        }
    }
    let often = vec![Failure::ServerFailed(500); 100];
    assert!(matches!(after(&often, "", at(0)), Verdict::Unavailable { until, .. } if until == at(1)));
}

#[test]
fn after_a_pause_a_file_that_could_not_be_had_is_asked_for_again() {
    let mut robots = Robots::new(&[]);
    robots.learn(&Origin::of(&url("/")), &Outcome::Failed(Failure::ServerFailed(500)), at(0));
    assert!(matches!(robots.verdict(&url("/"), at(1)), Verdict::Unknown { .. }));
}

#[test]
fn an_old_file_is_heeded_while_a_newer_one_cannot_be_had() {
    let verdict = after(&[Failure::ServerFailed(500)], "User-agent: *\nDisallow: /x", at(30));
    assert_eq!(verdict, forbidden("Disallow: /x (line 2)"));
}

#[test]
fn a_host_whose_owner_overrides_its_file_is_never_asked_for_it() {
    let exception = HostException {
        name: "www.county.example".to_owned(),
        security: Security::Verified,
        proxy: None,
        ignores_robots: true,
        reason: "the county's own site".to_owned(),
    };
    let robots = Robots::new(&[exception]);
    assert_eq!(robots.verdict(&url("/x"), at(0)), FREE);
    assert!(matches!(robots.verdict(&"https://b.example/".parse().unwrap(), at(0)), Verdict::Unknown { .. }));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_fail(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let _any = RobotsTxt::parse(&body, AGENT).verdict(&url("/x"));
    }
}
