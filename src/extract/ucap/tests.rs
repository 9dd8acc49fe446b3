use super::*;
use crate::extract::trial::{day, is_empty, newest, onward, read, rows};
use crate::extract::{Found, Reading};

const COLUMN: &str = "https://www.example.gov.cn/xxj/c100120/common_list.shtml";
const SEARCH_URL: &str = "https://www.example.gov.cn/common/search/0123456789abcdef0123456789abcdef\
                          ?page=1&_pageSize=20&_isAgg=true&_isJson=true&_template=index";
const HEAD: &str = "<meta name=\"channelId\" content=\"0123456789ABCDEF0123456789ABCDEF\"><meta name=others content=\"页面生成时间 2026-10-04 01:00:00\">";
const LIST: &str = "<ul class=list><li><a href=/xxj/c100120/202609/1.shtml>停水通知</a><b>2026-09-01</b></li>\
                    <li><a href=/xxj/c100120/202609/2.shtml>停电通知</a><b>2026-09-02</b></li></ul>";

fn results(results: &str) -> String {
    format!(r#"{{"data":{{"page":1,"rows":20,"total":40,"results":[{results}]}}}}"#)
}

#[test]
fn dated_rows_in_the_page_are_read() {
    assert_eq!(newest(&rows(&Reading::Ucap, COLUMN, &format!("{HEAD}{LIST}"))), Some(day("2026-09-02")));
}

#[test]
fn rows_of_other_columns_do_not_stand_in_for_those_of_the_channel() {
    let side = LIST.replace("c100120", "c100999");
    let onward = onward(&Reading::Ucap, COLUMN, &format!("{HEAD}{side}"));
    assert_eq!(onward.url.as_str(), SEARCH_URL);
    // Where the page names no channel, nobody else can be asked.
    assert_eq!(newest(&rows(&Reading::Ucap, COLUMN, &side)), Some(day("2026-09-02")));
    // One row of the column's own shows whose list it is.
    let mixed = format!("{HEAD}{}", LIST.replacen("c100120", "c100999", 1));
    assert_eq!(newest(&rows(&Reading::Ucap, COLUMN, &mixed)), Some(day("2026-09-02")));
}

#[test]
fn a_page_without_dated_rows_leads_to_the_search_of_its_channel() {
    let legal = "<table><tr><td><a href=/c1/content.shtml><span>某某管理办法</span><span>（2018年9月25日第150号令公布 根据2021年1月15日决定修订）</span></a></td></tr>\
                 <tr><td><a href=/c2/content.shtml><span>某某交易办法</span><span>（2002年5月17日第6号令公布）</span></a></td></tr></table>";
    let commented = format!("<ul class=list><!-- {LIST} --></ul>");
    let says_empty = "<ul class=list>暂无信息</ul>";
    for body in [legal, &commented, says_empty, ""] {
        let onward = onward(&Reading::Ucap, COLUMN, &format!("{HEAD}{body}"));
        assert_eq!(onward.url.as_str(), SEARCH_URL, "{body}");
        assert_eq!(onward.form, None);
    }
}

#[test]
fn the_channel_may_stand_in_an_element_of_the_sites_own() {
    let head = "<column channelId=\"0123456789abcdef0123456789abcdef\" codeName=c100120></column>";
    assert_eq!(onward(&Reading::Ucap, COLUMN, head).url.as_str(), SEARCH_URL);
}

#[test]
fn a_page_without_rows_or_channel_is_not_read() {
    for head in [
        "",
        "<meta name=channelid content=100120>",
        "<meta name=channelid content='../../../../../../../../admin?x=1'>",
    ] {
        let read = read(&Reading::Ucap, COLUMN, &format!("{head}<!-- {LIST} -->"));
        assert_eq!(read, Err(ExtractError::NoRows), "{head}");
    }
}

#[test]
fn a_guarded_page_is_not_asked_behind_its_guards_back() {
    let guard = "<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;</script>";
    let read = read(&Reading::Ucap, COLUMN, &format!("{HEAD}{guard}<ul><!-- {LIST} --></ul>"));
    assert!(matches!(read, Err(ExtractError::NeedsRendering { .. })), "{read:?}");
    assert_eq!(rows(&Reading::Ucap, COLUMN, &format!("{HEAD}{guard}{LIST}")).len(), 2);
}

#[test]
fn an_answer_is_read_by_its_publication_dates() {
    let rows = rows(
        &Reading::Ucap,
        SEARCH_URL,
        &results(
            r#"{"title":"甲","url":"//www.example.gov.cn/xxj/c1/content.shtml","publishedTimeStr":"2026-09-01 18:49:39","publishedTime":1}"#,
        ),
    );
    assert_eq!(
        (rows[0].date, rows[0].kind, rows[0].found),
        (day("2026-09-01"), DateKind::Published, Found::Json)
    );
    assert_eq!(rows[0].url, "https://www.example.gov.cn/xxj/c1/content.shtml");
}

#[test]
fn dates_may_lie_in_the_lists_of_an_items_properties() {
    let item = |properties: &str| {
        let body =
            results(&format!(r#"{{"title":"甲","domainMetaList":[{{"resultList":[{properties}]}}]}}"#));
        read(&Reading::Ucap, SEARCH_URL, &body)
    };
    let row = |properties: &str| match item(properties) {
        Ok(Extracted::Listing(Listing::Items { mut sightings, .. })) => sightings.remove(0),
        other => panic!("{other:?}"),
    };
    let (written, published) = (
        r#"{"key":"writedate","name":"成文日期","value":"2026-08-28"}"#,
        r#"{"key":"pubdate","name":"发布日期","value":"2026-09-01"}"#,
    );
    let both = row(&format!("{written},{published}"));
    assert_eq!((both.date, both.kind), (day("2026-09-01"), DateKind::Published));
    let signed = row(written);
    assert_eq!((signed.date, signed.kind), (day("2026-08-28"), DateKind::Signed));
    let nothing = item(r#"{"key":"refno","name":"文号","value":"〔2026〕8号"}"#);
    assert!(matches!(nothing, Err(ExtractError::NoDates { rows: 1, .. })), "{nothing:?}");
}

#[test]
fn an_answer_is_empty_only_if_it_counts_none_and_is_about_this_channel() {
    let answer = |total: u32, channel: &str| {
        let body = format!(r#"{{"data":{{"total":{total},"channelId":"{channel}","results":[]}}}}"#);
        read(&Reading::Ucap, SEARCH_URL, &body)
    };
    assert!(is_empty(&answer(0, "0123456789abcdef0123456789abcdef")));
    for (total, channel) in
        [(40, "0123456789abcdef0123456789abcdef"), (0, "ffffffffffffffffffffffffffffffff")]
    {
        let read = answer(total, channel);
        assert!(matches!(read, Err(ExtractError::BadJson { .. })), "{read:?}");
    }
}

#[test]
fn a_failure_is_no_empty_channel() {
    for status in [r#""success":false"#, r#""code":500"#, r#""code":"-1""#] {
        let read =
            read(&Reading::Ucap, SEARCH_URL, &format!(r#"{{{status},"data":{{"total":0,"results":[]}}}}"#));
        assert!(matches!(read, Err(ExtractError::BadJson { .. })), "{status}: {read:?}");
    }
    let fine = r#"{"success":true,"code":200,"data":{"total":0,"results":[]}}"#;
    assert!(is_empty(&read(&Reading::Ucap, SEARCH_URL, fine)));
}

#[test]
fn a_login_page_in_place_of_an_answer_is_not_read_as_a_column() {
    let read = read(&Reading::Ucap, SEARCH_URL, &format!("{HEAD}{LIST}"));
    assert!(matches!(read, Err(ExtractError::BadJson { .. })), "{read:?}");
}
