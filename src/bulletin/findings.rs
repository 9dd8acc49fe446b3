//! The findings of a month: which sources are put on record, from their standings at the cut-off.
//!
//! An unknown standing never makes a finding. It is listed apart, as [`Unverified`], so that a reviewer sees what
//! could not be judged before anybody signs.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::assess::activity::LowVolume;
use crate::assess::menu::MenuFault;
use crate::assess::{Cause, Standing};
use crate::rules::{SourceId, UnitId};

use super::input::{Evidence, Exemption, SourceMonth, UnitMonth};

/// A problem of one source, put on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The source.
    pub source: SourceId,
    /// What is wrong with it.
    pub kind: Kind,
    /// The limit as printed; absent where nothing is ever due.
    #[serde(default)]
    pub limit: Option<String>,
    /// The newest item's date; absent for a blank source.
    #[serde(default)]
    pub last: Option<NaiveDate>,
    /// The column's path or the account's name, as it was called that month.
    pub name: String,
    /// The last day that was or is in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// The item that `last` rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How much the account posted, where that is too little.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<LowVolume>,
    /// What is wrong with the account's menu, where the finding is about that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub menu: Vec<MenuFault>,
    /// Whether an overdue account has been silent for more than three months.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_zombie: bool,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "FindingKind"))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Past its due date.
    Overdue,
    /// Never held an item.
    Blank,
    /// In time, but not for long: a remark, not an accusation.
    DueSoon,
    /// An account that posts less than its rule asks for: a remark.
    LowVolume,
    /// An account whose menu (导航栏目) leads nowhere, or to pages that no phone shows whole: a remark.
    MenuFault,
}

/// A source that could not be judged at the cut-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unverified {
    /// The source.
    pub source: SourceId,
    /// The column's path or the account's name.
    pub name: String,
    /// Its unit.
    pub unit_id: UnitId,
    /// The unit's short name.
    pub unit: String,
    /// Why it could not be judged.
    pub cause: Doubt,
}

/// A source that is out of the count because a person exempted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Exempted {
    /// The source.
    pub source: SourceId,
    /// The column's path or the account's name.
    pub name: String,
    /// Its unit.
    pub unit_id: UnitId,
    /// The unit's short name.
    pub unit: String,
    /// By what.
    #[serde(flatten)]
    pub exemption: Exemption,
}

/// Why a source could not be judged, in one word. The details stay with the source's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Never polled.
    NotPolled,
    /// The page could not be fetched.
    CannotFetch,
    /// The page could not be read.
    CannotRead,
    /// A second look has yet to confirm it.
    Unconfirmed,
    /// Rows without a usable date may hide a newer item.
    UndatedRows,
    /// The last successful look is too old.
    LookTooOld,
    /// The page shows less than it did before.
    WentBack,
    /// The newest item's own page gives a later day than the list.
    ArticleIsNewer,
    /// Only an old text under a new date would make it fresh.
    Reissued,
    /// The page is not as it was.
    Redesigned,
    /// A shield answered instead of the page.
    Blocked,
    /// The ways to read the account cannot be had, or cannot be relied on.
    NoSureWay,
}

impl Finding {
    /// Whether it says, alone or beside another remark, that an account posts too little.
    pub fn is_of_low_volume(&self) -> bool {
        self.kind == Kind::LowVolume || self.volume.is_some()
    }
}

impl Kind {
    /// Whether the finding is a problem of its own, which next month must be seen to be rectified.
    pub fn accuses(self) -> bool {
        match self {
            Self::Overdue | Self::Blank => true,
            Self::DueSoon | Self::LowVolume | Self::MenuFault => false,
        }
    }

    /// The word officials read.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Overdue => "超期未更新",
            Self::Blank => "空白",
            Self::DueSoon => "即将到期",
            Self::LowVolume => "更新数量偏少",
            Self::MenuFault => "导航栏目存在问题",
        }
    }
}

