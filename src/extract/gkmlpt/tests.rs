use super::*;
use crate::extract::trial::{day, is_empty, newest, onward, read, rows};
use crate::extract::{Found, Leads, Reading};

const SHELL_URL: &str = "https://www.example.gov.cn/xxhjj/gkmlpt/index#30011";
const ANSWER_URL: &str = "https://www.example.gov.cn/xxhjj/gkmlpt/api/all/30011?page=1&sid=660019";
const SHELL: &str = r#"<!doctype html><div id=app></div><script>
window._CONFIG = { APP_URL: 'https://www.example.gov.cn/xxhjj', SID: '660019', ACTION: 'index', TREE: [] };</script>"#;

fn gkmlpt() -> Reading {
    Reading::Gkmlpt { column: None }
}

fn answer(post_count: u32, articles: &str) -> String {
    format!(
        r#"{{"classify":{{"id":30011,"name":"受理公告","post_count":{post_count}}},"articles":[{articles}]}}"#
    )
}

#[test]
fn a_shell_leads_to_the_column_in_its_address() {
    let onward = onward(&gkmlpt(), SHELL_URL, SHELL);
    assert_eq!(onward.url.as_str(), ANSWER_URL);
    assert_eq!((onward.form, onward.why), (None, Leads::Data));
}

#[test]
fn a_column_may_be_given_where_the_address_lost_its_fragment() {
    let reading = Reading::Gkmlpt { column: Some(30_011) };
    let bare = "https://www.example.gov.cn/xxhjj/gkmlpt/index";
    assert_eq!(onward(&reading, bare, SHELL).url.as_str(), ANSWER_URL);
    let at_root = "https://www.example.gov.cn/gkmlpt/index";
    let quoted = r#"<script>window._CONFIG={"SID":"2"}</script>"#;
    assert_eq!(
        onward(&reading, at_root, quoted).url.as_str(),
        "https://www.example.gov.cn/gkmlpt/api/all/30011?page=1&sid=2"
    );
}

#[test]
fn a_shell_without_column_or_site_number_says_what_is_missing() {
    let why = |url: &str, body: &str| match read(&gkmlpt(), url, body) {
        Err(ExtractError::NeedsRendering { why }) => why,
        other => panic!("{other:?}"),
    };
    assert!(why("https://www.example.gov.cn/gkmlpt/index", SHELL).contains("names no column"));
    assert!(why("https://www.example.gov.cn/gkmlpt/index#top", SHELL).contains("names no column"));
    assert!(why(SHELL_URL, "<script>window._CONFIG={}</script>").contains("`SID`"));
    assert!(why(SHELL_URL, "<script>var SID='7'</script>").contains("`SID`"));
    assert!(why("https://www.example.gov.cn/index#7", SHELL).contains("/gkmlpt/index#NUMBER"));
}

#[test]
fn publication_comes_before_storage_and_storage_before_signature() {
    // The stamps are midnights in Shanghai: 1 and 3 September 2026, and 20 August.
    let rows = rows(
        &gkmlpt(),
        ANSWER_URL,
        &answer(
            3,
            r#"{"title":"甲","date":1787155200,"create_time":1788192000,"created_at":"2026-09-02 09:00:00","url":"/a.html"},
           {"title":"乙","date":1787155200,"display_publish_time":1788364800,"url":"/b.html"},
           {"title":"丙","date":1787155200,"created_at":"2026-09-02 09:00:00","url":"/c.html"},
           {"title":"丁","date":1787155200,"url":"/d.html"}"#,
        ),
    );
    let dates: Vec<_> = rows.iter().map(|row| (row.date, row.kind)).collect();
    assert_eq!(
        dates,
        [
            (day("2026-09-01"), DateKind::Published),
            (day("2026-09-03"), DateKind::Published),
            (day("2026-09-02"), DateKind::Created),
            (day("2026-08-20"), DateKind::Signed),
        ]
    );
    assert_eq!(newest(&rows), Some(day("2026-09-03")));
    assert!(rows.iter().all(|row| row.found == Found::Json));
}

#[test]
fn a_column_is_empty_only_with_no_article_and_no_count() {
    assert!(is_empty(&read(&gkmlpt(), ANSWER_URL, &answer(0, ""))));
    let hidden = read(&gkmlpt(), ANSWER_URL, &answer(203, ""));
    assert!(matches!(hidden, Err(ExtractError::BadJson { .. })), "{hidden:?}");
}

#[test]
fn an_answer_about_another_column_is_not_read() {
    let elsewhere = ANSWER_URL.replace("30011", "30012");
    for body in [answer(0, ""), answer(1, r#"{"title":"甲","create_time":1788192000}"#)] {
        let Err(ExtractError::BadJson { why }) = read(&gkmlpt(), &elsewhere, &body) else { panic!("read") };
        assert_eq!(why, "it is about column 30011, not 30012");
    }
    let nameless = read(&gkmlpt(), ANSWER_URL, r#"{"articles":[],"post_count":0}"#);
    assert!(matches!(nameless, Err(ExtractError::BadJson { .. })), "{nameless:?}");
}

#[test]
fn an_answer_that_is_a_web_page_is_not_taken_for_a_shell() {
    let refused = read(&gkmlpt(), ANSWER_URL, SHELL);
    assert!(matches!(refused, Err(ExtractError::BadJson { .. })), "{refused:?}");
}
