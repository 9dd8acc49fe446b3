//! 抖音: `video/list` of the open platform, and the like list of its web pages, as bridges pass it on.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{Answer, address, code, is_set, moment, said, title, written};
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;

/// Reads works. One that is still under review is not published. A successful answer of no bytes is how the platform turns visitors away.
///
/// # Errors
/// Any refusal of the platform.
pub fn read_douyin(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let value = answer.json()?;
    unless_refused(&value)?;
    answer.is_in_order()?;
    let (list, of_web) = (value.get("data").and_then(|data| data.get("list")), value.get("aweme_list"));
    let Some(works) = list.or(of_web).filter(|list| list.is_array() || list.is_null()) else {
        return Err(Refusal::NotUnderstood("there is no list of works in it".to_owned()));
    };
    let mut gathering = Gathering::new(seen_at, zone);
    let works = works.as_array().map_or(&[][..], Vec::as_slice);
    for work in works.iter().filter(|work| is_public(work)) {
        let author = work.get("author").and_then(|author| author.get("nickname")?.as_str());
        gathering.name_account(author);
        let titles = ["title", "desc"].map(|key| title(work, key));
        gathering.add(Item {
            title: titles.into_iter().find(|title| !title.is_empty()).unwrap_or_default(),
            url: url(work),
            stamp: moment(work, "create_time"),
            is_pinned: is_set(work, "is_top"),
            is_original: None,
        });
    }
    gathering.finish()
}

fn is_public(work: &Value) -> bool {
    work.get("is_reviewed").is_none_or(|reviewed| *reviewed != Value::Bool(false))
}

fn url(work: &Value) -> String {
    match written(work, "aweme_id") {
        Some(id) => format!("https://www.douyin.com/video/{id}"),
        None => address(work, "share_url"),
    }
}

/// The refusal that stands in an answer of the open platform.
pub(super) fn unless_refused(value: &Value) -> Result<(), Refusal> {
    for part in [value.get("data"), value.get("extra"), Some(value)].into_iter().flatten() {
        let codes = ["error_code", "err_no", "status_code"];
        let refused = codes.iter().find_map(|key| code(part, key)).filter(|code| *code != 0);
        if let Some(code) = refused {
            let words = ["description", "err_msg", "status_msg", "message"];
            return Err(refusal(code, said(code, words.iter().find_map(|key| written(part, key)))));
        }
    }
    Ok(())
}

fn refusal(code: i64, said: String) -> Refusal {
    match code {
        10008 | 2_190_002 | 2_190_008 => Refusal::TokenRejected(said),
        10010 | 10020 => Refusal::AuthorisationEnded(said),
        10003 | 10013 => Refusal::SecretRejected(said),
        10004 | 2_190_003 | 2_190_004 => Refusal::NotPermitted(said),
        2_190_001 => Refusal::QuotaSpent(said),
        10001 | 2_100_001 | 2_100_004 => Refusal::PlatformFailed(said),
        _ => Refusal::Refused(said),
    }
}
