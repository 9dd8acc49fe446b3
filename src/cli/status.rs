//! `status`: how the county, a unit or a source stands.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

use clap::Args;

use super::account::account_text;
use super::ask::{AskArgs, Shown, find};
use super::lists::source_table;
use super::mail::notice_text;
use super::table::{align_right, harmless};
use super::watch::{WatchArgs, once_or_again};
use super::wording::{Lang, Phrase, STANDINGS, local};
use crate::alert::{OperatorMatter, State};
use crate::deliver::{Action, Bounce, Said};
use crate::serve::Client;
use crate::serve::view::{Counts, Found, SourceDetail, SourceView, Status, UnitDetail, UnitSummary};

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// A unit or source
    #[arg(value_name = "UNIT|SOURCE")]
    of: Option<String>,
    #[command(flatten)]
    watch: WatchArgs,
    #[command(flatten)]
    ask: AskArgs,
}

/// The code of `status` when nothing can be said.
const CANNOT_TELL: u8 = 3;

pub(super) fn status(args: &StatusArgs) -> ExitCode {
    once_or_again(&args.watch, &args.ask, CANNOT_TELL, async |client| look(client, args).await)
}

async fn look(client: &Client, args: &StatusArgs) -> anyhow::Result<Shown> {
    let found = match &args.of {
        None => {
            let status: Status = client.get("/v1/status").await?;
            return args.ask.shown(&status, status_text, |it| code_of(&it.counts));
        }
        Some(text) => find(client, text).await?,
    };
    match found {
        Found::Unit(id) => {
            let unit: UnitDetail = client.get(&format!("/v1/units/{id}")).await?;
            args.ask.shown(&unit, unit_text, |it| code_of(&it.unit.counts))
        }
        Found::Source(id) => {
            let source: SourceDetail = client.get(&format!("/v1/sources/{id}")).await?;
            args.ask.shown(&source, source_text, |it| code_of_standing(&it.source.standing))
        }
    }
}

/// 0 all fresh, 1 due soon, 2 overdue or blank, 3 unknown. What is known to be wrong outweighs what is not known.
fn code_of(counts: &Counts) -> ExitCode {
    let any = |word: &str| counts.get(word).is_some_and(|count| *count > 0);
    let worst = ["overdue", "blank", "unknown", "due-soon"].into_iter().find(|word| any(word));
    code_of_standing(worst.unwrap_or("fresh"))
}

fn code_of_standing(standing: &str) -> ExitCode {
    ExitCode::from(match standing {
        "fresh" | "exempt" => 0,
        "due-soon" => 1,
        "overdue" | "blank" => 2,
        _ => CANNOT_TELL,
    })
}

fn count_cells(counts: &Counts) -> impl Iterator<Item = String> {
    STANDINGS.iter().map(|(word, _)| counts.get(*word).map_or_else(|| "·".to_owned(), ToString::to_string))
}

fn status_text(status: &Status, lang: Lang) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "{}  {}", status.county, local(status.as_of))?;
    let [overdue, blank, unknown, due_soon, fresh, exempt] = STANDINGS.map(|(_, phrase)| phrase);
    let mut units = lang.table([Phrase::Unit, overdue, blank, unknown, due_soon, fresh, exempt]);
    for unit in &status.units {
        units.add_row(std::iter::once(unit.name.clone()).chain(count_cells(&unit.counts)));
    }
    units.add_row(std::iter::once(lang.word(Phrase::Total).to_owned()).chain(count_cells(&status.counts)));
    align_right(&mut units, 1..7);
    writeln!(text, "{units}")?;
    for cause in &status.unknown {
        let why = harmless(&lang.cause(&cause.cause));
        writeln!(text, "{}", lang.say(Phrase::UnknownSources, &[&cause.sources, &why, &cause.example]))?;
    }
    for matter in &status.operator {
        writeln!(text, "{}", matter_in_words(matter, lang))?;
    }
    if let Some(failure) = &status.reload_failure {
        let problems = harmless(&failure.problems.replace('\n', "；"));
        writeln!(text, "{}", lang.say(Phrase::RulesNotTaken, &[&local(failure.at), &problems]))?;
    }
    if status.outbox > 0 {
        let because = |error: &String| lang.say(Phrase::Because, &[&harmless(error)]);
        let error = status.outbox_error.as_ref().map_or_else(String::new, because);
        writeln!(text, "{}", lang.say(Phrase::MailWaits, &[&status.outbox, &error]))?;
    }
    if !status.dead_letters.is_empty() {
        writeln!(text, "{}", lang.say(Phrase::DeadNotices, &[&status.dead_letters.len()]))?;
        for notice in &status.dead_letters {
            write!(text, "{}", notice_text(notice, lang)?)?;
        }
    }
    Ok(text)
}

/// A matter for the operator, on one line.
fn matter_in_words(matter: &OperatorMatter, lang: Lang) -> String {
    let over = matter.ended_at.map_or_else(String::new, |at| lang.say(Phrase::OverAt, &[&local(at)]));
    let (what, says) = (harmless(&lang.matter(&matter.key)), harmless(&matter.says));
    lang.say(Phrase::Operation, &[&what, &local(matter.raised_at), &over, &says])
}

