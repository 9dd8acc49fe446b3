//! What going through the ways of an account teaches about it. Pure; `round.rs` asks.
//!
//! Each way is remembered by itself; [`agree`] joins them. A record is brought up to date whenever the account is settled,
//! since a bridge may fall sick, and a person's word grow old, without any visit.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::learn::{Look, take};
use super::settle::Terms;
use crate::alert::{OperatorKey, Sign};
use crate::assess::activity::covered_from;
use crate::assess::agreement::{
    self, Health, Testimony, WayView, Witness, agree, has_lasted, lacks_the_newest,
};
use crate::assess::{BridgeHealth, Calendar, Cause, Shown};
use crate::extract::{Listing, Post, Posts, Sighting};
use crate::fetch::Retry;
use crate::rules::{Way, WayKind, WayName};
use crate::store::{FailureRecord, SourceRecord, WayRecord};

/// What one way came to in one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayLook {
    /// The way.
    pub way: WayName,
    /// What came of it.
    pub came: Came,
    /// How its bridge stands, if it has one.
    pub bridge: Option<BridgeHealth>,
}

/// What came of asking one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It shows posts.
    Posts(PostsSeen),
    /// It does not: it was refused, could not be reached or read, or shows nothing.
    Nothing {
        /// Why.
        cause: Cause,
        /// When trying again may help.
        retry: Retry,
        /// The platform asked not to be asked again before this.
        not_before: Option<DateTime<Utc>>,
    },
    /// Nobody was asked: the platform wants to be left alone for now, or no person has looked.
    NotAsked,
}

/// Posts that a way shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostsSeen {
    /// The posts.
    pub posts: Posts,
    /// When they were looked at.
    pub looked_at: DateTime<Utc>,
    /// When they stop being evidence that there is nothing newer; `None` where the next look renews it.
    pub lasts_until: Option<DateTime<Utc>>,
}

impl WayLook {
    /// Whether posts came.
    pub fn is_good(&self) -> bool {
        matches!(self.came, Came::Posts(_))
    }
}

/// The posts of all ways.
pub(super) fn posts_of(look: &Look) -> Vec<Post> {
    let Look::Ways(looks) = look else { return Vec::new() };
    let shown = looks.iter().filter_map(|look| match &look.came {
        Came::Posts(seen) => Some(&seen.posts.posts),
        Came::Nothing { .. } | Came::NotAsked => None,
    });
    shown.flatten().cloned().collect()
}

/// The posts in their order: a pinned one is shown whatever follows it, so it only counts where it is the newest.
fn in_order(posts: &Posts) -> impl Iterator<Item = &Sighting> {
    let newest = posts.newest();
    let counted = posts.posts.iter().filter(move |post| !post.is_pinned || Some(*post) == newest);
    counted.map(|post| &post.sighting)
}

/// When to try again after a visit of which nothing came: as soon as it may help any way.
pub(super) fn retry_of(looks: &[WayLook]) -> Retry {
    let wishes = || {
        looks.iter().filter_map(|look| match look.came {
            Came::Nothing { retry, .. } => Some(retry),
            Came::Posts(_) | Came::NotAsked => None,
        })
    };
    [Retry::Soon, Retry::InHours]
        .into_iter()
        .find(|retry| wishes().any(|wish| wish == *retry))
        .unwrap_or(Retry::AtLeisure)
}

/// Takes what a visit's looks show for the account's, if a way is well.
pub(super) fn learn_from_ways(
    record: &mut SourceRecord,
    before: &SourceRecord,
    looks: &[WayLook],
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) {
    for look in looks {
        remember(record, look, now);
    }
    let views = views(record, terms, now);
    let Ok(agreed) = agree(&views) else { return };
    let listing = together(record, looks, &views, terms);
    let full_look =
        (agreed.witness == Witness::Whole).then(|| agreed.reach.map_or(now, |reach| reach.min(now)));
    take(record, before, &listing, None, full_look, terms, now);
}

