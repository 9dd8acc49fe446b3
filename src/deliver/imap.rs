//! A mailbox on a mail server, as far as unread mail is looked through: IMAP4 (RFC 3501), always under TLS.
//!
//! The conversation is half a dozen commands and is held here; the server's answers are read by `imap-proto`, the parser
//! beneath the larger clients. Nothing is read that has been read before, and nothing counts as read by being looked at.

use std::io;
use std::time::Duration;

use imap_proto::{AttributeValue, MailboxDatum, Outcome, Response, ResponseCode, Status};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::encrypted::Encrypted;
use super::reply::without_addresses;
use super::smtp::Credentials;

/// Reports on our mails are no larger, in bytes, even where they return the whole mail.
const LONGEST_MAIL: u32 = 256 * 1024;
/// No answer to what we ask is longer, in bytes: a mail, or the numbers of all mails of a large mailbox.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// A mailbox and how to get at it.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// When TLS begins.
    pub tls: ImapTls,
    /// Authorities (PEM) that are trusted beside those of the system.
    pub authorities: Option<Vec<u8>>,
    /// Who logs in.
    pub credentials: Credentials,
    /// The mailbox's name on the server.
    pub mailbox: String,
    /// How long the server may take over one answer.
    pub timeout: Duration,
}

/// When TLS begins. There is no way without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImapTls {
    /// From the first byte.
    Implicit,
    /// After STARTTLS.
    StartTls,
}

/// Why a mailbox cannot be read. The text holds no password and no address.
#[derive(Debug, thiserror::Error)]
#[error("cannot {step} mail server {server}: {why}")]
pub(crate) struct ImapError {
    server: String,
    step: &'static str,
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("{0}")]
    Broken(#[from] io::Error),
    #[error("it took longer than {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("it said no: {0}")]
    Refused(String),
    #[error("its answer makes no sense, or is longer than {} KiB", LONGEST_ANSWER >> 10)]
    Unreadable,
    #[error("it went on in clear where TLS should begin")]
    InClear,
    #[error("user, password and mailbox must be written in ASCII characters")]
    NotAscii,
}

/// A mailbox that has been opened.
pub(crate) struct Mailbox {
    conversation: Conversation<Encrypted>,
    server: String,
    patience: Duration,
    /// The server's mark on its numbers of mails: under another one they mean other mails.
    validity: u32,
}

impl Mailbox {
    /// Connects, logs in and opens the mailbox.
    ///
    /// # Errors
    /// If the server cannot be reached or does not let us in, or without TLS.
    pub(crate) async fn open(settings: &ImapSettings) -> Result<Self, ImapError> {
        let server = format!("{}:{}", settings.host, settings.port);
        let patience = settings.timeout;
        let failed = |step| {
            let server = server.clone();
            move |why| ImapError { server, step, why }
        };
        let mut conversation = within(patience, connect(settings)).await.map_err(failed("reach"))?;
        within(patience, conversation.log_in(&settings.credentials)).await.map_err(failed("log in to"))?;
        let opened = within(patience, conversation.select(&settings.mailbox)).await;
        let validity = opened.map_err(failed("open the mailbox on"))?;
        Ok(Self { conversation, server, patience, validity })
    }

    /// The numbers of the unread mails, newest first, each with the mailbox's mark.
    ///
    /// # Errors
    /// If the server does not answer, or not so.
    pub(crate) async fn unread(&mut self) -> Result<Vec<MailNumber>, ImapError> {
        let validity = self.validity;
        let mut unread: Vec<MailNumber> = Vec::new();
        let take = |response: Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                unread.extend(uids.into_iter().map(|uid| MailNumber { validity, uid }));
            }
        };
        let asked = within(self.patience, self.conversation.ask("UID SEARCH UNSEEN", take)).await;
        asked.map_err(|why| self.failed("look for unread mail on", why))?;
        unread.sort_by_key(|mail| std::cmp::Reverse(mail.uid));
        unread.dedup();
        Ok(unread)
    }

    /// A mail, which stays unread; `None` where it is gone, or larger than reports are.
    ///
    /// # Errors
    /// If the server does not answer, or not so.
    pub(crate) async fn read(&mut self, mail: MailNumber) -> Result<Option<Vec<u8>>, ImapError> {
        // Not every server knows how to send a part of a mail, so what is too large is not asked for.
        let size = self.fetch(mail, "RFC822.SIZE", size).await?;
        if size.is_none_or(|size| size > LONGEST_MAIL) {
            return Ok(None);
        }
        self.fetch(mail, "BODY.PEEK[]", body).await
    }

    /// What the server says of a mail under one name.
    async fn fetch<T>(
        &mut self,
        mail: MailNumber,
        name: &str,
        take: impl Fn(&AttributeValue<'_>) -> Option<T>,
    ) -> Result<Option<T>, ImapError> {
        let mut found = None;
        let pick = |response: Response<'_>| {
            if let Response::Fetch(_, attributes) = response
                && attributes
                    .iter()
                    .any(|value| matches!(value, AttributeValue::Uid(uid) if *uid == mail.uid))
            {
                found = attributes.iter().find_map(&take).or_else(|| found.take());
            }
        };
        let command = format!("UID FETCH {} (UID {name})", mail.uid);
        let asked = within(self.patience, self.conversation.ask(&command, pick)).await;
        asked.map_err(|why| self.failed("read a mail on", why))?;
        Ok(found)
    }

    /// Marks a mail as read.
    ///
    /// # Errors
    /// If the server does not do it.
    pub(crate) async fn mark_read(&mut self, mail: MailNumber) -> Result<(), ImapError> {
        let command = format!("UID STORE {} +FLAGS.SILENT (\\Seen)", mail.uid);
        let asked = within(self.patience, self.conversation.ask(&command, drop)).await;
        asked.map_err(|why| self.failed("mark a mail as read on", why))
    }

    /// Takes leave. What the server says to that changes nothing.
    pub(crate) async fn close(mut self) {
        let _ = within(self.patience, self.conversation.ask("LOGOUT", drop)).await;
    }

    fn failed(&self, step: &'static str, why: Why) -> ImapError {
        ImapError { server: self.server.clone(), step, why }
    }
}

