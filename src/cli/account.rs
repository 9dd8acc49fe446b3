//! What `status` says of an account, and `record`.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use url::Url;

use super::ask::{AskArgs, find, talk};
use super::fail;
use super::menu::menu_text;
use super::table::harmless;
use super::wording::{Lang, Phrase, local};
use crate::assess::agreement::Witness;
use crate::serve::view::{AccountView, Found, NewRecord, Recorded, WayView};
use crate::store::PatrolRecord;

#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// An account whose rule has a way of kind "record"
    #[arg(value_name = "SOURCE")]
    pub(super) of: String,
    /// The day of the newest post that was seen
    #[arg(long, value_name = "DATE")]
    pub(super) date: NaiveDate,
    /// Its title
    #[arg(long, value_name = "TEXT")]
    pub(super) title: String,
    /// Its address, or that of a picture of it: the evidence
    #[arg(long, value_name = "URL")]
    pub(super) url: Url,
    /// Who saw it
    #[arg(long, value_name = "NAME")]
    pub(super) by: String,
    /// What else is to be said
    #[arg(long, value_name = "TEXT")]
    pub(super) note: Option<String>,
    #[command(flatten)]
    pub(super) ask: AskArgs,
}

pub(super) fn record(args: &RecordArgs) -> ExitCode {
    let answer = talk(&args.ask.socket, async |client| {
        let source = match find(&client, &args.of).await? {
            Found::Source(id) => id,
            Found::Unit(id) => anyhow::bail!("`{}` is a unit ({id}): name one of its accounts", args.of),
        };
        let new = NewRecord {
            source,
            date: args.date,
            title: args.title.clone(),
            url: args.url.to_string(),
            by: args.by.clone(),
            note: args.note.clone(),
        };
        let recorded: Recorded = client.send("/v1/records", &new).await?;
        args.ask.show(&recorded, recorded_text)
    });
    answer.unwrap_or_else(|error| fail(&error, 1))
}

fn recorded_text(recorded: &Recorded, lang: Lang) -> Result<String, fmt::Error> {
    let record = &recorded.record;
    Ok(lang.say(Phrase::Recorded, &[&record.source, &record.by, &record.date, &record.title]) + "\n")
}

/// The ways of an account, and what else is judged of it.
pub(super) fn account_text(account: &AccountView, lang: Lang) -> Result<String, fmt::Error> {
    let mut text = String::new();
    if let Some(deregistered) = &account.deregistered {
        let parts: [&dyn fmt::Display; 2] = [&deregistered.since, &harmless(&deregistered.reason)];
        text += &lang.line(Phrase::Deregistered, &lang.say(Phrase::DeregisteredSince, &parts));
    }
    text += &lang.line(Phrase::RestsOn, &sureness(account, lang));
    text += &lang.line(Phrase::Posts, &activity_in_words(account, lang));
    if let Some(low) = account.low_volume {
        let few = lang.say(Phrase::TooFewPosts, &[&low.from, &low.until, &low.posts, &low.wanted]);
        text += &lang.line(Phrase::Note, &few);
    }
    if account.is_zombie {
        text += &lang.line(Phrase::Note, lang.word(Phrase::Zombie));
    }
    for record in &account.records {
        text += &lang.line(Phrase::OnRecord, &on_record(record, lang));
    }
    let head =
        [Phrase::Way, Phrase::Kind, Phrase::Health, Phrase::NewestItem, Phrase::LookedAt, Phrase::Remark];
    let mut ways = lang.table(head);
    for way in &account.ways {
        let newest = way.newest.as_ref();
        ways.add_row([
            way.name.clone(),
            if lang == Lang::Chinese { way.chinese.clone() } else { way.kind.clone() },
            lang.word(health(way)).to_owned(),
            newest.map_or_else(|| "—".to_owned(), |newest| newest.date.to_string()),
            way.looked_at.map_or_else(|| "—".to_owned(), local),
            remark(way, lang),
        ]);
    }
    writeln!(text, "{ways}")?;
    if let Some(menu) = &account.menu {
        writeln!(text, "{}", menu_text(menu, &account.menu_faults, lang)?)?;
    }
    Ok(text)
}

/// What a person saw of the account.
fn on_record(record: &PatrolRecord, lang: Lang) -> String {
    let note = |note: &String| lang.say(Phrase::Aside, &[&harmless(note)]);
    let parts: [&dyn fmt::Display; 6] = [
        &local(record.at),
        &harmless(&record.by),
        &record.date,
        &harmless(&record.title),
        &harmless(&record.url),
        &record.note.as_ref().map_or_else(String::new, note),
    ];
    lang.say(Phrase::PatrolOnRecord, &parts)
}

fn sureness(account: &AccountView, lang: Lang) -> String {
    let by = match &account.shown_by {
        Some(by) => lang.say(Phrase::NewestBy, &[by]),
        None => lang.word(Phrase::NoneYet).to_owned(),
    };
    match account.witness {
        Witness::Whole => by,
        Witness::Partial => lang.say(Phrase::OnlyPartial, &[&by]),
        Witness::Behind { .. } => lang.say(Phrase::ListsBehind, &[&by]),
    }
}

fn activity_in_words(account: &AccountView, lang: Lang) -> String {
    let activity = &account.activity;
    let gap = activity.longest_gap.map_or_else(String::new, |days| lang.say(Phrase::LongestGap, &[&days]));
    let originals = match activity.originals.of {
        0 => lang.word(Phrase::OriginalsUnknown).to_owned(),
        of => lang.say(Phrase::Originals, &[&activity.originals.own, &of]),
    };
    let covered = |since| lang.say(Phrase::CoveredFrom, &[&since]);
    let since = activity.covered_from.map_or_else(String::new, covered);
    lang.say(Phrase::Activity, &[&activity.posts_7d, &activity.posts_30d, &gap, &originals, &since])
}

fn health(way: &WayView) -> Phrase {
    match (way.health.as_str(), way.lacks_since) {
        ("well", Some(_)) => Phrase::LacksNewest,
        ("well", None) => Phrase::Well,
        ("troubled", _) => Phrase::Troubled,
        _ => Phrase::Unasked,
    }
}

fn remark(way: &WayView, lang: Lang) -> String {
    let trouble = way.cause.as_ref().map(|cause| harmless(&lang.cause(cause)));
    let since = way.troubled_since.or(way.lacks_since);
    let since = since.map(|since| lang.say(Phrase::SinceThen, &[&local(since)]));
    let bridge = way.bridge.as_ref().map(|bridge| lang.say(Phrase::ByBridge, &[bridge]));
    let remarks: Vec<String> = [bridge, since, trouble].into_iter().flatten().collect();
    remarks.join(if lang == Lang::Chinese { "，" } else { ", " })
}
