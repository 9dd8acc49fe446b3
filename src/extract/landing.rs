//! Recognises a page that only forwards its visitors: by `meta` refresh, or by a script that does nothing but set
//! `location`.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::head::Head;
use super::link::Base;
use super::page::Page;
use super::sighting::{Leads, Onward};
use super::tags::{Tag, tags};

/// A later refresh is not for those who come to read.
const LONGEST_WAIT_SECONDS: f64 = 5.0;

/// Where a page forwards to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Landing {
    SameSite(Onward),
    OtherSite(Url),
}

/// Where the page forwards everybody, if it does. Not to itself: that is a refresh.
pub(super) fn landing(page: &Page, text: &str) -> Option<Landing> {
    let target = refresh_target(&Head::of(text)).or_else(|| script_target(text))?;
    let url = Url::parse(&Base::address_of(page).resolve(&target)).ok()?;
    let is_itself = without_fragment(&url) == without_fragment(&page.url);
    if is_itself {
        return None;
    }
    Some(if is_same_site(&page.url, &url) {
        Landing::SameSite(Onward { url, form: None, why: Leads::Landing })
    } else {
        Landing::OtherSite(url)
    })
}

fn refresh_target(head: &Head) -> Option<String> {
    let content = head.content("refresh")?;
    let (delay, target) = content.split_once([';', ','])?;
    let delay: f64 = delay.trim().parse().ok()?;
    let target = target.trim();
    let address = target.get(..3).filter(|key| key.eq_ignore_ascii_case("url")).and(target.get(3..))?;
    let address = address.trim_start().strip_prefix('=')?.trim().trim_matches(['"', '\'']);
    (delay <= LONGEST_WAIT_SECONDS).then(|| address.to_owned())
}

/// An assignment of a constant to `location`, or a call that does the same.
static SETS_LOCATION: LazyLock<Regex> = LazyLock::new(|| {
    let set = r#"\blocation(?:\.href)?\s*=\s*["']([^"'\s]+)["']"#;
    let called = r#"\blocation\.(?:replace|assign)\(\s*["']([^"'\s]+)["']\s*\)"#;
    Regex::new(&format!(r#"(?m)(?:{set}|{called})\s*(?:[;}})"',]|$)"#)).expect("a constant pattern parses")
});

/// The delay of a timer, in milliseconds.
static TIMER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"setTimeout\([\s\S]{0,400}?,\s*(\d{1,9})\s*\)").expect("a constant pattern parses")
});

/// What makes a script more than a landing: a challenge that is to be solved, or a choice of targets.
const NO_LANDING: [&str; 8] =
    ["document.cookie", "$_ts", "__jsl", "arg1", "eval(", "userAgent", "if(", "if ("];

fn script_target(text: &str) -> Option<String> {
    let scripts: Vec<&str> = tags(text).filter(|tag| tag.is("script")).map(Tag::inner).collect();
    let is_more = |script: &&str| NO_LANDING.iter().any(|mark| script.contains(mark));
    if scripts.iter().any(is_more) {
        return None;
    }
    let mut targets = scripts.iter().filter(|script| !waits_long(script)).flat_map(|script| {
        let live = SETS_LOCATION.captures_iter(script).filter(|found| !is_commented(script, found));
        live.filter_map(|found| found.get(1).or_else(|| found.get(2))).map(|target| target.as_str())
    });
    let target = targets.next()?;
    targets.all(|other| other == target).then(|| target.to_owned())
}

fn waits_long(script: &str) -> bool {
    let delays = TIMER.captures_iter(script).filter_map(|found| found[1].parse::<f64>().ok());
    delays.into_iter().any(|delay| delay > LONGEST_WAIT_SECONDS * 1000.0)
}

fn is_commented(script: &str, found: &regex::Captures) -> bool {
    let before = found.get(0).map_or("", |whole| &script[..whole.start()]);
    before.rsplit('\n').next().is_some_and(|line| line.contains("//"))
}

fn without_fragment(url: &Url) -> &str {
    url.as_str().split('#').next().unwrap_or_default()
}

/// Second-level domains under `.cn` below which names are registered. Those of the provinces have two letters.
const REGISTRIES: [&str; 7] = ["gov", "com", "org", "net", "edu", "ac", "mil"];

/// Whether two addresses are of one registered name, such as `langxi.gov.cn`.
fn is_same_site(one: &Url, other: &Url) -> bool {
    match (one.domain(), other.domain()) {
        (Some(one), Some(other)) => registered_name(one) == registered_name(other),
        _ => one.host() == other.host(),
    }
}

fn registered_name(domain: &str) -> &str {
    let mut labels = domain.rsplit('.');
    let is_cn = labels.next() == Some("cn");
    let is_registry = labels.next().is_some_and(|label| label.len() == 2 || REGISTRIES.contains(&label));
    let counted = if is_cn && is_registry { 3 } else { 2 };
    domain.rmatch_indices('.').nth(counted - 1).map_or(domain, |(dot, _)| &domain[dot + 1..])
}

#[cfg(test)]
mod tests;
