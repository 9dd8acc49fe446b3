//! `xuncha demo`.

use std::process::ExitCode;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use super::run::{start_log, stop_on_signal};
use super::{DemoArgs, fail};
use crate::demo::{self, Options};

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