impl Doubt {
    /// The words officials read.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::NotPolled => "尚未巡检",
            Self::CannotFetch => "页面无法访问",
            Self::CannotRead => "页面无法识别",
            Self::Unconfirmed => "有待复核",
            Self::UndatedRows => "部分条目无法识别日期",
            Self::LookTooOld => "近期未能成功巡检",
            Self::WentBack => "页面最新信息较此前倒退",
            Self::ArticleIsNewer => "列表与文章页日期不一致",
            Self::Reissued => "疑似旧稿新发",
            Self::Redesigned => "页面疑似改版",
            Self::Blocked => "被网站防护拦截",
            Self::NoSureWay => "读取方式不可用或不可信",
        }
    }
}

impl From<&Cause> for Doubt {
    fn from(cause: &Cause) -> Self {
        match cause {
            Cause::NotPolled => Self::NotPolled,
            Cause::CannotFetch(_) => Self::CannotFetch,
            Cause::CannotRead(_) => Self::CannotRead,
            Cause::Unconfirmed => Self::Unconfirmed,
            Cause::UndatedRows(_) => Self::UndatedRows,
            Cause::LookTooOld => Self::LookTooOld,
            Cause::WentBack { .. } => Self::WentBack,
            Cause::ArticleIsNewer { .. } => Self::ArticleIsNewer,
            Cause::Reissued { .. } => Self::Reissued,
            Cause::Redesigned(_) => Self::Redesigned,
            Cause::Blocked(_) => Self::Blocked,
            Cause::WayRefused(_)
            | Cause::SickBridge { .. }
            | Cause::NoWayLooked
            | Cause::OnlyPartial
            | Cause::ListsBehind { .. } => Self::NoSureWay,
        }
    }
}

/// All findings on one account: that on what it posts, and that on its menu.
pub(super) fn of_account(source: &SourceMonth) -> Vec<Finding> {
    let of_menu = match &source.standing {
        // Of what nobody could judge, or nothing is asked, nothing is said.
        Standing::Unknown(_) | Standing::Exempt => None,
        Standing::Fresh | Standing::DueSoon | Standing::Overdue | Standing::Blank => (!source
            .menu
            .is_empty())
        .then(|| Finding { menu: source.menu.clone(), evidence: None, ..finding(source, Kind::MenuFault) }),
    };
    of(source).into_iter().chain(of_menu).collect()
}

/// The finding on what one source publishes, if it deserves any.
pub(super) fn of(source: &SourceMonth) -> Option<Finding> {
    let kind = match &source.standing {
        Standing::Overdue => Kind::Overdue,
        Standing::Blank => Kind::Blank,
        Standing::DueSoon if source.remark_due_soon => Kind::DueSoon,
        Standing::Fresh | Standing::DueSoon if source.low_volume.is_some() => Kind::LowVolume,
        Standing::DueSoon | Standing::Fresh | Standing::Exempt | Standing::Unknown(_) => return None,
    };
    Some(finding(source, kind))
}

fn finding(source: &SourceMonth, kind: Kind) -> Finding {
    Finding {
        source: source.id.clone(),
        kind,
        limit: source.limit.clone(),
        last: source.last,
        name: source.name.clone(),
        due: source.due,
        evidence: source.evidence.clone(),
        volume: source.low_volume.filter(|_| matches!(kind, Kind::LowVolume | Kind::DueSoon)),
        menu: Vec::new(),
        is_zombie: source.is_zombie && kind == Kind::Overdue,
    }
}

/// The sources of a unit that could not be judged.
pub(super) fn unverified(unit: &UnitMonth) -> impl Iterator<Item = Unverified> {
    unit.sources.iter().filter_map(|source| match &source.standing {
        Standing::Unknown(cause) => Some(Unverified {
            source: source.id.clone(),
            name: source.name.clone(),
            unit_id: unit.id.clone(),
            unit: unit.name.clone(),
            cause: cause.into(),
        }),
        Standing::Fresh | Standing::DueSoon | Standing::Overdue | Standing::Blank | Standing::Exempt => None,
    })
}

