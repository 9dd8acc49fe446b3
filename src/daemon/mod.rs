//! Builds, runs and stops the line.
//!
//! [`run`] starts four tasks on one [`JoinSet`], and the socket beside them, and waits for a stop signal, for new rules, or for
//! a task that ends by itself:
//!
//! | task | waits on | then |
//! |---|---|---|
//! | [`Poller`] | the next source due, a poll that ends, a recheck | polls, and writes down what came of it |
//! | [`Judge`] | the next instant at which time alone changes a standing | settles the source, without a fetch |
//! | [`Mailer`] | the daily digest, the next delivery | plans digests, delivers, removes what was accepted |
//! | [`Keeper`] | sources that were settled, the next day | makes the snapshot that the socket shows |
//! | [`serve`](crate::serve) | a connection on the socket | answers from the snapshot |
//!
//! Stopping: no new polls; those under way end and are written down; of what is due as much is mailed as there is time for;
//! the store is flushed; the socket is closed. Whoever is not done within the grace period is dropped, which loses nothing
//! that was written. Where a line with new rules follows, a mail under way is waited for as long as the server takes: dropped,
//! it would be sent again.

mod account;
#[cfg(test)]
mod account_tests;
mod articles;
mod bounces;
mod bridges;
mod bulletins;
mod bygone;
mod changes;
mod digests;
mod disk;
mod doubt;
mod held;
mod histogram;
mod honesty;
mod judge;
mod lasting;
mod learn;
mod letters;
mod line;
mod mailer;
mod menu;
mod notes;
mod overseer;
mod patrol;
mod picture;
mod poll;
mod poller;
mod redesign;
mod reload;
mod round;
mod settle;
#[cfg(test)]
mod settle_tests;
mod stances;
mod visit;
mod volume;
mod ways;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use self::reload::{NewRules, next_rules};
pub use account::{Account, WayState};
pub use bulletins::{IssueFailure, Wanted};
pub use changes::Changes;
pub use disk::{DiskWatch, FreeSpace};
pub use histogram::{Counted, Histogram};
pub use judge::{Judge, JudgeAgenda};
pub use lasting::Lasting;
pub use learn::Look;
pub use line::{Counters, Line};
pub use mailer::Mailer;
pub use patrol::NotRecorded;
pub use poll::poll;
pub use poller::{Poller, Recheck};
pub use reload::{LastReload, Reload, ReloadFailure, Reloaded, Taken};
pub use settle::{Settled, Terms, after_poll, by_time};
pub use visit::{Ask, HostWish, Polled, Seen, Stepped, Visit, Went};

use crate::clock::Clock;
use crate::config::{Config, Mail, Route};
use crate::deliver::Post;
use crate::rules::Rules;
use crate::serve::{Bounds, Door, Keeper, Routes, StatusSocket};

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
        // Nobody hears a wish for new rules: whoever plays a simulation has given it its rules.
        let (reload, _) = mpsc::channel(1);
        Self::on(Line::build(config, rules, clock)?, config, reload)
    }

    fn on(line: Line, config: &Config, reload: mpsc::Sender<Reload>) -> anyhow::Result<Self> {
        let line = Arc::new(line);
        line.end_bygone_matters()?;
        let agenda = line.judgements.clone();
        let (recheck, rechecks) = mpsc::channel(RECHECKS);
        let poller = Poller::new(Arc::clone(&line), agenda.clone(), rechecks)?;
        let judge = Judge::new(Arc::clone(&line), agenda);
        let mailer =
            Mailer::new(Arc::clone(&line), post(&config.mail, &line.clock)?, config.mail.bounces.clone())
                .watching(DiskWatch::of(config));
        let door = Door::new(Arc::clone(&line), recheck, reload);
        Ok(Self { line, poller, judge, mailer, door })
    }
}

/// Runs the daemon until `stop` is cancelled. On SIGHUP, or when the socket is asked to, it takes on its rules anew.
///
/// # Errors
/// If it cannot start, or a task fails: then the others are stopped first.
pub async fn run(config: &Config, rules: Rules, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
    // First, so that a hang-up while it starts is heard later and does not end it.
    let hangups = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    let socket = StatusSocket::open(&config.socket, config.access.clone())?.with_page(config.page).await?;
    let lasting = Lasting::open(config, &rules.county.id, clock.now())?;
    let (reload, mut wishes) = mpsc::channel(4);
    let bounds = Bounds::default();
    let build = |rules| {
        let line = Line::build_on(lasting.clone(), config, rules, clock.clone())?;
        let tasks = Tasks::on(line, config, reload.clone())?;
        anyhow::Ok(Tasks { door: tasks.door.within(bounds.clone()), ..tasks })
    };
    let tasks = build(rules)?;
    let keeper = Keeper::start(tasks.door.clone())?;
    let (routes, served) = watch::channel(Routes::of(&tasks.door));
    let mut around = JoinSet::new();
    around.spawn(reload_on_hangup(hangups, reload.clone(), stop.clone()));
    let closing = stop.clone();
    let closed = apart("door", async move { socket.serve(served, closing).await })?;
    around.spawn(async move {
        if closed.await.is_err() {
            error!("the thread of the socket broke off: nobody is answered any more until the daemon is started again");
        }
    });
    let outcome = async {
        let mut next = run_line(tasks, keeper, config, &mut wishes, &stop).await?;
        while let Some(new) = next {
            let (rules, tell) = new.into_parts();
            let tasks = build(rules)?;
            let keeper = Keeper::start(tasks.door.clone())?;
            routes.send_replace(Routes::of(&tasks.door));
            tell();
            next = run_line(tasks, keeper, config, &mut wishes, &stop).await?;
        }
        anyhow::Ok(())
    };
    let outcome = outcome.await;
    stop.cancel();
    // Whoever still wishes for new rules is told that there will be none, and the socket waits for nobody in vain.
    drop(wishes);
    if tokio::time::timeout(GRACE, async { while around.join_next().await.is_some() {} }).await.is_err() {
        warn!("the socket did not close within {} s", GRACE.as_secs());
    }
    info!("stopped");
    outcome
}

