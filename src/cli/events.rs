//! `xuncha events`: what happened, and what happens.

use std::process::ExitCode;

use clap::Args;

use super::ask::{AskArgs, talk};
use super::fail;
use super::table::{harmless, put_out};
use super::wording::{Lang, Phrase, local};
use crate::serve::Client;
use crate::serve::view::{Events, Happened, Happening};

#[derive(Debug, Args)]
pub(super) struct EventsArgs {
    /// Go on telling what happens until stopped
    #[arg(long)]
    pub(super) follow: bool,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

pub(super) fn events(args: &EventsArgs) -> ExitCode {
    let ask = &args.ask;
    let answer = talk(&ask.socket, async |client| {
        if args.follow {
            return follow(&client, ask).await;
        }
        let text = |events: &Events, lang| Ok(events.events.iter().rev().map(|it| line(it, lang)).collect());
        ask.show(&client.get::<Events>("/v1/events").await?, text)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

/// Tells each happening until the daemon ends.
async fn follow(client: &Client, ask: &AskArgs) -> anyhow::Result<ExitCode> {
    let mut stream = client.follow("/v1/events").await?;
    while let Some(happening) = stream.next::<Happening>().await? {
        let told =
            if ask.json { serde_json::to_string(&happening)? + "\n" } else { line(&happening, ask.lang) };
        put_out(&told)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(happening: &Happening, lang: Lang) -> String {
    let said = match &happening.what {
        Happened::Event(event) => format!("{}  {}", event.source, lang.event(&event.kind)),
        Happened::Act(act) => lang.say(Phrase::ActOf, &[&lang.act(act)]),
    };
    format!("{}  {}\n", local(happening.at), harmless(&said))
}
