//! Why a notice was not delivered.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::notice::NoticeId;
use super::recipient::ChannelName;
use super::robot::ChannelFault;
use crate::rules::UnitId;

/// What was tried, where, and why it failed. The text holds no mail address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliverError {
    /// Nobody to send it to.
    #[error("cannot address the mail of unit `{unit}`: no webmaster is named for it")]
    NoAddressee {
        /// The unit.
        unit: UnitId,
    },
    /// An address that no mail server would take.
    #[error("cannot address mail `{id}`: the address of {whose} is not valid: {reason}")]
    InvalidAddress {
        /// The notice.
        id: NoticeId,
        /// Whose address it is.
        whose: Whose,
        /// What is wrong with it.
        reason: String,
    },
    /// The mail could not be put together: a mistake of ours.
    #[error("cannot compose mail `{id}`: {reason}")]
    Compose {
        /// The notice.
        id: NoticeId,
        /// What went wrong.
        reason: String,
    },
    /// No connection.
    #[error("cannot connect to mail server {server}: {reason}")]
    Unreachable {
        /// Host and port.
        server: String,
        /// What the system said.
        reason: io::Error,
    },
    /// The server said no.
    #[error("cannot {step} mail server {server}: it answered {code} {reply}")]
    Refused {
        /// Host and port.
        server: String,
        /// What was asked of it.
        step: Step,
        /// The reply code.
        code: u16,
        /// The rest of its reply, addresses taken out.
        reply: String,
    },
    /// The conversation broke off or made no sense.
    #[error("cannot {step} mail server {server}: {reason}")]
    Broken {
        /// Host and port.
        server: String,
        /// What was being done.
        step: Step,
        /// What went wrong.
        reason: String,
    },
    /// The server did not answer.
    #[error("cannot {step} mail server {server}: no answer within {} s", .after.as_secs())]
    TimedOut {
        /// Host and port.
        server: String,
        /// What was being done.
        step: Step,
        /// How long we waited.
        after: Duration,
    },
    /// A robot did not take the message.
    #[error("cannot post to channel `{channel}`: {fault}")]
    Channel {
        /// The robot's name.
        channel: ChannelName,
        /// What went wrong.
        fault: ChannelFault,
    },
    /// A robot that the configuration no longer names.
    #[error("cannot post to channel `{channel}`: xuncha.toml does not name it any more")]
    NoSuchChannel {
        /// The robot's name.
        channel: ChannelName,
    },
    /// The mail could not be written to disk.
    #[error("cannot write mail file `{}`: {reason}", .path.display())]
    File {
        /// The file as it would be called.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

/// Whose address is meant, without telling it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The office that sends.
    Sender,
    /// Where answers go.
    ReplyTo,
    /// One of those it goes to.
    Addressee {
        /// Counted from one.
        position: usize,
    },
}

/// A step of the conversation with a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The TCP connection.
    Connect,
    /// The greeting and EHLO, with TLS before it where TLS is implicit.
    Greet,
    /// STARTTLS and the handshake.
    StartTls,
    /// AUTH.
    LogIn,
    /// MAIL FROM.
    NameSender,
    /// RCPT TO.
    NameAddressee {
        /// Counted from one.
        position: usize,
        /// How many there are.
        of: usize,
    },
    /// DATA.
    Announce,
    /// The message itself, up to the answer to its end.
    Message,
}

/// What would help against a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Time, as far as anybody can tell.
    Time,
    /// Somebody has to change something; trying again soon is pointless, trying again later is not.
    AnotherSetting,
    /// Another address for this one recipient.
    AnotherAddress,
}

impl DeliverError {
    /// What would help.
    pub fn remedy(&self) -> Remedy {
        let is_of_one = matches!(
            self,
            Self::Refused { step: Step::NameAddressee { .. }, .. }
                | Self::InvalidAddress { whose: Whose::Addressee { .. }, .. }
        );
        match (self.is_permanent(), is_of_one) {
            (true, true) => Remedy::AnotherAddress,
            (true, false) => Remedy::AnotherSetting,
            (false, _) => Remedy::Time,
        }
    }

    /// Whether the way out itself is shut, so that no other notice need try it in this turn.
    pub(super) fn shuts_the_way(&self) -> bool {
        match self {
            // A server that hangs is not asked once a notice, at ten minutes each; its mails come apart in later turns.
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Refused { step, .. } | Self::Broken { step, .. } => !step.is_about_the_mail(),
            Self::Channel { fault, .. } => matches!(fault, ChannelFault::Unreachable(_)),
            Self::NoAddressee { .. }
            | Self::InvalidAddress { .. }
            | Self::Compose { .. }
            | Self::NoSuchChannel { .. }
            | Self::File { .. } => false,
        }
    }

    /// Whether trying again soon is pointless: the fault lies in the mail, not in the moment.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NoAddressee { .. }
            | Self::InvalidAddress { .. }
            | Self::Compose { .. }
            | Self::NoSuchChannel { .. } => true,
            Self::Channel { fault, .. } => fault.is_permanent(),
            Self::Unreachable { .. } | Self::Broken { .. } | Self::TimedOut { .. } | Self::File { .. } => {
                false
            }
            Self::Refused { step, code, .. } => step.is_about_the_mail() && rejects_for_good(*code),
        }
    }
}

/// 552 (storage exceeded) is also what some servers say of a full mailbox or of too many addressees, and RFC 5321,
/// 4.5.3.1.10, wants it taken as transient. 530, 534, 535 and 538 ask for a login: the operator's matter, not the mail's.
fn rejects_for_good(code: u16) -> bool {
    match code {
        530 | 534 | 535 | 538 | 552 => false,
        500..=599 => true,
        _ => false,
    }
}

impl Step {
    /// Before the sender is named, a refusal concerns us as a client: one wrong password would otherwise put every
    /// notice off by six hours.
    fn is_about_the_mail(self) -> bool {
        match self {
            Self::Connect | Self::Greet | Self::StartTls | Self::LogIn => false,
            Self::NameSender | Self::NameAddressee { .. } | Self::Announce | Self::Message => true,
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sender => f.write_str("the sender"),
            Self::ReplyTo => f.write_str("the office that takes answers"),
            Self::Addressee { position } => write!(f, "addressee {position}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("connect to"),
            Self::Greet => f.write_str("greet"),
            Self::StartTls => f.write_str("start TLS with"),
            Self::LogIn => f.write_str("log in to"),
            Self::NameSender => f.write_str("name the sender to"),
            Self::NameAddressee { position, of } => write!(f, "name addressee {position} of {of} to"),
            Self::Announce => f.write_str("announce the message to"),
            Self::Message => f.write_str("hand over the message to"),
        }
    }
}

#[cfg(test)]
mod tests;
