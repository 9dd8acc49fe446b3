//! One host's turns, for whoever asks a single host and nothing else.

use chrono::{DateTime, Utc};
use url::Url;

use super::pacing::{HostKey, PaceIndex, Pacing, Permission};
use crate::clock::Clock;
use crate::rules::HostPace;

/// The pace of one host: one request at a time.
pub struct Turns {
    pacing: Pacing,
    index: PaceIndex,
}

impl Turns {
    /// Turns on the host of `url`, this many a second in the long run.
    pub fn new(clock: Clock, url: &Url, requests_per_second: f64) -> Self {
        let host = HostKey::of(url);
        let pace = HostPace { name: host.to_string(), requests_per_second, burst: 1, concurrent: 1 };
        let mut pacing = Pacing::new(clock, &[pace]);
        let index = pacing.index_of(&host);
        Self { pacing, index }
    }

    /// Takes the turn for a request that starts now and has ended before the next is asked for.
    ///
    /// # Errors
    /// The instant before which none may start.
    pub fn take(&mut self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        let permission = self.pacing.ask(self.index, now);
        self.pacing.ended(self.index);
        match permission {
            Permission::Granted | Permission::WhenOneEnds => Ok(()),
            Permission::NotBefore(at) => Err(at),
        }
    }
}
