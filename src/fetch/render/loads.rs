//! What the scripts of a page asked for and whether it came: pure.
//!
//! A page that says it holds nothing may only have failed to get it. Scripts and data count, whoever serves them; pictures,
//! styles and frames draw no rows.

use std::collections::HashMap;

use serde_json::Value;

use super::link::Event;
use crate::extract::Drawing;

/// What has been loaded since the document came.
#[derive(Debug, Default)]
pub(super) struct Loads {
    drawing: Drawing,
    /// The addresses of requests, without their queries.
    addresses: HashMap<String, String>,
    /// The requests for data that were answered.
    answers: Vec<String>,
}

const LONGEST_ADDRESS: usize = 200;
/// The browser's words for requests by scripts for data.
const DATA: [&str; 2] = ["XHR", "Fetch"];

impl Loads {
    /// Nothing yet, after this document came.
    pub(super) fn after(sent: String) -> Self {
        Self { drawing: Drawing { sent, ..Drawing::default() }, ..Self::default() }
    }

    /// What came of them all, once the network is quiet or time has run out.
    pub(super) fn into_drawing(mut self, is_quiet: bool) -> Drawing {
        if !is_quiet {
            self.trouble(|_| "something was still being loaded".to_owned());
        }
        self.drawing
    }

    pub(super) fn note(&mut self, event: &Event) {
        let params = &event.params;
        let kind = params["type"].as_str().unwrap_or_default();
        let is_data = DATA.contains(&kind);
        match event.method.as_str() {
            "Runtime.exceptionThrown" => self.trouble(|_| "a script broke off".to_owned()),
            _ if !(is_data || kind == "Script") => {}
            "Network.requestWillBeSent" => {
                let address = params["request"]["url"].as_str().unwrap_or_default();
                let bare = address.split(['?', '#']).next().unwrap_or_default();
                self.addresses.insert(id(params), bare.chars().take(LONGEST_ADDRESS).collect());
            }
            "Network.responseReceived" => match params["response"]["status"].as_u64() {
                Some(200..=399) if is_data => self.answers.push(id(params)),
                Some(200..=399) => {}
                status => {
                    let status = status.unwrap_or_default();
                    let said = format!("{} answered HTTP {status}", self.address(params));
                    self.lack(said, is_data);
                }
            },
            "Network.loadingFailed" => {
                let said = format!("{} did not come", self.address(params));
                // Hosts that may not be asked have a proxy that leads nowhere; what a page gave up it did not want.
                let word = params["errorText"].as_str().unwrap_or_default();
                let was_asked_for = !word.contains("PROXY") && !word.contains("ABORTED");
                self.lack(said, is_data && was_asked_for);
            }
            _ => {}
        }
    }

    /// The requests for data that were answered.
    pub(super) fn answers(&self) -> &[String] {
        &self.answers
    }

    /// Looks at such an answer.
    pub(super) fn look_at(&mut self, answer: &str) {
        self.drawing.had_empty_data |= says_that_there_is_nothing(answer);
    }

    fn lack(&mut self, what: String, is_missing_data: bool) {
        if is_missing_data && self.drawing.missing.is_none() {
            self.drawing.missing = Some(what.clone());
        }
        self.trouble(|_| what);
    }

    /// The first trouble is told: others may follow from it.
    fn trouble(&mut self, what: impl FnOnce(&Self) -> String) {
        if self.drawing.trouble.is_none() {
            self.drawing.trouble = Some(what(self));
        }
    }

    fn address(&self, params: &Value) -> &str {
        self.addresses.get(&id(params)).map_or("a script or its data", String::as_str)
    }
}

/// Whether data says that there is nothing: it holds lists, all of them empty, and does not tell of a failure.
fn says_that_there_is_nothing(answer: &str) -> bool {
    let answer = serde_json::from_str(answer.trim_start_matches('\u{feff}'));
    answer.is_ok_and(|answer| !tells_of_failure(&answer) && holds_empty_lists(&answer) == Some(true))
}

/// Whether all lists are empty; `None` where there are none.
fn holds_empty_lists(data: &Value) -> Option<bool> {
    match data {
        Value::Array(items) => Some(items.is_empty()),
        Value::Object(fields) => {
            fields.values().filter_map(holds_empty_lists).reduce(|one, other| one && other)
        }
        _ => None,
    }
}

/// Names under which programs tell how a request went, in small letters.
const HOW_IT_WENT: [&str; 8] =
    ["code", "errcode", "errorcode", "status", "statuscode", "state", "ret", "success"];
