//! What each way shows of an account.

use super::*;

fn newest(read: Read, body: &str) -> Post {
    let posts = read(&answer(200, body)).unwrap();
    assert!(posts.undated.is_empty(), "{:?}", posts.undated);
    posts.newest().unwrap().clone()
}

#[test]
fn weibo_gives_the_newest_of_its_posts_and_says_which_are_the_accounts_own() {
    let body = r#"{"statuses":[
        {"created_at":"Tue Sep 01 09:30:00 +0800 2026","idstr":"11","text":"汛期 &amp; 出行提示","user":{"idstr":"1000000001","screen_name":"示例发布"}},
        {"created_at":"Wed Sep 30 23:40:00 +0800 2026","idstr":"12","text":"转发：国庆值班","retweeted_status":{"id":9},"user":{"id":1000000001}}]}"#;
    let posts = weibo(&answer(200, body)).unwrap();
    assert_eq!(posts.account.as_deref(), Some("示例发布"));
    let own: Vec<Option<bool>> = posts.posts.iter().map(|post| post.is_original).collect();
    assert_eq!(own, [Some(true), Some(false)]);
    assert_eq!(posts.posts[0].sighting.title, "汛期 & 出行提示");
    let newest = &posts.newest().unwrap().sighting;
    assert_eq!((newest.date, newest.url.as_str()), (day("2026-09-30"), "https://m.weibo.cn/detail/12"));
    assert_eq!(newest.raw_date, "Wed Sep 30 23:40:00 +0800 2026");
}

#[test]
fn the_lists_of_weibos_web_pages_are_read_too() {
    let listed = r#"{"ok":1,"data":{"list":[
        {"created_at":"Sat Oct 03 08:00:00 +0800 2026","idstr":"1","text_raw":"转发微博","isTop":0}]}}"#;
    let post = newest(weibo, listed);
    assert_eq!((post.sighting.date, post.is_original), (day("2026-10-03"), None));
    let cards = r#"{"ok":1,"data":{"cards":[{"card_type":11},
        {"card_type":9,"mblog":{"created_at":"Mon Jan 05 08:00:00 +0800 2026","id":"1","text":"<a>置顶的</a>","mblogtype":2}},
        {"card_type":9,"mblog":{"created_at":"2小时前","id":"2","text":"新的","mblogtype":0}}]}}"#;
    let posts = weibo(&answer(200, cards)).unwrap();
    assert!(posts.posts[0].is_pinned && !posts.posts[1].is_pinned);
    assert_eq!(posts.posts[0].sighting.title, "置顶的");
    assert_eq!(posts.newest().unwrap().sighting.date, day("2026-10-08"));
}

#[test]
fn a_pinned_old_post_never_counts_as_newest_and_a_pinned_new_one_does() {
    let work = |day: &str, is_top: bool| {
        let at = format!("{day}T04:00:00Z").parse::<DateTime<Utc>>().unwrap().timestamp();
        format!(r#"{{"item_id":"@a","title":"{day}","create_time":{at},"is_top":{is_top}}}"#)
    };
    let list = |works: &[String]| format!(r#"{{"data":{{"error_code":0,"list":[{}]}}}}"#, works.join(","));
    let old_on_top = list(&[work("2025-03-01", true), work("2026-09-20", false), work("2026-09-10", false)]);
    assert_eq!(newest(douyin, &old_on_top).sighting.title, "2026-09-20");
    let new_on_top = list(&[work("2026-10-07", true), work("2026-09-20", false)]);
    assert_eq!(newest(douyin, &new_on_top).sighting.title, "2026-10-07");
    let nothing_else = list(&[work("2026-10-07", true)]);
    assert_eq!(douyin(&answer(200, &nothing_else)), Err(Refusal::OnlyPinned));
}

#[test]
fn what_the_public_does_not_see_is_no_post() {
    let deleted = r#"{"statuses":[{"created_at":"Tue Sep 01 09:30:00 +0800 2026","idstr":"1","text":"x"},
        {"created_at":"Wed Oct 07 09:30:00 +0800 2026","idstr":"2","text":"该微博已被删除","deleted":"1"}]}"#;
    assert_eq!(newest(weibo, deleted).sighting.date, day("2026-09-01"));
    let under_review = r#"{"data":{"list":[{"title":"新","create_time":1791000000,"is_reviewed":false},
        {"title":"旧","create_time":1790000000,"is_reviewed":true}]}}"#;
    assert_eq!(newest(douyin, under_review).sighting.title, "旧");
}

