//! The breaker: where many sources turn bad at once, it is likelier that the monitor is wrong than that all units are.

use chrono::{DateTime, TimeDelta, Utc};

/// When the breaker trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// The share of all known sources, in percent, that must have turned.
    pub share: u32,
    /// And no fewer than so many.
    pub at_least: usize,
    /// Within so long.
    pub within: TimeDelta,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { share: 30, at_least: 10, within: TimeDelta::hours(24) }
    }
}

/// What the breaker looks at.
#[derive(Debug, Clone, Copy)]
pub struct Turns<'a> {
    /// Sources of which something is known.
    pub known: usize,
    /// When those that are overdue, blank or unknown, and were well before, turned so.
    pub turned_at: &'a [DateTime<Utc>],
    /// When the breaker tripped, while it is.
    pub tripped_at: Option<DateTime<Utc>>,
    /// When a person last released it; what turned before then is accepted.
    pub released_at: Option<DateTime<Utc>>,
}

/// How many sources have turned, where that is too many to be believed.
///
/// Once it has tripped, time alone does not release it: what turned then is counted until it is well again.
pub fn doubtful_turns(turns: &Turns<'_>, policy: &BreakerPolicy, now: DateTime<Utc>) -> Option<usize> {
    let since = turns.tripped_at.unwrap_or(now) - policy.within;
    let is_unaccepted = |at: &&DateTime<Utc>| turns.released_at.is_none_or(|released| **at > released);
    let turned = turns.turned_at.iter().filter(|at| **at >= since).filter(is_unaccepted).count();
    let share = u128::from(policy.share);
    let is_doubtful = turned >= policy.at_least && turned as u128 * 100 >= share * turns.known as u128;
    is_doubtful.then_some(turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn doubted(
        known: usize,
        turned: &[i64],
        tripped: Option<i64>,
        released: Option<i64>,
        now: i64,
    ) -> Option<usize> {
        let turned_at: Vec<DateTime<Utc>> = turned.iter().copied().map(at).collect();
        let turns = Turns {
            known,
            turned_at: &turned_at,
            tripped_at: tripped.map(at),
            released_at: released.map(at),
        };
        doubtful_turns(&turns, &BreakerPolicy::default(), at(now))
    }

    #[test]
    fn it_trips_on_the_share_within_a_day_and_never_on_a_handful() {
        assert_eq!(doubted(40, &[100; 12], None, None, 100), Some(12), "30 %");
        assert_eq!(doubted(41, &[100; 12], None, None, 100), None, "29 %");
        assert_eq!(doubted(9, &[100; 9], None, None, 100), None, "all, but a handful");
        assert_eq!(doubted(40, &[75; 12], None, None, 100), None, "over more than a day");
        assert_eq!(doubted(40, &[76; 12], None, None, 100), Some(12));
    }

    #[test]
    fn once_tripped_only_recovery_or_a_person_ends_it() {
        assert_eq!(doubted(40, &[100; 12], Some(101), None, 1000), Some(12), "weeks later");
        assert_eq!(doubted(40, &[100; 9], Some(101), None, 1000), None, "three have recovered");
        assert_eq!(doubted(40, &[100; 12], Some(101), Some(102), 103), None, "released");
        let again: Vec<i64> = [[100; 12], [110; 12]].concat();
        assert_eq!(doubted(40, &again, None, Some(102), 111), Some(12), "what turns later is doubted anew");
    }
}
