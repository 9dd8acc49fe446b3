//! The line itself: rules, poller, judge and store as the daemon has them, on a clock that is stepped from pass to pass.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use xuncha::clock::{Clock, Stepped};
use xuncha::config::{Config, DigestHours, Mail, Route};
use xuncha::daemon::Tasks;
use xuncha::deliver::Sender;
use xuncha::rules::Rules;
use xuncha::serve::Access;
use xuncha::{alert, assess, fetch};

use crate::site::{HOSTS, host};

/// A line that has just been built: it knows nothing of any page yet.
pub(crate) struct Polled {
    pub(crate) tasks: Tasks,
    clock: Stepped,
    _state: TempDir,
}

/// What every poll of a pass must come to, lest something else be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The page came and was read.
    Read,
    /// The page had not changed.
    Unchanged,
}

/// After so long every source is due again: the longest wait of a source in time is a day and a tenth.
const STEP: TimeDelta = TimeDelta::hours(27);

impl Polled {
    pub(crate) fn build(
        rules: &Rules,
        rules_directory: &Path,
        site: SocketAddr,
        workers: usize,
        start: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let state = tempfile::tempdir()?;
        let clock = Stepped::at(start);
        let config = config(rules_directory, state.path(), site, workers);
        let tasks = Tasks::build(&config, rules.clone(), Clock::Stepped(clock.clone()))?;
        Ok(Self { tasks, clock, _state: state })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Steps the clock to where every source is due.
    pub(crate) fn step(&self) {
        self.clock.step_to(self.clock.now() + STEP);
    }

    /// Polls every source that is due, and writes down what came of it.
    pub(crate) async fn pass(&mut self, expected: Expected) -> anyhow::Result<()> {
        let before = self.counts();
        self.tasks.judge.turn()?;
        self.tasks.poller.turn().await?;
        let after = self.counts();
        let [polls, unchanged, failed] = [0, 1, 2].map(|index| after[index] - before[index]);
        let sources = self.tasks.line.rules.sources.len() as u64;
        let unchanged_wanted = if expected == Expected::Unchanged { sources } else { 0 };
        ensure!(
            (polls, unchanged, failed) == (sources, unchanged_wanted, 0),
            "of {sources} sources {polls} were polled, {unchanged} unchanged, {failed} failed: wanted {expected:?}"
        );
        Ok(())
    }

    fn counts(&self) -> [u64; 3] {
        let counters = &self.tasks.line.counters;
        [&counters.polls, &counters.unchanged, &counters.failed]
            .map(|counter: &AtomicU64| counter.load(Ordering::Relaxed))
    }
}

fn config(rules: &Path, state: &Path, site: SocketAddr, workers: usize) -> Config {
    let resolve: BTreeMap<String, SocketAddr> = (0..HOSTS).map(|number| (host(number), site)).collect();
    let email = "it@bench.example".to_owned();
    Config {
        access: Access::default(),
        page: None,
        rules: rules.to_owned(),
        county: Some("bench".to_owned()),
        state_dir: state.join("store"),
        socket: state.join("socket"),
        secrets: None,
        import_dir: state.join("import"),
        fetch: fetch::Settings { resolve, ..fetch::Settings::new(email.as_str()) },
        render: fetch::RenderSettings::new(email.as_str()),
        workers,
        assess: assess::Policy::default(),
        alert: alert::Policy::default(),
        digests: DigestHours::default(),
        at_once: Vec::new(),
        operators: Vec::new(),
        operator: alert::OperatorPolicy::default(),
        breaker: alert::BreakerPolicy::default(),
        anchors: Vec::new(),
        disk_floor: 0,
        mail: Mail::new(
            Sender { name: "bench".to_owned(), email, reply_to: None },
            Route::File(state.join("mail")),
        ),
    }
}
