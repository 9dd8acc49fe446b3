//! How long to wait after a poll.

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64;

use crate::assess::Deadline;
use crate::rules::{Period, SourceId};

/// How a poll ended, as far as the next one is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollEnd {
    /// The page was read, or had not changed.
    Read,
    /// It was not; `failures` counts the failures in a row, this one included.
    Failed {
        /// Failures in a row.
        failures: u32,
        /// Whether trying again soon may help.
        transient: bool,
    },
    /// A shield answered instead of the page.
    Blocked {
        /// Failures in a row, this one included.
        failures: u32,
    },
}

/// What the wait depends on.
#[derive(Debug, Clone, Copy)]
pub struct Outlook {
    /// How often the source must publish.
    pub period: Period,
    /// When it must publish next, if that is known.
    pub deadline: Option<Deadline>,
    /// Set while a conviction waits for another full look: how far apart the looks must be.
    pub look_again_in: Option<TimeDelta>,
    /// The server's own wish (Retry-After), already capped.
    pub not_before: Option<DateTime<Utc>>,
}

const SHORTEST: TimeDelta = TimeDelta::hours(1);
const LONGEST: TimeDelta = TimeDelta::hours(24);
const ARCHIVED: TimeDelta = TimeDelta::days(7);
const FIRST_RETRY: TimeDelta = TimeDelta::minutes(5);
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(24);
const FIRST_BLOCKED_RETRY: TimeDelta = TimeDelta::hours(6);
const LONGEST_BLOCKED_RETRY: TimeDelta = TimeDelta::hours(24);
const LONGEST_HOPELESS_RETRY: TimeDelta = TimeDelta::days(3);

/// When to poll a source again, after a poll that ended at `now`.
///
/// A fourteenth of the period, between an hour and a day; half of that once it is due soon, a quarter near and after
/// the deadline; once a week where nothing is ever due. Failures are retried after five minutes, then ever more slowly,
/// for ever; a page behind a shield after six hours, twelve, then once a day. Up to a tenth is added by a hash of id and
/// instant, so that the sources of a host spread out.
pub fn next_poll_at(id: &SourceId, end: PollEnd, outlook: &Outlook, now: DateTime<Utc>) -> DateTime<Utc> {
    let wait = match end {
        PollEnd::Read => outlook.look_again_in.unwrap_or_else(|| regular(outlook, now)),
        PollEnd::Failed { failures, transient: true } => doubled(FIRST_RETRY, failures, LONGEST_RETRY),
        PollEnd::Blocked { failures } => doubled(FIRST_BLOCKED_RETRY, failures, LONGEST_BLOCKED_RETRY),
        PollEnd::Failed { failures, transient: false } => {
            doubled(regular(outlook, now), failures, LONGEST_HOPELESS_RETRY)
        }
    };
    let mut at = now + wait + jitter(id, now, wait);
    if let (PollEnd::Read, Some(deadline)) = (end, outlook.deadline)
        && now < deadline.overdue_from
    {
        // The first look after the deadline comes soon after it.
        at = at.min(deadline.overdue_from + jitter(id, now, SHORTEST * 10));
    }
    outlook.not_before.map_or(at, |wish| at.max(wish))
}

fn regular(outlook: &Outlook, now: DateTime<Utc>) -> TimeDelta {
    let Some(days) = outlook.period.rough_days() else { return ARCHIVED };
    let base = (TimeDelta::days(i64::from(days)) / 14).clamp(SHORTEST, LONGEST);
    let divisor = match outlook.deadline {
        Some(deadline) if now + TimeDelta::days(2) >= deadline.overdue_from => 4,
        Some(deadline) if now >= deadline.warn_from => 2,
        Some(_) | None => 1,
    };
    (base / divisor).max(SHORTEST)
}

fn doubled(first: TimeDelta, failures: u32, longest: TimeDelta) -> TimeDelta {
    let factor = 1i32 << failures.saturating_sub(1).min(16);
    first.checked_mul(factor).map_or(longest, |wait| wait.min(longest.max(first)))
}

