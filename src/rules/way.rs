//! The ways to read an account: `[[feed.via]]`.
//!
//! No platform has a clean public list of an account's posts, so an account is read by whatever access its owner has, often by
//! several ways at once. A [`Way`] says where and as whom; it holds the *name* of a secret, never the secret. How an answer is
//! read is for `extract::platforms`, what a way is asked for `fetch`.

mod read;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use super::host::host_name;
use super::unit::Platform;

pub(super) use read::read_ways;

/// Keys of a query by which bridges know their users and 微信 its readers: their values are for one person only.
pub(crate) const SESSION_KEYS: [&str; 4] = ["key", "token", "pass_ticket", "uin"];

/// One way to read an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// What it is called among the ways of its account.
    pub name: WayName,
    /// Where and how it is read.
    pub kind: WayKind,
    /// The `[[bridge]]` that does the reading for us; `None` where the platform itself is asked, or nobody.
    pub bridge: Option<BridgeId>,
}

/// The name of a way, unique among those of its account; its kind's word where the rule gives none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WayName(Arc<str>);

/// The id of a bridge: a program, run by somebody, that reads accounts and offers them as feeds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BridgeId(Arc<str>);

/// The name under which a secret is looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(Arc<str>);

/// Where and how an account is read. A `base` is the platform's own address unless the rule gives another; it ends in `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayKind {
    /// A feed (RSS, Atom or JSON Feed) that a bridge or the owner offers.
    Rss {
        /// The feed.
        url: Url,
    },
    /// 微博开放平台 `statuses/user_timeline`: shows the posts of the account that gave the token.
    WeiboOpenapi {
        /// The platform.
        base: Url,
        /// The account's number.
        uid: String,
        /// OAuth token.
        secret: SecretName,
    },
    /// 公众号 `freepublish/batchget`: shows what was published (发布), not what was sent to all followers (群发).
    WechatApi {
        /// The platform.
        base: Url,
        /// `AppID` and `AppSecret`.
        secret: SecretName,
    },
    /// The list of sent articles that the account's own back end shows (`appmsgpublish`), saved as JSON into the import
    /// directory.
    WechatBackend {
        /// The file, below the import directory.
        file: PathBuf,
    },
    /// A permanent link to one article: proves that one date, and nothing of what came before or after.
    WechatArticle {
        /// The article.
        url: Url,
    },
    /// 抖音开放平台 `video/list`: shows the works of the account that gave the token.
    DouyinOpenapi {
        /// The platform.
        base: Url,
        /// The account, as the platform names it to the application.
        open_id: String,
        /// `client_key` and `refresh_token`.
        secret: SecretName,
    },
    /// Apple's look-up: when the present version was released.
    Itunes {
        /// The shop.
        base: Url,
        /// The app.
        app: ItunesApp,
        /// The shop's country, two letters.
        country: String,
    },
    /// 应用宝: when the package was updated.
    Yyb {
        /// The shop.
        base: Url,
        /// The package's name.
        package: String,
    },
    /// 华为应用市场: when the package offered for download was built, by its file name.
    HuaweiAppdl {
        /// The shop.
        base: Url,
        /// The app's number, with its `C`.
        app_id: String,
    },
    /// What a person saw and put on record, with evidence.
    Record,
}

/// How Apple's shop names an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItunesApp {
    /// By number.
    Id(u64),
    /// By bundle id.
    BundleId(String),
}

impl Way {
    /// What is asked politely as one: the bridge, where there is one, since whatever it reads it asks of the same platform;
    /// else the host. `None` where nobody is asked.
    pub fn upstream(&self) -> Option<String> {
        let host = || self.kind.address().map(|url| host_name(&url));
        self.bridge.as_ref().map(BridgeId::upstream).or_else(host)
    }
}

impl BridgeId {
    /// What is asked politely as one when this bridge is asked; no host is called so.
    pub fn upstream(&self) -> String {
        format!("bridge:{self}")
    }
}

impl WayKind {
    /// The word for it in rules.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Rss { .. } => "rss",
            Self::WeiboOpenapi { .. } => "weibo-openapi",
            Self::WechatApi { .. } => "wechat-api",
            Self::WechatBackend { .. } => "wechat-backend",
            Self::WechatArticle { .. } => "wechat-article",
            Self::DouyinOpenapi { .. } => "douyin-openapi",
            Self::Itunes { .. } => "itunes",
            Self::Yyb { .. } => "yyb",
            Self::HuaweiAppdl { .. } => "huawei-appdl",
            Self::Record => "record",
        }
    }

    /// What officials call it.
    pub fn chinese(&self) -> &'static str {
        match self {
            Self::Rss { .. } => "订阅源",
            Self::WeiboOpenapi { .. } => "微博开放平台",
            Self::WechatApi { .. } => "公众号接口",
            Self::WechatBackend { .. } => "公众号后台导出",
            Self::WechatArticle { .. } => "公众号文章链接",
            Self::DouyinOpenapi { .. } => "抖音开放平台",
            Self::Itunes { .. } => "苹果应用商店",
            Self::Yyb { .. } => "应用宝",
            Self::HuaweiAppdl { .. } => "华为应用市场",
            Self::Record => "人工核查记录",
        }
    }

    /// Where it is asked: the feed, the article, or the platform. `None` where nobody is asked.
    pub fn address(&self) -> Option<Url> {
        match self {
            Self::Rss { url } | Self::WechatArticle { url } => Some(url.clone()),
            Self::WeiboOpenapi { base, .. }
            | Self::WechatApi { base, .. }
            | Self::DouyinOpenapi { base, .. }
            | Self::Itunes { base, .. }
            | Self::Yyb { base, .. }
            | Self::HuaweiAppdl { base, .. } => Some(base.clone()),
            Self::WechatBackend { .. } | Self::Record => None,
        }
    }

    /// The secret that it needs.
    pub fn secret(&self) -> Option<&SecretName> {
        match self {
            Self::WeiboOpenapi { secret, .. }
            | Self::WechatApi { secret, .. }
            | Self::DouyinOpenapi { secret, .. } => Some(secret),
            Self::Rss { .. }
            | Self::WechatBackend { .. }
            | Self::WechatArticle { .. }
            | Self::Itunes { .. }
            | Self::Yyb { .. }
            | Self::HuaweiAppdl { .. }
            | Self::Record => None,
        }
    }
}

/// The words of the ways that make sense for a platform, in the order in which they are to be preferred.
pub(super) fn kinds_for(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Wechat => &["rss", "wechat-api", "wechat-backend", "wechat-article", "record"],
        Platform::Weibo => &["rss", "weibo-openapi", "record"],
        Platform::Douyin => &["rss", "douyin-openapi", "record"],
        Platform::App => &["rss", "itunes", "yyb", "huawei-appdl", "record"],
    }
}

macro_rules! name {
    ($type:ident) => {
        impl $type {
            /// Wraps a name that has been checked by the rules loader or comes from our own store.
            pub fn new(name: impl Into<Arc<str>>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(WayName);
name!(BridgeId);
name!(SecretName);