#[test]
fn the_list_of_douyins_web_page_is_read_too() {
    let body = r#"{"status_code":0,"aweme_list":[
        {"aweme_id":"75","desc":"防溺水宣传","create_time":1790000000,"is_top":0,"author":{"nickname":"示例融媒"}}]}"#;
    let posts = douyin(&answer(200, body)).unwrap();
    assert_eq!(posts.account.as_deref(), Some("示例融媒"));
    assert_eq!(posts.posts[0].sighting.url, "https://www.douyin.com/video/75");
    assert_eq!(posts.posts[0].sighting.date, day("2026-09-21"));
}

#[test]
fn published_articles_are_dated_by_their_publication_and_deleted_ones_left_out() {
    let body = r#"{"total_count":2,"item_count":2,"item":[
        {"article_id":"a","update_time":1790000000,"content":{"news_item":[
            {"title":"秋收","url":"http://mp.weixin.qq.com/s?__biz=a&amp;idx=1","is_deleted":false},
            {"title":"撤下的","url":"http://mp.weixin.qq.com/s?b","is_deleted":true}]}},
        {"article_id":"b","update_time":1790600000,"content":{"news_item":[{"title":"也撤下了","is_deleted":true}]}}]}"#;
    let post = newest(wechat_api, body);
    assert_eq!((post.sighting.date, post.is_original), (day("2026-09-21"), None));
    assert_eq!(post.sighting.url, "http://mp.weixin.qq.com/s?__biz=a&idx=1");
    let posts = wechat_api(&answer(200, body)).unwrap();
    assert_eq!(posts.posts.len(), 1);
}

#[test]
fn the_back_ends_list_is_unwrapped_however_often_it_is_wrapped() {
    let info = r#"{"appmsgex":[{"title":"一","link":"https://mp.weixin.qq.com/s/a","update_time":1790000000,"copyright_type":1},
        {"title":"二","link":"https://mp.weixin.qq.com/s/b","update_time":1790000000,"copyright_type":0}]}"#;
    let page = serde_json::json!({"publish_list": [{"publish_type": 1, "publish_info": info}]});
    let wrapped = serde_json::json!({"base_resp": {"ret": 0}, "publish_page": page.to_string()}).to_string();
    let posts = wechat_backend(&answer(200, &wrapped)).unwrap();
    let own: Vec<(&str, Option<bool>)> =
        posts.posts.iter().map(|post| (post.sighting.title.as_str(), post.is_original)).collect();
    assert_eq!(own, [("一", Some(true)), ("二", Some(false))]);
    let unwrapped = serde_json::json!({"publish_page": page}).to_string();
    assert_eq!(wechat_backend(&answer(200, &unwrapped)).as_ref(), Ok(&posts));
}

#[test]
fn ones_own_back_end_says_when_a_message_was_sent() {
    let info = r#"{"type":9,"sent_info":{"time":1790500000},"appmsg_info":[
        {"title":"通知","content_url":"http://mp.weixin.qq.com/s?a","copyright_status":11,"is_deleted":false,"create_time":1780000000}]}"#;
    let text_only = r#"{"type":1,"sent_info":{"time":1790900000},"appmsg_info":[]}"#;
    let page = serde_json::json!({"publish_list": [{"publish_info": info}]});
    let post = newest(wechat_backend, &serde_json::json!({"publish_page": page}).to_string());
    assert_eq!((post.sighting.date, post.is_original), (day("2026-09-27"), Some(true)));
    let page = serde_json::json!({"publish_list": [{"publish_info": info}, {"publish_info": text_only}]});
    let post = newest(wechat_backend, &serde_json::json!({"publish_page": page}).to_string());
    assert_eq!(post.sighting.date, day("2026-10-02"));
}

