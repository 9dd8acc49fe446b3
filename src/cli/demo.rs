//! `xuncha demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::fail;
use super::run::{start_log, stop_on_signal};
use crate::demo::{self, Options};

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// End after the scenario instead of serving on
    #[arg(long)]
    pub(super) once: bool,
    /// Directory for rules, state, mails and bulletins; emptied if an earlier demo made it
    #[arg(long, default_value = "demo-out", value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Where the simulated county's web server listens
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub(super) listen: SocketAddr,
    /// Where the page can be looked at in a browser
    #[arg(long, value_name = "ADDR", value_parser = loopback)]
    pub(super) page: Option<SocketAddr>,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: Option<SocketAddr> = text.parse().ok();
    let wanted = || format!("`{text}` is not an address of this machine, wanted: such as 127.0.0.1:8420");
    address.filter(|address| address.ip().is_loopback()).ok_or_else(wanted)
}

pub(super) fn demo(args: &DemoArgs) -> ExitCode {
    // The scenario's alerts and faults are its point and are counted; only real errors are shown.
    start_log("error");
    match play(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

fn play(args: &DemoArgs) -> anyhow::Result<()> {
    let options = Options { out: args.out.clone(), listen: args.listen, page: args.page, once: args.once };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let stopping = stop_on_signal(stop.clone());
        let playing = demo::run(&options, stop.clone());
        tokio::pin!(playing, stopping);
        loop {
            tokio::select! {
                outcome = &mut playing => return outcome,
                () = &mut stopping, if !stop.is_cancelled() => {}
            }
        }
    })
}
