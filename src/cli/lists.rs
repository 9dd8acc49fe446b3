//! `due`, `alerts`, `findings`: lists.

use std::fmt::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use comfy_table::Table;

use super::ask::{AskArgs, encoded, talk};
use super::fail;
use super::table::{align_right, harmless};
use super::watch::{WatchArgs, once_or_again};
use super::wording::{Lang, Phrase, local};
use crate::alert::State;
use crate::serve::view::{Alerts, Due, Findings, SourceView};

#[derive(Debug, Args)]
pub(super) struct DueArgs {
    /// How far ahead to look, in days
    #[arg(long, default_value = "30d", value_name = "DAYS")]
    within: String,
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    ask: AskArgs,
}

#[derive(Debug, Args)]
pub(super) struct AlertsArgs {
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    ask: AskArgs,
}

pub(super) fn due(args: &DueArgs) -> ExitCode {
    let address = format!("/v1/due?within={}", encoded(&args.within));
    once_or_again(&args.watch, &args.ask, 1, async |client| {
        args.ask.shown(&client.get::<Due>(&address).await?, due_text, |_| ExitCode::SUCCESS)
    })
}

pub(super) fn alerts(args: &AlertsArgs) -> ExitCode {
    once_or_again(&args.watch, &args.ask, 1, async |client| {
        args.ask.shown(&client.get::<Alerts>("/v1/alerts").await?, alerts_text, |_| ExitCode::SUCCESS)
    })
}

pub(super) fn findings(args: &AskArgs) -> ExitCode {
    let answer = talk(&args.socket, async |client| {
        args.show(&client.get::<Findings>("/v1/findings").await?, findings_text)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

fn due_text(due: &Due, lang: Lang) -> Result<String, fmt::Error> {
    let head = lang.say(Phrase::DueList, &[&due.until, &due.sources.len()]);
    Ok(format!("{head}\n{}\n", source_table(&due.sources, lang)))
}

pub(super) fn source_table(sources: &[Arc<SourceView>], lang: Lang) -> Table {
    let head = [
        Phrase::Kind,
        Phrase::Source,
        Phrase::Unit,
        Phrase::Standing,
        Phrase::Last,
        Phrase::Due,
        Phrase::DaysLeft,
        Phrase::Remark,
    ];
    let mut table = lang.table(head);
    for source in sources {
        table.add_row([
            lang.channel(source),
            harmless(&source.name),
            source.unit_name.clone(),
            lang.standing(&source.standing).to_owned(),
            day(source.last),
            day(source.due),
            source.days_left.map_or_else(String::new, |days| days.to_string()),
            harmless(&lang.remarks(source)),
        ]);
    }
    align_right(&mut table, 6..7);
    table
}

fn alerts_text(alerts: &Alerts, lang: Lang) -> Result<String, fmt::Error> {
    let mut text = lang.say(Phrase::Raised, &[&alerts.raised.len(), &local(alerts.as_of)]) + "\n";
    let head = [
        Phrase::Unit,
        Phrase::Source,
        Phrase::Alert,
        Phrase::Since,
        Phrase::Last,
        Phrase::Due,
        Phrase::ToldThisWeek,
        Phrase::Remark,
    ];
    let mut raised = lang.table(head);
    for source in &alerts.raised {
        let (level, since) = match source.alert {
            State::Quiet => continue,
            State::Raised { level, raised_at, .. } => (level, raised_at),
        };
        raised.add_row([
            source.unit_name.clone(),
            harmless(&source.name),
            lang.level(level).to_owned(),
            local(since),
            day(source.last),
            day(source.due),
            source.told_this_week.to_string(),
            harmless(&lang.remarks(source)),
        ]);
    }
    writeln!(text, "{raised}\n{}", lang.word(Phrase::LatestEvents))?;
    for event in &alerts.events {
        writeln!(text, "{}  {}  {}", local(event.at), event.source, harmless(&lang.event(&event.kind)))?;
    }
    if !alerts.acts.is_empty() {
        writeln!(text, "\n{}", lang.word(Phrase::LatestActs))?;
    }
    for act in &alerts.acts {
        writeln!(text, "{}  {}", local(act.at), harmless(&lang.act(act)))?;
    }
    Ok(text)
}

fn findings_text(findings: &Findings, lang: Lang) -> Result<String, fmt::Error> {
    let head = [
        Phrase::Bulletin,
        Phrase::Now,
        Phrase::Unit,
        Phrase::Source,
        Phrase::Problem,
        Phrase::LastThen,
        Phrase::Due,
    ];
    let mut table = lang.table(head);
    for found in &findings.findings {
        table.add_row([
            found.month.clone(),
            lang.finding(found.state).to_owned(),
            found.unit_name.clone(),
            harmless(&found.finding.name),
            lang.problem(found.finding.kind).to_owned(),
            day(found.finding.last),
            day(found.finding.due),
        ]);
    }
    Ok(format!("{}\n{table}\n", lang.say(Phrase::FindingsOnRecord, &[&findings.findings.len()])))
}

fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(|| "—".to_owned(), |day| day.to_string())
}
