//! How all sources stand at present, for whoever watches the watcher: kept in memory, complete once every source has been
//! settled since the start.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::settle::Settled;
use crate::alert::OperatorKey;
use crate::alert::operator::OperatorPolicy;
use crate::assess::{Cause, Standing};
use crate::rules::Source;
use crate::schedule::Slot;
use crate::store::Course;

/// What is known of every source at once.
#[derive(Debug)]
pub(super) struct Picture {
    settled: Vec<bool>,
    unsettled: usize,
    /// Sources of which nothing is known yet.
    new: BTreeSet<Slot>,
    unknown: BTreeMap<Slot, Doubt>,
    turned_at: BTreeMap<Slot, DateTime<Utc>>,
}

/// Why nobody can say how a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Doubt {
    since: DateTime<Utc>,
    cause: Cause,
}

impl Picture {
    /// A picture of so many sources, none of which has been settled.
    pub(super) fn of(sources: usize) -> Self {
        Self {
            settled: vec![false; sources],
            unsettled: sources,
            new: BTreeSet::new(),
            unknown: BTreeMap::new(),
            turned_at: BTreeMap::new(),
        }
    }

    /// Takes in how a source stands; says whether that is news. What turned with its bridge is the bridge's doing: the
    /// operator hears of that by itself, and it is no sign that the county or the monitor has failed.
    pub(super) fn take(&mut self, slot: Slot, settled: &Settled, is_its_bridges: bool) -> bool {
        let mut completes_it = false;
        if let Some(is_settled) = self.settled.get_mut(slot.0 as usize)
            && !std::mem::replace(is_settled, true)
        {
            self.unsettled -= 1;
            completes_it = self.is_complete();
        }
        if settled.course == Course::New {
            self.new.insert(slot);
        } else {
            self.new.remove(&slot);
        }
        match settled.course {
            Course::Turned { since } if !is_its_bridges => {
                self.turned_at.insert(slot, since);
            }
            Course::Turned { .. } | Course::New | Course::Well | Course::NeverWell => {
                self.turned_at.remove(&slot);
            }
        }
        let is_told_apart = match (&settled.standing, settled.unknown_since) {
            (Standing::Unknown(cause), Some(since)) => {
                let doubt = Doubt { since, cause: cause.clone() };
                self.unknown.insert(slot, doubt.clone()) != Some(doubt)
            }
            _ => self.unknown.remove(&slot).is_some(),
        };
        is_told_apart || completes_it
    }

    /// Sources of which something is known, and when those that are bad and were well before turned so.
    pub(super) fn turns(&self) -> (usize, Vec<DateTime<Utc>>) {
        (self.settled.len() - self.new.len(), self.turned_at.values().copied().collect())
    }

    /// Whether nothing is missing: before that, what is not in the picture may yet be so.
    pub(super) fn is_complete(&self) -> bool {
        self.unsettled == 0
    }

    /// What the operator should know of, by key, in words; and when there will be more.
    pub(super) fn matters(
        &self,
        sources: &[Source],
        policy: &OperatorPolicy,
        now: DateTime<Utc>,
    ) -> (BTreeMap<OperatorKey, String>, Option<DateTime<Utc>>) {
        let mut by_key: BTreeMap<OperatorKey, Vec<(&Source, &Doubt)>> = BTreeMap::new();
        let mut next_at = None;
        for (slot, doubt) in &self.unknown {
            let Some(source) = sources.get(slot.0 as usize) else { continue };
            if is_told_of_its_ways(source, &doubt.cause) {
                continue;
            }
            let key = key_of(source, &doubt.cause);
            let lasts_until = match key {
                OperatorKey::Unknown { .. } => doubt.since + policy.unknown_after,
                _ => doubt.since,
            };
            if lasts_until <= now {
                by_key.entry(key).or_default().push((source, doubt));
            } else {
                next_at = [next_at, Some(lasts_until)].into_iter().flatten().min();
            }
        }
        (by_key.into_iter().map(|(key, doubts)| (key, in_words(&doubts))).collect(), next_at)
    }
}

/// Whether a matter is one that the picture raises and ends.
pub(super) fn is_of_the_picture(key: &OperatorKey) -> bool {
    matches!(key, OperatorKey::Unknown { .. } | OperatorKey::Redesigned { .. } | OperatorKey::Blocked { .. })
}

/// Whether the operator hears of the trouble by the account's ways, or by their bridge.
fn is_told_of_its_ways(source: &Source, cause: &Cause) -> bool {
    let is_a_ways = matches!(
        cause,
        Cause::WayRefused(_)
            | Cause::SickBridge { .. }
            | Cause::ListsBehind { .. }
            | Cause::CannotFetch(_)
            | Cause::CannotRead(_)
            | Cause::Blocked(_)
    );
    source.is_read_by_ways() && is_a_ways
}

fn key_of(source: &Source, cause: &Cause) -> OperatorKey {
    let host = source.url.host_str().unwrap_or_default().to_owned();
    match cause {
        Cause::Redesigned(_) => OperatorKey::Redesigned { host },
        Cause::Blocked(_) => OperatorKey::Blocked { host },
        _ => OperatorKey::Unknown { host },
    }
}

/// Sources named in one text; the others are counted.
const NAMED: usize = 5;

fn in_words(doubts: &[(&Source, &Doubt)]) -> String {
    let named: Vec<String> = doubts
        .iter()
        .take(NAMED)
        .map(|(source, doubt)| format!("“{}”（{}）{}", source.name, source.id, doubt.cause.chinese()))
        .collect();
    let others = doubts.len().saturating_sub(NAMED);
    let others = if others > 0 { format!("；另有 {others} 个") } else { String::new() };
    format!("{} 个监测对象：{}{others}", doubts.len(), named.join("；"))
}
