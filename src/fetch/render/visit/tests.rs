use serde_json::json;

use super::*;
use crate::fetch::Block;

fn visit() -> Visit {
    Visit::new(&Url::parse("http://www.county.example/list").unwrap(), "own")
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
fn redirects_are_followed_within_the_host_and_not_away_from_it() {
    let to = |location: &str| json!([{ "name": "Location", "value": location }]);
    assert_eq!(visit().step(&document("own", LIST, 302, &to("/new"))), Step::Continue("r1".into()));
    let away = visit().step(&document("own", LIST, 302, &to("https://else.example/")));
    assert_eq!(away, Step::End(Failure::MovedAway("https://else.example/".into())));
    let by_script = visit().step(&document("own", "http://else.example/", 200, &json!([])));
    assert_eq!(by_script, Step::End(Failure::MovedAway("http://else.example/".into())));
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
fn frames_within_go_their_way_and_what_is_never_loaded_is_refused() {
    let frame = document("inner", "http://www.county.example/menu", 412, &json!([]));
    assert_eq!(visit().step(&frame), Step::Continue("r1".into()));
    let image =
        event("Fetch.requestPaused", json!({ "requestId": "r2", "resourceType": "Image", "frameId": "own" }));
    assert_eq!(visit().step(&image), Step::Refuse("r2".into()));
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
