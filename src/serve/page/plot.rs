//! The plot of a source: days without an update, over two years, against its limit.
//!
//! The line climbs by a day each day and falls to nothing with each update. Lateness is marked where the judge holds that
//! the source is late now, and nowhere else: of a gap in the past nobody can tell from the items alone whether the source
//! could be read then, was exempt, or had another limit. The limit is that of today's rule. Before the oldest item on
//! record nothing is drawn. All numbers are the plot's own units, from its upper left corner.

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

/// Days shown before today, and after it.
const BACK: u64 = 730;
const AHEAD: u64 = 60;
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;

/// A plot, ready to be drawn.
#[derive(Debug, Serialize)]
pub(super) struct Plot {
    width: f64,
    height: f64,
    top: f64,
    bottom: f64,
    left: f64,
    right: f64,
    months: Vec<Mark>,
    days: Vec<Mark>,
    /// Updates on record.
    dots: Vec<Mark>,
    /// Days without an update, as a path.
    line: String,
    /// The limit, as a path.
    limit: String,
    /// Since when it is late, if it is.
    late: Option<Span>,
    /// Where watching began, if the plot begins earlier.
    watched: Option<Mark>,
    today: f64,
    due: Option<Mark>,
    updates: usize,
    longest_gap: i64,
    since: NaiveDate,
}

/// Something at one place along an axis.
#[derive(Debug, Serialize)]
struct Mark {
    at: f64,
    label: String,
}

#[derive(Debug, Serialize)]
struct Span {
    from: f64,
    width: f64,
    label: String,
}

/// From one update to the next, or to today.
struct Stretch {
    from: NaiveDate,
    until: NaiveDate,
    due: Option<NaiveDate>,
}

/// What is plotted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// The days of all items on record.
    pub(super) updates: &'a [NaiveDate],
    /// When the source was first looked at.
    pub(super) watched_since: NaiveDate,
    /// Whether the judge holds that it is late now.
    pub(super) is_late: bool,
}

