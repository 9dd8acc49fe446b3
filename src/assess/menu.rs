//! What the menu of a 公众号 (导航栏目) leads to, and what of it is put on record against the account.
//!
//! A [`MenuRecord`] holds what the last check saw. A fault becomes a finding only if it is certain (the page is gone, the link
//! ends on the home page, the page is wider than the phone) and was seen by two checks in a row, hours apart. A link
//! that could not be followed, a page that nobody could measure, and a menu that could not be read are unknown, and
//! never findings. That a page's title is unlike the name in the menu is shown for a person to look at, and no more: many a
//! hall of services is called otherwise than its button.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::extract::Refusal;

/// What is known of an account's menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MenuRecord {
    /// The check that first saw it so.
    pub at: DateTime<Utc>,
    /// The last check that saw it so.
    pub seen_at: DateTime<Utc>,
    /// Why the menu could not be read; `None` where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Refusal>,
    /// Its links as they were last seen; none where the menu is closed.
    pub links: Vec<MenuLink>,
}

/// One link of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MenuLink {
    /// What was seen of it.
    #[serde(flatten)]
    pub look: LinkLook,
    /// What is wrong with it, or was when it was last followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// One link, followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LinkLook {
    /// Its names in the menu, from the top.
    pub path: String,
    /// Its address.
    pub url: String,
    /// What it leads to.
    pub leads: Leads,
    /// What the page calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The newest day that the page shows: of the items that it lists, or its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<NaiveDate>,
    /// How it fits a phone.
    pub width: Width,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "to")]
pub enum Leads {
    /// A page.
    Page,
    /// Nothing: there is no such page (HTTP 404 or 410).
    Nothing {
        /// The HTTP status.
        status: u16,
    },
    /// The site's home page, though it was meant to lead deeper.
    Home {
        /// The address on which it ended.
        url: String,
    },
    /// Nobody knows: the page could not be had, or may not be asked for.
    Unknown {
        /// Why.
        why: String,
    },
}

/// How a page fits a phone that is 390 px wide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "width")]
pub enum Width {
    /// It fits.
    Fits,
    /// It overflows sideways.
    Overflows {
        /// How wide it is, in CSS px.
        page: u32,
    },
    /// It is not laid out for phones, which then show it as small as it must be.
    NotForPhones {
        /// For how wide a screen it is laid out, in CSS px.
        laid_out: u32,
    },
    /// Nobody has measured it: there is no browser, or it could not draw the page.
    Unmeasured {
        /// Why.
        why: String,
    },
}

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// The first check that saw it.
    pub since: DateTime<Utc>,
    /// The check that confirmed it, hours later; `None` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// What can be wrong with a link for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// It leads to nothing.
    Dead,
    /// It leads to the home page.
    ToHome,
    /// Its page overflows a phone sideways.
    TooWide,
}

/// A fault that is put on record, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MenuFault {
    /// The link's names in the menu.
    pub path: String,
    /// Its address.
    pub url: String,
    /// What is wrong with it.
    pub kind: FaultKind,
    /// What was seen, such as HTTP 404.
    pub seen: String,
    /// The first check that saw it.
    pub since: DateTime<Utc>,
    /// The check that confirmed it.
    pub confirmed_at: DateTime<Utc>,
}

/// How wide a phone is, in CSS px.
pub const PHONE: u32 = 390;
/// A menu is checked so often at most.
pub const CHECKED_EVERY: TimeDelta = TimeDelta::days(1);
/// Fractions of a pixel are rounded up on one side and down on the other.
const ROUNDING: u32 = 1;
/// What home pages are called.
const HOME: [&str; 5] = ["index", "default", "home", "main", "shouye"];

impl FaultKind {
    /// The words officials read.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Dead => "无法打开",
            Self::ToHome => "跳转至网站首页",
            Self::TooWide => "在手机上横向溢出",
        }
    }
}

