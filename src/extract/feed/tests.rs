use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::{Sureness, UndatedRow};

fn read(body: &[u8], content_type: Option<&str>) -> Result<Listing, ExtractError> {
    let page = Page {
        drawing: None,
        url: "https://www.example.gov.cn/rss/1.xml".parse().unwrap(),
        content_type: content_type.map(str::to_owned),
        body: body.to_vec(),
    };
    let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
    read_feed(&page, seen_at, Shanghai)
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>县政府</title>\
         <link>https://www.example.gov.cn/</link><pubDate>Mon, 05 Oct 2026 08:00:00 +0800</pubDate>\
         <lastBuildDate>2026-10-05</lastBuildDate>{items}</channel></rss>"
    )
}

#[track_caller]
fn items(listing: Result<Listing, ExtractError>) -> (Vec<Sighting>, Vec<crate::extract::UndatedRow>) {
    match listing {
        Ok(Listing::Items { sightings, undated }) => (sightings, undated),
        other => panic!("no items: {other:?}"),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn stamps_that_no_standard_knows_are_read_with_our_own_grammar() {
    let feed = rss(
        "<item><title>甲</title><link>/a/1.html</link><pubDate>2026-10-04 01:39:11.0</pubDate></item>\
         <item><title>乙</title><link>/a/2.html</link><pubDate>2026年09月30日</pubDate></item>\
         <item><title>丙</title><link>/a/3.html</link><pubDate>Wed, 30 Sep 2026 23:30:00 GMT</pubDate></item>",
    );
    let (sightings, undated) = items(read(feed.as_bytes(), None));
    assert_eq!(undated, []);
    assert_eq!(
        sightings[0],
        Sighting {
            title: "甲".to_owned(),
            url: "https://www.example.gov.cn/a/1.html".to_owned(),
            date: day(2026, 10, 4),
            raw_date: "2026-10-04 01:39:11.0".to_owned(),
            found: Found::FeedPublished,
            kind: DateKind::Published,
            sureness: Sureness::Sure,
        }
    );
    assert_eq!(sightings[1].date, day(2026, 9, 30));
    assert_eq!(sightings[2].date, day(2026, 10, 1));
    assert_eq!(sightings[2].raw_date, "Wed, 30 Sep 2026 23:30:00 GMT");
}

#[test]
fn items_without_a_usable_date_stay_undated_whatever_the_channel_says() {
    let feed =
        rss("<item><title>甲</title><pubDate>2026-10-04</pubDate></item><item><title>乙</title></item>\
         <item><title>丙</title><pubDate/></item><item><title>丁</title><pubDate>2027-01-01</pubDate></item>\
         <item><title>戊</title><pubDate>某日</pubDate></item>");
    let (sightings, undated) = items(read(feed.as_bytes(), None));
    assert_eq!(sightings.len(), 1);
    assert_eq!(sightings[0].url, "");
    let reasons: Vec<RowError> = undated.into_iter().map(|row| row.why).collect();
    assert_eq!(
        reasons,
        [
            RowError::Missing,
            RowError::Missing,
            RowError::Future("2027-01-01".to_owned()),
            RowError::Unreadable("某日".to_owned()),
        ]
    );
}

#[test]
fn a_feed_with_a_channel_date_but_no_items_has_no_rows() {
    assert_eq!(read(rss("").as_bytes(), None), Err(ExtractError::NoRows));
}

#[test]
fn a_feed_whose_items_have_no_dates_has_no_dates() {
    let feed = rss("<item><title>甲</title></item>");
    let undated = UndatedRow { title: "甲".to_owned(), url: String::new(), why: RowError::Missing };
    let expected = ExtractError::NoDates { rows: 1, first: RowError::Missing, undated: vec![undated] };
    assert_eq!(read(feed.as_bytes(), None), Err(expected));
}

#[test]
fn an_atom_entry_that_was_only_updated_is_flagged() {
    let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><title>县政府</title><updated>2026-10-05T00:00:00Z</updated>\
        <entry><title>甲</title><link rel='self' href='/self'/><link href='/a/1.html'/>\
        <updated>2026-10-04T00:00:00Z</updated><published>2026-09-30T17:00:00Z</published></entry>\
        <entry><title>乙</title><link href='https://mp.example.cn/2'/><updated>2026-10-02T10:00:00+08:00</updated></entry>\
        </feed>";
    let (sightings, _) = items(read(feed.as_bytes(), None));
    assert_eq!((sightings[0].date, sightings[0].found), (day(2026, 10, 1), Found::FeedPublished));
    assert_eq!(sightings[0].url, "https://www.example.gov.cn/a/1.html");
    assert_eq!((sightings[1].date, sightings[1].found), (day(2026, 10, 2), Found::FeedUpdated));
    assert_eq!(sightings[1].raw_date, "2026-10-02T10:00:00+08:00");
}

#[test]
fn a_json_feed_is_read() {
    let feed = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "县发布", "items": [
        {"id": "1", "url": "https://mp.example.cn/1", "title": "甲", "date_published": "2026-09-30T20:00:00Z"},
        {"id": "2", "url": "https://mp.example.cn/2", "title": "乙", "date_modified": "2026-09-01 01:30:00"}]}"#;
    let (sightings, _) = items(read(feed.as_bytes(), Some("application/feed+json")));
    assert_eq!((sightings[0].date, sightings[0].found), (day(2026, 10, 1), Found::FeedPublished));
    assert_eq!((sightings[1].date, sightings[1].found), (day(2026, 9, 1), Found::FeedUpdated));
}

#[test]
fn a_feed_in_gbk_is_read_whether_declared_or_not() {
    for declaration in ["<?xml version=\"1.0\" encoding=\"gb2312\"?>", ""] {
        let feed = rss("<item><title>更新</title><pubDate>2026年09月30日</pubDate></item>");
        let feed = feed.replace("<?xml version=\"1.0\" encoding=\"utf-8\"?>", declaration);
        let (bytes, _, _) = encoding_rs::GB18030.encode(&feed);
        let (sightings, _) = items(read(&bytes, None));
        assert_eq!((sightings[0].title.as_str(), sightings[0].date), ("更新", day(2026, 9, 30)));
    }
}

#[test]
fn a_page_that_is_no_feed_is_a_bad_feed() {
    for body in
        ["", "<html><body>验证码</body></html>", "{\"code\": -1}", "<rss version='2.0'><channel><item>"]
    {
        assert!(
            matches!(read(body.as_bytes(), None), Err(ExtractError::BadFeed(_) | ExtractError::NoRows)),
            "{body}"
        );
    }
    assert!(matches!(read(b"<html></html>", None), Err(ExtractError::BadFeed(_))));
}

#[test]
fn the_same_item_twice_is_one_sighting() {
    let item = "<item><title>甲</title><link>/1</link><pubDate>2026-10-04</pubDate></item>";
    let (sightings, _) = items(read(rss(&item.repeat(2)).as_bytes(), None));
    assert_eq!(sightings.len(), 1);
}
