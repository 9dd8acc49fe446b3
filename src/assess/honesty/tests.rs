use super::*;
use chrono::{Days, TimeDelta};
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon of a day in Shanghai.
fn noon(text: &str) -> DateTime<Utc> {
    format!("{text}T04:00:00Z").parse().unwrap()
}

/// An item seen on the day it bears, an hour after a look that did not show it.
fn item(title: &'static str, date: &str) -> Item<'static> {
    late(title, date, date)
}

/// An item seen on another day than it bears.
fn late(title: &'static str, date: &str, seen: &str) -> Item<'static> {
    Item {
        title,
        url: "",
        date: day(date),
        kind: DateKind::Published,
        sureness: Sureness::Sure,
        first_seen_at: noon(seen),
        not_shown_at: Some(noon(seen) - TimeDelta::hours(1)),
        text: None,
    }
}

fn with_text(item: Item<'static>, hash: u64, length: usize) -> Item<'static> {
    Item { text: Some(Text { hash, length }), ..item }
}

fn history<'a>(items: &'a [Item<'a>]) -> History<'a> {
    History { items, watched_since: noon("2025-01-01"), zone: Shanghai }
}

fn suspected(items: &[Item]) -> Vec<Suspicion> {
    suspicions(&history(items), &[day("2026-03-27")], &HonestyPolicy::default())
}

fn newest(items: &[Item]) -> Option<Newest> {
    newest_honest(&history(items), &HonestyPolicy::default())
}

/// The one suspicion.
fn sole(items: &[Item]) -> Suspicion {
    let mut found = suspected(items);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn likeness(items: &[Item]) -> Likeness {
    match sole(items) {
        Suspicion::OldTextNewDate { likeness, .. } => likeness,
        other => panic!("{other:?}"),
    }
}

const TITLE: &str = "关于做好冬季供水安全工作的通知";

#[test]
fn a_day_that_has_not_come_is_suspect_and_tomorrow_is_not() {
    assert_eq!(suspected(&[late(TITLE, "2026-03-02", "2026-03-01")]), []);
    let found = sole(&[late(TITLE, "2026-03-03", "2026-03-01")]);
    assert_eq!(
        found.chinese(),
        format!("疑似发布日期有误：《{TITLE}》标注日期 2026-03-03 晚于发现日期 2026-03-01，请核实")
    );
    assert_eq!(newest(&[late(TITLE, "2026-03-03", "2026-03-01")]), None);
}

#[test]
fn a_day_of_the_countys_zone_is_not_one_of_utc() {
    // 17:00 in UTC is one o'clock of the next day in Shanghai.
    let early = Item { first_seen_at: "2026-03-01T17:00:00Z".parse().unwrap(), ..item(TITLE, "2026-03-03") };
    assert_eq!(suspected(&[early]), []);
}

#[test]
fn an_item_that_a_look_did_not_show_sixteen_days_after_its_day_is_suspect() {
    assert_eq!(suspected(&[late(TITLE, "2026-02-01", "2026-02-16")]), [], "fifteen days");
    let found = sole(&[late(TITLE, "2026-02-01", "2026-02-17")]);
    let expected = Suspicion::BackDated {
        item: Named { title: TITLE.to_owned(), url: String::new(), date: day("2026-02-01") },
        first_seen_at: noon("2026-02-17"),
        not_shown_on: day("2026-02-17"),
        days: 16,
    };
    assert_eq!(found, expected);
    assert_eq!(
        found.to_string(),
        format!("`{TITLE}` bears 2026-02-01, but 16 days later, on 2026-02-17, it was not there")
    );
}

#[test]
fn an_outage_on_our_side_does_not_make_an_item_late() {
    let after_an_outage =
        Item { not_shown_at: Some(noon("2026-01-30")), ..late(TITLE, "2026-02-01", "2026-03-20") };
    assert_eq!(suspected(&[after_an_outage]), []);
    assert_eq!(suspected(&[Item { not_shown_at: None, ..after_an_outage }]), []);
}

#[test]
fn what_was_there_at_the_first_look_is_not_late() {
    let before = Item { not_shown_at: Some(noon("2024-12-31")), ..late(TITLE, "2020-02-01", "2025-01-01") };
    assert_eq!(suspected(&[before]), []);
}

#[test]
fn an_item_that_may_come_from_the_second_page_is_not_late() {
    let newer: [&str; 10] =
        std::array::from_fn(|place| ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"][place]);
    let mut items: Vec<Item> =
        newer.into_iter().map(|title| late(title, "2026-01-05", "2026-01-05")).collect();
    items.push(late(TITLE, "2026-01-01", "2026-03-01"));
    assert_eq!(suspected(&items), []);
    items.remove(0);
    assert!(matches!(sole(&items), Suspicion::BackDated { .. }));
}

#[test]
fn an_item_that_has_moved_to_another_address_is_not_late() {
    let moved = Item { url: "https://new.example.gov.cn/1.html", ..late(TITLE, "2026-02-01", "2026-03-20") };
    let before = Item { url: "https://www.example.gov.cn/1.html", ..item(TITLE, "2026-02-01") };
    assert_eq!(suspected(&[before, moved]), []);
}

#[test]
fn a_day_of_signature_or_without_its_year_is_never_late() {
    let signed = Item { kind: DateKind::Signed, ..late(TITLE, "2026-01-01", "2026-03-20") };
    let yearless = Item { sureness: Sureness::YearInferred, ..late(TITLE, "2026-01-01", "2026-03-20") };
    assert_eq!(suspected(&[signed, yearless]), []);
}

#[test]
fn the_same_text_under_a_new_date_is_suspect_whatever_its_title() {
    let old = with_text(item("关于供水的通知", "2025-06-01"), 7, 100);
    let new = with_text(item("关于冬季供水工作的紧急通知", "2026-03-01"), 7, 100);
    assert_eq!(likeness(&[old, new]), Likeness::SameText);
    let found = sole(&[new, old]);
    assert!(!found.is_weak());
    assert_eq!(
        found.chinese(),
        "疑似旧稿新发：《关于冬季供水工作的紧急通知》（2026-03-01）与 2025-06-01 的信息正文相同，请核实"
    );
}

#[test]
fn short_texts_are_alike_without_being_the_same() {
    let short = |title, date| with_text(item(title, date), 7, 99);
    assert_eq!(
        suspected(&[
            short("关于供水的通知", "2025-06-01"),
            short("关于冬季供水工作的紧急通知", "2026-03-01")
        ]),
        []
    );
}

#[test]
fn the_same_title_is_suspect_unless_the_texts_are_known_to_differ() {
    let (old, new) = (item(TITLE, "2025-06-01"), item("关于做好冬季供水安全工作的 通知", "2026-03-01"));
    assert_eq!(likeness(&[old, new]), Likeness::SameTitle);
    assert_eq!(likeness(&[with_text(old, 7, 500), new]), Likeness::SameTitle);
    assert_eq!(suspected(&[with_text(old, 7, 500), with_text(new, 8, 500)]), []);
}

#[test]
fn a_correction_within_a_month_is_no_old_text() {
    assert_eq!(suspected(&[item(TITLE, "2026-02-01"), item(TITLE, "2026-03-02")]), [], "29 days");
    assert_eq!(suspected(&[item(TITLE, "2026-02-01"), item(TITLE, "2026-03-03")]).len(), 1, "30 days");
}

#[test]
fn reports_of_different_years_have_different_titles() {
    let items = [
        item("示例县2024年度财政决算公开报告书", "2025-08-01"),
        item("示例县2025年度财政决算公开报告书", "2026-08-01"),
    ];
    assert_eq!(suspected(&items), []);
}

#[test]
fn titles_that_recur_are_weakly_suspect_at_most() {
    for title in ["会议通知", "示例县安全生产周报", "示例县行政处罚公示", "示例县生态环境监测简报第3期"]
    {
        assert_eq!(
            likeness(&[item(title, "2025-06-01"), item(title, "2026-03-01")]),
            Likeness::RecurringTitle,
            "{title}"
        );
    }
    let thrice = [item(TITLE, "2025-01-01"), item(TITLE, "2025-06-01"), item(TITLE, "2026-03-01")];
    assert_eq!(suspected(&thrice).len(), 2);
    assert!(suspected(&thrice).iter().all(Suspicion::is_weak));
}

#[test]
fn titles_that_a_list_has_cut_are_not_compared() {
    let cut = "示例县人民政府办公室关于印发示例县...";
    assert_eq!(suspected(&[item(cut, "2025-06-01"), item(cut, "2026-03-01")]), []);
}

#[test]
fn a_page_updated_in_place_is_weakly_suspect_and_strongly_if_its_text_stayed() {
    let at = |date: &str, hash: Option<u64>| {
        let item = Item {
            url: "https://www.example.gov.cn/jgzn.html", ..item("示例县水务局机构职能", date)
        };
        hash.map_or(item, |hash| with_text(item, hash, 400))
    };
    assert_eq!(likeness(&[at("2025-06-01", None), at("2026-03-01", None)]), Likeness::SameAddress);
    assert_eq!(likeness(&[at("2025-06-01", Some(7)), at("2026-03-01", Some(7))]), Likeness::SameText);
    assert_eq!(suspected(&[at("2025-06-01", Some(7)), at("2026-03-01", Some(8))]), []);
}

#[test]
fn an_old_copy_that_turns_up_later_does_not_taint_the_new_item() {
    let copy = Item { not_shown_at: None, ..late(TITLE, "2025-06-01", "2026-03-10") };
    assert_eq!(suspected(&[item(TITLE, "2026-03-01"), copy]), []);
}

const FIVE: [&str; 5] = [
    "供水工作动态信息一",
    "供水工作动态信息二",
    "供水工作动态信息三",
    "供水工作动态信息四",
    "供水工作动态信息五",
];

#[test]
fn many_items_before_a_cut_off_after_a_long_silence_are_a_burst() {
    let burst = |from: &'static str| -> Vec<Item> {
        [item(TITLE, "2026-01-24")].into_iter().chain(FIVE.map(|title| item(title, from))).collect()
    };
    let found = sole(&burst("2026-03-25"));
    let expected =
        Suspicion::Burst { day: day("2026-03-25"), items: 5, cut_off: day("2026-03-27"), silent_days: 60 };
    assert_eq!(found, expected);
    assert_eq!(
        found.chinese(),
        "疑似突击更新：连续 60 天未更新后，自 2026-03-25 至 2026-03-27 截止日集中发布 5 条，请核实"
    );
    assert_eq!(suspected(&burst("2026-03-24")), [], "four days before");
    assert_eq!(suspected(&burst("2026-03-28")), [], "after the cut-off");
    assert_eq!(suspected(&burst("2026-03-25")[..5]), [], "four items");
}

#[test]
fn a_burst_needs_a_silence_that_is_known() {
    assert_eq!(suspected(&FIVE.map(|title| item(title, "2026-03-25"))), [], "nobody knows what came before");
    let mut items = FIVE.map(|title| item(title, "2026-03-25")).to_vec();
    items.push(item(TITLE, "2026-01-25"));
    assert_eq!(suspected(&items), [], "59 days");
}

#[test]
fn the_newest_day_is_clear_where_an_unsuspected_item_bears_it() {
    assert_eq!(newest(&[]), None);
    let items = [
        item(TITLE, "2025-06-01"),
        item(TITLE, "2026-03-01"),
        item("关于春季供水安全工作的通知", "2026-03-01"),
    ];
    assert_eq!(newest(&items), Some(Newest::Clear(day("2026-03-01"))));
}

#[test]
fn an_old_text_under_a_new_date_makes_the_newest_day_doubtful() {
    let items = [
        item(TITLE, "2025-06-01"),
        item("关于秋季供水安全工作的通知", "2025-09-01"),
        item(TITLE, "2026-03-01"),
    ];
    let because = sole(&items);
    let expected = Newest::Doubtful { claimed: day("2026-03-01"), without: day("2025-09-01"), because };
    assert_eq!(newest(&items), Some(expected));
}

#[test]
fn a_weak_suspicion_leaves_the_newest_day_clear() {
    let items = [item("示例县安全生产月报", "2026-02-01"), item("示例县安全生产月报", "2026-03-03")];
    assert!(sole(&items).is_weak());
    assert_eq!(newest(&items), Some(Newest::Clear(day("2026-03-03"))));
}

#[test]
fn a_suspicion_reads_back_as_it_was_written() {
    for suspicion in suspected(&[
        item(TITLE, "2025-06-01"),
        item(TITLE, "2026-03-01"),
        late("关于供水的函", "2026-01-01", "2026-03-01"),
    ]) {
        let text = serde_json::to_string(&suspicion).unwrap();
        assert_eq!(serde_json::from_str::<Suspicion>(&text).unwrap(), suspicion, "{text}");
    }
}

proptest! {
    #[test]
    fn an_honest_history_is_never_suspect(
        count in 1..60usize,
        gap in 1..120u64,
        delays in prop::collection::vec(0..48i64, 60),
        cut_off in 0..4_000u64,
    ) {
        let titles: Vec<String> = (0..count).map(|number| format!("关于第{number}次供水检查情况的说明材料")).collect();
        let start = day("2025-01-01");
        let items: Vec<Item> = titles
            .iter()
            .zip(&delays)
            .enumerate()
            .map(|(place, (title, delay))| {
                let date = start + Days::new(gap * place as u64);
                let first_seen_at = date.and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::hours(*delay - 8);
                let not_shown_at = Some(first_seen_at - TimeDelta::hours(6));
                Item { title, url: "", date, first_seen_at, not_shown_at, text: None, ..item("", "2025-01-01") }
            })
            .collect();
        let cut_offs = [start + Days::new(cut_off)];
        prop_assert_eq!(suspicions(&history(&items), &cut_offs, &HonestyPolicy::default()), []);
        let last = items.iter().map(|item| item.date).max().unwrap();
        prop_assert_eq!(newest_honest(&history(&items), &HonestyPolicy::default()), Some(Newest::Clear(last)));
    }

    #[test]
    fn the_doubtful_day_is_always_the_newest_and_the_other_is_older(
        seeds in prop::collection::vec((0..4usize, 0..900u64, 0..900u64), 1..12),
    ) {
        let items: Vec<Item> = seeds
            .iter()
            .map(|(title, date, seen)| Item {
                date: day("2025-01-01") + Days::new(*date),
                first_seen_at: noon("2025-01-01") + TimeDelta::days(i64::try_from(*seen).unwrap()),
                not_shown_at: None,
                ..item([TITLE, "关于供水安全的函", "供水月报", "供水情况的说明材料"][*title], "2025-01-01")
            })
            .collect();
        if let Some(Newest::Doubtful { claimed, without, because }) = newest(&items) {
            prop_assert!(without < claimed);
            prop_assert!(!because.is_weak());
            prop_assert!(items.iter().any(|item| item.date == without));
        }
    }
}
