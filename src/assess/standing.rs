//! The standing of a source at one instant.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::extract::Refusal;

/// How a source stands, now. `Unknown` never accuses and never clears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing", content = "cause")]
pub enum Standing {
    /// Updated in time.
    Fresh,
    /// In time, but the due date is near enough to warn.
    DueSoon,
    /// Past its due date, confirmed by two full fetches.
    Overdue,
    /// Never held an item, confirmed by two full fetches.
    Blank,
    /// We cannot say, and why.
    Unknown(Cause),
    /// Never due: an archived topic or a justified silence.
    Exempt,
}

/// Why a standing is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", tag = "kind", content = "detail")]
pub enum Cause {
    /// Not polled since the daemon first saw the rule.
    NotPolled,
    /// The last poll could not fetch the page; the text says what happened.
    CannotFetch(String),
    /// The page came but could not be read; the text says why.
    CannotRead(String),
    /// It looks overdue or blank, and a second full fetch has yet to confirm it.
    Unconfirmed,
    /// It looks overdue, but rows without a usable date may hide a newer item.
    UndatedRows(usize),
    /// The last successful look is too old to judge by.
    LookTooOld,
    /// The newest item's own page gives a later day than the list.
    ArticleIsNewer {
        /// The newest day on the list.
        list: NaiveDate,
        /// The day on the item's page.
        article: NaiveDate,
    },
    /// Only an old text under a new date would make the source fresh.
    Reissued {
        /// The newest day shown.
        claimed: NaiveDate,
        /// The newest day without such items.
        without: NaiveDate,
    },
    /// The page is another than before, or no longer says that it is this column.
    Redesigned(String),
    /// A shield against robots answered instead of the page; the text names it and says what to do.
    Blocked(String),
    /// The page's newest item is older than one it showed before: withdrawn, or an old copy of the page.
    WentBack {
        /// The newest day shown before.
        from: NaiveDate,
        /// The newest day shown now.
        to: NaiveDate,
    },
    /// A way to read the account is refused; the refusal says what to do.
    WayRefused(Refusal),
    /// The bridge that reads the account for us is frozen or broken, or nobody has proved yet that it delivers.
    SickBridge {
        /// The bridge's name.
        bridge: String,
        /// Why we think so, in Chinese.
        why: String,
    },
    /// None of the account's ways has been looked at of late.
    NoWayLooked,
    /// It looks overdue, but the ways that can be had show single posts, or posts of one kind.
    OnlyPartial,
    /// It looks overdue, but the lists that can be had lack a post that another way has shown.
    ListsBehind {
        /// The newest day on the lists; `None` where they show no post.
        lists: Option<NaiveDate>,
        /// The newest day that another way has shown.
        newest: NaiveDate,
    },
}

impl Cause {
    /// The cause as officials read it; details from servers stay as they came.
    pub fn chinese(&self) -> String {
        match self {
            Self::NotPolled => "尚未巡检".to_owned(),
            Self::CannotFetch(why) => format!("无法打开页面：{why}"),
            Self::CannotRead(why) => format!("无法识别页面：{why}"),
            Self::Unconfirmed => "疑似超期或空白，待再次核查".to_owned(),
            Self::UndatedRows(count) => format!("疑似超期，但有 {count} 条信息未标明有效日期"),
            Self::LookTooOld => "最近一次成功巡检时间过久".to_owned(),
            Self::ArticleIsNewer { list, article } => {
                format!("列表日期 {list} 与文章页日期 {article} 不一致，待核实")
            }
            Self::Reissued { claimed, without } => {
                format!("疑似旧稿新发：标注日期 {claimed}，此前最新为 {without}，待核实")
            }
            Self::Redesigned(why) => format!("页面疑似改版，请核对规则：{why}"),
            Self::Blocked(why) => format!("被网站防护拦截：{why}"),
            Self::WentBack { from, to } => format!("页面最新信息由 {from} 退回到 {to}，待核实"),
            Self::WayRefused(refusal) => format!("读取方式不可用：{}", refusal.chinese()),
            Self::SickBridge { bridge, why } => format!("转换服务“{bridge}”不可信：{why}"),
            Self::NoWayLooked => "近期没有任何读取方式可用".to_owned(),
            Self::OnlyPartial => "疑似超期，但现有读取方式只能看到部分内容，请补充人工核查记录".to_owned(),
            Self::ListsBehind { lists, newest } => format!(
                "疑似超期，但可用的列表最新为 {}，缺少其他方式已见到的 {newest}，待核实",
                lists.map_or_else(|| "无内容".to_owned(), |lists| lists.to_string())
            ),
        }
    }

