//! What the ways of an account came to, and what persons have seen of it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::codec::{decode, encode, instant, prefix};
use super::error::StoreError;
use super::records::FailureRecord;
use super::sled_store::Store;
use crate::assess::BridgeHealth;
use crate::assess::menu::MenuRecord;
use crate::extract::Sighting;
use crate::rules::{SourceId, WayName};

/// What one way of an account came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayRecord {
    /// The way.
    pub way: WayName,
    /// The newest post, pinned ones apart, of the last good look; `None` before the first.
    pub newest: Option<Sighting>,
    /// When it was last looked at well; by a person, or when a file was handed in, where nobody is asked.
    pub looked_at: Option<DateTime<Utc>>,
    /// When what it shows stops being evidence that there is nothing newer; `None` where each look renews it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts_until: Option<DateTime<Utc>>,
    /// Since when no post can have been missed by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered_from: Option<NaiveDate>,
    /// What goes wrong with it at present, and since when.
    pub trouble: Option<FailureRecord>,
    /// Its platform asked not to be asked again before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// How its bridge stands, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<BridgeHealth>,
    /// Since when it has lacked the newest post that another way shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks_since: Option<DateTime<Utc>>,
}

/// What a person saw of an account, put on record (人工核查记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PatrolRecord {
    /// The account.
    pub source: SourceId,
    /// When it was put on record.
    pub at: DateTime<Utc>,
    /// Who saw it.
    pub by: String,
    /// The day of the newest post that was seen.
    pub date: NaiveDate,
    /// Its title.
    pub title: String,
    /// Its address, or that of a picture of it: the evidence.
    pub url: String,
    /// What else is to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl WayRecord {
    /// A way that nobody has looked at yet.
    pub fn new(way: WayName) -> Self {
        Self {
            way,
            newest: None,
            looked_at: None,
            lasts_until: None,
            covered_from: None,
            trouble: None,
            not_before: None,
            bridge: None,
            lacks_since: None,
        }
    }
}

impl Store {
    /// Puts on record what a person saw. Records are never changed or removed.
    ///
    /// # Errors
    /// If the database fails.
    pub fn put_on_record(&self, record: &PatrolRecord) -> Result<(), StoreError> {
        let value = encode("patrols", record)?;
        let mut key = prefix(record.source.as_str());
        key.extend_from_slice(&instant(record.at));
        key.push(0);
        // Two records of one account may be made in one millisecond.
        while self.patrols.compare_and_swap(&key, None::<&[u8]>, Some(value.clone()))?.is_err() {
            match key.last_mut() {
                Some(number) if *number < u8::MAX => *number += 1,
                _ => key.push(0),
            }
        }
        Ok(())
    }

    /// Keeps what a check of an account's menu saw.
    ///
    /// # Errors
    /// If the database fails.
    pub fn keep_menu(&self, id: &SourceId, record: &MenuRecord) -> Result<(), StoreError> {
        let key = [prefix(id.as_str()), instant(record.at).to_vec()].concat();
        self.menus.insert(key, encode("menus", record)?)?;
        Ok(())
    }

    /// What was known of an account's menu at an instant.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn menu_at(&self, id: &SourceId, at: DateTime<Utc>) -> Result<Option<MenuRecord>, StoreError> {
        let start = prefix(id.as_str());
        let until = [start.clone(), instant(at).to_vec()].concat();
        let last = self.menus.range(start..=until).next_back();
        last.map(|entry| decode("menus", &entry?.1)).transpose()
    }

    /// What persons have seen of an account since an instant, oldest first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn patrols(&self, id: &SourceId, since: DateTime<Utc>) -> Result<Vec<PatrolRecord>, StoreError> {
        let start = prefix(id.as_str());
        let from = [start.clone(), instant(since).to_vec()].concat();
        let of_account = self
            .patrols
            .range(from..)
            .take_while(|entry| entry.as_ref().map_or(true, |(key, _)| key.starts_with(&start)));
        of_account.map(|entry| decode("patrols", &entry?.1)).collect()
    }
}
