use super::*;
use crate::extract::sighting::{DateKind, Extracted, Found, RowError, Sureness};
use crate::extract::trial::{day, is_empty, newest, read, rows};
use crate::extract::{ListSelectors, Reading};

const URL: &str = "https://www.example.gov.cn/data/list.json";

fn date(path: &str, kind: DateKind) -> JsonDate {
    JsonDate { path: path.to_owned(), kind }
}

fn items() -> JsonItems {
    JsonItems {
        items: "$.data.rows".to_owned(),
        title: "$.title".to_owned(),
        link: Some("$.url".to_owned()),
        dates: vec![date("$.published", DateKind::Published), date("$.signed", DateKind::Signed)],
        only: None,
    }
}

fn fields() -> JsonFields {
    JsonFields {
        rows: JsonRows::Items(items()),
        total: Some("$.data.total".to_owned()),
        success: Some(JsonCondition { path: "$.code".to_owned(), value: "200".to_owned() }),
    }
}

fn json() -> Reading {
    Reading::Json(fields())
}

fn html(selectors: Option<ListSelectors>) -> Reading {
    let rows = JsonRows::Html { path: "$.data.html".to_owned(), selectors };
    Reading::Json(JsonFields { rows, ..fields() })
}

/// An answer with these items.
fn answer(items: &str) -> String {
    format!(r#"{{"code":200,"data":{{"total":3,"rows":[{items}]}}}}"#)
}

fn undated(items: &str) -> Vec<RowError> {
    let dated = r#"{"title":"示例","published":"2026-09-01"}"#;
    match read(&json(), URL, &answer(&format!("{dated},{items}"))) {
        Ok(Extracted::Listing(Listing::Items { undated, .. })) => {
            undated.into_iter().map(|row| row.why).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn why(read: Result<Extracted, ExtractError>) -> String {
    match read {
        Err(ExtractError::BadJson { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_newest_item_need_not_be_the_first() {
    let rows = rows(
        &json(),
        URL,
        &answer(
            r#"{"title":"甲","url":"/a.html","published":"2026-09-01 15:30:00","signed":"2026-09-04"},
           {"title":"乙","url":"/b.html","published":"2026-09-03 16:11:29","signed":"2026-08-30"},
           {"title":"丙","url":"/c.html","published":"2026-09-02 08:00:00","signed":"2026-09-09"}"#,
        ),
    );
    assert_eq!(newest(&rows), Some(day("2026-09-03")));
    assert!(rows.iter().all(|row| row.kind == DateKind::Published && row.found == Found::Json));
    assert_eq!(rows[0].raw_date, "2026-09-01 15:30:00");
}

#[test]
fn a_signature_only_stands_in_where_there_is_no_publication_and_is_marked() {
    for absent in
        ["", r#""published":null,"#, r#""published":" ","#, r#""published":0,"#, r#""published":"null","#]
    {
        let rows = rows(&json(), URL, &answer(&format!(r#"{{"title":"甲",{absent}"signed":"2026-09-01"}}"#)));
        assert_eq!((rows[0].kind, rows[0].date), (DateKind::Signed, day("2026-09-01")), "{absent}");
    }
}

#[test]
fn a_publication_that_cannot_be_read_is_not_replaced_by_a_signature() {
    assert_eq!(
        undated(r#"{"title":"甲","published":"近日","signed":"2026-09-01"}"#),
        [RowError::Unreadable("近日".to_owned())]
    );
    assert_eq!(
        undated(r#"{"title":"甲","published":"2027-09-01","signed":"2026-09-01"}"#),
        [RowError::Future("2027-09-01".to_owned())]
    );
    assert_eq!(undated(r#"{"title":"甲"}, "text", 7, null, []"#), vec![RowError::Missing; 5]);
}

#[test]
fn ten_digits_are_seconds_and_thirteen_milliseconds() {
    // 2026-09-01 00:00 in Shanghai, which in UTC is still August.
    for stamp in ["1788192000", "1788192000000", "\"1788192000\"", "\"1788192000000\""] {
        let rows = rows(&json(), URL, &answer(&format!(r#"{{"title":"甲","published":{stamp}}}"#)));
        assert_eq!((rows[0].date, rows[0].sureness), (day("2026-09-01"), Sureness::Sure), "{stamp}");
        assert_eq!(rows[0].raw_date, stamp.trim_matches('"'));
    }
    for stamp in ["178819200", "1788192000.5", "-1788192000", "true", "[1788192000]", "{\"t\":1788192000}"] {
        assert!(
            matches!(undated(&format!(r#"{{"published":{stamp}}}"#))[..], [RowError::Unreadable(_)]),
            "{stamp}"
        );
    }
}

#[test]
fn a_link_may_be_relative_wrapped_in_json_or_missing() {
    for (link, address) in [
        (r#""../a.html""#, "https://www.example.gov.cn/a.html"),
        (r#""//m.example.cn/a""#, "https://m.example.cn/a"),
        (r#""{\"pc\":\"/a.html\",\"wap\":\"/m/a.html\"}""#, "https://www.example.gov.cn/a.html"),
        (r#"{"pc":"/a.html"}"#, "https://www.example.gov.cn/a.html"),
        (r#""{\"pc\":""#, ""),
        (r#"{"wap":"/a.html"}"#, ""),
        (r#""javascript:;""#, ""),
        ("7", ""),
        ("null", ""),
    ] {
        let rows = rows(
            &json(),
            URL,
            &answer(&format!(r#"{{"title":"甲","url":{link},"published":"2026-09-01"}}"#)),
        );
        assert_eq!(rows[0].url, address, "{link}");
    }
}

#[test]
fn titles_lose_the_tags_of_search_marks() {
    let item = r#"{"title":" 关于<em>防汛</em>演练\n的通知 &amp; 附件","published":"2026-09-01"}"#;
    assert_eq!(rows(&json(), URL, &answer(item))[0].title, "关于防汛演练 的通知 & 附件");
}

#[test]
fn a_title_that_is_a_nest_of_tags_is_kept_as_it_is() {
    let nest = "<b>".repeat(5_000);
    let found = rows(&json(), URL, &answer(&format!(r#"{{"title":"{nest}","published":"2026-09-01"}}"#)));
    assert_eq!(found[0].title, nest);
}

#[test]
fn items_that_do_not_count_are_left_out() {
    let only = Some(JsonCondition { path: "$.state".to_owned(), value: "published".to_owned() });
    let rows_of = JsonRows::Items(JsonItems { only, ..items() });
    let reading = Reading::Json(JsonFields { rows: rows_of, ..fields() });
    let withdrawn = r#"{"title":"甲","published":"2026-09-03","state":"withdrawn"}"#;
    let stated = r#"{"title":"乙","published":"2026-09-01","state":"published"}"#;
    let silent = r#"{"title":"丙","published":"2026-09-04"}"#;
    let found = rows(&reading, URL, &answer(&[withdrawn, stated, silent].join(",")));
    assert_eq!(newest(&found), Some(day("2026-09-01")));
    assert_eq!(read(&reading, URL, &answer(withdrawn)), Err(ExtractError::NoRows));
}

#[test]
fn an_answer_is_empty_only_if_it_holds_nothing_and_says_so() {
    let empty = |body: &str| read(&json(), URL, body);
    assert!(is_empty(&empty(r#"{"code":200,"data":{"total":0,"rows":[]}}"#)));
    assert!(is_empty(&empty(r#"{"code":"200","data":{"total":"0","rows":[]}}"#)));
    let claims = why(empty(r#"{"code":200,"data":{"total":7,"rows":[]}}"#));
    assert_eq!(claims, "it holds no item, yet `$.data.total` is `7`");
    assert!(why(empty(r#"{"code":200,"data":{"rows":[]}}"#)).starts_with("it holds no item, and nothing at"));
    assert_eq!(
        why(empty(r#"{"code":500,"data":{"total":0,"rows":[]}}"#)),
        "`$.code` should be `200` and is `500`"
    );
    assert_eq!(why(empty(r#"{"data":{"total":0,"rows":[]}}"#)), "`$.code` should be `200` and is nothing");
    for rows in ["null", "{}", "\"\"", "7"] {
        let body = format!(r#"{{"code":200,"data":{{"total":0,"rows":{rows}}}}}"#);
        assert_eq!(why(empty(&body)), "there is no list at `$.data.rows`", "{rows}");
    }
}

#[test]
fn without_a_total_the_success_marker_must_say_it() {
    let marked = Reading::Json(JsonFields { total: None, ..fields() });
    assert!(is_empty(&read(&marked, URL, r#"{"code":200,"data":{"rows":[]}}"#)));
    let unmarked = Reading::Json(JsonFields { total: None, success: None, ..fields() });
    assert_eq!(read(&unmarked, URL, r#"{"code":200,"data":{"rows":[]}}"#), Err(ExtractError::NoRows));
}

#[test]
fn what_is_not_json_is_named() {
    assert_eq!(
        why(read(&json(), URL, "<html><form>登录</form>")),
        "it is a web page (a login, an error, a guard?)"
    );
    assert_eq!(why(read(&json(), URL, " \n")), "the body is empty");
    let cut = why(read(&json(), URL, &answer(r#"{"title":"甲","published":"2026-09-01"}"#)[..60]));
    assert!(cut.contains("EOF") && cut.contains(r#"begins with `{"code":200"#), "{cut}");
    let deep = "[".repeat(100_000);
    assert!(why(read(&json(), URL, &deep)).contains("recursion limit"));
}

#[test]
fn bytes_of_another_charset_are_read_and_mojibake_is_not() {
    let body = answer(r#"{"title":"防汛","published":"2026-09-01"}"#);
    let (gb, _, _) = encoding_rs::GB18030.encode(&body);
    let mut page = crate::extract::trial::page(URL, "");
    page.body = gb.into_owned();
    let extractor = crate::extract::Extractor::new(&json()).unwrap();
    let read = extractor.extract(&page, crate::extract::trial::seen_at(), chrono_tz::Asia::Shanghai);
    let Ok(Extracted::Listing(Listing::Items { sightings, .. })) = read else { panic!("{read:?}") };
    assert_eq!(sightings[0].title, "防汛");
    // Read in the wrong charset once and stored so: the last byte of the title has taken its closing quote with it.
    page.body = body.replace("防汛\"", "闃叉睕?").into_bytes();
    let read = extractor.extract(&page, crate::extract::trial::seen_at(), chrono_tz::Asia::Shanghai);
    assert!(matches!(read, Err(ExtractError::BadJson { .. })), "{read:?}");
}

#[test]
fn a_charset_named_inside_a_text_is_not_the_answers() {
    let body = answer(r#"{"title":"<meta charset=gb2312>防汛","published":"2026-09-01"}"#);
    assert_eq!(rows(&json(), URL, &body)[0].title, "防汛");
}

#[test]
fn rows_may_be_html_inside_the_answer() {
    let body = |html: &str, total: u32| {
        serde_json::json!({"code": 200, "data": {"html": html, "total": total}}).to_string()
    };
    let list = "<ul><li><a href='/a.html'>防汛预案公示</a><b>2026-09-01</b></li></ul>";
    let found = rows(&html(None), URL, &body(list, 1));
    assert_eq!((found[0].date, found[0].found), (day("2026-09-01"), Found::List));
    let cells = "<tr><td><a href='/a.html'>防汛预案公示</a></td><td>2026-09-01</td><td>2026-08-01</td></tr>";
    let selectors = ListSelectors {
        list: "body".to_owned(),
        row: "tr".to_owned(),
        skip: None,
        link: "a".to_owned(),
        date: "td:nth-child(2)".to_owned(),
        empty: vec![],
        empty_in: None,
    };
    assert_eq!(rows(&html(Some(selectors)), URL, &body(cells, 1))[0].date, day("2026-09-01"));
    assert!(is_empty(&read(&html(None), URL, &body("<ul></ul>", 0))));
    assert!(is_empty(&read(&html(None), URL, &body("", 0))));
    assert!(why(read(&html(None), URL, &body("<div class=list>暂无信息</div>", 9))).contains("is `9`"));
}

#[test]
fn a_path_that_is_none_is_named_with_its_key() {
    let broken = || "$.[".to_owned();
    let of_items = |items| JsonFields { rows: JsonRows::Items(items), ..fields() };
    let bad_condition = || Some(JsonCondition { path: broken(), value: "1".to_owned() });
    for (key, fields) in [
        ("items", of_items(JsonItems { items: broken(), ..items() })),
        ("title", of_items(JsonItems { title: broken(), ..items() })),
        ("link", of_items(JsonItems { link: Some(broken()), ..items() })),
        ("date-signed", of_items(JsonItems { dates: vec![date("$.[", DateKind::Signed)], ..items() })),
        ("only", of_items(JsonItems { only: bad_condition(), ..items() })),
        ("total", JsonFields { total: Some(broken()), ..fields() }),
        ("success", JsonFields { success: bad_condition(), ..fields() }),
        ("html", JsonFields { rows: JsonRows::Html { path: broken(), selectors: None }, ..fields() }),
    ] {
        assert_eq!(JsonReader::compile(&fields).unwrap_err().key, key);
    }
}
