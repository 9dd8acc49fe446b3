//! `xuncha events`: what happened, and what happens.

use std::process::ExitCode;

use super::ask::{local, show, talk};
use super::table::{harmless, put_out};
use super::{EventsArgs, fail};
use crate::serve::Client;
use crate::serve::view::{Events, Happened, Happening};
use crate::serve::words::{act_in_words, event_in_words};

pub(super) fn events(args: &EventsArgs) -> ExitCode {
    let answer = talk(&args.ask.socket, async |client| {
        if args.follow {
            return follow(&client, args.ask.json).await;
        }
        let text = |events: &Events| Ok(events.events.iter().rev().map(line).collect());
        show(args.ask.json, &client.get::<Events>("/v1/events").await?, text, |_| ExitCode::SUCCESS)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

/// Tells each happening until the daemon ends.
async fn follow(client: &Client, json: bool) -> anyhow::Result<ExitCode> {
    let mut stream = client.follow("/v1/events").await?;
    while let Some(happening) = stream.next::<Happening>().await? {
        put_out(&if json { serde_json::to_string(&happening)? + "\n" } else { line(&happening) })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(happening: &Happening) -> String {
    let said = match &happening.what {
        Happened::Event(event) => format!("{}  {}", event.source, event_in_words(&event.kind)),
        Happened::Act(act) => format!("操作  {}", act_in_words(act)),
    };
    format!("{}  {}\n", local(happening.at), harmless(&said))
}
