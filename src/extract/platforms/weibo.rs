//! 微博: `statuses/user_timeline` of the open platform, and the like lists of its web pages, as bridges pass them on.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{Answer, code, is_set, items, said, title, written};
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;

/// What the web pages call a post that is kept on top.
const PINNED_TYPE: i64 = 2;
/// What stands in a post that passes another one on without a word. If the other one is not there, who wrote it is unknown.
const PASSED_ON: &str = "转发微博";

/// Reads the posts of the account with this number. Deleted ones do not count.
///
/// # Errors
/// Any refusal of the platform; [`Refusal::OtherAccount`] where a post is by somebody else.
pub fn read_weibo(answer: &Answer, uid: &str, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let value = answer.json()?;
    unless_refused(&value)?;
    answer.is_in_order()?;
    let mut gathering = Gathering::new(seen_at, zone);
    for status in statuses(&value)?.into_iter().filter(|status| !is_set(status, "deleted")) {
        let user = status.get("user");
        let number = user.and_then(|user| written(user, "idstr").or_else(|| written(user, "id")));
        let name = user.and_then(|user| user.get("screen_name")?.as_str());
        if let Some(number) = number.filter(|number| number != uid) {
            let name = name.unwrap_or_default();
            return Err(Refusal::OtherAccount(format!("{number} {name}").trim_end().to_owned()));
        }
        gathering.name_account(name);
        gathering.add(item(status));
    }
    gathering.finish()
}

fn item(status: &Value) -> Item {
    let id = ["idstr", "mid", "id"].iter().find_map(|key| written(status, key));
    let text = ["text_raw", "text"].iter().map(|key| title(status, key)).find(|text| !text.is_empty());
    let text = text.unwrap_or_default();
    let is_passed_on = status.get("retweeted_status").is_some_and(Value::is_object);
    Item {
        url: id.map(|id| format!("https://m.weibo.cn/detail/{id}")).unwrap_or_default(),
        stamp: written(status, "created_at"),
        is_pinned: is_set(status, "isTop") || code(status, "mblogtype") == Some(PINNED_TYPE),
        is_original: if is_passed_on { Some(false) } else { (text != PASSED_ON).then_some(true) },
        title: text,
    }
}

/// The posts, wherever the interface puts them.
fn statuses(value: &Value) -> Result<Vec<&Value>, Refusal> {
    let data = value.get("data");
    let list = [value.get("statuses"), data.and_then(|data| data.get("list")), Some(value)];
    if let Some(list) = list.into_iter().flatten().find_map(Value::as_array) {
        return Ok(list.iter().collect());
    }
    match data {
        Some(data) if data.get("cards").is_some() => {
            Ok(items(data, "cards").iter().filter_map(|card| card.get("mblog")).collect())
        }
        _ => Err(Refusal::NotUnderstood("there is no list of posts in it".to_owned())),
    }
}

fn unless_refused(value: &Value) -> Result<(), Refusal> {
    if let Some(code) = code(value, "error_code").filter(|code| *code != 0) {
        return Err(refusal(code, said(code, written(value, "error"))));
    }
    match code(value, "ok") {
        None | Some(1) => Ok(()),
        Some(-100) => Err(Refusal::LoginWanted("ok: -100".to_owned())),
        Some(0) if written(value, "msg").is_some_and(|text| text.contains("还没有内容")) => {
            Err(Refusal::NoPosts)
        }
        Some(code) => Err(Refusal::Refused(said(code, written(value, "msg")))),
    }
}

fn refusal(code: i64, said: String) -> Refusal {
    match code {
        10001..=10003 | 10009..=10011 => Refusal::PlatformFailed(said),
        10004 => Refusal::AddressNotListed(said),
        10005 | 10014 | 21321 => Refusal::NotPermitted(said),
        10013 | 20003 => Refusal::NoSuchAccount(said),
        10022..=10024 => Refusal::QuotaSpent(said),
        21301 | 21314..=21319 | 21327 | 21332 | 21501 => Refusal::AuthorisationEnded(said),
        _ => Refusal::Refused(said),
    }
}