#[test]
fn a_clients_list_of_messages_is_read_too() {
    let list = r#"{"list":[{"comm_msg_info":{"datetime":1790000000},"app_msg_ext_info":{"title":"头条",
        "content_url":"http://mp.weixin.qq.com/s?a&amp;idx=1","copyright_stat":100,
        "multi_app_msg_item_list":[{"title":"次条","content_url":"http://mp.weixin.qq.com/s?a&amp;idx=2","copyright_stat":11}]}},
        {"comm_msg_info":{"datetime":1790300000,"type":1,"content":"一句话"}}]}"#;
    let body = serde_json::json!({"ret": 0, "general_msg_list": list}).to_string();
    let posts = wechat_backend(&answer(200, &body)).unwrap();
    let own: Vec<Option<bool>> = posts.posts.iter().map(|post| post.is_original).collect();
    assert_eq!(own, [Some(false), Some(true), None]);
    assert_eq!(posts.newest().unwrap().sighting.date, day("2026-09-25"));
    let page =
        format!("<html><script>var name=\"x\"; var msgList = {list};\n seajs.use('x');</script></html>");
    assert_eq!(wechat_backend(&answer(200, &page)).as_ref(), Ok(&posts));
}

#[test]
fn a_publication_that_cannot_be_unwrapped_may_hide_the_newest() {
    let info =
        r#"{"appmsgex":[{"title":"一","link":"https://mp.weixin.qq.com/s/a","update_time":1790000000}]}"#;
    let page = serde_json::json!({"publish_list": [{"publish_info": "{cut"}, {"publish_info": info}]});
    let posts = wechat_backend(&answer(200, &serde_json::json!({"publish_page": page}).to_string())).unwrap();
    assert_eq!((posts.posts.len(), posts.undated.len()), (1, 1));
}

const ARTICLE: &str = "<html><body><h1 id=\"activity-name\">防汛提示</h1><em id=\"publish_time\">昨天</em>\
    <div id=\"js_content\">请勿泄露验证码。</div><script>var nickname = \"示例发布\"; var ct = \"1790000000\";\
    var msg_title = '防汛提示'; var copyright_stat = \"1\" * 1;</script></body></html>";

#[test]
fn an_article_is_dated_by_its_scripts_and_not_by_what_it_shows() {
    let posts = wechat_article(&answer(200, ARTICLE)).unwrap();
    assert_eq!(posts.account.as_deref(), Some("示例发布"));
    let post = posts.newest().unwrap();
    assert_eq!(post.sighting.date, day("2026-09-21"));
    assert_eq!((post.sighting.title.as_str(), post.is_original), ("防汛提示", Some(true)));
    let passed_on = ARTICLE.replace("\"1\" * 1", "\"2\" * 1");
    assert_eq!(newest(wechat_article, &passed_on).is_original, Some(false));
}

#[test]
fn a_feed_is_dated_by_its_items_whatever_it_says_of_itself() {
    let synced_today = r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>示例公众号</title>
        <updated>2026-10-08T00:59:00Z</updated>
        <entry><title>旧闻</title><link href="https://mp.weixin.qq.com/s/a"/><updated>2026-09-01T16:30:00Z</updated></entry></feed>"#;
    assert_eq!(newest(rss, synced_today).sighting.date, day("2026-09-02"));
    let built_today = "<rss version=\"2.0\"><channel><title>x</title><lastBuildDate>Thu, 08 Oct 2026 00:59:00 GMT</lastBuildDate>\
        <pubDate>Thu, 08 Oct 2026 00:59:00 GMT</pubDate>\
        <item><title>[置顶]办事指南</title><link>https://weibo.com/1/a</link><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate></item>\
        <item><title>谨防索要验证码</title><link>https://weibo.com/1/b</link><pubDate>Mon, 28 Sep 2026 16:00:00 GMT</pubDate></item></channel></rss>";
    let posts = rss(&answer(200, built_today)).unwrap();
    assert!(posts.posts[0].is_pinned && !posts.posts[1].is_pinned);
    assert_eq!(posts.newest().unwrap().sighting.date, day("2026-09-29"));
    let json_feed = r#"{"version":"https://jsonfeed.org/version/1","title":"示例公众号","items":[
        {"id":"1","url":"https://mp.weixin.qq.com/s/a","title":"开学","date_modified":"2026-09-01T01:30:00.000Z"}]}"#;
    assert_eq!(newest(rss, json_feed).sighting.date, day("2026-09-01"));
}

