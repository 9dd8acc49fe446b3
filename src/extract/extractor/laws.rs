//! What holds for every document that a reading of data may meet.

use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::extract::trial::{read, seen_at};
use crate::extract::{
    DateKind, Extracted, JsonDate, JsonFields, JsonItems, JsonRows, Listing, Reading, read_date,
};

/// Each reading of data, with the address of an answer and of a shell.
fn readings() -> Vec<(Reading, &'static str)> {
    let date = |path: &str, kind| JsonDate { path: path.to_owned(), kind };
    let items = JsonRows::Items(JsonItems {
        items: "$.data.results".to_owned(),
        title: "$.title".to_owned(),
        link: Some("$.url".to_owned()),
        dates: vec![date("$..create_time", DateKind::Published), date("$.date", DateKind::Signed)],
        only: None,
    });
    let html = JsonRows::Html { path: "$.data.html".to_owned(), selectors: None };
    let json =
        |rows| Reading::Json(JsonFields { rows, total: Some("$.data.total".to_owned()), success: None });
    let shell = "https://www.example.gov.cn/col/col7/index.html";
    vec![
        (json(items), shell),
        (json(html), shell),
        (Reading::Jcms(None), shell),
        (Reading::Jcms(None), "https://www.example.gov.cn/module/web/jpage/dataproxy.jsp"),
        (Reading::Gkmlpt { column: None }, "https://www.example.gov.cn/gkmlpt/index#7"),
        (Reading::Gkmlpt { column: None }, "https://www.example.gov.cn/gkmlpt/api/all/7?page=1&sid=1"),
        (Reading::Jpaas, shell),
        (Reading::Ucap, shell),
        (Reading::Ucap, "https://www.example.gov.cn/common/search/0123456789abcdef0123456789abcdef"),
    ]
}

/// Reads in every way. A date must be what its evidence says, and the evidence must be in the document; a lead must stay
/// on the host.
fn check_all(document: &str) -> Result<(), TestCaseError> {
    for (reading, url) in readings() {
        match read(&reading, url, document) {
            Ok(Extracted::Listing(Listing::Items { sightings, .. })) => {
                prop_assert!(!sightings.is_empty());
                for sighting in sightings {
                    let reread = read_date(&sighting.raw_date, seen_at(), Shanghai).map(|read| read.date);
                    prop_assert_eq!(reread, Ok(sighting.date), "{:?}", &sighting);
                    let figures = sighting.raw_date.split(|c: char| !c.is_ascii_digit());
                    for run in figures {
                        prop_assert!(document.contains(run), "{:?} read {:?}", reading, &sighting);
                    }
                }
            }
            Ok(Extracted::Onward(onward)) => {
                prop_assert_eq!(onward.url.host_str(), Some("www.example.gov.cn"));
            }
            Ok(Extracted::Listing(Listing::Empty)) | Err(_) => {}
        }
    }
    Ok(())
}

/// Values that stand, or might stand, where dates and links do.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(
            &[
                "2026-09-01",
                "2026-09-03 16:11:29",
                "2026.03.05",
                "20260901",
                "2026-13-45",
                "2028-01-01",
                "昨天",
                "",
                "null",
                "1788192000",
                "{\"pc\":\"/a.html\"}",
                "//x/y",
                "第2026-09-02号",
            ][..]
        )
        .prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (1_500_000_000..1_800_000_000_i64).prop_map(Value::from),
        (1_500_000_000_000..1_800_000_000_000_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([1_788_192_000])),
        Just(json!({"time": 1_788_192_000})),
    ]
}

const KEYS: [&str; 13] = [
    "title",
    "url",
    "urls",
    "date",
    "create_time",
    "created_at",
    "display_publish_time",
    "pubDate",
    "publishedTime",
    "publishedTimeStr",
    "key",
    "value",
    "domainMetaList",
];

fn item() -> impl Strategy<Value = Value> {
    let fields = || prop::collection::btree_map(prop::sample::select(&KEYS[..]), value(), 0..6);
    (fields(), fields()).prop_map(|(mut item, source)| {
        item.insert("source", json!(source));
        json!(item)
    })
}

/// Scraps of markup and of what stands in it.
fn markup() -> impl Strategy<Value = String> {
    let scraps = prop::sample::select(
        &[
            "<li>",
            "</li>",
            "<tr>",
            "<td>",
            "</td>",
            "</tr>",
            "<a href=/art/1.html>防汛预案</a>",
            "<a href=/art/2.html title=停水通知>停水…",
            "</a>",
            "<b>2026-09-01</b>",
            "[2026-09-02]",
            "<span>09-03</span>",
            "<b readlabel=1>2026-13-01</b>",
            "昨天",
            "暂无信息",
            "<ul>",
            "<!--",
            "-->",
            "<div class=pagination count=0>",
            "<record>",
            "</record>",
            "<![CDATA[",
            "]]>",
            "<totalrecord>0</totalrecord>",
            "<script type=text/xml>",
            "</script>",
            "<datastore>",
            "</datastore>",
            "window._CONFIG={SID:'7'}",
            "<meta name=channelid content=0123456789abcdef0123456789abcdef>",
            "/module/web/jpage/dataproxy.jsp?columnid=7&unitid=8&",
            "//evil.example/module/web/jpage/dataproxy.jsp?columnid=7&unitid=8'",
            "<script url='/x/jpaas-publish-server/front/page/build/unit' querydata=\"{'webId':'1','tplSetId':'2','pageId':'3'}\">",
            "webSiteCode:['a'],channelCode:['b']",
        ][..],
    );
    prop::collection::vec(scraps, 0..24).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_answer_gives_no_date_that_it_does_not_hold(
        items in prop::collection::vec(item(), 0..6),
        html in markup(),
        count in 0..3_u32,
    ) {
        let answer = json!({
            "code": 200,
            "classify": {"id": 7, "post_count": count},
            "articles": &items,
            "data": {"total": count, "count": count, "results": &items, "html": html},
        });
        check_all(&answer.to_string())?;
        let without_html = json!({"data": {"total": count, "results": items}});
        check_all(&without_html.to_string())?;
    }

    #[test]
    fn a_page_or_datastore_gives_no_date_that_it_does_not_hold(before in markup(), records in markup(), after in markup()) {
        check_all(&format!("{before}{records}{after}"))?;
        let store = format!("<datastore><recordset><record><![CDATA[{records}]]></record></recordset></datastore>");
        check_all(&store)?;
        check_all(&format!("{before}<script type=text/xml>{store}</script>{after}"))?;
    }

    #[test]
    fn no_bytes_and_no_cut_make_a_reading_of_data_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), text in ".{0,200}") {
        check_all(&String::from_utf8_lossy(&bytes))?;
        check_all(&format!("{{\"data\":{{\"results\":[{{\"title\":\"{text}"))?;
        check_all(&format!("<datastore><record>{text}"))?;
    }
}
