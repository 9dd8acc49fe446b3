//! `xuncha run`: the daemon in the foreground.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::fail;
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::daemon;
use crate::rules::Rules;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The configuration file
    #[arg(long, default_value = DEFAULT_CONFIG, value_name = "FILE")]
    pub(super) config: PathBuf,
}

pub(super) fn run(args: &RunArgs) -> ExitCode {
    start_log("info");
    match load_and_run(&args.config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

fn load_and_run(path: &Path) -> anyhow::Result<()> {
    let config = Config::load(path).context("the configuration has mistakes")?;
    for remark in config.remarks() {
        tracing::warn!("{}: {remark}", path.display());
    }
    let rules = Rules::load(&config.rules, config.county.as_deref()).context("the rules have mistakes")?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let stopping = stop_on_signal(stop.clone());
        let running = daemon::run(&config, rules, Clock::System, stop.clone());
        tokio::pin!(running, stopping);
        loop {
            tokio::select! {
                outcome = &mut running => return outcome,
                () = &mut stopping, if !stop.is_cancelled() => {}
            }
        }
    })
}

/// Listens for SIGTERM and SIGINT from this call on, so that a signal during start-up is not lost; the future cancels
/// `stop` when the first of them has come.
pub(super) fn stop_on_signal(stop: CancellationToken) -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    }
}

/// Logs to standard error; `RUST_LOG` overrides the level.
pub(super) fn start_log(level: &str) {
    use std::io::IsTerminal;
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    let _already_started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
