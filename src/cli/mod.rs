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
mod mail;
mod manual;
mod probe;
mod rules;
mod run;
mod say;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::bulletin::Month;
use crate::config::DEFAULT_CONFIG;

/// xuncha (巡查) watches that every column and account of a county's offices is updated in time.
#[derive(Debug, Parser)]
#[command(name = "xuncha", version, about, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Commands that ask the daemon take --socket, or XUNCHA_SOCKET, or the `socket` of xuncha.toml.\n\
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
    Alerts(AskArgs),
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

#[derive(Debug, Args)]
struct DemoArgs {
    /// End after the scenario instead of serving on
    #[arg(long)]
    once: bool,
    /// Directory for rules, state, mails and bulletins; emptied if an earlier demo made it
    #[arg(long, default_value = "demo-out", value_name = "DIR")]
    out: PathBuf,
    /// Where the simulated county's web server listens
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    listen: SocketAddr,
    /// Where the page can be looked at in a browser
    #[arg(long, value_name = "ADDR", value_parser = loopback)]
    page: Option<SocketAddr>,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: Option<SocketAddr> = text.parse().ok();
    let wanted = || format!("`{text}` is not an address of this machine, wanted: such as 127.0.0.1:8420");
    address.filter(|address| address.ip().is_loopback()).ok_or_else(wanted)
}

#[derive(Debug, Args)]
struct RunArgs {
    /// The configuration file
    #[arg(long, default_value = DEFAULT_CONFIG, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The configuration file; without it and without a rules directory, xuncha.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A rules directory; without it, that of the configuration
    #[arg(value_name = "RULES_DIR")]
    rules: Option<PathBuf>,
    /// Check whether the holidays of this day's year are there, instead of today's
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
}

