//! Small builders for the tests of this module.

use chrono::{DateTime, NaiveDate, TimeDelta};

use crate::assess::Standing;
use crate::assess::menu::{FaultKind, MenuFault};
use crate::rules::{SourceId, UnitId};

use super::channel::Channel;
use super::document::Bulletin;
use super::draft;
use super::input::{County, Exemption, Input, SourceMonth, UnitMonth};
use super::month::Month;
use super::verdict::VerdictScheme;

pub(super) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// A counted unit without sources.
pub(super) fn unit(id: &str, name: &str) -> UnitMonth {
    UnitMonth {
        id: UnitId::new(id),
        name: name.to_owned(),
        display_name: name.to_owned(),
        media_name: name.to_owned(),
        counted: true,
        sources: Vec::new(),
    }
}

pub(super) fn column(name: &str, standing: Standing, limit: &str) -> SourceMonth {
    source(Channel::Website, name, standing, limit)
}

/// A column that a person exempted up to a day.
pub(super) fn exempted(name: &str, reason: &str, until: &str) -> SourceMonth {
    let exemption = Exemption {
        reason: reason.to_owned(),
        evidence: "郎政办〔2022〕1号".to_owned(),
        approver: "李主任".to_owned(),
        until: until.parse().unwrap(),
    };
    SourceMonth { exemption: Some(exemption), ..column(name, Standing::Exempt, "半年") }
}

pub(super) fn account(channel: Channel, name: &str, standing: Standing) -> SourceMonth {
    source(channel, name, standing, "1周")
}

fn source(channel: Channel, name: &str, standing: Standing, limit: &str) -> SourceMonth {
    let last = match standing {
        Standing::Blank | Standing::Unknown(_) => None,
        Standing::Fresh | Standing::DueSoon | Standing::Overdue | Standing::Exempt => {
            NaiveDate::from_ymd_opt(2022, 6, 5)
        }
    };
    SourceMonth {
        id: SourceId::new(""),
        name: name.to_owned(),
        channel,
        standing,
        last,
        due: None,
        limit: Some(limit.to_owned()),
        remark_due_soon: true,
        evidence: None,
        low_volume: None,
        menu: Vec::new(),
        is_zombie: false,
        exemption: None,
    }
}

/// A dead link of a menu.
pub(super) fn menu_fault() -> MenuFault {
    let at = |day: u32| DateTime::UNIX_EPOCH + TimeDelta::days(i64::from(day));
    MenuFault {
        path: "政务公开—通知公告".to_owned(),
        url: "http://www.langxi.example/tzgg/".to_owned(),
        kind: FaultKind::Dead,
        seen: "HTTP 404".to_owned(),
        since: at(1),
        confirmed_at: at(2),
    }
}

impl UnitMonth {
    /// Adds a source, whose id is made of the unit's and its own name.
    pub(super) fn with(mut self, source: SourceMonth) -> Self {
        let local = match source.channel {
            Channel::Website => source.name.clone(),
            platform => format!("{}-{}", platform.word(), source.name),
        };
        self.sources.push(SourceMonth { id: SourceId::of(&self.id, &local), ..source });
        self
    }
}

pub(super) fn input(text: &str, units: Vec<UnitMonth>) -> Input {
    let month = month(text);
    Input {
        county: County { name: "郎溪县".to_owned(), issuer: "郎溪县政府信息中心".to_owned() },
        month,
        cutoff: month.cut_off(27),
        dated: month.cut_off(28),
        version: 1,
        scheme: VerdictScheme::CarryOver,
        units,
        annex1_order: Vec::new(),
        annex2_order: Vec::new(),
        annex3_order: Vec::new(),
        earlier: Vec::new(),
    }
}

pub(super) fn draft_of(text: &str, units: Vec<UnitMonth>) -> Bulletin {
    draft(&input(text, units))
}

pub(super) fn issue(bulletin: Bulletin) -> Bulletin {
    bulletin.issue().unwrap()
}
