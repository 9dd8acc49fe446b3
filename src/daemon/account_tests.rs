//! Settling accounts by what their ways show, step by step, at exact instants.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::learn::Look;
use super::settle::{Settled, Terms, after_poll, by_bridge, by_time};
use super::visit::Seen;
use super::ways::{Came, PostsSeen, WayLook};
use crate::alert::{OperatorKey, Sign};
use crate::assess::{self, BridgeHealth, Calendar, Cause, Standing, WorkDays};
use crate::extract::{DateKind, Found, Post, Posts, Reading, Refusal, Sighting, Sureness};
use crate::fetch::Retry;
use crate::rules::{
    BridgeId, Cadence, Holidays, Lead, Period, Platform, Rungs, Source, SourceId, SourceKind, UnitId, Way,
    WayKind, WayName,
};
use crate::store::{Observation, Stored, Update, replay};

pub(super) const LANGXI: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

/// An account that must post weekly, and what is held of it, played forward by hand.
pub(super) struct Play {
    pub(super) source: Source,
    pub(super) stored: Stored,
    observed: Vec<(DateTime<Utc>, Observation)>,
    posts: Vec<Post>,
}

impl Play {
    pub(super) fn with(ways: Vec<Way>) -> Self {
        let cadence = Cadence {
            name: "weekly".into(),
            period: Period::Days(7),
            lead: Lead::Days(2),
            grace_days: 0,
            remark_due_soon: false,
            rungs: Rungs::default(),
        };
        let source = Source {
            id: SourceId::new("xuanchuanbu/wechat"),
            was: Vec::new(),
            unit: UnitId::new("xuanchuanbu"),
            name: "郎溪发布".into(),
            kind: SourceKind::Feed(Platform::Wechat),
            url: "http://bridge.example/1".parse().unwrap(),
            reading: Arc::new(Reading::Feed),
            ways,
            canary_of: None,
            min_posts_30d: None,
            deregistered: None,
            render: false,
            checked: None,
            cadence: Arc::new(cadence),
            fingerprint: 1,
            place: 1,
        };
        let stored = Stored { poll: None, record: Arc::default() };
        Self { source, stored, observed: Vec::new(), posts: Vec::new() }
    }

    pub(super) fn visit(&mut self, now: &str, looks: &[WayLook]) -> Settled {
        self.poll(now, Look::Ways(looks.to_vec()))
    }

    pub(super) fn poll(&mut self, now: &str, look: Look) -> Settled {
        let stored = self.stored.clone();
        let seen = Seen { look, articles: Vec::new(), without_reissues: None, not_before: None };
        self.step(|terms| after_poll(&stored, &seen, terms, at(now)))
    }

    fn pass(&mut self, now: &str) -> Settled {
        let stored = self.stored.clone();
        self.step(|terms| by_time(&stored, terms, at(now)))
    }

    fn hear_of_bridge(&mut self, now: &str, health: &BridgeHealth) -> Settled {
        let stored = self.stored.clone();
        self.step(|terms| by_bridge(&stored, terms, &BridgeId::new("wewe"), health, at(now)))
    }

