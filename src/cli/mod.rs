//! The command line: one file per group of commands.
//!
//! Commands that ask or change a running daemon go through its socket; `demo`, `run`, `check`, `probe`, `rules`, `completions`
//! and `man` work by themselves.
//! Every command returns an [`ExitCode`]; only `main` ends the process.

mod account;
mod ask;
mod bulletin;
mod check;
mod demo;
mod discover;
mod events;
mod lists;
mod mail;
mod manual;
mod menu;
mod probe;
mod rules;
mod run;
mod say;
mod status;
mod table;
mod watch;
mod wording;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::account::RecordArgs;
use self::ask::{AskArgs, RecheckArgs};
use self::bulletin::BulletinCommand;
use self::check::CheckArgs;
use self::demo::DemoArgs;
use self::events::EventsArgs;
use self::lists::{AlertsArgs, DueArgs};
use self::mail::MailCommand;
use self::probe::ProbeArgs;
use self::rules::RulesCommand;
use self::run::RunArgs;
use self::say::{AckArgs, ExemptArgs, ReleaseArgs, SilenceArgs};
use self::status::StatusArgs;

/// xuncha (巡查) watches that every column and account of a county's offices is updated in time.
#[derive(Debug, Parser)]
#[command(name = "xuncha", version, about, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Commands that ask the daemon take --socket, or XUNCHA_SOCKET, or the `socket` of xuncha.toml.\n\
                          They speak Chinese, or English with --lang en or XUNCHA_LANG=en.\n\
                          A unit or source is named by its id, its name, or a unique part of either.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a simulated county: the whole job on loopback, nothing to install
    Demo(DemoArgs),
    /// Run the daemon
    Run(RunArgs),
    /// Name every mistake in configuration and rules
    Check(CheckArgs),
    /// Show how the county, a unit or a source stands
    #[command(
        after_help = "Exit codes: 0 all fresh, 1 something due soon, 2 something overdue or blank, 3 unknown"
    )]
    Status(StatusArgs),
    /// List what is overdue or comes due
    Due(DueArgs),
    /// List raised alerts and the latest events
    Alerts(AlertsArgs),
    /// Note that an alert is known: its unit is not reminded of it any more
    Ack(AckArgs),
    /// Send no mail about a source, or about all sources of a unit, up to a day
    Silence(SilenceArgs),
    /// Exempt a source up to a day, for a reason and with evidence
    Exempt(ExemptArgs),
    /// Let mail to units go on although much has turned bad at once
    Release(ReleaseArgs),
    /// List what issued bulletins put on record, and what has become of it
    Findings(AskArgs),
    /// List what happened and who changed what; with --follow, as it happens
    Events(EventsArgs),
    /// Have the daemon take on its changed rules; if anything is wrong with them the old ones stay
    Reload(AskArgs),
    /// Poll a source in full as soon as politeness allows
    Recheck(RecheckArgs),
    /// Put on record what a person saw of an account
    Record(RecordArgs),
    /// Draft, issue or export a month's bulletin
    #[command(subcommand)]
    Bulletin(BulletinCommand),
    /// Look at mails before they go, send one, and see to those that did not arrive
    #[command(subcommand)]
    Mail(MailCommand),
    /// Look at one column and tell all about it: for whoever writes its rule
    #[command(
        after_help = "Asks robots.txt first and goes at the host's pace. Writes nothing and needs no daemon.\n\
                            Exit codes: 0 updated, 1 empty, 2 usage or bad rules, 3 blocked or unreadable"
    )]
    Probe(ProbeArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the man pages
    Man {
        /// The directory to write them into
        #[arg(value_name = "DIR")]
        out: PathBuf,
    },
    /// Carry unit files to and from ledgers and feed lists, or draft one from a site
    #[command(subcommand)]
    Rules(RulesCommand),
}

/// Parses the arguments, does the work, and returns the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Demo(args) => demo::demo(&args),
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::check(&args),
        Command::Status(args) => status::status(&args),
        Command::Due(args) => lists::due(&args),
        Command::Alerts(args) => lists::alerts(&args),
        Command::Ack(args) => say::ack(&args),
        Command::Silence(args) => say::silence(&args),
        Command::Exempt(args) => say::exempt(&args),
        Command::Release(args) => say::release(&args),
        Command::Findings(args) => lists::findings(&args),
        Command::Events(args) => events::events(&args),
        Command::Reload(args) => ask::reload(&args),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::man(&out),
        Command::Recheck(args) => ask::recheck(&args),
        Command::Record(args) => account::record(&args),
        Command::Bulletin(command) => bulletin::bulletin(command),
        Command::Mail(command) => mail::mail(&command),
        Command::Probe(args) => probe::probe(&args),
        Command::Rules(command) => rules::rules(command),
    }
}

/// Says what went wrong, with its causes, and returns the code for that.
fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    eprintln!("xuncha: {}", in_full(error));
    ExitCode::from(code)
}

/// An error with those of its causes that its own text does not name already.
fn in_full(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said.push_str(": ");
            said.push_str(&cause);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_said_once() {
        let refused = || std::io::Error::other("connection refused");
        let error = anyhow::Error::new(refused()).context("cannot ask").context("no answer");
        assert_eq!(in_full(&error), "no answer: cannot ask: connection refused");
        let error = anyhow::Error::new(refused()).context("no answer: connection refused\nstart a daemon");
        assert_eq!(in_full(&error), "no answer: connection refused\nstart a daemon");
    }
}
