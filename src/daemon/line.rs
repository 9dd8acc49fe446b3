//! What every task of the daemon shares.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::changes::Changes;
use super::histogram::Histogram;
use super::reload::LastReload;
use super::settle::Terms;
use crate::assess::Calendar;
use crate::clock::Clock;
use crate::config::{Config, DigestHours};
use crate::deliver::{FileDrop, Smtp, Transport};
use crate::extract::Extractor;
use crate::extract::Reading;
use crate::fetch::{Fetcher, Renderer, Robots};
use crate::rules::{Rules, Source, SourceId};
use crate::schedule::Slot;
use crate::store::{Store, StoreError, Stored};
use crate::{alert, assess, config, fetch};

/// Rules, store, clock and the tools of the line.
pub struct Line {
    /// What is watched. Never changes; new rules make a new line.
    pub rules: Rules,
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What has been done since start.
    pub counters: Counters,
    /// What has been settled since the last look at it.
    pub changes: Changes,
    /// Whether the rules on disk could be taken on when that was last tried.
    pub last_reload: LastReload,
    /// Woken when there is something new to tell a unit.
    pub(super) news: Notify,
    pub(super) fetcher: Fetcher,
    /// For pages drawn by script.
    pub(super) renderer: Renderer,
    /// A plain mutex: it is held to look something up and never across an await.
    pub(super) robots: Mutex<Robots>,
    pub(super) workers: usize,
    pub(super) digests: DigestHours,
    pub(super) calendar: Calendar,
    pub(super) assess: assess::Policy,
    pub(super) alert: alert::Policy,
    /// By slot; sources that are read the same way share one.
    extractors: Vec<Arc<Extractor>>,
    slots: HashMap<SourceId, Slot>,
}

/// What the daemon has done since it started.
#[derive(Debug, Default)]
pub struct Counters {
    /// Polls ended.
    pub polls: AtomicU64,
    /// Of these, pages that had not changed.
    pub unchanged: AtomicU64,
    /// Of these, polls that failed.
    pub failed: AtomicU64,
    /// Bytes of pages received.
    pub bytes: AtomicU64,
    /// Changes of alerts.
    pub alerts: AtomicU64,
    /// Mails accepted by the transport.
    pub mails: AtomicU64,
    /// How long requests to watched sites took.
    pub requests: Histogram,
    /// How long answers at the door took to make.
    pub answers: Histogram,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }
}

impl Line {
    /// Puts the line together. Nothing is bound, sent or started yet.
    ///
    /// # Errors
    /// If the store cannot be opened, or the HTTP client cannot be built.
    pub fn build(config: &Config, rules: Rules, clock: Clock) -> anyhow::Result<Self> {
        let store = Store::open(&config.state_dir, &rules.county.id)?;
        Self::build_on(store, config, rules, clock)
    }

    /// Puts the line together on a store that is open.
    ///
    /// # Errors
    /// If the HTTP client cannot be built.
    pub fn build_on(store: Store, config: &Config, rules: Rules, clock: Clock) -> anyhow::Result<Self> {
        let exceptions = rules.county.exceptions.clone();
        let fetcher = Fetcher::new(fetch::Settings { exceptions, ..config.fetch.clone() })?;
        let renderer = Renderer::new(fetch::RenderSettings {
            zone: rules.county.zone,
            exceptions: rules.county.exceptions.clone(),
            ..config.render.clone()
        });
        let robots = Mutex::new(Robots::new(&rules.county.exceptions));
        let extractors = build_extractors(&rules)?;
        let slots =
            rules.sources.iter().zip(0..).map(|(source, slot)| (source.id.clone(), Slot(slot))).collect();
        let calendar = Calendar { zone: rules.county.zone, cut_off_day: rules.county.cut_off_day };
        Ok(Self {
            rules,
            store,
            clock,
            counters: Counters::default(),
            changes: Changes::default(),
            last_reload: LastReload::default(),
            news: Notify::new(),
            fetcher,
            robots,
            renderer,
            workers: config.workers,
            digests: config.digests,
            calendar,
            assess: config.assess,
            alert: config.alert,
            extractors,
            slots,
        })
    }

    /// The source at a slot.
    pub fn source(&self, slot: Slot) -> &Source {
        &self.rules.sources[slot.0 as usize]
    }

    /// The slot of a source; `None` where the rules do not know it.
    pub fn slot(&self, id: &SourceId) -> Option<Slot> {
        self.slots.get(id).copied()
    }

    /// What is held of a source, as far as it counts under the present rule.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn stored(&self, source: &Source) -> Result<Stored, StoreError> {
        let stored = self.store.source(&source.id)?;
        let record = Arc::new(stored.record.under_rule(source.fingerprint, source.place).into_owned());
        Ok(Stored { record, ..stored })
    }

    /// The terms on which a source is judged.
    pub fn terms<'a>(&'a self, source: &'a Source) -> Terms<'a> {
        Terms { source, calendar: &self.calendar, assess: &self.assess, alert: &self.alert }
    }

    /// The county's calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// How sure we must be before anybody is accused.
    pub fn assess_policy(&self) -> &assess::Policy {
        &self.assess
    }

    pub(super) fn extractor(&self, slot: Slot) -> &Extractor {
        &self.extractors[slot.0 as usize]
    }
}

/// The transport that the configuration asks for.
pub(super) fn transport(mail: &config::Mail) -> Transport {
    match &mail.route {
        config::Route::Smtp(settings) => Transport::Smtp(Smtp::new(settings.clone(), mail.sender.clone())),
        config::Route::File(directory) => Transport::File(FileDrop::new(directory, mail.sender.clone())),
    }
}

fn build_extractors(rules: &Rules) -> anyhow::Result<Vec<Arc<Extractor>>> {
    let mut distinct: Vec<(Arc<Reading>, Arc<Extractor>)> = Vec::new();
    let mut extractors = Vec::with_capacity(rules.sources.len());
    for source in &rules.sources {
        let known = distinct.iter().find(|(reading, _)| *reading == source.reading);
        let extractor = match known {
            Some((_, extractor)) => Arc::clone(extractor),
            None => {
                let extractor = Arc::new(Extractor::new(&source.reading)?);
                distinct.push((Arc::clone(&source.reading), Arc::clone(&extractor)));
                extractor
            }
        };
        extractors.push(extractor);
    }
    Ok(extractors)
}
