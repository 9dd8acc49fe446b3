//! At least two articles of each family.

use super::{TEXT, date, read, read_at};

fn official(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, content)| format!("<meta name=\"{name}\" content=\"{content}\"/>\n")).collect()
}

fn page(head: &str, body: &str) -> String {
    format!("<!DOCTYPE html><html><head><meta charset=\"utf-8\">{head}</head><body>{body}</body></html>")
}

#[test]
fn trs_gives_the_meta_set_and_a_table_of_the_index_number() {
    let head = official(&[
        ("SiteName", "示例县人民政府"),
        ("ColumnName", "通知公告"),
        ("ArticleTitle", "关于做好冬季供水工作的通知"),
        ("PubDate", "2025-08-05 03:11"),
    ]);
    let body = format!(
        "<table><tr><td><b>索 引 号：</b></td><td>30642-2025-001</td><td><b>发文机构：</b></td><td>县住建局</td></tr>\
         <tr><td><b>成文日期：</b></td><td>\n 2025年07月30日 \n</td><td><b>发布日期：</b></td><td>\n2025年08月05日</td></tr>\
         </table><div id=\"Zoom\"><div class=\"trs_editor_view TRS_UEDITOR\">{TEXT}<p>2025年7月30日</p></div></div>"
    );
    let article = read(&page(&head, &body));
    assert_eq!(date(&article), "2025-08-05 article-meta published");
    assert_eq!(article.title.as_deref(), Some("关于做好冬季供水工作的通知"));
    assert_eq!(
        (article.column.as_deref(), article.site.as_deref()),
        (Some("通知公告"), Some("示例县人民政府"))
    );
    assert_eq!(date(&read(&page("", &body))), "2025-08-05 article-text published");
}

#[test]
fn trs_fragments_show_a_date_without_a_label_below_the_headline() {
    let body = format!(
        "<div class=\"wrapper_detail_title\">冬季供水问答</div><div class=\"menu\"><span>\n2025-01-03 17:11\n</span>\
         <span>来源：\n示例县住房和城乡建设局</span><a href=\"#\">小</a></div>\
         <div class=\"view TRS_Editor\">{TEXT}</div>"
    );
    assert_eq!(date(&read(&body)), "2025-01-03 article-text published");
    let address = "https://www.example.gov.cn/xxgk/202501/t20250102_274944.html";
    assert_eq!(date(&read_at(address, &body)), "2025-01-03 article-text published");
    assert_eq!(date(&read_at(address, TEXT)), "2025-01-02 url created");
}

#[test]
fn n_cms_gives_publishdate_and_one_line_of_source_and_date() {
    let body = format!(
        "<div class=\"zsy_cotitle\">\n冬季供水管理办法\n<p>文章来源：规划局 　　发布时间：2025-06-06</p></div>\
         <div class=\"zsy_comain\">{TEXT}</div>"
    );
    let head =
        "<meta name=\"publishdate\" content=\"2025-06-06\"><title>冬季供水管理办法－示例县国资委</title>";
    assert_eq!(date(&read(&page(head, &body))), "2025-06-06 article-meta published");
    assert_eq!(date(&read(&page("", &body))), "2025-06-06 article-text published");
}

#[test]
fn lonsun_shows_a_line_of_publication_and_a_table() {
    let body = format!(
        "<h1 class=\"newstitle\">关于供水的通知</h1><div class=\"newsinfo\"><span class=\"sp\">发布时间：2023-01-04 15:40</span>\
         <span>来源：县住建局</span> 浏览次数：<span>38</span></div><div class=\"newscontnet minh500 j-fontContent\">{TEXT}</div>"
    );
    let head = "<meta name=\"HtmlGenerateTime\" content=\"2025-06-06 11:38:50\">";
    assert_eq!(date(&read(&page(head, &body))), "2023-01-04 article-text published");
    let table = format!(
        "<table class=\"table_suoyin\"><tr><th>索引号：</th><td class=\"pmingcheng\">1134/202301-00012</td></tr>\
         <tr><th>成文日期：</th><td>2023-01-02</td></tr><tr><th>发布日期：</th><td>2023-01-04 15:40</td></tr></table>\
         <div class=\"wzcon j-fontContent\">{TEXT}</div>"
    );
    let article = read(&page(head, &table));
    assert_eq!(date(&article), "2023-01-04 article-text published");
    assert_eq!(article.others[0].date.to_string(), "2023-01-02");
}

#[test]
fn openness_prints_its_header_block_twice() {
    let block = "<ul><li>组配分类: 工作推进</li><li>文号:</li><li>成文日期: 2023-01-03</li><li>发布日期: 2023-01-04</li></ul>";
    let body = format!(
        "<div class=\"pc\">{block}</div><div class=\"m\">{block}</div><h1>十二月份监测情况</h1>\
         <p>发布时间:2023-01-04 15:40 来源:县住建局(县人防办) 浏览次数: 字体:[ ]</p>{TEXT}<p>2022年12月28日</p>"
    );
    assert_eq!(date(&read(&page("", &body))), "2023-01-04 article-text published");
}