/// Does work on a thread and a runtime of its own, so that it takes no turns with polls; what is returned ends with it.
fn apart(
    name: &str,
    work: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<oneshot::Receiver<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (ended, has_ended) = oneshot::channel();
    let run = move || {
        runtime.block_on(work);
        let _nobody_may_wait = ended.send(());
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
    Ok(has_ended)
}

/// Runs a line until `stop` is cancelled, or there are new rules, which are returned.
async fn run_line(
    tasks: Tasks,
    keeper: Keeper,
    config: &Config,
    wishes: &mut mpsc::Receiver<Reload>,
    stop: &CancellationToken,
) -> anyhow::Result<Option<NewRules>> {
    let Tasks { line, poller, judge, mailer, door: _ } = tasks;
    let (sources, units) = (line.rules.sources.len(), line.rules.units.len());
    info!(sources, units, "watching {sources} sources of {units} units of {}", line.rules.county.name);
    let mut tasks: JoinSet<(&'static str, anyhow::Result<()>)> = JoinSet::new();
    let ending = stop.child_token();
    let token = || ending.child_token();
    let (polling, judging, mailing, keeping) = (token(), token(), token(), token());
    let for_good = stop.clone();
    tasks.spawn(async move { ("mailer", mailer.run(mailing, for_good).await.map_err(Into::into)) });
    let others = [
        tasks.spawn(async move { ("poller", poller.run(polling).await.map_err(Into::into)) }),
        tasks.spawn(async move { ("judge", judge.run(judging).await.map_err(Into::into)) }),
        tasks.spawn(async move { ("keeper", keeper.run(keeping).await.map_err(Into::into)) }),
    ];
    let outcome = tokio::select! {
        ended = until_stopped(&mut tasks, stop) => ended.map(|()| None),
        rules = next_rules(wishes, config, &line) => Ok(rules),
    };
    ending.cancel();
    match &outcome {
        Ok(Some(_)) => hand_over(&mut tasks, &others, stop).await,
        Ok(None) | Err(_) => end(&mut tasks).await,
    }
    line.renderer.close().await;
    line.store.flush().await?;
    outcome
}

/// Wishes for new rules at each SIGHUP.
async fn reload_on_hangup(mut hangups: Signal, reload: mpsc::Sender<Reload>, stop: CancellationToken) {
    while let Some(Some(())) = stop.run_until_cancelled(hangups.recv()).await {
        let (tell, _) = oneshot::channel();
        if reload.send(Reload(tell)).await.is_err() {
            return;
        }
    }
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

/// Waits until the tasks have ended, for as long as stopping may take.
async fn end(tasks: &mut JoinSet<(&'static str, anyhow::Result<()>)>) {
    if tokio::time::timeout(GRACE, drain(tasks)).await.is_err() {
        warn!("not everything ended within {} s, the rest is dropped", GRACE.as_secs());
        tasks.abort_all();
    }
}

/// The same where another line follows: the `others` than the mailer are dropped in the end, the mailer is not, unless the whole
/// daemon is to `stop` meanwhile.
async fn hand_over(
    tasks: &mut JoinSet<(&'static str, anyhow::Result<()>)>,
    others: &[AbortHandle],
    stop: &CancellationToken,
) {
    if tokio::time::timeout(GRACE, drain(tasks)).await.is_ok() {
        return;
    }
    warn!("not everything ended within {} s, all is dropped but a mail under way", GRACE.as_secs());
    others.iter().for_each(AbortHandle::abort);
    if stop.run_until_cancelled(drain(tasks)).await.is_none() {
        end(tasks).await;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    type Tasks = JoinSet<(&'static str, anyhow::Result<()>)>;

    /// A mailer that takes five minutes over a mail, and a poller that hangs; whether the mail was brought to its end is told.
    fn tasks() -> (Tasks, [AbortHandle; 1], Arc<AtomicBool>) {
        let mut tasks = JoinSet::new();
        let is_mailed = Arc::new(AtomicBool::new(false));
        let mailed = Arc::clone(&is_mailed);
        tasks.spawn(async move {
            tokio::time::sleep(Duration::from_secs(300)).await;
            mailed.store(true, Ordering::Relaxed);
            ("mailer", Ok(()))
        });
        let poller = tasks.spawn(std::future::pending());
        (tasks, [poller], is_mailed)
    }

    #[tokio::test(start_paused = true)]
    async fn a_mail_under_way_is_waited_for_where_a_new_line_follows() {
        let (mut tasks, others, is_mailed) = tasks();
        hand_over(&mut tasks, &others, &CancellationToken::new()).await;
        assert!(is_mailed.load(Ordering::Relaxed) && tasks.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_waited_for_beyond_the_grace_period_where_the_daemon_stops() {
        let (mut stopped, _others, is_mailed) = tasks();
        end(&mut stopped).await;
        let (mut handed_over, others, is_mailed_then) = tasks();
        let stop = CancellationToken::new();
        let stopping = async {
            tokio::time::sleep(2 * GRACE).await;
            stop.cancel();
        };
        tokio::join!(hand_over(&mut handed_over, &others, &stop), stopping);
        assert!(!is_mailed.load(Ordering::Relaxed) && !is_mailed_then.load(Ordering::Relaxed));
    }
}
