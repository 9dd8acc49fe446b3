use proptest::prelude::*;

use super::*;

/// Whether a text is built here, and then as the parser builds it.
fn is_built_alike(text: &str) -> bool {
    let Some(built) = tree_of(text) else { return false };
    assert_eq!(built.html(), Html::parse_document(text).html(), "{text}");
    assert_eq!(built, Html::parse_document(text), "{text}");
    true
}

#[test]
fn a_list_whose_tags_nest_needs_no_parser() {
    for list in [
        "<ul class='news a' CLASS=x id=b>\r\n<li><a href=\"/1?a=1&b=2\" title='关于&amp;'>关于&nbsp;通知</a><br/>\
         <span class=date>2026-01-02</span></li><li><p>a</p><h3>b</h3></li></ul>",
        "<div><dl><dt><a href=1>一</a></dt><dd><div>二</div></dd></dl><ul><li><div><ul><li>三</li></ul></div></li></ul></div>",
        "<div></div><div><b><i>a</i></b><img src=x alt='a>b'></div>",
    ] {
        assert!(is_built_alike(&format!("<!DOCTYPE html>{list}")), "{list}");
    }
}

#[test]
fn what_a_parser_would_put_elsewhere_is_left_to_it() {
    for list in [
        "<ul><li>一<li>二</ul>",
        "<ul><li><div><li>二</li></div></li></ul>",
        "<div><p><div>一</div></p></div>",
        "<div><a href=1><a href=2>二</a></a></div>",
        "<div><dt><dd>二</dd></dt></div>",
        "<div><table><tr><td>一</td></tr></table></div>",
        "<div><b></div></b>",
        "<div><!-- 一 --></div>",
        "<div>&copy 2022</div>",
        "<div>",
        "</div>",
        "一<div></div>",
        "<span></span>",
        "<div><h1><h2></h2></h1></div>",
    ] {
        assert!(!is_built_alike(&format!("<!DOCTYPE html>{list}")), "{list}");
        assert!(tree_of(list).is_none());
    }
}

/// Markup that mostly nests, of all the elements and texts that are followed here and some that are not.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[ 关a\r\n>\"'=]{0,6}",
        1 => Just("<br>".to_owned()),
        1 => Just("<img src='a>b' alt=\"c\" alt=d/>".to_owned()),
        1 => "&(amp|nbsp|lt|copy|#65|x|middot)?;?[=a1 ]{0,2}",
        1 => Just("<!-- a -->".to_owned()),
        1 => Just("</p>".to_owned()),
        1 => Just("<".to_owned()),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        let name = prop::sample::select(vec![
            "div", "ul", "ol", "dl", "li", "dt", "dd", "p", "h2", "h3", "a", "span", "b", "i", "em", "font",
            "u", "section", "label", "table", "td", "button", "nobr", "option",
        ]);
        let attributes = prop::sample::select(vec![
            "",
            " class=a",
            " class='a b' id=\"c\"",
            " HREF='?a=1&b=2&amp;c'",
            " title=\"&copy\"",
            " x y=",
            "/",
            " =a=b",
        ]);
        (name, attributes, prop::collection::vec(inner, 0..5), prop::bool::weighted(0.95)).prop_map(
            |(name, attributes, inner, is_closed)| {
                let end = if is_closed { format!("</{name}>") } else { String::new() };
                format!("<{name}{attributes}>{}{end}", inner.concat())
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_built_here_is_what_a_parser_builds(lists in prop::collection::vec(nested(), 1..4)) {
        is_built_alike(&format!("<!DOCTYPE html>{}", lists.concat()));
        is_built_alike(&format!("<!doctype HTML><div>{}</div>", lists.concat()));
    }

    #[test]
    fn any_text_is_built_or_not_but_never_panics(text in "(<|>|/|!|-|=|\"|'|&|;| |ul|li|div|amp|中|x){0,40}") {
        is_built_alike(&format!("<!DOCTYPE html>{text}"));
    }
}
