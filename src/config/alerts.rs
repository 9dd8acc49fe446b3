//! Who hears what, when: `[alert]`, `[[operator]]`, `[oversight]`, `[breaker]`, `[anchors]`.

use chrono::{Days, NaiveTime, TimeDelta};
use url::Url;

use super::{DigestHours, MailDays, read_address};
use crate::alert::{self, Addressee, BreakerPolicy, OperatorPolicy};
use crate::rules::Table;

pub(super) fn read_alert(root: &Table<'_>) -> (alert::Policy, DigestHours, Vec<alert::Kind>) {
    let (usual, hours) = (alert::Policy::default(), DigestHours::default());
    let Some(table) = root.optional_table("alert") else { return (usual, hours, Vec::new()) };
    let days = |key| table.optional_integer(key, 1..=366).map(|days| Days::new(u64::from(days)));
    let policy = alert::Policy {
        remind_every: days("remind-every-days").unwrap_or(usual.remind_every),
        escalate_after: days("escalate-after-days").unwrap_or(usual.escalate_after),
    };
    let hours = DigestHours {
        from: time_of_day(&table, "digest-from", hours.from),
        until: time_of_day(&table, "digest-until", hours.until),
        days: table
            .optional_word("digest-days", &[("working", MailDays::Working), ("every", MailDays::Every)])
            .unwrap_or(hours.days),
        gather: table.duration_or("digest-gather", hours.gather),
    };
    let at_once = read_at_once(&table);
    if hours.from >= hours.until {
        table.report("digest-until", "must be later than digest-from, or no digest is ever sent");
    }
    table.finish();
    (policy, hours, at_once)
}

fn read_at_once(table: &Table<'_>) -> Vec<alert::Kind> {
    let kind_of =
        |word: &String| alert::Kind::WORDS.iter().find(|(known, _)| known == word).map(|(_, kind)| *kind);
    let words = table.strings("at-once");
    if let Some(odd) = words.iter().find(|word| kind_of(word).is_none()) {
        let known: Vec<&str> = alert::Kind::WORDS.iter().map(|(word, _)| *word).collect();
        table.report("at-once", format!("`{odd}` is not known, allowed: {}", known.join(", ")));
    }
    words.iter().filter_map(kind_of).collect()
}

pub(super) fn read_operator(table: &Table<'_>) -> Option<Addressee> {
    let name = table.string("name");
    let email = read_address(table, "email", true);
    table.finish();
    Some(Addressee { name: name?, email: email? })
}

pub(super) fn read_oversight(root: &Table<'_>) -> OperatorPolicy {
    let usual = OperatorPolicy::default();
    let Some(table) = root.optional_table("oversight") else { return usual };
    let policy = OperatorPolicy {
        unknown_after: table.duration_or("unknown-after", usual.unknown_after),
        remind_every: table.duration_or("remind-every", usual.remind_every),
        gather: table.duration_or("gather", usual.gather),
    };
    if policy.remind_every < TimeDelta::days(1) {
        table.report("remind-every", "must be a day at least, or nobody reads it any more");
    }
    table.finish();
    policy
}

pub(super) fn read_breaker(root: &Table<'_>) -> BreakerPolicy {
    let usual = BreakerPolicy::default();
    let Some(table) = root.optional_table("breaker") else { return usual };
    let at_least = table.optional_integer("at-least", 1..=1_000_000);
    let policy = BreakerPolicy {
        share: table.optional_integer("share-percent", 1..=100).unwrap_or(usual.share),
        at_least: at_least
            .map_or(usual.at_least, |sources| usize::try_from(sources).unwrap_or(usual.at_least)),
        within: table.duration_or("within", usual.within),
    };
    table.finish();
    policy
}

pub(super) fn read_anchors(table: &Table<'_>) -> Vec<Url> {
    let mut anchors = Vec::new();
    for text in table.strings("urls") {
        match Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        {
            Some(url) => anchors.push(url),
            None => {
                table.report("urls", format!("`{text}` is not an address, wanted: http://… or https://…"));
            }
        }
    }
    table.finish();
    anchors
}

fn time_of_day(table: &Table<'_>, key: &'static str, default: NaiveTime) -> NaiveTime {
    let Some(text) = table.optional_string(key) else { return default };
    NaiveTime::parse_from_str(&text, "%H:%M").unwrap_or_else(|_| {
        table.report(key, format!("`{text}` is not a time of day, wanted: \"09:00\""));
        default
    })
}
