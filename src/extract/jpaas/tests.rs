use super::*;
use crate::extract::trial::{day, is_empty, onward, read, rows};
use crate::extract::{Found, Reading};

const COLUMN: &str = "https://www.example.gov.cn/col/col42/index.html";
const UNIT: &str =
    "https://www.example.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?parseType=bulidstatic";

fn unit(tag: &str) -> String {
    format!(
        "<script src=\"/unitbuild.js\" url=\"/api-gateway/jpaas-publish-server/front/page/build/unit\" queryData=\"{{\
         'parseType':'bulidstatic','webId':'3096','tplSetId':'a1b2','pageType':'column','tagId':'{tag}','editType':'null',\
         'pageId':'42'}}\"></script>"
    )
}

fn fragment(html: &str, rest: &serde_json::Value) -> String {
    let mut answer = serde_json::json!({"data": {"html": html}});
    for (key, value) in rest.as_object().unwrap() {
        answer[key] = value.clone();
    }
    answer.to_string()
}

#[test]
fn a_shell_leads_to_the_unit_of_its_list() {
    let onward = onward(&Reading::Jpaas, COLUMN, &(unit("导航") + &unit("当前栏目list")));
    let query: Vec<(String, String)> = onward.url.query_pairs().into_owned().collect();
    let query: Vec<(&str, &str)> = query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(onward.url.path(), "/api-gateway/jpaas-publish-server/front/page/build/unit");
    assert_eq!(
        query,
        [
            ("parseType", "bulidstatic"),
            ("webId", "3096"),
            ("tplSetId", "a1b2"),
            ("pageType", "column"),
            ("tagId", "当前栏目list"),
            ("editType", "null"),
            ("pageId", "42"),
        ]
    );
    assert_eq!(onward.form, None);
}

#[test]
fn a_lone_unit_is_the_lists_whatever_it_is_called() {
    assert!(onward(&Reading::Jpaas, COLUMN, &unit("右侧")).url.as_str().starts_with(UNIT));
}

#[test]
fn a_lone_unit_and_rows_beside_it_are_not_told_apart_unless_it_is_called_a_list() {
    let beside = "<ul class=list><li><a href=/x.html>停水通知</a>2026-09-01</li><li><a href=/y.html>停电通知</a>2026-09-02</li></ul>";
    let both = read(&Reading::Jpaas, COLUMN, &(unit("右侧") + beside));
    assert!(matches!(both, Err(ExtractError::NeedsRendering { .. })), "{both:?}");
    let list = onward(&Reading::Jpaas, COLUMN, &(unit("信息列表") + beside));
    assert!(list.url.as_str().starts_with(UNIT));
}

#[test]
fn a_shell_leads_to_the_query_of_its_column() {
    let shell = "<div id='38'></div><script id='div38' type='text/x-handlebars-template'>{{#each data}}{{title}}{{/each}}\
                 </script><script>var params = { current: 1, unitid: '38', webSiteCode: ['xxhjj'], channelCode: ['col42'] };\
                 loadPageData(params, '38');</script>";
    let onward = onward(&Reading::Jpaas, COLUMN, shell);
    assert_eq!(onward.url.as_str(), "https://www.example.gov.cn/queryList");
    assert_eq!(
        onward.form.as_deref(),
        Some("current=1&pageSize=15&webSiteCode%5B%5D=xxhjj&channelCode%5B%5D=col42&sort=sortNum&order=desc")
    );
}

#[test]
fn a_shell_that_does_not_say_what_to_ask_needs_a_browser() {
    let template = "<script type='text/x-handlebars-template'>{{title}}</script>";
    let beside = "<ul class=list><li><a href=/x.html>停水通知</a>2026-09-01</li><li><a href=/y.html>停电通知</a>2026-09-02</li></ul>";
    let two_columns =
        "<script>a={webSiteCode:'x',channelCode:'1'};b={webSiteCode:'x',channelCode:'2'}</script>";
    for shell in [
        template.to_owned(),
        format!("{template}{beside}"),
        format!("{template}{two_columns}"),
        unit("左侧列表") + &unit("右侧列表"),
        unit("列表").replace("'pageId':'42'", "'pageId':''"),
    ] {
        let read = read(&Reading::Jpaas, COLUMN, &shell);
        assert!(matches!(read, Err(ExtractError::NeedsRendering { .. })), "{shell}: {read:?}");
    }
}

