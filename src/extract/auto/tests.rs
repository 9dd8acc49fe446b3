use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::trial::{is_empty, seen_at};
use crate::extract::{Drawing, Extractor, FinderBounds, Reading, Sureness, UndatedRow};

fn read(html: &str) -> Result<Listing, ExtractError> {
    read_with(&Bounds::default(), html)
}

fn read_with(bounds: &Bounds, text: &str) -> Result<Listing, ExtractError> {
    let url = "https://www.example.gov.cn/xw/index.html".parse().unwrap();
    let page = Page { drawing: None, url, content_type: None, body: text.as_bytes().to_vec() };
    let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
    let html = Html::parse_document(text);
    read_by_rows(&html, &page, &Base::of(&page, &html), bounds, seen_at, Shanghai)
}

#[track_caller]
fn items(html: &str) -> (Vec<Sighting>, Vec<UndatedRow>) {
    match read(html) {
        Ok(Listing::Items { sightings, undated }) => (sightings, undated),
        other => panic!("no items: {other:?}"),
    }
}

#[track_caller]
fn assert_days(html: &str, days: &[(u32, u32)]) {
    let expected: Vec<NaiveDate> = days.iter().map(|(month, day)| date(2026, *month, *day)).collect();
    let found: Vec<NaiveDate> = items(html).0.iter().map(|s| s.date).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn assert_no_rows(html: &str) {
    assert_eq!(read(html), Err(ExtractError::NoRows));
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn list(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("<li>{row}</li>\n")).collect();
    format!("<div class=main><ul class=news>{rows}</ul></div>")
}

const ROWS: [&str; 3] = [
    "<span>2026-09-03</span><a href=3.html title='关于停水的公告'>关于停水…</a>",
    "<a href=2.html>关于修路的公告</a><span>[2026-09-02]</span>",
    "<a href=1.html>关于招聘的公告</a> 2026/09/01",
];

#[test]
fn a_date_is_found_before_after_and_beside_the_link() {
    let html = list(&ROWS);
    assert_days(&html, &[(9, 3), (9, 2), (9, 1)]);
    let (sightings, undated) = items(&html);
    assert_eq!(undated, []);
    assert_eq!(
        sightings[0],
        Sighting {
            title: "关于停水的公告".to_owned(),
            url: "https://www.example.gov.cn/xw/3.html".to_owned(),
            date: date(2026, 9, 3),
            raw_date: "2026-09-03".to_owned(),
            found: Found::List,
            kind: DateKind::Published,
            sureness: Sureness::Sure,
        }
    );
}

#[test]
fn clock_navigation_pages_and_footer_never_win() {
    let html = format!(
        "<div id=top>今天是2026年10月5日 星期一 <a href=/tq>天气预报</a></div>\
         <nav><ul><li><a href=/a>政务公开</a> 2026-10-05</li><li><a href=/b>办事服务</a> 2026-10-05</li></ul></nav>\
         {}<ul class=pages><li><a href=index_1.html>1</a></li><li><a href=index_2.html>下一页</a> 10-04</li></ul>\
         <div class=footer><p><a href=/x>备案信息</a> 2026-10-04</p><p><a href=/y>联系我们</a> 2026-10-05</p></div>",
        list(&ROWS)
    );
    assert_days(&html, &[(9, 3), (9, 2), (9, 1)]);
}

#[test]
fn a_legal_date_in_a_title_never_counts() {
    let html = list(&[
        "<a href=1>审批条例（2007年3月16日通过）</a><span>2026-09-01</span>",
        "<a href=2>收费办法（2008年5月6日）</a><span>2026-09-02</span>",
        "<a href=3>关于<b>2026年9月9日</b>停水的通知</a><span>2026-09-03</span>",
    ]);
    assert_days(&html, &[(9, 1), (9, 2), (9, 3)]);
}

#[test]
fn rows_whose_only_date_is_in_the_title_are_undated() {
    let rows = ["<a href=8>停电通知 2026-09-08</a>", "<a href=9>关于<b>2026年9月9日</b>停水的通知</a>"];
    assert_no_rows(&list(&rows));
    let html = list(&[ROWS[0], ROWS[1], rows[0], rows[1]]);
    let (sightings, undated) = items(&html);
    assert_eq!((sightings.len(), undated.len()), (2, 2));
    assert!(undated.iter().all(|row| row.why == RowError::Missing));
}

#[test]
fn a_date_with_an_element_of_its_own_inside_the_link_counts() {
    let html = list(&[
        "<a href=1><h3>关于停水的公告</h3><p>2026年09月02日</p></a>",
        "<a href=2>关于修路的公告<span>2026-09-01</span></a>",
    ]);
    assert_days(&html, &[(9, 2), (9, 1)]);
    assert_eq!(items(&html).0[1].title, "关于修路的公告");
}

#[test]
fn pop_ups_inside_rows_do_not_count() {
    let pop = "<div class=pop><ul><li><a href=7>解读材料一</a><span>2026-09-28</span></li>\
        <li><a href=8>解读材料二</a><span>2026-09-29</span></li></ul></div>";
    let html = list(&[&format!("{}{pop}", ROWS[0]), &format!("{}{pop}", ROWS[1])]);
    assert_days(&html, &[(9, 3), (9, 2)]);
}

#[test]
fn separators_and_a_new_list_after_five_items_do_not_split_the_list() {
    let html = format!(
        "<div><ul class=news><li>{}</li><li class=line></li></ul><ul class=news><li>{}</li><li>{}</li></ul></div>",
        ROWS[0], ROWS[1], ROWS[2]
    );
    assert_days(&html, &[(9, 3), (9, 2), (9, 1)]);
}

#[test]
fn rows_of_tables_blocks_and_definition_lists_are_found() {
    let table = "<table><tr><th>标题</th><th>日期</th></tr><tr><td>1</td><td><a href=1>关于停水</a></td><td>2026-09-02</td></tr>\
        <tr><td>2</td><td><a href=2>关于修路</a></td><td>2026-09-01</td></tr></table>";
    assert_days(table, &[(9, 2), (9, 1)]);
    let blocks = "<div class=box><div class='row odd'><h4><a href=1>关于停水</a></h4><p>2026-09-02</p></div>\
        <div class=row><h4><a href=2>关于修路</a></h4><p>2026-09-01</p></div></div>";
    assert_days(blocks, &[(9, 2), (9, 1)]);
    let definitions = "<dl><dt><a href=1>关于停水</a><span>\n2026-09-02\n</span></dt><dt class=line></dt>\
        <dt><a href=2>关于修路</a><span>2026-09-01</span></dt></dl>";
    assert_days(definitions, &[(9, 2), (9, 1)]);
}

#[test]
fn picture_headline_and_summary_with_one_address_are_one_link() {
    let row = |n: u32| {
        format!(
            "<a href={n}><img src=x alt=图></a><a href={n}>关于停水的公告{n}</a><p>9月1日，我县召开会议，部署工作。</p>\
             <a href={n}>[详细]</a><span>2026-09-0{n}</span>"
        )
    };
    let html = list(&[&row(2), &row(1)]);
    assert_days(&html, &[(9, 2), (9, 1)]);
    assert_eq!(items(&html).0[0].title, "关于停水的公告2");
}

#[test]
fn dates_without_a_year_are_flagged_and_a_year_standing_apart_spoils_them() {
    let (sightings, _) = items(&list(&[
        "<a href=1>关于停水</a><span>10-04</span>",
        "<a href=2>关于修路</a><span>12-30</span>",
    ]));
    assert_eq!(sightings[0].sureness, Sureness::YearInferred);
    assert_eq!((sightings[0].date, sightings[1].date), (date(2026, 10, 4), date(2025, 12, 30)));
    assert_no_rows(&list(&[
        "<a href=1>关于停水</a><b>10-04</b><i>2024</i>",
        "<a href=2>关于修路</a><b>10-03</b><i>2024</i>",
    ]));
}

#[test]
fn a_date_block_of_day_and_month_is_read_as_one_date() {
    assert_days(
        &list(&[
            "<div class=date><b>15</b><i>2026-03</i></div><a href=1>关于停水</a>",
            "<div class=date><b>14</b><i>2026-03</i></div><a href=2>关于修路</a>",
        ]),
        &[(3, 15), (3, 14)],
    );
}

#[test]
fn a_row_with_two_dates_or_an_impossible_one_is_undated() {
    let (sightings, undated) = items(&list(&[
        ROWS[0],
        ROWS[1],
        ROWS[2],
        "<a href=4>关于征集的公告</a><span>2026-09-04</span><span>2026-09-30</span>",
        "<a href=5>关于评审的公告</a><span>2027-09-05</span>",
        "<a href=6>关于中标的公告</a><span>2026-02-30</span>",
    ]));
    assert_eq!(sightings.len(), 3);
    let reasons: Vec<RowError> = undated.into_iter().map(|row| row.why).collect();
    assert_eq!(
        reasons,
        [
            RowError::Unreadable("2026-09-04 2026-09-30".to_owned()),
            RowError::Future("2027-09-05".to_owned()),
            RowError::Unreadable("2026-02-30".to_owned()),
        ]
    );
}

#[test]
fn two_lists_that_compete_are_left_alone() {
    let other = "<div class=side2><ul class=top><li><a href=8>领导活动一</a><span>2026-10-01</span></li>\
        <li><a href=9>领导活动二</a><span>2026-09-28</span></li></ul></div>";
    assert_no_rows(&format!("{}{other}", list(&ROWS)));
}

#[test]
fn a_list_many_times_larger_than_another_is_the_list() {
    let rows: Vec<String> =
        (10..25).map(|n| format!("<a href={n}>关于停水的公告</a><span>2026-09-{n}</span>")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let other = "<div class=box2><ul class=top><li><a href=8>领导活动一</a><span>2026-10-01</span></li>\
        <li><a href=9>领导活动二</a><span>2026-09-28</span></li></ul></div>";
    assert_eq!(items(&format!("{}{other}", list(&rows))).0.len(), 15);
}

#[test]
fn a_headline_newer_than_the_list_casts_doubt() {
    let headline = "<div class=headline><a href=9>省领导来我县调研</a><span>2026-10-01</span></div>";
    assert_no_rows(&format!("{headline}{}", list(&ROWS)));
    let older = headline.replace("2026-10-01", "2026-08-01");
    assert_eq!(items(&format!("{older}{}", list(&ROWS))).0.len(), 3);
}

#[test]
fn mostly_undated_rows_are_no_list_of_dates() {
    assert_no_rows(&list(&[
        ROWS[0],
        ROWS[1],
        "<a href=5>政策解读</a>",
        "<a href=6>政务动态</a>",
        "<a href=7>部门信息</a>",
    ]));
}

#[test]
fn one_row_counts_only_in_what_is_called_a_list() {
    let row = "<li><a href=1>关于停水的公告</a><span>2026-09-01</span></li>";
    assert_days(&format!("<div class=news_list><ul>{row}</ul></div>"), &[(9, 1)]);
    assert_no_rows(&format!("<div class=box><ul>{row}</ul></div>"));
    assert_no_rows("<div class=list><p><a href=1>关于停水的公告</a> 2026-09-01</p></div>");
    assert_no_rows("<div class=list><ul><li><a href=1>关于停水的公告</a> 09-01</li></ul></div>");
}

#[test]
fn an_article_page_is_no_list() {
    assert_no_rows(
        "<div class=info>发布时间：2026-09-01 10:00 来源：县政府</div><div class=text><p>现将有关事项公告如下。</p>\
         <p>附件：<a href=1.doc>报名表格</a></p><p>2026年8月30日</p></div>",
    );
}

#[test]
fn a_list_in_a_comment_a_script_or_a_template_is_not_on_the_page() {
    for (open, close) in
        [("<!--", "-->"), ("<script type='text/xml'>", "</script>"), ("<template>", "</template>")]
    {
        assert_no_rows(&format!("{open}{}{close}", list(&ROWS)));
    }
}

#[test]
fn a_list_is_empty_only_beyond_doubt() {
    assert_eq!(read("<div class=list><ul><li>暂无相关信息！</li></ul></div>"), Ok(Listing::Empty));
    assert_no_rows("<p>暂无信息</p>");
    assert_no_rows("<ul id=list><li>暂无信息</li></ul><script>$.ajax({url: '/rows'})</script>");
    assert_no_rows("<ul style='display:none'><li>暂无信息</li></ul>");
    assert_no_rows("<ul id=list></ul><ul><li>暂无信息</li></ul>");
    assert_no_rows("<ul><li>暂无信息</li></ul><ul><li>暂无信息</li></ul>");
    assert_no_rows("<ul><li>本栏目暂无信息公开目录</li></ul>");
    assert_no_rows("<ul><li><a href=1>关于停水的公告</a></li><li>暂无信息</li></ul>");
}

#[test]
fn a_name_and_its_date_may_stand_in_a_dt_and_a_dd() {
    let html = "<dl><dt><a href=1>关于停水的公告</a></dt><dd>2026-09-02</dd><dt><a href=2>关于修路的公告</a></dt>\
        <dd><i>2026-09-01</i></dd><dt><a href=3>关于招聘的公告</a></dt><dd>详见附件</dd></dl>";
    assert_days(html, &[(9, 2), (9, 1)]);
    assert_eq!(
        items(html).1,
        [UndatedRow {
            title: "关于招聘的公告".to_owned(),
            url: "https://www.example.gov.cn/xw/3".to_owned(),
            why: RowError::Missing
        }]
    );
    let dates_first = "<dl><dt>2026-09-02</dt><dd><a href=1>关于停水的公告</a></dd><dt>2026-09-01</dt>\
        <dd><a href=2>关于修路的公告</a></dd></dl>";
    assert_days(dates_first, &[(9, 2), (9, 1)]);
}

#[test]
fn rows_may_be_bare_links_with_a_date_inside() {
    let html = "<div class=cards><a href=1><p>关于停水的公告</p><em>2026-09-02</em></a>\
        <a href=2><p>关于修路的公告</p><em>2026-09-01</em></a><a href=3><p>关于招聘的公告</p></a></div>";
    assert_days(html, &[(9, 2), (9, 1)]);
    assert_eq!(items(html).1.len(), 1);
}

#[test]
fn rows_may_be_bare_links_with_a_date_beside() {
    let html =
        "<td><a href=1>关于停水的公告</a> 2026-09-02<br><a href=2>关于修路的公告</a> (2026-09-01)<br></td>";
    assert_days(&format!("<table><tr>{html}</tr></table>"), &[(9, 2), (9, 1)]);
    let before = "<div><span>2026-09-02</span><a href=1>关于停水的公告</a><span>2026-09-01</span><a href=2>关于修路</a></div>";
    assert_days(before, &[(9, 2), (9, 1)]);
}

#[test]
fn links_and_dates_that_do_not_take_turns_are_not_set_against_each_other() {
    assert_no_rows(
        "<div><a href=1>关于停水的公告</a><a href=2>关于修路的公告</a><b>2026-09-02</b><a href=3>关于招聘</a><b>2026-09-01</b></div>",
    );
    assert_no_rows(
        "<div><a href=1>关于停水的公告</a><b>2026-09-02</b><b>2026-09-01</b><a href=3>关于招聘</a></div>",
    );
}

#[test]
fn a_date_split_over_three_elements_is_read_as_one() {
    assert_days(
        &list(&[
            "<a href=1>关于停水</a><div><span>March</span> <span>16</span><span>,2026</span></div>",
            "<a href=2>关于修路</a><div><span>March</span> <span>15</span><span>,2026</span></div>",
        ]),
        &[(3, 16), (3, 15)],
    );
}

#[test]
fn lists_beside_the_column_s_own_lead_elsewhere_and_do_not_count() {
    let rows: Vec<String> = (1..=4)
        .map(|n| format!("<a href=./t2026090{n}_{n}.html>关于停水的公告</a><span>2026-09-0{n}</span>"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let side = |folder: &str| {
        format!(
            "<div class=side2><ul class=top><li><a href=/{folder}/8.html>领导活动一</a><span>2026-10-01</span></li>\
             <li><a href=/{folder}/9.html>领导活动二</a><span>2026-09-28</span></li></ul></div>"
        )
    };
    assert_eq!(items(&format!("{}{}", side("ldhd"), list(&rows))).0.len(), 4);
    assert_no_rows(&format!("{}{}", side("xw/ldhd"), list(&rows)));
}

#[test]
fn a_far_longer_block_that_leads_elsewhere_is_not_taken_for_the_list() {
    let rows = |count: u32, href: &str, month: u32| -> String {
        let row =
            |n| format!("<li><a href={href}{n}.html>关于停水的公告</a><span>2026-{month:02}-01</span></li>");
        (1..=count).map(row).collect()
    };
    let with_block =
        |block: &str| format!("<ul class=news>{}</ul><ul class=top>{block}</ul>", rows(5, "./", 8));
    let elsewhere = rows(40, "https://yw.example.cn/", 9);
    assert_no_rows(&with_block(&elsewhere));
    assert_no_rows(&format!("{elsewhere}<p><a href=./1.html>关于停水的公告</a><span>2026-08-01</span></p>"));
    assert_eq!(items(&with_block(&rows(40, "./top/", 9))).0.len(), 40);
}

#[test]
fn a_year_that_the_order_of_rows_does_not_tell_is_not_guessed() {
    let rows = ["12-30", "11-20", "01-15", "01-02"]
        .map(|day| format!("<a href={day}>关于停水的公告</a><span>{day}</span>"));
    let result = read(&list(&rows.each_ref().map(String::as_str)));
    assert!(
        matches!(result, Err(ExtractError::NoDates { first: RowError::YearUnknown(_), .. })),
        "{result:?}"
    );
}

#[test]
fn rows_beside_a_list_that_nobody_has_drawn_are_not_taken_for_it() {
    let template = "<ul id=box></ul><script type='text/x-template'><li>{{title}}</li></script>";
    let beside = list(&[
        "<a href=/tzgg/1.html>关于停水</a><b>2026-09-02</b>",
        "<a href=/tzgg/2.html>关于修路</a><b>2026-09-01</b>",
    ]);
    assert_days(&beside, &[(9, 2), (9, 1)]);
    let result = read(&format!("{template}{beside}"));
    assert!(matches!(result, Err(ExtractError::NeedsRendering { .. })), "{result:?}");
    let own = beside.replace("/tzgg/", "/xw/202609/");
    assert_days(&format!("{template}{own}"), &[(9, 2), (9, 1)]);
}

#[test]
fn rows_are_found_in_the_many_ways_in_which_sites_draw_them() {
    let shapes = [
        "<a href=N><div class=l>关于停水的公告</div><div class=r>2026-09-0N</div></a>",
        "<div class=d><span>0N</span><em>2026-09</em></div><div class=t><h3><a href=N>关于停水的公告</a></h3><p>摘要</p></div>",
        "<a href=N>关于停水的公告</a><em>发布时间：2026-09-0N　浏览次数：12</em>",
        "<a href=N>关于停水的公告</a><span>2026-09-0N 来源：县政府</span>",
        "<a href=N>关于停水的公告</a>……（2026-09-0N）",
        "[<a href=/lm/N/>通知公告</a>]<a href=N.html>关于调整城区停水时间的公告</a><i>2026-09-0N</i>",
        "<a href=N>关于停水的公告</a><p>摘要<a href=/x/N>查看更多</a></p><span>2026年9月N日</span>",
        "<input type=checkbox><a href=N>关于停水的公告</a><label>县政府办</label><label>2026/9/N 8:05</label>",
    ];
    for shape in shapes {
        let rows = ["2", "1"].map(|n| shape.replace('N', n));
        assert_days(&list(&rows.each_ref().map(String::as_str)), &[(9, 2), (9, 1)]);
    }
}

#[test]
fn two_titles_in_one_row_are_not_chosen_between() {
    let row =
        "<a href=1>关于调整城区停水时间的公告</a><a href=2>关于调整城区修路时间的公告</a><i>2026-09-01</i>";
    assert_no_rows(&list(&[row, row]));
}

mod bounds {
    use super::*;
    use crate::extract::FinderBounds;

    fn read_within(bounds: &FinderBounds, html: &str) -> Result<Listing, ExtractError> {
        read_with(&Bounds::compile(bounds).unwrap(), html)
    }

    fn two_lists() -> String {
        let one = |class: &str, day: &str| {
            format!(
                "<div class={class}><ul><li><a href=1>关于停水的公告</a><b>{day}</b></li><li><a href=2>关于修路</a><b>2026-08-01</b></li></ul></div>"
            )
        };
        format!("{}{}", one("first", "2026-09-02"), one("second", "2026-10-01"))
    }

    fn newest(result: Result<Listing, ExtractError>) -> Option<NaiveDate> {
        match result {
            Ok(Listing::Items { sightings, .. }) => sightings.into_iter().map(|row| row.date).max(),
            _ => None,
        }
    }

    #[test]
    fn a_rule_may_name_the_list_or_what_is_none() {
        assert_eq!(read_within(&FinderBounds::default(), &two_lists()), Err(ExtractError::NoRows));
        let list = FinderBounds { list: Some("div.first".to_owned()), ..FinderBounds::default() };
        assert_eq!(newest(read_within(&list, &two_lists())), Some(date(2026, 9, 2)));
        let skip = FinderBounds { skip: Some("div.first".to_owned()), ..FinderBounds::default() };
        assert_eq!(newest(read_within(&skip, &two_lists())), Some(date(2026, 10, 1)));
        let gone = FinderBounds { list: Some("div.third".to_owned()), ..FinderBounds::default() };
        assert_eq!(
            read_within(&gone, &two_lists()),
            Err(ExtractError::NoList { selector: "div.third".to_owned() })
        );
    }

    #[test]
    fn of_several_sub_lists_the_newest_item_of_all_counts() {
        let several = FinderBounds { several: true, ..FinderBounds::default() };
        assert_eq!(newest(read_within(&several, &two_lists())), Some(date(2026, 10, 1)));
    }

    #[test]
    fn in_a_named_list_one_row_is_enough_and_emptiness_is_believed() {
        let named = FinderBounds { list: Some("div.box".to_owned()), ..FinderBounds::default() };
        let one =
            "<div class=box><ul><li><a href=1>关于停水的公告</a><span>2026-09-02</span></li></ul></div>";
        assert_eq!(newest(read_within(&named, one)), Some(date(2026, 9, 2)));
        assert_eq!(read_within(&named, "<div class=box><p>暂无信息</p></div>"), Ok(Listing::Empty));
        assert_eq!(read_within(&named, "<div class=box></div>"), Err(ExtractError::NoRows));
    }
}

#[test]
fn a_year_in_an_element_beside_its_month_and_day_completes_them() {
    let row = |n: u32| format!("<div class=t><b>09-0{n}</b><i>2025</i></div><a href={n}>关于停水的公告</a>");
    let (sightings, _) = items(&list(&[&row(2), &row(1)]));
    assert_eq!((sightings[0].date, sightings[0].sureness), (date(2025, 9, 2), Sureness::Sure));
}

#[test]
fn a_drawn_page_is_empty_where_its_scripts_had_data_and_drew_the_marker() {
    const BARE: &str = "<title>通知</title><ul id=list></ul><script>$.ajax({url: '/rows'})</script>";
    let shown = BARE.replace("<ul id=list>", "<ul id=list><li>暂无信息</li>");
    let whole = Drawing { sent: BARE.to_owned(), had_empty_data: true, ..Drawing::default() };
    let read = |drawing: &Drawing, text: &str| {
        let url = "https://www.example.gov.cn/tzgg/".parse().unwrap();
        let drawing = Some(Box::new(drawing.clone()));
        let page = Page { url, content_type: None, body: text.as_bytes().to_vec(), drawing };
        let finder = Reading::Finder(FinderBounds::default());
        Extractor::new(&finder).unwrap().extract(&page, seen_at(), Shanghai)
    };
    let is_empty = |drawing: &Drawing| is_empty(&read(drawing, &shown));
    assert!(is_empty(&whole));
    assert!(!is_empty(&Drawing { had_empty_data: false, ..whole.clone() }), "nobody has said so");
    assert!(!is_empty(&Drawing { sent: shown.clone(), ..whole.clone() }), "it stood there before");
    let hidden = BARE.replace("</ul>", "</ul><p style='display:none'>暂无信息</p>");
    assert!(is_empty(&Drawing { sent: hidden, ..whole.clone() }), "nobody saw it before");
    let trouble = Some("http://a.example/rows answered HTTP 503".to_owned());
    assert!(!is_empty(&Drawing { trouble: trouble.clone(), ..whole.clone() }));

    // A list that says so itself, and a page that has no script of its own, are not believed either after trouble.
    let without_script = shown.replace("<script>$.ajax({url: '/rows'})</script>", "");
    let unsaid = Drawing { had_empty_data: false, ..whole.clone() };
    let unsaid = read(&unsaid, &without_script);
    assert!(
        matches!(&unsaid, Err(ExtractError::NoRows)),
        "a script of another file may have asked nobody: {unsaid:?}"
    );
    let half = read(&Drawing { trouble, ..whole.clone() }, &without_script);
    assert!(matches!(&half, Err(ExtractError::HalfDrawn { why }) if why.contains("503")), "{half:?}");
    let nameless = read(&whole, &shown.replace("<title>通知</title>", ""));
    assert!(matches!(nameless, Err(ExtractError::HalfDrawn { .. })), "{nameless:?}");
}
