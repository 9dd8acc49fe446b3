//! What the command line says, in Chinese and in English: one table, and what is made of it.
//!
//! Names, titles and what servers said stay as they came. JSON is the same in both languages.

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use comfy_table::Table;

use super::table::table;
use crate::alert::{Change, Level, OperatorKey, Stance, StanceKind, Standpoint};
use crate::assess::Cause;
use crate::assess::honesty::Suspicion;
use crate::assess::menu::FaultKind;
use crate::bulletin::Kind;
use crate::extract::{DateKind, Sighting, Sureness};
use crate::serve::view::{FindingState, SourceView};
use crate::serve::words;
use crate::store::{Act, EventKind};

/// The language of tables and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    /// 中文
    #[value(name = "zh-CN", alias = "zh")]
    Chinese,
    /// English
    #[value(name = "en")]
    English,
}

macro_rules! phrases {
    ($($name:ident: $chinese:literal, $english:literal;)*) => {
        /// Something to say. `{0}`, `{1}` … are where its parts go.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Phrase { $($name),* }

        impl Phrase {
            fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$name, Lang::Chinese) => $chinese, (Self::$name, Lang::English) => $english,)*
                }
            }

            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

phrases! {
    // Heads of tables.
    Unit: "单位", "Unit";
    Total: "合计", "Total";
    Kind: "类型", "Kind";
    Source: "监测对象", "Source";
    Standing: "状态", "Standing";
    Last: "最近更新", "Updated";
    Due: "截止日期", "Due";
    DaysLeft: "剩余天数", "Days left";
    Remark: "说明", "Remark";
    Alert: "预警", "Alert";
    Since: "自", "Since";
    ToldThisWeek: "本周提醒", "This week";
    Bulletin: "通报", "Bulletin";
    Now: "现状", "Now";
    Problem: "问题", "Problem";
    LastThen: "当时最近更新", "Updated then";
    Date: "日期", "Date";
    Title: "标题", "Title";
    DateAsWritten: "原文日期", "As written";
    DateFrom: "来源", "Found in";
    FirstSeen: "首次发现", "First seen";
    Way: "读取方式", "Way";
    Health: "状况", "Health";
    NewestItem: "最新内容", "Newest";
    LookedAt: "上次读取", "Looked at";
    // Labels before what is said of one source.
    Limit: "期限", "Limit";
    Said: "人工", "People";
    Address: "地址", "Address";
    LastPoll: "上次巡检", "Last poll";
    NextPoll: "下次巡检", "Next poll";
    Failing: "连续失败", "Failing";
    Note: "注意", "Note";
    Doubtful: "存疑", "Doubtful";
    Deregistered: "注销", "Closed";
    RestsOn: "依据", "Rests on";
    Posts: "发布", "Posts";
    OnRecord: "人工核查", "On record";
    Told: "已通知", "Told";
    Bounced: "退信", "Bounced";
    Delayed: "延迟", "Delayed";
    // Sentences and parts of them.
    None: "无", "none";
    NotPolled: "尚未巡检", "not polled yet";
    NotPlanned: "未安排", "not planned";
    UnknownSources: "未知 {0} 个：{1}（如 {2}）", "unknown {0}: {1} (such as {2})";
    Operation: "运行：{0}（自 {1}{2}）：{3}", "operation: {0} (since {1}{2}): {3}";
    OverAt: "，已于 {0} 恢复", ", over at {0}";
    RulesNotTaken: "规则未更新（{0}）：{1}", "rules not taken on ({0}): {1}";
    MailWaits: "待发邮件 {0} 封{1}", "mail waiting: {0}{1}";
    Because: "：{0}", ": {0}";
    DeadNotices: "已停止重试的通知 {0} 份（用 xuncha mail retry ID 重发）：", "notices given up: {0} (xuncha mail retry ID sends one again):";
    Confirmed: "经 {0} 次完整核查确认", "confirmed in {0} full looks";
    DaysPast: "已过 {0} 天", "{0} days ago";
    DaysToGo: "剩余 {0} 天", "{0} days left";
    Times: "{0} 次", "{0} times";
    FailingSince: "{0} 次，自 {1}", "{0} times, since {1}";
    AlertSince: "{0}，自 {1}，最近提醒 {2}", "{0}, since {1}, last told {2}";
    DueList: "截至 {0} 到期、超期或空白的监测对象，共 {1} 个", "overdue, blank, or due until {0}: {1}";
    Raised: "当前预警 {0} 个  {1}", "alerts raised: {0}  {1}";
    LatestEvents: "最近事件", "Latest events";
    LatestActs: "最近操作", "Latest writes";
    FindingsOnRecord: "历次通报记录 {0} 个", "findings on record: {0}";
    RulesTaken: "已启用新规则：{0} 个单位，{1} 个监测对象", "new rules in use: {0} units, {1} sources";
    RecheckQueued: "已列入巡检：{0}，稍后用 xuncha status {0} 查看", "to be polled: {0}; see xuncha status {0} in a while";
    MailReleased: "已恢复向各单位发信", "units get mail again";
    Recorded: "已登记：{0}，{1} 见到 {2} 的内容《{3}》", "on record: {0}, {1} saw the post of {2}: {3}";
    PatrolOnRecord: "{0}  {1} 见到 {2} 的内容《{3}》{4}{5}", "{0}  {1} saw the post of {2}: {3} {4}{5}";
    ActOf: "操作  {0}", "write  {0}";
    Aside: "（{0}）", " ({0})";
    TooFewPosts: "更新数量偏少：{0} 至 {1} 发布 {2} 条，要求不少于 {3} 条", "too few posts: {2} from {0} to {1}, wanted {3}";
    Zombie: "停更超过 3 个月，疑似“僵尸”账号", "silent for more than 3 months: a dead account?";
    DeregisteredSince: "自 {0}（{1}）", "since {0} ({1})";
    NewestBy: "最新内容见于 {0}", "the newest post is seen by {0}";
    NoneYet: "尚无", "nothing yet";
    OnlyPartial: "{0}；现有方式只能看到部分内容，不能证明没有更新", "{0}; the ways show a part only, which proves no silence";
    ListsBehind: "{0}；可用的列表缺少已知最新内容，不能证明没有更新", "{0}; the lists lack the newest post known, which proves no silence";
    Activity: "近 7 天 {0} 条，近 30 天 {1} 条{2}{3}{4}", "{0} in 7 days, {1} in 30 days{2}{3}{4}";
    LongestGap: "，近 90 天最长间隔 {0} 天", ", longest gap in 90 days {0} days";
    OriginalsUnknown: "，原创情况未知", ", originals unknown";
    Originals: "，原创 {0}/{1}", ", original {0}/{1}";
    CoveredFrom: "（自 {0} 起统计完整）", " (complete from {0})";
    LacksNewest: "缺少最新内容", "lacks the newest";
    Well: "正常", "well";
    Troubled: "异常", "in trouble";
    Unasked: "尚无依据", "not known";
    SinceThen: "自 {0}", "since {0}";
    ByBridge: "经 {0}", "through {0}";
    MailCounts: "已停止重试 {0} 份，等待发送 {1} 份  {2}", "given up {0}, waiting {1}  {2}";
    MailHint: "处理好地址或邮件服务器后：xuncha mail retry ID；不必再发的：xuncha mail dismiss ID", "once the address or the server is mended: xuncha mail retry ID; to let it be: xuncha mail dismiss ID";
    NoRecipients: "没有收件人", "nobody gets it";
    NotSentYet: "尚未发送", "not sent yet";
    Tried: "已试 {0} 次，{1} 再试：{2}", "tried {0} times, again at {1}: {2}";
    Sent: "{0} 已送出", "sent at {0}";
    GivenUp: "{0} 停止重试（{1}）：{2}", "given up at {0} ({1}): {2}";
    Refused: "对方拒收", "refused";
    Expired: "长时间发不出去", "could not be sent for long";
    // Menus of accounts.
    Menu: "导航栏目", "Menu";
    LeadsTo: "指向", "Leads to";
    PageTitle: "页面标题", "Page title";
    OnPhone: "手机显示", "On a phone";
    MenuUnread: "{0} 未能读取：{1}", "could not be read at {0}: {1}";
    MenuChecked: "{0} 核查，{1} 个链接，{2} 个存在问题", "checked at {0}: links {1}, with a fault {2}";
    Page: "页面", "a page";
    LeadsNowhere: "无法打开（HTTP {0}）", "nothing (HTTP {0})";
    LeadsHome: "网站首页（{0}）", "the home page ({0})";
    LeadsUnknown: "未知（{0}）", "unknown ({0})";
    Fits: "正常", "fits";
    Overflows: "横向溢出（宽 {0} 像素）", "overflows sideways ({0} px wide)";
    NotForPhones: "未按手机排版（按 {0} 像素）", "not laid out for phones ({0} px)";
    Unmeasured: "未测", "not measured";
    DeadLink: "无法打开", "dead";
    ToHome: "跳转至网站首页", "leads to the home page";
    TooWide: "在手机上横向溢出", "overflows a phone";
    MenuFault: "问题：{0}，自 {1}", "fault: {0}, since {1}";
    MenuFaultOnce: "待复核：{0}，自 {1}", "to be checked again: {0}, since {1}";
    CalledOtherwise: "标题与栏目名称不同，请人工核对", "its title is not the menu's name: look for yourself";
    And: "，", ", ";
    Withdrawn: "{0} 情况已变，不再发送", "no longer so at {0}, not sent";
    HeldSince: "{0} 起暂停发送：监测系统自身存疑，恢复或 xuncha release 后按当时情况发送", "held from {0}, as the monitor doubts itself: sent as things stand once that is over, or after xuncha release";
    LetBe: "{0} 已处理，不再发送", "let be at {0}";
    RetriedNotice: "已重新列入发送：{0}", "to be sent again: {0}";
    DismissedNotice: "已不再保留待处理：{0}", "let be: {0}";
    // Standings, levels, what happened.
    Overdue: "超期", "overdue";
    Blank: "空白", "blank";
    Unknown: "未知", "unknown";
    DueSoon: "即将到期", "due soon";
    Fresh: "正常", "fresh";
    Exempt: "豁免", "exempt";
    // While something is watched.
    Watching: "每 {0} 秒刷新，Ctrl-C 退出", "again every {0} s, Ctrl-C ends";
    More: "……还有 {0} 行", "... {0} more lines";
}

