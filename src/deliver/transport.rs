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

/// A notice that somebody else now answers for, as far as its recipients were taken.
#[derive(Debug, Default)]
pub struct Delivered {
    /// Those of the recipients tried who were not taken, by their position among all, and why. The others have it.
    pub refused: Vec<(usize, DeliverError)>,
}

impl Transport {
    /// Delivers one notice to those people whose time has come. `now` becomes the date of the mail.
    ///
    /// An error means that nobody is known to have it.
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
