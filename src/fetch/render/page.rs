//! One page's life in the browser: opened in a context of its own, drawn, taken, closed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;
use url::Url;

use super::browser::{LOOPBACK_TOO, NOWHERE, user_agent};
use super::link::{CallError, Event, Link};
use super::loads::Loads;
use super::visit::{Answer, Step, Visit, failure_to_open};
use super::{PhoneWidth, RenderSettings, VerdictOn};
use crate::assess::menu::PHONE;
use crate::extract::{Page, decode};
use crate::fetch::Failure;

/// A page, drawn.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) page: Page,
    /// Its network fell quiet before time ran out.
    pub(super) is_quiet: bool,
    /// How wide it is, where it was drawn on a phone.
    pub(super) width: Option<PhoneWidth>,
}

/// Why there is no page.
#[derive(Debug)]
pub(super) struct Undrawn {
    pub(super) failure: Failure,
    /// The server's own wish, as it wrote it.
    pub(super) retry_after: Option<String>,
}

impl From<Failure> for Undrawn {
    fn from(failure: Failure) -> Self {
        Self { failure, retry_after: None }
    }
}

impl From<CallError> for Undrawn {
    fn from(error: CallError) -> Self {
        Failure::BrokeOff(error.to_string()).into()
    }
}

/// On what a page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// A desk's. Only the document counts, so pictures and fonts are not loaded.
    Desk,
    /// A phone's, with all that makes a page as wide as it is.
    Phone,
}

/// What pages are told that ask for whom they are drawn: some send phones elsewhere.
const PHONE_AGENT: &str = "Mozilla/5.0 (Linux; Android 14; Mobile)";

/// Answers to a page's scripts that are looked at.
const MOST_ANSWERS: usize = 16;

/// What to draw, where robots.txt allows it.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) url: &'a Url,
    pub(super) screen: Screen,
    pub(super) verdict: VerdictOn<'a>,
}

/// Draws a page.
pub(super) async fn draw(
    link: &Link,
    wanted: Wanted<'_>,
    settings: &RenderSettings,
) -> Result<Drawn, Undrawn> {
    let Wanted { url, .. } = wanted;
    let made = link.call(None, "Target.createBrowserContext", context_for(url, settings)).await?;
    let context = &made["browserContextId"];
    let drawn = draw_in(link, context, wanted, settings).await;
    // A browser that is gone has disposed of everything.
    let _gone = link.call(None, "Target.disposeBrowserContext", json!({ "browserContextId": context })).await;
    drawn
}

async fn draw_in(
    link: &Link,
    context: &Value,
    wanted: Wanted<'_>,
    settings: &RenderSettings,
) -> Result<Drawn, Undrawn> {
    let Wanted { url, screen, verdict } = wanted;
    let mut tab = Tab::open(link, context, screen, settings).await?;
    let mut visit = Visit::new(url, tab.frame.clone(), verdict);
    let visited = timeout(settings.page_timeout, tab.visit(&mut visit, url)).await;
    let is_quiet = visited.is_ok();
    let taken = match visited {
        Ok(Ok(())) => tab.take(screen, settings).await,
        Ok(Err(undrawn)) => Err(undrawn),
        // A page that never falls quiet, such as one with a clock fed by its server, is taken as it stands.
        Err(_) if visit.is_loaded() => tab.take(screen, settings).await,
        Err(_) => Err(Failure::TimedOut(settings.page_timeout.as_secs()).into()),
    };
    if taken.is_ok() && screen == Screen::Desk {
        let _some_may_have_been_let_go =
            timeout(settings.page_timeout, tab.look_at_answers(visit.loads())).await;
    }
    // Of a browser that is gone nothing is left to refuse.
    let _gone = tab.refuse_the_rest().await;
    link.stop_listening(&tab.session);
    let (mut page, width) = taken?;
    page.drawing = Some(Box::new(visit.into_drawing(is_quiet)));
    Ok(Drawn { page, is_quiet, width })
}

/// What a page's context may reach: its own host and those listed. Everything else goes nowhere.
fn context_for(url: &Url, settings: &RenderSettings) -> Value {
    let own = url.host_str().unwrap_or_default();
    let hosts = settings.further_hosts.iter().map(String::as_str);
    let reachable: Vec<&str> = [LOOPBACK_TOO, own].into_iter().chain(hosts).collect();
    json!({ "disposeOnDetach": true, "proxyServer": NOWHERE, "proxyBypassList": reachable.join(";") })
}

