//! The ways out.

use chrono::{DateTime, Utc};

use super::error::DeliverError;
use super::file::FileDrop;
use super::notice::Notice;
use super::smtp::Smtp;

/// Where notices go.
#[derive(Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a directory.
    File(FileDrop),
}

/// A notice that somebody else now answers for.
#[derive(Debug, Default)]
pub struct Delivered {
    /// Addressees whom the server refused for good while it took the others: for the operator to mend. The notice
    /// is done all the same, since sending it again would repeat it to those who have it.
    pub refused: Vec<DeliverError>,
}

impl Transport {
    /// Delivers one notice. `now` becomes the date of the mail.
    ///
    /// Success means that the notice may leave the outbox. Failure may still have delivered it, if the connection
    /// broke just before the answer; the next attempt bears the same Message-ID.
    pub async fn send(&mut self, notice: &Notice, now: DateTime<Utc>) -> Result<Delivered, DeliverError> {
        match self {
            Self::Smtp(smtp) => smtp.send(notice, now).await,
            Self::File(file) => file.send(notice, now).await,
        }
    }

    /// Ends a turn: a mail server is not kept waiting until the next one.
    pub async fn close(&mut self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::File(_) => {}
        }
    }
}
