//! What platforms, shops and bridges answered about accounts, read by the way that would get it, and by all others: none may
//! find another day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use xuncha::extract::{
    Answer, Page, Posts, Refusal, read_douyin, read_huawei, read_itunes, read_rss, read_wechat_api,
    read_wechat_article, read_wechat_backend, read_weibo, read_yyb,
};

use super::truth::Corpus;

/// A way to read, by its word in rules.
struct Reader {
    word: &'static str,
    read: fn(&Answer, DateTime<Utc>) -> Result<Posts, Refusal>,
}

const READERS: [Reader; 9] = [
    Reader { word: "rss", read: |answer, now| read_rss(answer, now, Shanghai) },
    Reader { word: "weibo-openapi", read: |answer, now| read_weibo(answer, "1000000001", now, Shanghai) },
    Reader { word: "wechat-api", read: |answer, now| read_wechat_api(answer, now, Shanghai) },
    Reader { word: "wechat-backend", read: |answer, now| read_wechat_backend(answer, now, Shanghai) },
    Reader { word: "wechat-article", read: |answer, now| read_wechat_article(answer, now, Shanghai) },
    Reader { word: "douyin-openapi", read: |answer, now| read_douyin(answer, now, Shanghai) },
    Reader { word: "itunes", read: |answer, now| read_itunes(answer, now, Shanghai) },
    Reader { word: "yyb", read: |answer, now| read_yyb(answer, "com.example.gov", now, Shanghai) },
    Reader { word: "huawei-appdl", read: |answer, now| read_huawei(answer, now, Shanghai) },
];

/// What a sample has to say.
#[derive(Debug, Clone, Copy)]
enum Shows {
    /// Its newest post is of this day, and is the account's own, is not, or does not say.
    Newest(&'static str, Option<bool>),
    /// "2小时前", whenever it is looked at.
    HoursAgo,
    /// Nothing, and this is why.
    Nothing(fn(&Refusal) -> bool),
}

use Shows::{HoursAgo, Newest, Nothing};

const SAMPLES: [(&str, &str, Shows); 36] = [
    ("weibo/ajax_mymblog_item_2023_excerpt.json", "weibo-openapi", Newest("2023-01-14", None)),
    ("weibo/mweibo_getIndex_2018_relative_time.json", "weibo-openapi", HoursAgo),
    ("weibo/openapi_user_timeline_reconstructed.json", "weibo-openapi", Newest("2026-09-01", Some(true))),
    ("weibo/mweibo_cookie_expired_ok-100_reconstructed.json", "weibo-openapi", Nothing(is_login)),
    ("weibo/openapi_error_rate_reconstructed.json", "weibo-openapi", Nothing(is_quota)),
    // Pages for people who have logged in: no rule can name them for an account.
    ("weibo/weibocn_profile_p1.html", "weibo-openapi", Nothing(is_strange)),
    ("weibo/weibocn_profile_p2.html", "weibo-openapi", Nothing(is_strange)),
    ("weibo/weibocn_single_post.html", "weibo-openapi", Nothing(is_strange)),
    ("weibo/weibocn_info.html", "weibo-openapi", Nothing(is_strange)),
    ("wechat/appmsgpublish_other_account_trimmed.json", "wechat-backend", Newest("2026-03-13", Some(true))),
    ("wechat/profile_history_msgList_2017.html", "wechat-backend", Newest("2017-07-24", Some(true))),
    ("wechat/getmsg_reconstructed.json", "wechat-backend", Newest("2017-07-24", Some(true))),
    ("wechat/getmsg_no_session.json", "wechat-backend", Nothing(is_login)),
    ("wechat/backend_session_expired_200003_reconstructed.json", "wechat-backend", Nothing(is_login)),
    ("wechat/backend_freq_control_200013_reconstructed.json", "wechat-backend", Nothing(is_too_frequent)),
    ("wechat/searchbiz_trimmed.json", "wechat-backend", Nothing(is_strange)),
    ("wechat/freepublish_batchget_reconstructed.json", "wechat-api", Newest("2026-09-02", None)),
    ("wechat/freepublish_batchget_empty.json", "wechat-api", Nothing(is_without_posts)),
    ("wechat/api_token_invalid_40001_reconstructed.json", "wechat-api", Nothing(is_token)),
    ("wechat/api_token_expired_42001_reconstructed.json", "wechat-api", Nothing(is_token)),
    ("wechat/menu_get_wxjava_trimmed.json", "wechat-api", Nothing(is_strange)),
    ("wechat/selfmenu_info_wxjava.json", "wechat-api", Nothing(is_strange)),
    ("wechat/article_aifou_20200212.html", "wechat-article", Newest("2020-02-12", Some(false))),
    ("wechat/article_gongchandangyuan_20180320.html", "wechat-article", Newest("2018-03-20", Some(false))),
    ("wechat/article_original_20180407.html", "wechat-article", Newest("2018-04-07", Some(true))),
    ("wechat/article_link_expired.html", "wechat-article", Nothing(is_gone)),
    ("douyin/openplatform_video_list_reconstructed.json", "douyin-openapi", Newest("2026-09-02", None)),
    // Its only work is kept on top: that says nothing of newer ones.
    ("douyin/aweme_post_reconstructed.json", "douyin-openapi", Nothing(is_pinned)),
    ("douyin/aweme_post_empty_body.txt", "douyin-openapi", Nothing(is_empty)),
    // 17:33 in Greenwich is the next day in the county.
    ("app/itunes_lookup_real.json", "itunes", Newest("2017-11-02", None)),
    ("app/itunes_lookup_empty_reconstructed.json", "itunes", Nothing(is_unlisted)),
    ("app/yyb_wechat_apkinfo_reconstructed.json", "yyb", Newest("2026-09-18", None)),
    ("app/yyb_wechat_apkinfo_missing_excerpt.json", "yyb", Nothing(is_unlisted)),
    ("app/huawei_appdl_redirect_reconstructed.txt", "huawei-appdl", Newest("2026-09-30", None)),
    ("feed/wewe_rss_json_reconstructed.json", "rss", Newest("2026-09-01", None)),
    // Search results: they show one article of an account, if any, and no way reads them.
    ("wechat-sogou/gzh_search.html", "wechat-article", Nothing(is_strange)),
];

fn is_login(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::LoginWanted(_))
}

