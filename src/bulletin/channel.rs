//! The channels that a bulletin counts apart: sites, and the platforms of new-media accounts.

use serde::{Deserialize, Serialize};

/// Where a source publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A column of a unit's site.
    Website,
    /// A WeChat account.
    Wechat,
    /// A Weibo account.
    Weibo,
    /// A Douyin account.
    Douyin,
    /// An app.
    App,
}

/// The platform of a new-media account. JSON has the word officials read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "AccountPlatform"))]
pub enum Platform {
    /// A WeChat account.
    #[serde(rename = "微信")]
    Wechat,
    /// A Weibo account.
    #[serde(rename = "微博")]
    Weibo,
    /// A Douyin account.
    #[serde(rename = "抖音")]
    Douyin,
    /// An app.
    #[serde(rename = "APP")]
    App,
}

/// The annex that lists a platform's accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountAnnex {
    /// Annex 2: WeChat and Weibo, numbered by unit.
    Second,
    /// Annex 3: the other platforms.
    Third,
}

impl AccountAnnex {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Second => "annex 2",
            Self::Third => "annex 3",
        }
    }
}

impl Channel {
    /// Every channel, in the order in which bulletins count them.
    pub const ALL: [Self; 5] = [Self::Website, Self::Wechat, Self::Weibo, Self::Douyin, Self::App];

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Website => "website",
            Self::Wechat => "wechat",
            Self::Weibo => "weibo",
            Self::Douyin => "douyin",
            Self::App => "app",
        }
    }

    /// The channel as the body of a bulletin calls it.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Website => "信息公开网站",
            Self::Wechat => "政务微信",
            Self::Weibo => "政务微博",
            Self::Douyin => "政务抖音",
            Self::App => "政务APP",
        }
    }

    /// The platform, where the channel is one of new media.
    pub fn platform(self) -> Option<Platform> {
        match self {
            Self::Website => None,
            Self::Wechat => Some(Platform::Wechat),
            Self::Weibo => Some(Platform::Weibo),
            Self::Douyin => Some(Platform::Douyin),
            Self::App => Some(Platform::App),
        }
    }
}

impl Platform {
    /// The word officials read.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Wechat => "微信",
            Self::Weibo => "微博",
            Self::Douyin => "抖音",
            Self::App => "APP",
        }
    }

    /// The channel that the platform's accounts are counted under.
    pub fn channel(self) -> Channel {
        match self {
            Self::Wechat => Channel::Wechat,
            Self::Weibo => Channel::Weibo,
            Self::Douyin => Channel::Douyin,
            Self::App => Channel::App,
        }
    }

    pub(super) fn annex(self) -> AccountAnnex {
        match self {
            Self::Wechat | Self::Weibo => AccountAnnex::Second,
            Self::Douyin | Self::App => AccountAnnex::Third,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_words_of_the_schema() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.word());
        }
        for platform in Channel::ALL.into_iter().filter_map(Channel::platform) {
            assert_eq!(serde_json::to_value(platform).unwrap(), platform.chinese());
            assert_eq!(platform.channel().platform(), Some(platform));
        }
    }
}
