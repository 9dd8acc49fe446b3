//! What the presets that come with the project cut out of pages, held against the same presets reading whole pages.

use std::path::Path;
use std::sync::LazyLock;

use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;

use super::*;
use crate::extract::Page;

/// Presets that name a list by what can be found without a parser.
const CUTTING: [&str; 4] = ["openness", "lonsun-column", "hebei-cms", "vsb"];

/// A preset's name, its way to read pages, and the same without cutting.
type Reader = (&'static str, Extractor, Extractor);

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(readers);

fn readers() -> Vec<Reader> {
    let presets = Presets::of_rules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crawl-rules")).unwrap();
    let extractor = |name| Extractor::new(&presets.named(name).unwrap()).unwrap();
    CUTTING.iter().map(|name| (*name, extractor(name), extractor(name).of_whole_pages())).collect()
}

fn parsed_of(preset: &str, page: &str) -> Option<String> {
    READERS.iter().find(|(name, ..)| *name == preset).unwrap().1.cut(page)
}

/// A head with a menu, a list and a side block without a day.
fn page(list: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>栏目</title></head><body><div class=top><ul><li><a href=/>首页</a></li></ul></div>\
         <div class=main>{list}</div><div class=side><ul><li><a href=/x>专题</a></li></ul></div></body></html>"
    )
}

#[test]
fn each_shape_that_a_preset_knows_is_all_that_is_parsed_of_a_page() {
    for (preset, list) in [
        ("openness", "<dl class=\"content-list\"><dt><a href=1>甲</a><span>2026-01-02</span></dt></dl>"),
        (
            "lonsun-column",
            "<ul class=\"doc_list\"><li><span class=\"right date\">2026-01-02</span><a href=1>甲</a></li></ul>",
        ),
        (
            "lonsun-column",
            "<div class=box><div class=\"xxgk_navli\"><ul><li><a href=1>甲</a></li><li class=rq>2026-01-02</li></ul></div></div>",
        ),
        (
            "hebei-cms",
            "<div class=\"p_list\"><ul><li><a href=1>甲</a><span class=\"date\">2026-01-02</span></li></ul></div>",
        ),
        ("hebei-cms", "<ul class=gg><li><a href=1>甲</a><div class=\"lis_date\">2026-01-02</div></li></ul>"),
        ("vsb", "<ul><li id=\"line_u7_0\"><a href=1><span>2026-01-02</span><em>关于停水</em></a></li></ul>"),
    ] {
        assert_eq!(parsed_of(preset, &page(list)), Some(format!("<!DOCTYPE html>{list}")), "{preset}");
    }
}

#[test]
fn rows_in_two_of_the_shapes_of_a_preset_all_count() {
    let lists = "<ul class=doc_list><li><span class=date>2026-01-02</span><a href=1>甲</a></li></ul>\
                 <div class=box><div class=xxgk_navli><ul><li><a href=2>乙</a></li><li class=rq>2026-01-03</li></ul></div></div>";
    let days = ["2026-01-02", "2026-01-03"];
    for (preset, by_cut, whole) in READERS.iter().filter(|(name, ..)| *name == "lonsun-column") {
        let read = read(by_cut, &page(lists));
        assert!(
            by_cut.cut(&page(lists)).is_some() && days.iter().all(|day| read.contains(day)),
            "{preset}: {read}"
        );
        assert_eq!(read, self::read(whole, &page(lists)));
    }
}

/// A tag may close a block around it, whose own end tag then closes another around the list: what follows is outside the list
/// on the page, and would be inside it where the list stands alone.
#[test]
fn what_closes_a_block_early_leaves_the_page_whole() {
    let gone_early = [
        "<div><li>附件</li></div>",
        "<select><div><input></div></select>",
        "<button><div><button></button></div></button>",
        "<table><div><table></table></div></table>",
    ];
    let row = |number: u32, day: &str, inside: &str| {
        format!(
            "<li id=line_u1_{number}><a href=/{number}.html>关于停水的通告{number}</a><span class=lis_date>{day}</span>{inside}</li>"
        )
    };
    for inside in gone_early {
        for list in ["<ul class=doc_list>", "<ul>", "<div class=p_list><ul>"] {
            let rows = [row(1, "2026-01-02", inside), row(2, "2026-09-01", "")].concat();
            let text = page(&format!("<div><div>{list}{rows}</ul></div></div>"));
            for (preset, by_cut, whole) in READERS.iter() {
                assert_eq!(read(by_cut, &text), read(whole, &text), "{preset}: {text}");
            }
        }
        let menu = format!("<div class=w><ul><li>目录{inside}</li></ul>");
        let list = "<div class=xxgk_navli><ul><li><a href=/1.html>甲甲</a></li><li class=rq>2026-01-02</li></ul></div>";
        let side = "<div><ul><li><a href=/z.html>专题</a><span>2026-09-09</span></li></ul></div>";
        let text = page(&format!("{side}{menu}{list}</div>"));
        for (preset, by_cut, whole) in READERS.iter() {
            assert_eq!(read(by_cut, &text), read(whole, &text), "{preset}: {text}");
        }
    }
}