fn unit_text(detail: &UnitDetail, lang: Lang) -> Result<String, fmt::Error> {
    let mut text = String::new();
    let UnitSummary { id, counts, .. } = &detail.unit;
    let aside = lang.say(Phrase::Aside, &[id]);
    writeln!(text, "{}{aside}  {}", detail.display_name, local(detail.as_of))?;
    let summary: Vec<String> = STANDINGS
        .iter()
        .filter_map(|(word, phrase)| counts.get(*word).map(|count| format!("{} {count}", lang.word(*phrase))))
        .collect();
    writeln!(text, "{}", summary.join(if lang == Lang::Chinese { "，" } else { ", " }))?;
    writeln!(text, "{}", source_table(&detail.sources, lang))?;
    for notice in &detail.mail.delivered {
        text += &lang.line(Phrase::Told, &format!("{}  {}", local(notice.at), harmless(&notice.subject)));
    }
    for bounce in &detail.mail.bounces {
        text += &bounce_in_words(bounce, lang);
    }
    Ok(text)
}

/// A mail that came back, on one line.
fn bounce_in_words(bounce: &Bounce, lang: Lang) -> String {
    let what = match bounce.said.action {
        Action::Failed => Phrase::Bounced,
        Action::Delayed => Phrase::Delayed,
    };
    let Said { status, reason, .. } = &bounce.said;
    let said = format!("{}  {}  {status} {}", local(bounce.at), harmless(&bounce.address), harmless(reason));
    lang.line(what, &said)
}

fn source_text(detail: &SourceDetail, lang: Lang) -> Result<String, fmt::Error> {
    let source = &detail.source;
    let aside = |text: &dyn fmt::Display| lang.say(Phrase::Aside, &[text]);
    let mut text = format!("{}  {}{}\n", source.unit_name, harmless(&source.name), aside(&source.id));
    let standing = format!("{}  {}", lang.standing(&source.standing), reason(source, lang));
    text += &lang.line(Phrase::Standing, &standing);
    let limit = source.limit.as_deref().unwrap_or(lang.word(Phrase::None));
    text += &lang.line(Phrase::Limit, &format!("{limit}{}", aside(&source.cadence)));
    if let (Some(last), Some(title)) = (source.last, &source.last_title) {
        text += &lang.line(Phrase::Last, &format!("{last}  {}", harmless(title)));
    }
    if let (Some(due), Some(days)) = (source.due, source.days_left) {
        let phrase = if days < 0 { Phrase::DaysPast } else { Phrase::DaysToGo };
        text += &lang.line(Phrase::Due, &format!("{due}{}", aside(&lang.say(phrase, &[&days.abs()]))));
    }
    text += &lang.line(Phrase::Alert, &alert_in_words(&source.alert, lang));
    if source.told_this_week > 0 {
        text += &lang.line(Phrase::ToldThisWeek, &lang.say(Phrase::Times, &[&source.told_this_week]));
    }
    for said in lang.said_of(source) {
        text += &lang.line(Phrase::Said, &harmless(&said));
    }
    text += &lang.line(Phrase::Address, &source.url);
    let or = |at: Option<_>, otherwise| at.map_or_else(|| lang.word(otherwise).to_owned(), local);
    text += &lang.line(Phrase::LastPoll, &or(source.polled_at, Phrase::NotPolled));
    text += &lang.line(Phrase::NextPoll, &or(source.next_poll_at, Phrase::NotPlanned));
    if let Some(since) = source.failing_since {
        let failing = lang.say(Phrase::FailingSince, &[&source.failures, &local(since)]);
        text += &lang.line(Phrase::Failing, &failing);
    }
    if let Some(account) = &detail.account {
        text += &account_text(account, lang)?;
    }
    for remark in &detail.remarks {
        let said = if lang == Lang::Chinese { &remark.chinese } else { &remark.remark };
        text += &lang.line(Phrase::Note, &format!("{said}{}", aside(&harmless(&remark.reason))));
    }
    for suspicion in &detail.suspicions {
        text += &lang.line(Phrase::Doubtful, &harmless(&lang.suspicion(suspicion)));
    }
    writeln!(text, "{}", items(detail, lang))?;
    Ok(text)
}

/// The newest items of a source.
fn items(detail: &SourceDetail, lang: Lang) -> comfy_table::Table {
    let head = [Phrase::Date, Phrase::Title, Phrase::DateAsWritten, Phrase::DateFrom, Phrase::FirstSeen];
    let mut items = lang.table(head);
    for record in &detail.sightings {
        items.add_row([
            record.sighting.date.to_string(),
            harmless(&record.sighting.title),
            harmless(&record.sighting.raw_date),
            lang.source_of_date(&record.sighting),
            local(record.first_seen_at),
        ]);
    }
    items
}

/// Why a source stands as it does.
fn reason(source: &SourceView, lang: Lang) -> String {
    match (&source.cause, source.standing.as_str()) {
        (Some(cause), _) => harmless(&lang.cause(cause)),
        (None, "overdue" | "blank") => lang.say(Phrase::Confirmed, &[&source.full_looks.len()]),
        (None, _) => String::new(),
    }
}

fn alert_in_words(state: &State, lang: Lang) -> String {
    match state {
        State::Quiet => lang.word(Phrase::None).to_owned(),
        State::Raised { level, raised_at, reminded_at } => {
            lang.say(Phrase::AlertSince, &[&lang.level(*level), &local(*raised_at), &local(*reminded_at)])
        }
    }
}
