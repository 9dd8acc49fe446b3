//! What platforms answer to whoever asks for a token.

use std::fmt;

use chrono::TimeDelta;
use serde_json::Value;

use super::answer::{Answer, code, written};
use super::refusal::Refusal;
use super::{douyin, wechat_api};

/// A token, given for a while. Shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// The token.
    pub token: String,
    /// For how long it is good.
    pub lasts: TimeDelta,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("lasts", &self.lasts).finish_non_exhaustive()
    }
}

/// No token is believed to last longer, so that no sum of instants overflows.
const LONGEST: i64 = 366 * 24 * 3600;

/// Reads 公众号's answer to `cgi-bin/stable_token`.
///
/// # Errors
/// Any refusal; here a token that is not taken stands for a wrong secret.
pub fn read_wechat_grant(answer: &Answer) -> Result<Grant, Refusal> {
    let value = answer.json()?;
    wechat_api::unless_refused(&value).map_err(of_secret)?;
    answer.is_in_order()?;
    grant(&value)
}

/// Reads 抖音's answer to `oauth/refresh_token`.
///
/// # Errors
/// As [`read_wechat_grant`].
pub fn read_douyin_grant(answer: &Answer) -> Result<Grant, Refusal> {
    let value = answer.json()?;
    douyin::unless_refused(&value).map_err(of_secret)?;
    answer.is_in_order()?;
    grant(value.get("data").unwrap_or(&value))
}

fn of_secret(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::TokenRejected(said) => Refusal::SecretRejected(said),
        other => other,
    }
}

fn grant(value: &Value) -> Result<Grant, Refusal> {
    let lasts = code(value, "expires_in").filter(|seconds| (1..=LONGEST).contains(seconds));
    match (written(value, "access_token"), lasts) {
        (Some(token), Some(seconds)) => Ok(Grant { token, lasts: TimeDelta::seconds(seconds) }),
        _ => Err(Refusal::NotUnderstood("there is no token in it, or not for how long".to_owned())),
    }
}
