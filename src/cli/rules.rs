//! `xuncha rules`: unit files out of a rules directory and into it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::check::MISTAKES;
use super::discover::{self, DiscoverArgs};
use super::fail;
use super::table::put_out;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::rules::{ForeignAccounts, Plan, Rules, Shelf, SourceKind, TransferError, write_whole};

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Write a county's units as a ledger (.xlsx), or its accounts as a feed list (.opml)
    Export(ExportRulesArgs),
    /// Make unit files of a ledger, or give units the accounts of a feed list
    Import(ImportRulesArgs),
    /// Walk a unit's part of a site and draft its unit file
    Discover(DiscoverArgs),
}

#[derive(Debug, Args)]
pub(super) struct ExportRulesArgs {
    /// The ledger or feed list to write: FILE.xlsx or FILE.opml
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    pub(super) county: Option<String>,
    /// Overwrite the file if it exists
    #[arg(long)]
    pub(super) force: bool,
    /// A rules directory; without it, that of xuncha.toml
    #[arg(value_name = "RULES_DIR")]
    pub(super) rules: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ImportRulesArgs {
    /// The ledger or feed list: FILE.xlsx or FILE.opml
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The rules directory; its cadences and presets say what the file may refer to
    #[arg(long, value_name = "DIR")]
    pub(super) into: PathBuf,
    /// The county, where the directory holds several
    #[arg(long, value_name = "ID")]
    pub(super) county: Option<String>,
    /// Overwrite unit files that say something else, with their comments
    #[arg(long)]
    pub(super) force: bool,
    /// For feed lists from elsewhere: the unit that owns the accounts
    #[arg(long, value_name = "ID")]
    pub(super) unit: Option<String>,
    /// For feed lists from elsewhere: how often the accounts must publish
    #[arg(long, value_name = "NAME")]
    pub(super) cadence: Option<String>,
    /// For feed lists from elsewhere: wechat, weibo, douyin or app, where the list does not say it
    #[arg(long, value_name = "NAME")]
    pub(super) platform: Option<String>,
}

pub(super) fn rules(command: RulesCommand) -> ExitCode {
    let done = match command {
        RulesCommand::Export(args) => export(&args),
        RulesCommand::Import(args) => import(&args),
        RulesCommand::Discover(args) => return discover::discover(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => match error.downcast_ref::<TransferError>() {
            Some(TransferError::Problems(problems)) => {
                let _reader_gone = put_out(&format!("{problems}\n"));
                ExitCode::from(MISTAKES)
            }
            Some(TransferError::Ledger { .. }) => fail(&error, MISTAKES),
            _ => fail(&error, 1),
        },
    }
}

/// What a file is, by its ending.
enum Form {
    Ledger,
    Opml,
}

impl Form {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("xlsx") => Ok(Self::Ledger),
            Some("opml") => Ok(Self::Opml),
            _ => bail!("`{}` is neither a ledger (.xlsx) nor a list of feeds (.opml)", path.display()),
        }
    }
}

fn export(args: &ExportRulesArgs) -> anyhow::Result<()> {
    let form = Form::of(&args.out)?;
    if args.out.exists() && !args.force {
        bail!("`{}` exists already: name another file, or overwrite it with --force", args.out.display());
    }
    let (directory, county) = rules_directory(args.rules.as_deref(), args.county.as_deref())?;
    let rules = Rules::load(&directory, county.as_deref()).map_err(TransferError::from)?;
    let shelf = Shelf::of(&directory, county.as_deref()).map_err(TransferError::from)?;
    let (columns, accounts) =
        rules.sources.iter().partition::<Vec<_>, _>(|source| source.kind == SourceKind::Column);
    let (bytes, held) = match form {
        Form::Ledger => {
            let held = format!(
                "{} units, {} columns, {} accounts",
                rules.units.len(),
                columns.len(),
                accounts.len()
            );
            (shelf.as_ledger(&rules)?, held)
        }
        Form::Opml => (shelf.as_opml(&rules)?.into_bytes(), format!("{} accounts", accounts.len())),
    };
    write_whole(&args.out, &bytes)?;
    put_out(&format!("{}: {}, {held}\n", args.out.display(), rules.county.name))?;
    Ok(())
}

fn import(args: &ImportRulesArgs) -> anyhow::Result<()> {
    let form = Form::of(&args.file)?;
    let shelf = Shelf::of(&args.into, args.county.as_deref()).map_err(TransferError::from)?;
    let plan = match form {
        Form::Ledger => shelf.plan_ledger(&args.file, args.force)?,
        Form::Opml => {
            let foreign = ForeignAccounts {
                unit: args.unit.clone(),
                cadence: args.cadence.clone(),
                platform: args.platform.clone(),
            };
            shelf.plan_opml(&args.file, &foreign, args.force)?
        }
    };
    plan.carry_out()?;
    report(&plan)?;
    // The county may hold more than came in: its order, other units.
    Rules::load(&args.into, args.county.as_deref()).map_err(TransferError::from)?;
    Ok(())
}

fn report(plan: &Plan) -> std::io::Result<()> {
    for (path, _) in &plan.files {
        put_out(&format!("{}: written\n", path.display()))?;
    }
    put_out(&format!("{} unit files written, {} unchanged\n", plan.files.len(), plan.unchanged))
}

/// The directory and county named, or those of the configuration.
pub(super) fn rules_directory(
    named: Option<&Path>,
    county: Option<&str>,
) -> anyhow::Result<(PathBuf, Option<String>)> {
    let county = county.map(ToOwned::to_owned);
    if let Some(directory) = named {
        return Ok((directory.to_owned(), county));
    }
    let config = Config::load(Path::new(DEFAULT_CONFIG))
        .context("no rules directory is named, and the configuration cannot be used")?;
    Ok((config.rules, county.or(config.county)))
}
