//! One rate limiter and one concurrency cap per politeness key.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use url::Url;

use crate::clock::Clock;
use crate::rules::{HostPace, Source, Way, host_name};

/// What is asked politely as one: a host, lower case, with its port where it is not the scheme's own; or a bridge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostKey(Arc<str>);

impl HostKey {
    /// The key of an address.
    pub fn of(url: &Url) -> Self {
        Self(host_name(url).into())
    }

    /// The key of a way to read an account: its bridge, or its host. `None` where nobody is asked.
    pub fn of_way(way: &Way) -> Option<Self> {
        way.upstream().map(|upstream| Self(upstream.into()))
    }

    /// The key of a column, or of the first way to read a feed that asks anybody.
    pub fn of_source(source: &Source) -> Self {
        source.ways.iter().find_map(Self::of_way).unwrap_or_else(|| Self::of(&source.url))
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a request may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It may; it has been counted.
    Granted,
    /// Not before this instant.
    NotBefore(DateTime<Utc>),
    /// Not before one that is under way ends.
    WhenOneEnds,
}

/// The paces of all hosts.
pub struct Pacing {
    clock: Clock,
    configured: HashMap<String, HostPace>,
    paces: Vec<Pace>,
    by_host: HashMap<HostKey, usize>,
}

/// Index of a host's pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PaceIndex(pub(super) usize);

struct Pace {
    limiter: RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<Nanos>>,
    configured: Option<HostPace>,
    /// How far apart the host itself wants requests to be.
    wish: Option<Duration>,
    concurrent: u32,
    under_way: u32,
}

impl Pacing {
    /// Paces for `hosts` as configured; every other host gets one request at a time, one a second.
    pub fn new(clock: Clock, hosts: &[HostPace]) -> Self {
        let configured = hosts.iter().map(|host| (host.name.clone(), host.clone())).collect();
        Self { clock, configured, paces: Vec::new(), by_host: HashMap::new() }
    }

    pub(super) fn index_of(&mut self, host: &HostKey) -> PaceIndex {
        if let Some(index) = self.by_host.get(host) {
            return PaceIndex(*index);
        }
        let index = self.paces.len();
        self.paces.push(Pace::new(self.configured.get(&*host.0).cloned(), &self.clock));
        self.by_host.insert(host.clone(), index);
        PaceIndex(index)
    }

    pub(super) fn ask(&mut self, index: PaceIndex, now: DateTime<Utc>) -> Permission {
        let pace = &mut self.paces[index.0];
        if pace.under_way >= pace.concurrent {
            return Permission::WhenOneEnds;
        }
        match pace.limiter.check() {
            Ok(()) => {
                pace.under_way += 1;
                Permission::Granted
            }
            Err(refusal) => {
                let wait = refusal.wait_time_from(governor::clock::Clock::now(&self.clock));
                // Rounded up, since the store and the clocks count in milliseconds.
                let wait =
                    TimeDelta::from_std(wait).unwrap_or(TimeDelta::seconds(1)) + TimeDelta::milliseconds(1);
                Permission::NotBefore(now + wait)
            }
        }
    }

    /// Keeps requests at least so far apart as the host wishes; a slower pace of the rules stays.
    pub(super) fn heed(&mut self, index: PaceIndex, wish: Option<Duration>) {
        let pace = &mut self.paces[index.0];
        if pace.wish != wish {
            pace.wish = wish;
            pace.limiter = limiter(pace.configured.as_ref(), wish, &self.clock);
        }
    }

    pub(super) fn ended(&mut self, index: PaceIndex) {
        let pace = &mut self.paces[index.0];
        pace.under_way = pace.under_way.saturating_sub(1);
    }
}

impl Pace {
    fn new(configured: Option<HostPace>, clock: &Clock) -> Self {
        let concurrent = configured.as_ref().map_or(1, |host| host.concurrent);
        let limiter = limiter(configured.as_ref(), None, clock);
        Self { limiter, configured, wish: None, concurrent, under_way: 0 }
    }
}

fn limiter(
    configured: Option<&HostPace>,
    wish: Option<Duration>,
    clock: &Clock,
) -> RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<Nanos>> {
    let (per_second, burst) = configured.map_or((1.0, 1), |host| (host.requests_per_second, host.burst));
    let own = Duration::from_secs_f64(1.0 / per_second.max(1e-6));
    let (period, burst) = match wish {
        Some(wish) if wish > own => (wish, NonZeroU32::MIN),
        Some(_) | None => (own, NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)),
    };
    let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
    let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
    // The process before this one may have asked a moment ago: a new limiter starts as if it had just used
    // up its burst, so that restarts never add up to more than the rate.
    let _granted = limiter.check_n(burst);
    limiter
}
