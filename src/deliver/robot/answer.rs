//! What a platform's answer means.

use serde::Deserialize;
use url::Url;

use crate::deliver::reply::without_addresses;

/// Parts of a path up to this length hold no key.
const SHORT_PART: usize = 12;

/// Whose robot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// 企业微信.
    Wecom,
    /// 钉钉.
    Dingtalk,
    /// 飞书.
    Feishu,
    /// A program that takes our own JSON.
    Json,
}

/// Why a robot did not take a message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChannelFault {
    /// Its address makes no sense.
    #[error("its address is no web address; see its key in xuncha.toml")]
    NoSuchAddress,
    /// Nobody answered.
    #[error("nobody answers: {0}")]
    Unreachable(String),
    /// It answered with an HTTP status that is no success.
    #[error("it answered HTTP {0}")]
    Status(u16),
    /// It answered with an error of the platform's own.
    #[error("it answered error {code}: {said}")]
    Refused {
        /// The platform's number.
        code: i64,
        /// The platform's words.
        said: String,
        /// Whether the platform only wants us to come back later.
        busy: bool,
    },
    /// Its answer is not one that the platform gives.
    #[error("its answer is none that the platform gives: is it the platform that answers?")]
    Unreadable,
}

impl ChannelFault {
    /// Whether trying again soon is pointless, since a person has to mend something.
    pub(in crate::deliver) fn is_permanent(&self) -> bool {
        match self {
            Self::NoSuchAddress => true,
            // A proxy's page in between, or a change of the platform: either may pass.
            Self::Unreachable(_) | Self::Unreadable => false,
            Self::Status(status) => !matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Refused { busy, .. } => !busy,
        }
    }
}

/// What a platform says, without the robot's address and the keys in it, which it may repeat. They go first, whole: shortened,
/// they would not be known any more.
fn without_keys(said: &str, address: &str) -> String {
    let struck = keys_in(address).iter().fold(said.to_owned(), |said, key| said.replace(key.as_str(), "…"));
    without_addresses(&struck)
}

/// An address, its longer parts of a path, and the values of its query, as they are written and as they are meant; the longest
/// first. A part of a path as short as `send` holds no key.
fn keys_in(address: &str) -> Vec<String> {
    let mut keys = vec![address.to_owned()];
    if let Ok(url) = Url::parse(address) {
        keys.push(url.to_string());
        let path = url.path_segments().into_iter().flatten().filter(|part| part.len() > SHORT_PART);
        keys.extend(path.map(str::to_owned));
        let written = url.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        keys.extend(written.map(|(_, value)| value.to_owned()));
        keys.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    }
    keys.retain(|key| key.len() > 2);
    keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
    keys
}

/// The forms of answers: 企业微信 and 钉钉 say `errcode`, 飞书 `code`, or `StatusCode` in its older form.
#[derive(Deserialize)]
struct Answer {
    #[serde(alias = "code", alias = "StatusCode")]
    errcode: i64,
    #[serde(alias = "msg", alias = "StatusMessage", default)]
    errmsg: String,
}

/// Errors that pass by themselves within minutes: the platform is busy, or has been written to too often.
///
/// 企业微信, by its global return codes (developer.work.weixin.qq.com/document/path/90455): -1 the system is busy, 6000 two
/// writers at once, 45009 more calls than allowed (of a group robot: over 20 a minute, path/91770), 45033 more calls at the
/// same time than allowed.
///
/// 钉钉: -1 the system is busy; 130101 over 20 messages a minute, after which a robot is shut for ten minutes; 410100 says
/// the same in its list for robots. 90030, a plan's monthly number of webhook calls is used up, does not pass within
/// minutes and is left out.
///
/// 飞书: 11232 the platform is under load, as it often is on the hour and the half-hour, or the robot was written to over
/// 100 times a minute or five times a second (open.feishu.cn, 自定义机器人使用指南); 99991400 the gateway's own limit, under
/// HTTP 429 or, of older interfaces, 400 (open.feishu.cn, 频控策略).
const BUSY: [(Platform, &[i64]); 3] = [
    (Platform::Wecom, &[-1, 6000, 45009, 45033]),
    (Platform::Dingtalk, &[-1, 130101, 410100]),
    (Platform::Feishu, &[11232, 99991400]),
];

