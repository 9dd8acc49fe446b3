use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

use super::*;
use crate::extract::{Families, FinderBounds, ListSelectors, Listing, TableHeaders, decode};

fn selectors() -> ListSelectors {
    ListSelectors {
        list: "ul".to_owned(),
        row: "li".to_owned(),
        skip: Some("li.line".to_owned()),
        link: "a".to_owned(),
        date: "span".to_owned(),
        empty: vec!["暂无信息".to_owned()],
        empty_in: Some("p".to_owned()),
    }
}

fn readings() -> [Reading; 5] {
    [
        Reading::List(selectors()),
        Reading::Finder(FinderBounds::default()),
        Reading::Table(TableHeaders::default()),
        Reading::Auto(Families::default()),
        Reading::Feed,
    ]
}

/// Reads in every way; what is read must be within bounds.
fn read_all(body: &[u8]) {
    let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
    let url = "https://www.example.gov.cn/".parse().unwrap();
    let page = Page { drawing: None, url, content_type: Some("text/html".to_owned()), body: body.to_vec() };
    for reading in readings() {
        let listing = Extractor::new(&reading).unwrap().extract(&page, seen_at, Shanghai);
        if let Ok(Extracted::Listing(Listing::Items { sightings, .. })) = listing {
            assert!(!sightings.is_empty());
            assert!(sightings.iter().all(|s| s.date <= NaiveDate::from_ymd_opt(2026, 10, 6).unwrap()));
            let seen = decode(&page.body, None);
            for sighting in &sightings {
                let mut figures = sighting.raw_date.split(|c: char| !c.is_numeric());
                assert!(figures.all(|figures| seen.contains(figures)), "{sighting:?}");
            }
        }
    }
}

#[test]
fn an_extractor_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Extractor>();
}

#[test]
fn a_bad_selector_is_named_with_its_key() {
    let broken = "li[".to_owned();
    let cases = [
        ("list", ListSelectors { list: broken.clone(), ..selectors() }),
        ("row", ListSelectors { row: broken.clone(), ..selectors() }),
        ("skip", ListSelectors { skip: Some(broken.clone()), ..selectors() }),
        ("link", ListSelectors { link: broken.clone(), ..selectors() }),
        ("date", ListSelectors { date: broken.clone(), ..selectors() }),
        ("empty-in", ListSelectors { empty_in: Some(broken), ..selectors() }),
    ];
    for (key, list) in cases {
        let error = Extractor::new(&Reading::List(list)).unwrap_err();
        assert_eq!((error.key, error.selector.as_str()), (key, "li["));
        assert!(
            error.to_string().starts_with(&format!("cannot read the selector `li[` of `{key}`: ")),
            "{error}"
        );
    }
}

#[test]
fn deep_pages_are_read_without_a_deep_stack() {
    let deep = format!("{}<a href=1>甲公告</a><span>2026-09-01</span>", "<div>".repeat(900));
    read_all(deep.as_bytes());
    read_all(format!("{}<a href=1>甲公告</a>", "<ul><li>2026-09-01".repeat(900)).as_bytes());
}

/// Scraps of pages and feeds, so that random documents get past the first bytes.
fn scrap() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(
            &[
                "<ul>",
                "</ul>",
                "<li>",
                "</li>",
                "<li class=line>",
                "<a href=1>",
                "<a title='公告'>",
                "</a>",
                "<span>",
                "</span>",
                "2026-09-01",
                "09-01",
                "[2026-09",
                "年9月1日",
                "昨天",
                "暂无信息",
                "<table>",
                "<table><tr><th>名称<th>发布日期<tr>",
                "<dl><dt>",
                "<dd>",
                "<br>",
                "<tr>",
                "<td>",
                "<div class=list>",
                "</div>",
                "<!--",
                "-->",
                "<script>",
                "<rss version='2.0'>",
                "<channel>",
                "<item>",
                "<pubDate>",
                "</pubDate>",
                "</item>",
                "<feed>",
                "<entry>",
                "<?xml version='1.0'?>",
                "{\"version\":",
                "&amp;",
                "<base href='//['>",
                "<![CDATA[",
            ][..]
        )
        .prop_map(str::to_owned),
        ".{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_any_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        read_all(&bytes);
    }

    #[test]
    fn no_scraps_of_a_page_make_any_reading_panic(scraps in prop::collection::vec(scrap(), 0..60)) {
        read_all(scraps.concat().as_bytes());
    }
}
