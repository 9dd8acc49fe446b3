use proptest::prelude::*;
use scraper::{ElementRef, Html, Selector};

use super::*;

const LISTS: &str = "ul.news, div#list.main, div.box dl";
const INSIDE: &str = "li, a, span.date, b, li > a, dt > span, div > li";

fn cut(page: &str) -> Option<String> {
    Region::of(LISTS, &[INSIDE]).unwrap().cut(page)
}

#[test]
fn only_the_lists_are_left_of_a_page() {
    let page = "<!DOCTYPE html><html><head><title>a < b</title><script>'<ul class=news>'</script></head><body>\
                <!-- <ul class=news></ul> --><a href=1>nav</a><ul class='x news'><li><a href=1>一</a><ul></ul></ul>\
                <p>between</p><div class=main id=list><br><img src='a>b'>二</div></body></html>";
    let expected = "<!DOCTYPE html><ul class='x news'><li><a href=1>一</a><ul></ul></ul>\
                    <div class=main id=list><br><img src='a>b'>二</div>";
    assert_eq!(cut(page).as_deref(), Some(expected));
}

#[test]
fn a_page_that_a_parser_might_see_otherwise_is_not_cut() {
    let list = "<ul class=news><li>一</li></ul>";
    assert!(cut(list).is_some());
    for around in [
        "<base href=/x/>LIST",
        "<a href=1>LIST",
        "<b>LIST</b>",
        "<select>LIST",
        "<template>LIST</template>",
        "<!-- LIST",
        "<script>LIST",
        "<script><!-- <script></script>LIST--></script>",
        "<div title=\"LIST",
        "<DIV>LIST</DIV>",
        "<ul class=NEWS></ul>LIST",
        "<ul class=n&#101;ws></ul>LIST",
        "<li class=news>LIST",
    ] {
        let page = around.replace("LIST", list);
        let reads_so = around == "<li class=news>LIST";
        assert_eq!(cut(&page).is_some(), reads_so, "{page}");
    }
    for page in [
        "<ul class=news><li>一</li>",
        "<ul class=news><li><div></li></ul>",
        "<ul class=news><form></form></ul>",
        "<p>no list</p>",
    ] {
        assert_eq!(cut(page), None, "{page}");
    }
}

#[test]
fn selectors_that_look_around_are_not_cut_by() {
    assert!(Region::of("ul", &["li"]).is_none());
    assert!(Region::of("ul div.a", &["li"]).is_none());
    assert!(Region::of("div.a + ul", &["li"]).is_none());
    assert!(Region::of("div.a ul:has(> b)", &["li"]).is_none());
    assert!(Region::of("ul.a", &["div li"]).is_none());
    assert!(Region::of("ul.a", &["div > li > a"]).is_none());
    assert!(Region::of("ul.a", &["> li"]).is_none());
    assert!(Region::of("ul.a", &["li:first-child > a"]).is_none());
    assert!(Region::of("ul.a", &["li:nth-child(2)"]).is_none());
    assert!(Region::of("ul.a", &["li:not(div li)"]).is_none());
    assert!(Region::of("ul.a", &["div.b ul li"]).is_none());
    assert!(Region::of("div.a:has(div.b)", &["li"]).is_none());
    assert!(Region::of("div:has(> ul > li.b)", &["li"]).is_none());
    assert!(Region::of("div:has(> li > b)", &["li"]).is_none());
    assert!(Region::of("[id^='a b']", &["li"]).is_none());
    assert!(Region::of("ul[class]", &["li"]).is_none());
    assert!(Region::of("ul.a, #b", &["li, dt.x"]).is_some());
    assert!(Region::of("div.a ul, div.b > dl", &["li > span, dt>b"]).is_some());
    assert!(
        Region::of("ul.a, :has(> div.b), ul:has( > li > .c )", &["li:not(div.b li) > a:last-child"])
            .is_some()
    );
    assert!(Region::of_items("li[id^='line_u'], [id^=row]", &["li.ad"]).is_some());
    assert!(Region::of_items("ul.a li", &[]).is_none());
    assert!(Region::of_items("[id^=line_u]", &["div.a li"]).is_none());
}

