//! What every task of the daemon shares.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use url::Url;

use super::changes::Changes;
use super::histogram::Histogram;
use super::judge::JudgeAgenda;
use super::lasting::Lasting;
use super::picture::Picture;
use super::reload::LastReload;
use super::settle::Terms;
use super::stances::Stances;
use crate::alert::{Addressee, BreakerPolicy, OperatorPolicy, Standpoint, State};
use crate::assess::{BridgeHealth, Calendar, WorkDays};
use crate::clock::Clock;
use crate::config::{Config, DigestHours};
use crate::deliver::{Choice, FileDrop, Post, Robot, Smtp, Transport};
use crate::extract::Extractor;
use crate::extract::Reading;
use crate::fetch::{Fetcher, Renderer, Robots, Tokens};
use crate::rules::{BridgeId, Rules, Source, SourceId};
use crate::schedule::Slot;
use crate::secrets::Secrets;
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
    pub counters: Arc<Counters>,
    /// When that was.
    pub started_at: DateTime<Utc>,
    /// The generation of what the door showed last; it goes on under new rules.
    pub generation: Arc<AtomicU64>,
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
    pub(super) robots: Arc<Mutex<Robots>>,
    /// Sources that a line which has ended was asked to poll in full and did not get to. A plain mutex, as above.
    pub(super) wanted: Arc<Mutex<BTreeSet<SourceId>>>,
    pub(super) workers: usize,
    pub(super) digests: DigestHours,
    pub(super) at_once: Vec<alert::Kind>,
    pub(super) calendar: Calendar,
    pub(super) assess: assess::Policy,
    pub(super) alert: alert::Policy,
    /// Who is told what keeps the monitor from its work.
    pub(super) operators: Vec<Addressee>,
    pub(super) operator: OperatorPolicy,
    /// Which notices the robots get.
    pub(super) choices: Vec<Choice>,
    /// How long a notice is tried.
    pub(super) give_up_after: TimeDelta,
    pub(super) breaker: BreakerPolicy,
    /// Pages that answer as long as our own network is up.
    pub(super) anchors: Vec<Url>,
    /// A plain mutex, as above.
    pub(super) picture: Mutex<Picture>,
    /// See [`Self::settling`]; another plain mutex, as all these.
    settling: Mutex<()>,
    /// What people have said of sources.
    pub(super) stances: Arc<Mutex<Stances>>,
    /// When to judge which source next.
    pub(super) judgements: JudgeAgenda,
    /// Secrets of ways to read accounts.
    pub(super) secrets: Secrets,
    /// A plain mutex, as above.
    pub(super) tokens: Arc<Mutex<Tokens>>,
    /// Where files are handed in.
    pub(super) import_dir: PathBuf,
    /// In bytes.
    pub(super) longest_import: u64,
    /// What is polled, by slot: the sources of the rules, then the canaries of their bridges.
    watched: Vec<Source>,
    /// How each bridge stood when its accounts were last settled by it. A plain mutex, as above.
    pub(super) bridges: Mutex<BTreeMap<BridgeId, BridgeHealth>>,
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
        let lasting = Lasting::open(config, &rules.county.id, clock.now())?;
        Self::build_on(lasting, config, rules, clock)
    }

    /// Puts the line together on what lasts.
    ///
    /// # Errors
    /// If the HTTP client cannot be built, or the store fails.
    pub fn build_on(lasting: Lasting, config: &Config, rules: Rules, clock: Clock) -> anyhow::Result<Self> {
        lasting.rename_by(&rules)?;
        let Lasting { store, stances, tokens, started_at, counters, generation, robots, wanted } = lasting;
        let exceptions = rules.county.exceptions.clone();
        let fetcher = Fetcher::new(fetch::Settings { exceptions, ..config.fetch.clone() })?;
        let renderer = Renderer::new(fetch::RenderSettings {
            zone: rules.county.zone,
            exceptions: rules.county.exceptions.clone(),
            ..config.render.clone()
        });
        robots.lock().unwrap_or_else(PoisonError::into_inner).except(&rules.county.exceptions);
        let canaries = rules.bridges.iter().flat_map(|bridge| &bridge.canaries);
        let watched: Vec<Source> = rules.sources.iter().chain(canaries).cloned().collect();
        let extractors = build_extractors(&watched)?;
        let slots = watched.iter().zip(0..).map(|(source, slot)| (source.id.clone(), Slot(slot))).collect();
        let calendar = Calendar { zone: rules.county.zone, cut_off_day: rules.county.cut_off_day };
        let picture = Mutex::new(Picture::of(rules.sources.len()));
        Ok(Self {
            rules,
            store,
            clock,
            counters,
            started_at,
            generation,
            changes: Changes::default(),
            last_reload: LastReload::default(),
            news: Notify::new(),
            fetcher,
            robots,
            wanted,
            renderer,
            workers: config.workers,
            digests: config.digests,
            at_once: config.at_once.clone(),
            calendar,
            assess: config.assess,
            alert: config.alert,
            operators: config.operators.clone(),
            operator: config.operator,
            choices: config.mail.channels.iter().map(|channel| channel.choice.clone()).collect(),
            give_up_after: config.mail.give_up_after,
            breaker: config.breaker,
            anchors: config.anchors.clone(),
            picture,
            settling: Mutex::default(),
            stances,
            judgements: JudgeAgenda::default(),
            secrets: Secrets::of_system(config.secrets.clone()),
            tokens,
            import_dir: config.import_dir.clone(),
            longest_import: config.fetch.longest_body,
            watched,
            bridges: Mutex::default(),
            extractors,
            slots,
        })
    }

    /// To be held by whoever settles sources, from before the decision until it has been told: otherwise what was decided
    /// first might be told last, and the daemon's tables would go by it until the next poll.
    pub(super) fn settling(&self) -> MutexGuard<'_, ()> {
        self.settling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The source at a slot.
    pub fn source(&self, slot: Slot) -> &Source {
        &self.watched[slot.0 as usize]
    }

    /// All that is polled, in the order of slots: the sources of the rules, then the canaries of their bridges.
    pub(super) fn watched(&self) -> &[Source] {
        &self.watched
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
        let standpoint = self.standpoint(source, &State::Quiet, self.clock.now());
        Terms {
            source,
            calendar: &self.calendar,
            assess: &self.assess,
            alert: &self.alert,
            days: self.work_days(),
            exempt_until: standpoint.exempt_until(),
        }
    }

    /// The county's working days.
    pub fn work_days(&self) -> WorkDays<'_> {
        WorkDays::new(&self.rules.holidays)
    }

    /// What people have said of a source, as far as it counts at `at` while its alert is so.
    pub fn standpoint(&self, source: &Source, alert: &State, at: DateTime<Utc>) -> Standpoint {
        let stances = self.stances.lock().unwrap_or_else(PoisonError::into_inner);
        Standpoint::of(stances.about(&source.id), alert, at)
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

/// The ways out that the configuration asks for.
///
/// # Errors
/// If a robot's client cannot be built.
pub(super) fn post(mail: &config::Mail, clock: &Clock) -> anyhow::Result<Post> {
    let stationery = mail.stationery.clone();
    let transport = match &mail.route {
        config::Route::Smtp(settings) => Transport::Smtp(Smtp::new(settings.clone(), stationery)),
        config::Route::File(directory) => Transport::File(FileDrop::new(directory, stationery)),
    };
    let robots = mail.channels.iter().map(|channel| Robot::new(channel.settings.clone(), clock.clone()));
    Ok(Post::new(transport, robots.collect::<Result<_, _>>()?))
}

fn build_extractors(watched: &[Source]) -> anyhow::Result<Vec<Arc<Extractor>>> {
    let mut distinct: Vec<(Arc<Reading>, Arc<Extractor>)> = Vec::new();
    let mut extractors = Vec::with_capacity(watched.len());
    for source in watched {
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