/// An open page.
struct Tab<'a> {
    link: &'a Link,
    session: String,
    frame: String,
    events: UnboundedReceiver<Event>,
}

impl<'a> Tab<'a> {
    async fn open(
        link: &'a Link,
        context: &Value,
        screen: Screen,
        settings: &RenderSettings,
    ) -> Result<Self, CallError> {
        let deny = json!({ "behavior": "deny", "browserContextId": context });
        link.call(None, "Browser.setDownloadBehavior", deny).await?;
        let blank = json!({ "url": "about:blank", "browserContextId": context });
        let frame = link.call(None, "Target.createTarget", blank).await?["targetId"].take();
        let attach = json!({ "targetId": frame, "flatten": true });
        let session = link.call(None, "Target.attachToTarget", attach).await?["sessionId"].take();
        let (session, frame) =
            (session.as_str().unwrap_or_default().to_owned(), frame.as_str().unwrap_or_default().to_owned());
        let tab = Self { link, events: link.listen(&session), session, frame };
        tab.call("Page.enable", json!({})).await?;
        tab.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true })).await?;
        let mut patterns = vec![
            json!({ "resourceType": "Document", "requestStage": "Request" }),
            json!({ "resourceType": "Document", "requestStage": "Response" }),
            json!({ "resourceType": "Media" }),
            json!({ "urlPattern": "*/favicon.ico" }),
        ];
        match screen {
            Screen::Desk => {
                patterns.extend([json!({ "resourceType": "Image" }), json!({ "resourceType": "Font" })]);
            }
            Screen::Phone => tab.become_a_phone(settings).await?,
        }
        tab.call("Fetch.enable", json!({ "patterns": patterns })).await?;
        if screen == Screen::Desk {
            tab.call("Network.enable", json!({})).await?;
            tab.call("Runtime.enable", json!({})).await?;
        }
        Ok(tab)
    }

    async fn become_a_phone(&self, settings: &RenderSettings) -> Result<(), CallError> {
        let metrics = json!({ "width": PHONE, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await?;
        let agent = format!("{PHONE_AGENT} {}", user_agent(settings));
        self.call("Emulation.setUserAgentOverride", json!({ "userAgent": agent })).await?;
        Ok(())
    }

    async fn call(&self, method: &'static str, params: Value) -> Result<Value, CallError> {
        self.link.call(Some(&self.session), method, params).await
    }

    /// Goes to the address and does what each event wants, until the page is drawn.
    async fn visit(&mut self, visit: &mut Visit<'_>, url: &Url) -> Result<(), Undrawn> {
        let link = self.link;
        let session = self.session.clone();
        let opening = link.call(Some(&session), "Page.navigate", json!({ "url": url.as_str() }));
        tokio::pin!(opening);
        let mut is_opening = true;
        loop {
            let event = tokio::select! {
                opened = &mut opening, if is_opening => {
                    is_opening = false;
                    match opened?["errorText"].as_str() {
                        Some(word) => return Err(failure_to_open(word).into()),
                        None => continue,
                    }
                }
                event = self.events.recv() => event.ok_or(CallError::BrowserGone)?,
            };
            match visit.step(&event) {
                Step::Wait => {}
                Step::Continue(request) => {
                    self.answer("Fetch.continueRequest", json!({ "requestId": request })).await?;
                }
                Step::Refuse(request) => self.refuse(&request).await?,
                Step::TurnBack(request, failure) => {
                    self.refuse(&request).await?;
                    return Err(failure.into());
                }
                Step::Inspect(answer) => visit.begin(self.inspect(&answer).await?),
                Step::Dismiss => {
                    self.answer("Page.handleJavaScriptDialog", json!({ "accept": false })).await?;
                }
                Step::Drawn => return Ok(()),
                Step::End(failure) => return Err(failure.into()),
            }
        }
    }

    async fn refuse(&self, request: &str) -> Result<(), CallError> {
        let refusal = json!({ "requestId": request, "errorReason": "BlockedByClient" });
        self.answer("Fetch.failRequest", refusal).await
    }

    /// Refuses the documents that are still held. Once the page is gone nobody holds them any more, and a download outlives its
    /// page. Those of now are all: a page may ask for another at each refusal.
    async fn refuse_the_rest(&mut self) -> Result<(), CallError> {
        for _of_now in 0..self.events.len() {
            let Ok(Event { method, params, .. }) = self.events.try_recv() else { return Ok(()) };
            let is_held = method == "Fetch.requestPaused" && params["resourceType"] == "Document";
            if let Some(request) = params["requestId"].as_str().filter(|_| is_held) {
                self.refuse(request).await?;
            }
        }
        Ok(())
    }

    /// Looks at the data that came to the page's scripts.
    async fn look_at_answers(&self, loads: &mut Loads) {
        for request in loads.answers().iter().take(MOST_ANSWERS).cloned().collect::<Vec<_>>() {
            if let Ok(answer) = self.call("Network.getResponseBody", json!({ "requestId": request })).await {
                loads.look_at(&String::from_utf8_lossy(&body_of(&answer)));
            }
        }
    }

    /// Answers something that may have gone away meanwhile.
    async fn answer(&self, method: &'static str, params: Value) -> Result<(), CallError> {
        match self.call(method, params).await {
            Ok(_) | Err(CallError::Refused { .. }) => Ok(()),
            Err(gone) => Err(gone),
        }
    }

    /// Looks at a document and lets it go on. Returns its text.
    async fn inspect(&self, answer: &Answer) -> Result<String, Undrawn> {
        let body = self.call("Fetch.getResponseBody", json!({ "requestId": answer.request })).await?;
        let body = body_of(&body);
        if let Some(failure) = answer.failure(&body) {
            let retry_after = answer.header("retry-after").map(str::to_owned);
            return Err(Undrawn { failure, retry_after });
        }
        self.answer("Fetch.continueRequest", json!({ "requestId": answer.request })).await?;
        Ok(decode(&body, answer.header("content-type")).into_owned())
    }

    /// How wide the page is. What it hides sideways nobody can scroll to.
    async fn width(&self, settings: &RenderSettings) -> Result<PhoneWidth, Undrawn> {
        let script = "(() => { const page = document.scrollingElement || document.documentElement; \
             const hides = e => e && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX); \
             const hidden = hides(document.documentElement) || hides(document.body); \
             return [hidden ? page.clientWidth : page.scrollWidth, page.clientWidth]; })()";
        let asking = self.call("Runtime.evaluate", json!({ "expression": script, "returnByValue": true }));
        let Ok(said) = timeout(settings.page_timeout, asking).await else {
            return Err(Failure::TimedOut(settings.page_timeout.as_secs()).into());
        };
        let said = said?;
        let pixels = |part: usize| u32::try_from(said["result"]["value"][part].as_u64()?).ok();
        match (pixels(0), pixels(1)) {
            (Some(page), Some(laid_out)) if laid_out > 0 => Ok(PhoneWidth { page, laid_out }),
            _ => Err(Failure::BrokeOff("the browser does not say how wide the page is".to_owned()).into()),
        }
    }

    /// Takes the document as it stands, and on a phone its width.
    async fn take(
        &self,
        screen: Screen,
        settings: &RenderSettings,
    ) -> Result<(Page, Option<PhoneWidth>), Undrawn> {
        let page = self.take_document(settings).await?;
        let width = match screen {
            Screen::Desk => None,
            Screen::Phone => Some(self.width(settings).await?),
        };
        Ok((page, width))
    }

    async fn take_document(&self, settings: &RenderSettings) -> Result<Page, Undrawn> {
        let longest = settings.longest_body;
        let script = format!(
            "(() => {{ const html = document.documentElement.outerHTML; \
             return html.length > {longest} ? [] : [document.URL, html]; }})()"
        );
        let taking = self.call("Runtime.evaluate", json!({ "expression": script, "returnByValue": true }));
        // A page whose script runs for ever never hands over its document.
        let Ok(taken) = timeout(settings.page_timeout, taking).await else {
            return Err(Failure::TimedOut(settings.page_timeout.as_secs()).into());
        };
        let taken = taken?;
        let [url, html] = [0, 1].map(|part| taken["result"]["value"][part].as_str());
        let Some((url, html)) = url.and_then(|url| Url::parse(url).ok()).zip(html) else {
            return Err(Failure::TooLong(longest).into());
        };
        if html.len() as u64 > longest {
            return Err(Failure::TooLong(longest).into());
        }
        // The browser has decoded the page, whatever its own `meta` still says: the mark says so before all else.
        let body = format!("\u{feff}<!DOCTYPE html>{html}").into_bytes();
        Ok(Page { url, content_type: Some("text/html; charset=utf-8".to_owned()), body, drawing: None })
    }
}

/// The bytes of a body as the browser tells it.
fn body_of(told: &Value) -> Vec<u8> {
    let text = told["body"].as_str().unwrap_or_default();
    match told["base64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(text).unwrap_or_default(),
        Some(false) | None => text.as_bytes().to_vec(),
    }
}
