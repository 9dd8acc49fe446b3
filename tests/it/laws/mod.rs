//! The laws of reading and of loading, held against our own pages and rules, damaged at random, and against pages that
//! are made to stall a reader. The fuzz targets hold them against everything else.

mod loading;
mod reading;

use std::path::PathBuf;
use std::sync::LazyLock;

use chrono_tz::Asia::Shanghai;
use proptest::prelude::*;
use xuncha::extract::{Extracted, Extractor, Families, Listing, Page, Reading};

use self::loading::Loading;
use self::reading::{ADDRESSES, Laws};

static LAWS: LazyLock<Laws> = LazyLock::new(|| Laws::of(&root().join("crawl-rules")));

/// Our own pages, in the order of their names.
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("tests/fixtures/pages"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
});

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What is put into a page.
const SCRAPS: [&str; 24] = [
    "",
    "<",
    ">",
    "\"",
    "'",
    "<!--",
    "-->",
    "</li>",
    "</ul>",
    "<ul>",
    "<li>",
    "</td>",
    "<table>",
    "<script>",
    "</script>",
    "<base href=//x.example/>",
    "<a href=1>关于停水的公告</a>",
    "2026-10-06",
    "昨天",
    "09-31",
    "发布日期：",
    "]]>",
    "{\"",
    "\u{feff}",
];

/// A change: where, how much of the page it takes away, and what it puts there.
fn change() -> impl Strategy<Value = (usize, usize, &'static str)> {
    (any::<usize>(), 0..60_usize, prop::sample::select(&SCRAPS[..]))
}

fn changed(text: &str, changes: &[(usize, usize, &str)]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (at, cut, put) in changes {
        let from = at % letters.len().max(1);
        let to = (from + cut).min(letters.len());
        letters.splice(from..to, put.chars());
    }
    letters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_page_breaks_no_law_of_reading(
        number in any::<usize>(),
        address in prop::sample::select(&ADDRESSES[..]),
        changes in prop::collection::vec(change(), 0..6),
    ) {
        let page = changed(&PAGES[number % PAGES.len()], &changes);
        prop_assert_eq!(LAWS.check(page.as_bytes(), address), Ok(()));
    }

    #[test]
    fn a_damaged_file_breaks_no_law_of_loading(
        number in 0..5_usize,
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let text = changed(Loading::text(number), &changes);
        prop_assert_eq!(Loading::new().check(number, &text), Ok(()));
    }
}

/// Markup that nests, and so may cost a reader its stack or its time.
const NESTS: [(&str, &str); 7] = [
    ("<div>", "</div>"),
    ("<ul><li>", "</li></ul>"),
    ("<table><tr><td>", "</td></tr></table>"),
    ("<b><a href=1>", "</a></b>"),
    ("[", "]"),
    ("{\"data\":", "}"),
    ("<record><![CDATA[", "]]></record>"),
];

#[test]
fn nests_break_no_law_whether_closed_or_left_open() {
    let item = "<li><a href=./1.html>关于停水的公告</a><span>2026-09-01</span></li>";
    for (open, close) in NESTS {
        for depth in [200, 20_000] {
            let left_open = format!("{}{item}", open.repeat(depth));
            let closed = format!("{left_open}{}", close.repeat(depth));
            for page in [left_open, closed] {
                assert_eq!(LAWS.check(page.as_bytes(), ADDRESSES[0]), Ok(()), "{depth} times {open}");
            }
        }
    }
}

#[test]
fn a_page_of_five_megabytes_is_read_row_by_row() {
    let summary = "据悉，工程分三期进行。".repeat(26);
    let row = |number: usize| {
        format!(
            "<li><a href=./{number}.html>第{number}号道路施工公告</a><span>2026-09-01</span><p>{summary}</p></li>"
        )
    };
    let rows: String = (0..6_000).map(row).collect();
    assert!(rows.len() > 5_000_000);
    let page = Page {
        drawing: None,
        url: ADDRESSES[0].parse().unwrap(),
        content_type: None,
        body: format!("<ul class=list>{rows}</ul>").into_bytes(),
    };
    let seen_at = "2026-10-05T01:00:00Z".parse().unwrap();
    let by_shape = Extractor::new(&Reading::Auto(Families::default())).unwrap();
    match by_shape.extract(&page, seen_at, Shanghai) {
        Ok(Extracted::Listing(Listing::Items { sightings, undated })) => {
            assert_eq!((sightings.len(), undated.len()), (6_000, 0));
        }
        other => panic!("{other:?}"),
    }
}
