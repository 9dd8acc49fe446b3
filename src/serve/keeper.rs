//! Keeps the snapshot up to date.
//!
//! The keeper waits until poller or judge have noted changes, makes the next snapshot and swaps it. It rests between two
//! snapshots for as long as makes it use a tenth of one processor at most, however large the county: what happens
//! meanwhile is shown together. When the county's day changes, all is made anew, since days left are counted from it.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::aside::aside;
use super::door::Door;
use crate::store::StoreError;

/// Makes each snapshot after the last.
pub struct Keeper(Door);

/// No two snapshots are closer than this.
const SHORTEST_REST: Duration = Duration::from_millis(20);
/// A rest is so many times as long as the work before it.
const REST: u32 = 9;
/// A snapshot in which nothing changes is seen to be true again after so long.
const LONGEST: TimeDelta = TimeDelta::seconds(30);

impl Keeper {
    /// A keeper that has made the first snapshot.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn start(door: Door) -> Result<Self, StoreError> {
        door.look_at_all()?;
        Ok(Self(door))
    }

    /// Keeps the snapshot until told to stop.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StoreError> {
        let Self(door) = self;
        let mut rest = SHORTEST_REST;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(rest) => {}
            }
            let again_at = door.shown().as_of + LONGEST;
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = door.line.changes.noted() => {}
                () = door.line.clock.sleep_until(again_at) => {}
            }
            let started = Instant::now();
            let looking = door.clone();
            match aside(async move { looking.look_at_changes() }).await {
                Some(looked) => looked?,
                None => return Ok(()),
            }
            rest = (started.elapsed() * REST).max(SHORTEST_REST);
        }
    }
}
