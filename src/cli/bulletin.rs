//! `bulletin draft|issue|export`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand, ValueEnum};

use super::ask::{encoded, talk};
use super::{fail, table};
use crate::bulletin::{Bulletin, Month, render};

#[derive(Debug, Subcommand)]
pub(super) enum BulletinCommand {
    /// Draft the bulletin of a month as things stand
    Draft(DraftArgs),
    /// Issue the bulletin of a month, once and for ever
    Issue(IssueArgs),
    /// Export an issued bulletin
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(super) struct DraftArgs {
    /// The month, such as 2022-12
    pub(super) month: Month,
    /// The date up to which it counts; by default the county's own
    #[arg(long, value_name = "DATE")]
    pub(super) cutoff: Option<NaiveDate>,
    /// Draft by what was known at this instant, such as 2022-12-28T10:00:00+08:00
    #[arg(long, value_name = "INSTANT")]
    pub(super) as_of: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(super) print: PrintArgs,
}

#[derive(Debug, Args)]
pub(super) struct IssueArgs {
    /// The month, such as 2022-12
    pub(super) month: Month,
    /// The date up to which it counts; by default the county's own
    #[arg(long, value_name = "DATE")]
    pub(super) cutoff: Option<NaiveDate>,
    /// Issue although some sources could not be verified; they accuse nobody
    #[arg(long)]
    pub(super) accept_unverified: bool,
    #[command(flatten)]
    pub(super) print: PrintArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The month, such as 2022-12
    pub(super) month: Month,
    #[command(flatten)]
    pub(super) print: PrintArgs,
}

#[derive(Debug, Args)]
pub(super) struct PrintArgs {
    /// The daemon's socket
    #[arg(long, env = "XUNCHA_SOCKET", value_name = "PATH")]
    pub(super) socket: Option<PathBuf>,
    /// Formats, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "md", value_name = "FORMATS")]
    pub(super) format: Vec<Format>,
    /// Write DIR/MONTH/bulletin.FORMAT instead of printing
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// As other programs read it
    Json,
    /// As text
    Md,
    /// As a page
    Html,
}

pub(super) fn bulletin(command: BulletinCommand) -> ExitCode {
    let outcome = match command {
        BulletinCommand::Draft(args) => {
            let mut query = Vec::new();
            query.extend(args.cutoff.map(|cutoff| format!("cutoff={cutoff}")));
            query.extend(args.as_of.map(|as_of| format!("as_of={}", encoded(&as_of.to_rfc3339()))));
            let address = format!("/v1/bulletins/{}/draft?{}", args.month, query.join("&"));
            talk(&args.print.socket, async |client| Ok(client.get(&address).await?))
                .and_then(|bulletin| put_out(&bulletin, &args.print))
        }
        BulletinCommand::Issue(args) => {
            let cutoff = args.cutoff.map_or_else(String::new, |cutoff| format!("&cutoff={cutoff}"));
            let accept = args.accept_unverified;
            let address = format!("/v1/bulletins/{}/issue?accept_unverified={accept}{cutoff}", args.month);
            talk(&args.print.socket, async |client| Ok(client.post(&address).await?))
                .and_then(|bulletin| put_out(&bulletin, &args.print))
        }
        BulletinCommand::Export(args) => {
            let address = format!("/v1/bulletins/{}", args.month);
            talk(&args.print.socket, async |client| Ok(client.get(&address).await?))
                .and_then(|bulletin| put_out(&bulletin, &args.print))
        }
    };
    outcome.map_or_else(|error| fail(&error, 1), |()| ExitCode::SUCCESS)
}

fn put_out(bulletin: &Bulletin, args: &PrintArgs) -> anyhow::Result<()> {
    for format in &args.format {
        let (name, text) = match format {
            Format::Json => ("bulletin.json", render::json(bulletin)),
            Format::Md => ("bulletin.md", render::markdown(bulletin)),
            Format::Html => ("bulletin.html", render::html(bulletin)),
        };
        match &args.out {
            None => table::put_out(&(text + "\n"))?,
            Some(directory) => write(&directory.join(bulletin.month.to_string()), name, &text)?,
        }
    }
    Ok(())
}

fn write(directory: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make `{}`", directory.display()))?;
    let path = directory.join(name);
    std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    table::put_out(&format!("{}\n", path.display()))?;
    Ok(())
}
