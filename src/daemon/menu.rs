//! Following the menu of a 公众号: once a day at most, after its ways have been gone through, and each page at its host's pace.

use std::collections::VecDeque;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use url::{Host, Url};

use super::line::{Counters, Line};
use super::visit::HostWish;
use super::ways::{Came, WayLook};
use crate::assess::Cause;
use crate::assess::menu::{Leads, LinkLook, MenuRecord, Width, leads_home};
use crate::extract::{
    Answer, DateKind, Extracted, Extractor, Families, Listing, Menu, MenuEntry, Page, Reading, Refusal,
    identity, read_article,
};
use crate::fetch::{AccountLook, Call, Failure, Next, Outcome, Request, Verdict, refusal_of};
use crate::rules::{Source, Way, WayKind};
use crate::schedule::HostKey;
use crate::store::StoreError;

/// A menu being followed.
#[derive(Debug)]
pub(super) struct MenuErrand {
    doing: Doing,
    /// Where the page of a link led, while nothing is known of the robots.txt there.
    led_to: Option<Url>,
    left: VecDeque<MenuEntry>,
    followed: Vec<LinkLook>,
}

/// What the next request is for.
#[derive(Debug)]
enum Doing {
    /// The menu itself, or the token that it takes.
    Reading(Box<AccountLook<Menu>>, Call, HostKey),
    /// The page of a link.
    Following(MenuEntry),
    /// How wide a page is on a phone.
    Measuring(LinkLook, Url),
}

impl MenuErrand {
    /// Where the next request is made.
    pub(super) fn host(&self) -> HostKey {
        match &self.doing {
            Doing::Reading(_, _, host) => host.clone(),
            Doing::Following(entry) => HostKey::of(&entry.url),
            Doing::Measuring(_, url) => HostKey::of(url),
        }
    }
}