    /// The cause as whoever opens the page reads it: what a way was refused for may name our paths and addresses.
    pub fn chinese_in_public(&self) -> String {
        match self {
            Self::WayRefused(refusal) => format!("读取方式不可用：{}", refusal.chinese_in_public()),
            _ => self.chinese(),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPolled => f.write_str("not polled yet"),
            Self::CannotFetch(why) => write!(f, "cannot fetch: {why}"),
            Self::CannotRead(why) => write!(f, "cannot read: {why}"),
            Self::Unconfirmed => {
                f.write_str("looks overdue or blank; a second full look has yet to confirm it")
            }
            Self::UndatedRows(count) => {
                write!(f, "looks overdue, but {count} rows without a usable date may be newer")
            }
            Self::LookTooOld => f.write_str("the last successful look is too old to judge by"),
            Self::ArticleIsNewer { list, article } => {
                write!(f, "the newest item is of {list} on the list, but of {article} on its own page")
            }
            Self::Reissued { claimed, without } => {
                write!(
                    f,
                    "the item of {claimed} looks like an old text under a new date; before it came {without}"
                )
            }
            Self::Redesigned(why) => write!(f, "the page is not as it was, check the rule: {why}"),
            Self::Blocked(why) => write!(f, "blocked: {why}"),
            Self::WentBack { from, to } => {
                write!(
                    f,
                    "the newest item went back from {from} to {to}: withdrawn, or an old copy of the page?"
                )
            }
            Self::WayRefused(refusal) => write!(f, "a way to read it is refused: {refusal}"),
            Self::SickBridge { bridge, why } => write!(f, "the bridge {bridge} cannot be relied on: {why}"),
            Self::NoWayLooked => f.write_str("none of its ways has been looked at of late"),
            Self::OnlyPartial => f.write_str(
                "looks overdue, but the ways that can be had show some posts only; put on record what a person sees",
            ),
            Self::ListsBehind { lists: None, newest } => {
                write!(f, "looks overdue, but the lists that can be had show nothing, not even the post of {newest}")
            }
            Self::ListsBehind { lists: Some(lists), newest } => {
                write!(f, "looks overdue, but the lists that can be had end with {lists} and lack the post of {newest}")
            }
        }
    }
}

/// The last day in time and what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The day of the newest item, from which it is counted, in the county's zone.
    pub last: NaiveDate,
    /// From this instant on the source counts as due soon.
    pub warn_from: DateTime<Utc>,
    /// The last day that is still in time, in the county's zone.
    pub due: NaiveDate,
    /// From this instant on the source is overdue: the start of the day after `due` and any grace.
    pub overdue_from: DateTime<Utc>,
}

impl Standing {
    /// The word used in JSON, tables and metrics.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::Blank => "blank",
            Self::Unknown(_) => "unknown",
            Self::Exempt => "exempt",
        }
    }

    /// The word officials read.
    pub fn chinese(&self) -> &'static str {
        match self {
            Self::Fresh => "正常",
            Self::DueSoon => "即将到期",
            Self::Overdue => "超期",
            Self::Blank => "空白",
            Self::Unknown(_) => "未知",
            Self::Exempt => "豁免",
        }
    }
}
