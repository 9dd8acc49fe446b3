//! What holds for every page.

use proptest::prelude::*;

use super::*;

/// Pieces from which pages that nearly make sense are put together.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "<meta name=\"PubDate\" content=\"",
        "<meta name='others' content='页面生成时间 ",
        "\">",
        "'>",
        "<h1>供水通知</h1>",
        "<p>",
        "</p>",
        "<table><tr><td>",
        "</td><td>",
        "</td></tr></table>",
        "发布时间：",
        "成文日期：",
        "更新时间：",
        "<li>",
        "<a href=1.html>关于夏季供水工作的通知</a>",
        "<div class=TRS_Editor>",
        "</div>",
        "<div id=zoom>",
        "<script>var ct = \"",
        "\";</script>",
        "window._CONFIG={DETAIL:{create_time:",
        "}}",
        "{\"data\":{\"title\":\"a\",\"publishDate\":\"",
        "\"}}",
        " ",
        "昨天",
    ]);
    let day = (1988..2030i32, 0..14u32, 0..33u32, prop::sample::select(vec!["-", "/", "."]))
        .prop_map(|(year, month, day, mark)| format!("{year}{mark}{month:02}{mark}{day:02}"));
    prop_oneof![
        3 => fixed.prop_map(str::to_owned),
        2 => day,
        1 => (600_000_000..1_900_000_000u64).prop_map(|epoch| epoch.to_string()),
        1 => any::<String>(),
    ]
}

fn page() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![3 => pieces, 1 => prop::collection::vec(any::<u8>(), 0..400)]
}

proptest! {
    #[test]
    fn no_page_makes_it_panic_and_every_figure_of_a_date_is_on_the_page_or_in_its_address(
        body in page(),
        day in 0..9_999u32,
    ) {
        let url = format!("https://mp.weixin.qq.com/a/2025/{day:04}/t2025{day:04}_1.html").parse().unwrap();
        let page = Page { drawing: None, url, content_type: None, body };
        let article = read_article(&page, seen_at(), Shanghai).unwrap();
        let written = format!("{} {}", crate::extract::decode(&page.body, None), page.url);
        for date in article.date.iter().chain(&article.others) {
            for figures in date.raw.split(|c: char| !c.is_ascii_digit()).filter(|figures| !figures.is_empty()) {
                prop_assert!(written.contains(figures), "{} of {:?}", figures, date);
            }
            prop_assert!(date.date <= seen_at().date_naive() + chrono::Days::new(1));
        }
    }
}
