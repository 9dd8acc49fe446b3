//! How long things take, counted in steps: small, and never in anybody's way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the steps, in milliseconds; one more step has none.
const BOUNDS: [u64; 12] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// Counts durations by steps.
#[derive(Debug, Default)]
pub struct Histogram {
    counts: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

/// What a histogram has counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Milliseconds, and how many took no longer; ascending.
    pub up_to: Vec<(u64, u64)>,
    /// How many there were.
    pub all: u64,
    /// How long all took together, in microseconds.
    pub microseconds: u64,
}

impl Histogram {
    /// Counts one duration.
    pub fn count(&self, took: Duration) {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let step = BOUNDS.partition_point(|bound| *bound < milliseconds);
        self.counts[step].fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// What has been counted so far.
    pub fn counted(&self) -> Counted {
        let mut all = 0;
        let mut up_to = Vec::with_capacity(BOUNDS.len());
        for (count, bound) in self.counts.iter().zip(BOUNDS.map(Some).into_iter().chain([None])) {
            all += count.load(Ordering::Relaxed);
            up_to.extend(bound.map(|bound| (bound, all)));
        }
        Counted { up_to, all, microseconds: self.microseconds.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_in_its_step_and_in_all_above() {
        let histogram = Histogram::default();
        for milliseconds in [5, 6, 60_000] {
            histogram.count(Duration::from_millis(milliseconds));
        }
        let counted = histogram.counted();
        assert_eq!(counted.up_to[..2], [(5, 1), (10, 2)]);
        assert_eq!(counted.up_to.last(), Some(&(30_000, 2)));
        assert_eq!((counted.all, counted.microseconds), (3, 60_011_000));
    }
}
