use serde_json::json;

use super::*;
use crate::fetch::{Block, Verdict};

fn visit() -> Visit<'static> {
    under(&|_| Verdict::Allowed { crawl_delay: None })
}

fn under(verdict: VerdictOn<'_>) -> Visit<'_> {
    Visit::new(&Url::parse(LIST).unwrap(), "own", verdict)
}

fn event(method: &str, params: Value) -> Event {
    Event { method: method.to_owned(), params }
}

fn document(frame: &str, url: &str, status: u16, headers: &Value) -> Event {
    let params = json!({
        "requestId": "r1", "resourceType": "Document", "frameId": frame, "request": { "url": url },
        "responseStatusCode": status, "responseHeaders": headers,
    });
    event("Fetch.requestPaused", params)
}

/// A document that a frame wants and nobody has been asked for.
fn wanted(frame: &str, url: &str) -> Event {
    let params = json!({
        "requestId": "r1", "resourceType": "Document", "frameId": frame, "request": { "url": url },
    });
    event("Fetch.requestPaused", params)
}

fn life(frame: &str, loader: &str, name: &str) -> Event {
    event("Page.lifecycleEvent", json!({ "frameId": frame, "loaderId": loader, "name": name }))
}

const LIST: &str = "http://www.county.example/list";

#[test]
fn a_page_is_drawn_once_it_has_been_loaded_and_the_network_is_quiet() {
    let mut visit = visit();
    let Step::Inspect(answer) = visit.step(&document("own", LIST, 200, &json!([]))) else {
        panic!("inspect")
    };
    assert_eq!(answer.failure(b"<ul></ul>"), None);
    assert_eq!(visit.step(&life("own", "l1", "init")), Step::Wait);
    assert_eq!(visit.step(&life("own", "l1", "networkIdle")), Step::Wait, "not loaded yet");
    assert!(!visit.is_loaded());
    assert_eq!(visit.step(&life("own", "l1", "load")), Step::Wait);
    assert!(visit.is_loaded());
    assert_eq!(visit.step(&life("own", "l1", "networkIdle")), Step::Drawn);
}

#[test]
fn the_quiet_of_the_blank_page_before_or_of_a_frame_within_is_not_the_pages_own() {
    let mut visit = visit();
    for name in ["init", "load", "networkIdle"] {
        assert_eq!(visit.step(&life("own", "blank", name)), Step::Wait);
    }
    visit.step(&document("own", LIST, 200, &json!([])));
    visit.step(&life("own", "l1", "init"));
    visit.step(&life("own", "l1", "load"));
    assert_eq!(visit.step(&life("own", "blank", "networkIdle")), Step::Wait);
    assert_eq!(visit.step(&life("inner", "l1", "networkIdle")), Step::Wait);
}

#[test]
fn a_document_that_leads_on_by_script_must_be_loaded_anew() {
    let mut visit = visit();
    for loader in ["l1", "l2"] {
        visit.step(&document("own", LIST, 200, &json!([])));
        visit.step(&life("own", loader, "init"));
        assert!(!visit.is_loaded());
        visit.step(&life("own", loader, "load"));
    }
    assert_eq!(visit.step(&life("own", "l1", "networkIdle")), Step::Wait);
    assert_eq!(visit.step(&life("own", "l2", "networkIdle")), Step::Drawn);
}

#[test]
fn a_challenge_and_a_refusal_end_the_visit_before_their_scripts_run() {
    let mut visit = visit();
    let Step::Inspect(answer) = visit.step(&document("own", LIST, 412, &json!([]))) else {
        panic!("inspect")
    };
    let challenge = b"<script>$_ts=window['$_ts']</script>";
    assert_eq!(answer.failure(challenge), Some(Failure::Blocked(Block::Ruishu)));
    assert_eq!(answer.failure(b"no"), Some(Failure::Refused(412)));
}

#[test]
fn the_own_frame_goes_on_within_its_host_and_not_away_from_it() {
    let location = json!([{ "name": "Location", "value": "/new" }]);
    assert_eq!(visit().step(&document("own", LIST, 302, &location)), Step::Continue("r1".into()));
    let without_location = visit().step(&document("own", LIST, 302, &json!([])));
    assert!(matches!(without_location, Step::Inspect(_)), "{without_location:?}");
    for within in ["http://www.county.example/new", "https://www.county.example/list"] {
        assert_eq!(visit().step(&wanted("own", within)), Step::Continue("r1".into()));
    }
    for away in
        ["http://else.example/", "http://www.county.example:8080/list", "blob:http://www.county.example/1"]
    {
        let step = visit().step(&wanted("own", away));
        assert_eq!(step, Step::TurnBack("r1".into(), Failure::MovedAway(away.into())));
    }
}

#[test]
fn the_own_frame_goes_only_where_robots_txt_allows_it() {
    let to = "http://www.county.example/inner/";
    let forbids = |_: &Url| Verdict::Forbidden { line: "Disallow: /inner (line 2)".into() };
    let rule = "Disallow: /inner (line 2)".to_owned();
    let forbidden = Failure::RobotsForbid { rule, led_to: Some(to.into()) };
    assert_eq!(under(&forbids).step(&wanted("own", to)), Step::TurnBack("r1".into(), forbidden));

    let robots_txt = Url::parse("http://www.county.example/robots.txt").unwrap();
    let unknown = |_: &Url| Verdict::Unknown { robots_txt: robots_txt.clone() };
    let step = under(&unknown).step(&wanted("own", to));
    let not_asked = Failure::NotAskedYet(to.into());
    assert_eq!(step, Step::TurnBack("r1".into(), not_asked), "what is not known is not followed");
}

#[test]
fn a_page_that_leads_to_itself_for_ever_is_given_up() {
    let mut visit = visit();
    for _ in 0..MOST_DOCUMENTS {
        assert!(matches!(visit.step(&document("own", LIST, 200, &json!([]))), Step::Inspect(_)));
    }
    assert_eq!(visit.step(&document("own", LIST, 200, &json!([]))), Step::End(Failure::TooManyRedirects(5)));
}

#[test]
fn a_frame_within_has_its_document_where_it_may_and_does_without_it_elsewhere() {
    let menu = "http://www.county.example/menu";
    assert_eq!(visit().step(&wanted("inner", menu)), Step::Continue("r1".into()));
    assert_eq!(visit().step(&document("inner", menu, 412, &json!([]))), Step::Continue("r1".into()));
    let forbids = |_: &Url| Verdict::Forbidden { line: "Disallow: /menu (line 2)".into() };
    assert_eq!(under(&forbids).step(&wanted("inner", menu)), Step::Refuse("r1".into()));
    assert_eq!(visit().step(&wanted("inner", "http://else.example/")), Step::Refuse("r1".into()));
}

#[test]
fn what_is_never_loaded_is_refused_and_what_cannot_be_had_goes_its_way() {
    let image =
        event("Fetch.requestPaused", json!({ "requestId": "r2", "resourceType": "Image", "frameId": "own" }));
    assert_eq!(visit().step(&image), Step::Refuse("r2".into()));
    let mut unreachable = wanted("own", LIST);
    unreachable.params["responseErrorReason"] = json!("ConnectionRefused");
    assert_eq!(visit().step(&unreachable), Step::Continue("r1".into()), "the browser says why");
}

#[test]
fn a_question_is_answered_and_a_broken_page_ends_the_visit() {
    assert_eq!(visit().step(&event("Page.javascriptDialogOpening", json!({}))), Step::Dismiss);
    assert!(matches!(
        visit().step(&event("Inspector.targetCrashed", json!({}))),
        Step::End(Failure::BrokeOff(_))
    ));
}

#[test]
fn the_browsers_words_are_told_apart() {
    assert!(matches!(failure_to_open("net::ERR_CERT_AUTHORITY_INVALID"), Failure::Tls(_)));
    assert!(matches!(failure_to_open("net::ERR_CONNECTION_REFUSED"), Failure::CannotConnect(_)));
    assert!(matches!(failure_to_open("net::ERR_ABORTED"), Failure::BrokeOff(_)));
}