#[test]
fn a_list_that_is_known_by_what_it_holds_is_cut_with_what_is_around_that() {
    let region =
        Region::of("ul:has(> li > .day), :has(> div.row)", &["li:not(div.row li), div.row"]).unwrap();
    let by_day = "<ul class=x><li><a href=1>一</a><i class=day>2026-01-02</i></li></ul>";
    let by_row = "<section><div class=row><ul><li>一</li></ul></div><div class=row></div></section>";
    let page = format!("<!DOCTYPE html><div><ul><li>nav</li></ul>{by_day}<p>between{by_row}</div>");
    assert_eq!(region.cut(&page), Some(format!("<!DOCTYPE html>{by_day}{by_row}")));
    for unsure in [
        "<div class=row></div>",
        "<li class=day>2026-01-02</li>",
        "<table><div class=row></div></table>",
        "<div><ul></div><i class=day></i></ul>",
        "<div></ul><i class=day></i>",
        "<div><i class=DAY></i></div>",
    ] {
        assert_eq!(region.cut(&(page.clone() + unsure)), None, "{unsure}");
    }
}

#[test]
fn what_was_cut_is_cut_once_where_a_mark_stands_further_out() {
    let region = Region::of("ul.news, :has(> div.row)", &["li"]).unwrap();
    let whole = "<div><ul class=news><li>一</li></ul><div class=row></div></div>";
    assert_eq!(region.cut(&format!("<p>{whole}")).as_deref(), Some(whole));
}

#[test]
fn items_are_cut_with_the_one_list_that_holds_them_all() {
    let region = Region::of_items("[id^=line_u]", &[]).unwrap();
    let list = "<ul><li id=line_u1_0>一</li><li id='line_u1_1'>二</li></ul>";
    assert_eq!(region.cut(&format!("<div>{list}</div>")).as_deref(), Some(list));
    for unsure in [
        format!("<div>{list}</div><ul><li id=line_u2_0>三</li></ul>"),
        format!("{list}<p id=line_u2_0>三"),
        format!("{list}<p id=LINE_U2_0>三"),
        format!("{list}<p id=l&#105;ne_u2_0>三"),
        "<div><p id=line_u1_0>一</p></div>".to_owned(),
        "<table><tr id=line_u1_0><td>一</table>".to_owned(),
    ] {
        assert_eq!(region.cut(&unsure), None, "{unsure}");
    }
    assert!(region.cut(&format!("{list}<p id=line>三<p id=nav&quot;>")).is_none());
    assert!(region.cut(&format!("{list}<p id=line>三<p id=navigation>")).is_some());
}

#[test]
fn formatting_that_is_closed_out_of_place_keeps_a_page_whole() {
    let list = "<ul class=news><li>一</li></ul>";
    let nine = "<div>".repeat(9);
    for (before, is_cut) in [
        ("<a><div><p>nav</p></div></a>".to_owned(), true),
        (format!("<a>{nine}</a>"), false),
        ("<div><b><table><tr><td></b></table></div>".to_owned(), false),
        ("<b><select></b></select>".to_owned(), false),
    ] {
        assert_eq!(cut(&format!("{before}{list}")).is_some(), is_cut, "{before}");
    }
}

#[test]
fn a_list_between_the_cells_of_a_table_is_cut_unless_it_holds_another() {
    let cut_in_table = |list: &str| cut(&format!("<table>{list}</table>"));
    assert!(cut_in_table("<ul class=news><li>一</li></ul>").is_some());
    assert!(cut_in_table("<ul class=news><li><table></table></li></ul>").is_none());
    assert!(cut("<table></table><ul class=news><li><table></table></li></ul>").is_some());
}