#[test]
fn an_article_that_came_as_plain_text_is_read_line_by_line() {
    let text = "索引号:\n1134/202301-00012\n成文日期: 2023-01-03 发布日期: 2023-01-04\n关于供水的通知\n\
                发布时间:2023-01-04 15:40 来源:县住建局 浏览次数: 字体:[ ]\n\n各镇人民政府,各街道办事处,县政府各部门,各直属机构:\n\
                根据有关规定，现就做好冬季供水工作的有关事项通知如下。\n2022年12月28日\n";
    assert_eq!(date(&read(text)), "2023-01-04 article-text published");
}

#[test]
fn jcms_shows_a_small_line_and_makes_its_pages_later() {
    let head = "<meta name=\"Maketime\" content=\"2019-03-22 12:28:37\"><meta name='pubDate' content='2016-11-22 09:53'>\
                <meta name=\"ArticleTitle\"content=\"供水情况\">";
    let body = format!(
        "<p class=\"con-title\"><!--<$[标题]>begin-->供水情况<!--<$[标题]>end--></p><div><span>发布日期：2016-11-22</span>\
         <span>浏览次数： </span></div><div class=\"main-txt\" id=\"zoom\">{TEXT}</div>"
    );
    assert_eq!(date(&read(&page(head, &body))), "2016-11-22 article-meta published");
    let address = "https://www.example.gov.cn/art/2016/11/21/art_1621004_30332664.html";
    assert_eq!(date(&read_at(address, &page("", TEXT))), "2016-11-21 url created");
}

#[test]
fn jpaas_stamps_its_pages() {
    let stamp = ("HtmlGenerateTime", "2025-06-06 11:38:50");
    let shown = format!("<h1>供水情况</h1><p>发布时间：2025-06-05 08:00</p><div id=\"zoom\">{TEXT}</div>");
    let now = official(&[stamp, ("PubDate", "2025-06-06 11:38")]);
    assert_eq!(date(&read(&page(&now, &shown))), "2025-06-05 article-text published");
    let honest = official(&[stamp, ("PubDate", "2025-06-05 08:00")]);
    assert_eq!(date(&read(&page(&honest, &shown))), "2025-06-05 article-meta published");
}

#[test]
fn ucap_may_have_no_date_but_the_moment_it_was_made() {
    let head =
        official(&[("PubDate", "2025-10-25 11:32:37"), ("others", "页面生成时间 2025-10-25 11:34:02")]);
    let body = format!(
        "<div class=\"content\"><h2>供水管理规定</h2><p>（2015年10月29日县政府令第1号公布）</p>{TEXT}</div>"
    );
    assert_eq!(date(&read(&page(&head, &body))), "none");
    let body = format!(
        "<h2>供水管理规定</h2><div class=\"info\">日期：2015-11-02 来源：县水务局</div><div id=\"UCAP-CONTENT\">{TEXT}</div>"
    );
    assert_eq!(date(&read(&page(&head, &body))), "2015-11-02 article-text published");
}

#[test]
fn vsb_splits_its_date_over_spans() {
    let body = format!(
        "<TITLE>Winter water supply-Example University</TITLE><div class=\"con-h\">Winter water supply</div>\
         <div class=\"con-span\">\n<span>\nMarch\n\n 16\n</span>,<span>2018</span></div>\
         <div id=\"vsb_content\"><div class=\"v_news_content\">{TEXT}</div></div>"
    );
    let article = read(&body);
    assert_eq!(date(&article), "2018-03-16 article-text published");
    assert_eq!(article.date.unwrap().raw, "March 16 ,2018");
    let body = format!(
        "<h1>供水通知</h1><div align=center>2024年03月16日 08:30 点击：[<script>count()</script>]</div><div id=\"vsb_content\">{TEXT}</div>"
    );
    assert_eq!(date(&read(&body)), "2024-03-16 article-text published");
}

#[test]
fn headers_of_many_forms_are_read() {
    for header in [
        "<div class=\"pages-date\">2024-03-16 09:12 <span>来源： 新华社</span></div>",
        "<div>2024年03月16日09:12 来源：<a href=\"/\">示例县</a></div>",
        "<div>时间：2024-03-16 09:12:33 &nbsp; 来源：县水务局 &nbsp; 点击量：<span>38</span></div>",
        "<ul><li>发布时间 :</li><li>2024-03-16</li><li>来源 :</li><li>县水务局</li></ul>",
        "<div>【索引号】5132/2024-1 【发文日期】2024-03-10 【发布日期】 2024-03-16</div>",
        "<dl><dt>公开日期：</dt><dd>2024/3/16</dd></dl>",
        "<p>发布时间：2024-03-16发布人：张三</p>",
        "<div><b>发布时间：</b><span>2024.03.16</span></div>",
    ] {
        let body = format!("<h1>供水通知</h1>{header}<div id=\"zoom\">{TEXT}</div>");
        assert_eq!(date(&read(&page("", &body))), "2024-03-16 article-text published", "{header}");
    }
}

