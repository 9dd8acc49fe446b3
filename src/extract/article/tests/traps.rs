//! What looks like an article's date and is none, and what makes the same text known again.

use super::{TEXT, date, read, read_at};
use crate::extract::{Article, Distrust};

fn article(header: &str, after: &str) -> Article {
    read(&format!("<html><body>{header}<div class=\"TRS_Editor\">{TEXT}</div>{after}</body></html>"))
}

#[test]
fn a_visible_date_that_disagrees_with_the_meta_element_leaves_none() {
    let read = article(
        "<meta name=PubDate content='2026-04-09 09:39'><h1>供水通知</h1><p>发布时间：2026-04-02</p>",
        "",
    );
    assert_eq!((date(&read).as_str(), read.others.len()), ("none", 2));
}

#[test]
fn the_same_element_twice_counts_once_and_twice_otherwise_leaves_none() {
    let twice = |second: &str| {
        article(
            &format!(
                "<META NAME='PUBDATE' CONTENT='2026-04-09'><meta content=\"{second}\" name=\"PubDate\">"
            ),
            "",
        )
    };
    assert_eq!(date(&twice("2026-04-09 10:00")), "2026-04-09 article-meta published");
    assert_eq!(date(&twice("2026-05-09 10:00")), "none");
    assert_eq!(date(&twice("")), "2026-04-09 article-meta published");
}

#[test]
fn glued_attributes_and_stray_blanks_do_no_harm() {
    let read = article("<meta name=\" PubDate \"content=\" 2026-04-09\n09:39 \" />", "");
    assert_eq!(date(&read), "2026-04-09 article-meta published");
}

#[test]
fn dates_of_other_kinds_never_count() {
    for line in [
        "页面生成时间：2026-04-09 10:00:00",
        "更新时间：2026-04-09",
        "有效期：2026-04-09",
        "有效期至：2026年4月9日",
        "施行日期：2026-04-09",
        "截止时间：2026-04-09 17:00",
        "今天是2026年4月9日 星期四",
        "2026年4月9日 星期四",
        "ttmp:1775700000000",
    ] {
        assert_eq!(date(&article(&format!("<div>{line}</div>"), "")), "none", "{line}");
        let footer = format!("<div class=footer>版权所有 {line}</div>");
        assert_eq!(date(&article("<h1>供水通知</h1>", &footer)), "none", "{line}");
    }
}

#[test]
fn a_date_in_the_text_never_counts() {
    let text = format!(
        "<h1>供水通知</h1>{TEXT}<p>发布时间：2026年4月9日08时</p><p>2026年4月9日</p><p>附件由各单位，各镇，各街道在规定的时间之内自行下载并打印。</p>"
    );
    assert_eq!(date(&read(&text)), "none");
    let inside = "<h1>预警</h1><div id=zoom><p>发布时间：2026年4月9日08时</p></div>";
    assert_eq!(date(&read(inside)), "none");
}

#[test]
fn signature_is_told_from_publication() {
    let read = article("<h1>供水通知</h1><p>成文日期：2026-04-01</p>", "");
    assert_eq!(date(&read), "2026-04-01 article-text signed");
    assert_eq!(
        date(&article("<p>发文日期：2026-04-01 发布日期：2026-04-03</p>", "")),
        "2026-04-03 article-text published"
    );
}

#[test]
fn a_header_row_of_a_table_is_not_taken_for_a_label() {
    let table = "<table><tr><th>成文日期</th><th>发布日期</th></tr><tr><td>2026-04-01</td><td>2026-04-03</td></tr></table>";
    assert_eq!(date(&article(table, "")), "none");
    assert_eq!(date(&article(&format!("<h1>供水通知</h1>{table}"), "")), "none");
}

#[test]
fn an_empty_cell_does_not_pass_its_label_on() {
    let table = "<h1>供水通知</h1><table><tr><td>有效期：</td><td></td><td>发布日期：</td><td>2026-04-03</td></tr></table>";
    assert_eq!(date(&article(table, "")), "2026-04-03 article-text published");
    let table = "<h1>供水通知</h1><table><tr><td>有效期：</td><td>2026-04-03</td></tr></table>";
    assert_eq!(date(&article(table, "")), "none");
}

#[test]
fn rows_that_list_other_articles_do_not_count() {
    let rows = "<ul><li><a href=1.html>关于春季供水工作的通知</a><span>发布时间：2026-04-09</span></li></ul>\
                <div><a href=2.html>关于夏季供水工作的通知</a><span>2026-04-08</span></div>";
    assert_eq!(date(&article(&format!("<h1>供水通知</h1>{rows}"), "")), "none");
    assert_eq!(date(&article("<h1>供水通知</h1>", rows)), "none");
}