#[test]
fn a_unit_on_another_host_is_refused() {
    let abroad = unit("列表").replace("url=\"/api", "url=\"https://evil.example/api");
    assert!(matches!(read(&Reading::Jpaas, COLUMN, &abroad), Err(ExtractError::LeadsAway { .. })));
}

#[test]
fn a_page_in_place_of_an_answer_is_not_read_as_a_column() {
    for url in [UNIT, "https://www.example.gov.cn/queryList"] {
        let read = read(&Reading::Jpaas, url, &unit("列表"));
        assert!(matches!(read, Err(ExtractError::BadJson { .. })), "{read:?}");
    }
}

#[test]
fn a_page_that_brings_its_rows_is_read() {
    let list = "<ul class=list><li><a href=/x.html>停水通知</a>2026-09-01</li><li><a href=/y.html>停电通知</a>2026-09-02</li></ul>";
    assert_eq!(rows(&Reading::Jpaas, COLUMN, list).len(), 2);
}

#[test]
fn a_unit_is_read_from_its_fragment_even_with_one_row() {
    let html = "<ul><li class=clearfix><a href='/art/1.html' title='防汛预案公示'>防汛…</a><b>2026-09-01</b></li></ul>\
                <div class=pagination rows=15 count=432></div>";
    let rows = rows(&Reading::Jpaas, UNIT, &fragment(html, &serde_json::json!({"code": "200"})));
    assert_eq!(
        (rows[0].date, rows[0].found, rows[0].title.as_str()),
        (day("2026-09-01"), Found::List, "防汛预案公示")
    );
}

#[test]
fn a_unit_is_empty_only_if_it_succeeded_and_counts_none() {
    let none = "<ul></ul><div class=\"pagination\" rows=\"15\" count=\"0\"></div>";
    let as_settings = "<ul></ul><div class=pagination querydata=\"{'rows':'15','count':'0'}\"></div>";
    let some = "<ul></ul><div class=pagination rows=15 count=432></div>";
    let answer = |html: &str, rest: serde_json::Value| read(&Reading::Jpaas, UNIT, &fragment(html, &rest));
    assert!(is_empty(&answer(none, serde_json::json!({"success": true}))));
    assert!(is_empty(&answer(as_settings, serde_json::json!({"code": 200}))));
    assert!(matches!(answer(none, serde_json::json!({})), Err(ExtractError::BadJson { .. })));
    assert!(matches!(
        answer(none, serde_json::json!({"success": false, "code": "200"})),
        Err(ExtractError::BadJson { .. })
    ));
    assert_eq!(answer(some, serde_json::json!({"success": true})), Err(ExtractError::NoRows));
    assert_eq!(answer("<ul></ul>", serde_json::json!({"success": true})), Err(ExtractError::NoRows));
}

#[test]
fn a_query_is_read_from_its_items() {
    let url = "https://www.example.gov.cn/queryList";
    let body = r#"{"data":{"total":2,"results":[
        {"source":{"title":"防汛预案公示","pubDate":1788192000000,"urls":"{\"pc\":\"/art/1.html\"}"}},
        {"source":{"title":"停水通知","pubDate":"2026-09-03 16:59","urls":"{\"pc\":\"/art/2.html\"}"}}]}}"#;
    let rows = rows(&Reading::Jpaas, url, body);
    assert_eq!((rows[0].date, rows[1].date), (day("2026-09-01"), day("2026-09-03")));
    assert_eq!((rows[0].url.as_str(), rows[0].found), ("https://www.example.gov.cn/art/1.html", Found::Json));
    assert!(is_empty(&read(&Reading::Jpaas, url, r#"{"data":{"total":0,"results":[]}}"#)));
    let failed = read(&Reading::Jpaas, url, r#"{"success":false,"data":{"total":0,"results":[]}}"#);
    assert!(matches!(failed, Err(ExtractError::BadJson { .. })), "{failed:?}");
    let hidden = read(&Reading::Jpaas, url, r#"{"data":{"total":7,"results":[]}}"#);
    assert!(matches!(hidden, Err(ExtractError::BadJson { .. })), "{hidden:?}");
}
