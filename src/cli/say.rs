//! `ack`, `silence`, `exempt`, `release`: what people tell the daemon.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;

use super::ask::{AskArgs, encoded, find, talk};
use super::fail;
use super::table::harmless;
use super::wording::Phrase;
use crate::alert::Stance;
use crate::serve::view::{Found, Released, StancesTaken};

#[derive(Debug, Args)]
pub(super) struct AckArgs {
    /// A source whose alert is raised
    #[arg(value_name = "SOURCE")]
    pub(super) of: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    /// What is being done about it
    #[arg(long, value_name = "TEXT")]
    pub(super) note: String,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(super) struct SilenceArgs {
    /// A source or a unit
    #[arg(value_name = "SOURCE|UNIT")]
    pub(super) of: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// The last day of it; a day that has passed ends it
    #[arg(long, value_name = "DATE")]
    pub(super) until: NaiveDate,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(super) struct ExemptArgs {
    /// A source
    #[arg(value_name = "SOURCE")]
    pub(super) of: String,
    /// Who enters it
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    /// Why nothing is due
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// What bears that out: a document's number, an address
    #[arg(long, value_name = "TEXT")]
    pub(super) evidence: String,
    /// Who allowed it
    #[arg(long, value_name = "NAME")]
    pub(super) approver: String,
    /// The last day of it; a day that has passed ends it
    #[arg(long, value_name = "DATE")]
    pub(super) until: NaiveDate,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(super) struct ReleaseArgs {
    /// Who releases it
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    /// Why what has turned bad is true
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

pub(super) fn ack(args: &AckArgs) -> ExitCode {
    let answer = talk(&args.ask.socket, async |client| {
        let id = match find(&client, &args.of).await? {
            Found::Source(id) => id,
            Found::Unit(id) => anyhow::bail!("`{}` is a unit ({id}): name one of its sources", args.of),
        };
        let words = query(&[("by", &args.by), ("note", &args.note)]);
        let taken = client.post(&format!("/v1/alerts/{id}/ack?{words}")).await?;
        show_taken(&args.ask, &taken)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

pub(super) fn silence(args: &SilenceArgs) -> ExitCode {
    let until = args.until.to_string();
    let words = [("of", &args.of), ("by", &args.by), ("reason", &args.reason), ("until", &until)];
    take(&args.ask, "/v1/silences", &words)
}

pub(super) fn exempt(args: &ExemptArgs) -> ExitCode {
    let until = args.until.to_string();
    let words = [
        ("of", &args.of),
        ("by", &args.by),
        ("reason", &args.reason),
        ("evidence", &args.evidence),
        ("approver", &args.approver),
        ("until", &until),
    ];
    take(&args.ask, "/v1/exemptions", &words)
}

pub(super) fn release(args: &ReleaseArgs) -> ExitCode {
    let address = format!("/v1/release?{}", query(&[("by", &args.by), ("reason", &args.reason)]));
    let answer = talk(&args.ask.socket, async |client| {
        let released: Released = client.post(&address).await?;
        args.ask.show(&released, |_, lang| Ok(format!("{}\n", lang.word(Phrase::MailReleased))))
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

fn take(ask: &AskArgs, address: &str, words: &[(&str, &String)]) -> ExitCode {
    let answer = talk(&ask.socket, async |client| {
        show_taken(ask, &client.post(&format!("{address}?{}", query(words))).await?)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

fn show_taken(ask: &AskArgs, taken: &StancesTaken) -> anyhow::Result<ExitCode> {
    ask.show(taken, |taken, lang| {
        let line = |given: &Stance| format!("{}  {}\n", given.source, harmless(&lang.stance(given)));
        Ok(taken.stances.iter().map(line).collect())
    })
}

fn query(words: &[(&str, &String)]) -> String {
    words.iter().map(|(key, text)| format!("{key}={}", encoded(text))).collect::<Vec<_>>().join("&")
}