#[test]
fn comments_below_the_text_do_not_count_where_the_header_has_a_date() {
    let comments = "<div>张三 发表于：2026-04-11</div>";
    assert_eq!(date(&article("<p>发布时间：2026-04-09</p>", comments)), "2026-04-09 article-text published");
    assert_eq!(date(&article("", "<p>发布日期：2026-04-09</p>")), "2026-04-09 article-text published");
}

#[test]
fn what_is_hidden_commented_out_or_in_a_script_is_not_shown() {
    for hidden in [
        "<p style='display: none'>发布时间：2026-04-09</p>",
        "<!-- <p>发布时间：2026-04-09</p> -->",
        "<script>var a = '<p>发布时间：2026-04-09</p>'</script>",
    ] {
        assert_eq!(date(&article(hidden, "")), "none", "{hidden}");
    }
}

#[test]
fn a_date_without_its_year_is_evidence_and_no_more() {
    let read = article("<h1>供水通知</h1><p>发布时间：10-02 08:30</p>", "");
    assert_eq!((date(&read).as_str(), read.others.len()), ("none", 1));
}

#[test]
fn a_publication_after_tomorrow_is_told_and_leaves_none() {
    let read = article("<p>发布时间：2027-04-09</p>", "");
    assert_eq!(date(&read), "none");
    assert!(matches!(read.distrusted[0].why, Distrust::Unusable(_)));
    assert_eq!(read.distrusted[0].why.chinese(), "日期“2027-04-09”晚于巡检日");
}

#[test]
fn a_papers_own_date_below_its_headline_is_a_signature() {
    let read = read(&format!("<h1>供水通知</h1><p>2026年4月1日</p>{TEXT}"));
    assert_eq!(date(&read), "2026-04-01 article-text signed");
    let read = article("<h1>供水通知</h1><p>2026年4月1日</p>", "");
    assert_eq!(date(&read), "2026-04-01 article-text published", "above a container that is known");
}

#[test]
fn a_stamp_in_a_comment_shows_that_a_date_is_only_now() {
    let read = article("<!-- ttmp:1775700000000 --><meta name=PubDate content='2026-04-09 10:02:00'>", "");
    assert_eq!(date(&read), "none");
}

#[test]
fn the_address_only_stands_in_where_nothing_better_is_said() {
    let address = "https://www.example.gov.cn/a/202604/t20260401_1.html";
    let page = |header: &str| format!("{header}<div class=TRS_Editor>{TEXT}</div>");
    assert_eq!(
        date(&read_at(address, &page("<p>发布时间：2026-04-09</p>"))),
        "2026-04-09 article-text published"
    );
    let contested = page("<meta name=PubDate content=2026-04-02><p>发布时间：2026-04-09</p>");
    assert_eq!(date(&read_at(address, &contested)), "none");
}

#[test]
fn the_same_text_under_another_date_and_template_has_the_same_hash() {
    let old = article("<h1>供水通知</h1><p>发布时间：2025-04-09</p>", "");
    let new = article("<h1>供水通知（新）</h1><p>发布时间：2026-04-09</p>", "<p>浏览次数：9</p>");
    assert_eq!((old.text_hash, old.text_len), (new.text_hash, new.text_len));
    let spaced =
        TEXT.replace("，", "，\n&nbsp;　").replace("<p>", "<p class=x><span>").replace("</p>", "</span></p>");
    let spaced = read(&format!("<h1>供水通知</h1><div class=TRS_Editor>{spaced}</div>"));
    assert_eq!(old.text_hash, spaced.text_hash);
    let other = read(&format!("<div class=TRS_Editor>{TEXT}<p>另行通知。</p></div>"));
    assert_ne!(old.text_hash, other.text_hash);
}

#[test]
fn text_without_a_known_container_is_known_again_too() {
    let page =
        |date: &str| read(&format!("<div><h1>供水通知</h1><p>发布时间：{date}</p>{TEXT}<p>浏览 9</p></div>"));
    let (old, new) = (page("2025-04-09"), page("2026-04-09"));
    assert_eq!(date(&new), "2026-04-09 article-text published");
    assert!(old.text_len > 50);
    assert_eq!(old.text_hash, new.text_hash);
}

#[test]
fn a_page_that_would_stall_the_parser_is_refused() {
    let url = "https://www.example.gov.cn/".parse().unwrap();
    let page = crate::extract::Page {
        drawing: None,
        url,
        content_type: None,
        body: "<div>9".repeat(30_000).into_bytes(),
    };
    let read = super::read_article(&page, super::seen_at(), chrono_tz::Asia::Shanghai);
    assert_eq!(read, Err(crate::extract::ExtractError::TooDeep));
}
