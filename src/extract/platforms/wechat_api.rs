//! 公众号: what was published (发布) by `freepublish/batchget`. What was sent to all followers (群发) does not show there, so an
//! account that posts daily may show nothing.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{Answer, address, code, is_set, items, moment, said, title, written};
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;

/// Reads published articles. Deleted ones do not count.
///
/// # Errors
/// Any refusal of the platform.
pub fn read_wechat_api(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let value = answer.json()?;
    unless_refused(&value)?;
    answer.is_in_order()?;
    if !value.get("item").is_some_and(Value::is_array) {
        return Err(Refusal::NotUnderstood("there is no `item` in it".to_owned()));
    }
    let mut gathering = Gathering::new(seen_at, zone);
    for item in items(&value, "item") {
        let stamp = moment(item, "update_time");
        let articles = item.get("content").map_or(&[][..], |content| items(content, "news_item"));
        for article in articles.iter().filter(|article| !is_set(article, "is_deleted")) {
            gathering.add(Item {
                title: title(article, "title"),
                url: address(article, "url"),
                stamp: stamp.clone(),
                ..Item::default()
            });
        }
    }
    gathering.finish()
}

/// The refusal that stands in an answer of 公众号 interfaces.
pub(super) fn unless_refused(value: &Value) -> Result<(), Refusal> {
    match code(value, "errcode") {
        None | Some(0) => Ok(()),
        Some(code) => Err(refusal(code, said(code, written(value, "errmsg")))),
    }
}

fn refusal(code: i64, said: String) -> Refusal {
    match code {
        -1 => Refusal::PlatformFailed(said),
        40001 | 40014 | 41001 | 42001 => Refusal::TokenRejected(said),
        40013 | 40125 | 40243 | 41002 | 41004 => Refusal::SecretRejected(said),
        40164 | 89501 | 89503 | 89506 | 89507 => Refusal::AddressNotListed(said),
        45009 => Refusal::QuotaSpent(said),
        45011 => Refusal::TooFrequent(said),
        48001 | 48004 | 50001 | 50002 => Refusal::NotPermitted(said),
        _ => Refusal::Refused(said),
    }
}