/// The plot of a record; `None` where nothing is on record.
pub(super) fn plot(
    record: Record<'_>,
    due_after: impl Fn(NaiveDate) -> Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Plot> {
    let mut days: Vec<NaiveDate> = record.updates.iter().filter(|day| **day <= today).copied().collect();
    days.sort_unstable();
    days.dedup();
    let start = today - Days::new(BACK);
    let end = today + Days::new(AHEAD);
    // The last update before the plot begins says how high the line begins.
    let first_shown = days.partition_point(|day| *day < start).saturating_sub(1);
    let days = &days[first_shown..];
    let last = *days.last()?;
    let stretches = stretches(days, today, due_after);
    let scale = Scale::of(start, end, &stretches);
    let in_sight: Vec<NaiveDate> = days.iter().filter(|day| **day >= start).copied().collect();
    let due = stretches.last().and_then(|stretch| stretch.due);
    Some(Plot {
        width: WIDTH,
        height: HEIGHT,
        top: TOP,
        bottom: HEIGHT - BOTTOM,
        left: LEFT,
        right: WIDTH - RIGHT,
        months: months(start, end, &scale),
        days: scale.steps(),
        dots: in_sight.iter().map(|day| Mark { at: scale.x(*day), label: day.to_string() }).collect(),
        line: line(&stretches, &scale),
        limit: limit(&stretches, end, &scale),
        late: stretches
            .last()
            .filter(|_| record.is_late)
            .and_then(|stretch| late(stretch, record.watched_since, &scale)),
        watched: (record.watched_since > start).then(|| Mark {
            at: scale.x(record.watched_since.min(today)),
            label: record.watched_since.to_string(),
        }),
        today: scale.x(today),
        due: due
            .filter(|due| (start..=end).contains(due))
            .map(|due| Mark { at: scale.x(due), label: format!("截止 {due}") }),
        updates: in_sight.len(),
        longest_gap: stretches.iter().map(Stretch::length).max().unwrap_or(0),
        since: days.first().copied().unwrap_or(last).max(start),
    })
}

fn stretches(
    days: &[NaiveDate],
    today: NaiveDate,
    due_after: impl Fn(NaiveDate) -> Option<NaiveDate>,
) -> Vec<Stretch> {
    let ends = days.iter().skip(1).copied().chain([today]);
    days.iter().zip(ends).map(|(from, until)| Stretch { from: *from, until, due: due_after(*from) }).collect()
}

impl Stretch {
    fn length(&self) -> i64 {
        (self.until - self.from).num_days()
    }

    fn limit(&self) -> Option<i64> {
        Some((self.due? - self.from).num_days())
    }
}

struct Scale {
    start: NaiveDate,
    span: f64,
    highest: f64,
}

impl Scale {
    fn of(start: NaiveDate, end: NaiveDate, stretches: &[Stretch]) -> Self {
        let longest = stretches.iter().map(Stretch::length).max().unwrap_or(0);
        let limit = stretches.iter().filter_map(Stretch::limit).max().unwrap_or(0);
        let highest = (longest as f64 * 1.1).max(limit as f64 * 1.3).max(10.0);
        Self { start, span: (end - start).num_days() as f64, highest }
    }

    fn x(&self, day: NaiveDate) -> f64 {
        let share = (day.max(self.start) - self.start).num_days() as f64 / self.span;
        round(LEFT + share * (WIDTH - LEFT - RIGHT))
    }

    fn y(&self, days: i64) -> f64 {
        round(HEIGHT - BOTTOM - days as f64 / self.highest * (HEIGHT - TOP - BOTTOM))
    }

    /// Three or four even steps of days.
    fn steps(&self) -> Vec<Mark> {
        let steps = [2, 5, 10, 20, 30, 60, 90, 180, 360, 720];
        let step = steps.into_iter().find(|step| self.highest / f64::from(*step) <= 4.5).unwrap_or(1440);
        let values =
            (0..).map(|count| i64::from(count * step)).take_while(|days| *days as f64 <= self.highest);
        values.map(|days| Mark { at: self.y(days), label: days.to_string() }).collect()
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Every third month, the year where it begins.
fn months(start: NaiveDate, end: NaiveDate, scale: &Scale) -> Vec<Mark> {
    let firsts = start.iter_days().take_while(|day| *day <= end).filter(|day| day.day() == 1);
    let quarters = firsts.filter(|day| day.month0() % 3 == 0);
    let label = |day: NaiveDate| {
        if day.month() == 1 { format!("{}年", day.year()) } else { format!("{}月", day.month()) }
    };
    quarters.map(|day| Mark { at: scale.x(day), label: label(day) }).collect()
}

fn line(stretches: &[Stretch], scale: &Scale) -> String {
    let mut path = String::new();
    for stretch in stretches {
        let from = stretch.from.max(scale.start);
        let height = (from - stretch.from).num_days();
        let command = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string never fails.
        let _ = write!(
            path,
            "{command}{} {}L{} {}",
            scale.x(from),
            scale.y(height),
            scale.x(stretch.until),
            scale.y(stretch.length())
        );
    }
    path
}

fn limit(stretches: &[Stretch], end: NaiveDate, scale: &Scale) -> String {
    let mut path = String::new();
    for (stretch, index) in stretches.iter().zip(1..) {
        let Some(limit) = stretch.limit() else { continue };
        let until = if index == stretches.len() { end } else { stretch.until };
        let command = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string never fails.
        let _ = write!(path, "{command}{} {y}H{}", scale.x(stretch.from), scale.x(until), y = scale.y(limit));
    }
    path
}

fn late(stretch: &Stretch, watched_since: NaiveDate, scale: &Scale) -> Option<Span> {
    let due = stretch.due.filter(|due| *due < stretch.until && watched_since < stretch.until)?;
    let from = scale.x(due.max(watched_since));
    let width = round(scale.x(stretch.until) - from);
    let label = format!("{due} 到期，至 {} 未更新", stretch.until);
    (width > 0.0).then_some(Span { from, width, label })
}

#[cfg(test)]
mod tests {
    use chrono::Months;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn watched(updates: &[NaiveDate]) -> Record<'_> {
        Record { updates, watched_since: day("2020-01-01"), is_late: true }
    }

    fn half_a_year_after(day: NaiveDate) -> Option<NaiveDate> {
        day.checked_add_months(Months::new(6))
    }

    #[test]
    fn lateness_is_drawn_from_the_due_day_to_the_present() {
        let updates = [day("2022-01-10"), day("2022-03-10")];
        let plot = plot(watched(&updates), half_a_year_after, day("2022-12-28")).unwrap();
        assert_eq!(plot.late.unwrap().label, "2022-09-10 到期，至 2022-12-28 未更新");
        assert_eq!((plot.updates, plot.longest_gap, plot.since), (2, 293, day("2022-01-10")));
    }

    #[test]
    fn a_gap_in_the_past_accuses_nobody() {
        let updates = [day("2022-01-10"), day("2022-09-10"), day("2022-12-01")];
        let plot = plot(watched(&updates), half_a_year_after, day("2022-12-28")).unwrap();
        assert!(plot.late.is_none(), "nobody knows whether it was exempt then, or could be read");
        assert!(plot.due.is_none(), "2023-06-01 lies beyond the plot");
    }

    #[test]
    fn nobody_is_drawn_late_who_was_not_watched_or_cannot_be_judged() {
        let updates = [day("2021-03-01"), day("2022-03-01")];
        let late = |watched_since: &str, is_late| {
            let record = Record { updates: &updates, watched_since: day(watched_since), is_late };
            plot(record, half_a_year_after, day("2022-12-28")).unwrap().late
        };
        let (all, part) = (late("2020-01-01", true).unwrap(), late("2022-12-01", true).unwrap());
        assert!(part.from > all.from, "it is drawn only while it was watched");
        assert!(late("2022-06-01", false).is_none(), "the judge does not hold that it is late");
    }

    #[test]
    fn nothing_is_drawn_where_nothing_is_on_record() {
        assert!(plot(watched(&[]), half_a_year_after, day("2022-12-28")).is_none());
        assert!(
            plot(watched(&[day("2023-01-01")]), half_a_year_after, day("2022-12-28")).is_none(),
            "tomorrow is no record"
        );
    }

    #[test]
    fn a_source_without_a_limit_is_never_drawn_late() {
        let plot = plot(watched(&[day("2015-01-01")]), |_| None, day("2022-12-28")).unwrap();
        assert!(plot.late.is_none() && plot.limit.is_empty() && plot.dots.is_empty());
        assert!(!plot.line.is_empty());
    }

    proptest! {
        #[test]
        fn everything_lies_within_the_plot(ages in prop::collection::vec(0u64..3000, 1..40)) {
            let today = day("2022-12-28");
            let updates: Vec<NaiveDate> = ages.iter().map(|age| today - Days::new(*age)).collect();
            let plot = plot(watched(&updates), half_a_year_after, today).unwrap();
            let in_width = |x: f64| (LEFT..=WIDTH - RIGHT).contains(&x);
            prop_assert!(plot.dots.iter().chain(&plot.months).all(|mark| in_width(mark.at)));
            prop_assert!(plot.late.iter().all(|span| in_width(span.from) && in_width(span.from + span.width)));
            for point in plot.line.split(['M', 'L']).filter(|point| !point.is_empty()) {
                let (x, y) = point.split_once(' ').unwrap();
                prop_assert!(in_width(x.parse().unwrap()));
                prop_assert!((0.0..=HEIGHT - BOTTOM).contains(&y.parse::<f64>().unwrap()), "{point}");
            }
        }
    }
}
