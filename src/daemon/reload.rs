//! Taking on changed rules while the daemon runs.
//!
//! The whole new rule set is checked first. If anything is wrong with it the old one stays, and what is wrong is shown until
//! a later try succeeds. Otherwise the line is put together anew on the same store: sources whose rule has not changed go
//! on as they were, and those that are gone keep their history.

use std::sync::Mutex;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::line::Line;
use crate::config::Config;
use crate::rules::{Problems, Rules};

/// What became of a wish to take on the rules anew.
pub type Reloaded = Result<Taken, ReloadFailure>;

/// A wish to take on the rules anew, and where to say what became of it.
#[derive(Debug)]
pub struct Reload(pub oneshot::Sender<Reloaded>);

/// What has been taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Taken {
    /// Units of the new rules.
    pub units: usize,
    /// Sources of the new rules.
    pub sources: usize,
}

/// Why the old rules stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReloadFailure {
    /// When that was tried.
    pub at: DateTime<Utc>,
    /// Every mistake, one a line.
    pub problems: String,
}

/// The last try, if it failed. A plain mutex: never held across an await.
#[derive(Debug, Default)]
pub struct LastReload(Mutex<Option<ReloadFailure>>);

impl LastReload {
    /// Why the rules on disk are not those in use; `None` if they were, when they were last looked at.
    pub fn failure(&self) -> Option<ReloadFailure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn failed(&self, failure: ReloadFailure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }
}

/// New rules in order, and whoever waits to hear that they have been taken on.
pub(super) struct NewRules {
    rules: Rules,
    tell: oneshot::Sender<Reloaded>,
}

impl NewRules {
    /// Parts the rules from the word that they have been taken on.
    pub(super) fn into_parts(self) -> (Rules, impl FnOnce()) {
        let Self { rules, tell } = self;
        let taken = Taken { units: rules.units.len(), sources: rules.sources.len() };
        // Nobody may be waiting to hear it, as after a signal.
        (rules, move || drop(tell.send(Ok(taken))))
    }
}

/// Waits for wishes until one of them can be fulfilled, and returns the new rules.
pub(super) async fn next_rules(
    wishes: &mut mpsc::Receiver<Reload>,
    config: &Config,
    line: &Line,
) -> Option<NewRules> {
    loop {
        let Reload(tell) = wishes.recv().await?;
        match load(config, &line.rules.county.id) {
            Ok(rules) => {
                tracing::info!("the new rules are in order");
                return Some(NewRules { rules, tell });
            }
            Err(problems) => {
                tracing::error!("the new rules have mistakes, the old ones stay:\n{problems}");
                let failure = ReloadFailure { at: line.clock.now(), problems };
                line.last_reload.failed(failure.clone());
                line.changes.note_other();
                let _ = tell.send(Err(failure));
            }
        }
    }
}

fn load(config: &Config, county: &str) -> Result<Rules, String> {
    let rules = Rules::load(&config.rules, config.county.as_deref())
        .map_err(|problems: Problems| problems.to_string())?;
    if rules.county.id == county {
        Ok(rules)
    } else {
        Err(format!(
            "they are those of `{}`, and this daemon watches `{county}`: start another daemon",
            rules.county.id
        ))
    }
}