fn jitter(id: &SourceId, now: DateTime<Utc>, wait: TimeDelta) -> TimeDelta {
    let seed = xxh3_64(format!("{id} {}", now.timestamp_millis()).as_bytes());
    let thousandths = i32::try_from(seed % 1000).unwrap_or(0);
    TimeDelta::milliseconds(wait.num_milliseconds() / 10 * i64::from(thousandths) / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "2022-12-01T00:00:00Z".parse().unwrap()
    }

    fn deadline_in(days: i64) -> Deadline {
        let overdue_from = now() + TimeDelta::days(days);
        let due = now().date_naive();
        let last = due - chrono::Days::new(90);
        Deadline { last, warn_from: overdue_from - TimeDelta::days(31), due, overdue_from }
    }

    fn wait(end: PollEnd, period: Period, deadline: Option<Deadline>) -> TimeDelta {
        let outlook = Outlook { period, deadline, look_again_in: None, not_before: None };
        next_poll_at(&SourceId::new("a/b"), end, &outlook, now()) - now()
    }

    fn hours(wait: TimeDelta) -> i64 {
        wait.num_hours()
    }

    #[test]
    fn polls_come_closer_as_the_deadline_nears() {
        let half_year = |days| wait(PollEnd::Read, Period::Months(6), Some(deadline_in(days)));
        assert!((24..=26).contains(&hours(half_year(90))));
        assert!((12..=13).contains(&hours(half_year(20))));
        assert!((6..=6).contains(&hours(half_year(2))));
        assert!((6..=6).contains(&hours(half_year(-40))));
    }

    #[test]
    fn short_cadences_are_polled_more_often_and_archives_once_a_week() {
        assert!((12..=13).contains(&hours(wait(PollEnd::Read, Period::Days(7), None))));
        assert!((1..=1).contains(&hours(wait(PollEnd::Read, Period::Days(1), None))));
        assert!((7..=8).contains(&wait(PollEnd::Read, Period::Unlimited, None).num_days()));
    }

    #[test]
    fn the_first_look_after_a_deadline_comes_soon_after_it() {
        let wait = wait(PollEnd::Read, Period::Months(6), Some(deadline_in(0)));
        assert!(wait <= TimeDelta::hours(7));
        let outlook = Outlook {
            period: Period::Days(28),
            deadline: Some(Deadline {
                last: now().date_naive() - chrono::Days::new(28),
                warn_from: now() + TimeDelta::hours(2),
                due: now().date_naive(),
                overdue_from: now() + TimeDelta::hours(3),
            }),
            look_again_in: None,
            not_before: None,
        };
        let at = next_poll_at(&SourceId::new("a/b"), PollEnd::Read, &outlook, now());
        assert!(at >= now() + TimeDelta::hours(3) && at <= now() + TimeDelta::hours(4));
    }

    #[test]
    fn failures_are_retried_soon_then_ever_more_slowly_for_ever() {
        let wait = |failures, transient| {
            wait(PollEnd::Failed { failures, transient }, Period::Months(6), Some(deadline_in(90)))
        };
        assert!((5..=6).contains(&wait(1, true).num_minutes()));
        assert!((40..=44).contains(&wait(4, true).num_minutes()));
        assert!((24..=27).contains(&hours(wait(50, true))));
        assert!((24..=27).contains(&hours(wait(1, false))));
        assert!((72..=80).contains(&hours(wait(50, false))));
    }

    #[test]
    fn a_shield_is_left_alone_for_hours_whatever_the_cadence() {
        for period in [Period::Days(1), Period::Months(6), Period::Unlimited] {
            let wait = |failures| hours(wait(PollEnd::Blocked { failures }, period, Some(deadline_in(0))));
            assert!((6..=6).contains(&wait(1)));
            assert!((12..=13).contains(&wait(2)));
            assert!((24..=26).contains(&wait(3)));
            assert!((24..=26).contains(&wait(50)));
        }
    }

    #[test]
    fn a_servers_wish_is_honoured() {
        let outlook = Outlook {
            period: Period::Months(6),
            deadline: None,
            look_again_in: None,
            not_before: Some(now() + TimeDelta::days(2)),
        };
        let end = PollEnd::Failed { failures: 1, transient: true };
        assert_eq!(next_poll_at(&SourceId::new("a/b"), end, &outlook, now()), now() + TimeDelta::days(2));
    }

    proptest! {
        #[test]
        fn the_next_poll_lies_within_its_bounds(days in -400i64..400, failures in 0u32..100, transient: bool, id in "[a-z]{1,8}") {
            let outlook = Outlook {
                period: Period::Months(6), deadline: Some(deadline_in(days)), look_again_in: None, not_before: None,
            };
            let end = if failures == 0 { PollEnd::Read } else { PollEnd::Failed { failures, transient } };
            let wait = next_poll_at(&SourceId::new(id), end, &outlook, now()) - now();
            prop_assert!(wait > TimeDelta::zero());
            prop_assert!(wait <= TimeDelta::days(4));
        }
    }
}
