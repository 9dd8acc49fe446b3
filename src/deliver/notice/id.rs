//! The identity of a notice.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::rules::UnitId;

/// Identity of a notice, such as `digest.zhujianju.20221127`: what it is, for whom, of which day.
///
/// Planning the same day twice makes the same id, so the outbox cannot hold a unit's mail of one day twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct NoticeId(String);

impl NoticeId {
    /// The id of a unit's digest of one day.
    pub fn digest(unit: &UnitId, date: NaiveDate) -> Self {
        Self(format!("digest.{unit}.{}", date.format("%Y%m%d")))
    }

    /// The id of what a unit is told at once at that instant, having had its mail of that day.
    pub fn at_once(unit: &UnitId, at: DateTime<Utc>) -> Self {
        Self(format!("at-once.{unit}.{}", at.format("%Y%m%dT%H%M%S%3f")))
    }

    /// The id of a mail to the operator, written at that instant.
    pub fn operator(at: DateTime<Utc>) -> Self {
        Self(format!("operator.{}", at.format("%Y%m%dT%H%M%S%3f")))
    }

    /// The unit that it is for; `None` where it is for the operator.
    pub fn unit(&self) -> Option<UnitId> {
        let rest = self.0.strip_prefix("digest.").or_else(|| self.0.strip_prefix("at-once."))?;
        let (unit, _when) = rest.split_once('.')?;
        Some(UnitId::new(unit))
    }

    /// Whether it is of what is told at once, at whatever hour.
    pub fn is_at_once(&self) -> bool {
        self.0.starts_with("at-once.")
    }

    /// The id under which a notice was stored.
    pub(crate) fn from_key(key: &str) -> Self {
        Self(key.to_owned())
    }

    /// The id in a Message-ID of ours, with or without its brackets; `None` in that of anybody else.
    pub fn from_message_id(message_id: &str) -> Option<Self> {
        let (id, _host) = message_id.trim_matches(['<', '>']).split_once('@')?;
        let is_ours = ["digest.", "at-once.", "operator."].iter().any(|kind| id.starts_with(kind));
        is_ours.then(|| Self(id.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The Message-ID of a notice, brackets included. Every attempt bears the same one.
pub fn message_id(id: &NoticeId, domain: &str) -> String {
    format!("<{id}@{domain}>")
}
