//! Pages whose rows are drawn by script, drawn by a Chromium of our own.
//!
//! [`Renderer::render`] opens one page in one shared browser and returns the document as it stands once the network is
//! quiet. The browser is started for the first page, started again if it has died, and reaped by [`Renderer::close`]; it
//! also ends by itself when this process does, since it lives on two pipes of ours and has no port.
//!
//! Each page gets a context of its own, so nothing is remembered from page to page. Its network reaches the page's own
//! host and those listed in [`RenderSettings::further_hosts`], and nothing else: all other traffic is sent to a proxy
//! that does not exist. Images, fonts and media are not loaded, downloads are refused. A document is looked at before
//! any of its scripts run, and a shield's challenge ends the visit there: the browser solves none.
//!
//! Every document is held against robots.txt before it is asked for: where the page goes by a redirect, a `meta` element, a
//! script, a form or a click, and what its frames want. Where it may not go, or nothing is known of the robots.txt there, the
//! visit ends as a plain fetch does at such a redirect; a frame stays empty, and so does every frame of another host. What a
//! page loads to be drawn (scripts, styles, data by `fetch` and the like, hints such as `rel=prefetch`) is part of the page that
//! was allowed, and is not held against robots.txt. Nothing is fetched ahead of a navigation (speculation rules).
//!
//! With the document comes what is known of how it was drawn ([`Drawing`](crate::extract::Drawing)): one whose scripts or data
//! did not all come, or broke off, may say that it is empty and not be.
//!
//! What is not in the document itself (frames, shadow trees, rows drawn seconds after the network went quiet) is not in
//! the page returned; one taken at its limit says so ([`Remark::StillLoading`]). The scripts and data a page loads are
//! asked for at the page's pace, not at ours.

mod browser;
mod link;
mod loads;
mod page;
mod visit;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, timeout};
use url::Url;

use self::browser::Browser;
use self::link::Link;
use self::page::{Drawn, Screen, Undrawn, Wanted};
use super::outcome::{Failure, Fetched, Outcome, Validators};
use super::retry_after::retry_after;
use super::robots::Verdict;
use crate::rules::{HostException, Remark, Security};

/// How pages are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderSettings {
    /// The browser, such as `/usr/bin/chromium`; `None` where there is none.
    pub browser: Option<PathBuf>,
    /// Pages open at the same time.
    pub most_pages: usize,
    /// Limit on one page, from asking to quiet.
    pub page_timeout: Duration,
    /// Limit on the drawn document, in bytes.
    pub longest_body: u64,
    /// A mail or web address where a site's owner can ask about the monitor; part of the User-Agent.
    pub contact: String,
    /// The zone in which scripts write dates.
    pub zone: Tz,
    /// Hosts that every page may reach beside its own.
    pub further_hosts: Vec<String>,
    /// Starts the browser without its sandbox even where we are not root. As root it cannot start otherwise.
    pub no_sandbox: bool,
    /// Hosts whose address is given here instead of by DNS.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Hosts that are asked otherwise than all others. The browser cannot follow most of that and then draws nothing.
    pub exceptions: Vec<HostException>,
}

impl RenderSettings {
    /// The usual limits and no browser, under this contact.
    pub fn new(contact: impl Into<String>) -> Self {
        Self {
            browser: None,
            most_pages: 2,
            page_timeout: Duration::from_secs(30),
            longest_body: 8 * 1024 * 1024,
            contact: contact.into(),
            zone: Tz::Asia__Shanghai,
            further_hosts: Vec::new(),
            no_sandbox: false,
            resolve: BTreeMap::new(),
            exceptions: Vec::new(),
        }
    }
}

/// How wide a page is on a phone of 390 px, in CSS px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhoneWidth {
    /// How far it reaches sideways, as far as one can scroll there.
    pub page: u32,
    /// For how wide a screen it is laid out: the phone's own, or a wider one where the page does not speak of phones.
    pub laid_out: u32,
}

/// What robots.txt says of an address, asked while a page is open.
type VerdictOn<'a> = &'a (dyn Fn(&Url) -> Verdict + Sync);

/// What opening and closing a page may take, beside the page itself.
const SLACK: Duration = Duration::from_secs(5);

/// Draws pages. One for the whole process; share it behind an `Arc`.
#[derive(Debug)]
pub struct Renderer {
    settings: RenderSettings,
    pages: Semaphore,
    browser: Mutex<Option<Browser>>,
}

