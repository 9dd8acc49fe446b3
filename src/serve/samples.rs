//! Sources and units for tests.

use chrono::{DateTime, TimeDelta, Utc};

use super::view::SourceView;
use crate::alert::{Standpoint, State};
use crate::rules::{SourceId, Unit, UnitId};

pub(super) fn instant(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(19_300) + TimeDelta::minutes(minute)
}

pub(super) fn unit(id: &str) -> Unit {
    Unit {
        id: UnitId::new(id),
        name: format!("县{id}"),
        display_name: format!("县{id}"),
        media_name: format!("县{id}"),
        counted: true,
        webmasters: Vec::new(),
    }
}

/// A column of this id that stands so.
pub(super) fn source(id: &str, standing: &str) -> SourceView {
    let id = SourceId::new(id);
    SourceView {
        unit: id.unit(),
        unit_name: format!("县{}", id.unit()),
        name: format!("栏目{id}"),
        id,
        kind: "column".to_owned(),
        channel: "栏目".to_owned(),
        platform: None,
        url: "http://www.langxi.example/1".to_owned(),
        cadence: "half-year".to_owned(),
        limit: Some("半年".to_owned()),
        standing: standing.to_owned(),
        cause: None,
        why: String::new(),
        last: None,
        last_title: None,
        last_url: None,
        last_raw_date: None,
        last_found: None,
        last_kind: None,
        last_sureness: None,
        due: None,
        days_left: None,
        polled_at: None,
        seen_at: None,
        next_poll_at: None,
        failures: 0,
        failing_since: None,
        full_looks: Vec::new(),
        alert: State::Quiet,
        standpoint: Standpoint::default(),
        told_this_week: 0,
        is_zombie: false,
    }
}
