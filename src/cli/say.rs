//! `ack`, `silence`, `exempt`, `release`: what people tell the daemon.

use std::process::ExitCode;

use super::ask::{encoded, find, show, talk};
use super::table::harmless;
use super::{AckArgs, AskArgs, ExemptArgs, ReleaseArgs, SilenceArgs, fail};
use crate::serve::view::{Found, Released, StancesTaken};
use crate::serve::words::stance_in_words;

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
        show(args.ask.json, &released, |_| Ok("已恢复向各单位发信\n".to_owned()), |_| ExitCode::SUCCESS)
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
    let text = |taken: &StancesTaken| {
        let lines = taken.stances.iter();
        Ok(lines.map(|given| format!("{}  {}\n", given.source, harmless(&stance_in_words(given)))).collect())
    };
    show(ask.json, taken, text, |_| ExitCode::SUCCESS)
}

fn query(words: &[(&str, &String)]) -> String {
    words.iter().map(|(key, text)| format!("{key}={}", encoded(text))).collect::<Vec<_>>().join("&")
}
