//! How often a robot may be written to.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::clock::Clock;

/// Three seconds apart makes twenty a minute, whichever minute is looked at: what 企业微信 and 钉钉 allow a robot. 飞书 allows
/// a hundred.
const APART: Duration = Duration::from_secs(3);

/// One robot's pace. It starts as if the robot had just been written to, so that no restart hurries it.
pub(super) struct Pace {
    clock: Clock,
    limiter: RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<Nanos>>,
}

impl Pace {
    pub(super) fn new(clock: Clock) -> Self {
        // A period of nothing is the one case without a quota.
        let quota = Quota::with_period(APART).unwrap_or(Quota::per_minute(std::num::NonZeroU32::MIN));
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        let _used_up = limiter.check();
        Self { clock, limiter }
    }

    /// Whether a message may go now; it is counted then. Otherwise: when.
    pub(super) fn ask(&self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        self.limiter.check().map_err(|refusal| {
            let wait = refusal.wait_time_from(governor::clock::Clock::now(&self.clock));
            // Rounded up, since the store and the clocks count in milliseconds.
            now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::seconds(3)) + TimeDelta::milliseconds(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Stepped;
    use crate::deliver::notice::samples::now;
    use proptest::prelude::*;

    #[test]
    fn a_robot_that_has_just_started_is_not_written_to_at_once() {
        let stepped = Stepped::at(now());
        let pace = Pace::new(Clock::Stepped(stepped.clone()));
        let not_before = pace.ask(now()).unwrap_err();
        assert!(not_before > now() && not_before <= now() + TimeDelta::seconds(4), "{not_before}");
        stepped.step_to(not_before);
        assert_eq!(pace.ask(not_before), Ok(()));
    }

    proptest! {
        #[test]
        fn no_minute_sees_more_than_twenty_messages(waits in proptest::collection::vec(0_i64..9000, 1..300)) {
            let stepped = Stepped::at(now());
            let pace = Pace::new(Clock::Stepped(stepped.clone()));
            let mut sent: Vec<DateTime<Utc>> = Vec::new();
            for wait in waits {
                let at = stepped.now() + TimeDelta::milliseconds(wait);
                stepped.step_to(at);
                if pace.ask(at).is_ok() {
                    sent.push(at);
                }
            }
            for (index, first) in sent.iter().enumerate() {
                let within = sent[index..].iter().filter(|at| **at - *first < TimeDelta::minutes(1));
                prop_assert!(within.count() <= 20);
            }
        }
    }
}
