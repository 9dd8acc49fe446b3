//! Builds, runs and stops the line.
//!
//! [`run`] starts four tasks on one [`JoinSet`] and waits for a stop signal or for a task that ends by itself:
//!
//! | task | waits on | then |
//! |---|---|---|
//! | [`Poller`] | the next source due, a poll that ends, a recheck | polls, and writes down what came of it |
//! | [`Judge`] | the next instant at which time alone changes a standing | settles the source, without a fetch |
//! | [`Mailer`] | the daily digest, the next delivery | plans digests, delivers, removes what was accepted |
//! | [`serve`](crate::serve) | a connection on the socket | answers from the store |
//!
//! Stopping: no new polls; those under way end and are written down; what is due is mailed once; the store is
//! flushed; the socket is closed. Whoever is not done within the grace period is dropped, which loses nothing that was
//! written.

mod articles;
mod bounces;
mod bulletins;
mod digests;
mod doubt;
mod honesty;
mod judge;
mod learn;
mod letters;
mod line;
mod mailer;
mod notes;
mod overseer;
mod picture;
mod poll;
mod poller;
mod redesign;
mod settle;
#[cfg(test)]
mod settle_tests;
mod stances;
mod visit;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use bulletins::{IssueFailure, Wanted};
pub use judge::{Judge, JudgeAgenda};
pub use learn::Look;
pub use line::{Counters, Line};
pub use mailer::Mailer;
pub use poll::poll;
pub use poller::{Poller, Recheck};
pub use settle::{Settled, Terms, after_poll, by_time};
pub use visit::{Ask, HostWish, Polled, Seen, Stepped, Visit, Went};

use crate::clock::Clock;
use crate::config::{Config, Mail, Route};
use crate::deliver::Post;
use crate::rules::Rules;
use crate::serve::{Door, StatusSocket};

/// How long stopping may take.
const GRACE: Duration = Duration::from_secs(20);
/// Rechecks that may wait for the poller.
const RECHECKS: usize = 256;

/// The tasks of the line, ready to run.
pub struct Tasks {
    /// What they share.
    pub line: Arc<Line>,
    /// Polls.
    pub poller: Poller,
    /// Judges.
    pub judge: Judge,
    /// Mails.
    pub mailer: Mailer,
    /// What the socket needs.
    pub door: Door,
}

impl Tasks {
    /// Builds the tasks. Nothing is bound, sent or started yet.
    ///
    /// # Errors
    /// If the store or the HTTP client cannot be opened.
    pub fn build(config: &Config, rules: Rules, clock: Clock) -> anyhow::Result<Self> {
        let line = Arc::new(Line::build(config, rules, clock)?);
        let agenda = line.judgements.clone();
        let (recheck, rechecks) = mpsc::channel(RECHECKS);
        let poller = Poller::new(Arc::clone(&line), agenda.clone(), rechecks)?;
        let judge = Judge::new(Arc::clone(&line), agenda);
        let mailer =
            Mailer::new(Arc::clone(&line), post(&config.mail, &line.clock)?, config.mail.bounces.clone());
        let door = Door::new(Arc::clone(&line), recheck);
        Ok(Self { line, poller, judge, mailer, door })
    }
}

/// Runs the daemon until `stop` is cancelled.
///
/// # Errors
/// If it cannot start, or a task fails: then the others are stopped first.
pub async fn run(config: &Config, rules: Rules, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
    let socket = StatusSocket::bind(&config.socket)?;
    let tasks = Tasks::build(config, rules, clock).inspect_err(|_| socket.remove());
    let Tasks { line, poller, judge, mailer, door } = tasks?;
    let (sources, units) = (line.rules.sources.len(), line.rules.units.len());
    info!(sources, units, "watching {sources} sources of {units} units of {}", line.rules.county.name);
    let mut tasks: JoinSet<(&'static str, anyhow::Result<()>)> = JoinSet::new();
    let token = || stop.child_token();
    let (polling, judging, mailing, serving) = (token(), token(), token(), token());
    tasks.spawn(async move { ("poller", poller.run(polling).await.map_err(Into::into)) });
    tasks.spawn(async move { ("judge", judge.run(judging).await.map_err(Into::into)) });
    tasks.spawn(async move { ("mailer", mailer.run(mailing).await.map_err(Into::into)) });
    tasks.spawn(async move { ("socket", socket.serve(door, serving).await.map_err(Into::into)) });
    let outcome = until_stopped(&mut tasks, &stop).await;
    stop.cancel();
    if tokio::time::timeout(GRACE, drain(&mut tasks)).await.is_err() {
        warn!("not everything ended within {} s, the rest is dropped", GRACE.as_secs());
    }
    line.renderer.close().await;
    line.store.flush().await?;
    info!("stopped");
    outcome
}

/// Waits for the stop signal. A task that ends by itself is news; one that ends because it was told to is not, so the
/// signal is looked at first.
async fn until_stopped(
    tasks: &mut JoinSet<(&'static str, anyhow::Result<()>)>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    tokio::select! {
        // First, since the tasks end too once they are told to stop.
        biased;
        () = stop.cancelled() => Ok(()),
        Some(ended) = tasks.join_next() => {
            let (name, result) = ended.context("a task of the daemon panicked")?;
            result.with_context(|| format!("the {name} failed"))?;
            bail!("the {name} ended by itself")
        }
    }
}

async fn drain(tasks: &mut JoinSet<(&'static str, anyhow::Result<()>)>) {
    while let Some(ended) = tasks.join_next().await {
        if let Ok((name, Err(error))) = ended {
            warn!("while stopping, the {name} failed: {error:#}");
        }
    }
}

fn post(mail: &Mail, clock: &Clock) -> anyhow::Result<Post> {
    if let Route::File(directory) = &mail.route {
        make_directory(directory)?;
    }
    line::post(mail, clock)
}

/// Makes a directory of ours, with its parents.
///
/// # Errors
/// If it cannot be made; the message names it.
pub fn make_directory(directory: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot make the directory `{}`", directory.display()))
}
