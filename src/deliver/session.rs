//! One conversation with a mail server.
//!
//! The commands are given one by one, and not by lettre's own `send`: that one gives up the whole mail when a single
//! addressee is refused, so that one webmaster who has left would cut off all the others.

use std::fmt::Display;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{self, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::compose::Mail;
use super::error::{DeliverError, Step};
use super::reply::explain;
use super::smtp::{Credentials, SmtpSettings, Tls};

/// RFC 5321, 4.5.3.2.6: a server may take ten minutes over a message that it then accepts. Giving up before makes it
/// arrive twice.
const LONGEST_ACCEPTANCE: Duration = Duration::from_secs(600);

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
            session.start_tls(&settings.host, &hello).await?;
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

    /// Hands a mail over. Returns the refusals of addressees whom the server does not take while it took others.
    pub(super) async fn hand_over(&mut self, mail: &Mail) -> Result<Vec<DeliverError>, DeliverError> {
        self.command(Step::NameSender, MailFrom::new(Some(mail.from.clone()), Vec::new())).await?;
        let refused = self.name_addressees(&mail.to).await?;
        self.command(Step::Announce, Data).await?;
        let patience = self.patience.max(LONGEST_ACCEPTANCE);
        let work = self.connection.message(&mail.bytes);
        let answer = attempt(&self.server, Step::Message, patience, work).await?;
        match u16::from(answer.code()) {
            200..=299 => Ok(refused),
            // lettre takes 3xx for success; after the end of a message it is not.
            code => Err(DeliverError::Refused {
                server: self.server.clone(),
                step: Step::Message,
                code,
                reply: "which accepts nothing".into(),
            }),
        }
    }

    /// Fails unless the server takes at least one addressee, and refuses the others for good: where it refuses one
    /// only for now, nobody gets the mail yet, so that nobody gets it twice.
    async fn name_addressees(&mut self, addressees: &[Address]) -> Result<Vec<DeliverError>, DeliverError> {
        let mut refused = Vec::new();
        let of = addressees.len();
        for (position, address) in (1..).zip(addressees) {
            let rcpt = Rcpt::new(address.clone(), Vec::new());
            match self.command(Step::NameAddressee { position, of }, rcpt).await {
                Ok(()) => {}
                Err(error) if error.is_permanent() && refused.len() + 1 < of => refused.push(error),
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

    async fn start_tls(&mut self, host: &str, hello: &ClientId) -> Result<(), DeliverError> {
        let tls = tls_parameters(host, &self.server, Step::StartTls)?;
        attempt(&self.server, Step::StartTls, self.patience, self.connection.starttls(tls, hello)).await
    }

    async fn log_in(&mut self, credentials: &Credentials) -> Result<(), DeliverError> {
        let credentials =
            authentication::Credentials::new(credentials.user.clone(), credentials.password.clone());
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        let work = self.connection.auth(&mechanisms, &credentials);
        attempt(&self.server, Step::LogIn, self.patience, work).await.map(drop)
    }
}

/// lettre's own connections leave Nagle's algorithm on and write a message in two pieces, which costs 40 ms a message;
/// so it is given a stream without.
async fn connect(settings: &SmtpSettings, hello: &ClientId) -> Result<AsyncSmtpConnection, DeliverError> {
    let server = settings.server();
    let stream = timeout(settings.timeout, stream(settings)).await;
    let stream = match stream {
        Ok(Ok(stream)) => stream,
        Ok(Err(reason)) => return Err(DeliverError::Unreachable { server, reason }),
        Err(_) => {
            return Err(DeliverError::TimedOut { server, step: Step::Connect, after: settings.timeout });
        }
    };
    let work = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello);
    attempt(&server, Step::Greet, settings.timeout, work).await
}

async fn stream(settings: &SmtpSettings) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((settings.host.as_str(), settings.port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// TLS from the first byte. lettre 0.11 can put TLS over a stream of ours only after STARTTLS, so here it opens its
/// own, and the 40 ms a message have to be borne.
async fn connect_encrypted(
    settings: &SmtpSettings,
    hello: &ClientId,
) -> Result<AsyncSmtpConnection, DeliverError> {
    let server = settings.server();
    let tls = tls_parameters(&settings.host, &server, Step::Greet)?;
    let address = (settings.host.as_str(), settings.port);
    let patience = settings.timeout;
    let work = AsyncSmtpConnection::connect_tokio1(address, Some(patience), hello, Some(tls), None);
    attempt(&server, Step::Greet, patience, work).await
}

/// Certificates are checked against those the system trusts. lettre takes ring itself if the process has not
/// installed a provider of cryptography.
fn tls_parameters(host: &str, server: &str, step: Step) -> Result<TlsParameters, DeliverError> {
    TlsParameters::new(host.to_owned()).map_err(|error| explain(server, step, &error))
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
