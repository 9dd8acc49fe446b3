//! Why an answer tells nothing of an account, and what to do about it.

use serde::{Deserialize, Serialize};

/// Why nothing is known of an account by one way. None says anything about the account's age. The text in each is what was
/// said: a platform's code and words, or ours; never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Refusal {
    /// The token is not taken, not even a new one.
    #[error(
        "the platform does not take our token, not even a new one ({0}): compare the secret with the platform's settings"
    )]
    TokenRejected(String),
    /// `AppID`, `AppSecret` or client key are wrong or out of force.
    #[error(
        "the platform does not take the secret ({0}): ask the account's owner for the present one and put it in place"
    )]
    SecretRejected(String),
    /// The owner's consent has ended.
    #[error(
        "the owner's authorisation has ended ({0}): ask the account's owner to authorise anew, and put the new token in place"
    )]
    AuthorisationEnded(String),
    /// The account or application may not use this interface.
    #[error(
        "the platform does not grant this interface ({0}): have the account verified, or apply for it; until then use another way"
    )]
    NotPermitted(String),
    /// The platform only talks to addresses that the owner has listed.
    #[error(
        "this machine's address is not on the account's list ({0}): ask the owner to add it to the IP whitelist"
    )]
    AddressNotListed(String),
    /// The quota of the day or hour is used up.
    #[error("the quota is used up ({0}): it comes back by itself; if that happens daily, poll less often")]
    QuotaSpent(String),
    /// Too many requests in a short time.
    #[error("the platform asks for fewer requests ({0}): give its host or bridge a slower pace")]
    TooFrequent(String),
    /// A login stands in the way.
    #[error(
        "a login is wanted or has ended ({0}): log in again where the data comes from, or use another way"
    )]
    LoginWanted(String),
    /// The platform turns visitors away that it does not know.
    #[error("the platform turns us away: HTTP {0}; use a way that the account's owner has opened")]
    TurnedAway(u16),
    /// The platform wants to see a person.
    #[error("the platform wants to see a person (captcha): open it by hand and put on record what is there")]
    Captcha,
    /// There is no such account.
    #[error("the platform knows no such account ({0}): compare the number in the rule with the account")]
    NoSuchAccount(String),
    /// The posts are another account's.
    #[error(
        "the posts are those of another account ({0}): compare the number in the rule with whoever gave the token"
    )]
    OtherAccount(String),
    /// A successful answer of no bytes: how some platforms turn visitors away.
    #[error("the platform answers with nothing at all: a refusal in disguise; use another way")]
    EmptyBody,
    /// A successful answer that shows no post.
    #[error(
        "the answer is in order and shows no post: no account is blank by that; look at it by hand, or use another way"
    )]
    NoPosts,
    /// A successful answer that shows only pinned posts, which are shown whatever follows them.
    #[error(
        "the answer shows only pinned posts, which says nothing of newer ones; look at the account by hand"
    )]
    OnlyPinned,
    /// Posts, and no usable date on any of them.
    #[error("no post has a usable date; first: {0}")]
    NoDates(String),
    /// The article is no longer there, or its link was only good for hours.
    #[error("the article cannot be had any more ({0}): give its permanent link, or that of another article")]
    ArticleGone(String),
    /// The shop does not list the app.
    #[error("the shop does not list the app ({0}): compare its number or name in the rule with the shop")]
    NotListed(String),
    /// The platform itself failed.
    #[error("the platform failed ({0}): it is asked again by itself")]
    PlatformFailed(String),
    /// Another refusal, by a code we do not know.
    #[error("the platform refuses ({0}): look the code up in its documentation")]
    Refused(String),
    /// An answer of another shape than the platform's.
    #[error("the answer cannot be understood ({0}): compare what the address answers with the rule")]
    NotUnderstood(String),
    /// Nothing came back.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The secret is not there or not safe.
    #[error("{0}")]
    NoSecret(String),
    /// The file is not in the import directory or cannot be read.
    #[error("the exported file cannot be read ({0}): export it again and put it into the import directory")]
    NoFile(String),
}

