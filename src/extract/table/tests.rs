use chrono::{DateTime, NaiveDate};
use chrono_tz::Asia::Shanghai;

use super::*;

fn read(html: &str) -> Result<Listing, ExtractError> {
    let url = "https://www.example.gov.cn/xxgk/ml/index.html".parse().unwrap();
    let page =
        crate::extract::Page { drawing: None, url, content_type: None, body: html.as_bytes().to_vec() };
    let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
    read_table(&Decoded::of(&page), &TableHeaders::default(), seen_at, Shanghai)
}

/// The dated rows as title, day and kind, and the titles of the others.
fn rows(html: &str) -> (Vec<(String, NaiveDate, DateKind)>, Vec<String>) {
    match read(html) {
        Ok(Listing::Items { sightings, undated }) => (
            sightings.into_iter().map(|row| (row.title, row.date, row.kind)).collect(),
            undated.into_iter().map(|row| row.title).collect(),
        ),
        other => panic!("no items: {other:?}"),
    }
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

#[test]
fn the_day_of_publication_is_preferred_to_that_of_signing() {
    let html = "<table><tr><td>索引号</td><td>名　称</td><td>成文日期</td><td>发布 日期</td></tr>\
        <tr><td>1</td><td><a href=1.html title='关于供水的通知'>关于供水…</a></td><td>2026-08-01</td><td>2026-09-02</td></tr>\
        <tr><td>2</td><td><a href=2.html>关于供暖的通知</a></td><td>2026-09-20</td><td>2026-09-01</td></tr></table>";
    let (dated, undated) = rows(html);
    assert_eq!(undated, Vec::<String>::new());
    assert_eq!(
        dated,
        [
            ("关于供水的通知".to_owned(), day(9, 2), DateKind::Published),
            ("关于供暖的通知".to_owned(), day(9, 1), DateKind::Published)
        ]
    );
}

#[test]
fn where_only_the_day_of_signing_is_given_it_is_marked_as_such() {
    let html = "<table><thead><tr><th>标题</th><th>文号</th><th>生成日期</th></tr></thead>\
        <tbody><tr><td><a href=1>关于供水的通知</a></td><td>〔2026〕3号</td><td>2026年9月2日</td></tr></tbody></table>";
    assert_eq!(rows(html).0, [("关于供水的通知".to_owned(), day(9, 2), DateKind::Signed)]);
}

#[test]
fn a_blank_day_of_publication_is_not_made_up_from_that_of_signing() {
    let html = "<table><tr><th>名称</th><th>成文日期</th><th>发布日期</th></tr>\
        <tr><td>甲公告</td><td>2026-09-09</td><td></td></tr><tr><td>乙公告</td><td>2026-08-08</td><td>2026-08-09</td></tr></table>";
    let (dated, undated) = rows(html);
    assert_eq!(dated, [("乙公告".to_owned(), day(8, 9), DateKind::Published)]);
    assert_eq!(undated, ["甲公告"]);
}

#[test]
fn cells_that_span_columns_or_lines_do_not_shift_the_others() {
    let html = "<table><tr><th colspan=2>标题</th><th rowspan=1>发布机构</th><th>发布日期</th></tr>\
        <tr><td rowspan=2>第一类</td><td><a href=1>甲公告</a></td><td>某局</td><td>2026-09-02</td></tr>\
        <tr><td><a href=2>乙公告</a></td><td>某局</td><td>2026-09-01</td></tr>\
        <tr><td colspan=4>第二类</td></tr></table>";
    let days: Vec<NaiveDate> = rows(html).0.into_iter().map(|(_, day, _)| day).collect();
    assert_eq!(days, [day(9, 2), day(9, 1)]);
}

#[test]
fn a_table_for_layout_around_the_list_is_looked_through() {
    let html = "<table><tr><td>今天是2026-10-05</td><td><table><tr><th>名称</th><th>发布时间</th></tr>\
        <tr><td><a href=1>甲公告</a></td><td>2026-09-02</td></tr><tr><th>名称</th><th>发布时间</th></tr></table></td></tr></table>";
    assert_eq!(rows(html).0, [("甲公告".to_owned(), day(9, 2), DateKind::Published)]);
}

#[test]
fn a_table_without_the_words_is_not_read_and_an_empty_one_must_say_so() {
    let plain =
        "<table><tr><th>姓名</th><th>发布日期</th></tr><tr><td>甲</td><td>2026-09-02</td></tr></table>";
    assert!(matches!(read(plain), Err(ExtractError::NoTable { wanted }) if wanted.contains("成文日期")));
    let head = "<table><tr><th>名称</th><th>发布日期</th></tr>";
    assert_eq!(read(&format!("{head}<tr><td colspan=2>暂无相关信息</td></tr></table>")), Ok(Listing::Empty));
    assert_eq!(read(&format!("{head}</table>")), Err(ExtractError::NoRows));
}

#[test]
fn a_table_that_a_script_may_yet_fill_is_not_empty() {
    let table = "<table><tr><th>名称</th><th>发布日期</th></tr><tr><td colspan=2>暂无数据</td></tr></table>";
    assert_eq!(read(table), Ok(Listing::Empty));
    let asks = "<script>$.ajax({url: '/list.do', success: draw})</script>";
    assert_eq!(read(&format!("{table}{asks}")), Err(ExtractError::NoRows));
    let template = "<script type='text/x-handlebars-template'>{{#each rows}}<tr><td>{{title}}</td></tr>{{/each}}</script>";
    assert_eq!(read(&format!("{table}{template}")), Err(ExtractError::NoRows));
}

#[test]
fn one_empty_table_of_two_says_nothing_of_the_other() {
    let head = "<table><tr><th>名称</th><th>发布日期</th></tr>";
    let empty = format!("{head}<tr><td colspan=2>暂无相关信息</td></tr></table>");
    assert_eq!(read(&format!("{empty}{head}</table>")), Err(ExtractError::NoRows));
    assert_eq!(read(&format!("{empty}{empty}")), Ok(Listing::Empty));
}

#[test]
fn a_span_of_a_hundred_million_columns_costs_nothing() {
    let html = "<table><tr><th>名称</th><th>发布日期</th></tr><tr><td colspan=100000000 rowspan=100000000>甲</td></tr></table>";
    assert!(read(html).is_err());
}
