//! Identities: stable, short, shown everywhere.
//!
//! A unit's id is the name of its file's `[unit] id`; a source's full id is `unit/column-id` or `unit/feed-id`.
//! Ids are cheap to clone, since every record, alert and notice carries them.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Identity of an office, such as `zhujianju`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct UnitId(Arc<str>);

/// Identity of a column or feed, such as `zhujianju/benji-jiedu-fuzeren`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SourceId(Arc<str>);

impl UnitId {
    /// Wraps an id that has been checked by the rules loader or comes from our own store.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SourceId {
    /// The full id of a unit's column or feed.
    pub fn of(unit: &UnitId, local: &str) -> Self {
        Self(format!("{unit}/{local}").into())
    }

    /// Wraps a full id (`unit/local`) that comes from our own store or from a request.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The unit that owns the source.
    pub fn unit(&self) -> UnitId {
        UnitId::new(self.0.split('/').next().unwrap_or_default())
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `text` can be an id: lower-case letters, digits and single hyphens between them.
pub fn is_valid_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_knows_its_unit() {
        let unit = UnitId::new("zhujianju");
        let source = SourceId::of(&unit, "weibo");
        assert_eq!(source.as_str(), "zhujianju/weibo");
        assert_eq!(source.unit(), unit);
    }

    #[test]
    fn ids_are_lower_case_with_single_hyphens() {
        for good in ["a", "benji-jiedu-2", "1"] {
            assert!(is_valid_id(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "县", "a/b", "a b"] {
            assert!(!is_valid_id(bad), "{bad}");
        }
    }
}
