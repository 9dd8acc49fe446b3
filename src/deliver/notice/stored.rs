//! A notice as it lies in the store.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Notice, NoticeId, Says};
use crate::alert::Matter;
use crate::deliver::choice::targets;
use crate::deliver::recipient::{Outcome, Recipient};

/// A notice as it lies in the store. Early versions kept one outcome for all recipients together.
#[derive(Deserialize)]
pub(super) struct StoredNotice {
    id: NoticeId,
    #[serde(flatten)]
    says: Says,
    created_at: DateTime<Utc>,
    recipients: Option<Vec<Recipient>>,
    #[serde(default)]
    attempts: u32,
    next_try_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    held_since: Option<DateTime<Utc>>,
    #[serde(default)]
    tells: Vec<Matter>,
}

impl From<StoredNotice> for Notice {
    fn from(stored: StoredNotice) -> Self {
        let StoredNotice { id, says, created_at, recipients, attempts, next_try_at, last_error, .. } = stored;
        let together = || {
            let outcome = Outcome::Waiting {
                since: created_at,
                attempts,
                refusals: 0,
                next_try_at: next_try_at.unwrap_or(created_at),
                last_error: last_error.clone(),
            };
            let everybody = targets(&id, &says, &[]).into_iter();
            everybody.map(|target| Recipient { target, outcome: outcome.clone() }).collect()
        };
        let recipients = recipients.unwrap_or_else(together);
        Self { id, says, created_at, recipients, held_since: stored.held_since, tells: stored.tells }
    }
}
