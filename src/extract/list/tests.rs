use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::{Extracted, Extractor, Page, Sureness, UndatedRow};
use crate::extract::{ListSelectors, Reading};

fn openness() -> ListSelectors {
    ListSelectors {
        list: "dl.content-list".to_owned(),
        row: "dt".to_owned(),
        skip: Some("dt.line".to_owned()),
        link: "a".to_owned(),
        date: "span.cont-time".to_owned(),
        empty: vec!["暂无相关信息".to_owned()],
        empty_in: Some("div.tip".to_owned()),
    }
}

fn plain_list() -> ListSelectors {
    ListSelectors {
        list: "ul.list".to_owned(),
        row: "li".to_owned(),
        skip: None,
        link: "a".to_owned(),
        date: "span".to_owned(),
        empty: vec!["暂无信息".to_owned(), "  ".to_owned()],
        empty_in: None,
    }
}

fn read_bytes(selectors: ListSelectors, body: Vec<u8>) -> Result<Listing, ExtractError> {
    let url = "https://www.example.gov.cn/OpennessContent/showList/1/2/page_1.html".parse().unwrap();
    let page = Page { drawing: None, url, content_type: None, body };
    let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
    match Extractor::new(&Reading::List(selectors)).unwrap().extract(&page, seen_at, Shanghai)? {
        Extracted::Listing(listing) => Ok(listing),
        Extracted::Onward(onward) => panic!("led on to {}", onward.url),
    }
}

fn read(selectors: ListSelectors, html: &str) -> Result<Listing, ExtractError> {
    read_bytes(selectors, html.as_bytes().to_vec())
}

