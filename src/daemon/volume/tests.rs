use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::account_tests::{LANGXI, Play, at, bridged, day, of_kind, refused, rss, saw, shows};
use super::super::learn::Look;
use super::super::ways::{Came, WayLook};
use super::*;
use crate::extract::{DateKind, Found, RowError, Sighting, Sureness, UndatedRow};
use crate::fetch::Validators;
use crate::rules::WayName;
use crate::store::SourceRecord;

/// An account that is to post eight times in thirty days.
fn wanting(ways: Vec<Way>) -> Play {
    let mut play = Play::with(ways);
    play.source.min_posts_30d = Some(8);
    play
}

fn through(look: WayLook, bridge: BridgeHealth) -> WayLook {
    WayLook { bridge: Some(bridge), ..look }
}

fn proven(date: &str) -> BridgeHealth {
    BridgeHealth::Well { proven: day(date) }
}

/// Of two posts, whether they are too few up to the 27th.
fn is_too_few(play: &Play) -> bool {
    let posts = ["2022-11-02", "2022-11-20"].map(|date| Posted { day: day(date), is_original: None });
    too_few_posts(&play.source, &play.stored, &posts, day("2022-11-27"), &LANGXI).is_some()
}

const OCTOBER: &str = "2022-10-20";

#[test]
fn a_list_that_was_followed_to_the_end_shows_that_an_account_posted_too_little() {
    let mut play = wanting(vec![rss("a"), of_kind(WayKind::Record)]);
    play.visit("2022-11-26T20:00", &[shows("a", "2022-11-26T20:00", &["2022-11-20", OCTOBER])]);
    assert!(!is_too_few(&play), "nobody has looked on the 27th");
    play.visit("2022-11-27T20:00", &[shows("a", "2022-11-27T20:00", &["2022-11-20", OCTOBER])]);
    assert!(is_too_few(&play));
    play.source.min_posts_30d = None;
    assert!(!is_too_few(&play), "nobody asks for more");
}

#[test]
fn nobody_counts_posts_while_the_bridge_is_doubted() {
    let list = |now| shows("a", now, &["2022-11-02", OCTOBER]);
    let mut play = wanting(vec![bridged("a"), of_kind(WayKind::Record)]);
    play.visit("2022-11-04T20:00", &[through(list("2022-11-04T20:00"), proven("2022-11-04"))]);
    let end = "2022-11-28T20:00";
    let sick = BridgeHealth::Sick { why: "探针无新内容".to_owned() };
    for (bridge, expected) in [
        (sick, false),
        (BridgeHealth::Unproven, false),
        (proven("2022-11-26"), false),
        (proven("2022-11-27"), true),
    ] {
        play.visit(end, &[through(list(end), bridge.clone()), saw(end, "2022-11-28")]);
        assert_eq!(is_too_few(&play), expected, "{bridge:?}");
    }
}

#[test]
fn nobody_counts_posts_by_a_list_that_fails_or_lacks_a_known_post() {
    let both = |now, b| [shows("a", now, &["2022-11-20", OCTOBER]), b];
    let mut play = wanting(vec![rss("a"), of_kind(WayKind::Record)]);
    let newer = || saw("2022-11-27T20:00", "2022-11-26");
    play.visit("2022-11-28T20:00", &both("2022-11-28T20:00", newer()));
    assert!(!is_too_few(&play), "it lacks the post of the 26th");
    let mut play = wanting(vec![rss("a"), of_kind(WayKind::Record)]);
    play.visit("2022-11-27T20:00", &both("2022-11-27T20:00", saw("2022-11-27T20:00", "2022-11-20")));
    assert!(is_too_few(&play));
    play.visit("2022-11-28T20:00", &[refused("a")]);
    assert!(!is_too_few(&play), "it fails");
}

#[test]
fn posts_without_a_date_may_be_those_that_are_missing() {
    let mut play = wanting(vec![rss("a"), rss("b")]);
    let mut look = shows("a", "2022-11-27T20:00", &["2022-11-20", OCTOBER]);
    if let Came::Posts(seen) = &mut look.came {
        let row = UndatedRow { title: "活动".into(), url: String::new(), why: RowError::Missing };
        seen.posts.undated.push(row);
    }
    play.visit("2022-11-27T20:00", &[look, refused("b")]);
    assert!(!is_too_few(&play));
}

#[test]
fn a_feed_that_is_read_like_a_page_counts_while_it_is_read() {
    let mut play = wanting(vec![rss("a")]);
    let look = |dates: &[&str]| {
        let sightings = dates.iter().map(|date| item(date, "动态", "")).collect();
        let listing = Listing::Items { sightings, undated: Vec::new() };
        Look::Read { listing, validators: Validators::default(), body_hash: 1, identity: None }
    };
    play.poll("2022-11-26T20:00", look(&["2022-11-20", OCTOBER]));
    assert!(!is_too_few(&play), "nobody has looked on the 27th");
    play.poll("2022-11-27T20:00", Look::NotModified);
    assert!(is_too_few(&play));
}