fn is_quota(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::QuotaSpent(_))
}

fn is_too_frequent(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::TooFrequent(_))
}

fn is_token(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::TokenRejected(_))
}

fn is_strange(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NotUnderstood(_))
}

fn is_without_posts(refusal: &Refusal) -> bool {
    *refusal == Refusal::NoPosts
}

fn is_pinned(refusal: &Refusal) -> bool {
    *refusal == Refusal::OnlyPinned
}

fn is_empty(refusal: &Refusal) -> bool {
    *refusal == Refusal::EmptyBody
}

fn is_gone(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::ArticleGone(_))
}

fn is_unlisted(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NotListed(_))
}

/// Families of samples that are about accounts.
const FAMILIES: [&str; 6] = ["weibo", "wechat", "wechat-sogou", "douyin", "app", "feed"];

#[test]
fn every_sample_of_an_account_is_read_right_by_its_way_and_wrong_by_none() {
    let Some(corpus) = Corpus::open() else { return };
    let mut rights: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut samples = SAMPLES;
    samples.sort_by_key(|(file, ..)| corpus.index[*file].origin);
    println!("{:<14} {:<58} {:<15} read", "", "file", "way");
    for (file, word, shows) in samples {
        let (answer, seen_at) = (answer(file, corpus.body(file)), seen_at(shows));
        let origin = corpus.index[file].origin.word();
        for Reader { word: by, read } in READERS {
            let result = read(&answer, seen_at);
            if by == word {
                println!("{origin:<14} {file:<58} {by:<15} {}", in_words(&result));
                *rights.entry(origin).or_default() += usize::from(is_right(&result, shows, seen_at));
            }
            if (by == word || result.is_ok()) && !is_right(&result, shows, seen_at) {
                wrong.push(format!("{file} by {by}: {}", in_words(&result)));
            }
        }
    }
    for (origin, count) in &rights {
        let all = samples.iter().filter(|(file, ..)| corpus.index[*file].origin.word() == *origin).count();
        println!("{origin}: {count} of {all}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_sample_of_another_way_dates_an_account() {
    let Some(corpus) = Corpus::open() else { return };
    for (file, entry) in &corpus.index {
        let is_known = SAMPLES.iter().any(|(known, ..)| known == file);
        if is_known || !FAMILIES.contains(&entry.family.as_str()) {
            continue;
        }
        let answer = answer(file, corpus.body(file));
        for Reader { word, read } in READERS {
            let result = read(&answer, seen_at(HoursAgo));
            assert!(result.is_err(), "{file} by {word}: {}", in_words(&result));
        }
    }
}

/// What came back. A redirect is kept as the text of its head.
fn answer(file: &str, body: Vec<u8>) -> Answer {
    let url = "https://account.example/s/1".parse().unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    let answer = Answer::ok(Page { drawing: None, url, content_type: None, body });
    match text.split_once("Location: ") {
        Some((_, location)) if file.contains("redirect") => {
            Answer { status: 302, location: location.lines().next().map(ToOwned::to_owned), ..answer }
        }
        _ => answer,
    }
}

/// Nine o'clock, a few days after the newest post.
fn seen_at(shows: Shows) -> DateTime<Utc> {
    let day = match shows {
        Newest(day, _) => day.parse::<NaiveDate>().unwrap() + TimeDelta::days(3),
        HoursAgo | Nothing(_) => NaiveDate::from_ymd_opt(2026, 10, 6).unwrap(),
    };
    Shanghai.from_local_datetime(&day.and_hms_opt(9, 0, 0).unwrap()).unwrap().to_utc()
}

fn is_right(result: &Result<Posts, Refusal>, shows: Shows, seen_at: DateTime<Utc>) -> bool {
    let newest = result.as_ref().map(|posts| posts.newest().expect("a newest post"));
    match (newest, shows) {
        (Ok(post), Newest(day, is_original)) => {
            post.sighting.date == day.parse().unwrap() && post.is_original == is_original
        }
        (Ok(post), HoursAgo) => post.sighting.date == seen_at.with_timezone(&Shanghai).date_naive(),
        (Err(refusal), Nothing(is_expected)) => is_expected(refusal),
        (Ok(_), Nothing(_)) | (Err(_), _) => false,
    }
}

fn in_words(result: &Result<Posts, Refusal>) -> String {
    match result {
        Ok(posts) => {
            let newest = posts.newest().expect("a newest post");
            let own = match newest.is_original {
                Some(true) => ", original",
                Some(false) => ", not original",
                None => "",
            };
            format!("{}{own}, {} posts", newest.sighting.date, posts.posts.len())
        }
        Err(refusal) => format!("unknown: {}", refusal.to_string().chars().take(60).collect::<String>()),
    }
}
