use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;

use super::*;
use crate::extract::page::Page;

mod laws;
mod posts;
mod refusals;

/// 2026-10-08 09:00 in the county.
fn seen_at() -> DateTime<Utc> {
    "2026-10-08T01:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn answer(status: u16, body: &str) -> Answer {
    let url = "https://api.example/x".parse().unwrap();
    Answer {
        status,
        page: Page { drawing: None, url, content_type: None, body: body.as_bytes().to_vec() },
        location: None,
    }
}

fn led_to(location: &str) -> Answer {
    Answer { location: Some(location.to_owned()), ..answer(302, "") }
}

const UID: &str = "1000000001";
const PACKAGE: &str = "com.example.gov";

type Read = fn(&Answer) -> Result<Posts, Refusal>;

fn rss(answer: &Answer) -> Result<Posts, Refusal> {
    read_rss(answer, seen_at(), Shanghai)
}

fn weibo(answer: &Answer) -> Result<Posts, Refusal> {
    read_weibo(answer, UID, seen_at(), Shanghai)
}

fn wechat_api(answer: &Answer) -> Result<Posts, Refusal> {
    read_wechat_api(answer, seen_at(), Shanghai)
}

fn wechat_backend(answer: &Answer) -> Result<Posts, Refusal> {
    read_wechat_backend(answer, seen_at(), Shanghai)
}

fn wechat_article(answer: &Answer) -> Result<Posts, Refusal> {
    read_wechat_article(answer, seen_at(), Shanghai)
}

fn douyin(answer: &Answer) -> Result<Posts, Refusal> {
    read_douyin(answer, seen_at(), Shanghai)
}

fn itunes(answer: &Answer) -> Result<Posts, Refusal> {
    read_itunes(answer, seen_at(), Shanghai)
}

fn yyb(answer: &Answer) -> Result<Posts, Refusal> {
    read_yyb(answer, PACKAGE, seen_at(), Shanghai)
}

fn huawei(answer: &Answer) -> Result<Posts, Refusal> {
    read_huawei(answer, seen_at(), Shanghai)
}

const ALL: [Read; 9] = [rss, weibo, wechat_api, wechat_backend, wechat_article, douyin, itunes, yyb, huawei];
