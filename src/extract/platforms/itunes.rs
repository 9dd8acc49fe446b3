//! Apple's shop: when the present version of an app was released. `releaseDate` is the first version's and never counts.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{Answer, address, items, title, written};
use super::gathering::{Gathering, Item};
use super::post::Posts;
use super::refusal::Refusal;

/// Reads the app that was looked up.
///
/// # Errors
/// [`Refusal::NotListed`] where the shop of that country does not have it.
pub fn read_itunes(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    let value = answer.json()?;
    answer.is_in_order()?;
    if !value.get("results").is_some_and(Value::is_array) {
        return Err(Refusal::NotUnderstood("there are no `results` in it".to_owned()));
    }
    let Some(app) = items(&value, "results").first() else {
        return Err(Refusal::NotListed("resultCount: 0".to_owned()));
    };
    let mut gathering = Gathering::new(seen_at, zone);
    let name = title(app, "trackName");
    gathering.name_account(Some(&name));
    gathering.add(Item {
        title: format!("{name} {}", written(app, "version").unwrap_or_default()).trim().to_owned(),
        url: address(app, "trackViewUrl"),
        stamp: written(app, "currentVersionReleaseDate"),
        ..Item::default()
    });
    gathering.finish()
}