impl Refusal {
    /// The refusal as officials read it; details from servers stay as they came.
    pub fn chinese(&self) -> String {
        match self {
            Self::TokenRejected(said) => {
                format!("平台不接受访问令牌，重新获取后仍无效（{said}），请核对凭据与平台设置")
            }
            Self::SecretRejected(said) => format!("平台不接受该凭据（{said}），请账号主管单位提供现行凭据"),
            Self::AuthorisationEnded(said) => format!("账号授权已失效（{said}），请账号主管单位重新授权"),
            Self::NotPermitted(said) => {
                format!("账号未获得该接口权限（{said}），请完成认证或申请权限，此前请改用其他方式")
            }
            Self::AddressNotListed(said) => {
                format!("本机地址不在账号的 IP 白名单中（{said}），请账号主管单位添加")
            }
            Self::QuotaSpent(said) => {
                format!("接口调用次数已用完（{said}），将自动恢复；如每日发生，请降低巡检频率")
            }
            Self::TooFrequent(said) => format!("平台提示访问过于频繁（{said}），请降低访问频率"),
            Self::LoginWanted(said) => format!("需要登录或登录已失效（{said}），请重新登录，或改用其他方式"),
            Self::TurnedAway(status) => {
                format!("平台拒绝访问（HTTP {status}），请改用账号主管单位开通的方式")
            }
            Self::Captcha => "平台要求人工验证，请人工查看并登记核查记录".to_owned(),
            Self::NoSuchAccount(said) => format!("平台上查无此账号（{said}），请核对规则中的账号"),
            Self::OtherAccount(said) => format!("返回的是其他账号的内容（{said}），请核对规则与授权账号"),
            Self::EmptyBody => "平台返回空内容，疑似变相拒绝，请改用其他方式".to_owned(),
            Self::NoPosts => {
                "返回正常但没有任何内容，不能据此认定账号空白，请人工查看或改用其他方式".to_owned()
            }
            Self::OnlyPinned => "只返回置顶内容，无法判断是否有更新，请人工查看".to_owned(),
            Self::NoDates(first) => format!("所有内容均无有效日期：{first}"),
            Self::ArticleGone(said) => format!("文章已无法打开（{said}），请提供永久链接或其他文章"),
            Self::NotListed(said) => format!("应用商店查无此应用（{said}），请核对规则"),
            Self::PlatformFailed(said) => format!("平台故障（{said}），将自动重试"),
            Self::Refused(said) => format!("平台拒绝（{said}），请查阅平台的错误码说明"),
            Self::NotUnderstood(why) => format!("无法识别返回内容：{why}"),
            Self::Unreachable(why) => format!("无法连接：{why}"),
            Self::NoSecret(why) => format!("凭据不可用：{why}"),
            Self::NoFile(why) => format!("导出文件不可用（{why}），请重新导出并放入导入目录"),
        }
    }

    /// The refusal as whoever opens the page reads it: without our paths and this machine's address.
    pub fn chinese_in_public(&self) -> String {
        match self {
            Self::AddressNotListed(_) => "本机地址不在账号的 IP 白名单中，请账号主管单位添加".to_owned(),
            Self::NoSecret(_) => "凭据不可用".to_owned(),
            Self::NoFile(_) => "导出文件不可用，请重新导出并放入导入目录".to_owned(),
            _ => self.chinese(),
        }
    }

    /// The refusal without a text that nobody may see.
    #[must_use]
    pub fn without(mut self, secret: &str) -> Self {
        if let Some(said) = self.said_mut().filter(|_| !secret.is_empty()) {
            *said = said.replace(secret, "…");
        }
        self
    }

    fn said_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::TokenRejected(said)
            | Self::SecretRejected(said)
            | Self::AuthorisationEnded(said)
            | Self::NotPermitted(said)
            | Self::AddressNotListed(said)
            | Self::QuotaSpent(said)
            | Self::TooFrequent(said)
            | Self::LoginWanted(said)
            | Self::NoSuchAccount(said)
            | Self::OtherAccount(said)
            | Self::NoDates(said)
            | Self::ArticleGone(said)
            | Self::NotListed(said)
            | Self::PlatformFailed(said)
            | Self::Refused(said)
            | Self::NotUnderstood(said)
            | Self::Unreachable(said)
            | Self::NoFile(said) => Some(said),
            // Our own words: no platform has had a say in them.
            Self::NoSecret(_) => None,
            Self::TurnedAway(_) | Self::Captcha | Self::EmptyBody | Self::NoPosts | Self::OnlyPinned => None,
        }
    }
}
