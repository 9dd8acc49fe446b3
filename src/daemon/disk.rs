//! Watches the disks that the store and the mail are written to.
//!
//! A store that cannot write ends the daemon, so the operator hears of it while there is still room. Nothing else changes
//! meanwhile: sources are polled and units are told as ever.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use tracing::warn;

use super::line::Line;
use crate::alert::{OperatorKey, Sign};
use crate::config::{Config, Route};
use crate::store::StoreError;

/// How often disks are looked at.
const EVERY: TimeDelta = TimeDelta::minutes(5);

/// Tells how many bytes are free for us where a path lies.
pub type FreeSpace = Box<dyn Fn(&Path) -> io::Result<u64> + Send + Sync>;

/// Looks at disks, again and again.
pub struct DiskWatch {
    places: Vec<PathBuf>,
    /// In bytes.
    floor: u64,
    free: FreeSpace,
    next_at: Option<DateTime<Utc>>,
}

impl DiskWatch {
    /// Watches where this configuration has the store and the mail written.
    pub fn of(config: &Config) -> Self {
        let mut places = vec![config.state_dir.clone()];
        if let Route::File(directory) = &config.mail.route {
            places.push(directory.clone());
        }
        Self { places, floor: config.disk_floor, free: Box::new(free_space), next_at: None }
    }

    /// The same, with the free space told by somebody else.
    #[must_use]
    pub fn told_by(self, free: FreeSpace) -> Self {
        Self { free, ..self }
    }

    /// Looks, if it is time, and tells the operator what there is to tell.
    pub(super) fn look(&mut self, line: &Line, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.next_at.is_some_and(|at| now < at) {
            return Ok(());
        }
        self.next_at = Some(now + EVERY);
        let mut found = Vec::new();
        for place in one_of_each_disk(&self.places) {
            match (self.free)(place) {
                Ok(free) => found.push((place, free)),
                Err(error) => {
                    // Whether it is full nobody can say now: what was told of it stands.
                    warn!("cannot tell how much room there is in `{}`: {error}", place.display());
                    return Ok(());
                }
            }
        }
        let was_short = line.stands(&OperatorKey::Disk)?.is_some();
        line.observe(&OperatorKey::Disk, &sign(&found, self.floor, was_short))
    }
}

/// What is to be said of disks with so many free bytes. A disk that was short of room has to be a quarter above the floor
/// before that is over, or every temporary file would be news.
fn sign(found: &[(&Path, u64)], floor: u64, was_short: bool) -> Sign {
    let wanted = if was_short { floor.saturating_add(floor / 4) } else { floor };
    let short = found.iter().filter(|(_, free)| *free < wanted);
    let short: Vec<String> =
        short.map(|(place, free)| format!("{} 所在磁盘仅剩 {} MiB", place.display(), free >> 20)).collect();
    if short.is_empty() {
        return Sign::Over;
    }
    Sign::Stands(format!(
        "{}（下限 {} MiB）；请清理或扩容：写满后监测将停止，此前照常巡检和发信",
        short.join("；"),
        floor >> 20
    ))
}

/// The places, without those on the disk of an earlier one.
fn one_of_each_disk(places: &[PathBuf]) -> Vec<&Path> {
    let disk_of = |place: &Path| std::fs::metadata(place).ok().map(|metadata| metadata.dev());
    let mut known = Vec::new();
    let is_another = |place: &&Path| {
        let disk = disk_of(place);
        let is_new = disk.is_none() || !known.contains(&disk);
        known.push(disk);
        is_new
    };
    places.iter().map(PathBuf::as_path).filter(is_another).collect()
}

/// The bytes that are free where a path lies, for whoever is not root.
fn free_space(place: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(place)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn is_short(free: u64, was_short: bool) -> bool {
        sign(&[(Path::new("/var/lib/xuncha"), free)], 512 * MIB, was_short) != Sign::Over
    }

    #[test]
    fn a_disk_is_short_below_the_floor_and_until_it_is_well_above_it() {
        assert!(is_short(512 * MIB - 1, false));
        assert!(!is_short(512 * MIB, false));
        assert!(is_short(640 * MIB - 1, true));
        assert!(!is_short(640 * MIB, true));
    }

    #[test]
    fn what_is_said_names_the_disk_and_what_is_left() {
        let found = [(Path::new("/var/lib/xuncha"), 300 * MIB), (Path::new("/srv/mail"), 900 * MIB)];
        let Sign::Stands(said) = sign(&found, 512 * MIB, false) else { panic!("it is short") };
        assert!(said.starts_with("/var/lib/xuncha 所在磁盘仅剩 300 MiB（下限 512 MiB）"), "{said}");
    }

    #[test]
    fn the_system_tells_how_much_is_free_and_two_directories_of_one_disk_are_one() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (directory.path().join("state"), directory.path().join("mail"));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&other).unwrap();
        assert!(free_space(&one).unwrap() > 0);
        assert_eq!(one_of_each_disk(&[one.clone(), other]), [one.as_path()]);
        assert!(free_space(&directory.path().join("nowhere")).is_err());
    }
}