#[test]
fn what_is_kept_on_top_does_not_say_how_far_back_a_list_goes() {
    let goes_back = |items: &[(&str, &str)]| {
        let sightings = items.iter().map(|(date, title)| item(date, title, "")).collect();
        goes_back_to(&Listing::Items { sightings, undated: Vec::new() })
    };
    let (old, late, early) = (("2021-03-01", "[置顶]公告"), ("2022-11-20", "甲"), ("2022-11-05", "乙"));
    assert_eq!(goes_back(&[old, late, early]), Some(day("2022-11-05")));
    assert_eq!(goes_back(&[late, early, old]), Some(day("2022-11-05")), "a bridge may sort by nothing");
    assert_eq!(goes_back(&[("2021-03-01", "公告"), late, early]), Some(day("2022-11-05")), "without a mark");
    assert_eq!(goes_back(&[]), None);
    let mut play = wanting(vec![rss("a"), of_kind(WayKind::Record)]);
    play.visit(
        "2022-11-27T20:00",
        &[shows("a", "2022-11-27T20:00", &["2021-03-01", "2022-11-20", "2022-11-05"])],
    );
    assert_eq!(play.stored.record.ways[0].covered_from, Some(day("2022-11-05")));
}

fn item(date: &str, title: &str, url: &str) -> Sighting {
    Sighting {
        title: title.to_owned(),
        url: url.to_owned(),
        date: day(date),
        raw_date: date.to_owned(),
        found: Found::FeedPublished,
        kind: DateKind::Published,
        sureness: Sureness::Sure,
    }
}

/// How many posts of one day these titles and addresses are.
fn count(shown: &[(&str, &str)]) -> usize {
    posts_among(shown.iter().map(|(title, url)| record(title, url, None))).len()
}

fn record(title: &str, url: &str, is_original: Option<bool>) -> SightingRecord {
    let first_seen_at: DateTime<Utc> = at("2022-11-20T20:00");
    let not_shown_at = Some(first_seen_at - TimeDelta::days(1));
    SightingRecord { sighting: item("2022-11-20", title, url), first_seen_at, not_shown_at, is_original }
}

#[test]
fn posts_of_one_title_at_several_addresses_of_one_way_are_several_posts() {
    let weibo = ["1", "2", "3"].map(|id| format!("https://weibo.com/100/{id}"));
    let alike = |title| weibo.iter().map(|url| (title, url.as_str())).collect::<Vec<_>>();
    assert_eq!(count(&alike("转发微博")), 3);
    assert_eq!(count(&alike("🎉")), 3, "of a title without a letter too");
    let within = ["7", "8"].map(|id| format!("https://douyin.example/video/{id}/?region=CN"));
    assert_eq!(count(&within.each_ref().map(|url| ("天气预报", url.as_str()))), 2);
}

#[test]
fn a_post_that_several_ways_show_is_one_post() {
    let of = |ways: &[&str]| count(&ways.iter().map(|url| ("天气预报", *url)).collect::<Vec<_>>());
    assert_eq!(of(&["https://weibo.com/100/1", "https://m.weibo.cn/status/9", ""]), 1);
    let in_two_manners =
        ["https://mp.weixin.qq.com/s/abc", "http://mp.weixin.qq.com/s?__biz=M&mid=1&idx=1&sn=a#rd"];
    assert_eq!(of(&in_two_manners), 1);
    assert_eq!(of(&["http://mp.weixin.qq.com/s/abc#rd", "https://mp.weixin.qq.com/s/abc"]), 1);
    assert_eq!(of(&["https://weibo.com/100/1", "https://m.weibo.cn/status/9", "https://weibo.com/100/2"]), 2);
}

#[test]
fn whether_a_post_is_original_is_taken_from_whichever_way_says_it() {
    let posts = posts_among([
        record("甲", "https://rss.example/1", None),
        record("甲", "https://weibo.com/100/1", Some(true)),
        record("转发", "https://weibo.com/100/2", Some(false)),
        record("转发", "https://weibo.com/100/3", Some(true)),
    ]);
    let mut flags: Vec<_> = posts.iter().map(|post| post.is_original).collect();
    flags.sort_unstable();
    assert_eq!(flags, [Some(false), Some(true), Some(true)]);
}

#[test]
fn a_way_that_nobody_has_looked_at_covers_nothing() {
    let mut play = wanting(vec![rss("a"), of_kind(WayKind::Record)]);
    assert_eq!(covered_from(&play.source, &play.stored, day("2022-11-27"), &LANGXI), None);
    let known = WayRecord { covered_from: Some(day(OCTOBER)), ..WayRecord::new(WayName::new("a")) };
    play.stored.record = Arc::new(SourceRecord { ways: vec![known], ..SourceRecord::default() });
    assert_eq!(covered_from(&play.source, &play.stored, day("2022-11-27"), &LANGXI), None);
}
