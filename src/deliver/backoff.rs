//! When to try again: soon at first, then ever more slowly, and never not at all.

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64;

use super::notice::NoticeId;

const FIRST_SECS: i64 = 60;
const LONGEST_SECS: i64 = 6 * 60 * 60;

/// The instant of the next attempt after `attempts` failures, the latest of them at `now`.
///
/// The step starts at one minute and doubles up to six hours; a permanent failure waits the longest step at once.
/// Up to a quarter of the step is taken off, always the same part for the same notice, so that the mails of a county
/// that failed together do not all come back in the same second.
pub fn next_try_at(attempts: u32, now: DateTime<Utc>, permanent: bool, id: &NoticeId) -> DateTime<Utc> {
    let step = if permanent { LONGEST_SECS } else { step_secs(attempts) };
    now + TimeDelta::seconds(step - step * thousandths(id) / 4000)
}

fn step_secs(attempts: u32) -> i64 {
    // Nine doublings already pass six hours; the bound keeps the shift from overflowing.
    let doublings = attempts.saturating_sub(1).min(9);
    (FIRST_SECS << doublings).min(LONGEST_SECS)
}

fn thousandths(id: &NoticeId) -> i64 {
    (xxh3_64(id.as_str().as_bytes()) % 1000) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::notice::samples::{day, now};
    use crate::rules::UnitId;
    use proptest::prelude::*;

    fn id(unit: &str) -> NoticeId {
        NoticeId::digest(&UnitId::new(unit), day(11, 27))
    }

    fn wait(attempts: u32, permanent: bool, unit: &str) -> i64 {
        (next_try_at(attempts, now(), permanent, &id(unit)) - now()).num_seconds()
    }

    #[test]
    fn the_step_doubles_from_a_minute_to_six_hours() {
        let minutes: Vec<_> = (1..=11).map(|attempts| step_secs(attempts) / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
    }

    #[test]
    fn a_permanent_failure_waits_as_long_as_the_longest_step() {
        assert_eq!(wait(1, true, "zhujianju"), wait(40, false, "zhujianju"));
    }

    #[test]
    fn units_that_failed_together_come_back_apart() {
        let mut waits: Vec<_> = (0..40).map(|n| wait(20, false, &format!("unit-{n}"))).collect();
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 30, "{waits:?}");
    }

    proptest! {
        #[test]
        fn the_wait_grows_with_failures_and_stays_within_its_bounds(attempts in any::<u32>(), unit in "[a-z]{1,9}") {
            let this = wait(attempts, false, &unit);
            prop_assert!((FIRST_SECS * 3 / 4..=LONGEST_SECS).contains(&this));
            prop_assert!(this <= wait(attempts.saturating_add(1), false, &unit));
            prop_assert!(this <= wait(attempts, true, &unit));
        }
    }
}
