//! 华为应用市场: when the package offered for download was built, by the name of the file to which the shop redirects:
//! `com.example.gov.2609301530.apk` was built on 2026-09-30 at 15:30.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use super::answer::Answer;
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;
use crate::extract::sighting::{DateKind, Found};

/// Reads the redirect, which must not have been followed.
///
/// # Errors
/// [`Refusal::NotListed`] where the shop knows no such app.
pub fn read_huawei(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let location = match (answer.status, &answer.location) {
        (301 | 302 | 303 | 307 | 308, Some(location)) => location,
        (404 | 410, _) => return Err(Refusal::NotListed(format!("HTTP {}", answer.status))),
        _ => {
            answer.is_in_order()?;
            return Err(Refusal::NotUnderstood("the shop does not redirect to a file".to_owned()));
        }
    };
    let strange = || Refusal::NotUnderstood("the file's name is not PACKAGE.yyMMddHHmm.apk".to_owned());
    let file = answer.page.url.join(location).ok().and_then(|url| file_of(&url)).ok_or_else(strange)?;
    let (package, built) = name_of(&file).ok_or_else(strange)?;
    let mut gathering = Gathering::new(seen_at, zone);
    let item = Item {
        title: package.to_owned(),
        url: answer.page.url.to_string(),
        stamp: Some(built),
        ..Item::default()
    };
    gathering.add_found(item, Found::Url, DateKind::Created);
    gathering.finish()
}

fn file_of(url: &Url) -> Option<String> {
    url.path_segments()?.next_back().map(ToOwned::to_owned)
}

/// The package and the date in a file's name, the latter in full.
fn name_of(file: &str) -> Option<(&str, String)> {
    let (package, stamp) = file.strip_suffix(".apk")?.rsplit_once('.')?;
    if package.is_empty() || stamp.len() != 10 || !stamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| &stamp[at..at + 2];
    Some((package, format!("20{}-{}-{} {}:{}", part(0), part(2), part(4), part(6), part(8))))
}
