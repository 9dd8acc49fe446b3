//! One recipient of a notice, and what has come of it so far.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::backoff::next_try_at;
use super::error::{DeliverError, Remedy};
use super::notice::NoticeId;
use crate::alert::Addressee;

/// Name of a robot in `xuncha.toml`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelName(String);

impl ChannelName {
    /// The name as the configuration gives it.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a notice is to arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A person's mailbox.
    Mail(Addressee),
    /// A group chat or another program, by the robot of that name.
    Channel(ChannelName),
}

/// Somebody who is to get a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Who.
    pub target: Target,
    /// What has come of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What has come of a notice for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "DeliveryOutcome"))]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// Not there yet.
    Waiting {
        /// Since when: the time left before it is given up counts from here.
        since: DateTime<Utc>,
        /// How often it has failed.
        attempts: u32,
        /// Of these, how often this very recipient was refused for good.
        refusals: u32,
        /// Not to be tried before this instant.
        next_try_at: DateTime<Utc>,
        /// Why the latest attempt failed; `None` before the first failure.
        last_error: Option<String>,
    },
    /// Somebody else answers for it now: the mail server, the directory, the chat.
    Accepted {
        /// When.
        at: DateTime<Utc>,
    },
    /// Given up, until a person has it tried again.
    Dead {
        /// When.
        at: DateTime<Utc>,
        /// Why no more is tried.
        death: Death,
        /// Why the last attempt failed.
        error: String,
    },
    /// Given up, and a person has said that this is all right.
    Dismissed {
        /// When.
        at: DateTime<Utc>,
        /// Why the last attempt had failed.
        error: String,
    },
    /// Not sent any more: it was held back, and when it could have gone nothing of it was so any longer.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a notice is given up for a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Death {
    /// The recipient was refused for good, several times over hours.
    Refused,
    /// It has waited for as long as the configuration allows.
    Expired,
}

/// A recipient is believed to be refused only after so many refusals, hours apart: large mail providers answer 550 to
/// a perfectly good address when they mean "too many at once".
const REFUSALS_BELIEVED: u32 = 3;

impl Recipient {
    /// A recipient for whom nothing has been tried.
    pub fn new(target: Target, now: DateTime<Utc>) -> Self {
        let outcome =
            Outcome::Waiting { since: now, attempts: 0, refusals: 0, next_try_at: now, last_error: None };
        Self { target, outcome }
    }

    /// When it is to be tried next; `None` where it waits no more.
    pub fn next_try_at(&self) -> Option<DateTime<Utc>> {
        match self.outcome {
            Outcome::Waiting { next_try_at, .. } => Some(next_try_at),
            Outcome::Accepted { .. }
            | Outcome::Dead { .. }
            | Outcome::Dismissed { .. }
            | Outcome::Withdrawn { .. } => None,
        }
    }

    /// Why it has not arrived, where it was tried.
    pub fn error(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Waiting { last_error, .. } => last_error.as_deref(),
            Outcome::Dead { error, .. } => Some(error),
            Outcome::Accepted { .. } | Outcome::Dismissed { .. } | Outcome::Withdrawn { .. } => None,
        }
    }

    /// Whether it was given up.
    pub fn is_dead(&self) -> bool {
        matches!(self.outcome, Outcome::Dead { .. })
    }

    /// The recipient after an attempt that ended at `now`. One that does not wait any more stays as it is.
    #[must_use]
    pub(super) fn after(
        self,
        attempt: Result<(), &DeliverError>,
        id: &NoticeId,
        now: DateTime<Utc>,
        give_up_after: TimeDelta,
    ) -> Self {
        let Outcome::Waiting { since, attempts, refusals, .. } = self.outcome else { return self };
        let outcome = match attempt {
            Ok(()) => Outcome::Accepted { at: now },
            Err(error) => {
                let refusals = refusals + u32::from(error.remedy() == Remedy::AnotherAddress);
                let attempts = attempts.saturating_add(1);
                let dead = |death| Outcome::Dead { at: now, death, error: error.to_string() };
                if refusals >= REFUSALS_BELIEVED {
                    dead(Death::Refused)
                } else if now - since >= give_up_after {
                    dead(Death::Expired)
                } else {
                    Outcome::Waiting {
                        since,
                        attempts,
                        refusals,
                        next_try_at: next_try_at(attempts, now, error.is_permanent(), id),
                        last_error: Some(error.to_string()),
                    }
                }
            }
        };
        Self { outcome, ..self }
    }

    /// A dead recipient as it is tried again, from the beginning; under that address, where it is another one by now.
    #[must_use]
    pub(super) fn revived(self, address: Option<Addressee>, now: DateTime<Utc>) -> Self {
        if !self.is_dead() {
            return self;
        }
        Self::new(address.map_or(self.target, Target::Mail), now)
    }

    /// A recipient who waits, as if it had begun so much later, and not to be tried before `from`.
    #[must_use]
    pub(super) fn put_off(self, by: TimeDelta, from: DateTime<Utc>) -> Self {
        let Outcome::Waiting { since, attempts, refusals, next_try_at, last_error } = self.outcome else {
            return self;
        };
        let next_try_at = next_try_at.max(from);
        let outcome = Outcome::Waiting { since: since + by, attempts, refusals, next_try_at, last_error };
        Self { outcome, ..self }
    }

    /// A recipient who waits, as there is nothing to wait for any more.
    #[must_use]
    pub(super) fn withdrawn(self, now: DateTime<Utc>) -> Self {
        match self.outcome {
            Outcome::Waiting { .. } => Self { outcome: Outcome::Withdrawn { at: now }, ..self },
            Outcome::Accepted { .. }
            | Outcome::Dead { .. }
            | Outcome::Dismissed { .. }
            | Outcome::Withdrawn { .. } => self,
        }
    }

    /// A dead recipient as nobody need think of it any more.
    #[must_use]
    pub(super) fn dismissed(self, now: DateTime<Utc>) -> Self {
        match self.outcome {
            Outcome::Dead { error, .. } => Self { outcome: Outcome::Dismissed { at: now, error }, ..self },
            Outcome::Waiting { .. }
            | Outcome::Accepted { .. }
            | Outcome::Dismissed { .. }
            | Outcome::Withdrawn { .. } => self,
        }
    }
}

#[cfg(test)]
mod tests;
