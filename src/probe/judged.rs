//! The standing that one look would lead to.

use super::aim::{Aim, Chosen};
use super::probed::Judged;
use crate::assess::{Case, Cause, Known, Shown, Standing, days_left};

/// Judges what a look showed as if it were the first, and says what a second look like it would lead to.
pub(super) fn judged(aim: &Aim<'_>, chosen: &Chosen, looked: &Result<Shown, Cause>) -> Judged {
    let now = aim.seen_at;
    let second = now + aim.policy.confirm_gap;
    let both = [now, second];
    let case = |looks: usize| Case {
        known: Known {
            shown: looked.as_ref().ok().copied(),
            since: Some(now),
            seen_at: both.get(looks - 1).copied(),
            reach: None,
            failure: looked.as_ref().err(),
            full_looks: &both[..looks],
        },
        cadence: &chosen.cadence,
        owes_nothing_from: None,
        calendar: &aim.calendar,
        policy: &aim.policy,
        exempt_until: None,
    };
    let standing = case(1).standing(now);
    let later = case(2).standing(second);
    let due = case(1).deadline().map(|deadline| deadline.due);
    Judged {
        cadence: chosen.cadence.name.clone(),
        because: chosen.because.clone(),
        standing: standing.word(),
        cause: match &standing {
            Standing::Unknown(cause) => Some(cause.to_string()),
            _ => None,
        },
        confirmed: (later != standing).then(|| later.word()),
        confirm_gap_hours: aim.policy.confirm_gap.num_hours(),
        due,
        days_left: due.map(|due| days_left(due, aim.calendar.day_of(now))),
    }
}
