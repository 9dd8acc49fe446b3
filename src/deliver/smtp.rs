//! Delivery to a mail server.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::compose::{Composed, compose};
use super::error::DeliverError;
use super::notice::Notice;
use super::secret::Secret;
use super::session::{HandedOver, Session};
use super::stationery::Stationery;
use super::transport::Delivered;

/// Which server, and how to talk to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Name or address of the server. With TLS its certificate must bear this name.
    pub host: String,
    /// Port: usually 25, 587 with STARTTLS, 465 with implicit TLS.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Authorities (PEM) that are trusted beside those of the system, such as that of the office's own network.
    pub authorities: Option<Vec<u8>>,
    /// `None` where the server takes mail without a login. With [`Tls::None`] they cross the network in clear.
    pub credentials: Option<Credentials>,
    /// The name under which we greet the server (EHLO).
    pub hello: String,
    /// How long to wait for each answer. The answer to the end of a message is waited for at least ten minutes.
    pub timeout: Duration,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// Not at all: for a relay on the same machine or network.
    None,
    /// Plain at first, then STARTTLS; a server that does not offer it gets no mail.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A login. Printing it does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub user: String,
    /// The secret.
    pub password: Secret,
}

/// Hands notices over to one mail server, over one connection that is kept until [`Smtp::close`].
pub struct Smtp {
    settings: SmtpSettings,
    stationery: Stationery,
    kept: Option<Box<Session>>,
}

impl SmtpSettings {
    /// Host and port, as errors name them.
    pub(super) fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl Smtp {
    /// Nothing is connected before the first notice.
    pub fn new(settings: SmtpSettings, stationery: impl Into<Stationery>) -> Self {
        Self { settings, stationery: stationery.into(), kept: None }
    }

    /// Hands one notice over, in one transaction for all whose time has come. It is delivered to those whom the server took,
    /// once it has answered 2xx to the end of the message.
    ///
    /// After any failure the connection is given up, since nobody can say what state the server is in; the next
    /// notice opens a new one. The same happens if the caller drops this future midway.
    pub async fn send(&mut self, notice: &Notice, now: DateTime<Utc>) -> Result<Delivered, DeliverError> {
        let Composed { mail, mut refused } = compose(notice, &self.stationery, now)?;
        if mail.to.is_empty() {
            return Ok(Delivered { refused });
        }
        let mut session = self.session().await?;
        match session.hand_over(&mail).await {
            Ok(HandedOver { refused: by_server, is_reusable }) => {
                if is_reusable {
                    self.kept = Some(session);
                } else {
                    session.quit().await;
                }
                refused.extend(by_server);
                Ok(Delivered { refused })
            }
            Err(error) => {
                if matches!(error, DeliverError::Refused { .. }) {
                    session.quit().await;
                }
                Err(error)
            }
        }
    }

    /// Takes leave of the server, if connected.
    pub async fn close(&mut self) {
        if let Some(session) = self.kept.take() {
            session.quit().await;
        }
    }

    /// The kept connection if the server still answers on it, otherwise a new one.
    async fn session(&mut self) -> Result<Box<Session>, DeliverError> {
        if let Some(mut session) = self.kept.take()
            && session.is_alive().await
        {
            return Ok(session);
        }
        Session::open(&self.settings).await.map(Box::new)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.settings.server()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_settings_does_not_show_the_login() {
        let credentials = Some(Credentials { user: "xuncha".into(), password: Secret::new("hunter2") });
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("xuncha") && !shown.contains("hunter2"), "{shown}");
    }
}