impl Width {
    /// What a page that is `page` px wide, laid out for `laid_out` px, is on a phone.
    pub fn of(page: u32, laid_out: u32) -> Self {
        if laid_out > PHONE + ROUNDING {
            Self::NotForPhones { laid_out }
        } else if page > laid_out + ROUNDING {
            Self::Overflows { page }
        } else {
            Self::Fits
        }
    }
}

impl LinkLook {
    fn fault(&self) -> Option<FaultKind> {
        match (&self.leads, &self.width) {
            (Leads::Nothing { .. }, _) => Some(FaultKind::Dead),
            (Leads::Home { .. }, _) => Some(FaultKind::ToHome),
            (Leads::Page, Width::Overflows { .. }) => Some(FaultKind::TooWide),
            (Leads::Page | Leads::Unknown { .. }, _) => None,
        }
    }

    /// Whether the look cannot say that a fault seen before is mended.
    fn leaves_open(&self, fault: FaultKind) -> bool {
        match (&self.leads, &self.width) {
            (Leads::Unknown { .. }, _) => true,
            (Leads::Page, Width::Unmeasured { .. }) => fault == FaultKind::TooWide,
            _ => false,
        }
    }

    fn seen(&self) -> String {
        match (&self.leads, &self.width) {
            (Leads::Nothing { status }, _) => format!("HTTP {status}"),
            (Leads::Home { url }, _) => url.clone(),
            (Leads::Page, Width::Overflows { page }) => {
                format!("页面宽 {page} 像素，手机屏幕宽 {PHONE} 像素")
            }
            (Leads::Page | Leads::Unknown { .. }, _) => String::new(),
        }
    }

    /// Whether what the page calls itself has nothing in common with its name in the menu.
    pub fn is_called_otherwise(&self) -> bool {
        let name = self.path.rsplit('—').next().unwrap_or(&self.path);
        self.title.as_deref().is_some_and(|title| is_unlike(name, title))
    }
}

impl MenuRecord {
    /// The record after a check, by what the one before saw.
    pub fn after(
        before: Option<&Self>,
        came: Result<Vec<LinkLook>, Refusal>,
        confirm_gap: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        let known = |look: &LinkLook| {
            before.and_then(|record| record.links.iter().find(|link| link.look.url == look.url)?.fault)
        };
        let (unknown, links) = match came {
            Err(refusal) => (Some(refusal), before.map_or_else(Vec::new, |record| record.links.clone())),
            Ok(looks) => {
                let link =
                    |look: LinkLook| MenuLink { fault: fault(&look, known(&look), confirm_gap, now), look };
                (None, looks.into_iter().map(link).collect())
            }
        };
        let at = before
            .filter(|record| record.unknown == unknown && record.links == links)
            .map_or(now, |record| record.at);
        Self { at, seen_at: now, unknown, links }
    }

    /// Whether the menu may be checked again.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        now - self.seen_at >= CHECKED_EVERY
    }

    /// What is put on record by what was confirmed at `at`; nothing where the menu could not be read, or has not been for
    /// longer than `lasts`.
    pub fn faults(&self, at: DateTime<Utc>, lasts: TimeDelta) -> Vec<MenuFault> {
        if self.unknown.is_some() || at - self.seen_at > lasts {
            return Vec::new();
        }
        let on_record = self.links.iter().filter_map(|link| {
            let Fault { kind, since, confirmed_at } = link.fault?;
            let confirmed_at = confirmed_at.filter(|confirmed_at| *confirmed_at <= at)?;
            let LinkLook { path, url, .. } = &link.look;
            (link.look.fault() == Some(kind)).then(|| MenuFault {
                path: path.clone(),
                url: url.clone(),
                kind,
                seen: link.look.seen(),
                since,
                confirmed_at,
            })
        });
        on_record.collect()
    }
}