#[test]
fn a_doctype_counts_where_it_comes_first() {
    let list = "<ul class=news></ul>";
    assert_eq!(cut(&format!("\n<!DOCTYPE html>{list}")), Some(format!("<!DOCTYPE html>{list}")));
    assert_eq!(cut(&format!("<p><!DOCTYPE html>{list}")), None);
}

#[test]
fn a_page_that_would_take_long_to_cut_is_left_whole() {
    let region = Region::of("ul.news, :has(> i.row)", &["li"]).unwrap();
    let nested = |times: usize, inside: &str, behind: &str| {
        ["<div>".repeat(times).as_str(), inside, format!("{behind}</div>").repeat(times).as_str()].concat()
    };
    let list = "<ul class=news><li>一</li></ul>";
    assert!(region.cut(&nested(400, list, "")).is_some());
    assert!(region.cut(&nested(600, list, "")).is_none());
    assert!(region.cut(&format!("<ul class=news><li>{}</ul>", nested(600, "一", ""))).is_none());
    assert!(region.cut(&nested(8, list, "<i class=row></i>")).is_some());
    assert!(region.cut(&nested(20, list, "<i class=row></i>")).is_none());
}

/// Everything that a list reader could ask of the lists of a page, in words.
fn lists_of(page: &str) -> Vec<String> {
    let html = Html::parse_document(page);
    let lists = Selector::parse(LISTS).unwrap();
    let inside = Selector::parse(INSIDE).unwrap();
    let in_words = |element: ElementRef| format!("{:?} {}", element.value(), element.html());
    html.select(&lists)
        .flat_map(|list| std::iter::once(list).chain(list.select(&inside)).map(in_words).collect::<Vec<_>>())
        .collect()
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just("<ul class=news>"), 4 => Just("</ul>"), 6 => Just("<li>"), 6 => Just("</li>"),
        3 => Just("<a href='/1'>"), 3 => Just("</a>"), 3 => Just("<span class=date>2026-01-02</span>"),
        2 => Just("<div id=list class=main>"), 3 => Just("<div>"), 4 => Just("</div>"), 2 => Just("标题"),
        1 => Just("<p>"), 1 => Just("</p>"), 1 => Just("<table>"), 1 => Just("<tr><td>"), 1 => Just("</table>"),
        1 => Just("<b>"), 1 => Just("</b>"), 1 => Just("<br>"), 1 => Just("</br>"), 1 => Just("<!--"), 1 => Just("-->"),
        1 => Just("<script>"), 1 => Just("</script>"), 1 => Just("<form>"), 1 => Just("</form>"), 1 => Just("<"),
        1 => Just("<select>"), 1 => Just("</select>"), 1 => Just("\""), 1 => Just("<img alt=\"a>b\" src=x>"),
        2 => Just("<div class=box>"), 2 => Just("<dl><dt>"), 1 => Just("<dl class=news>"), 1 => Just("<dd>"),
        1 => Just("</dl>"), 1 => Just("<h3>"), 1 => Just("</h3>"),
        1 => Just("<button>"), 1 => Just("<!DOCTYPE html>"), 1 => Just("<option>"), 1 => Just("<body class=x>"),
        1 => Just("<noscript>"), 1 => Just("</noscript>"), 1 => Just("<td>"), 1 => Just("<svg>"), 1 => Just("<ruby><rt>"),
        1 => Just("<input>"), 1 => Just("<div/>"), 1 => Just("<li class=news>"), 1 => Just("<caption>"), 1 => Just("<col>"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_cut_reads_as_the_whole_page_does(pieces in prop::collection::vec(piece(), 0..40)) {
        let page = pieces.concat();
        if let Some(cut) = cut(&page) {
            prop_assert_eq!(lists_of(&cut), lists_of(&page));
        }
    }

    #[test]
    fn any_text_is_cut_or_not_but_never_panics(page in "(<|>|/|!|-|=|\"|'| |ul|class|news|div|script|中|x){0,40}") {
        cut(&page);
    }
}