/// The number of a mail in its mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MailNumber {
    validity: u32,
    uid: u32,
}

fn body(value: &AttributeValue<'_>) -> Option<Vec<u8>> {
    match value {
        AttributeValue::BodySection { section: None, data, .. } => data.as_deref().map(<[u8]>::to_vec),
        _ => None,
    }
}

fn size(value: &AttributeValue<'_>) -> Option<u32> {
    match value {
        AttributeValue::Rfc822Size(size) => Some(*size),
        _ => None,
    }
}

async fn within<T>(patience: Duration, work: impl Future<Output = Result<T, Why>>) -> Result<T, Why> {
    timeout(patience, work).await.unwrap_or(Err(Why::TimedOut(patience)))
}

async fn connect(settings: &ImapSettings) -> Result<Conversation<Encrypted>, Why> {
    let stream = TcpStream::connect((settings.host.as_str(), settings.port)).await?;
    stream.set_nodelay(true)?;
    let stream = match settings.tls {
        ImapTls::Implicit => stream,
        ImapTls::StartTls => {
            let mut in_clear = Conversation::over(stream);
            in_clear.is_greeted().await?;
            in_clear.ask("STARTTLS", drop).await?;
            // Whatever came behind that answer was put there by somebody in between.
            if !in_clear.read.is_empty() {
                return Err(Why::InClear);
            }
            in_clear.stream
        }
    };
    let secured = Encrypted::over(stream, &settings.host, settings.authorities.as_deref()).await?;
    let mut conversation = Conversation::over(secured);
    if settings.tls == ImapTls::Implicit {
        conversation.is_greeted().await?;
    }
    Ok(conversation)
}

/// Commands and answers, over any stream.
struct Conversation<S> {
    stream: S,
    /// What has come and has not been understood yet.
    read: Vec<u8>,
    commands: u32,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    fn over(stream: S) -> Self {
        Self { stream, read: Vec::new(), commands: 0 }
    }

    async fn is_greeted(&mut self) -> Result<(), Why> {
        match self.next().await? {
            Response::Data { status: Status::Ok, .. } => Ok(()),
            Response::Data { outcome, .. } => Err(refused(&outcome)),
            _ => Err(Why::Unreadable),
        }
    }

