//! 公众号: the list of sent articles that the account's own back end shows, saved by whoever may see it.
//!
//! `appmsgpublish` wraps JSON in a text in JSON, twice over; so do the lists of a client (`general_msg_list`), and a page of an
//! account's history keeps such a list in a script.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{Answer, address, code, is_set, items, moment, said, title, written};
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;
use super::wechat_api;

/// 原创, as the client's lists say it. In the back end it is 1, and 0 stands for what is not.
const ORIGINAL: [i64; 2] = [1, 11];

/// Reads a saved list. Deleted articles do not count.
///
/// # Errors
/// Any refusal that was saved in place of the list.
pub fn read_wechat_backend(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let mut gathering = Gathering::new(seen_at, zone);
    if let Some(list) = history(answer) {
        items(&list, "list").iter().for_each(|message| add_message(message, &mut gathering));
        return gathering.finish();
    }
    let value = answer.json()?;
    unless_refused(&value)?;
    if let Some(page) = inner(&value, "publish_page") {
        for published in items(&page, "publish_list") {
            match inner(published, "publish_info") {
                Some(info) => add_published(&info, &mut gathering),
                None => gathering.add(Item::default()),
            }
        }
    } else if let Some(list) = inner(&value, "general_msg_list") {
        items(&list, "list").iter().for_each(|message| add_message(message, &mut gathering));
    } else {
        return Err(Refusal::NotUnderstood("there is no `publish_page` in it".to_owned()));
    }
    gathering.finish()
}

/// The list that a saved page of an account's history (历史消息) keeps in a script.
fn history(answer: &Answer) -> Option<Value> {
    let text = answer.text();
    let (_, list) = text.split_once("msgList = ").filter(|_| text.trim_start().starts_with('<'))?;
    serde_json::Deserializer::from_str(list).into_iter().next()?.ok()
}

/// One sending of the back end's list: of another account `appmsgex`, of one's own `appmsg_info` and when it was sent.
fn add_published(info: &Value, gathering: &mut Gathering) {
    let sent = info.get("sent_info").and_then(|sent| moment(sent, "time"));
    let articles = ["appmsgex", "appmsg_info"].iter().flat_map(|key| items(info, key));
    let mut count = 0;
    for article in articles {
        count += 1;
        if is_set(article, "is_deleted") {
            continue;
        }
        let stamps = ["update_time", "create_time", "line_info_update_time"];
        let own = || stamps.iter().find_map(|key| moment(article, key));
        let links = ["link", "content_url"].map(|key| address(article, key));
        gathering.add(Item {
            title: title(article, "title"),
            url: links.into_iter().find(|link| !link.is_empty()).unwrap_or_default(),
            stamp: sent.clone().or_else(own),
            is_pinned: is_set(article, "is_top"),
            is_original: original(article, &["copyright_type", "copyright_status", "copyright_stat"]),
        });
    }
    // A sending without articles is a text or a picture: it has been sent all the same.
    if count == 0 && sent.is_some() {
        gathering.add(Item { stamp: sent, ..Item::default() });
    }
}

/// One message of a client's list, with the articles behind its first.
fn add_message(message: &Value, gathering: &mut Gathering) {
    let sent = message.get("comm_msg_info").and_then(|info| moment(info, "datetime"));
    let Some(first) = message.get("app_msg_ext_info") else {
        gathering.add(Item { stamp: sent, ..Item::default() });
        return;
    };
    let further = items(first, "multi_app_msg_item_list");
    for article in std::iter::once(first).chain(further).filter(|article| !title(article, "title").is_empty())
    {
        gathering.add(Item {
            title: title(article, "title"),
            url: address(article, "content_url"),
            stamp: sent.clone(),
            is_pinned: false,
            is_original: original(article, &["copyright_stat"]),
        });
    }
}

fn original(article: &Value, keys: &[&str]) -> Option<bool> {
    let flag = keys.iter().find_map(|key| code(article, key))?;
    Some(ORIGINAL.contains(&flag))
}

/// What a key holds, out of the text that it may be wrapped in.
fn inner(value: &Value, key: &str) -> Option<Value> {
    match value.get(key)? {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(object) => Some(Value::Object(object.clone())),
        _ => None,
    }
}

fn unless_refused(value: &Value) -> Result<(), Refusal> {
    wechat_api::unless_refused(value)?;
    let (code, text) = match value.get("base_resp") {
        Some(response) => (code(response, "ret"), written(response, "err_msg")),
        None => (code(value, "ret"), written(value, "errmsg")),
    };
    match code {
        None | Some(0) => Ok(()),
        Some(code) => Err(refusal(code, said(code, text))),
    }
}

fn refusal(code: i64, said: String) -> Refusal {
    match code {
        -3 | 200_003 | 200_040 => Refusal::LoginWanted(said),
        200_002 => Refusal::NoSuchAccount(said),
        200_013 => Refusal::TooFrequent(said),
        _ => Refusal::Refused(said),
    }
}
