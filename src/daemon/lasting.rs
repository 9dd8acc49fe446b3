//! What outlasts a line: new rules make a new one, and this goes on with it.
//!
//! Whatever is learned from the rules and the store at start, such as how all sources stand, is not here: a new line learns
//! it anew, as after a restart.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::line::Counters;
use super::stances::Stances;
use crate::config::Config;
use crate::fetch::{Robots, Tokens};
use crate::rules::{Rules, SourceId};
use crate::store::{Store, StoreError};

/// The store, what people have said, what has been counted, what sites allow, tokens. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Lasting {
    pub(super) store: Store,
    /// Shared, so that what is said to a line that is about to end is heard by the next. A plain mutex: it is held to look
    /// something up and never across an await.
    pub(super) stances: Arc<Mutex<Stances>>,
    /// A plain mutex, as above. Platforms void a token when they give another, so none is asked for without need.
    pub(super) tokens: Arc<Mutex<Tokens>>,
    /// When the daemon started.
    pub(super) started_at: DateTime<Utc>,
    /// What it has done since.
    pub(super) counters: Arc<Counters>,
    /// The generation of what was shown last.
    pub(super) generation: Arc<AtomicU64>,
    /// A plain mutex, as above. A file counts for a day, whatever the rules say of the host.
    pub(super) robots: Arc<Mutex<Robots>>,
    /// Sources that people want polled in full and that a line which has ended did not get to. A plain mutex, as above.
    pub(super) wanted: Arc<Mutex<BTreeSet<SourceId>>>,
}

impl Lasting {
    /// Opens the store of a county at `now`, and reads what people have said.
    ///
    /// # Errors
    /// If the store cannot be opened or read.
    pub fn open(config: &Config, county: &str, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let store = Store::open(&config.state_dir, county)?;
        let stances = Arc::new(Mutex::new(Stances::of(store.stances()?)));
        Ok(Self {
            store,
            stances,
            tokens: Arc::default(),
            started_at: now,
            counters: Arc::default(),
            generation: Arc::default(),
            robots: Arc::default(),
            wanted: Arc::default(),
        })
    }

    /// Gives what is held of sources to the ids that these rules call them by.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn rename_by(&self, rules: &Rules) -> Result<(), StoreError> {
        for source in &rules.sources {
            for former in &source.was {
                if self.store.rename(former, &source.id)? {
                    tracing::info!("what was held of `{former}` is now held of `{}`", source.id);
                }
                self.stances.lock().unwrap_or_else(PoisonError::into_inner).rename(former, &source.id);
            }
        }
        Ok(())
    }
}
