use super::*;
use crate::extract::{FinderBounds, Leads, Listing, Onward, Reading};

fn page(body: &str) -> Page {
    let url = "https://www.example.gov.cn/tzgg/index.html".parse().unwrap();
    Page { drawing: None, url, content_type: None, body: body.as_bytes().to_vec() }
}

fn without_rows(body: &str) -> Result<Extracted, ExtractError> {
    what_it_is(&Decoded::of(&page(body)), Err(ExtractError::NoRows))
}

const EMPTY: Result<Extracted, ExtractError> = Ok(Extracted::Listing(Listing::Empty));

#[test]
fn a_page_that_says_it_does_not_exist_is_gone_even_with_rows() {
    for title in ["404", "404 Not Found", "页面不存在 - 某县人民政府", "对不起，您访问的页面不存在"]
    {
        let html = format!("<title>{title}</title><ul><li><a href=1>头条新闻</a>2026-09-01</li></ul>");
        assert!(
            matches!(what_it_is(&Decoded::of(&page(&html)), EMPTY), Err(ExtractError::SoftGone { .. })),
            "{title}"
        );
    }
    let notice = "<title>某县人民政府</title><body><h1>404</h1><p>抱歉，您查看的页面不存在！</p><a href=/>返回首页</a>";
    assert!(matches!(without_rows(notice), Err(ExtractError::SoftGone { .. })));
}

#[test]
fn an_item_about_missing_pages_does_not_make_its_column_one() {
    let title = "<title>关于处理页面不存在问题的通知 - 某县</title>";
    assert_eq!(what_it_is(&Decoded::of(&page(title)), EMPTY), EMPTY);
    let long = format!("<body>{} 页面不存在 </body>", "某县政务公开工作动态".repeat(30));
    assert_eq!(without_rows(&long), Err(ExtractError::NoRows));
}

#[test]
fn a_login_in_place_of_the_list_is_told_apart() {
    assert_eq!(without_rows("<form><input type=Password name=p></form>"), Err(ExtractError::LoginPage));
    assert_eq!(
        what_it_is(&Decoded::of(&page("<title>用户登录-某县</title>")), EMPTY),
        Err(ExtractError::LoginPage)
    );
    assert_eq!(what_it_is(&Decoded::of(&page("<title>通知公告</title><input type=password>")), EMPTY), EMPTY);
    let header = format!("<input type=password><p>{}</p>", "某县政务公开工作动态".repeat(30));
    assert_eq!(without_rows(&header), Err(ExtractError::NoRows));
}

#[test]
fn rows_on_a_login_are_not_the_columns() {
    let list = "<ul class=list><li><a href=/x.html>停水通知</a>2026-09-01</li><li><a href=/y.html>停电通知</a>2026-09-02</li></ul>";
    let url = "https://www.example.gov.cn/tzgg/index.html";
    let read = |title: &str| {
        let html = format!("<title>{title}</title>{list}");
        crate::extract::trial::read(&Reading::Finder(FinderBounds::default()), url, &html)
    };
    assert!(matches!(read("通知公告-某县"), Ok(Extracted::Listing(Listing::Items { .. }))));
    assert_eq!(read("统一身份认证-某县"), Err(ExtractError::LoginPage));
}

#[test]
fn a_landing_leads_on_within_its_site_and_only_there() {
    let onward = |url: &str| {
        Ok(Extracted::Onward(Onward { url: url.parse().unwrap(), form: None, why: Leads::Landing }))
    };
    assert_eq!(
        without_rows("<meta http-equiv=Refresh content='0; URL=list_1.html'>"),
        onward("https://www.example.gov.cn/tzgg/list_1.html")
    );
    assert_eq!(
        without_rows("<script>window.location.href=\"http://zwgk.example.gov.cn/a/\";</script>"),
        onward("http://zwgk.example.gov.cn/a/")
    );
    assert_eq!(
        without_rows("<script>location.replace('https://other.gov.cn/')</script>"),
        Err(ExtractError::LeadsAway { url: "https://other.gov.cn/".to_owned() })
    );
}

#[test]
fn a_shell_names_what_draws_it() {
    let shell = "<div id=app></div><script src=/app.js></script>";
    assert!(
        matches!(without_rows(shell), Err(ExtractError::NeedsRendering { why }) if why.contains("`app`"))
    );
}

#[test]
fn what_was_read_is_left_alone() {
    let error = Err(ExtractError::UnknownJson);
    assert_eq!(what_it_is(&Decoded::of(&page("{}")), error.clone()), error);
    assert_eq!(what_it_is(&Decoded::of(&page("<title>通知公告</title>")), EMPTY), EMPTY);
}