fn read(extractor: &Extractor, text: &str) -> String {
    let url = "https://www.example.gov.cn/lm/index.html".parse().unwrap();
    let page = Page {
        drawing: None,
        url,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: text.into(),
    };
    let seen_at = "2026-10-05T01:00:00Z".parse().unwrap();
    format!("{:?}", extractor.extract(&page, seen_at, Shanghai))
}

/// Rows in the shapes of all families, and what disturbs them.
fn leaf() -> impl Strategy<Value = String> {
    let day = || (1..10).prop_map(|day| format!("2026-01-0{day}"));
    let link = || (1..9).prop_map(|number| format!("<a href=/{number}.html>关于停水的通告{number}</a>"));
    let row = |open: &'static str, between: &'static str, close: &'static str| {
        (link(), day()).prop_map(move |(link, day)| format!("{open}{link}{between}{day}{close}"))
    };
    let stray = prop::sample::select(vec![
        "</div>",
        "</ul>",
        "</li>",
        "</a>",
        "</b>",
        "</table>",
        "<a href=/0.html>",
        "<b>",
        "<table>",
        "<tr><td>",
        "<li>",
        "<!-- 甲 -->",
        "<br>",
        "<select>",
        "<p>",
        "<form>",
        "<div class=DATE>",
        "<span class=d&#97;te>",
        "<li id=LINE_U1>",
        "<template>",
        "<option>",
        "通告",
        "<div>",
        "<ul>",
        "<div><li>附</li></div>",
        "<div><dt>附</dt></div>",
        "<select><div><input></div></select>",
        "<button><div><button></button></div></button>",
        "<table><div><table></table></div></table>",
        "<h2><div><h3>附</h3></div></h2>",
        "<h2><h3>附</h3></h2>",
    ]);
    prop_oneof![
        6 => row("<li>", "<span class=date>", "</span></li>"),
        4 => row("<li>", "<div class=lis_date>", "</div></li>"),
        4 => row("<dt>", "<span class='cont-time'>", "</span></dt>"),
        6 => row("<li id=line_u1_0>", "<span>", "</span></li>"),
        2 => row("<div id=line_u1_1>", "<i>", "</i></div>"),
        2 => row("<tr id=line_u1_2><td>", "<td>", "</td></tr>"),
        4 => row("<div class=xxgk_navli><ul><li>", "</li><li class=rq>", "</li></ul></div>"),
        2 => row("<li>", "", "</li>"),
        2 => day(),
        2 => link(),
        1 => stray.prop_map(str::to_owned),
    ]
}

fn markup() -> impl Strategy<Value = String> {
    leaf().prop_recursive(5, 30, 5, |inner| {
        let name = prop::sample::select(vec![
            "div",
            "div",
            "ul",
            "ul",
            "ul",
            "dl",
            "li",
            "span",
            "a href=/9.html",
            "b",
            "table",
            "td",
            "p",
            "section",
            "article",
            "header",
            "font",
            "h3",
            "nav",
            "body",
        ]);
        let attribute = prop::sample::select(vec![
            "",
            "",
            "",
            "",
            " class=doc_list",
            " class='listnews a'",
            " class=content-list",
            " class=p_list",
            " class=xxgk_navli",
            " class=lis_date",
            " class=date",
            " class=rq",
            " class=lm_line",
            " id=line_u1_3",
            " id=ls_navjz",
            " class=xxgk_nav_list",
            " class=nav",
        ]);
        (name, attribute, prop::collection::vec(inner, 0..5), prop::bool::weighted(0.99)).prop_map(
            |(start, attribute, inner, is_closed)| {
                let name = start.split(' ').next().unwrap_or_default();
                let end = if is_closed { format!("</{name}>") } else { String::new() };
                format!("<{start}{attribute}>{}{end}", inner.concat())
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_preset_reads_what_it_cuts_as_it_would_the_whole_page(
        has_doctype in prop::bool::weighted(0.8),
        around in 0..3_usize,
        parts in prop::collection::vec(markup(), 1..5),
    ) {
        let doctype = if has_doctype { "<!DOCTYPE html>" } else { "" };
        let text = [doctype, &"<div>".repeat(around), &parts.concat(), &"</div>".repeat(around)].concat();
        for (preset, by_cut, whole) in READERS.iter() {
            if by_cut.cut(&text).is_some() {
                prop_assert_eq!(read(by_cut, &text), read(whole, &text), "{}: {}", preset, text);
            }
        }
    }
}
