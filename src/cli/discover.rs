//! `xuncha rules discover`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::fail;
use super::rules::rules_directory;
use super::run::{start_log, stop_on_signal};
use super::table::{harmless, put_out};
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::discover::{Limits, Progress, Reader, Rhythm, Survey, Walker, draft};
use crate::fetch::{Fetcher, Robots, Settings};
use crate::rules::{Shelf, UnitDraft, is_valid_id, write_whole};
use crate::schedule::Turns;

#[derive(Debug, Args)]
pub(super) struct DiscoverArgs {
    /// The unit's own page on the site: the page that leads to its columns
    #[arg(value_name = "URL")]
    pub(super) url: Url,
    /// The unit's id
    #[arg(long, value_name = "ID")]
    pub(super) unit: String,
    /// The unit's name, as the site writes it
    #[arg(long, value_name = "NAME")]
    pub(super) name: String,
    /// The unit file to write
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Read no more pages than this
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    pub(super) most_pages: usize,
    /// Seconds between two requests
    #[arg(long, default_value_t = 1.0, value_name = "SECONDS")]
    pub(super) pace: f64,
    /// A mail or web address where the site's owner can ask about the requests; without it, that of xuncha.toml
    #[arg(long, value_name = "ADDRESS")]
    pub(super) contact: Option<String>,
    /// Where a host is, instead of what DNS says: HOST=ADDR
    #[arg(long, value_name = "HOST=ADDR", value_parser = host_and_address)]
    pub(super) resolve: Vec<(String, SocketAddr)>,
    /// The rules directory, for cadences and presets; without it, that of xuncha.toml
    #[arg(long, value_name = "RULES_DIR")]
    pub(super) rules: Option<PathBuf>,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    pub(super) county: Option<String>,
    /// Overwrite the unit file if it exists
    #[arg(long)]
    pub(super) force: bool,
}

/// Where a host is, as `--resolve` says it.
pub(super) fn host_and_address(text: &str) -> Result<(String, SocketAddr), String> {
    let wanted = || format!("`{text}` is not HOST=ADDR, wanted: such as www.example.gov.cn=127.0.0.1:8080");
    let (host, address) = text.split_once('=').ok_or_else(wanted)?;
    Ok((host.to_ascii_lowercase(), address.parse().map_err(|_| wanted())?))
}

/// Links from the unit's page to any column; column trees are not deeper.
const DEPTH: usize = 4;
/// The paces that may be asked for, in seconds.
const PACES: std::ops::RangeInclusive<f64> = 0.02..=600.0;

pub(super) fn discover(args: &DiscoverArgs) -> ExitCode {
    start_log("error");
    match try_discover(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 1),
    }
}

fn try_discover(args: &DiscoverArgs) -> anyhow::Result<()> {
    if !is_valid_id(&args.unit) {
        bail!("`{}` is not an id, allowed: lower-case letters, digits and single hyphens", args.unit);
    }
    if args.name.trim().is_empty() {
        bail!("--name must not be empty");
    }
    if !PACES.contains(&args.pace) {
        bail!("--pace must be from {} to {} seconds", PACES.start(), PACES.end());
    }
    if args.out.exists() && !args.force {
        bail!("`{}` exists already: name another file, or overwrite it with --force", args.out.display());
    }
    let (directory, county) = rules_directory(args.rules.as_deref(), args.county.as_deref())?;
    let shelf = Shelf::of(&directory, county.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let walker = Walker {
        fetcher: Fetcher::new(settings(args.contact.as_deref(), &args.resolve)?)
            .context("cannot make requests")?,
        turns: Turns::new(Clock::System, &args.url, 1.0 / args.pace),
        clock: Clock::System,
        zone: shelf.zone(),
        reader: Reader::new(&shelf.presets().by_signs())?,
        unit: args.name.trim(),
        limits: Limits { pages: args.most_pages, depth: DEPTH },
        robots: Robots::new(&[]),
        rhythm: Rhythm::default(),
    };
    let survey = runtime.block_on(walk(walker, args))?;
    let drafted = draft(&args.unit, args.name.trim(), &survey, shelf.cadences());
    write_whole(&args.out, drafted.text().as_bytes())?;
    put_out(&summary(&args.out, &survey, &drafted))?;
    Ok(())
}

/// How requests are made to a site that may be in no rules yet, under the contact that is named here or in xuncha.toml.
pub(super) fn settings(contact: Option<&str>, resolve: &[(String, SocketAddr)]) -> anyhow::Result<Settings> {
    let contact = match contact {
        Some(contact) => contact.to_owned(),
        None => {
            Config::load(Path::new(DEFAULT_CONFIG))
                .context("nobody is named whom the site's owner can ask: give --contact, or an xuncha.toml")?
                .fetch
                .contact
        }
    };
    Ok(Settings { resolve: resolve.iter().cloned().collect(), ..Settings::new(contact) })
}

async fn walk(walker: Walker<'_>, args: &DiscoverArgs) -> anyhow::Result<Survey> {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{pos}/{len} pages, {msg}")?);
    let show = |progress: Progress| {
        bar.set_length((progress.asked + progress.left).min(args.most_pages) as u64);
        bar.set_position(progress.asked as u64);
        bar.set_message(format!("{} columns", progress.columns));
    };
    let stop = CancellationToken::new();
    let signals = stop_on_signal(stop.clone());
    let walking = walker.walk(&args.url, &stop, show);
    tokio::pin!(signals, walking);
    let survey = loop {
        tokio::select! {
            survey = &mut walking => break survey,
            () = &mut signals, if !stop.is_cancelled() => {}
        }
    };
    bar.finish_and_clear();
    Ok(survey?)
}

fn summary(out: &Path, survey: &Survey, drafted: &UnitDraft) -> String {
    let unsure = drafted.columns.iter().filter(|column| !column.notes.is_empty()).count();
    let mut text = format!(
        "{}: {} columns, {unsure} of them with a remark; {} more may be columns and could not be read\n\
         {} pages read, {} not to be had, {} known and not asked for\n",
        out.display(),
        survey.columns(),
        drafted.unread.len(),
        survey.pages,
        survey.refused,
        survey.left,
    );
    if let Some(why) = &survey.ended_early {
        text += &format!("the walk ended early: {why}\n");
    }
    for column in drafted.unread.iter().take(10) {
        text += &format!("{}: {}\n", harmless(&column.url), harmless(&column.notes.join("; ")));
    }
    text
}
