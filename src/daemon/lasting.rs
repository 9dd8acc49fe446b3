//! What outlasts a line: new rules make a new one, and this goes on with it.
//!
//! Whatever is learned from the rules and the store at start, such as how all sources stand, is not here: a new line learns
//! it anew, as after a restart.

use std::sync::{Arc, Mutex};

use super::stances::Stances;
use crate::config::Config;
use crate::fetch::Tokens;
use crate::store::{Store, StoreError};

/// The store, what people have said, and tokens. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Lasting {
    pub(super) store: Store,
    /// Shared, so that what is said to a line that is about to end is heard by the next. A plain mutex: it is held to look
    /// something up and never across an await.
    pub(super) stances: Arc<Mutex<Stances>>,
    /// A plain mutex, as above. Platforms void a token when they give another, so none is asked for without need.
    pub(super) tokens: Arc<Mutex<Tokens>>,
}

impl Lasting {
    /// Opens the store of a county, and reads what people have said.
    ///
    /// # Errors
    /// If the store cannot be opened or read.
    pub fn open(config: &Config, county: &str) -> Result<Self, StoreError> {
        let store = Store::open(&config.state_dir, county)?;
        let stances = Arc::new(Mutex::new(Stances::of(store.stances()?)));
        Ok(Self { store, stances, tokens: Arc::default() })
    }
}