impl Renderer {
    /// A renderer that has started nothing yet.
    pub fn new(settings: RenderSettings) -> Self {
        let pages = Semaphore::new(settings.most_pages);
        Self { settings, pages, browser: Mutex::new(None) }
    }

    /// Draws one page, and follows where it leads within its host only to where `verdict` allows it, as
    /// [`Fetcher::fetch_heeding`](super::Fetcher::fetch_heeding) does. `now` is the instant of asking, for Retry-After.
    pub async fn render(
        &self,
        url: &Url,
        now: DateTime<Utc>,
        verdict: impl Fn(&Url) -> Verdict + Sync,
    ) -> Fetched {
        let started = Instant::now();
        let mut remarks = self.exception_of(url).map_or_else(Vec::new, HostException::remarks);
        let (outcome, not_before) =
            match self.draw(Wanted { url, screen: Screen::Desk, verdict: &verdict }).await {
                Ok(Drawn { page, is_quiet, .. }) => {
                    remarks.extend((!is_quiet).then_some(Remark::StillLoading));
                    (Outcome::Page(page, Validators::default()), None)
                }
                Err(Undrawn { failure, retry_after: wish }) => {
                    (Outcome::Failed(failure), wish.and_then(|wish| retry_after(&wish, now)))
                }
            };
        Fetched { outcome, not_before, took: started.elapsed(), remarks }
    }

    /// Whether there is a browser to draw pages with.
    pub fn has_browser(&self) -> bool {
        self.settings.browser.is_some()
    }

    /// Draws one page as on a phone and says how wide it is. Unlike a page that is drawn for its text, it loads its pictures
    /// and fonts, since they make it as wide as it is. It leads no further than one that is drawn for its text.
    ///
    /// # Errors
    /// If it cannot be drawn, or its network did not fall quiet in time.
    pub async fn measure(
        &self,
        url: &Url,
        verdict: impl Fn(&Url) -> Verdict + Sync,
    ) -> Result<PhoneWidth, Failure> {
        match self.draw(Wanted { url, screen: Screen::Phone, verdict: &verdict }).await {
            Ok(Drawn { width: Some(width), is_quiet: true, .. }) => Ok(width),
            Ok(_) => Err(Failure::BrokeOff("the page was still loading when time ran out".to_owned())),
            Err(Undrawn { failure, .. }) => Err(failure),
        }
    }

    /// Ends the browser and waits until it is gone. Pages under way break off; none is drawn any more.
    pub async fn close(&self) {
        self.pages.close();
        if let Some(browser) = self.browser.lock().await.take() {
            browser.close().await;
        }
    }

    fn exception_of(&self, url: &Url) -> Option<&HostException> {
        self.settings.exceptions.iter().find(|exception| exception.is_about(url))
    }

    async fn draw(&self, wanted: Wanted<'_>) -> Result<Drawn, Undrawn> {
        if self.exception_of(wanted.url).is_some_and(changes_the_way) {
            let why = "the browser cannot follow what [[host]] in county.toml says of this host";
            return Err(Failure::NeedsRendering(why.to_owned()).into());
        }
        let Ok(_permit) = self.pages.acquire().await else {
            return Err(Failure::BrokeOff("the browser has been closed".to_owned()).into());
        };
        let link = self.running().await?;
        let longest = self.settings.page_timeout * 2 + SLACK;
        timeout(longest, page::draw(&link, wanted, &self.settings)).await.unwrap_or_else(|_| {
            // Within that time it answers, or it hangs. One that hangs is as good as dead, and is replaced.
            link.break_off();
            Err(Failure::BrokeOff("the browser no longer answers".to_owned()).into())
        })
    }

    /// The link to a browser that lives.
    async fn running(&self) -> Result<Arc<Link>, Failure> {
        let mut browser = self.browser.lock().await;
        if let Some(living) = browser.as_ref().filter(|browser| browser.lives()) {
            return Ok(living.link());
        }
        if let Some(dead) = browser.take() {
            dead.close().await;
        }
        if self.pages.is_closed() {
            return Err(Failure::BrokeOff("the browser has been closed".to_owned()));
        }
        let started = Browser::start(&self.settings).await.map_err(Failure::NeedsRendering)?;
        let link = started.link();
        *browser = Some(started);
        Ok(link)
    }
}

fn changes_the_way(exception: &HostException) -> bool {
    exception.security != Security::Verified || exception.proxy.is_some()
}