impl Lang {
    /// A phrase without parts.
    pub(super) fn word(self, phrase: Phrase) -> &'static str {
        phrase.text(self)
    }

    /// A phrase with its parts in place.
    pub(super) fn say(self, phrase: Phrase, parts: &[&dyn std::fmt::Display]) -> String {
        let mut said = String::new();
        let mut rest = phrase.text(self);
        while let Some((before, behind)) = rest.split_once('{') {
            let (number, after) = behind.split_once('}').unwrap_or((behind, ""));
            said += before;
            said += &number
                .parse()
                .ok()
                .and_then(|number: usize| parts.get(number))
                .map_or_else(String::new, ToString::to_string);
            rest = after;
        }
        said + rest
    }

    /// A line that begins with a label.
    pub(super) fn line(self, label: Phrase, text: &str) -> String {
        let label = self.word(label);
        let width: usize = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        let room: usize = if self == Self::Chinese { 8 } else { 9 };
        format!("{label}{}  {text}\n", " ".repeat(room.saturating_sub(width)))
    }

    /// An empty table with a head.
    pub(super) fn table<const N: usize>(self, head: [Phrase; N]) -> Table {
        table(head.map(|phrase| self.word(phrase)))
    }

    /// What a standing is called.
    pub(super) fn standing(self, word: &str) -> &str {
        STANDINGS.iter().find(|(known, _)| *known == word).map_or(word, |(_, phrase)| self.word(*phrase))
    }

    pub(super) fn level(self, level: Level) -> &'static str {
        self.word(match level {
            Level::DueSoon => Phrase::DueSoon,
            Level::Overdue => Phrase::Overdue,
            Level::Blank => Phrase::Blank,
        })
    }

    pub(super) fn cause(self, cause: &Cause) -> String {
        match self {
            Self::Chinese => cause.chinese(),
            Self::English => cause.to_string(),
        }
    }

    pub(super) fn suspicion(self, suspicion: &Suspicion) -> String {
        match self {
            Self::Chinese => suspicion.chinese(),
            Self::English => suspicion.to_string(),
        }
    }

    pub(super) fn matter(self, key: &OperatorKey) -> String {
        match self {
            Self::Chinese => key.chinese(),
            Self::English => key.to_string(),
        }
    }

    /// What kind of source it is: 栏目, or the platform.
    pub(super) fn channel(self, source: &SourceView) -> String {
        match self {
            Self::Chinese => source.channel.clone(),
            Self::English => source.platform.map_or("column", |platform| platform.word()).to_owned(),
        }
    }

    pub(super) fn problem(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Chinese, kind) => kind.chinese(),
            (Self::English, Kind::Overdue) => "overdue",
            (Self::English, Kind::Blank) => "blank",
            (Self::English, Kind::DueSoon) => "due soon",
            (Self::English, Kind::LowVolume) => "too few posts",
            (Self::English, Kind::MenuFault) => "a fault in the menu",
        }
    }

    pub(super) fn finding(self, state: FindingState) -> &'static str {
        match (self, state) {
            (Self::Chinese, state) => state.chinese(),
            (Self::English, FindingState::Open) => "open",
            (Self::English, FindingState::InTime) => "in time",
            (Self::English, FindingState::Rectified) => "rectified",
            (Self::English, FindingState::Unknown) => "unknown",
            (Self::English, FindingState::Exempted) => "exempted",
            (Self::English, FindingState::Gone) => "watched no longer",
        }
    }

    pub(super) fn fault(self, kind: FaultKind) -> &'static str {
        self.word(match kind {
            FaultKind::Dead => Phrase::DeadLink,
            FaultKind::ToHome => Phrase::ToHome,
            FaultKind::TooWide => Phrase::TooWide,
        })
    }

    /// Where an item's date was found, what it is the date of where that is no publication, and how sure it is.
    pub(super) fn source_of_date(self, item: &Sighting) -> String {
        match self {
            Self::Chinese => {
                let words = [Some(item.found.chinese()), item.kind.remark(), item.sureness.remark()];
                words.into_iter().flatten().collect::<Vec<_>>().join("，")
            }
            Self::English => {
                let kind = (item.kind != DateKind::Published).then(|| item.kind.word());
                let sureness = (item.sureness != Sureness::Sure).then(|| item.sureness.word());
                [Some(item.found.word()), kind, sureness].into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// What happened to a source.
    pub(super) fn event(self, kind: &EventKind) -> String {
        if self == Self::Chinese {
            return words::event_in_words(kind);
        }
        match kind {
            EventKind::Alert { change } => {
                let (what, level) = match change {
                    Change::Raised { level } => ("alert", level),
                    Change::Reminded { level, .. } => ("told again", level),
                    Change::Escalated { level, .. } => ("told the deputy head", level),
                    Change::Resolved { level, .. } => ("over", level),
                };
                format!("{what}: {}", self.level(*level))
            }
            EventKind::PollFailed { cause } => format!("cannot be verified: {cause}"),
            EventKind::PollRecovered => "can be read again".to_owned(),
            EventKind::Stance { given } => self.stance(given),
        }
    }

    /// What somebody has said of a source.
    pub(super) fn stance(self, given: &Stance) -> String {
        if self == Self::Chinese {
            return words::stance_in_words(given);
        }
        let until = given.until().map_or_else(String::new, |until| format!(" until {}", local(until)));
        let what = match &given.kind {
            StanceKind::Acknowledged { .. } => "acknowledged".to_owned(),
            StanceKind::Silenced { .. } => format!("silenced{until}"),
            StanceKind::Exempted { evidence, approver, .. } => {
                format!("exempt{until}, evidence: {evidence}, approved by {approver}")
            }
        };
        format!("{what}: {} ({})", given.reason, given.by)
    }

    /// What people have said of a source, as far as it counts.
    pub(super) fn said_of(self, source: &SourceView) -> Vec<String> {
        if self == Self::Chinese {
            return words::said_of(source);
        }
        let Standpoint { acknowledged, silenced, exempted } = &source.standpoint;
        let all = [acknowledged, silenced, exempted].into_iter().flatten();
        all.map(|given| self.stance(given)).collect()
    }

    /// Why nobody can say how a source stands, and what people have said of it.
    pub(super) fn remarks(self, source: &SourceView) -> String {
        let cause = source.cause.as_ref().map(|cause| self.cause(cause));
        let separator = if self == Self::Chinese { "；" } else { "; " };
        let zombie = source.is_zombie.then(|| self.word(Phrase::Zombie).to_owned());
        cause.into_iter().chain(zombie).chain(self.said_of(source)).collect::<Vec<_>>().join(separator)
    }

    /// Who did what through the socket, and how it was answered.
    pub(super) fn act(self, act: &Act) -> String {
        match self {
            Self::Chinese => words::act_in_words(act),
            Self::English => format!("{} (uid {}): {} ({})", act.name, act.uid, act.what, act.status),
        }
    }
}

/// Every standing's word and what it is called, from worst to best.
pub(super) const STANDINGS: [(&str, Phrase); 6] = [
    ("overdue", Phrase::Overdue),
    ("blank", Phrase::Blank),
    ("unknown", Phrase::Unknown),
    ("due-soon", Phrase::DueSoon),
    ("fresh", Phrase::Fresh),
    ("exempt", Phrase::Exempt),
];

/// Instants as people here read them: China has one zone.
pub(super) fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn both_languages_say_the_same_parts_and_english_says_them_in_english() {
        for phrase in Phrase::ALL {
            let (chinese, english) = (phrase.text(Lang::Chinese), phrase.text(Lang::English));
            assert_eq!(places(chinese), places(english), "{phrase:?}");
            assert!(english.is_ascii() && !chinese.is_ascii(), "{phrase:?}");
        }
    }

    #[test]
    fn parts_stand_where_the_language_wants_them_and_are_not_read_again() {
        let parts: [&dyn std::fmt::Display; 4] = [&"a", &"{3}", &2, &8];
        assert_eq!(
            Lang::English.say(Phrase::TooFewPosts, &parts),
            "too few posts: 2 from a to {3}, wanted 8"
        );
        assert_eq!(Lang::Chinese.line(Phrase::Limit, "半年"), "期限      半年\n");
    }

    #[test]
    fn standings_are_called_on_the_terminal_as_on_the_page() {
        for ((word, phrase), (on_page, chinese)) in STANDINGS.into_iter().zip(words::STANDINGS) {
            assert_eq!((word, Lang::Chinese.word(phrase)), (on_page, chinese));
        }
    }
}