/// Whether the message was taken that was posted to `address`.
pub(super) fn judge(platform: Platform, status: u16, body: &[u8], address: &str) -> Result<(), ChannelFault> {
    if platform == Platform::Json || !(200..300).contains(&status) {
        return if (200..300).contains(&status) { Ok(()) } else { refused(platform, status, body, address) };
    }
    let Answer { errcode: code, errmsg } = read(body)?;
    if code == 0 {
        return Ok(());
    }
    Err(ChannelFault::Refused { code, said: without_keys(&errmsg, address), busy: is_busy(platform, code) })
}

/// A refusal by status; what stands in its body says more, where it can be read.
fn refused(platform: Platform, status: u16, body: &[u8], address: &str) -> Result<(), ChannelFault> {
    match read(body) {
        Ok(Answer { errcode: code, errmsg }) if code != 0 && platform != Platform::Json => {
            let busy = is_busy(platform, code) || !ChannelFault::Status(status).is_permanent();
            Err(ChannelFault::Refused { code, said: without_keys(&errmsg, address), busy })
        }
        _ => Err(ChannelFault::Status(status)),
    }
}

fn read(body: &[u8]) -> Result<Answer, ChannelFault> {
    // Nothing of it is repeated: a page of a gateway in between likes to name the address that was asked for, key and all.
    serde_json::from_slice(body).map_err(|_| ChannelFault::Unreadable)
}

fn is_busy(platform: Platform, code: i64) -> bool {
    BUSY.iter().any(|(of, codes)| *of == platform && codes.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_gives_the_key_away() {
        let address = "https://open.example/open-apis/bot/v2/hook/0a1b2c3d-4e5f-6789?key=k3y%2F1";
        let repeats = [
            r#"{"errcode":93000,"errmsg":"no robot at https://open.example/open-apis/bot/v2/hook/0a1b2c3d-4e5f-6789?key=k3y%2F1"}"#,
            r#"{"errcode":93000,"errmsg":"invalid key k3y/1 or k3y%2F1 of 0a1b2c3d-4e5f-6789"}"#,
            r#"{"errcode":"k3y%2F1"}"#,
            &format!(r#"{{"errcode":93000,"errmsg":"{}k3y%2F1"}}"#, "x".repeat(295)),
            "<html>you asked for /send?key=k3y%2F1</html>",
        ];
        for body in repeats {
            let fault = judge(Platform::Wecom, 200, body.as_bytes(), address).unwrap_err();
            let said = fault.to_string();
            assert!(!said.contains("k3y") && !said.contains("0a1b2c3d"), "{said}");
        }
    }

    #[test]
    fn what_counts_stands_in_the_body_and_not_in_the_status() {
        use Platform::{Dingtalk, Feishu, Json, Wecom};
        let taken = [
            (Wecom, r#"{"errcode":0,"errmsg":"ok"}"#),
            (Dingtalk, r#"{"errcode":0,"errmsg":"ok"}"#),
            (Feishu, r#"{"code":0,"msg":"success","data":{}}"#),
            (Feishu, r#"{"StatusCode":0,"StatusMessage":"success","Extra":null}"#),
            (Json, "thank you"),
        ];
        for (platform, body) in taken {
            assert_eq!(judge(platform, 200, body.as_bytes(), ""), Ok(()), "{platform:?} {body}");
        }
        let refused = [
            (Wecom, 200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, false),
            (Wecom, 200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, true),
            (Dingtalk, 200, r#"{"errcode":130101,"errmsg":"send too fast"}"#, false),
            (Dingtalk, 200, r#"{"errcode":310000,"errmsg":"sign not match"}"#, true),
            (
                Dingtalk,
                200,
                r#"{"status":1111,"wait":5,"punish":"deny","errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#,
                false,
            ),
            (Dingtalk, 200, r#"{"errcode":90030,"errmsg":"webhook over limit"}"#, true),
            (Feishu, 200, r#"{"code":11232,"msg":"frequency limited"}"#, false),
            (Feishu, 400, r#"{"code":99991400,"msg":"request trigger frequency limit"}"#, false),
            (
                Feishu,
                200,
                r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}"#,
                true,
            ),
            (Feishu, 400, r#"{"code":19001,"msg":"param invalid"}"#, true),
            (Feishu, 429, r#"{"code":19001,"msg":"param invalid"}"#, false),
            (Wecom, 200, "<html>log in to the network</html>", false),
            (Wecom, 200, "{}", false),
            (Wecom, 302, "", true),
            (Json, 503, "busy", false),
            (Json, 401, r#"{"errcode":0}"#, true),
        ];
        for (platform, status, body, permanent) in refused {
            let fault = judge(platform, status, body.as_bytes(), "").unwrap_err();
            assert_eq!(fault.is_permanent(), permanent, "{platform:?} {status} {body}: {fault}");
        }
    }
}
