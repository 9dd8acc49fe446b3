//! One look at an account by one way: what to ask next, given what came back.
//!
//! An [`AccountLook`] decides and asks nobody itself. Whoever drives it does what [`Next`] says at the pace of the way's
//! upstream, and hands over what came of it, until the look is done:
//!
//! ```text
//! begin ─┬─ no token needed ─────────────► Fetch, Open or Call the posts ─► Done
//!        ├─ a token is held ─────────────► Call the posts ─┬─ taken ──────► Done
//!        └─ none is ─► Call for a token ─► Call the posts ─┴─ not taken: one new token, once, then Done
//! ```

mod calls;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use super::call::Call;
use super::outcome::{Failure, Outcome, Retry};
use super::token::{Holder, Tokens};
use crate::extract::{self, Answer, Grant, Posts, Refusal};
use crate::rules::WayKind;
use crate::secrets::{Secret, SecretError};

/// One look at an account by one way.
#[derive(Debug)]
pub struct AccountLook {
    way: WayKind,
    secret: Option<Secret>,
    zone: Tz,
    stage: Stage,
}

/// What is to be done next.
#[derive(Debug)]
pub enum Next {
    /// Call the platform's interface. It is there for programs; what robots.txt says is about pages.
    Call(Call),
    /// Fetch a page like any other, by the rules for robots.
    Fetch(Url),
    /// Read this file of the import directory.
    Open(PathBuf),
    /// Look up what people have put on record: that is all there is to this way.
    Recall,
    /// The look is over.
    Done(Result<Posts, Refusal>),
}

#[derive(Clone, PartialEq, Eq)]
enum Stage {
    /// A token has been asked for; whether it is to replace one that was not taken.
    Token { is_second: bool },
    /// The posts have been asked for, with this token if the way needs one.
    Posts { with: Option<String>, is_second: bool },
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token { .. } => "Token",
            Self::Posts { .. } => "Posts",
        })
    }
}

