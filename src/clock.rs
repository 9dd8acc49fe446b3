//! The only reader of the wall clock.
//!
//! Everything that decides takes `now` as an argument; the shell asks a [`Clock`] once per step and passes the instant
//! down. A [`Stepped`] clock stands still until it is moved, so that a simulation can play months in seconds with real
//! sockets: while a request is under way no time passes, and time moves only between steps.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::nanos::Nanos;
use tokio::sync::watch;
use tokio::time::Instant;

/// Where instants come from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that a simulation moves.
    Stepped(Stepped),
}

/// A clock that stands still until it is moved, or runs from where it stands once released. Clones share the time.
#[derive(Debug, Clone)]
pub struct Stepped(Arc<watch::Sender<Reading>>);

#[derive(Debug, Clone, Copy)]
struct Reading {
    at: DateTime<Utc>,
    running_since: Option<Instant>,
}

impl Clock {
    /// The present instant, in whole milliseconds as the store keeps them.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => in_milliseconds(system_now()),
            Self::Stepped(stepped) => stepped.now(),
        }
    }

    /// Waits until `at` has come. On a stepped clock that means: until somebody moves it there.
    pub async fn sleep_until(&self, at: DateTime<Utc>) {
        match self {
            Self::System => {
                // A long sleep is cut into pieces, so that a corrected wall clock is noticed within a minute.
                while let Some(left) = time_left(at, system_now()) {
                    tokio::time::sleep(left.min(Duration::from_secs(60))).await;
                }
            }
            Self::Stepped(stepped) => stepped.sleep_until(at).await,
        }
    }
}

impl Stepped {
    /// A clock that stands at `at`.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(Arc::new(watch::Sender::new(Reading { at, running_since: None })))
    }

    /// The instant it shows.
    pub fn now(&self) -> DateTime<Utc> {
        let reading = *self.0.borrow();
        in_milliseconds(reading.at + reading.running_since.map_or(TimeDelta::zero(), elapsed))
    }

    /// Moves the clock forward to `at`; an instant in its past leaves it where it is.
    pub fn step_to(&self, at: DateTime<Utc>) {
        self.0.send_modify(|reading| reading.at = reading.at.max(at));
    }

    /// Lets the clock run on at the pace of real time.
    pub fn release(&self) {
        self.0.send_modify(|reading| reading.running_since = Some(Instant::now()));
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        let mut moved = self.0.subscribe();
        while let Some(left) = time_left(at, self.now()) {
            let running = moved.borrow_and_update().running_since.is_some();
            tokio::select! {
                _ = moved.changed() => {}
                () = tokio::time::sleep(left), if running => {}
            }
        }
    }
}

/// The rate limiters run on the same clock as everything else, so that a stepped clock paces them too.
impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let nanoseconds = Clock::now(self).timestamp_nanos_opt().unwrap_or(0);
        Nanos::new(u64::try_from(nanoseconds).unwrap_or(0))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

fn in_milliseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
}

fn elapsed(since: Instant) -> TimeDelta {
    TimeDelta::from_std(since.elapsed()).unwrap_or(TimeDelta::zero())
}

fn time_left(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (at - now).to_std().ok().filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinSet;

    fn start() -> DateTime<Utc> {
        "2022-09-28T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_stepped_clock_never_goes_back() {
        let clock = Stepped::at(start());
        clock.step_to(start() + TimeDelta::days(1));
        clock.step_to(start());
        assert_eq!(clock.now(), start() + TimeDelta::days(1));
    }

    #[tokio::test]
    async fn whoever_sleeps_on_a_stepped_clock_wakes_when_it_is_moved_far_enough() {
        let stepped = Stepped::at(start());
        let clock = Clock::Stepped(stepped.clone());
        let mut sleepers = JoinSet::new();
        sleepers.spawn(async move { clock.sleep_until(start() + TimeDelta::days(2)).await });
        tokio::task::yield_now().await;
        stepped.step_to(start() + TimeDelta::days(1));
        tokio::task::yield_now().await;
        assert!(sleepers.try_join_next().is_none());
        stepped.step_to(start() + TimeDelta::days(2));
        sleepers.join_next().await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_released_clock_runs_on_from_where_it_stood() {
        let stepped = Stepped::at(start());
        stepped.release();
        let clock = Clock::Stepped(stepped);
        clock.sleep_until(start() + TimeDelta::hours(3)).await;
        assert!(clock.now() >= start() + TimeDelta::hours(3));
    }
}