#[derive(Debug, Args)]
struct AskArgs {
    /// The daemon's socket
    #[arg(long, env = "XUNCHA_SOCKET", value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct StatusArgs {
    /// A unit or source
    #[arg(value_name = "UNIT|SOURCE")]
    of: Option<String>,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct EventsArgs {
    /// Go on telling what happens until stopped
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct DueArgs {
    /// How far ahead to look, in days
    #[arg(long, default_value = "30d", value_name = "DAYS")]
    within: String,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct RecheckArgs {
    /// A source
    #[arg(value_name = "SOURCE")]
    of: String,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct RecordArgs {
    /// An account whose rule has a way of kind "record"
    #[arg(value_name = "SOURCE")]
    of: String,
    /// The day of the newest post that was seen
    #[arg(long, value_name = "DATE")]
    date: NaiveDate,
    /// Its title
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Its address, or that of a picture of it: the evidence
    #[arg(long, value_name = "URL")]
    url: Url,
    /// Who saw it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// What else is to be said
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct AckArgs {
    /// A source whose alert is raised
    #[arg(value_name = "SOURCE")]
    of: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    by: String,
    /// What is being done about it
    #[arg(long, value_name = "TEXT")]
    note: String,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct SilenceArgs {
    /// A source or a unit
    #[arg(value_name = "SOURCE|UNIT")]
    of: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day of it; a day that has passed ends it
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct ExemptArgs {
    /// A source
    #[arg(value_name = "SOURCE")]
    of: String,
    /// Who enters it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why nothing is due
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// What bears that out: a document's number, an address
    #[arg(long, value_name = "TEXT")]
    evidence: String,
    /// Who allowed it
    #[arg(long, value_name = "NAME")]
    approver: String,
    /// The last day of it; a day that has passed ends it
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct ReleaseArgs {
    /// Who releases it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why what has turned bad is true
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct ProbeArgs {
    /// The address of a column's list, or a source of the rules: its id, its name, or a unique part of either
    #[arg(value_name = "URL|SOURCE")]
    of: String,
    /// For an address: the preset to read it by; without it, by what the page shows
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// For an address: the cadence to judge it by; without it, by what the column is called
    #[arg(long, value_name = "NAME")]
    cadence: Option<String>,
    /// A rules directory. Without it, a source is looked up in that of xuncha.toml, and an address is judged by the
    /// presets and cadences that come with the program
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    county: Option<String>,
    /// Open so many of the newest items' own pages
    #[arg(long, default_value_t = 2, value_name = "COUNT")]
    articles: usize,
    /// Have the list drawn by the browser that xuncha.toml names
    #[arg(long)]
    render: bool,
    /// Read and judge dates as of this instant, such as 2022-12-28T12:00:00+08:00, instead of now
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<DateTime<Utc>>,
    /// A mail or web address where the site's owner can ask about the requests; without it, that of xuncha.toml
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Where a host is, instead of what DNS says: HOST=ADDR
    #[arg(long, value_name = "HOST=ADDR", value_parser = host_and_address)]
    resolve: Vec<(String, SocketAddr)>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum BulletinCommand {
    /// Draft the bulletin of a month as things stand
    Draft(DraftArgs),
    /// Issue the bulletin of a month, once and for ever
    Issue(IssueArgs),
    /// Export an issued bulletin
    Export(ExportArgs),
}

#[derive(Debug, Args)]
struct DraftArgs {
    /// The month, such as 2022-12
    month: Month,
    /// The date up to which it counts; by default the county's own
    #[arg(long, value_name = "DATE")]
    cutoff: Option<NaiveDate>,
    /// Draft by what was known at this instant, such as 2022-12-28T10:00:00+08:00
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<DateTime<Utc>>,
    #[command(flatten)]
    print: PrintArgs,
}

#[derive(Debug, Args)]
struct IssueArgs {
    /// The month, such as 2022-12
    month: Month,
    /// The date up to which it counts; by default the county's own
    #[arg(long, value_name = "DATE")]
    cutoff: Option<NaiveDate>,
    /// Issue although some sources could not be verified; they accuse nobody
    #[arg(long)]
    accept_unverified: bool,
    #[command(flatten)]
    print: PrintArgs,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// The month, such as 2022-12
    month: Month,
    #[command(flatten)]
    print: PrintArgs,
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// List the notices that wait, and those that were given up
    Dead(AskArgs),
    /// Try a notice again that was given up, under the addresses its people have now
    Retry(NoticeArgs),
    /// Let a notice be that was given up
    Dismiss(NoticeArgs),
    /// Write an invented mail of a kind for a unit, to look at
    Preview(PreviewArgs),
    /// Send an invented mail to an address, to see whether it arrives
    Test(TestMailArgs),
}

#[derive(Debug, Args)]
struct NoticeArgs {
    /// The notice's id, as `xuncha mail dead` shows it
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
struct PreviewArgs {
    /// The unit; without it, an invented one
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    /// What the mail is about
    #[arg(long, default_value = "mixed", value_name = "KIND")]
    kind: MailKind,
    /// The file to write: FILE.html, FILE.txt, or FILE.eml for the whole mail
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The configuration file
    #[arg(long, default_value = DEFAULT_CONFIG, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct TestMailArgs {
    /// Where to send it
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// What the mail is about
    #[arg(long, default_value = "mixed", value_name = "KIND")]
    kind: MailKind,
    /// The configuration file
    #[arg(long, default_value = DEFAULT_CONFIG, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MailKind {
    /// Columns that come due
    DueSoon,
    /// Columns that are overdue
    Overdue,
    /// Columns that have never held anything
    Blank,
    /// What was said before and still stands
    Reminder,
    /// What is over
    Recovery,
    /// Some of each
    Mixed,
    /// A mail to the operator
    Operator,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Write a county's units as a ledger (.xlsx), or its accounts as a feed list (.opml)
    Export(ExportRulesArgs),
    /// Make unit files of a ledger, or give units the accounts of a feed list
    Import(ImportRulesArgs),
    /// Walk a unit's part of a site and draft its unit file
    Discover(DiscoverArgs),
}

#[derive(Debug, Args)]
struct ExportRulesArgs {
    /// The ledger or feed list to write: FILE.xlsx or FILE.opml
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    county: Option<String>,
    /// Overwrite the file if it exists
    #[arg(long)]
    force: bool,
    /// A rules directory; without it, that of xuncha.toml
    #[arg(value_name = "RULES_DIR")]
    rules: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ImportRulesArgs {
    /// The ledger or feed list: FILE.xlsx or FILE.opml
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The rules directory; its cadences and presets say what the file may refer to
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    county: Option<String>,
    /// Overwrite unit files that say something else, with their comments
    #[arg(long)]
    force: bool,
    /// For feed lists from elsewhere: the unit that owns the accounts
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    /// For feed lists from elsewhere: how often the accounts must publish
    #[arg(long, value_name = "NAME")]
    cadence: Option<String>,
    /// For feed lists from elsewhere: wechat, weibo, douyin or app, where the list does not say it
    #[arg(long, value_name = "NAME")]
    platform: Option<String>,
}

#[derive(Debug, Args)]
struct DiscoverArgs {
    /// The unit's own page on the site: the page that leads to its columns
    #[arg(value_name = "URL")]
    url: Url,
    /// The unit's id
    #[arg(long, value_name = "ID")]
    unit: String,
    /// The unit's name, as the site writes it
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The unit file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Read no more pages than this
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    most_pages: usize,
    /// Seconds between two requests
    #[arg(long, default_value_t = 1.0, value_name = "SECONDS")]
    pace: f64,
    /// A mail or web address where the site's owner can ask about the requests; without it, that of xuncha.toml
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Where a host is, instead of what DNS says: HOST=ADDR
    #[arg(long, value_name = "HOST=ADDR", value_parser = host_and_address)]
    resolve: Vec<(String, SocketAddr)>,
    /// The rules directory, for cadences and presets; without it, that of xuncha.toml
    #[arg(long, value_name = "RULES_DIR")]
    rules: Option<PathBuf>,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    county: Option<String>,
    /// Overwrite the unit file if it exists
    #[arg(long)]
    force: bool,
}

fn host_and_address(text: &str) -> Result<(String, SocketAddr), String> {
    let wanted = || format!("`{text}` is not HOST=ADDR, wanted: such as www.example.gov.cn=127.0.0.1:8080");
    let (host, address) = text.split_once('=').ok_or_else(wanted)?;
    Ok((host.to_ascii_lowercase(), address.parse().map_err(|_| wanted())?))
}

#[derive(Debug, Args)]
struct PrintArgs {
    /// The daemon's socket
    #[arg(long, env = "XUNCHA_SOCKET", value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Formats, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "md", value_name = "FORMATS")]
    format: Vec<Format>,
    /// Write DIR/MONTH/bulletin.FORMAT instead of printing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As other programs read it
    Json,
    /// As text
    Md,
    /// As a page
    Html,
}

/// Parses the arguments, does the work, and returns the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Demo(args) => demo::demo(&args),
        Command::Run(args) => run::run(&args.config),
        Command::Check(args) => check::check(&args),
        Command::Status(args) => ask::status(&args),
        Command::Due(args) => ask::due(&args),
        Command::Alerts(args) => ask::alerts(&args),
        Command::Ack(args) => say::ack(&args),
        Command::Silence(args) => say::silence(&args),
        Command::Exempt(args) => say::exempt(&args),
        Command::Release(args) => say::release(&args),
        Command::Findings(args) => ask::findings(&args),
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
