//! How much an account has posted, and whether anybody was counting.
//!
//! Too few posts are held against an account only where a list of all its posts was followed to the end of the time without
//! a gap. A list that fails, that is read through a doubted bridge or lacks a known post may lack others.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;

use crate::assess::activity::{LowVolume, Posted, low_volume};
use crate::assess::{BridgeHealth, Calendar, Shown};
use crate::extract::{Listing, is_marked_pinned};
use crate::rules::{Source, Way, WayKind};
use crate::store::{SightingRecord, Stored, WayRecord};

/// That an account posted less in the thirty days up to `until` than its rule asks for; nothing while that cannot be told.
pub(super) fn too_few_posts(
    source: &Source,
    stored: &Stored,
    posts: &[Posted],
    until: NaiveDate,
    calendar: &Calendar,
) -> Option<LowVolume> {
    let wanted = usize::try_from(source.min_posts_30d?).ok()?;
    let shown = stored.record.reading.as_ref().map(|reading| reading.shown);
    // Posts without a date are posts too, and nobody knows of which days.
    if matches!(shown, Some(Shown::Items { undated: 1.., .. })) {
        return None;
    }
    low_volume(posts, wanted, covered_from(source, stored, until, calendar), until)
}

/// Since when no post of an account can have been missed up to `until`; `None` where some may have been.
pub(super) fn covered_from(
    source: &Source,
    stored: &Stored,
    until: NaiveDate,
    calendar: &Calendar,
) -> Option<NaiveDate> {
    let record = &stored.record;
    if !source.is_read_by_ways() {
        let seen_at = stored.poll.and_then(|poll| poll.seen_at).filter(|_| record.failure.is_none());
        return record.covered_from.filter(|_| seen_at.is_some_and(|at| calendar.day_of(at) >= until));
    }
    let lists = source.ways.iter().filter(|way| lists_posts(&way.kind));
    let covered = lists.filter_map(|way| {
        let known = record.ways.iter().find(|known| known.way == way.name)?;
        known.covered_from.filter(|_| was_followed_to(until, way, known, calendar))
    });
    covered.min()
}

/// Whether a list that can be relied on was read on the day `until` or later.
fn was_followed_to(until: NaiveDate, way: &Way, known: &WayRecord, calendar: &Calendar) -> bool {
    let delivers = match (&way.bridge, &known.bridge) {
        (None, _) => true,
        (Some(_), Some(BridgeHealth::Well { proven })) => *proven >= until,
        (Some(_), Some(BridgeHealth::Sick { .. } | BridgeHealth::Unproven) | None) => false,
    };
    let is_read = known.looked_at.is_some_and(|at| calendar.day_of(at) >= until);
    known.trouble.is_none() && known.lacks_since.is_none() && delivers && is_read
}

/// Whether a way lists an account's posts one by one, so that they can be counted.
fn lists_posts(kind: &WayKind) -> bool {
    match kind {
        WayKind::Rss { .. }
        | WayKind::WeiboOpenapi { .. }
        | WayKind::WechatBackend { .. }
        | WayKind::DouyinOpenapi { .. } => true,
        WayKind::WechatApi { .. }
        | WayKind::WechatArticle { .. }
        | WayKind::Itunes { .. }
        | WayKind::Yyb { .. }
        | WayKind::HuaweiAppdl { .. }
        | WayKind::Record => false,
    }
}

/// How far back a list goes: to its last item. The oldest may be one that somebody keeps on top, marked or not, with posts
/// missing after it.
pub(super) fn goes_back_to(listing: &Listing) -> Option<NaiveDate> {
    let Listing::Items { sightings, .. } = listing else { return None };
    let in_order = sightings.iter().rfind(|sighting| !is_marked_pinned(&sighting.title));
    in_order.map(|last| last.date)
}

/// The posts among what all ways have shown. One post has one title and one day on all ways but an address of its own on each,
/// so of those with one title and day there are as many as one way shows at different addresses.
pub(super) fn posts_among(shown: impl IntoIterator<Item = SightingRecord>) -> Vec<Posted> {
    let mut alike: BTreeMap<(NaiveDate, String), Vec<SightingRecord>> = BTreeMap::new();
    for record in shown {
        let title = record.sighting.title.chars().filter(|c| c.is_alphanumeric()).collect();
        alike.entry((record.sighting.date, title)).or_default().push(record);
    }
    let posted = alike.into_iter().flat_map(|((day, _), records)| {
        originality(&records).into_iter().map(move |is_original| Posted { day, is_original })
    });
    posted.collect()
}

/// Of each post among records of one title and day, whether it is the account's own.
fn originality(alike: &[SightingRecord]) -> Vec<Option<bool>> {
    let mut of_ways: BTreeMap<String, BTreeMap<String, Option<bool>>> = BTreeMap::new();
    for record in alike {
        let (manner, address) = manner_and_address(&record.sighting.url);
        let is_original = of_ways.entry(manner).or_default().entry(address).or_default();
        *is_original = is_original.or(record.is_original);
    }
    let of_any = alike.iter().find_map(|record| record.is_original);
    let most = of_ways.into_values().max_by_key(BTreeMap::len).unwrap_or_default();
    most.into_values().map(|is_original| is_original.or(of_any)).collect()
}

/// How the addresses of a way are made, and the address: two ways may lead to one host in different manners, such as
/// `/s/ID` and `/s?mid=…`.
fn manner_and_address(text: &str) -> (String, String) {
    let Ok(mut url) = Url::parse(text) else { return (String::new(), text.to_owned()) };
    url.set_fragment(None);
    let address = url.as_str().trim_start_matches("https:").trim_start_matches("http:").to_owned();
    let depth = url.path().matches('/').count();
    let keys: Vec<_> = url.query_pairs().map(|(key, _)| key.into_owned()).collect();
    (format!("{} {depth} {}", url.host_str().unwrap_or_default(), keys.join(" ")), address)
}

#[cfg(test)]
mod tests;