    async fn log_in(&mut self, credentials: &Credentials) -> Result<(), Why> {
        let (user, password) = (quoted(&credentials.user)?, quoted(credentials.password.reveal())?);
        self.ask(&format!("LOGIN {user} {password}"), drop).await?;
        // NetEase opens no mailbox for whoever has not said who they are (RFC 2971). Others need not understand it.
        let who = format!("ID (\"name\" \"xuncha\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION"));
        match self.ask(&who, drop).await {
            Ok(()) | Err(Why::Refused(_)) => Ok(()),
            Err(why) => Err(why),
        }
    }

    /// Opens a mailbox, and returns its mark.
    async fn select(&mut self, mailbox: &str) -> Result<u32, Why> {
        let mut validity = 0;
        let take = |response: Response<'_>| {
            if let Response::Data {
                outcome: Outcome { code: Some(ResponseCode::UidValidity(mark)), .. },
                ..
            } = response
            {
                validity = mark;
            }
        };
        self.ask(&format!("SELECT {}", quoted(mailbox)?), take).await?;
        Ok(validity)
    }

    /// Gives a command, hands over what the server has to tell, and waits until it says that this is all.
    async fn ask(&mut self, command: &str, mut take: impl FnMut(Response<'static>)) -> Result<(), Why> {
        self.commands += 1;
        let ours = format!("x{}", self.commands);
        self.stream.write_all(format!("{ours} {command}\r\n").as_bytes()).await?;
        self.stream.flush().await?;
        loop {
            match self.next().await? {
                Response::Done { tag, status: Status::Ok, .. } if tag.0 == ours => return Ok(()),
                Response::Done { tag, outcome, .. } if tag.0 == ours => return Err(refused(&outcome)),
                Response::Data { status: Status::Bye, outcome } if command != "LOGOUT" => {
                    return Err(refused(&outcome));
                }
                told => take(told),
            }
        }
    }

    async fn next(&mut self) -> Result<Response<'static>, Why> {
        loop {
            match Response::parse(&self.read) {
                Ok((rest, response)) => {
                    let used = self.read.len() - rest.len();
                    let response = response.into_owned();
                    self.read.drain(..used);
                    return Ok(response);
                }
                Err(error) if error.is_incomplete() => {}
                Err(_) => {
                    self.pass_over_a_line()?;
                    continue;
                }
            }
            if self.read.len() > LONGEST_ANSWER {
                return Err(Why::Unreadable);
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(Why::Broken(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// A line of an extension that nobody asked for is passed over; but not one that a literal follows, or words of a mail
    /// would pass for the server's.
    fn pass_over_a_line(&mut self) -> Result<(), Why> {
        let end = self.read.windows(2).position(|pair| pair == b"\r\n").ok_or(Why::Unreadable)?;
        if self.read[..end].ends_with(b"}") || !self.read.starts_with(b"* ") {
            return Err(Why::Unreadable);
        }
        self.read.drain(..end + 2);
        Ok(())
    }
}

fn refused(outcome: &Outcome<'_>) -> Why {
    Why::Refused(without_addresses(outcome.information.as_deref().unwrap_or_default()))
}

/// A string as IMAP quotes it.
fn quoted(text: &str) -> Result<String, Why> {
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(Why::NotAscii);
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server that says these words at once is taken to have said to the first command.
    async fn said(words: &str, command: &str) -> (Result<(), Why>, Vec<Response<'static>>) {
        let (ours, mut theirs) = tokio::io::duplex(1 << 20);
        theirs.write_all(words.as_bytes()).await.unwrap();
        let mut told = Vec::new();
        let asked = Conversation::over(ours).ask(command, |response| told.push(response)).await;
        (asked, told)
    }

    #[tokio::test]
    async fn a_line_of_an_unknown_extension_is_passed_over() {
        let (asked, told) = said("* XYZZY (what is this)\r\n* SEARCH 3 5\r\nx1 OK done\r\n", "NOOP").await;
        assert!(asked.is_ok(), "{asked:?}");
        assert_eq!(told, [Response::MailboxData(MailboxDatum::Search(vec![3, 5]))]);
    }

    #[tokio::test]
    async fn words_of_a_mail_do_not_pass_for_the_servers() {
        let mail = "x1 OK done\r\n* SEARCH 1\r\n";
        let fetched = format!("* 7 FETCH (UID 9 BODY[] {{{}}}\r\n{mail})\r\nx1 NO later\r\n", mail.len());
        let (asked, told) = said(&fetched, "NOOP").await;
        assert!(matches!(asked, Err(Why::Refused(said)) if said == "later"));
        let Some(Response::Fetch(7, attributes)) = told.into_iter().next() else { panic!("no mail came") };
        assert_eq!(attributes.iter().find_map(body).unwrap(), mail.as_bytes());
        let odd = format!("* ODD {{{}}}\r\n{mail}", mail.len());
        let (asked, told) = said(&odd, "NOOP").await;
        assert!(matches!(asked, Err(Why::Unreadable)) && told.is_empty(), "{asked:?} {told:?}");
    }

    #[tokio::test]
    async fn an_answer_without_end_is_given_up() {
        let endless = format!("* OK {}", "a".repeat(LONGEST_ANSWER));
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let speaking = async {
            let _ = theirs.write_all(endless.as_bytes()).await;
            std::future::pending::<()>().await;
        };
        let mut conversation = Conversation::over(ours);
        tokio::select! {
            () = speaking => unreachable!("it never ends"),
            greeted = conversation.is_greeted() => assert!(matches!(greeted, Err(Why::Unreadable))),
        }
    }

    #[test]
    fn what_is_quoted_cannot_end_early_or_give_a_command() {
        assert_eq!(quoted("p\"a\\ss").unwrap(), "\"p\\\"a\\\\ss\"");
        assert!(matches!(quoted("a\r\nx9 DELETE INBOX"), Err(Why::NotAscii)));
        assert!(matches!(quoted("口令"), Err(Why::NotAscii)));
    }
}