#[test]
fn an_item_of_a_feed_without_a_date_of_its_own_is_never_dated_by_the_feed() {
    let body = "<rss version=\"2.0\"><channel><title>x</title><pubDate>Thu, 08 Oct 2026 00:59:00 GMT</pubDate>\
        <item><title>一</title><link>https://weibo.com/1/a</link></item>\
        <item><title>二</title><link>https://weibo.com/1/b</link><pubDate>Mon, 28 Sep 2026 00:00:00 GMT</pubDate></item></channel></rss>";
    let posts = rss(&answer(200, body)).unwrap();
    assert_eq!((posts.posts.len(), posts.undated.len()), (1, 1));
    let none = body.replace("<pubDate>Mon, 28 Sep 2026 00:00:00 GMT</pubDate>", "");
    assert!(matches!(rss(&answer(200, &none)), Err(Refusal::NoDates(_))));
}

#[test]
fn an_app_is_dated_by_its_present_version() {
    let apple = r#"{"resultCount":1,"results":[{"trackName":"示例办事","version":"3.2","trackId":1,
        "releaseDate":"2019-01-02T08:00:00Z","currentVersionReleaseDate":"2026-08-30T17:00:00Z","trackViewUrl":"https://apps.example/cn/app/id1"}]}"#;
    let post = newest(itunes, apple);
    assert_eq!((post.sighting.date, post.sighting.title.as_str()), (day("2026-08-31"), "示例办事 3.2"));
    let yingyongbao = r#"{"ret":0,"app_detail_records":{"com.example.gov":{"app_info":{"name":"示例办事","update_time":1780000000},
        "apk_all_data":{"version_name":"3.2.1","update_time":1790000000}},"com.example.other":{"app_info":{"update_time":1791000000}}}}"#;
    let post = newest(yyb, yingyongbao);
    assert_eq!((post.sighting.date, post.sighting.title.as_str()), (day("2026-09-21"), "示例办事 3.2.1"));
}

#[test]
fn an_app_without_the_date_of_its_present_version_is_not_dated_by_its_first() {
    let apple =
        r#"{"resultCount":1,"results":[{"trackName":"示例办事","releaseDate":"2019-01-02T08:00:00Z"}]}"#;
    assert!(matches!(itunes(&answer(200, apple)), Err(Refusal::NoDates(_))));
    let page_only = r#"{"ret":0,"app_detail_records":{"com.example.gov":{"app_info":{"name":"示例办事","update_time":1790000000}}}}"#;
    assert_eq!(newest(yyb, page_only).sighting.date, day("2026-09-21"));
    let unknown = page_only.replace("1790000000", "0");
    assert!(matches!(yyb(&answer(200, &unknown)), Err(Refusal::NoDates(_))));
}

#[test]
fn a_package_is_dated_by_the_name_of_the_file_and_no_surer_than_that() {
    let read = |location: &str| huawei(&led_to(location));
    let posts = read("https://dl.example/application/apk/ab/com.example.gov.2609301530.apk?maple=0").unwrap();
    let post = posts.newest().unwrap();
    assert_eq!(post.sighting.date, day("2026-09-30"));
    assert_eq!(post.sighting.raw_date, "2026-09-30 15:30");
    assert_eq!(post.sighting.kind, crate::extract::DateKind::Created);
    assert_eq!(post.sighting.title, "com.example.gov");
    for odd in
        ["https://dl.example/index.html", "/a/com.example.apk", "/a/com.example.gov.26093015.apk", "//"]
    {
        assert!(matches!(read(odd), Err(Refusal::NotUnderstood(_))), "{odd}");
    }
    assert!(matches!(read("/com.example.gov.2613301530.apk"), Err(Refusal::NoDates(_))));
    assert!(matches!(read("/com.example.gov.2612301530.apk"), Err(Refusal::NoDates(_))), "in the future");
}
