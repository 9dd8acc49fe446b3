//! A notice as a mail on the wire.

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MessageBuilder, MultiPart, SinglePart};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::error::{DeliverError, Whose};
use super::letter::Letter;
use super::notice::{Notice, NoticeId, Says, message_id};
use super::recipient::Target;
use super::stationery::Stationery;
use super::untrusted::shortened;
use crate::alert::Addressee;

/// The office in whose name mails go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sender {
    /// Its name, as webmasters know it; it also signs the mail.
    pub name: String,
    /// Its address. What follows the `@` ends every Message-ID.
    pub email: String,
    /// Where answers go; `None` means back to `email`.
    pub reply_to: Option<String>,
}

/// A mail that is ready to go.
pub(super) struct Mail {
    /// The Message-ID without its brackets.
    pub(super) name: String,
    pub(super) from: Address,
    /// Those whose time has come, by their position among the recipients.
    pub(super) to: Vec<(usize, Address)>,
    pub(super) bytes: Vec<u8>,
}

/// A mail, and those of its recipients to whom none can go.
pub(super) struct Composed {
    pub(super) mail: Mail,
    pub(super) refused: Vec<(usize, DeliverError)>,
}

/// Composes the mail of a notice. The same arguments make the same bytes.
pub(super) fn compose(
    notice: &Notice,
    stationery: &Stationery,
    now: DateTime<Utc>,
) -> Result<Composed, DeliverError> {
    let sender = &stationery.sender;
    let letter = Letter::of(notice, stationery)?;
    let from = mailbox(notice, Whose::Sender, &sender.name, &sender.email)?;
    let People { named, due, refused } = People::of(notice, now);
    let host = from.email.domain().to_ascii_lowercase();
    let id = message_id(&notice.id, &host);
    let builder = head(notice, sender, &host, now)?
        .from(from.clone())
        .message_id(Some(id.clone()))
        .subject(letter.subject.clone());
    let copies = notice.says.copy();
    let builder = named.into_iter().fold(builder, |builder, (person, mailbox)| {
        if copies.contains(person) { builder.cc(mailbox) } else { builder.to(mailbox) }
    });
    let message = builder
        .multipart(parts(&notice.id, letter))
        .map_err(|error| DeliverError::Compose { id: notice.id.clone(), reason: error.to_string() })?;
    let name = id.trim_matches(['<', '>']).to_owned();
    Ok(Composed { mail: Mail { name, from: from.email, to: due, bytes: message.formatted() }, refused })
}

/// The whole mail of a notice as a file, headers and all.
///
/// # Errors
/// If it cannot be written, as where the sender's address makes no sense.
pub fn eml(notice: &Notice, stationery: &Stationery, now: DateTime<Utc>) -> Result<Vec<u8>, DeliverError> {
    compose(notice, stationery, now).map(|composed| composed.mail.bytes)
}

/// What does not depend on who gets the mail.
fn head(
    notice: &Notice,
    sender: &Sender,
    host: &str,
    now: DateTime<Utc>,
) -> Result<MessageBuilder, DeliverError> {
    let raw = |name, value| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
    // RFC 3834: absence notes and other robots do not answer a mail that says it was generated.
    let builder =
        Message::builder().date(now.into()).raw_header(raw("Auto-Submitted", "auto-generated".into()));
    let thread = thread(&notice.says);
    // No mail bears this id: it is the root under which mail programs gather all mails of one unit.
    let root = format!("<{thread}@{host}>");
    let builder = builder
        .in_reply_to(root.clone())
        .references(root)
        .raw_header(raw("List-Id", format!("<{thread}.{host}>")));
    match &sender.reply_to {
        None => Ok(builder),
        Some(email) => Ok(builder.reply_to(mailbox(notice, Whose::ReplyTo, &sender.name, email)?)),
    }
}

/// What all mails to one unit, or to the operator, have in common.
fn thread(says: &Says) -> String {
    match says {
        Says::Digest(digest) => format!("unit.{}.xuncha", digest.unit),
        Says::Operator(_) => "operator.xuncha".to_owned(),
    }
}

/// The people among a notice's recipients.
struct People<'n> {
    /// Those whom the mail names: all with an address that can be written.
    named: Vec<(&'n Addressee, Mailbox)>,
    /// Those whose time has come.
    due: Vec<(usize, Address)>,
    /// Those whose time has come and whose address cannot be written.
    refused: Vec<(usize, DeliverError)>,
}

impl<'n> People<'n> {
    fn of(notice: &'n Notice, now: DateTime<Utc>) -> Self {
        let due: Vec<usize> = notice.due(now).map(|(position, _)| position).collect();
        let mut people = Self { named: Vec::new(), due: Vec::new(), refused: Vec::new() };
        for (position, recipient) in notice.recipients.iter().enumerate() {
            let Target::Mail(person) = &recipient.target else { continue };
            let is_due = due.contains(&position);
            let whose = Whose::Addressee { position: position + 1 };
            match mailbox(notice, whose, &person.name, &person.email) {
                Ok(mailbox) => {
                    if is_due {
                        people.due.push((position, mailbox.email.clone()));
                    }
                    people.named.push((person, mailbox));
                }
                Err(error) if is_due => people.refused.push((position, error)),
                Err(_) => {}
            }
        }
        people
    }
}

fn mailbox(notice: &Notice, whose: Whose, name: &str, email: &str) -> Result<Mailbox, DeliverError> {
    let invalid = |reason: String| DeliverError::InvalidAddress { id: notice.id.clone(), whose, reason };
    let address: Address =
        email.trim().parse().map_err(|error| invalid(format!("{error}").to_lowercase()))?;
    // Other characters would need SMTPUTF8 on every server along the way.
    if !email.is_ascii() {
        return Err(invalid("it is not plain ASCII".into()));
    }
    Ok(Mailbox::new(Some(shortened(name, 60)).filter(|name| !name.is_empty()), address))
}

/// Both parts in base64: no text can then look like the boundary, which is fixed so that composing is repeatable.
fn parts(id: &NoticeId, letter: Letter) -> MultiPart {
    MultiPart::alternative()
        .boundary(format!("=_xuncha_{:016x}", xxh3_64(id.as_str().as_bytes())))
        .singlepart(part(ContentType::TEXT_PLAIN, letter.text))
        .singlepart(part(ContentType::TEXT_HTML, letter.html))
}

fn part(content_type: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(content_type).header(ContentTransferEncoding::Base64).body(body)
}

#[cfg(test)]
pub(super) mod samples {
    use super::Sender;

    pub(crate) fn sender() -> Sender {
        Sender {
            name: "郎溪县政府信息中心".into(),
            email: "xuncha@Langxi.example".into(),
            reply_to: Some("xinxi@langxi.example".into()),
        }
    }
}

#[cfg(test)]
mod tests;
