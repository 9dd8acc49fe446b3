//! `xuncha completions` and `xuncha man`: both from the definition of the command line.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::table::put_out;
use super::{Cli, fail};

pub(super) fn completions(shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "xuncha", &mut script);
    match put_out(&String::from_utf8_lossy(&script)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.into(), 1),
    }
}

pub(super) fn man(out: &Path) -> ExitCode {
    let written = std::fs::create_dir_all(out).and_then(|()| clap_mangen::generate_to(Cli::command(), out));
    match written.with_context(|| format!("cannot write man pages into `{}`", out.display())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}
