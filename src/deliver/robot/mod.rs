//! Robots of group chats, and other programs that take a notice as JSON.
//!
//! [`Robot::send`] puts a notice into a [`Request`] as the platform wants it ([`Platform`]; that part is pure), posts it,
//! and judges the [`answer`]: these platforms say 200 to everything and mean what stands in the body. Each robot keeps
//! its own pace, since a group that is written to more than twenty times a minute is shut for ten.
//!
//! Addresses of robots hold their key, so no error text holds an address.

mod answer;
mod chat;
mod dingtalk;
mod feishu;
mod generic;
mod pace;
mod sign;
mod wecom;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use answer::judge;
pub use answer::{ChannelFault, Platform};
use chat::Chat;
use pace::Pace;

use super::error::DeliverError;
use super::notice::{Notice, NoticeId, Says};
use super::recipient::ChannelName;
use super::secret::Secret;
use crate::clock::Clock;

/// How a robot is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotSettings {
    /// Its name.
    pub name: ChannelName,
    /// Whose it is.
    pub platform: Platform,
    /// Its whole address, with its key.
    pub address: Secret,
    /// What messages are signed with, where the platform or the program wants that.
    pub secret: Option<Secret>,
}

/// A robot, ready to be written to.
pub struct Robot {
    settings: RobotSettings,
    client: reqwest::Client,
    pace: Pace,
}

/// What is posted.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    /// Added to the address.
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What a robot did with a notice.
#[derive(Debug)]
pub(super) enum Sent {
    /// It was tried.
    Tried(Result<(), DeliverError>),
    /// It was not tried: the robot has no room for it before this instant.
    NotBefore(DateTime<Utc>),
}

const PATIENCE: Duration = Duration::from_secs(20);
/// Longer answers are not read: what matters stands at the beginning.
const LONGEST_ANSWER: usize = 64 * 1024;

impl RobotSettings {
    /// Whether the address is one that can be posted to.
    pub fn has_usable_address(&self) -> bool {
        Url::parse(self.address.reveal()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    }
}

impl Robot {
    /// A robot on this clock. Nothing is connected yet.
    ///
    /// # Errors
    /// If the system's certificates cannot be loaded.
    pub fn new(settings: RobotSettings, clock: Clock) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("xuncha/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            // A robot that sends us elsewhere is not the one that was configured.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { settings, client, pace: Pace::new(clock) })
    }

    /// Its name.
    pub(super) fn name(&self) -> &ChannelName {
        &self.settings.name
    }

    /// Posts a notice, if the robot's pace allows it now.
    pub(super) async fn send(&mut self, notice: &Notice, now: DateTime<Utc>) -> Sent {
        match self.pace.ask(now) {
            Err(not_before) => Sent::NotBefore(not_before),
            Ok(()) => Sent::Tried(
                self.post(notice, now)
                    .await
                    .map_err(|fault| DeliverError::Channel { channel: self.settings.name.clone(), fault }),
            ),
        }
    }

    async fn post(&self, notice: &Notice, now: DateTime<Utc>) -> Result<(), ChannelFault> {
        let Request { query, headers, body } = request(&self.settings, notice, now);
        let mut url = Url::parse(self.settings.address.reveal()).map_err(|_| ChannelFault::NoSuchAddress)?;
        for (key, value) in query {
            url.query_pairs_mut().append_pair(key, &value);
        }
        let mut asking = self.client.post(url).header("content-type", "application/json; charset=utf-8");
        for (name, value) in headers {
            asking = asking.header(name, value);
        }
        let mut response = asking.body(body).send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let mut answer = Vec::new();
        while answer.len() < LONGEST_ANSWER
            && let Some(chunk) = response.chunk().await.map_err(unreachable)?
        {
            answer.extend_from_slice(&chunk);
        }
        judge(self.settings.platform, status, &answer, self.settings.address.reveal())
    }
}

/// The text of such an error names the address, key and all.
fn unreachable(error: reqwest::Error) -> ChannelFault {
    let mut causes = Vec::new();
    let error = error.without_url();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    ChannelFault::Unreachable(causes.join(": "))
}

/// The message as the robot's platform wants it.
fn request(settings: &RobotSettings, notice: &Notice, now: DateTime<Utc>) -> Request {
    let secret = settings.secret.as_ref();
    let chat = || Chat::of(&notice.id, &notice.says);
    match settings.platform {
        Platform::Wecom => wecom::request(&chat()),
        Platform::Dingtalk => dingtalk::request(&chat(), secret, now),
        Platform::Feishu => feishu::request(&chat(), secret, now),
        Platform::Json => generic::request(notice, secret),
    }
}

/// Whether a message on this platform has room for every row of what is said.
pub(super) fn has_room_for(platform: Platform, id: &NoticeId, says: &Says) -> bool {
    let chat = || Chat::of(id, says);
    let left_out = match platform {
        Platform::Wecom => wecom::print(&chat()).left_out,
        Platform::Dingtalk => dingtalk::print(&chat()).left_out,
        Platform::Feishu => feishu::left_out(&chat()),
        Platform::Json => 0,
    };
    left_out == 0
}

impl fmt::Debug for Robot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Robot").field("settings", &self.settings).finish_non_exhaustive()
    }
}