    fn step(&mut self, settle: impl FnOnce(&Terms<'_>) -> (Update, Settled)) -> Settled {
        let (assess, alert) = Default::default();
        let holidays = Holidays::default();
        let terms = Terms {
            source: &self.source,
            calendar: &LANGXI,
            assess: &assess,
            alert: &alert,
            days: WorkDays::new(&holidays),
            exempt_until: None,
        };
        let (update, settled) = settle(&terms);
        self.stored.poll = update.poll.or(self.stored.poll);
        if let Some(record) = update.record {
            self.stored.record = Arc::new(record);
        }
        self.observed.extend(update.observations);
        self.posts.extend(update.posts);
        settled
    }

    /// The standing as a bulletin would give it.
    fn replayed(&self, as_of: &str) -> Standing {
        let known = replay(self.observed.iter().filter(|(noted_at, _)| *noted_at <= at(as_of)).cloned());
        let policy = assess::Policy::default();
        let case = assess::Case {
            known: known.known(),
            cadence: &self.source.cadence,
            owes_nothing_from: None,
            calendar: &LANGXI,
            policy: &policy,
            exempt_until: None,
        };
        case.standing(at(as_of))
    }
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn rss(name: &str) -> Way {
    let kind = WayKind::Rss { url: format!("http://{name}.example/").parse().unwrap() };
    Way { name: WayName::new(name), kind, bridge: None }
}

pub(super) fn bridged(name: &str) -> Way {
    Way { bridge: Some(BridgeId::new("wewe")), ..rss(name) }
}

pub(super) fn of_kind(kind: WayKind) -> Way {
    Way { name: WayName::new(kind.word()), kind, bridge: None }
}

fn post(date: &str) -> Post {
    let sighting = Sighting {
        title: format!("{date} 的工作动态"),
        url: String::new(),
        date: day(date),
        raw_date: date.to_owned(),
        found: Found::FeedPublished,
        kind: DateKind::Published,
        sureness: Sureness::Sure,
    };
    Post { sighting, is_pinned: false, is_original: None }
}

pub(super) fn shows(way: &str, now: &str, dates: &[&str]) -> WayLook {
    let posts =
        Posts { posts: dates.iter().map(|date| post(date)).collect(), undated: Vec::new(), account: None };
    let came = Came::Posts(PostsSeen { posts, looked_at: at(now), lasts_until: None });
    WayLook { way: WayName::new(way), came, bridge: None }
}

/// What a person put on record.
pub(super) fn saw(now: &str, date: &str) -> WayLook {
    let look = shows("record", now, &[date]);
    let Came::Posts(seen) = look.came else { unreachable!("it shows posts") };
    let lasts_until = Some(at(now) + TimeDelta::days(7));
    WayLook { came: Came::Posts(PostsSeen { lasts_until, ..seen }), ..look }
}

pub(super) fn refused(way: &str) -> WayLook {
    let came = Came::Nothing { cause: expired(), retry: Retry::AtLeisure, not_before: None };
    WayLook { way: WayName::new(way), came, bridge: None }
}

fn expired() -> Cause {
    Cause::WayRefused(Refusal::AuthorisationEnded("21327 expired_token".to_owned()))
}

fn proven(look: WayLook, date: &str) -> WayLook {
    WayLook { bridge: Some(BridgeHealth::Well { proven: day(date) }), ..look }
}

fn stands(settled: &Settled) -> Vec<&OperatorKey> {
    let standing = settled.signs.iter().filter(|(_, sign)| matches!(sign, Sign::Stands(_)));
    standing.map(|(key, _)| key).collect()
}

#[test]
fn an_account_is_late_when_every_list_says_so_in_two_looks() {
    let mut play = Play::with(vec![rss("a"), rss("b")]);
    let looks = |now| [shows("a", now, &["2022-11-01"]), shows("b", now, &["2022-11-01"])];
    play.visit("2022-11-08T20:00", &looks("2022-11-08T20:00"));
    let first = play.visit("2022-11-09T00:10", &looks("2022-11-09T00:10"));
    assert_eq!(first.standing, Standing::Unknown(Cause::Unconfirmed));
    let second = play.visit("2022-11-09T06:20", &looks("2022-11-09T06:20"));
    assert_eq!(second.standing, Standing::Overdue);
    assert_eq!(play.replayed("2022-11-09T06:20"), Standing::Overdue);
}

#[test]
fn a_post_that_one_list_shows_clears_the_account_whatever_the_other_lacks() {
    let mut play = Play::with(vec![rss("a"), rss("b")]);
    let looks = |now| [shows("a", now, &["2022-11-01"]), shows("b", now, &["2022-11-08", "2022-11-01"])];
    for now in ["2022-11-09T00:10", "2022-11-09T06:20", "2022-11-12T00:00"] {
        assert_eq!(play.visit(now, &looks(now)).standing, Standing::Fresh, "{now}");
    }
    assert!(stands(&play.pass("2022-11-12T00:09")).is_empty());
    let reported = play.pass("2022-11-12T00:10");
    assert_eq!(stands(&reported), [&OperatorKey::WaysDisagree { source: play.source.id.clone() }]);
    let said = reported.signs.iter().find_map(|(_, sign)| match sign {
        Sign::Stands(says) => Some(says.clone()),
        Sign::Over => None,
    });
    let said = said.unwrap();
    assert!(said.contains("a 为 2022-11-01") && said.contains("b 为 2022-11-08"), "{said}");
}

#[test]
fn a_list_of_before_the_newest_post_could_not_know_it_and_one_of_after_should() {
    let mut play = Play::with(vec![rss("a"), of_kind(WayKind::Record)]);
    let feed = |now| shows("a", now, &["2022-11-08", "2022-11-01"]);
    let monday = || saw("2022-11-07T10:00", "2022-11-01");
    for now in ["2022-11-08T20:00", "2022-11-11T20:00", "2022-11-13T20:00"] {
        assert!(stands(&play.visit(now, &[feed(now), monday()])).is_empty(), "{now}");
    }
    let on_the_day = || saw("2022-11-08T10:00", "2022-11-01");
    assert!(stands(&play.visit("2022-11-13T21:00", &[feed("2022-11-13T21:00"), on_the_day()])).is_empty());
    let after = || saw("2022-11-14T10:00", "2022-11-01");
    play.visit("2022-11-14T10:00", &[feed("2022-11-14T10:00"), after()]);
    let reported = play.visit("2022-11-17T10:00", &[feed("2022-11-17T10:00"), after()]);
    assert_eq!(stands(&reported), [&OperatorKey::WaysDisagree { source: play.source.id.clone() }]);
}

#[test]
fn shops_that_offer_one_release_on_different_days_do_not_disagree() {
    let base: url::Url = "http://shop.example/".parse().unwrap();
    let yyb = WayKind::Yyb { base: base.clone(), package: "a".to_owned() };
    let huawei = WayKind::HuaweiAppdl { base, app_id: "C1".to_owned() };
    let mut play = Play::with(vec![of_kind(yyb), of_kind(huawei), rss("a"), rss("b")]);
    let looks = |now, feed| {
        let shops = [shows("yyb", now, &["2022-11-05"]), shows("huawei-appdl", now, &["2022-11-03"])];
        [&shops[..], &[shows("a", now, &["2022-11-02"]), shows("b", now, &[feed])]].concat()
    };
    for now in ["2022-11-05T20:00", "2022-11-09T20:00"] {
        assert!(stands(&play.visit(now, &looks(now, "2022-11-02"))).is_empty(), "{now}");
    }
    for now in ["2022-11-10T20:00", "2022-11-13T20:00"] {
        play.visit(now, &looks(now, "2022-11-04"));
    }
    let key = OperatorKey::WaysDisagree { source: play.source.id.clone() };
    assert_eq!(stands(&play.pass("2022-11-13T20:00")), [&key], "two lists of posts do");
}

#[test]
fn a_list_that_lacks_a_known_post_convicts_nobody() {
    let mut play = Play::with(vec![rss("a"), rss("b")]);
    let both = |now| [shows("a", now, &["2022-11-01"]), shows("b", now, &["2022-11-03"])];
    play.visit("2022-11-04T08:00", &both("2022-11-04T08:00"));
    for now in ["2022-11-11T00:10", "2022-11-11T06:20", "2022-11-11T12:30"] {
        let settled = play.visit(now, &[shows("a", now, &["2022-11-01"]), refused("b")]);
        let cause = Cause::ListsBehind { lists: Some(day("2022-11-01")), newest: day("2022-11-03") };
        assert_eq!(settled.standing, Standing::Unknown(cause), "{now}");
    }
    assert!(matches!(play.replayed("2022-11-11T12:30"), Standing::Unknown(_)));
}

#[test]
fn an_expired_token_makes_the_account_unknown_and_is_told_after_a_day() {
    let mut play = Play::with(vec![rss("a"), of_kind(WayKind::Record)]);
    play.visit("2022-11-04T08:00", &[shows("a", "2022-11-04T08:00", &["2022-11-01"])]);
    let settled = play.visit("2022-11-05T08:00", &[refused("a")]);
    assert_eq!(settled.standing, Standing::Unknown(expired()));
    assert!(stands(&settled).is_empty());
    let before = play.pass("2022-11-06T07:59");
    assert_eq!((stands(&before), before.judge_at), (Vec::new(), Some(at("2022-11-06T08:00"))));
    let told = play.pass("2022-11-06T08:00");
    let key = OperatorKey::WayRefused { source: play.source.id.clone(), way: "a".to_owned() };
    assert_eq!(stands(&told), [&key]);
    let over = play.visit("2022-11-07T08:00", &[shows("a", "2022-11-07T08:00", &["2022-11-06"])]);
    assert_eq!((over.standing.clone(), stands(&over)), (Standing::Fresh, Vec::new()));
    assert!(over.signs.contains(&(key, Sign::Over)));
}

#[test]
fn silence_through_a_bridge_is_proved_only_as_far_as_its_canary_sings() {
    let mut play = Play::with(vec![bridged("a")]);
    let look = |now, canary| [proven(shows("a", now, &["2022-11-01"]), canary)];
    // Due on the 8th. The bridge answers, but has shown nothing of the 9th: it may have frozen on the 8th.
    for now in ["2022-11-09T00:10", "2022-11-09T06:20", "2022-11-09T12:30"] {
        let settled = play.visit(now, &look(now, "2022-11-08"));
        assert_eq!(settled.standing, Standing::Unknown(Cause::Unconfirmed), "{now}");
    }
    let first = play.visit("2022-11-09T18:40", &look("2022-11-09T18:40", "2022-11-09"));
    assert_eq!(first.standing, Standing::Unknown(Cause::Unconfirmed), "one look convicts nobody");
    let second = play.visit("2022-11-10T01:00", &look("2022-11-10T01:00", "2022-11-10"));
    assert_eq!(second.standing, Standing::Overdue);
}

#[test]
fn looks_that_rest_on_one_post_of_a_canary_are_one_look() {
    let mut play = Play::with(vec![bridged("a")]);
    // Due on the 8th. The canary posts in the early morning of the 9th, then the bridge freezes and the unit posts.
    for now in ["2022-11-09T08:00", "2022-11-09T14:10", "2022-11-09T23:50"] {
        let settled = play.visit(now, &[proven(shows("a", now, &["2022-11-01"]), "2022-11-09")]);
        assert_eq!(settled.standing, Standing::Unknown(Cause::Unconfirmed), "{now}");
    }
}

#[test]
fn nobody_is_warned_through_a_bridge_that_has_not_sung_since() {
    let mut play = Play::with(vec![bridged("a")]);
    let look = |now, canary| [proven(shows("a", now, &["2022-11-01"]), canary)];
    let settled = play.visit("2022-11-06T08:00", &look("2022-11-06T08:00", "2022-11-05"));
    assert_eq!(settled.standing, Standing::Unknown(Cause::Unconfirmed));
    let settled = play.visit("2022-11-06T14:00", &look("2022-11-06T14:00", "2022-11-06"));
    assert_eq!(settled.standing, Standing::DueSoon);
}

#[test]
fn a_sick_bridge_makes_its_account_unknown_at_once_and_for_the_bulletin_too() {
    let mut play = Play::with(vec![bridged("a")]);
    play.visit("2022-11-02T08:00", &[proven(shows("a", "2022-11-02T08:00", &["2022-11-01"]), "2022-11-02")]);
    assert_eq!(play.pass("2022-11-03T08:00").standing, Standing::Fresh);
    let sick = BridgeHealth::Sick { why: "探针无新内容".to_owned() };
    let cause = Cause::SickBridge { bridge: "wewe".to_owned(), why: "探针无新内容".to_owned() };
    let settled = play.hear_of_bridge("2022-11-05T00:00", &sick);
    assert_eq!(settled.standing, Standing::Unknown(cause.clone()));
    assert!(stands(&settled).is_empty(), "the operator hears of the bridge, not of each account");
    assert_eq!(play.replayed("2022-11-05T08:00"), Standing::Unknown(cause));
    let well = BridgeHealth::Well { proven: day("2022-11-06") };
    let settled = play.hear_of_bridge("2022-11-06T09:00", &well);
    assert_eq!(settled.standing, Standing::Unknown(Cause::LookTooOld), "nobody has looked through it since");
    let look = proven(shows("a", "2022-11-06T09:01", &["2022-11-01"]), "2022-11-06");
    assert_eq!(play.visit("2022-11-06T09:01", &[look]).standing, Standing::DueSoon);
    assert_eq!(
        play.replayed("2022-11-05T23:00"),
        play.replayed("2022-11-05T08:00"),
        "the past stays as it was"
    );
}

#[test]
fn a_bridge_nobody_has_proved_yet_shows_nothing() {
    let mut play = Play::with(vec![bridged("a")]);
    let look =
        WayLook { bridge: Some(BridgeHealth::Unproven), ..shows("a", "2022-11-02T08:00", &["2022-11-01"]) };
    let settled = play.visit("2022-11-02T08:00", &[look]);
    assert!(matches!(settled.standing, Standing::Unknown(Cause::SickBridge { .. })), "{settled:?}");
    assert_eq!(play.posts, [post("2022-11-01")], "but a post that it did show exists");
}

#[test]
fn what_is_published_but_not_all_that_is_sent_clears_and_never_convicts() {
    let base = "https://api.example/".parse().unwrap();
    let api = WayKind::WechatApi { base, secret: crate::rules::SecretName::new("s") };
    let mut play = Play::with(vec![of_kind(api)]);
    let looks = |now| [shows("wechat-api", now, &["2022-11-01"])];
    assert_eq!(play.visit("2022-11-02T08:00", &looks("2022-11-02T08:00")).standing, Standing::Fresh);
    for now in ["2022-11-09T00:10", "2022-11-09T06:20", "2022-11-20T00:00"] {
        assert_eq!(play.visit(now, &looks(now)).standing, Standing::Unknown(Cause::OnlyPartial), "{now}");
    }
    assert_eq!(play.replayed("2022-11-20T00:00"), Standing::Unknown(Cause::OnlyPartial));
}

#[test]
fn a_persons_word_counts_as_a_look_and_grows_old() {
    let mut play = Play::with(vec![of_kind(WayKind::Record)]);
    let nobody = WayLook { came: Came::NotAsked, ..saw("2022-11-01T08:00", "2022-11-01") };
    let settled = play.visit("2022-11-01T08:00", std::slice::from_ref(&nobody));
    assert_eq!(settled.standing, Standing::Unknown(Cause::NoWayLooked));
    let settled = play.visit("2022-11-02T10:00", &[saw("2022-11-02T10:00", "2022-11-01")]);
    assert_eq!(settled.standing, Standing::Fresh);
    // Going by again without another record is no other look.
    for now in ["2022-11-09T00:10", "2022-11-09T06:20"] {
        let settled = play.visit(now, &[saw("2022-11-02T10:00", "2022-11-01")]);
        assert_eq!(settled.standing, Standing::Unknown(Cause::Unconfirmed), "{now}");
    }
    assert_eq!(play.pass("2022-11-09T10:00").standing, Standing::Unknown(Cause::NoWayLooked));
    let settled = play.visit("2022-11-09T11:00", &[saw("2022-11-09T11:00", "2022-11-01")]);
    assert_eq!(settled.standing, Standing::Unknown(Cause::Unconfirmed));
    let settled = play.visit("2022-11-09T17:00", &[saw("2022-11-09T17:00", "2022-11-01")]);
    assert_eq!(settled.standing, Standing::Overdue, "two persons' looks, six hours apart");
}

#[test]
fn a_pinned_old_post_never_counts_as_newest() {
    let mut play = Play::with(vec![rss("a"), rss("b")]);
    let mut look = shows("a", "2022-11-02T08:00", &["2019-05-01", "2022-11-01"]);
    if let Came::Posts(seen) = &mut look.came {
        seen.posts.posts[0].is_pinned = true;
    }
    let settled = play.visit("2022-11-02T08:00", &[look, refused("b")]);
    assert_eq!(settled.standing, Standing::Fresh);
    let way = &play.stored.record.ways[0];
    assert_eq!(way.newest.as_ref().map(|newest| newest.date), Some(day("2022-11-01")));
    assert_eq!(
        way.covered_from,
        Some(day("2022-11-01")),
        "a pinned post does not say how far back the list goes"
    );
}
