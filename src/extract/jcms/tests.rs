use super::*;
use crate::extract::trial::{day, is_empty, newest, onward, read, rows};
use crate::extract::{Found, ListSelectors, Reading};

const COLUMN: &str = "https://www.example.gov.cn/col/col7010/index.html";
const ANSWER: &str =
    "https://www.example.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=75&perpage=25";
const NEXT: &str = "/module/web/jpage/dataproxy.jsp?page=1&appid=1&appid=1&webid=3&path=/&columnid=7010&unitid=5122&\
                    webname=%25E5%25B1%2580&permissiontype=0";

fn jcms() -> Reading {
    Reading::Jcms(None)
}

fn record(number: u32, date: &str) -> String {
    format!(
        "<record><![CDATA[<li><a target=\"_blank\" href=\"/art/{number}.html\" title=\"第{number}号防汛通知\">\
         第{number}号防汛…</a><b readlabel=\"{date}\">{date}</b></li>]]></record>"
    )
}

fn store(total: u32, records: &str) -> String {
    format!("<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>")
}

fn page(inner: &str) -> String {
    format!("<html><body><div id=\"5122\"><script type=\"text/xml\">{inner}</script></div></body></html>")
}

fn why(read: Result<Extracted, ExtractError>) -> String {
    match read {
        Err(ExtractError::BadDatastore { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_is_read_and_its_overlap_counted_once() {
    let records = [record(1, "2026-09-01"), record(2, "2026-09-03"), record(1, "2026-09-01")].concat();
    let rows = rows(&jcms(), ANSWER, &store(2, &records));
    assert_eq!((rows.len(), newest(&rows)), (2, Some(day("2026-09-03"))));
    assert_eq!(rows[0].title, "第1号防汛通知");
    assert_eq!(rows[0].url, "https://www.example.gov.cn/art/1.html");
    assert!(rows.iter().all(|row| row.found == Found::List));
}

#[test]
fn a_page_is_read_from_its_datastore_and_not_from_a_list_beside_it() {
    let inner = format!(
        "<datastore><nextgroup><![CDATA[<a href=\"{NEXT}\"></a>]]></nextgroup><recordset>{}</recordset></datastore>",
        [record(1, "2026-09-01"), record(2, "2026-08-03")].concat()
    );
    let beside = "<ul class=list><li><a href=/x.html>最新文件</a>2026-10-01</li><li><a href=/y.html>其他文件</a>2026-10-02</li></ul>";
    assert_eq!(newest(&rows(&jcms(), COLUMN, &(page(&inner) + beside))), Some(day("2026-09-01")));
}

#[test]
fn a_datastore_in_a_comment_is_no_datastore() {
    let hidden = format!("<!-- {} -->", page(&store(1, &record(1, "2026-09-01"))));
    assert_eq!(read(&jcms(), COLUMN, &hidden), Err(ExtractError::NoRows));
}

#[test]
fn table_rows_keep_their_cells() {
    let record = "<record><![CDATA[\n<tr><td width=15><img src=1></td><td><a href='/art/1.html' title='询价公告'>询价…</a></td>\
                  <td width='100'>[2026-09-01]</td></tr>]]></record>";
    let found = rows(&jcms(), ANSWER, &store(1, record));
    assert_eq!((found[0].date, found[0].title.as_str()), (day("2026-09-01"), "询价公告"));
}

#[test]
fn a_rule_may_say_which_of_two_dates_counts() {
    let record = "<record><![CDATA[<li><a href=/1.html>停水通知</a><i>2026-08-01</i><b>2026-09-01</b></li>]]></record>";
    assert!(matches!(read(&jcms(), ANSWER, &store(1, record)), Err(ExtractError::NoDates { rows: 1, .. })));
    let selectors = ListSelectors {
        list: "body".to_owned(),
        row: "li".to_owned(),
        skip: None,
        link: "a".to_owned(),
        date: "b".to_owned(),
        empty: vec![],
        empty_in: None,
    };
    let found = rows(&Reading::Jcms(Some(selectors)), ANSWER, &store(1, record));
    assert_eq!(found[0].date, day("2026-09-01"));
}

#[test]
fn only_a_datastore_that_counts_none_is_empty() {
    let empty = store(0, "");
    assert!(is_empty(&read(&jcms(), ANSWER, &empty)));
    assert!(is_empty(&read(&jcms(), ANSWER, &format!("<?xml version='1.0' encoding='UTF-8'?>\n{empty}"))));
    assert!(is_empty(&read(&jcms(), COLUMN, &page(&empty))));
    let refused = "<datastore><recordset></recordset></datastore>";
    assert!(why(read(&jcms(), ANSWER, refused)).contains("may have refused"));
    assert!(why(read(&jcms(), COLUMN, &page(refused))).contains("may have refused"));
    assert_eq!(why(read(&jcms(), ANSWER, &store(756, ""))), "it counts 756 records and holds none");
    assert!(
        why(read(&jcms(), ANSWER, "<datastore><totalrecord>0</totalrecord></datastore>"))
            .contains("counts 0")
    );
}

#[test]
fn an_answer_that_was_cut_off_is_not_read() {
    let whole = store(2, &[record(1, "2026-09-01"), record(2, "2026-09-03")].concat());
    let cut = &whole[..whole.len() - 60];
    assert_eq!(why(read(&jcms(), ANSWER, cut)), "it is cut off");
}

#[test]
fn a_page_in_place_of_an_answer_is_not_read_as_a_column() {
    let list = "<ul class=list><li><a href=/x.html>停水通知</a>2026-09-01</li><li><a href=/y.html>停电通知</a>2026-09-02</li></ul>";
    assert!(why(read(&jcms(), ANSWER, list)).contains("answer is none"));
    assert!(why(read(&jcms(), ANSWER, "")).contains("answer is none"));
}

const BESIDE: &str = "<ul class=list><li><a href=/x.html>停水通知</a>2026-09-01</li>\
                      <li><a href=/y.html>停电通知</a>2026-09-02</li></ul>";

#[test]
fn a_datastore_without_count_does_not_hide_rows_in_the_page() {
    let unsaid = page("<datastore><recordset></recordset></datastore>");
    assert_eq!(newest(&rows(&jcms(), COLUMN, &(unsaid + BESIDE))), Some(day("2026-09-02")));
}

#[test]
fn rows_beside_a_datastore_that_counts_none_contradict_it() {
    let both = page(&store(0, "")) + BESIDE;
    assert_eq!(why(read(&jcms(), COLUMN, &both)), "it is empty, yet dated rows stand beside it");
}

#[test]
fn the_columns_own_request_outranks_rows_in_the_page() {
    let request = format!("<script>var next = '{NEXT}';</script>");
    for empty in [String::new(), page(&store(0, ""))] {
        assert_eq!(onward(&jcms(), COLUMN, &(empty + &request + BESIDE)).url.as_str(), ANSWER);
    }
    // A side list's request is no request of the column's.
    let of_another = request.replace("columnid=7010", "columnid=7011");
    assert_eq!(newest(&rows(&jcms(), COLUMN, &(of_another + BESIDE))), Some(day("2026-09-02")));
}

#[test]
fn where_the_address_names_no_column_rows_beside_a_request_are_not_believed() {
    let request = format!("<script>var next = '{NEXT}';</script>");
    let unnamed = "https://www.example.gov.cn/tzgg/index.html";
    assert_eq!(onward(&jcms(), unnamed, &request).url.as_str(), ANSWER);
    assert!(why(read(&jcms(), unnamed, &(request + BESIDE))).contains("may or may not be theirs"));
}

#[test]
fn two_datastores_must_agree() {
    let two =
        |first: &str, second: &str| page(&store(1, &record(1, first))) + &page(&store(1, &record(2, second)));
    assert_eq!(newest(&rows(&jcms(), COLUMN, &two("2026-09-01", "2026-09-01"))), Some(day("2026-09-01")));
    assert_eq!(
        why(read(&jcms(), COLUMN, &two("2026-09-01", "2026-09-02"))),
        "there are several with different rows"
    );
}

#[test]
fn a_page_without_rows_leads_to_its_data() {
    let form = "columnid=7010&unitid=5122&webid=3&col=1&appid=1&path=%2F&sourceContentType=&webname=%25E5%25B1%2580\
                &permissiontype=0";
    let in_group = page(&format!(
        "<datastore><nextgroup><![CDATA[<a href=\"{}\"></a>]]></nextgroup><recordset></recordset></datastore>",
        NEXT.replace('&', "&amp;")
    ));
    let onward_of_group = onward(&jcms(), COLUMN, &in_group);
    assert_eq!(onward_of_group.url.as_str(), ANSWER);
    assert_eq!(onward_of_group.form.as_deref(), Some(form));

    let in_script = "<div id=5122></div><script>$('#5122').jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:25,\
                     ajaxParam:{col:1,webid:'3',columnid:7010,sourceContentType:'1',unitid:'5122',webname:'某局',permissiontype:0}})</script>";
    let onward_of_script = onward(&jcms(), COLUMN, in_script);
    assert_eq!(onward_of_script.url.as_str(), ANSWER);
    let form = onward_of_script.form.unwrap();
    assert!(form.starts_with("columnid=7010&unitid=5122&webid=3&col=1&"), "{form}");
    assert!(form.contains("&sourceContentType=1&webname=%E6%9F%90%E5%B1%80&"), "{form}");
}

#[test]
fn a_page_does_not_lead_to_another_column_nor_another_host_nor_anywhere_in_doubt() {
    let shell = |address: &str| format!("<script>var next = '{address}';</script>");
    let of_another = NEXT.replace("columnid=7010", "columnid=7011");
    assert_eq!(read(&jcms(), COLUMN, &shell(&of_another)), Err(ExtractError::NoRows));
    let both = shell(NEXT) + &shell(&NEXT.replace("unitid=5122", "unitid=5123"));
    assert_eq!(read(&jcms(), COLUMN, &both), Err(ExtractError::NoRows));
    let without_unit = NEXT.replace("&unitid=5122", "");
    assert_eq!(read(&jcms(), COLUMN, &shell(&without_unit)), Err(ExtractError::NoRows));
    let abroad = shell(&format!("https://evil.example{NEXT}"));
    assert!(matches!(read(&jcms(), COLUMN, &abroad), Err(ExtractError::LeadsAway { .. })));
}

#[test]
fn a_page_full_of_addresses_is_passed_over() {
    let glued = "/dataproxy.jsp?columnid=7010&unitid=5122&".repeat(50_000);
    let apart: String =
        (0..50_000).map(|number| format!("'/dataproxy.jsp?columnid=7010&unitid={number}' ")).collect();
    assert_eq!(read(&jcms(), COLUMN, &apart), Err(ExtractError::NoRows));
    assert!(onward(&jcms(), COLUMN, &glued).url.path().ends_with("/dataproxy.jsp"));
}
