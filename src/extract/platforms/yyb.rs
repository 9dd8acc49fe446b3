//! 应用宝: when a package was updated.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{Answer, code, moment, said, title, written};
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;

/// Reads the package that was asked for.
///
/// # Errors
/// [`Refusal::NotListed`] where the shop does not have it.
pub fn read_yyb(answer: &Answer, package: &str, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let value = answer.json()?;
    if let Some(code) = code(&value, "ret").filter(|code| *code != 0) {
        return Err(Refusal::Refused(said(code, written(&value, "err_msg"))));
    }
    answer.is_in_order()?;
    let Some(apps) = value.get("app_detail_records").and_then(Value::as_object) else {
        return Err(Refusal::NotUnderstood("there are no `app_detail_records` in it".to_owned()));
    };
    let Some(app) = apps.get(package) else { return Err(Refusal::NotListed(package.to_owned())) };
    let parts = [app.get("apk_all_data"), app.get("app_info")];
    let first = |key: &str| parts.into_iter().flatten().find_map(|part| moment(part, key));
    let name = parts.into_iter().flatten().map(|part| title(part, "name")).find(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| package.to_owned());
    let mut gathering = Gathering::new(seen_at, zone);
    gathering.name_account(Some(&name));
    gathering.add(Item {
        title: format!("{name} {}", first("version_name").unwrap_or_default()).trim_end().to_owned(),
        stamp: first("update_time"),
        ..Item::default()
    });
    gathering.finish()
}
