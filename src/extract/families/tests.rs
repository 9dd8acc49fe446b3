use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::{FinderBounds, ListSelectors, Listing, Page, Reading, Signs};

fn family(name: &str, markup: &str, reading: Reading) -> Family {
    let signs = Signs::new(&[], &[], &[markup.to_owned()]).unwrap();
    Family { name: name.to_owned(), signs, reading }
}

fn boxes() -> Family {
    let list = ListSelectors {
        list: "div.box".to_owned(),
        row: "li".to_owned(),
        skip: None,
        link: "a".to_owned(),
        date: "span".to_owned(),
        empty: vec!["暂无信息".to_owned()],
        empty_in: None,
    };
    family("boxes", "made by boxes", Reading::List(list))
}

fn explain(body: &str) -> Explained {
    let plain = family("plain", "made by plain", Reading::Finder(FinderBounds::default()));
    let families = Families::new(vec![boxes(), plain]);
    let url = "https://www.example.gov.cn/xw/index.html".parse().unwrap();
    let page = Page { drawing: None, url, content_type: None, body: body.as_bytes().to_vec() };
    let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
    Chooser::compile(&families).unwrap().read(&Decoded::of(&page), seen_at, Shanghai)
}

fn newest_day(explained: &Explained) -> Option<String> {
    match &explained.result {
        Ok(Extracted::Listing(Listing::Items { sightings, .. })) => {
            sightings.iter().map(|sighting| sighting.date.to_string()).max()
        }
        _ => None,
    }
}

fn list(class: &str, days: &[&str]) -> String {
    let rows: String = days
        .iter()
        .enumerate()
        .map(|(n, day)| format!("<li><a href={n}>关于停水的公告{n}</a><span>{day}</span></li>"))
        .collect();
    format!("<div class={class}><ul>{rows}</ul></div>")
}

const SIGN: &str = "<!-- made by boxes -->";

#[test]
fn a_page_is_read_as_its_family_and_says_why() {
    let explained = explain(&format!("{SIGN}{}", list("box", &["2026-09-03", "2026-09-02"])));
    assert_eq!(explained.preset.as_deref(), Some("boxes"));
    assert_eq!(explained.because, ["`made by boxes` in its markup"]);
    assert_eq!(newest_day(&explained).as_deref(), Some("2026-09-03"));
}

#[test]
fn where_the_family_has_no_list_the_shape_of_the_rows_is_gone_by() {
    let explained = explain(&format!("{SIGN}{}", list("new", &["2026-09-03", "2026-09-02"])));
    assert_eq!(newest_day(&explained).as_deref(), Some("2026-09-03"));
}

#[test]
fn readings_that_disagree_on_the_newest_day_are_both_disbelieved() {
    let rows = ["2026-10-01"; 12];
    let html = format!("{SIGN}{}{}", list("box", &["2026-09-03", "2026-09-02"]), list("other", &rows));
    let result = explain(&html).result;
    let Err(ExtractError::Disagreement { one, other }) = result else { panic!("{result:?}") };
    assert!(
        one.contains("boxes") && one.contains("2026-09-03") && other.contains("2026-10-01"),
        "{one}; {other}"
    );
}

#[test]
fn a_list_that_says_it_is_empty_beside_rows_elsewhere_is_not_believed() {
    let html = format!("{SIGN}<div class=box>暂无信息</div>{}", list("other", &["2026-09-03", "2026-09-02"]));
    assert!(matches!(explain(&html).result, Err(ExtractError::Disagreement { .. })));
    let empty = explain(&format!("{SIGN}<div class=box>暂无信息</div>"));
    assert_eq!(empty.result, Ok(Extracted::Listing(Listing::Empty)));
}

#[test]
fn rows_of_the_family_without_dates_are_not_replaced_by_other_rows() {
    let html = format!("{SIGN}{}{}", list("box", &["", ""]), list("other", &["2026-09-03", "2026-09-02"]));
    assert!(matches!(explain(&html).result, Err(ExtractError::NoDates { .. })));
}

#[test]
fn a_table_with_header_words_is_read_by_them_though_no_family_is_known() {
    let row = |n: u32| {
        format!(
            "<tr><td><a href={n}>关于停水的公告{n}</a></td><td>2026-08-0{n}</td><td>2026-09-0{n}</td></tr>"
        )
    };
    let html = format!(
        "<table><tr><th>名称</th><th>成文日期</th><th>发布日期</th></tr>{}{}</table>",
        row(2),
        row(1)
    );
    assert_eq!(newest_day(&explain(&html)).as_deref(), Some("2026-09-02"));
}

#[test]
fn feeds_are_known_by_their_first_element_and_other_json_is_not_guessed_at() {
    let rss = "<?xml version='1.0'?>\n<!-- x --><rss version='2.0'><channel><title>t</title><item><title>a</title>\
        <pubDate>2026-09-03 01:39:11.0</pubDate></item></channel></rss>";
    let explained = explain(rss);
    assert_eq!(
        (explained.preset.as_deref(), newest_day(&explained).as_deref()),
        (Some("feed"), Some("2026-09-03"))
    );
    assert_eq!(explain("{\"data\":[{\"date\":\"2026-09-03\"}]}").result, Err(ExtractError::UnknownJson));
}
