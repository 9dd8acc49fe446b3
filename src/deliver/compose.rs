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
    pub(super) to: Vec<Address>,
    pub(super) bytes: Vec<u8>,
}

/// Composes the mail of a notice. The same arguments make the same bytes.
pub(super) fn compose(notice: &Notice, sender: &Sender, now: DateTime<Utc>) -> Result<Mail, DeliverError> {
    let letter = Letter::of(notice, sender)?;
    let from = mailbox(notice, Whose::Sender, &sender.name, &sender.email)?;
    let (to, copy) = (addressees(notice)?, in_copy(notice)?);
    let id = message_id(&notice.id, &from.email.domain().to_ascii_lowercase());
    let builder = head(notice, sender, now)?
        .from(from.clone())
        .message_id(Some(id.clone()))
        .subject(letter.subject.clone());
    let builder = to.iter().cloned().fold(builder, MessageBuilder::to);
    let message = copy
        .iter()
        .cloned()
        .fold(builder, MessageBuilder::cc)
        .multipart(parts(&notice.id, letter))
        .map_err(|error| DeliverError::Compose { id: notice.id.clone(), reason: error.to_string() })?;
    Ok(Mail {
        name: id.trim_matches(['<', '>']).to_owned(),
        from: from.email,
        to: to.into_iter().chain(copy).map(|to| to.email).collect(),
        bytes: message.formatted(),
    })
}

/// What does not depend on who gets the mail.
fn head(notice: &Notice, sender: &Sender, now: DateTime<Utc>) -> Result<MessageBuilder, DeliverError> {
    // RFC 3834: absence notes and other robots do not answer a mail that says it was generated.
    let generated =
        HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into());
    let builder = Message::builder().date(now.into()).raw_header(generated);
    match &sender.reply_to {
        None => Ok(builder),
        Some(email) => Ok(builder.reply_to(mailbox(notice, Whose::ReplyTo, &sender.name, email)?)),
    }
}

fn addressees(notice: &Notice) -> Result<Vec<Mailbox>, DeliverError> {
    if let Says::Digest(digest) = &notice.says
        && digest.to.is_empty()
    {
        return Err(DeliverError::NoAddressee { unit: digest.unit.clone() });
    }
    mailboxes(notice, 1, notice.says.to())
}

fn in_copy(notice: &Notice) -> Result<Vec<Mailbox>, DeliverError> {
    mailboxes(notice, 1 + notice.says.to().len(), notice.says.copy())
}