impl AccountLook {
    /// Begins a look. `secret` is what was found under the way's [`secret`](WayKind::secret), `None` where it has none.
    pub fn begin(
        way: &WayKind,
        secret: Option<Result<Secret, SecretError>>,
        tokens: &Tokens,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> (Self, Next) {
        let stage = Stage::Posts { with: None, is_second: false };
        let mut look = Self { way: way.clone(), secret: None, zone, stage };
        let next = match secret.transpose() {
            Err(error) => Next::Done(Err(Refusal::NoSecret(error.to_string()))),
            Ok(secret) => {
                look.secret = secret;
                look.ask_for_posts(tokens, now, false)
            }
        };
        (look, next)
    }

    /// Goes on with what came of the last [`Next`].
    pub fn go_on(&mut self, came: Result<Answer, Refusal>, tokens: &mut Tokens, now: DateTime<Utc>) -> Next {
        match self.stage.clone() {
            Stage::Token { is_second } => match came.and_then(|answer| self.read_grant(&answer)) {
                Ok(grant) => {
                    let token = grant.token.clone();
                    if let Some(holder) = self.holder() {
                        tokens.keep(holder, grant, now);
                    }
                    self.ask_with(token, is_second)
                }
                Err(refusal) => self.done(Err(refusal)),
            },
            Stage::Posts { with, is_second } => {
                let read = came.and_then(|answer| self.read_posts(&answer, now));
                match (read, with, self.holder()) {
                    (Err(refusal @ Refusal::TokenRejected(_)), Some(token), Some(holder)) => {
                        tokens.forget(&holder, &token);
                        if is_second {
                            self.done(Err(refusal))
                        } else {
                            self.ask_for_posts(tokens, now, true)
                        }
                    }
                    (read, _, _) => self.done(read),
                }
            }
        }
    }

    /// Asks for the posts, or for the token that it takes. A token that another look has had renewed meanwhile will do.
    fn ask_for_posts(&mut self, tokens: &Tokens, now: DateTime<Utc>, is_second: bool) -> Next {
        match &self.way {
            WayKind::Rss { url } | WayKind::WechatArticle { url } => return Next::Fetch(url.clone()),
            WayKind::WechatBackend { file } => return Next::Open(file.clone()),
            WayKind::Record => return Next::Recall,
            WayKind::WeiboOpenapi { .. }
            | WayKind::WechatApi { .. }
            | WayKind::DouyinOpenapi { .. }
            | WayKind::Itunes { .. }
            | WayKind::Yyb { .. }
            | WayKind::HuaweiAppdl { .. } => {}
        }
        let held = self.holder().and_then(|holder| tokens.good(&holder, now).map(ToOwned::to_owned));
        if let Some(token) = held {
            return self.ask_with(token, is_second);
        }
        let call = match calls::for_token(&self.way, self.secret.as_ref()) {
            Some(call) => {
                self.stage = Stage::Token { is_second };
                call
            }
            None => calls::for_posts(&self.way, self.secret.as_ref(), None),
        };
        self.call(call)
    }

    fn ask_with(&mut self, token: String, is_second: bool) -> Next {
        let call = calls::for_posts(&self.way, self.secret.as_ref(), Some(&token));
        self.stage = Stage::Posts { with: Some(token), is_second };
        self.call(call)
    }

    fn call(&self, call: Result<Call, Refusal>) -> Next {
        call.map_or_else(|refusal| self.done(Err(refusal)), Next::Call)
    }

    /// Who holds the token that the way takes; nothing where it takes none, or one that is itself the secret.
    fn holder(&self) -> Option<Holder> {
        match &self.way {
            WayKind::WechatApi { base, secret } | WayKind::DouyinOpenapi { base, secret, .. } => {
                Some(Holder { base: base.clone(), secret: secret.clone() })
            }
            _ => None,
        }
    }

    fn read_grant(&self, answer: &Answer) -> Result<Grant, Refusal> {
        match &self.way {
            WayKind::DouyinOpenapi { .. } => extract::read_douyin_grant(answer),
            _ => extract::read_wechat_grant(answer),
        }
    }

    fn read_posts(&self, answer: &Answer, now: DateTime<Utc>) -> Result<Posts, Refusal> {
        let zone = self.zone;
        match &self.way {
            WayKind::Rss { .. } => extract::read_rss(answer, now, zone),
            WayKind::WeiboOpenapi { uid, .. } => extract::read_weibo(answer, uid, now, zone),
            WayKind::WechatApi { .. } => extract::read_wechat_api(answer, now, zone),
            WayKind::WechatBackend { .. } => extract::read_wechat_backend(answer, now, zone),
            WayKind::WechatArticle { .. } => extract::read_wechat_article(answer, now, zone),
            WayKind::DouyinOpenapi { .. } => extract::read_douyin(answer, now, zone),
            WayKind::Itunes { .. } => extract::read_itunes(answer, now, zone),
            WayKind::Yyb { package, .. } => extract::read_yyb(answer, package, now, zone),
            WayKind::HuaweiAppdl { .. } => extract::read_huawei(answer, now, zone),
            WayKind::Record => Err(Refusal::NoPosts),
        }
    }

    /// The end of the look. Whatever a platform says, no secret gets into a refusal.
    fn done(&self, read: Result<Posts, Refusal>) -> Next {
        Next::Done(read.map_err(|refusal| {
            let secrets = self.secret.iter().flat_map(Secret::words);
            let token = match &self.stage {
                Stage::Posts { with, .. } => with.as_deref(),
                Stage::Token { .. } => None,
            };
            secrets.chain(token).fold(refusal, Refusal::without)
        }))
    }
}

/// What a page that was fetched for a look comes to. "Not modified" is for the caller to know: it shows what was there before.
///
/// # Errors
/// If the page could not be had.
pub fn answer_of(outcome: Outcome) -> Result<Answer, Refusal> {
    match outcome {
        Outcome::Page(page, _) => Ok(Answer::ok(page)),
        Outcome::NotModified => {
            Err(Refusal::Unreachable("\"not modified\", though asked for in full".to_owned()))
        }
        Outcome::Failed(failure) => Err(refusal_of(&failure)),
    }
}

/// What a failure to fetch is to a look.
pub fn refusal_of(failure: &Failure) -> Refusal {
    match failure {
        Failure::Refused(status @ (401 | 403 | 412 | 418 | 432)) => Refusal::TurnedAway(*status),
        Failure::TooManyRequests(status) => Refusal::TooFrequent(format!("HTTP {status}")),
        Failure::ServerFailed(status) => Refusal::PlatformFailed(format!("HTTP {status}")),
        Failure::Blocked(super::Block::Captcha) => Refusal::Captcha,
        other => Refusal::Unreachable(other.to_string()),
    }
}

/// When asking again may help.
pub fn retry_of(refusal: &Refusal) -> Retry {
    match refusal {
        Refusal::PlatformFailed(_) | Refusal::TooFrequent(_) | Refusal::Unreachable(_) => Retry::Soon,
        Refusal::QuotaSpent(_)
        | Refusal::TurnedAway(_)
        | Refusal::Captcha
        | Refusal::EmptyBody
        | Refusal::NoPosts
        | Refusal::OnlyPinned
        | Refusal::NoDates(_)
        | Refusal::NotUnderstood(_) => Retry::InHours,
        _ => Retry::AtLeisure,
    }
}
