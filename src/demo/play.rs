//! Plays the scenario: steps the clock from one thing that happens to the next.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::exports::Exports;
use super::scenario::Accepted;
use super::summary::Progress;
use crate::bulletin::{Bulletin, Month, Unverified, render};
use crate::clock::Stepped;
use crate::daemon::{IssueFailure, Judge, Line, Mailer, Poller};

/// Everybody who acts.
pub(super) struct Cast {
    pub(super) line: Arc<Line>,
    pub(super) poller: Poller,
    pub(super) judge: Judge,
    pub(super) mailer: Mailer,
    pub(super) exports: Exports,
    pub(super) clock: Stepped,
}

/// How it went.
pub(super) enum Played {
    /// The scenario was played to its end.
    ToTheEnd(Tally),
    /// Somebody stopped it.
    Stopped(Tally),
}

/// What was done.
pub(super) struct Tally {
    pub(super) polls: u64,
    pub(super) unchanged: u64,
    pub(super) failed: u64,
    pub(super) bytes: u64,
    pub(super) alerts: u64,
    pub(super) mails: u64,
    pub(super) virtual_days: i64,
    pub(super) took: Duration,
    pub(super) bulletins: Vec<Bulletin>,
    /// Why they were issued though sources were unverified.
    pub(super) accepted: Vec<Accepted>,
}

/// The least step: what becomes due within one virtual second is done together, as a busy daemon would.
const LEAST_STEP: TimeDelta = TimeDelta::seconds(1);

pub(super) async fn play(
    cast: &mut Cast,
    span: Range<DateTime<Utc>>,
    folder: &Path,
    accepted: Vec<Accepted>,
    stop: &CancellationToken,
) -> anyhow::Result<Played> {
    let started = Instant::now();
    let progress = Progress::new(span.clone());
    let mut press = Press::new(cast, span.clone(), folder, accepted);
    while !stop.is_cancelled() {
        let now = cast.clock.now();
        progress.show(now, &cast.line, started.elapsed());
        let next_export = cast.exports.turn(now)?;
        let next_judged = cast.judge.turn()?;
        let next_mail = cast.mailer.turn().await?;
        let next_issue = press.turn(cast, now)?;
        let next_poll = cast.poller.turn().await?;
        let next =
            [next_export, next_judged, Some(next_mail), next_issue, next_poll].into_iter().flatten().min();
        let at = next.unwrap_or(span.end).max(now + LEAST_STEP);
        if at > span.end {
            break;
        }
        cast.clock.step_to(at);
    }
    progress.done();
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let counters = &cast.line.counters;
    let tally = Tally {
        polls: count(&counters.polls),
        unchanged: count(&counters.unchanged),
        failed: count(&counters.failed),
        bytes: count(&counters.bytes),
        alerts: count(&counters.alerts),
        mails: count(&counters.mails),
        virtual_days: (cast.clock.now() - span.start).num_days(),
        took: started.elapsed(),
        bulletins: press.printed,
        accepted: press.accepted,
    };
    Ok(if stop.is_cancelled() { Played::Stopped(tally) } else { Played::ToTheEnd(tally) })
}

/// Issues each month's bulletin on the morning after its cut-off.
struct Press {
    due: Vec<(DateTime<Utc>, Month)>,
    folder: PathBuf,
    accepted: Vec<Accepted>,
    printed: Vec<Bulletin>,
}

impl Press {
    fn new(cast: &Cast, span: Range<DateTime<Utc>>, folder: &Path, accepted: Vec<Accepted>) -> Self {
        let calendar = cast.line.calendar();
        let ten = NaiveTime::MIN + TimeDelta::hours(10);
        let mut month = Month::of(calendar.day_of(span.start));
        let mut due = Vec::new();
        loop {
            let at = calendar.at(month.cut_off(calendar.cut_off_day) + Days::new(1), ten);
            if at > span.end {
                due.reverse();
                return Self { due, folder: folder.to_owned(), accepted, printed: Vec::new() };
            }
            // A cut-off on which the daemon had just begun to look has nothing to tell.
            if at > span.start + TimeDelta::days(14) {
                due.push((at, month));
            }
            month = month.next();
        }
    }

    /// Issues what is due and returns when the next bulletin is.
    fn turn(&mut self, cast: &Cast, now: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        while let Some((at, month)) = self.due.last().copied() {
            if at > now {
                return Ok(Some(at));
            }
            self.due.pop();
            let issued = self.issue(&cast.line, month).context("cannot issue a bulletin")?;
            write_bulletin(&issued, &self.folder)?;
            self.printed.push(issued);
        }
        Ok(None)
    }

    /// Issues a bulletin as a person would: a refusal is accepted only if all it rests on has a reason.
    fn issue(&self, line: &Line, month: Month) -> Result<Bulletin, IssueFailure> {
        match line.issue_bulletin(month, None, false) {
            Err(IssueFailure::Unverified(sources)) if self.accepts(line, &sources) => {
                line.issue_bulletin(month, None, true)
            }
            outcome => outcome,
        }
    }

    fn accepts(&self, line: &Line, sources: &[Unverified]) -> bool {
        let is_accepted = |host: &str| self.accepted.iter().any(|accepted| accepted.host == host);
        let host_of = |unverified: &Unverified| line.rules.source(&unverified.source)?.url.host_str();
        sources.iter().all(|unverified| host_of(unverified).is_some_and(is_accepted))
    }
}

fn write_bulletin(bulletin: &Bulletin, folder: &Path) -> anyhow::Result<()> {
    let folder = folder.join(bulletin.month.to_string());
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let files = [
        ("bulletin.json", render::json(bulletin)),
        ("bulletin.md", render::markdown(bulletin)),
        ("bulletin.html", render::html(bulletin)),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
