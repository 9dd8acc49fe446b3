//! `xuncha probe`.

mod account;
mod text;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::Args;

use super::check::MISTAKES;
use super::discover::host_and_address;
use super::discover::settings;
use super::fail;
use super::rules::rules_directory;
use super::run::start_log;
use super::table::put_out;
use crate::assess::{Calendar, Policy};
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::extract::Extractor;
use crate::fetch::{Fetcher, RenderSettings, Renderer, Robots, Settings};
use crate::probe::{Aim, Outcome, Probed, Prober, Tools, Whence};
use crate::rules::{Cadences, County, LoneColumn, Problems, Rules, Shelf, Source, host_name, shipped};
use crate::schedule::Turns;
use crate::serve::view::Found;
use crate::serve::{NotFound, find};

#[derive(Debug, Args)]
pub(super) struct ProbeArgs {
    /// The address of a column's list, or a source of the rules: its id, its name, or a unique part of either
    #[arg(value_name = "URL|SOURCE")]
    pub(super) of: String,
    /// For an address: the preset to read it by; without it, by what the page shows
    #[arg(long, value_name = "NAME")]
    pub(super) preset: Option<String>,
    /// For an address: the cadence to judge it by; without it, by what the column is called
    #[arg(long, value_name = "NAME")]
    pub(super) cadence: Option<String>,
    /// A rules directory. Without it, a source is looked up in that of xuncha.toml, and an address is judged by the
    /// presets and cadences that come with the program
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Option<PathBuf>,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    pub(super) county: Option<String>,
    /// Open so many of the newest items' own pages
    #[arg(long, default_value_t = 2, value_name = "COUNT")]
    pub(super) articles: usize,
    /// Have the list drawn by the browser that xuncha.toml names
    #[arg(long)]
    pub(super) render: bool,
    /// Read and judge dates as of this instant, such as 2022-12-28T12:00:00+08:00, instead of now
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<DateTime<Utc>>,
    /// A mail or web address where the site's owner can ask about the requests; without it, that of xuncha.toml
    #[arg(long, value_name = "ADDRESS")]
    pub(super) contact: Option<String>,
    /// Where a host is, instead of what DNS says: HOST=ADDR
    #[arg(long, value_name = "HOST=ADDR", value_parser = host_and_address)]
    pub(super) resolve: Vec<(String, SocketAddr)>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// The code where the site keeps us out, or shows nothing that can be read.
const NOT_READ: u8 = 3;
/// Requests a second to hosts of which the rules say nothing.
const PACE: f64 = 1.0;
/// The calendar where no county is named: that of most of them.
const CALENDAR: Calendar = Calendar { zone: chrono_tz::Asia::Shanghai, cut_off_day: 27 };

pub(super) fn probe(args: &ProbeArgs) -> ExitCode {
    start_log("error,xuncha::probe=info");
    match try_probe(args) {
        Ok(outcome) => ExitCode::from(match outcome {
            Outcome::Updated => 0,
            Outcome::Empty => 1,
            Outcome::Blocked | Outcome::Unreadable => NOT_READ,
        }),
        Err(error) => fail(&error, MISTAKES),
    }
}

/// What is probed, and the county it is in, if any is named.
struct Subject {
    source: Source,
    /// By which a cadence is guessed; nothing where the rule gives it.
    cadences: Option<Cadences>,
    county: Option<County>,
}

fn try_probe(args: &ProbeArgs) -> anyhow::Result<Outcome> {
    let subject = if args.of.contains("://") { by_address(args)? } else { in_rules(args)? };
    if account::has_ways(&subject.source) {
        return account::probe_account(args, &subject);
    }
    let Subject { source, cadences, county } = &subject;
    let zoned = |county: &County| Calendar { zone: county.zone, cut_off_day: county.cut_off_day };
    let calendar = county.as_ref().map_or(CALENDAR, zoned);
    let aim = Aim {
        source,
        whence: cadences.as_ref().map_or(Whence::Rules, |cadences| Whence::Address {
            cadences,
            preset: args.preset.as_deref(),
            names_cadence: args.cadence.is_some(),
        }),
        calendar,
        policy: Policy::default(),
        seen_at: args.as_of.unwrap_or_else(|| Clock::System.now()),
    };
    let extractor = Extractor::new(&source.reading)?;
    let prober = Prober::new(tools(args, &subject, calendar)?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let probed = runtime.block_on(prober.probe(&aim, &extractor, args.articles));
    show(&probed, args.json)?;
    Ok(probed.outcome)
}

fn show(probed: &Probed, json: bool) -> anyhow::Result<()> {
    let said = if json { serde_json::to_string_pretty(probed)? + "\n" } else { text::text(probed) };
    put_out(&said).context("cannot write the report")
}

fn by_address(args: &ProbeArgs) -> anyhow::Result<Subject> {
    let (cadences, presets, county) = match &args.rules {
        None => {
            let (cadences, presets) = shipped()?;
            (cadences, presets, None)
        }
        Some(directory) => {
            let shelf = Shelf::of(directory, args.county.as_deref())?;
            (shelf.cadences().clone(), shelf.presets().clone(), Some(shelf.county().clone()))
        }
    };
    let column =
        LoneColumn { url: &args.of, preset: args.preset.as_deref(), cadence: args.cadence.as_deref() };
    let source =
        column.read(&cadences, &presets).map_err(|problems| anyhow::anyhow!(as_options(&problems)))?;
    Ok(Subject { source, cadences: Some(cadences), county })
}

/// What the rules have against an address, said of the options that were given.
fn as_options(Problems(problems): &Problems) -> String {
    let said = problems.iter().map(|problem| {
        let key = problem.key.rsplit('.').next().unwrap_or_default();
        format!("{key}: {}", problem.what)
    });
    said.collect::<Vec<_>>().join("\n")
}

fn in_rules(args: &ProbeArgs) -> anyhow::Result<Subject> {
    if args.preset.is_some() || args.cadence.is_some() {
        bail!(
            "`{}` is no address, and a source is read as its rule says: leave --preset and --cadence out",
            args.of
        );
    }
    let (directory, county) =
        rules_directory(args.rules.as_deref(), args.county.as_deref()).with_context(|| {
            format!("`{}` is no address (http://…), so it is looked up in the rules", args.of)
        })?;
    let rules = Rules::load(&directory, county.as_deref())?;
    let id = match find(&rules, &args.of) {
        Ok(Found::Source(id)) => id,
        Ok(Found::Unit(id)) => bail!("`{}` is a unit ({id}): name one of its sources", args.of),
        Err(NotFound::Several(ids)) => {
            bail!(
                "`{}` fits several: {}",
                args.of,
                ids.iter().take(10).cloned().collect::<Vec<_>>().join(", ")
            )
        }
        Err(NotFound::Nothing) => {
            bail!("`{}` is no address (http://…), and nothing in {} fits it", args.of, directory.display())
        }
    };
    let source = rules.source(&id).cloned().context("a source that was found is gone")?;
    Ok(Subject { source, cadences: None, county: Some(rules.county) })
}

fn tools(args: &ProbeArgs, subject: &Subject, calendar: Calendar) -> anyhow::Result<Tools> {
    let Subject { source, county, .. } = subject;
    let exceptions = county.as_ref().map(|county| county.exceptions.clone()).unwrap_or_default();
    let settings = Settings { exceptions, ..settings(args.contact.as_deref(), &args.resolve)? };
    let host = host_name(&source.url);
    let own_pace = county.iter().flat_map(|county| &county.hosts).find(|pace| pace.name == host);
    Ok(Tools {
        renderer: if args.render { Some(renderer(&settings, calendar)?) } else { None },
        robots: Robots::new(&settings.exceptions),
        fetcher: Fetcher::new(settings).context("cannot make requests")?,
        turns: Turns::new(Clock::System, &source.url, own_pace.map_or(PACE, |pace| pace.requests_per_second)),
        clock: Clock::System,
    })
}

fn renderer(settings: &Settings, calendar: Calendar) -> anyhow::Result<Renderer> {
    let config = Config::load(Path::new(DEFAULT_CONFIG))
        .context("--render wants the browser that [render] of xuncha.toml names")?;
    if config.render.browser.is_none() {
        bail!("--render wants a browser: name it under [render] of xuncha.toml");
    }
    Ok(Renderer::new(RenderSettings {
        contact: settings.contact.clone(),
        zone: calendar.zone,
        resolve: settings.resolve.clone(),
        exceptions: settings.exceptions.clone(),
        ..config.render
    }))
}