/// The sources of a unit from which nothing was asked because a person exempted them.
pub(super) fn exempted(unit: &UnitMonth) -> impl Iterator<Item = Exempted> {
    let exempt = unit.sources.iter().filter(|source| source.standing == Standing::Exempt);
    exempt.filter_map(|source| {
        Some(Exempted {
            source: source.id.clone(),
            name: source.name.clone(),
            unit_id: unit.id.clone(),
            unit: unit.name.clone(),
            exemption: source.exemption.clone()?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::{column, menu_fault, unit};
    use super::*;

    #[test]
    fn an_unknown_source_is_listed_apart_and_makes_no_finding() {
        let unit =
            unit("a", "县甲局").with(column("双随机一公开", Standing::Unknown(Cause::UndatedRows(2)), "1年"));
        assert_eq!(of(&unit.sources[0]), None);
        let apart: Vec<_> = unverified(&unit).collect();
        assert_eq!(apart.len(), 1);
        assert_eq!((apart[0].unit.as_str(), apart[0].cause), ("县甲局", Doubt::UndatedRows));
    }

    #[test]
    fn a_fresh_or_exempt_source_makes_no_finding() {
        for standing in [Standing::Fresh, Standing::Exempt] {
            assert_eq!(of(&column("政府领导", standing, "1年")), None);
        }
    }

    #[test]
    fn due_soon_is_remarked_on_only_where_the_cadence_says_so() {
        let mut source = column("政府领导", Standing::DueSoon, "1年");
        assert_eq!(of(&source).map(|finding| finding.kind), Some(Kind::DueSoon));
        source.remark_due_soon = false;
        assert_eq!(of(&source), None);
    }

    #[test]
    fn an_account_in_time_that_posts_too_little_is_remarked_on_and_a_late_one_is_called_late() {
        let day = |day| NaiveDate::from_ymd_opt(2022, 12, day).unwrap();
        let low = LowVolume { posts: 2, wanted: 8, from: day(1), until: day(27) };
        let kind = |standing| {
            let account = SourceMonth { low_volume: Some(low), ..column("郎溪发布", standing, "1周") };
            of(&account).map(|finding| (finding.kind, finding.volume))
        };
        assert_eq!(kind(Standing::Fresh), Some((Kind::LowVolume, Some(low))));
        assert_eq!(kind(Standing::DueSoon), Some((Kind::DueSoon, Some(low))));
        assert_eq!(kind(Standing::Overdue), Some((Kind::Overdue, None)));
        for standing in [Standing::Exempt, Standing::Unknown(Cause::NotPolled)] {
            assert_eq!(kind(standing), None);
        }
        let unremarked = SourceMonth {
            low_volume: Some(low),
            remark_due_soon: false,
            ..column("郎溪发布", Standing::DueSoon, "1周")
        };
        assert_eq!(of(&unremarked).map(|finding| finding.kind), Some(Kind::LowVolume));
    }

    #[test]
    fn a_menus_faults_are_remarked_on_beside_what_else_is_found_but_not_of_what_nobody_could_judge() {
        let kinds = |standing| {
            let account =
                SourceMonth { menu: vec![menu_fault()], ..column("郎溪发布", standing, "1周") };
            of_account(&account).into_iter().map(|finding| finding.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(Standing::Fresh), [Kind::MenuFault]);
        assert_eq!(kinds(Standing::Overdue), [Kind::Overdue, Kind::MenuFault]);
        assert_eq!(kinds(Standing::Exempt), []);
        assert_eq!(kinds(Standing::Unknown(Cause::NotPolled)), []);
        assert!(!Kind::MenuFault.accuses());
    }

    #[test]
    fn a_finding_has_the_fields_of_the_schema() {
        let finding = of(&column("政府领导", Standing::Overdue, "1年")).unwrap();
        let json = serde_json::to_value(&finding).unwrap();
        assert_eq!(json["kind"], "overdue");
        assert_eq!(json["limit"], "1年");
        assert_eq!(json["name"], "政府领导");
        assert!(json.get("last").is_some() && json.get("source").is_some() && json.get("evidence").is_none());
    }
}