/// Brings what follows from an account's ways up to date.
pub(super) fn heed_ways(record: &mut SourceRecord, terms: &Terms<'_>, now: DateTime<Utc>) {
    if !terms.source.is_read_by_ways() {
        return;
    }
    let views = views(record, terms, now);
    match agree(&views) {
        Ok(agreed) => {
            record.failure = None;
            record.reach = agreed.reach;
            if let Some(Shown::Items { backing, .. }) = record.reading.as_mut().map(|read| &mut read.shown) {
                backing.witness = agreed.witness;
            }
        }
        Err(cause) => {
            let since = record.failure.as_ref().map_or(now, |failure| failure.since);
            record.failure = Some(FailureRecord { cause, since });
        }
    }
    let ways = || terms.source.ways.iter().zip(&views);
    let newest = agreement::newest(ways().filter(|(way, _)| !is_shop(&way.kind)).map(|(_, view)| view));
    for (way, view) in ways() {
        if let Some(known) = record.ways.iter_mut().find(|known| known.way == way.name) {
            let lacks = !is_shop(&way.kind) && lacks_the_newest(view, newest, terms.calendar);
            known.lacks_since = lacks.then(|| known.lacks_since.unwrap_or(now));
        }
    }
}

/// What the operator is to hear of an account's ways, and no longer.
pub(super) fn signs(
    record: &SourceRecord,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) -> Vec<(OperatorKey, Sign)> {
    if !terms.source.is_read_by_ways() {
        return Vec::new();
    }
    let source = &terms.source.id;
    let mut signs: Vec<(OperatorKey, Sign)> = Vec::new();
    for known in &record.ways {
        let key = OperatorKey::WayRefused { source: source.clone(), way: known.way.to_string() };
        signs.push((key, refusal(known, terms, now)));
    }
    signs.push((OperatorKey::WaysDisagree { source: source.clone() }, disagreement(record, terms, now)));
    signs
}

/// The next instant at which time alone changes what follows from an account's ways.
pub(super) fn next_change_at(
    record: &SourceRecord,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let policy = terms.assess;
    let of_way = |known: &WayRecord| {
        let trouble = known.trouble.as_ref().map(|trouble| trouble.since + policy.way_refused_after);
        let lacks = known.lacks_since.map(|since| since + policy.ways_disagree_after);
        [known.lasts_until, trouble, lacks]
    };
    record.ways.iter().flat_map(of_way).flatten().filter(|at| *at > now).min()
}

/// What the silence of a way of this kind is worth.
fn testimony(kind: &WayKind) -> Testimony {
    match kind {
        WayKind::Rss { .. }
        | WayKind::WeiboOpenapi { .. }
        | WayKind::WechatBackend { .. }
        | WayKind::DouyinOpenapi { .. }
        | WayKind::Itunes { .. }
        | WayKind::Yyb { .. }
        | WayKind::HuaweiAppdl { .. }
        | WayKind::Record => Testimony::Full,
        // The one shows what was published (发布) but not what was sent to followers (群发), the other a single article.
        WayKind::WechatApi { .. } | WayKind::WechatArticle { .. } => Testimony::Partial,
    }
}

/// Whether a way shows releases of an app, which each shop offers on a day of its own.
fn is_shop(kind: &WayKind) -> bool {
    match kind {
        WayKind::Itunes { .. } | WayKind::Yyb { .. } | WayKind::HuaweiAppdl { .. } => true,
        WayKind::Rss { .. }
        | WayKind::WeiboOpenapi { .. }
        | WayKind::WechatApi { .. }
        | WayKind::WechatBackend { .. }
        | WayKind::WechatArticle { .. }
        | WayKind::DouyinOpenapi { .. }
        | WayKind::Record => false,
    }
}

fn views(record: &SourceRecord, terms: &Terms<'_>, now: DateTime<Utc>) -> Vec<WayView> {
    let ways = terms.source.ways.iter();
    ways.map(|way| {
        let known = record.ways.iter().find(|known| known.way == way.name);
        WayView {
            newest: known.and_then(|known| known.newest.as_ref()).map(|post| post.date),
            testimony: testimony(&way.kind),
            health: known.map_or(Health::Unasked, |known| health_of(known, way, terms.calendar, now)),
        }
    })
    .collect()
}

/// Whether a way can be relied on.
pub(super) fn health_of(known: &WayRecord, way: &Way, calendar: &Calendar, now: DateTime<Utc>) -> Health {
    if let Some(cause) = bridge_trouble(known, way) {
        return Health::Troubled(cause);
    }
    if let Some(trouble) = &known.trouble {
        return Health::Troubled(trouble.cause.clone());
    }
    let Some(looked_at) = known.looked_at else { return Health::Unasked };
    match (known.lasts_until, &known.bridge) {
        (Some(lasts_until), _) if now >= lasts_until => Health::Unasked,
        (Some(_), _) => Health::Well { reach: Some(looked_at) },
        // On that day the canary may have posted at any hour, and all looks that rest on its post are one look.
        (None, Some(BridgeHealth::Well { proven })) => {
            Health::Well { reach: Some(calendar.start_of(*proven).min(looked_at)) }
        }
        (None, _) => Health::Well { reach: None },
    }
}

