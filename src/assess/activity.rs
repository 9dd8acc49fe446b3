//! What else is judged of an account besides its newest post: how much it posts, how evenly, and how much of it is its own.
//!
//! A feed shows its latest posts only, so a count is complete only as far back as the looks have followed one another
//! without a gap ([`covered_from`]). Nobody is called idle for a time that was not covered.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// One post, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The day of publication.
    pub day: NaiveDate,
    /// Whether it is the account's own and not another's passed on; `None` where nobody says.
    pub is_original: Option<bool>,
}

/// What an account has posted of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Activity {
    /// Posts of the last seven days, today included.
    pub posts_7d: usize,
    /// Posts of the last thirty days, today included.
    pub posts_30d: usize,
    /// The most days from one post to the next, or from the newest to today, in the last ninety days; `None` without posts.
    pub longest_gap: Option<i64>,
    /// Posts of the last thirty days that are the account's own, of those of which that is known.
    pub originals: Originals,
    /// Since when no post can have been missed until today; `None` where some may have been. Counts that reach back further
    /// are least counts.
    pub covered_from: Option<NaiveDate>,
}

/// How many posts are an account's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Originals {
    /// Its own.
    pub own: usize,
    /// All posts of which it is known.
    pub of: usize,
}

/// An account that posted less than its rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LowVolume {
    /// Posts within the time.
    pub posts: usize,
    /// The least that the rule asks for.
    pub wanted: usize,
    /// The first day of the time.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
}

/// Days over which low volume and originality are counted.
const MONTH: u64 = 30;
/// Days over which the longest gap is looked for.
const SEASON: u64 = 90;
/// An account that is silent for so many months is a zombie (僵尸账号).
const ZOMBIE: Months = Months::new(3);

/// What an account has posted, as of `today`.
pub fn activity(posts: &[Posted], covered_from: Option<NaiveDate>, today: NaiveDate) -> Activity {
    let within = |days| posts.iter().filter(move |post| window(today, days).contains(&post.day));
    let known: Vec<bool> = within(MONTH).filter_map(|post| post.is_original).collect();
    Activity {
        posts_7d: within(7).count(),
        posts_30d: within(MONTH).count(),
        longest_gap: longest_gap(within(SEASON).map(|post| post.day).collect(), today),
        originals: Originals { own: known.iter().filter(|is_own| **is_own).count(), of: known.len() },
        covered_from,
    }
}

/// From which day on no post of an account can have been missed, after a list was read that goes back to `last`: as before, if
/// that reaches the newest post of the look before; else from there on.
pub fn covered_from(
    before: Option<NaiveDate>,
    newest_before: Option<NaiveDate>,
    last: NaiveDate,
) -> NaiveDate {
    match (before, newest_before) {
        (Some(before), Some(newest_before)) if last <= newest_before => before.min(last),
        _ => last,
    }
}

/// Whether an account posted less in the thirty days up to `until` than its rule asks for; nothing while that cannot be
/// told.
pub fn low_volume(
    posts: &[Posted],
    wanted: usize,
    covered_from: Option<NaiveDate>,
    until: NaiveDate,
) -> Option<LowVolume> {
    let time = window(until, MONTH);
    let is_covered = covered_from.is_some_and(|covered_from| covered_from <= *time.start());
    let shown = posts.iter().filter(|post| time.contains(&post.day)).count();
    (is_covered && shown < wanted).then_some(LowVolume {
        posts: shown,
        wanted,
        from: *time.start(),
        until: *time.end(),
    })
}

/// Whether an account whose newest post is of this day is a zombie: silent for more than three months.
pub fn is_zombie(newest: NaiveDate, today: NaiveDate) -> bool {
    newest.checked_add_months(ZOMBIE).is_some_and(|last_in_time| last_in_time < today)
}

/// The days of so long a time that ends with `until`.
fn window(until: NaiveDate, days: u64) -> std::ops::RangeInclusive<NaiveDate> {
    until.checked_sub_days(Days::new(days - 1)).unwrap_or(NaiveDate::MIN)..=until
}

fn longest_gap(mut days: Vec<NaiveDate>, today: NaiveDate) -> Option<i64> {
    if days.is_empty() {
        return None;
    }
    days.sort_unstable();
    days.push(today);
    days.windows(2).map(|pair| (pair[1] - pair[0]).num_days()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn posts(days: &[&str]) -> Vec<Posted> {
        days.iter().map(|text| Posted { day: day(text), is_original: None }).collect()
    }

    #[test]
    fn the_last_seven_days_end_today() {
        let posts = posts(&["2022-12-27", "2022-12-21", "2022-12-20", "2022-11-28", "2022-11-27"]);
        let counted = activity(&posts, None, day("2022-12-27"));
        assert_eq!((counted.posts_7d, counted.posts_30d), (2, 4));
    }

    #[test]
    fn the_longest_gap_may_still_be_growing() {
        let gap = |days: &[&str]| activity(&posts(days), None, day("2022-12-27")).longest_gap;
        assert_eq!(gap(&["2022-12-01", "2022-12-15"]), Some(14));
        assert_eq!(gap(&["2022-12-01", "2022-12-11"]), Some(16), "from the newest to today");
        assert_eq!(gap(&["2022-01-01"]), None, "too long ago to count");
    }

    #[test]
    fn originals_are_counted_of_posts_that_say_so() {
        let posted = |is_original| Posted { day: day("2022-12-20"), is_original };
        let posts = [posted(Some(true)), posted(Some(false)), posted(None), posted(Some(true))];
        let counted = activity(&posts, None, day("2022-12-27"));
        assert_eq!(counted.originals, Originals { own: 2, of: 3 });
    }

    #[test]
    fn looks_that_overlap_leave_no_gap() {
        let (early, late) = (Some(day("2022-11-01")), Some(day("2022-12-01")));
        assert_eq!(covered_from(None, None, day("2022-11-20")), day("2022-11-20"));
        assert_eq!(
            covered_from(early, late, day("2022-12-01")),
            day("2022-11-01"),
            "its last item was the newest"
        );
        assert_eq!(
            covered_from(early, late, day("2022-12-02")),
            day("2022-12-02"),
            "posts between may be missing"
        );
        assert_eq!(
            covered_from(late, late, day("2022-11-20")),
            day("2022-11-20"),
            "the list shows more than before"
        );
    }

    #[test]
    fn an_account_is_idle_only_by_days_that_were_covered() {
        let posts = posts(&["2022-12-01", "2022-12-20"]);
        let low = |wanted, from: &str| low_volume(&posts, wanted, Some(day(from)), day("2022-12-27"));
        let (from, until) = (day("2022-11-28"), day("2022-12-27"));
        assert_eq!(low(4, "2022-11-28"), Some(LowVolume { posts: 2, wanted: 4, from, until }));
        assert_eq!(low(4, "2022-11-29"), None, "the first day was not seen");
        assert_eq!(low(2, "2022-11-01"), None);
        assert_eq!(low_volume(&posts, 4, None, until), None);
    }

    #[test]
    fn three_months_of_silence_make_a_zombie() {
        let newest = day("2022-08-31");
        assert!(!is_zombie(newest, day("2022-11-30")));
        assert!(is_zombie(newest, day("2022-12-01")));
    }
}