#[track_caller]
fn items(listing: Result<Listing, ExtractError>) -> (Vec<Sighting>, Vec<UndatedRow>) {
    match listing {
        Ok(Listing::Items { sightings, undated }) => (sightings, undated),
        other => panic!("no items: {other:?}"),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

const PINNED: &str = r#"
    <div class="clock">今天是2026年10月5日</div>
    <dl class="content-list">
      <dt class="top"><div><div><a href="/OpennessContent/show/9.html" title="工作规则（置顶）">工作规则…</a></div></div>
        <span class="cont-time">
            2019-01-04
        </span></dt>
      <dt><div><div><a href="../../../show/11.html" title="十月 公告">十月…</a></div></div>
        <span class="cont-time">2026-10-03</span></dt>
      <dt class="line"></dt>
      <dt><div><div><a href="javascript:open(10)"> 九月
          通知 </a></div></div><span class="cont-time">[2026-09-30]</span></dt>
      <dt class="rule"></dt>
    </dl>"#;

#[test]
fn a_pinned_old_row_on_top_does_not_hide_the_newest() {
    let (sightings, undated) = items(read(openness(), PINNED));
    assert_eq!(undated, []);
    assert_eq!(sightings.iter().map(|s| s.date).max(), Some(day(2026, 10, 3)));
    let dates: Vec<NaiveDate> = sightings.iter().map(|s| s.date).collect();
    assert_eq!(dates, [day(2019, 1, 4), day(2026, 10, 3), day(2026, 9, 30)]);
}

#[test]
fn a_row_is_read_with_its_full_title_address_and_evidence() {
    let (sightings, _) = items(read(openness(), PINNED));
    assert_eq!(
        sightings[1],
        Sighting {
            title: "十月 公告".to_owned(),
            url: "https://www.example.gov.cn/OpennessContent/show/11.html".to_owned(),
            date: day(2026, 10, 3),
            raw_date: "2026-10-03".to_owned(),
            found: Found::List,
            kind: DateKind::Published,
            sureness: Sureness::Sure,
        }
    );
    assert_eq!((sightings[2].title.as_str(), sightings[2].url.as_str()), ("九月 通知", ""));
    assert_eq!(sightings[2].raw_date, "[2026-09-30]");
}

#[test]
fn a_key_list_with_bracketed_dates_in_gb18030_is_read() {
    let html = "<meta charset=gb2312><dl class='key-list'><dt><a href='1.html'>关于镕的公告</a><span>[2026-09-01]</span>";
    let (bytes, _, _) = encoding_rs::GB18030.encode(html);
    let selectors = ListSelectors {
        list: "dl.key-list".to_owned(),
        row: "dt".to_owned(),
        date: "span".to_owned(),
        ..openness()
    };
    let (sightings, _) = items(read_bytes(selectors, bytes.into_owned()));
    assert_eq!((sightings[0].title.as_str(), sightings[0].date), ("关于镕的公告", day(2026, 9, 1)));
}

#[test]
fn rows_without_a_usable_date_are_kept_with_the_reason() {
    let (sightings, undated) = items(read(
        plain_list(),
        "<ul class=list><li><a href=1>甲</a><span>2026-09-01</span><li><a href=2>乙</a><li><a href=3>丙</a><span>近日</span>\
         <li><a href=4>丁</a><span>2027-09-01</span><li><a href=5>戊</a><span>1970-01-01</span>\
         <li><a href=6>己</a><span>2026-02-30</span>",
    ));
    assert_eq!(sightings.len(), 1);
    let undated: Vec<(&str, RowError)> =
        undated.iter().map(|row| (row.title.as_str(), row.why.clone())).collect();
    assert_eq!(
        undated,
        [
            ("乙", RowError::Missing),
            ("丙", RowError::Unreadable("近日".to_owned())),
            ("丁", RowError::Future("2027-09-01".to_owned())),
            ("戊", RowError::TooOld("1970-01-01".to_owned())),
            ("己", RowError::Unreadable("2026-02-30".to_owned())),
        ]
    );
}

#[test]
fn a_list_without_a_single_date_is_an_error_and_no_list() {
    let html = "<ul class=list><li><a href=1>甲</a><li><a href=2>乙</a></ul>";
    let Err(ExtractError::NoDates { rows: 2, first: RowError::Missing, undated }) = read(plain_list(), html)
    else {
        panic!("the rows have no dates")
    };
    let titles: Vec<&str> = undated.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["甲", "乙"]);
    assert!(undated[1].url.ends_with("/2"), "{}", undated[1].url);
}

#[test]
fn a_page_without_the_list_has_no_list() {
    let expected = ExtractError::NoList { selector: "ul.list".to_owned() };
    assert_eq!(read(plain_list(), "<p>暂无信息</p>"), Err(expected.clone()));
    assert_eq!(read(plain_list(), "<!-- <ul class=list><li><a>甲</a> 2026-09-01</ul> -->"), Err(expected));
}

#[test]
fn a_list_is_empty_only_where_it_says_so() {
    assert_eq!(read(plain_list(), "<ul class=list><li>暂无信息！</li></ul>"), Ok(Listing::Empty));
    assert_eq!(read(plain_list(), "<ul class=list></ul>"), Err(ExtractError::NoRows));
    assert_eq!(read(plain_list(), "<ul class=list></ul><p>暂无信息</p>"), Err(ExtractError::NoRows));
}

#[test]
fn a_marker_that_does_not_show_says_nothing() {
    for inside in [
        "<script>var none = '暂无信息'</script>",
        "<li style='display: none'>暂无信息</li>",
        "<template>暂无信息</template>",
        "<li hidden>暂无信息</li>",
        "<!-- 暂无信息 -->",
    ] {
        let html = format!("<ul class=list>{inside}</ul>");
        assert_eq!(read(plain_list(), &html), Err(ExtractError::NoRows), "{inside}");
    }
}

#[test]
fn the_marker_may_stand_elsewhere_with_or_without_the_list() {
    let tip = "<div class=tip>对不起，暂无相关信息</div>";
    assert_eq!(read(openness(), &format!("<dl class=content-list></dl>{tip}")), Ok(Listing::Empty));
    assert_eq!(read(openness(), tip), Ok(Listing::Empty));
}

#[test]
fn a_marker_elsewhere_says_nothing_of_a_list_that_a_script_may_yet_draw() {
    let tip = "<div class=tip>暂无相关信息</div>";
    let asks = "<script>$.post('/list.do', draw)</script>";
    let expected = Err(ExtractError::NoList { selector: "dl.content-list".to_owned() });
    assert_eq!(read(openness(), &format!("{tip}{asks}")), expected);
    let with_list = format!("<dl class=content-list></dl>{tip}{asks}");
    assert_eq!(read(openness(), &with_list), Err(ExtractError::NoRows));
}

#[test]
fn one_empty_list_of_two_says_nothing_of_the_other() {
    let empty = "<ul class=list><li>暂无信息</li></ul>";
    assert_eq!(read(plain_list(), &format!("{empty}<ul class=list></ul>")), Err(ExtractError::NoRows));
    assert_eq!(read(plain_list(), &format!("{empty}{empty}")), Ok(Listing::Empty));
    let nested = ListSelectors { list: "div, ul.list".to_owned(), ..plain_list() };
    assert_eq!(read(nested, &format!("<div>{empty}<ul class=list></ul></div>")), Ok(Listing::Empty));
}

#[test]
fn rows_outweigh_a_marker() {
    let html = format!("{PINNED}<div class=tip>暂无相关信息</div>");
    assert_eq!(items(read(openness(), &html)).0.len(), 3);
    let html = "<ul class=list><li>暂无信息</li><li><a href=1>甲</a></li></ul>";
    assert!(matches!(read(plain_list(), html), Err(ExtractError::NoDates { rows: 1, .. })));
}

#[test]
fn a_pop_up_inside_a_row_is_part_of_neither_title_nor_list() {
    let (sightings, undated) = items(read(
        plain_list(),
        "<ul class=list><li><a href=1>甲</a><span>2026-09-01</span>\
         <div class=pop><ul><li><a href=2>附件一</a></li><li><a href=3>附件二</a><span>2026-09-20</span></li></ul></div></li></ul>",
    ));
    assert_eq!(sightings.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(), ["甲"]);
    assert_eq!(undated, []);
}

#[test]
fn a_row_that_only_wraps_the_list_does_not_hide_it() {
    let (sightings, _) = items(read(
        plain_list(),
        "<ul class=list><li><ul><li><a href=1>甲</a><span>2026-09-01</span></li>\
         <li><a href=2>乙</a><span>2026-09-02</span></li></ul></li></ul>",
    ));
    assert_eq!(sightings.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(), ["甲", "乙"]);
}

#[test]
fn nested_containers_and_repeated_rows_are_read_once() {
    let (sightings, _) = items(read(
        ListSelectors { list: "ul.list, div".to_owned(), ..plain_list() },
        "<div><div><ul class=list><li><a href=1>甲</a><span>2026-09-01</span></li>\
         <li><a href=1>甲</a><span>2026/09/01</span></li></ul></div></div>",
    ));
    assert_eq!(sightings.len(), 1);
}

#[test]
fn two_lists_on_a_page_are_one() {
    let list = |n: u32| format!("<ul class=list><li><a href={n}>甲</a><span>2026-09-0{n}</span></li></ul>");
    assert_eq!(items(read(plain_list(), &(list(1) + &list(2)))).0.len(), 2);
}

#[test]
fn of_several_date_nodes_the_one_that_is_a_date_counts_but_two_dates_are_too_many() {
    let row = |spans: &str| format!("<ul class=list><li><a href=1>甲</a>{spans}</li></ul>");
    let (sightings, _) = items(read(plain_list(), &row("<span>公告</span><span>2026-09-01</span>")));
    assert_eq!(sightings[0].date, day(2026, 9, 1));
    let expected = RowError::Unreadable("2026-09-01 2026-09-02".to_owned());
    let two = row("<span>2026-09-01</span><span>2026-09-02</span>");
    let refused = read(plain_list(), &two);
    assert!(
        matches!(&refused, Err(ExtractError::NoDates { rows: 1, first, .. }) if *first == expected),
        "{refused:?}"
    );
}

#[test]
fn a_date_inside_the_link_is_no_part_of_the_title() {
    let (sightings, _) = items(read(
        plain_list(),
        "<ul class=list><li><a href=1><span>2026-09-01</span><em>公告（2007年3月16日通过）</em></a></li></ul>",
    ));
    assert_eq!(sightings[0].title, "公告（2007年3月16日通过）");
    assert_eq!(sightings[0].date, day(2026, 9, 1));
}

#[test]
fn a_date_spread_over_nodes_is_read_as_one() {
    let (sightings, _) = items(read(
        ListSelectors { date: "div".to_owned(), ..plain_list() },
        "<ul class=list><li><div><b>15</b><i>2025-03</i></div><a href=1>甲</a></li></ul>",
    ));
    assert_eq!((sightings[0].date, sightings[0].raw_date.as_str()), (day(2025, 3, 15), "15 2025-03"));
}

#[test]
fn a_dated_row_without_a_link_is_a_sighting_without_an_address() {
    let (sightings, _) = items(read(plain_list(), "<ul class=list><li>甲 公告<span>09-01</span></li></ul>"));
    assert_eq!((sightings[0].title.as_str(), sightings[0].url.as_str()), ("甲 公告", ""));
    assert_eq!(sightings[0].sureness, Sureness::YearInferred);
}

#[test]
fn rows_may_themselves_be_the_links() {
    let selectors = ListSelectors { list: "div.list".to_owned(), row: "a".to_owned(), ..plain_list() };
    let html = "<div class=list><a href=1 title=甲><span>2026-09-01</span></a></div>";
    assert_eq!(items(read(selectors, html)).0[0].title, "甲");
}