#[test]
fn gkmlpt_keeps_its_article_in_a_script() {
    let script = |fields: &str| {
        format!(
            "<html><body><div id=app></div><script>window._CONFIG = {{ SID: '758019', TREE: [], DETAIL: {{{fields}}} }}</script></body></html>"
        )
    };
    let body = script(
        r#"id: 3255421, title: "供水公告", date: 1782662400, create_time: 1783353600, content: "<p>正文一二三</p>", attachment: [{"created_at": "1999-01-01"}]"#,
    );
    let article = read(&body);
    assert_eq!(date(&article), "2026-07-07 json published");
    assert_eq!((article.title.as_deref(), article.text_len), (Some("供水公告"), 5));
    assert_eq!(article.others[0].date.to_string(), "2026-06-29");
    let body = script(r#""title": "供水公告", "date": 1782662400, "created_at": "2026-07-07 10:48:49""#);
    assert_eq!(date(&read(&body)), "2026-07-07 json published");
}

#[test]
fn govcn_writes_a_dash_before_the_hour() {
    let head = official(&[
        ("firstpublishedtime", "2007-08-20-23:59:59"),
        ("lastmodifiedtime", "2009-08-20-23:59:59"),
        ("others", "页面生成时间 2023-10-23 11:23:36"),
    ]);
    let body = format!(
        "<div class=\"pages-title\">公报</div><div class=\"pages_content\" id=\"UCAP-CONTENT\">{TEXT}</div>"
    );
    assert_eq!(date(&read(&page(&head, &body))), "2007-08-20 article-meta published");
    let address = "https://www.example.gov.cn/gongbao/2007-08/20/content_1.htm";
    assert_eq!(date(&read_at(address, &page("", &body))), "2007-08-20 url created");
}

#[test]
fn a_json_answer_tells_publication_from_signature() {
    let article = read(
        r#"{"rptCode":200,"data":{"docId":1,"docTitle":"关于供水的\n批复","publishDate":"2026-04-24 17:32:00",
            "docEditdate":"2026-04-29T09:47:41.000+00:00","builddate":"2026-04-21","docClob":"<p>正文 一二三</p>"}}"#,
    );
    assert_eq!(date(&article), "2026-04-24 json published");
    assert_eq!((article.title.as_deref(), article.text_len), (Some("关于供水的 批复"), 5));
    let signed = read(r#"{"data":{"docTitle":"批复","publishDate":null,"builddate":"2026-04-21"}}"#);
    assert_eq!(date(&signed), "2026-04-21 json signed");
}

#[test]
fn a_json_list_is_no_article() {
    let row = r#"{"docTitle":"批复","publishDate":"2026-04-24"}"#;
    assert_eq!(date(&read(&format!(r#"{{"data":{{"lists":[{row}]}}}}"#))), "none");
    assert_eq!(date(&read(r#"[{"title":"批复","发布日期":"2026-04-24"}]"#)), "none");
}

#[test]
fn an_official_account_gives_the_moment_it_sent() {
    let body = |scripts: &str, shown: &str| {
        format!(
            "<html><body><h2 id=\"activity-name\">供水提醒</h2><em id=\"publish_time\">{shown}</em>\
             <div id=\"js_content\" style=\"visibility: hidden;\">{TEXT}</div><script>{scripts}</script></body></html>"
        )
    };
    let scripts = "var nickname = \"示例发布\"; var ct = \"1581517074\"; var svr_time = \"1581604666\" * 1;";
    let article = read(&body(scripts, "昨天"));
    assert_eq!(date(&article), "2020-02-12 json published");
    assert_eq!((article.title.as_deref(), article.site.as_deref()), (Some("供水提醒"), Some("示例发布")));
    assert_eq!(
        date(&read(&body("var a = {create_time: '2020-02-12 22:17'}", "2020-02-12"))),
        "2020-02-12 json published"
    );
    let noisy = "var ct = \"1581517074\"; var more = [{create_time: '2020-02-20 10:00'}]";
    assert_eq!(date(&read(&body(noisy, ""))), "2020-02-12 json published");
    let contradictory = "var ct = \"1581517074\"; window.ct = '1584517074'";
    assert_eq!(date(&read(&body(contradictory, ""))), "none");
    assert_eq!(date(&read(&body("", "昨天"))), "none");
    assert_eq!(date(&read(&body("", "2020-02-12"))), "2020-02-12 article-text published");
}

#[test]
fn a_single_post_is_not_dated_by_the_comments_below_it() {
    let body = "<html><body><div class=\"c\" id=\"M_\"><div><span class=\"ctt\">供水提醒</span><span class=\"ct\">2020-06-05 11:11:05 </span></div></div>\
                <div class=\"c\" id=\"C_1\"><span class=\"ct\">2020-06-07 11:12:14&nbsp;网页</span></div></body></html>";
    assert_eq!(date(&read_at("https://weibo.cn/comment/1", body)), "2020-06-05 article-text published");
}