impl Line {
    /// The errand to an account's menu, if one is due and the way to it has not just been refused.
    pub(super) fn menu_due(
        &self,
        source: &Source,
        looks: &[WayLook],
        now: DateTime<Utc>,
    ) -> Result<Option<MenuErrand>, StoreError> {
        let way = source.ways.iter().find(|way| matches!(way.kind, WayKind::WechatApi { .. }));
        let Some(way) = way.filter(|way| is_open(way, looks)) else { return Ok(None) };
        let Some(host) = HostKey::of_way(way) else { return Ok(None) };
        if self.store.menu_at(&source.id, now)?.is_some_and(|record| !record.is_due(now)) {
            return Ok(None);
        }
        let secret = way.kind.secret().map(|name| self.secrets.get(name));
        let begun = {
            let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            AccountLook::begin_menu(&way.kind, secret, &tokens, now, self.calendar.zone)
        };
        match begun {
            (look, Next::Call(call)) => Ok(Some(MenuErrand {
                doing: Doing::Reading(Box::new(look), call, host),
                led_to: None,
                left: VecDeque::new(),
                followed: Vec::new(),
            })),
            (_, Next::Done(Err(refusal))) => {
                self.note_menu(source, Err(refusal), now)?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Makes the next request of an errand. Nothing is left of it once the menu has been noted.
    pub(super) async fn go_to_menu(
        &self,
        source: &Source,
        errand: MenuErrand,
        now: DateTime<Utc>,
    ) -> Result<(Option<MenuErrand>, HostWish), StoreError> {
        let MenuErrand { doing, led_to, left, mut followed } = errand;
        if let Some(Verdict::Unknown { robots_txt }) = led_to.map(|to| self.robots_verdict(&to, now)) {
            self.ask_robots_txt(&robots_txt, now).await;
            return Ok((Some(MenuErrand { doing, led_to: None, left, followed }), HostWish::AsBefore));
        }
        let (then, wish) = match doing {
            Doing::Reading(look, call, host) => match self.read_menu(*look, call, now).await {
                Read::On(look, call) => {
                    (Then::On(Doing::Reading(look, call, host), None), HostWish::AsBefore)
                }
                Read::Menu(menu) => {
                    let (open, kept_out) = parted(menu, source);
                    followed.extend(kept_out.iter().map(|entry| unknown(entry, INSIDE.to_owned())));
                    return Ok((self.next_or_note(source, open, followed, now)?, HostWish::AsBefore));
                }
                Read::Refused(refusal) => {
                    self.note_menu(source, Err(refusal), now)?;
                    return Ok((None, HostWish::AsBefore));
                }
            },
            Doing::Following(entry) => self.follow(entry, now).await,
            Doing::Measuring(look, url) => (self.measure(look, url, now).await, HostWish::AsBefore),
        };
        let errand = match then {
            Then::On(doing, led_to) => Some(MenuErrand { doing, led_to, left, followed }),
            Then::Seen(look) => {
                followed.push(look);
                self.next_or_note(source, left, followed, now)?
            }
        };
        Ok((errand, wish))
    }

    /// The errand to the next link; none where all have been seen, which is noted.
    fn next_or_note(
        &self,
        source: &Source,
        mut left: VecDeque<MenuEntry>,
        followed: Vec<LinkLook>,
        now: DateTime<Utc>,
    ) -> Result<Option<MenuErrand>, StoreError> {
        let Some(entry) = left.pop_front() else {
            self.note_menu(source, Ok(followed), now)?;
            return Ok(None);
        };
        Ok(Some(MenuErrand { doing: Doing::Following(entry), led_to: None, left, followed }))
    }

    /// Asks for the page of a link, and for the robots.txt of its host before it.
    async fn follow(&self, entry: MenuEntry, now: DateTime<Utc>) -> (Then, HostWish) {
        match self.robots_verdict(&entry.url, now) {
            Verdict::Unknown { robots_txt } => {
                self.ask_robots_txt(&robots_txt, now).await;
                (Then::On(Doing::Following(entry), None), HostWish::AsBefore)
            }
            Verdict::Allowed { crawl_delay } => {
                let outcome = self.fetch(Request::in_full(&entry.url), now).await.outcome;
                let wish = HostWish::Is(crawl_delay);
                if let Some(to) = outcome.led_to() {
                    return (Then::On(Doing::Following(entry), Some(to)), wish);
                }
                let look = self.followed(&entry, outcome, now);
                if look.leads == Leads::Page && self.renderer.has_browser() {
                    return (Then::On(Doing::Measuring(look, entry.url), None), wish);
                }
                (Then::Seen(look), wish)
            }
            verdict @ (Verdict::Forbidden { .. } | Verdict::Unavailable { .. }) => {
                let why = verdict.failure().map_or_else(String::new, |failure| failure.to_string());
                (Then::Seen(unknown(&entry, why)), HostWish::AsBefore)
            }
        }
    }

    async fn measure(&self, mut look: LinkLook, url: Url, now: DateTime<Utc>) -> Then {
        look.width = match self.renderer.measure(&url, |url| self.robots_verdict(url, now)).await {
            Ok(measured) => Width::of(measured.page, measured.laid_out),
            Err(failure) => match failure.led_to() {
                Some(to) => return Then::On(Doing::Measuring(look, url), Some(to)),
                None => Width::Unmeasured { why: failure.to_string() },
            },
        };
        Then::Seen(look)
    }

    async fn read_menu(&self, mut look: AccountLook<Menu>, call: Call, now: DateTime<Utc>) -> Read {
        let called = self.fetcher.call(&call, now).await;
        let answer: Result<Answer, Refusal> = called.answer.map_err(|failure| refusal_of(&failure));
        let next = {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            look.go_on(answer, &mut tokens, now)
        };
        match next {
            Next::Call(call) => Read::On(Box::new(look), call),
            Next::Done(Ok(menu)) => Read::Menu(menu),
            Next::Done(Err(refusal)) => Read::Refused(refusal),
            Next::Fetch(_) | Next::Open(_) | Next::Recall => {
                Read::Refused(Refusal::NotUnderstood("a menu is asked for by calls alone".to_owned()))
            }
        }
    }

    /// What a link leads to.
    fn followed(&self, entry: &MenuEntry, outcome: Outcome, now: DateTime<Utc>) -> LinkLook {
        let page = match outcome {
            Outcome::Page(page, _) => page,
            Outcome::NotModified => {
                return unknown(entry, "\"not modified\", though asked for in full".to_owned());
            }
            Outcome::Failed(Failure::Gone(status)) => {
                return LinkLook { leads: Leads::Nothing { status }, ..unknown(entry, String::new()) };
            }
            Outcome::Failed(failure) => return unknown(entry, failure.to_string()),
        };
        Counters::add(&self.counters.bytes, page.body.len() as u64);
        let is_home = leads_home(&entry.url, &page.url);
        let leads = if is_home { Leads::Home { url: page.url.to_string() } } else { Leads::Page };
        LinkLook {
            leads,
            title: identity(&page).title,
            newest: self.newest_on(&page, now),
            width: Width::Unmeasured { why: "there is no browser to draw it with".to_owned() },
            ..unknown(entry, String::new())
        }
    }

    /// The newest day that a page shows: of the items that it lists, or its own.
    fn newest_on(&self, page: &Page, now: DateTime<Utc>) -> Option<chrono::NaiveDate> {
        let zone = self.calendar.zone;
        let extractor = Extractor::new(&Reading::Auto(Families::default())).ok()?;
        if let Ok(Extracted::Listing(Listing::Items { sightings, .. })) = extractor.extract(page, now, zone) {
            return sightings.iter().map(|sighting| sighting.date).max();
        }
        let date = read_article(page, now, zone).ok()?.date?;
        (date.kind == DateKind::Published).then_some(date.date)
    }

    fn note_menu(
        &self,
        source: &Source,
        came: Result<Vec<LinkLook>, Refusal>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let before = self.store.menu_at(&source.id, now)?;
        let record = MenuRecord::after(before.as_ref(), came, self.assess.confirm_gap, now);
        self.store.keep_menu(&source.id, &record)
    }
}

/// What follows from a request of an errand.
enum Then {
    /// This is to be done next; before it the robots.txt of where a page led is asked for, if nothing is known of it.
    On(Doing, Option<Url>),
    /// A link has been seen.
    Seen(LinkLook),
}

/// What came of asking for the menu.
enum Read {
    /// One more call is wanted.
    On(Box<AccountLook<Menu>>, Call),
    Menu(Menu),
    Refused(Refusal),
}

/// Why a link is not followed that leads into a network where only we can look.
const INSIDE: &str = "the address is one of a machine's own network, where a menu cannot send us";

/// The links that may be followed, and those that lead where their author has no business. The platform's own host is open in
/// any case: the rule names it.
fn parted(menu: Menu, source: &Source) -> (VecDeque<MenuEntry>, Vec<MenuEntry>) {
    let platforms: Vec<Url> = source.ways.iter().filter_map(|way| way.kind.address()).collect();
    let is_named = |url: &Url| platforms.iter().any(|platform| platform.host() == url.host());
    let (open, kept_out): (Vec<MenuEntry>, Vec<MenuEntry>) =
        menu.links.into_iter().partition(|entry| !is_inside(&entry.url) || is_named(&entry.url));
    (open.into(), kept_out)
}

/// Whether an address is one that the public network does not know.
fn is_inside(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
        }
        Some(Host::Ipv6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.to_ipv4_mapped().is_some()
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || name.ends_with(".localhost") || name.ends_with(".local")
        }
        None => true,
    }
}

fn unknown(entry: &MenuEntry, why: String) -> LinkLook {
    LinkLook {
        path: entry.path.clone(),
        url: entry.url.to_string(),
        leads: Leads::Unknown { why: why.clone() },
        title: None,
        newest: None,
        width: Width::Unmeasured { why },
    }
}

/// Whether the way has not just been shut in our face: then the menu is asked for another day.
fn is_open(way: &Way, looks: &[WayLook]) -> bool {
    match looks.iter().find(|look| look.way == way.name).map(|look| &look.came) {
        Some(Came::Posts(_)) => true,
        // What is refused for the posts alone may be granted for the menu.
        Some(Came::Nothing { cause: Cause::WayRefused(refusal), .. }) => matches!(
            refusal,
            Refusal::NoPosts
                | Refusal::NotPermitted(_)
                | Refusal::QuotaSpent(_)
                | Refusal::NoDates(_)
                | Refusal::OnlyPinned
        ),
        Some(Came::Nothing { .. } | Came::NotAsked) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_cannot_send_us_into_our_own_network() {
        let inside = |url: &str| is_inside(&url.parse().unwrap());
        for url in [
            "http://127.0.0.1:8080/",
            "http://10.1.2.3/a",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost/",
            "http://printer/",
            "http://nas.local./",
            "http://2130706433/",
        ] {
            assert!(inside(url), "{url}");
        }
        for url in ["http://www.county.example/", "https://mp.weixin.example/s/1", "http://60.1.2.3:8080/"] {
            assert!(!inside(url), "{url}");
        }
    }
}
