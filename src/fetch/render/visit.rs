//! What to do about each thing that happens while a page is open: pure.
//!
//! Every document that a frame wants is held before it is asked for, whatever made the frame want it: the visit itself, a
//! redirect, a script, a `meta` element, a frame within. The page's own frame goes on within its host and where robots.txt
//! allows it, or the visit ends; a frame within that may not have its document stays without, since nothing of it is read.

use serde_json::Value;
use url::Url;

use super::VerdictOn;
use super::link::Event;
use super::loads::Loads;
use crate::extract::Drawing;
use crate::fetch::Failure;
use crate::fetch::blocked::blocked;
use crate::fetch::connections::are_of_one_host;

/// A page being visited.
pub(super) struct Visit<'a> {
    /// The address that was asked for; documents of other hosts are not opened.
    asked: Url,
    /// What robots.txt says of an address.
    verdict: VerdictOn<'a>,
    /// The page's own frame.
    frame: String,
    /// Documents that its frame has asked for.
    documents: usize,
    /// The document that its frame shows now, and whether all of it has been loaded.
    shown: Option<(String, bool)>,
    /// What that document's scripts have asked for.
    loads: Loads,
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
    /// Let this request fail, and end the visit.
    TurnBack(String, Failure),
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
/// Statuses by which a browser goes on to another address.
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

impl<'a> Visit<'a> {
    pub(super) fn new(url: &Url, frame: impl Into<String>, verdict: VerdictOn<'a>) -> Self {
        Self {
            asked: url.clone(),
            verdict,
            frame: frame.into(),
            documents: 0,
            shown: None,
            loads: Loads::default(),
        }
    }

    /// Whether there is a document to take, if there is no more time to wait for quiet.
    pub(super) fn is_loaded(&self) -> bool {
        matches!(self.shown, Some((_, true)))
    }

    /// The document of the page's own frame has come, and its scripts are about to run.
    pub(super) fn begin(&mut self, sent: String) {
        self.loads = Loads::after(sent);
    }

    /// What its scripts asked for and had.
    pub(super) fn loads(&mut self) -> &mut Loads {
        &mut self.loads
    }

    /// How the page was drawn.
    pub(super) fn into_drawing(self, is_quiet: bool) -> Drawing {
        self.loads.into_drawing(is_quiet)
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
            _ => {
                self.loads.note(event);
                Step::Wait
            }
        }
    }

    fn step_request(&mut self, params: &Value) -> Step {
        let request = text(&params["requestId"]);
        if params["resourceType"] != "Document" {
            // Nothing else is held but what is never loaded.
            return Step::Refuse(request);
        }
        if params["responseErrorReason"].is_string() {
            return Step::Continue(request);
        }
        match params["responseStatusCode"].as_u64() {
            None => self.step_wanted(request, params),
            Some(status) => self.step_answered(request, u16::try_from(status).unwrap_or_default(), params),
        }
    }

    /// A frame wants a document, and nobody has been asked for it yet.
    fn step_wanted(&self, request: String, params: &Value) -> Step {
        match self.refusal(&text(&params["request"]["url"])) {
            None => Step::Continue(request),
            Some(failure) if self.is_own_frame(params) => Step::TurnBack(request, failure),
            Some(_) => Step::Refuse(request),
        }
    }

    /// Why a document is not asked for.
    fn refusal(&self, address: &str) -> Option<Failure> {
        match Url::parse(address) {
            Ok(url) if are_of_one_host(&self.asked, &url) => (self.verdict)(&url).failure_of_leading_to(&url),
            Ok(_) | Err(_) => Some(Failure::MovedAway(address.to_owned())),
        }
    }

    /// There is an answer for a document.
    fn step_answered(&mut self, request: String, status: u16, params: &Value) -> Step {
        if !self.is_own_frame(params) {
            return Step::Continue(request);
        }
        self.documents += 1;
        if self.documents > MOST_DOCUMENTS {
            return Step::End(Failure::TooManyRedirects(MOST_DOCUMENTS - 1));
        }
        let headers = headers(&params["responseHeaders"]);
        if REDIRECTS.contains(&status) && value_of(&headers, "location").is_some() {
            return Step::Continue(request);
        }
        Step::Inspect(Answer { request, status, headers })
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

fn headers(list: &Value) -> Vec<(String, String)> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|header| (text(&header["name"]), text(&header["value"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
