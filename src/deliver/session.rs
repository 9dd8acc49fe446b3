//! One conversation with a mail server.
//!
//! The commands are given one by one, and not by lettre's own `send`: that one gives up the whole mail when a single
//! addressee is refused, so that one webmaster who has left would cut off all the others.

use std::fmt::Display;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{self, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::compose::Mail;
use super::encrypted::Encrypted;
use super::error::{DeliverError, Step};
use super::reply::explain;
use super::smtp::{Credentials, SmtpSettings, Tls};

/// RFC 5321, 4.5.3.2.6: a server may take ten minutes over a message that it then accepts. Giving up before makes it
/// arrive twice.
const LONGEST_ACCEPTANCE: Duration = Duration::from_secs(600);

/// A mail that the server has dealt with.
pub(super) struct HandedOver {
    /// Whom it did not take, by position.
    pub(super) refused: Vec<(usize, DeliverError)>,
    /// Whether the session can take another mail.
    pub(super) is_reusable: bool,
}

pub(super) struct Session {
    connection: AsyncSmtpConnection,
    server: String,
    patience: Duration,
}

impl Session {
    /// Connects, secures the connection as the settings ask and logs in. Never goes on without the TLS it was asked for.
    pub(super) async fn open(settings: &SmtpSettings) -> Result<Self, DeliverError> {
        let server = settings.server();
        let patience = settings.timeout;
        let hello = ClientId::Domain(settings.hello.clone());
        let connection = match settings.tls {
            Tls::None | Tls::StartTls => connect(settings, &hello).await?,
            Tls::Implicit => connect_encrypted(settings, &hello).await?,
        };
        let mut session = Self { connection, server, patience };
        if settings.tls == Tls::StartTls {
            session.start_tls(settings, &hello).await?;
        }
        if let Some(credentials) = &settings.credentials {
            session.log_in(credentials).await?;
        }
        Ok(session)
    }

    /// Whether the server is still there.
    pub(super) async fn is_alive(&mut self) -> bool {
        matches!(timeout(self.patience, self.connection.test_connected()).await, Ok(true))
    }

    /// Hands a mail over to all addressees whom the server takes.
    pub(super) async fn hand_over(&mut self, mail: &Mail) -> Result<HandedOver, DeliverError> {
        self.command(Step::NameSender, MailFrom::new(Some(mail.from.clone()), Vec::new())).await?;
        let refused = self.name_addressees(&mail.to).await?;
        if refused.len() == mail.to.len() {
            return Ok(HandedOver { refused, is_reusable: false });
        }
        self.command(Step::Announce, Data).await?;
        let patience = self.patience.max(LONGEST_ACCEPTANCE);
        let work = self.connection.message(&mail.bytes);
        let answer = attempt(&self.server, Step::Message, patience, work).await?;
        match u16::from(answer.code()) {
            200..=299 => Ok(HandedOver { refused, is_reusable: true }),
            // lettre takes 3xx for success; after the end of a message it is not.
            code => Err(DeliverError::Refused {
                server: self.server.clone(),
                step: Step::Message,
                code,
                reply: "which accepts nothing".into(),
            }),
        }
    }

    /// Returns those whom the server does not take. Whoever is refused only for now does not keep it from the others:
    /// each of them waits for their own next attempt.
    async fn name_addressees(
        &mut self,
        addressees: &[(usize, Address)],
    ) -> Result<Vec<(usize, DeliverError)>, DeliverError> {
        let mut refused = Vec::new();
        let of = addressees.len();
        for (number, (position, address)) in (1..).zip(addressees) {
            let rcpt = Rcpt::new(address.clone(), Vec::new());
            match self.command(Step::NameAddressee { position: number, of }, rcpt).await {
                Ok(()) => {}
                Err(error) if is_about_the_addressee(&error) => refused.push((*position, error)),
                Err(error) => return Err(error),
            }
        }
        Ok(refused)
    }

    async fn command(&mut self, step: Step, command: impl Display) -> Result<(), DeliverError> {
        attempt(&self.server, step, self.patience, self.connection.command(command)).await.map(drop)
    }

    /// Takes leave. What the server says to that changes nothing.
    pub(super) async fn quit(mut self) {
        let _ = timeout(self.patience, self.connection.quit()).await;
    }

    async fn start_tls(&mut self, settings: &SmtpSettings, hello: &ClientId) -> Result<(), DeliverError> {
        let tls = tls_parameters(settings).map_err(|error| explain(&self.server, Step::StartTls, &error))?;
        attempt(&self.server, Step::StartTls, self.patience, self.connection.starttls(tls, hello)).await
    }

    async fn log_in(&mut self, credentials: &Credentials) -> Result<(), DeliverError> {
        let credentials = authentication::Credentials::new(
            credentials.user.clone(),
            credentials.password.reveal().to_owned(),
        );
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        let work = self.connection.auth(&mechanisms, &credentials);
        attempt(&self.server, Step::LogIn, self.patience, work).await.map(drop)
    }
}

/// lettre's own connections leave Nagle's algorithm on and write a message in two pieces, which costs 40 ms a message;
/// so it is given a stream without.
async fn connect(settings: &SmtpSettings, hello: &ClientId) -> Result<AsyncSmtpConnection, DeliverError> {
    let stream = stream(settings).await?;
    greet(settings, hello, Box::new(stream)).await
}

/// TLS from the first byte.
async fn connect_encrypted(
    settings: &SmtpSettings,
    hello: &ClientId,
) -> Result<AsyncSmtpConnection, DeliverError> {
    let stream = stream(settings).await?;
    let (server, after) = (settings.server(), settings.timeout);
    let shaking = Encrypted::over(stream, &settings.host, settings.authorities.as_deref());
    match timeout(after, shaking).await {
        Ok(Ok(stream)) => greet(settings, hello, Box::new(stream)).await,
        Ok(Err(error)) => Err(DeliverError::Broken { server, step: Step::Greet, reason: error.to_string() }),
        Err(_) => Err(DeliverError::TimedOut { server, step: Step::Greet, after }),
    }
}

async fn stream(settings: &SmtpSettings) -> Result<TcpStream, DeliverError> {
    let (server, after) = (settings.server(), settings.timeout);
    let connecting = async {
        let stream = TcpStream::connect((settings.host.as_str(), settings.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    match timeout(after, connecting).await {
        Ok(connected) => connected.map_err(|reason| DeliverError::Unreachable { server, reason }),
        Err(_) => Err(DeliverError::TimedOut { server, step: Step::Connect, after }),
    }
}

async fn greet(
    settings: &SmtpSettings,
    hello: &ClientId,
    stream: Box<dyn AsyncTokioStream>,
) -> Result<AsyncSmtpConnection, DeliverError> {
    let work = AsyncSmtpConnection::connect_with_transport(stream, hello);
    attempt(&settings.server(), Step::Greet, settings.timeout, work).await
}

/// Certificates are checked against the authorities that the system trusts, and further ones where they are named.
/// lettre takes ring itself if the process has not installed a provider of cryptography.
fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, Error> {
    let builder = TlsParameters::builder(settings.host.clone());
    match &settings.authorities {
        None => builder.build(),
        Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem)?).build(),
    }
}

/// 421 closes the connection, whatever it answers; and without an answer nobody knows whom it would have taken.
fn is_about_the_addressee(error: &DeliverError) -> bool {
    matches!(error, DeliverError::Refused { code, .. } if *code != 421)
}

async fn attempt<T>(
    server: &str,
    step: Step,
    patience: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, DeliverError> {
    match timeout(patience, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(explain(server, step, &error)),
        Err(_) => Err(DeliverError::TimedOut { server: server.to_owned(), step, after: patience }),
    }
}
