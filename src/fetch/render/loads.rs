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
}

/// The browser's words for requests by scripts for data.
const DATA: [&str; 2] = ["XHR", "Fetch"];

impl Loads {
    /// Nothing yet, after this document came.
    pub(super) fn after(sent: String) -> Self {
        Self { drawing: Drawing { sent, ..Drawing::default() }, addresses: HashMap::new() }
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
                let bare = address.split(['?', '#']).next().unwrap_or_default().to_owned();
                self.addresses.insert(id(params), bare);
            }
            "Network.responseReceived" => match params["response"]["status"].as_u64() {
                Some(200..=399) => self.drawing.had_data |= is_data,
                status => {
                    let status = status.unwrap_or_default();
                    self.trouble(|loads| format!("{} answered HTTP {status}", loads.address(params)));
                }
            },
            "Network.loadingFailed" => {
                self.trouble(|loads| format!("{} did not come", loads.address(params)));
            }
            _ => {}
        }
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
        assert!(drawing(&[answered("XHR", 200)]).had_data && drawing(&[answered("Fetch", 304)]).had_data);
        let without = drawing(&[answered("Script", 200), answered("Image", 404)]);
        assert_eq!(without, Drawing { sent: "<p>sent".to_owned(), ..Drawing::default() });
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
