//! Sources that have got another id, with all that is held of them.

use chrono::{DateTime, Utc};
use sled::transaction::Transactional;
use sled::{IVec, Tree};

use super::codec::{decode, encode, prefix};
use super::error::StoreError;
use super::records::SightingRecord;
use super::sled_store::{Store, abort, failed};
use super::ways::PatrolRecord;
use crate::alert::{Matter, Stance};
use crate::rules::SourceId;

/// One entry on its way.
struct Moved {
    /// The place of its tree among those of the transaction.
    tree: usize,
    from: IVec,
    to: Vec<u8>,
    value: Vec<u8>,
}

/// The trees of the transaction, by place.
const SOURCES: usize = 0;
const SIGHTINGS: usize = 1;
const OBSERVATIONS: usize = 2;
const TOLD: usize = 3;
const STANCES: usize = 4;
const PATROLS: usize = 5;
const MENUS: usize = 6;
const MATTERS: usize = 7;

impl Store {
    /// Gives the state and the history of a source to the id that it has now, in one transaction, and says whether there
    /// was anything to give. Doing so again changes nothing. What both ids have seen or said stays known once; where the
    /// new id has a state of its own already, that stays, and the old one is left where it is. What happened under the old
    /// id (`events`, `audit`, issued bulletins) stays told under it.
    ///
    /// Nobody may be polling or judging meanwhile.
    ///
    /// # Errors
    /// If the database fails; then nothing was changed.
    pub fn rename(&self, old: &SourceId, new: &SourceId) -> Result<bool, StoreError> {
        let trees = self.trees_of_sources();
        let mut moved = self.present_of(old, new)?;
        for tree in [SIGHTINGS, OBSERVATIONS, TOLD, STANCES, PATROLS, MENUS] {
            for entry in trees[tree].scan_prefix(prefix(old.as_str())) {
                let (from, value) = entry?;
                let to = [prefix(new.as_str()).as_slice(), &from[old.as_str().len() + 1..]].concat();
                moved.push(Moved { tree, from, to, value: under_its_new_id(tree, new, &value)? });
            }
        }
        moved.extend(self.matters_of(old, new)?);
        if moved.is_empty() {
            return Ok(false);
        }
        let outcome = trees[..].transaction(|trees| {
            for Moved { tree: place, from, to, value } in &moved {
                let tree = &trees[*place];
                tree.remove(from)?;
                let there = tree.get(to)?;
                let is_older =
                    |there: &IVec| Ok(*place == SIGHTINGS && first_seen_at(value)? < first_seen_at(there)?);
                if there.as_ref().map_or(Ok(true), is_older).map_err(abort)? {
                    tree.insert(to.as_slice(), value.as_slice())?;
                }
            }
            Ok(())
        });
        let both = [old.clone(), new.clone()];
        self.present.forget(&both);
        self.histories.forget(&both);
        outcome.map_err(failed)?;
        self.told.read_anew()?;
        // Where a crash comes in between, the new id is polled at once.
        self.polls.rename(old, new);
        self.polls.write()?;
        Ok(true)
    }

    fn trees_of_sources(&self) -> [Tree; 8] {
        [
            &self.sources,
            &self.sightings,
            &self.observations,
            &self.told.tree,
            &self.stances,
            &self.patrols,
            &self.menus,
            &self.matters,
        ]
        .map(Tree::clone)
    }

    /// How the old id stands, unless the new one has been polled already.
    fn present_of(&self, old: &SourceId, new: &SourceId) -> Result<Vec<Moved>, StoreError> {
        let mut moved = Vec::new();
        if self.sources.contains_key(new.as_str())? {
            return Ok(moved);
        }
        if let Some(value) = self.sources.get(old.as_str())? {
            let (from, to) = (IVec::from(old.as_str()), new.as_str().into());
            moved.push(Moved { tree: SOURCES, from, to, value: value.to_vec() });
        }
        Ok(moved)
    }

    /// What the unit is still to be told of the source.
    fn matters_of(&self, old: &SourceId, new: &SourceId) -> Result<Vec<Moved>, StoreError> {
        let mut moved = Vec::new();
        for entry in self.matters.scan_prefix(prefix(old.unit().as_str())) {
            let (from, value) = entry?;
            let matter: Matter = decode("matters", &value)?;
            if matter.source != *old {
                continue;
            }
            // Behind the unit, its zero, the instant and its zero.
            let (head, rest) = from.split_at(old.unit().as_str().len() + 1 + 8 + 1);
            let to = [head, new.as_str().as_bytes(), &rest[old.as_str().len()..]].concat();
            let value = encode("matters", &Matter { source: new.clone(), ..matter })?;
            moved.push(Moved { tree: MATTERS, from, to, value });
        }
        Ok(moved)
    }
}

