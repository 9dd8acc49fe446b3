//! What the socket says of notices, as types.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::deliver::{Bounce, Notice, NoticeId, Outcome, Recipient, Says, Target};
use crate::rules::UnitId;
use crate::store::DeliveredNotice;

/// `GET /v1/mail`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MailStatus {
    /// When this was true.
    pub as_of: DateTime<Utc>,
    /// Notices for which somebody waits.
    pub waiting: Vec<NoticeView>,
    /// Notices that were given up for somebody and for which nobody waits any more.
    pub dead: Vec<NoticeView>,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NoticeView {
    /// Its id; its Message-ID begins with it.
    pub id: NoticeId,
    /// The unit it is for; absent where it is for the operator.
    pub unit: Option<UnitId>,
    /// Its subject.
    pub subject: String,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// Since when it has been held back; absent where it may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_since: Option<DateTime<Utc>>,
    /// Who gets it.
    pub recipients: Vec<RecipientView>,
}

/// One recipient of a notice. People are shown by name: addresses stand in the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RecipientView {
    /// The person, or the robot.
    pub to: String,
    /// `mail` or `channel`.
    pub by: String,
    /// What has come of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A notice that everybody has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DeliveredView {
    /// Its id.
    pub id: NoticeId,
    /// Its subject.
    pub subject: String,
    /// When the last of them got it.
    pub at: DateTime<Utc>,
    /// Who has it.
    pub recipients: Vec<RecipientView>,
}

/// `POST /v1/mail/{id}/retry` and `/dismiss`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Revised {
    /// When it was done.
    pub as_of: DateTime<Utc>,
    /// The notice as it is now.
    pub notice: NoticeView,
}

/// What a unit has been sent, and what came back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnitMail {
    /// The latest notices that everybody has, newest first.
    pub delivered: Vec<DeliveredView>,
    /// Mails that came back, oldest first.
    pub bounces: Vec<Bounce>,
}

impl From<&Notice> for NoticeView {
    fn from(notice: &Notice) -> Self {
        Self {
            id: notice.id.clone(),
            unit: match &notice.says {
                Says::Digest(digest) => Some(digest.unit.clone()),
                Says::Operator(_) => None,
            },
            subject: notice.subject(),
            created_at: notice.created_at,
            held_since: notice.held_since,
            recipients: notice.recipients.iter().map(RecipientView::from).collect(),
        }
    }
}

impl From<&Recipient> for RecipientView {
    fn from(recipient: &Recipient) -> Self {
        let (to, by) = match &recipient.target {
            Target::Mail(person) => (person.name.clone(), "mail"),
            Target::Channel(name) => (name.to_string(), "channel"),
        };
        Self { to, by: by.to_owned(), outcome: recipient.outcome.clone() }
    }
}

impl From<DeliveredNotice> for DeliveredView {
    fn from(notice: DeliveredNotice) -> Self {
        let recipients = notice.recipients.iter().map(RecipientView::from).collect();
        Self { id: notice.id, subject: notice.subject, at: notice.at, recipients }
    }
}
