//! What to do about each thing that happens while a page is open: pure.

use serde_json::Value;
use url::Url;

use super::link::Event;
use crate::fetch::Failure;
use crate::fetch::blocked::blocked;

/// A page being visited.
#[derive(Debug)]
pub(super) struct Visit {
    /// The host that was asked for; documents of others are not opened.
    host: Option<String>,
    /// The page's own frame.
    frame: String,
    /// Documents that its frame has asked for.
    documents: usize,
    /// The document that its frame shows now, and whether all of it has been loaded.
    shown: Option<(String, bool)>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Nothing.
    Wait,
    /// Let this request go on.
    Continue(String),
    /// Let this request fail.
    Refuse(String),
    /// Look at this answer's body before anything is made of it; then let it go on, or end the visit.
    Inspect(Answer),
    /// Answer no to a question that the page asks.
    Dismiss,
    /// The page is as drawn as it will be.
    Drawn,
    /// There is nothing to draw.
    End(Failure),
}

/// The head of an answer that waits to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) request: String,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
}

/// Documents that one visit may lead through: redirects and pages that lead on by script.
const MOST_DOCUMENTS: usize = 6;

impl Visit {
    pub(super) fn new(url: &Url, frame: impl Into<String>) -> Self {
        Self { host: url.host_str().map(str::to_owned), frame: frame.into(), documents: 0, shown: None }
    }

    /// Whether there is a document to take, if there is no more time to wait for quiet.
    pub(super) fn is_loaded(&self) -> bool {
        matches!(self.shown, Some((_, true)))
    }

    pub(super) fn step(&mut self, event: &Event) -> Step {
        let params = &event.params;
        match event.method.as_str() {
            "Fetch.requestPaused" => self.step_request(params),
            "Page.lifecycleEvent" if self.is_own_frame(params) && self.documents > 0 => {
                self.step_life(params)
            }
            "Page.javascriptDialogOpening" => Step::Dismiss,
            "Inspector.targetCrashed" => {
                Step::End(Failure::BrokeOff("the page broke the browser".to_owned()))
            }
            _ => Step::Wait,
        }
    }

    fn step_request(&mut self, params: &Value) -> Step {
        let request = text(&params["requestId"]);
        let is_document = params["resourceType"] == "Document";
        let Some(status) = params["responseStatusCode"].as_u64() else {
            // Either something that is never loaded, or a document for which there is no answer.
            return if is_document { Step::Continue(request) } else { Step::Refuse(request) };
        };
        if !(is_document && self.is_own_frame(params)) {
            return Step::Continue(request);
        }
        self.documents += 1;
        if self.documents > MOST_DOCUMENTS {
            return Step::End(Failure::TooManyRedirects(MOST_DOCUMENTS - 1));
        }
        let url = Url::parse(&text(&params["request"]["url"])).ok();
        if let Some(elsewhere) = url.as_ref().filter(|url| url.host_str() != self.host.as_deref()) {
            return Step::End(Failure::MovedAway(elsewhere.to_string()));
        }
        let headers = headers(&params["responseHeaders"]);
        let status = u16::try_from(status).unwrap_or_default();
        match (300..400).contains(&status).then(|| leads_to(url.as_ref(), &headers)).flatten() {
            Some(to) if to.host_str() != self.host.as_deref() => {
                Step::End(Failure::MovedAway(to.to_string()))
            }
            Some(_) => Step::Continue(request),
            None => Step::Inspect(Answer { request, status, headers }),
        }
    }

    fn step_life(&mut self, params: &Value) -> Step {
        let loader = text(&params["loaderId"]);
        match (params["name"].as_str(), &mut self.shown) {
            (Some("init"), shown) => *shown = Some((loader, false)),
            (Some("load"), Some((shown, is_loaded))) if *shown == loader => *is_loaded = true,
            (Some("networkIdle"), Some((shown, true))) if *shown == loader => return Step::Drawn,
            _ => {}
        }
        Step::Wait
    }

    fn is_own_frame(&self, params: &Value) -> bool {
        params["frameId"] == self.frame.as_str()
    }
}

impl Answer {
    /// Why nothing is to be made of this answer; `None` where it is a page.
    pub(super) fn failure(&self, body: &[u8]) -> Option<Failure> {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        blocked(self.status, &headers, body).map(Failure::Blocked).or_else(|| Failure::of_status(self.status))
    }

    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        value_of(&self.headers, wanted)
    }
}

fn value_of<'a>(headers: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
}

/// The failure that the browser's own word for a page it cannot open stands for.
pub(super) fn failure_to_open(word: &str) -> Failure {
    let has = |part: &str| word.contains(part);
    if has("ERR_CERT_") || has("ERR_SSL_") {
        Failure::Tls(word.to_owned())
    } else if has("ERR_NAME_") || has("ERR_CONNECTION_REFUSED") || has("ERR_ADDRESS_") || has("ERR_INTERNET_")
    {
        Failure::CannotConnect(word.to_owned())
    } else {
        Failure::BrokeOff(word.to_owned())
    }
}

fn leads_to(url: Option<&Url>, headers: &[(String, String)]) -> Option<Url> {
    url?.join(value_of(headers, "location")?).ok()
}

fn headers(list: &Value) -> Vec<(String, String)> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|header| (text(&header["name"]), text(&header["value"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