fn first_seen_at(record: &[u8]) -> Result<DateTime<Utc>, StoreError> {
    Ok(decode::<SightingRecord>("sightings", record)?.first_seen_at)
}

/// Values that name their source name the new one.
fn under_its_new_id(tree: usize, new: &SourceId, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    match tree {
        STANCES => encode("stances", &Stance { source: new.clone(), ..decode("stances", value)? }),
        PATROLS => encode("patrols", &PatrolRecord { source: new.clone(), ..decode("patrols", value)? }),
        _ => Ok(value.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::alert::{Change, Level, StanceKind, State};
    use crate::extract::{DateKind, Found, Sighting, Sureness};
    use crate::rules::UnitId;
    use crate::store::{Observation, PollRecord, SourceRecord, Update};

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn id(local: &str) -> SourceId {
        SourceId::new(format!("a/{local}"))
    }

    fn item(title: &str) -> Sighting {
        Sighting {
            title: title.into(),
            url: "http://a.example/1".into(),
            date: "2022-12-01".parse().unwrap(),
            raw_date: "2022-12-01".into(),
            found: Found::Record,
            kind: DateKind::Published,
            sureness: Sureness::Sure,
        }
    }

    /// A poll that read these items, with all that may come of one.
    fn poll(store: &Store, id: &SourceId, now: DateTime<Utc>, hash: u64, titles: &[&str]) {
        let change = Change::Raised { level: Level::Overdue };
        let update = Update {
            poll: Some(PollRecord {
                next_poll_at: now,
                polled_at: Some(now),
                seen_at: Some(now),
                failures: 0,
            }),
            record: Some(SourceRecord { body_hash: Some(hash), ..SourceRecord::default() }),
            sightings: titles.iter().map(|title| item(title)).collect(),
            observations: vec![(now, Observation::RuleChanged)],
            matters: vec![Matter { source: id.clone(), at: now, change, before: State::Quiet }],
            ..Update::default()
        };
        store.update(std::slice::from_ref(id), now, |_, _| (update.clone(), ())).unwrap();
    }

    fn stance(source: SourceId) -> Stance {
        let kind = StanceKind::Silenced { until: at(99) };
        Stance { source, given_at: at(2), by: "w".into(), reason: "r".into(), kind }
    }

    fn titles(store: &Store, id: &SourceId) -> Vec<(String, DateTime<Utc>)> {
        let mut seen: Vec<_> = store.sightings(id).unwrap();
        seen.sort_by_key(|record| record.sighting.title.clone());
        seen.into_iter().map(|record| (record.sighting.title, record.first_seen_at)).collect()
    }

    #[test]
    fn all_that_is_held_goes_to_the_new_id_and_going_again_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        let (old, new) = (id("old"), id("new"));
        poll(&store, &old, at(1), 7, &["x", "y"]);
        poll(&store, &id("old-2"), at(1), 8, &["z"]);
        store.keep_stance(&stance(old.clone())).unwrap();
        assert_eq!((titles(&store, &old).len(), titles(&store, &new).len()), (2, 0), "asked for before too");
        assert!(store.rename(&old, &new).unwrap());
        for _ in 0..2 {
            let held = store.source(&new).unwrap();
            assert_eq!((held.record.body_hash, held.poll.unwrap().polled_at), (Some(7), Some(at(1))));
            assert_eq!(titles(&store, &new), [("x".to_owned(), at(1)), ("y".to_owned(), at(1))]);
            assert!(store.rule_changed_between(&new, at(0), at(9)).unwrap());
            assert_eq!(store.stances().unwrap(), [stance(new.clone())]);
            let told: Vec<SourceId> =
                store.matters(&UnitId::new("a")).unwrap().into_iter().map(|w| w.matter.source).collect();
            assert_eq!(told, [new.clone(), id("old-2")]);
            let left = store.source(&old).unwrap();
            assert!(left.poll.is_none() && titles(&store, &old).is_empty());
            assert_eq!(store.source(&id("old-2")).unwrap().record.body_hash, Some(8), "another source");
            assert!(!store.rename(&old, &new).unwrap(), "there is nothing left to give");
        }
    }

    #[test]
    fn where_the_new_id_was_polled_before_its_state_stays_and_what_was_seen_first_was_seen_then() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path(), "langxi").unwrap();
        let (old, new) = (id("old"), id("new"));
        poll(&store, &old, at(1), 7, &["x", "y"]);
        poll(&store, &new, at(5), 9, &["y", "z"]);
        assert!(store.rename(&old, &new).unwrap());
        assert_eq!(store.source(&new).unwrap().record.body_hash, Some(9));
        let seen = [("x", 1), ("y", 1), ("z", 5)].map(|(title, minute)| (title.to_owned(), at(minute)));
        assert_eq!(titles(&store, &new), seen);
        assert!(!store.rename(&old, &new).unwrap());
    }
}
