//! The files that offices export from their accounts' own back ends and hand in, each day at the hour that the scenario says.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::site::County;
use crate::assess::Calendar;

/// Hands in what is due.
pub(super) struct Exports {
    county: Arc<County>,
    directory: PathBuf,
    calendar: Calendar,
    next: Vec<(SourceIndex, DateTime<Utc>)>,
}

/// By index of the county's sources.
type SourceIndex = usize;

impl Exports {
    /// The first exports are there from the start.
    pub(super) fn new(
        county: Arc<County>,
        directory: PathBuf,
        calendar: Calendar,
        starts_at: DateTime<Utc>,
    ) -> Self {
        let next = county.exporting().map(|(index, _)| (index, starts_at)).collect();
        Self { county, directory, calendar, next }
    }

    /// Hands in what is due and returns when there will be more.
    pub(super) fn turn(&mut self, now: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
        for (index, at) in &mut self.next {
            if *at > now {
                continue;
            }
            if let Some((file, text)) = self.county.export(*index) {
                hand_in(&self.directory.join(&file), &text, now)
                    .with_context(|| format!("cannot hand in `{}`", file.display()))?;
            }
            let hour = self.county.exporting().find(|(known, _)| known == index).map_or(0, |(_, hour)| hour);
            *at = next_at(&self.calendar, hour, now);
        }
        Ok(self.next.iter().map(|(_, at)| *at).min())
    }
}

fn next_at(calendar: &Calendar, hour: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let on = |day: NaiveDate| calendar.at(day, NaiveTime::MIN + TimeDelta::hours(i64::from(hour)));
    let today = calendar.day_of(now);
    if on(today) > now { on(today) } else { on(today + Days::new(1)) }
}

/// Beside its place first, so that nobody reads half of it. It is as old as the clock of the demo says.
fn hand_in(path: &Path, text: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.set_modified(now.into())?;
    std::fs::rename(&beside, path)?;
    Ok(())
}
