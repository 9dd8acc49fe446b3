//! What a mail server says afterwards of a mail that it had accepted: the delivery status notifications of RFC 3464.

use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};

use super::notice::NoticeId;
use super::reply::without_addresses;
use super::untrusted::shortened;
use crate::rules::UnitId;

/// A mail that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Bounce {
    /// When we read of it.
    pub at: DateTime<Utc>,
    /// The unit that the mail was for; `None` where it was for the operator.
    pub unit: Option<UnitId>,
    /// The notice that came back; `None` where the report does not say which.
    pub notice: Option<NoticeId>,
    /// The address that did not take it.
    pub address: String,
    /// Whether it was nobody's by the rules when the report came, as one behind an alias or a forwarding.
    #[serde(default)]
    pub of_nobody: bool,
    /// What is said of it.
    pub said: Said,
}

/// What a report says of one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "BounceSaid"))]
pub struct Said {
    /// Failed or late.
    pub action: Action,
    /// The status code, such as `5.1.1`; empty where none is given.
    pub status: String,
    /// The server's own words, without addresses.
    pub reason: String,
}

/// What became of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "BounceAction"))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It was given up.
    Failed,
    /// It has not arrived yet.
    Delayed,
}

/// A report as it was read, before anybody knows whose address it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The notice that it is about, where the report returns its head.
    pub notice: Option<NoticeId>,
    /// The addresses in it, and what is said of each.
    pub about: Vec<(String, Said)>,
}

/// Reads a mail as a delivery status notification; `None` where it is none, or says nothing bad.
pub fn read_report(mail: &[u8]) -> Option<Report> {
    let message = MessageParser::default().parse(mail)?;
    let kind = message.content_type()?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
        && kind.attribute("report-type").is_some_and(|kind| kind.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return None;
    }
    let about: Vec<(String, Said)> = status_text(&message).map(|text| recipients(&text)).unwrap_or_default();
    let notice = returned_id(&message).and_then(|id| NoticeId::from_message_id(&id));
    (!about.is_empty()).then_some(Report { notice, about })
}

fn status_text(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| {
        let kind = part.content_type()?;
        kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("delivery-status")).then_some(())?;
        Some(match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.to_string(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            PartType::Message(message) => String::from_utf8_lossy(message.raw_message()).into_owned(),
            PartType::Multipart(_) => String::new(),
        })
    })
}

/// The Message-ID in the returned mail, or in its returned head.
fn returned_id(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(returned) => returned.message_id().map(str::to_owned),
        PartType::Text(text) if is_returned_head(part) => {
            MessageParser::default().parse(text.as_bytes())?.message_id().map(str::to_owned)
        }
        PartType::Binary(bytes) if is_returned_head(part) => {
            MessageParser::default().parse(bytes.as_ref())?.message_id().map(str::to_owned)
        }
        _ => None,
    })
}

fn is_returned_head<'p>(part: &impl MimeHeaders<'p>) -> bool {
    part.content_type()
        .and_then(|kind| kind.subtype())
        .is_some_and(|subtype| subtype.eq_ignore_ascii_case("rfc822-headers"))
}

/// The groups of fields of a report that name a recipient: separated by empty lines, long fields folded.
fn recipients(text: &str) -> Vec<(String, Said)> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    unfolded.split("\n\n").filter_map(recipient).collect()
}

fn recipient(fields: &str) -> Option<(String, Said)> {
    let field = |name: &str| {
        fields.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let action = match field("Action")?.to_ascii_lowercase().as_str() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        _ => return None,
    };
    let typed = |value: &str| value.split_once(';').map_or(value, |(_, after)| after).trim().to_owned();
    // The address as we wrote it, where the server tells it; the final one may be an alias behind it.
    let address = typed(field("Original-Recipient").or_else(|| field("Final-Recipient"))?);
    let address = address.trim_matches(['<', '>']).to_ascii_lowercase();
    let reason = without_addresses(&field("Diagnostic-Code").map(typed).unwrap_or_default());
    let status = shortened(field("Status").unwrap_or_default(), 12);
    address.contains('@').then_some((address, Said { action, status, reason }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::notice::samples::day;
    use proptest::prelude::*;

    const REPORT: &str = "From: MAILER-DAEMON@mail.langxi.example\r\n\
        To: xuncha@langxi.example\r\n\
        Subject: Undelivered Mail Returned to Sender\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\
        \r\n\
        --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIt did not work.\r\n\
        --b1\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mail.langxi.example\r\n\
        \r\n\
        Final-Recipient: rfc822; ZhangSan@langxi.example\r\n\
        Action: failed\r\n\
        Status: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <zhangsan@langxi.example>:\r\n  user unknown\r\n\
        \r\n\
        Final-Recipient: rfc822; lisi@langxi.example\r\n\
        Action: relayed\r\n\
        Status: 2.0.0\r\n\
        \r\n\
        --b1\r\nContent-Type: text/rfc822-headers\r\n\r\n\
        From: xuncha@langxi.example\r\n\
        Message-ID: <digest.zhujianju.20221127@langxi.example>\r\n\
        Subject: x\r\n\
        \r\n\
        --b1--\r\n";

    fn unknown_user() -> (String, Said) {
        let said = Said {
            action: Action::Failed,
            status: "5.1.1".into(),
            reason: "550 5.1.1 <…> user unknown".into(),
        };
        ("zhangsan@langxi.example".into(), said)
    }

    #[test]
    fn a_report_names_the_notice_and_each_address_that_failed() {
        let id = NoticeId::digest(&UnitId::new("zhujianju"), day(11, 27));
        let expected = Report { notice: Some(id), about: vec![unknown_user()] };
        assert_eq!(read_report(REPORT.as_bytes()), Some(expected));
    }

    #[test]
    fn the_whole_returned_mail_names_the_notice_too() {
        let whole = REPORT.replace("text/rfc822-headers", "message/rfc822");
        assert!(read_report(whole.as_bytes()).unwrap().notice.is_some());
    }

    #[test]
    fn a_report_that_returns_nothing_is_still_about_its_addresses() {
        let (before, _) = REPORT.split_once("--b1\r\nContent-Type: text/rfc822-headers").unwrap();
        let report = read_report(format!("{before}--b1--\r\n").as_bytes()).unwrap();
        assert_eq!(report, Report { notice: None, about: vec![unknown_user()] });
    }

    #[test]
    fn a_late_mail_is_not_a_failed_one() {
        let late = REPORT.replace("Action: failed", "Action: delayed").replace("5.1.1\r\n", "4.4.1\r\n");
        let report = read_report(late.as_bytes()).unwrap();
        assert_eq!(report.about[0].1.action, Action::Delayed);
    }

    #[test]
    fn an_answer_of_a_person_and_a_receipt_are_no_reports() {
        let answer = "From: a@b.example\r\nSubject: Re: x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n";
        assert_eq!(read_report(answer.as_bytes()), None);
        let receipt = REPORT.replace("delivery-status; boundary", "disposition-notification; boundary");
        assert_eq!(read_report(receipt.as_bytes()), None);
        let delivered = REPORT.replace("Action: failed", "Action: delivered");
        assert_eq!(read_report(delivered.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_mail_whatever_upsets_the_reader(cut in 0..REPORT.len(), noise in any::<Vec<u8>>()) {
            let mut mail = REPORT.as_bytes()[..cut].to_vec();
            mail.extend(noise);
            if let Some(report) = read_report(&mail) {
                prop_assert!(report.about.iter().all(|(address, _)| address.contains('@')));
            }
        }
    }
}
