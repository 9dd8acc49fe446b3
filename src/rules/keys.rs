//! The keys of a unit file, kind by kind: in the order in which files give them, and with the words that head them in a
//! ledger.
//!
//! Whatever may stand in a unit file has its place here, and so in the files that are written and in ledgers.

use self::Shape::{Number, OneOrTexts, Text, Texts, Word, YesNo};

/// What a group of keys describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The office that a row of a ledger belongs to; not a table of its own.
    Owner,
    /// `[unit]`.
    Unit,
    /// `[[unit.webmaster]]`.
    Webmaster,
    /// `[[column]]`.
    Column,
    /// `[[feed]]`.
    Feed,
    /// `[[feed.via]]`.
    Way,
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// As unit files spell it.
    pub(super) name: &'static str,
    /// The heading over it in a ledger.
    pub(super) heading: &'static str,
    /// Other headings that clerks use for it.
    pub(super) also: &'static [&'static str],
    /// What may stand there.
    pub(super) shape: Shape,
    /// Whether ledgers only show it where something stands there: how a page is read is for few to say.
    pub(super) is_rare: bool,
}

/// What may stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text.
    Text,
    /// A list of texts, in a cell one to a line.
    Texts,
    /// A text, or several in order of preference, in a cell one to a line.
    OneOrTexts,
    /// A whole number.
    Number,
    /// true or false, in a cell 是 or 否.
    YesNo,
    /// One of a few words, each with what a cell shows for it.
    Word(&'static [(&'static str, &'static str)]),
}

const fn key(name: &'static str, heading: &'static str, also: &'static [&'static str], shape: Shape) -> Key {
    Key { name, heading, also, shape, is_rare: false }
}

const fn rare(name: &'static str, heading: &'static str, also: &'static [&'static str], shape: Shape) -> Key {
    Key { name, heading, also, shape, is_rare: true }
}

impl Kind {
    /// The kind's keys, in house order.
    pub(super) fn keys(self) -> &'static [Key] {
        match self {
            Self::Owner => &OWNER,
            Self::Unit => &UNIT,
            Self::Webmaster => &WEBMASTER,
            Self::Column => &COLUMN,
            Self::Feed => &FEED,
            Self::Way => &WAY,
        }
    }

    /// The key of that name.
    pub(super) fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|key| key.name == name)
    }

    /// The kind of the table at a key path such as `unit.webmaster`.
    pub(super) fn of_table(path: &str) -> Option<Self> {
        match path {
            "unit" => Some(Self::Unit),
            "unit.webmaster" => Some(Self::Webmaster),
            "column" => Some(Self::Column),
            "feed" => Some(Self::Feed),
            "feed.via" => Some(Self::Way),
            _ => None,
        }
    }
}

const OWNER: [Key; 2] =
    [key("id", "单位编号", &[], Text), key("name", "单位", &["单位名称", "单位简称"], Text)];

const UNIT: [Key; 5] = [
    key("id", "单位编号", &[], Text),
    key("name", "单位", &["单位名称", "单位简称"], Text),
    key("display-name", "附件一名称", &["单位全称"], Text),
    key("media-name", "新媒体附件名称", &[], Text),
    key("counted", "是否计入合格率", &["计入合格率"], YesNo),
];

const WEBMASTER: [Key; 2] = [
    key("name", "信息员姓名", &["信息员", "联系人"], Text),
    key("email", "邮箱", &["信息员邮箱", "电子邮箱"], Text),
];

const COLUMN: [Key; 28] = [
    key("id", "栏目编号", &[], Text),
    rare("was", "曾用编号", &["原编号"], OneOrTexts),
    key("name", "栏目", &["栏目名称"], Text),
    key("url", "地址", &["栏目地址", "网址"], Text),
    key("preset", "模板", &[], Text),
    rare("list", "列表选择器", &[], Text),
    rare("row", "行选择器", &[], Text),
    rare("skip", "略过选择器", &[], Text),
    rare("link", "链接选择器", &[], Text),
    rare("date", "日期选择器", &["日期路径"], OneOrTexts),
    rare("empty", "空栏目字样", &[], Texts),
    rare("empty-in", "空栏目字样位置", &[], Text),
    rare("several", "多个子列表", &[], YesNo),
    rare("headers-title", "名称表头", &[], Texts),
    rare("headers-date", "发布日期表头", &[], Texts),
    rare("headers-signed", "成文日期表头", &[], Texts),
    rare("items", "条目路径", &[], Text),
    rare("title", "标题路径", &[], Text),
    rare("date-created", "生成日期路径", &[], OneOrTexts),
    rare("date-signed", "成文日期路径", &[], OneOrTexts),
    rare("only", "条目条件", &[], Text),
    rare("success", "成功条件", &[], Text),
    rare("total", "总数路径", &[], Text),
    rare("html", "片段路径", &[], Text),
    rare("column", "栏目号", &[], Number),
    rare("render", "需渲染", &[], YesNo),
    rare("checked", "规则核对日期", &["核对日期"], Text),
    key("cadence", "更新周期", &["更新频率"], Text),
];

const FEED: [Key; 8] = [
    key("id", "账号编号", &[], Text),
    rare("was", "曾用编号", &["原编号"], OneOrTexts),
    key("platform", "平台", &[], Word(&PLATFORM_WORDS)),
    key("account", "账号", &["账号名称"], Text),
    key("cadence", "更新周期", &["更新频率"], Text),
    rare("min-posts-30d", "近30天最少发布数", &[], Number),
    rare("deregistered-since", "注销日期", &[], Text),
    rare("deregistered-reason", "注销依据", &[], Text),
];

const WAY: [Key; 12] = [
    key("kind", "读取方式", &[], Text),
    rare("name", "方式名称", &[], Text),
    key("url", "地址", &["订阅地址", "网址"], Text),
    rare("uid", "用户号", &[], Text),
    rare("open-id", "开放平台账号", &[], Text),
    rare("app-id", "应用号", &[], Text),
    rare("package", "应用包名", &[], Text),
    rare("country", "国家或地区", &[], Text),
    rare("file", "导出文件", &[], Text),
    rare("secret", "凭据名称", &[], Text),
    rare("base", "接口地址", &[], Text),
    rare("bridge", "转换服务", &[], Text),
];

const PLATFORM_WORDS: [(&str, &str); 4] =
    [("wechat", "微信"), ("weibo", "微博"), ("douyin", "抖音"), ("app", "APP")];
