//! What fetching a number of pages took: wall time, and processor time of all threads but the site's.

use std::ops::AddAssign;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::site::THREAD;

/// What a number of pages took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pages: usize,
    wall: Duration,
    /// Stays zero where the system does not tell.
    processor: Duration,
}

impl Cost {
    pub(crate) fn pages_per_second(&self) -> f64 {
        self.pages as f64 / self.wall.as_secs_f64()
    }

    pub(crate) fn processor_microseconds(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.pages as f64
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.pages += other.pages;
        self.wall += other.wall;
        self.processor += other.processor;
    }
}

/// Measures from its start on.
pub(crate) struct Meter {
    wall: Instant,
    processor: Duration,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self { processor: processor_time(), wall: Instant::now() }
    }

    pub(crate) fn stop(self, pages: usize) -> Cost {
        let wall = self.wall.elapsed();
        Cost { pages, wall, processor: processor_time().saturating_sub(self.processor) }
    }
}

/// Processor time of our threads so far, as Linux counts it.
fn processor_time() -> Duration {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    threads.flatten().filter_map(|thread| of_thread(&thread.path())).sum()
}

fn of_thread(thread: &Path) -> Option<Duration> {
    if std::fs::read_to_string(thread.join("comm")).ok()?.trim_end() == THREAD {
        return None;
    }
    let statistics = std::fs::read_to_string(thread.join("schedstat")).ok()?;
    Some(Duration::from_nanos(statistics.split(' ').next()?.parse().ok()?))
}