fn bridge_trouble(known: &WayRecord, way: &Way) -> Option<Cause> {
    let bridge = way.bridge.as_ref()?.to_string();
    match known.bridge.as_ref().unwrap_or(&BridgeHealth::Unproven) {
        BridgeHealth::Well { .. } => None,
        BridgeHealth::Sick { why } => Some(Cause::SickBridge { bridge, why: why.clone() }),
        BridgeHealth::Unproven => Some(Cause::SickBridge {
            bridge,
            why: "尚未读到探针账号，不知是否正常转换".to_owned(),
        }),
    }
}

fn remember(record: &mut SourceRecord, look: &WayLook, now: DateTime<Utc>) {
    let place = record.ways.iter().position(|known| known.way == look.way).unwrap_or_else(|| {
        record.ways.push(WayRecord::new(look.way.clone()));
        record.ways.len() - 1
    });
    let known = &mut record.ways[place];
    known.bridge.clone_from(&look.bridge);
    match &look.came {
        Came::Posts(seen) => {
            // The oldest may be one that is kept on top without a mark.
            if let Some(last) = seen.posts.posts.iter().rfind(|post| !post.is_pinned) {
                let newest_before = known.newest.as_ref().map(|post| post.date);
                let covered = covered_from(known.covered_from, newest_before, last.sighting.date);
                known.covered_from = Some(covered);
            }
            known.newest = seen.posts.newest().map(|post| post.sighting.clone());
            known.looked_at = Some(seen.looked_at);
            known.lasts_until = seen.lasts_until;
            known.trouble = None;
            known.not_before = None;
        }
        Came::Nothing { cause, not_before, .. } => {
            let since = known.trouble.as_ref().map_or(now, |trouble| trouble.since);
            known.trouble = Some(FailureRecord { cause: cause.clone(), since });
            known.not_before = *not_before;
        }
        Came::NotAsked => {}
    }
}

/// What all ways show: those that are well what they show now, the others the newest post that they did show.
fn together(record: &SourceRecord, looks: &[WayLook], views: &[WayView], terms: &Terms<'_>) -> Listing {
    let (mut sightings, mut undated) = (Vec::new(), Vec::new());
    for (way, view) in terms.source.ways.iter().zip(views) {
        let shown = looks.iter().find(|look| look.way == way.name).map(|look| &look.came);
        match (shown, &view.health) {
            (Some(Came::Posts(seen)), Health::Well { .. }) => {
                sightings.extend(in_order(&seen.posts).cloned());
                undated.extend(seen.posts.undated.iter().cloned());
            }
            _ => {
                let known = record.ways.iter().find(|known| known.way == way.name);
                sightings.extend(known.and_then(|known| known.newest.clone()));
            }
        }
    }
    Listing::Items { sightings, undated }
}

fn refusal(known: &WayRecord, terms: &Terms<'_>, now: DateTime<Utc>) -> Sign {
    let is_the_bridges = matches!(known.bridge, Some(BridgeHealth::Sick { .. }));
    let lasting = known
        .trouble
        .as_ref()
        .filter(|trouble| has_lasted(Some(trouble.since), terms.assess.way_refused_after, now));
    match lasting {
        Some(trouble) if !is_the_bridges => {
            let since = terms.calendar.day_of(trouble.since);
            Sign::Stands(format!("{}，自 {since} 起：{}", terms.source.name, trouble.cause.chinese()))
        }
        Some(_) | None => Sign::Over,
    }
}

fn disagreement(record: &SourceRecord, terms: &Terms<'_>, now: DateTime<Utc>) -> Sign {
    let long = terms.assess.ways_disagree_after;
    if !record.ways.iter().any(|known| has_lasted(known.lacks_since, long, now)) {
        return Sign::Over;
    }
    let said: BTreeSet<String> = record.ways.iter().filter_map(in_words).collect();
    let said: Vec<String> = said.into_iter().collect();
    Sign::Stands(format!(
        "{}，各方式所见最新内容：{}。请核对账号实际内容，并检查缺少内容的方式",
        terms.source.name,
        said.join("；")
    ))
}

fn in_words(known: &WayRecord) -> Option<String> {
    let newest = known.newest.as_ref()?;
    Some(format!("{} 为 {}《{}》", known.way, newest.date, newest.title))
}