fn mailboxes(notice: &Notice, first: usize, people: &[Addressee]) -> Result<Vec<Mailbox>, DeliverError> {
    (first..)
        .zip(people)
        .map(|(position, Addressee { name, email })| {
            mailbox(notice, Whose::Addressee { position }, name, email)
        })
        .collect()
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
mod tests {
    use super::samples::sender;
    use super::*;
    use crate::alert::Level;
    use crate::deliver::notice::samples::{digest, now, raised};

    fn notice() -> Notice {
        Notice::new(digest(vec![raised(Level::Overdue)]), now())
    }

    fn digest_of(notice: &mut Notice) -> &mut crate::alert::Digest {
        match &mut notice.says {
            Says::Digest(digest) => digest,
            Says::Operator(_) => panic!("a unit's digest was expected"),
        }
    }

    fn composed(notice: &Notice) -> String {
        String::from_utf8(compose(notice, &sender(), now()).unwrap().bytes).unwrap()
    }

    /// The value of a header, unfolded, encoded words decoded.
    fn header(mail: &str, name: &str) -> Option<String> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ");
        let value =
            unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))?.trim().to_owned();
        Some(decoded_words(&value))
    }

    fn decoded_words(value: &str) -> String {
        let mut text = String::new();
        let mut after_word = false;
        for word in value.split(' ') {
            let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
            let continues = after_word && encoded.is_some();
            if !text.is_empty() && !continues {
                text.push(' ');
            }
            after_word = encoded.is_some();
            text.push_str(&encoded.map_or_else(|| word.to_owned(), base64));
        }
        text
    }

    fn base64(text: &str) -> String {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
        for letter in text.bytes().filter(|b| !b"\r\n=".contains(b)) {
            let six = alphabet.iter().position(|b| *b == letter).expect("a letter of base64");
            bits = bits << 6 | u32::try_from(six).unwrap();
            held += 6;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xff) as u8);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// Content types and decoded bodies of a multipart mail.
    fn parsed_parts(mail: &str) -> Vec<(String, String)> {
        let (_, after) = mail.split_once("boundary=\"").unwrap();
        let (boundary, _) = after.split_once('"').unwrap();
        let between = format!("--{boundary}");
        let pieces: Vec<_> = mail.split(&between).skip(1).collect();
        assert_eq!(pieces.last().map(|last| last.trim_end()), Some("--"));
        let pieces = pieces[..pieces.len() - 1].iter();
        pieces
            .map(|piece| {
                let piece = piece.trim_start_matches("\r\n");
                let (_, body) = piece.split_once("\r\n\r\n").unwrap();
                (header(piece, "Content-Type").unwrap(), base64(body))
            })
            .collect()
    }

    #[test]
    fn both_parts_come_back_as_they_were_written() {
        let letter = Letter::of(&notice(), &sender()).unwrap();
        let parts = parsed_parts(&composed(&notice()));
        assert_eq!(
            parts,
            [
                ("text/plain; charset=utf-8".to_owned(), letter.text.replace('\n', "\r\n")),
                ("text/html; charset=utf-8".to_owned(), letter.html.replace('\n', "\r\n")),
            ]
        );
    }

    #[test]
    fn the_head_names_everyone_and_says_it_was_generated() {
        let mail = composed(&notice());
        let table = [
            ("From", "郎溪县政府信息中心 <xuncha@Langxi.example>"),
            ("Reply-To", "郎溪县政府信息中心 <xinxi@langxi.example>"),
            ("To", "张三 <zhangsan@langxi.example>, 李四 <lisi@langxi.example>"),
            ("Subject", "[栏目预警] 县住建局：1 个栏目超期"),
            ("Date", "Sun, 27 Nov 2022 00:30:00 +0000"),
            ("Message-ID", "<digest.zhujianju.20221127@langxi.example>"),
            ("Auto-Submitted", "auto-generated"),
        ];
        for (name, value) in table {
            assert_eq!(header(&mail, name).as_deref(), Some(value), "{name}");
        }
        assert!(mail.is_ascii());
    }

    #[test]
    fn whoever_gets_a_copy_is_named_as_such_and_gets_it() {
        let mut notice = notice();
        digest_of(&mut notice).copy =
            vec![crate::alert::Addressee { name: "王五".into(), email: "wangwu@langxi.example".into() }];
        assert_eq!(header(&composed(&notice), "Cc").as_deref(), Some("王五 <wangwu@langxi.example>"));
        let mail = compose(&notice, &sender(), now()).unwrap();
        assert_eq!(mail.to.last().map(ToString::to_string).as_deref(), Some("wangwu@langxi.example"));
    }

    #[test]
    fn a_later_attempt_differs_only_in_its_date() {
        let notice = notice();
        let later = compose(&notice, &sender(), now() + chrono::TimeDelta::hours(30)).unwrap().bytes;
        let later = String::from_utf8(later).unwrap();
        assert_eq!(
            later.replace("Mon, 28 Nov 2022 06:30:00", "Sun, 27 Nov 2022 00:30:00"),
            composed(&notice)
        );
    }

    #[test]
    fn names_cannot_add_headers() {
        let mut notice = notice();
        let evil = "县住建局\r\nBcc: all@langxi.example\r\n\r\n正文";
        let digest = digest_of(&mut notice);
        digest.unit_name = evil.into();
        digest.to[0].name = evil.into();
        let row = &mut digest.rows[0];
        row.facts.name = evil.into();
        row.facts.last_title = Some(evil.into());
        let mail = composed(&notice);
        assert_eq!(header(&mail, "Bcc"), None);
        assert!(!mail.contains("\nBcc:"), "{mail}");
        let everyone = header(&mail, "To").unwrap();
        assert!(everyone.ends_with("<zhangsan@langxi.example>, 李四 <lisi@langxi.example>"), "{everyone}");
        assert_eq!(parsed_parts(&mail).len(), 2);
    }

    #[test]
    fn an_address_that_no_server_takes_is_a_permanent_fault_and_stays_untold() {
        for bad in [
            "",
            "zhangsan",
            "zhangsan@",
            "zhang san@x.example",
            "a@x.example\r\nRCPT TO:<b@x.example>",
            "张@x.example",
        ] {
            let mut notice = notice();
            digest_of(&mut notice).to[1].email = bad.into();
            let error = compose(&notice, &sender(), now()).err().expect("no mail is composed");
            assert!(error.is_permanent());
            let said = error.to_string();
            let before =
                "cannot address mail `digest.zhujianju.20221127`: the address of addressee 2 is not valid: ";
            assert!(said.starts_with(before) && !said.contains("x.example"), "{said}");
        }
    }

    #[test]
    fn a_unit_without_webmasters_is_named() {
        let mut notice = notice();
        digest_of(&mut notice).to.clear();
        let error = compose(&notice, &sender(), now()).err().expect("no mail is composed");
        assert_eq!(
            error.to_string(),
            "cannot address the mail of unit `zhujianju`: no webmaster is named for it"
        );
    }

    #[test]
    fn the_longest_id_is_not_broken_in_two() {
        let mut notice = notice();
        let unit = crate::rules::UnitId::new("a".repeat(80));
        notice.id = NoticeId::digest(&unit, digest_of(&mut notice).date);
        let expected = format!("<digest.{}.20221127@langxi.example>", "a".repeat(80));
        assert_eq!(header(&composed(&notice), "Message-ID"), Some(expected));
    }
}