/// What is wrong with a link after a look, by what was wrong before.
fn fault(
    look: &LinkLook,
    before: Option<Fault>,
    confirm_gap: TimeDelta,
    now: DateTime<Utc>,
) -> Option<Fault> {
    let Some(kind) = look.fault() else {
        return before.filter(|before| look.leaves_open(before.kind));
    };
    match before.filter(|before| before.kind == kind) {
        Some(before) if before.confirmed_at.is_none() && now - before.since >= confirm_gap => {
            Some(Fault { confirmed_at: Some(now), ..before })
        }
        Some(before) => Some(before),
        None => Some(Fault { kind, since: now, confirmed_at: None }),
    }
}

/// Whether a link that was meant to lead deeper ended on its own site's home page. Only where that is certain: the address has
/// no query, and its path is none or an index.
pub fn leads_home(asked: &Url, reached: &Url) -> bool {
    asked.host() == reached.host() && is_home(reached) && reached.query().is_none() && !is_home(asked)
}

fn is_home(url: &Url) -> bool {
    let path = url.path().trim_matches('/').to_ascii_lowercase();
    let name = path.split_once('.').map_or(path.as_str(), |(name, _)| name);
    path.is_empty() || HOME.contains(&name)
}

/// Whether two names share no two characters in a row.
fn is_unlike(name: &str, title: &str) -> bool {
    let plain = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (name, title) = (plain(name), plain(title));
    let shares = |pair: &[char]| title.windows(pair.len()).any(|other| other == pair);
    match name.len() {
        0 => false,
        _ if title.is_empty() => false,
        1 => !shares(&name),
        _ => !name.windows(2).any(shares),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    fn look(leads: Leads, width: Width) -> LinkLook {
        let (path, url) = ("政务公开—通知公告".to_owned(), "http://www.county.example/tzgg/".to_owned());
        LinkLook { path, url, leads, title: None, newest: None, width }
    }

    fn unmeasured() -> Width {
        Width::Unmeasured { why: "no browser".to_owned() }
    }

    fn dead() -> LinkLook {
        look(Leads::Nothing { status: 404 }, unmeasured())
    }

    fn out_of_reach() -> LinkLook {
        look(Leads::Unknown { why: "timed out".to_owned() }, unmeasured())
    }

    const GAP: TimeDelta = TimeDelta::hours(6);
    const LASTS: TimeDelta = TimeDelta::days(7);

    /// Checks one after another, and what is on record right after the last.
    fn checked(checks: &[(&str, Result<LinkLook, Refusal>)]) -> Vec<(FaultKind, DateTime<Utc>)> {
        let mut record: Option<MenuRecord> = None;
        for (time, came) in checks {
            let came = came.clone().map(|look| vec![look]);
            record = Some(MenuRecord::after(record.as_ref(), came, GAP, at(time)));
        }
        let last = at(checks.last().unwrap().0);
        record.unwrap().faults(last, LASTS).into_iter().map(|fault| (fault.kind, fault.since)).collect()
    }

    #[test]
    fn a_dead_link_is_on_record_only_after_a_second_check_hours_later() {
        let first = "2026-10-08T09:00";
        assert_eq!(checked(&[(first, Ok(dead()))]), []);
        assert_eq!(checked(&[(first, Ok(dead())), ("2026-10-08T14:59", Ok(dead()))]), []);
        let found = [(FaultKind::Dead, at(first))];
        assert_eq!(checked(&[(first, Ok(dead())), ("2026-10-09T09:00", Ok(dead()))]), found);
        let mended = look(Leads::Page, Width::Fits);
        assert_eq!(checked(&[(first, Ok(dead())), ("2026-10-09T09:00", Ok(mended))]), []);
    }

    #[test]
    fn what_cannot_be_followed_or_read_is_no_finding_and_clears_none() {
        let days = ["2026-10-08T09:00", "2026-10-09T09:00", "2026-10-10T09:00"];
        let refused = || Err(Refusal::QuotaSpent("45009".to_owned()));
        for unknown in [Ok(out_of_reach()), refused()] {
            let two = [(days[0], Ok(dead())), (days[1], Ok(dead()))];
            let last = (days[2], unknown.clone());
            assert_eq!(checked(&[two[0].clone(), two[1].clone(), last]), [], "{unknown:?}");
            let found = [(FaultKind::Dead, at(days[0]))];
            let between = [(days[0], Ok(dead())), (days[1], unknown), (days[2], Ok(dead()))];
            assert_eq!(checked(&between), found);
        }
    }

    #[test]
    fn a_page_is_too_wide_only_where_it_is_laid_out_for_phones_and_was_measured() {
        assert_eq!(Width::of(390, 390), Width::Fits);
        assert_eq!(Width::of(391, 390), Width::Fits, "a rounded pixel");
        assert_eq!(Width::of(392, 390), Width::Overflows { page: 392 });
        assert_eq!(Width::of(1200, 980), Width::NotForPhones { laid_out: 980 });
        let wide = || Ok(look(Leads::Page, Width::Overflows { page: 800 }));
        let (first, second) = ("2026-10-08T09:00", "2026-10-09T09:00");
        assert_eq!(checked(&[(first, wide()), (second, wide())]), [(FaultKind::TooWide, at(first))]);
        assert_eq!(checked(&[(first, wide()), (second, Ok(look(Leads::Page, unmeasured())))]), []);
    }

    #[test]
    fn a_record_says_since_when_and_until_when_it_was_so_and_grows_old() {
        let first = MenuRecord::after(None, Ok(vec![dead()]), GAP, at("2026-10-08T09:00"));
        let second = MenuRecord::after(Some(&first), Ok(vec![dead()]), GAP, at("2026-10-09T09:00"));
        let third = MenuRecord::after(Some(&second), Ok(vec![dead()]), GAP, at("2026-10-10T09:00"));
        assert_eq!((second.at, third.at, third.seen_at), (second.seen_at, second.at, at("2026-10-10T09:00")));
        assert_eq!(third.faults(at("2026-10-08T20:00"), LASTS), [], "not confirmed by then");
        assert_eq!(third.faults(at("2026-10-17T09:00"), LASTS).len(), 1);
        assert_eq!(third.faults(at("2026-10-17T09:01"), LASTS), []);
        assert!(!third.is_due(at("2026-10-11T08:59")) && third.is_due(at("2026-10-11T09:00")));
    }

    #[test]
    fn only_a_sure_home_page_of_the_same_site_counts_as_one() {
        let home =
            |asked: &str, reached: &str| leads_home(&asked.parse().unwrap(), &reached.parse().unwrap());
        let deep = "http://www.county.example/tzgg/list.html?id=1";
        for reached in [
            "http://www.county.example/",
            "https://www.county.example/index.html",
            "http://www.county.example/Index.shtml#top",
        ] {
            assert!(home(deep, reached), "{reached}");
        }
        for reached in [
            "http://www.county.example/tzgg/",
            "http://www.county.example/tzgg/index.html",
            "http://www.county.example/?id=1",
            "http://other.example/",
            "http://www.county.example/indexes/",
        ] {
            assert!(!home(deep, reached), "{reached}");
        }
        assert!(
            !home("http://www.county.example/index.html", "http://www.county.example/"),
            "it was meant to"
        );
    }

    #[test]
    fn a_title_is_unlike_a_name_only_if_they_share_no_two_characters_in_a_row() {
        for (name, title) in
            [("通知公告", "公告_郎溪县"), ("首页", "郎溪县政府首页"), ("局", "县局"), ("办事", ""), ("", "x")]
        {
            assert!(!is_unlike(name, title), "{name} {title}");
        }
        assert!(is_unlike("通知公告", "404 错误"));
        let titled = LinkLook { title: Some("棋牌游戏".to_owned()), ..look(Leads::Page, Width::Fits) };
        assert!(titled.is_called_otherwise());
        assert_eq!(titled.fault(), None, "for a person to look at");
    }
}
