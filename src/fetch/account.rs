//! One look at an account by one way, or at the menu of a 公众号: what to ask next, given what came back.
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
use crate::extract::{self, Answer, Grant, Menu, Posts, Refusal};
use crate::rules::WayKind;
use crate::secrets::{Secret, SecretError};

/// One look at an account by one way, for its posts or for its menu.
#[derive(Debug)]
pub struct AccountLook<Wanted = Posts> {
    way: WayKind,
    secret: Option<Secret>,
    zone: Tz,
    stage: Stage,
    make_call: MakeCall,
    read_answer: ReadAnswer<Wanted>,
}

/// The call that gets what is wanted, with the token that it takes.
type MakeCall = fn(&WayKind, Option<&Secret>, Option<&str>) -> Result<Call, Refusal>;
/// Reads what came of that.
type ReadAnswer<Wanted> = fn(&WayKind, &Answer, DateTime<Utc>, Tz) -> Result<Wanted, Refusal>;

/// What is to be done next.
#[derive(Debug)]
pub enum Next<Wanted = Posts> {
    /// Call the platform's interface. It is there for programs; what robots.txt says is about pages.
    Call(Call),
    /// Fetch a page like any other, by the rules for robots.
    Fetch(Url),
    /// Read this file of the import directory.
    Open(PathBuf),
    /// Look up what people have put on record: that is all there is to this way.
    Recall,
    /// The look is over.
    Done(Result<Wanted, Refusal>),
}

#[derive(Clone, PartialEq, Eq)]
enum Stage {
    /// A token has been asked for; whether it is to replace one that was not taken.
    Token { is_second: bool },
    /// What is wanted has been asked for, with this token if the way needs one.
    Wanted { with: Option<String>, is_second: bool },
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token { .. } => "Token",
            Self::Wanted { .. } => "Wanted",
        })
    }
}

impl AccountLook<Posts> {
    /// Begins a look. `secret` is what was found under the way's [`secret`](WayKind::secret), `None` where it has none.
    pub fn begin(
        way: &WayKind,
        secret: Option<Result<Secret, SecretError>>,
        tokens: &Tokens,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> (Self, Next) {
        let (mut look, missing) = Self::with(way, secret, zone, calls::for_posts, read_posts);
        let next = match (missing, way) {
            (Some(refusal), _) => Next::Done(Err(refusal)),
            (None, WayKind::Rss { url } | WayKind::WechatArticle { url }) => Next::Fetch(url.clone()),
            (None, WayKind::WechatBackend { file }) => Next::Open(file.clone()),
            (None, WayKind::Record) => Next::Recall,
            (
                None,
                WayKind::WeiboOpenapi { .. }
                | WayKind::WechatApi { .. }
                | WayKind::DouyinOpenapi { .. }
                | WayKind::Itunes { .. }
                | WayKind::Yyb { .. }
                | WayKind::HuaweiAppdl { .. },
            ) => look.ask(tokens, now, false),
        };
        (look, next)
    }

    /// Goes on with what came of the last [`Next`].
    pub fn go_on(&mut self, came: Result<Answer, Refusal>, tokens: &mut Tokens, now: DateTime<Utc>) -> Next {
        self.go_on_with(came, tokens, now)
    }
}

impl AccountLook<Menu> {
    /// Begins a look at the menu of a 公众号, as whoever `way` says; the rest is as in [`begin`](AccountLook::begin).
    pub fn begin_menu(
        way: &WayKind,
        secret: Option<Result<Secret, SecretError>>,
        tokens: &Tokens,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> (Self, Next<Menu>) {
        let (mut look, missing) = Self::with(way, secret, zone, calls::for_menu, read_menu);
        let next = match missing {
            Some(refusal) => Next::Done(Err(refusal)),
            None => look.ask(tokens, now, false),
        };
        (look, next)
    }

    /// Goes on with what came of the last [`Next`].
    pub fn go_on(
        &mut self,
        came: Result<Answer, Refusal>,
        tokens: &mut Tokens,
        now: DateTime<Utc>,
    ) -> Next<Menu> {
        self.go_on_with(came, tokens, now)
    }
}

impl<Wanted> AccountLook<Wanted> {
    /// A look, and why it is over before it began, if its secret cannot be had.
    fn with(
        way: &WayKind,
        secret: Option<Result<Secret, SecretError>>,
        zone: Tz,
        make_call: MakeCall,
        read_answer: ReadAnswer<Wanted>,
    ) -> (Self, Option<Refusal>) {
        let stage = Stage::Wanted { with: None, is_second: false };
        let (secret, missing) = match secret.transpose() {
            Ok(secret) => (secret, None),
            Err(error) => (None, Some(Refusal::NoSecret(error.to_string()))),
        };
        (Self { way: way.clone(), secret, zone, stage, make_call, read_answer }, missing)
    }

    fn go_on_with(
        &mut self,
        came: Result<Answer, Refusal>,
        tokens: &mut Tokens,
        now: DateTime<Utc>,
    ) -> Next<Wanted> {
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
            Stage::Wanted { with, is_second } => {
                let read = came.and_then(|answer| (self.read_answer)(&self.way, &answer, now, self.zone));
                match (read, with, self.holder()) {
                    (Err(refusal @ Refusal::TokenRejected(_)), Some(token), Some(holder)) => {
                        tokens.forget(&holder, &token);
                        if is_second { self.done(Err(refusal)) } else { self.ask(tokens, now, true) }
                    }
                    (read, _, _) => self.done(read),
                }
            }
        }
    }

    /// Asks for what is wanted, or for the token that it takes. A token that another look has had renewed meanwhile will do.
    fn ask(&mut self, tokens: &Tokens, now: DateTime<Utc>, is_second: bool) -> Next<Wanted> {
        let held = self.holder().and_then(|holder| tokens.good(&holder, now).map(ToOwned::to_owned));
        if let Some(token) = held {
            return self.ask_with(token, is_second);
        }
        let call = match calls::for_token(&self.way, self.secret.as_ref()) {
            Some(call) => {
                self.stage = Stage::Token { is_second };
                call
            }
            None => (self.make_call)(&self.way, self.secret.as_ref(), None),
        };
        self.call(call)
    }

    fn ask_with(&mut self, token: String, is_second: bool) -> Next<Wanted> {
        let call = (self.make_call)(&self.way, self.secret.as_ref(), Some(&token));
        self.stage = Stage::Wanted { with: Some(token), is_second };
        self.call(call)
    }

    fn call(&self, call: Result<Call, Refusal>) -> Next<Wanted> {
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

    /// The end of the look. Whatever a platform says, no secret gets into a refusal.
    fn done(&self, read: Result<Wanted, Refusal>) -> Next<Wanted> {
        Next::Done(read.map_err(|refusal| {
            let secrets = self.secret.iter().flat_map(Secret::words);
            let token = match &self.stage {
                Stage::Wanted { with, .. } => with.as_deref(),
                Stage::Token { .. } => None,
            };
            secrets.chain(token).fold(refusal, Refusal::without)
        }))
    }
}

fn read_posts(way: &WayKind, answer: &Answer, now: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    match way {
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

fn read_menu(_: &WayKind, answer: &Answer, _: DateTime<Utc>, _: Tz) -> Result<Menu, Refusal> {
    extract::read_wechat_menu(answer)
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