/// What they say where it went well.
const WELL: [&str; 6] = ["0", "1", "200", "true", "success", "ok"];

fn tells_of_failure(answer: &Value) -> bool {
    let Value::Object(fields) = answer else { return false };
    fields.iter().any(|(name, value)| {
        let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase();
        match name.to_lowercase().as_str() {
            "error" => !matches!(said.as_str(), "null" | "" | "false" | "0"),
            name => HOW_IT_WENT.contains(&name) && !WELL.contains(&said.as_str()),
        }
    })
}

fn id(params: &Value) -> String {
    params["requestId"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drawing(events: &[(&str, Value)]) -> Drawing {
        let mut loads = Loads::after("<p>sent".to_owned());
        for (method, params) in events {
            loads.note(&Event { method: (*method).to_owned(), params: params.clone() });
        }
        loads.into_drawing(true)
    }

    fn answered(kind: &str, status: u16) -> (&'static str, Value) {
        let params = json!({ "requestId": "r", "type": kind, "response": { "status": status } });
        ("Network.responseReceived", params)
    }

    #[test]
    fn data_that_came_is_told_from_scripts_and_pictures() {
        let mut loads = Loads::default();
        for (method, params) in [answered("XHR", 200), answered("Script", 200), answered("Image", 404)] {
            loads.note(&Event { method: method.to_owned(), params });
        }
        assert_eq!(loads.answers(), ["r"]);
        assert_eq!(loads.into_drawing(true), Drawing::default());
    }

    #[test]
    fn only_data_with_empty_lists_says_that_there_is_nothing() {
        for nothing in [
            "[]",
            "\u{feff}{\"rows\":[]}",
            r#"{"code":200,"msg":"","data":{"total":0,"list":[]}}"#,
            r#"{"success":true,"error":null,"rows":[],"pages":[]}"#,
        ] {
            assert!(says_that_there_is_nothing(nothing), "{nothing}");
        }
        for other in [
            "",
            "<script>challenge()</script>",
            "{}",
            "7",
            r#"{"visits":12}"#,
            r#"{"rows":null,"total":0}"#,
            r#"{"rows":[{"files":[]}]}"#,
            r#"{"rows":[1],"pages":[]}"#,
            r#"{"code":500,"data":[]}"#,
            r#"{"Code":"-1","data":[]}"#,
            r#"{"success":false,"rows":[]}"#,
            r#"{"error":"login","rows":[]}"#,
        ] {
            assert!(!says_that_there_is_nothing(other), "{other}");
        }
    }

    #[test]
    fn data_is_missing_where_it_was_asked_for_in_vain() {
        let failed = |kind: &str, word: &str| {
            let params = json!({ "requestId": "r", "type": kind, "errorText": word });
            drawing(&[("Network.loadingFailed", params)])
        };
        assert!(failed("XHR", "net::ERR_CONNECTION_RESET").missing.is_some());
        assert!(drawing(&[answered("Fetch", 500)]).missing.is_some());
        for (kind, word) in [
            ("XHR", "net::ERR_PROXY_CONNECTION_FAILED"),
            ("XHR", "net::ERR_ABORTED"),
            ("Script", "net::ERR_CONNECTION_RESET"),
        ] {
            let drawing = failed(kind, word);
            assert!(drawing.missing.is_none() && drawing.trouble.is_some(), "{kind} {word}");
        }
        assert!(drawing(&[answered("Script", 404)]).missing.is_none());
    }

    #[test]
    fn the_first_trouble_is_told_with_its_address_and_without_its_query() {
        let request =
            json!({ "requestId": "r", "type": "XHR", "request": { "url": "http://a.example/rows?key=1" } });
        let failed = json!({ "requestId": "r", "type": "XHR", "errorText": "net::ERR_FAILED" });
        let told = |event| {
            let asked = ("Network.requestWillBeSent", request.clone());
            drawing(&[asked, event, ("Runtime.exceptionThrown", json!({}))]).trouble.unwrap()
        };
        assert_eq!(told(("Network.loadingFailed", failed)), "http://a.example/rows did not come");
        assert_eq!(told(answered("XHR", 503)), "http://a.example/rows answered HTTP 503");
        assert_eq!(drawing(&[("Runtime.exceptionThrown", json!({}))]).trouble.unwrap(), "a script broke off");
        let unquiet = Loads::default().into_drawing(false).trouble;
        assert_eq!(unquiet.unwrap(), "something was still being loaded");
    }
}
