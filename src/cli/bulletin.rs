//! `bulletin draft|issue|export`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use super::ask::{encoded, talk};
use super::{BulletinCommand, Format, PrintArgs, fail, table};
use crate::bulletin::{Bulletin, render};

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
