//! Delivery into a directory, one file a mail, for a gateway that takes mail from there, or for looking at it.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;

use super::compose::{Composed, compose};
use super::error::DeliverError;
use super::notice::Notice;
use super::stationery::Stationery;
use super::transport::Delivered;

/// Writes each notice to `<Message-ID without brackets>.eml`.
///
/// A file appears whole or not at all, and the same notice always replaces the same file. The directory must exist:
/// a mount that is missing shall not be covered up by a fresh directory.
#[derive(Debug)]
pub struct FileDrop {
    dir: PathBuf,
    stationery: Stationery,
}

impl FileDrop {
    /// Writes into `dir`, on this stationery.
    pub fn new(dir: impl Into<PathBuf>, stationery: impl Into<Stationery>) -> Self {
        Self { dir: dir.into(), stationery: stationery.into() }
    }

    /// Writes one notice. It is delivered once file and directory have reached the disk.
    pub async fn send(&self, notice: &Notice, now: DateTime<Utc>) -> Result<Delivered, DeliverError> {
        let Composed { mail, refused } = compose(notice, &self.stationery, now)?;
        if mail.to.is_empty() {
            return Ok(Delivered { refused });
        }
        let path = self.dir.join(format!("{}.eml", file_name(&mail.name)));
        match self.place(&path, &mail.bytes).await {
            Ok(()) => Ok(Delivered { refused }),
            Err(reason) => Err(DeliverError::File { path, reason }),
        }
    }

    /// The name in the making is fixed as well, so that what a crash leaves behind is overwritten by the next attempt.
    async fn place(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let unfinished = path.with_extension("eml.part");
        // Mail holds names and addresses: not for every user of the machine.
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(&unfinished).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        file.sync_all().await?;
        fs::rename(&unfinished, path).await?;
        File::open(&self.dir).await?.sync_all().await
    }
}

/// Ids are checked where rules are loaded; this holds even if one slipped through.
fn file_name(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_');
    name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Level;
    use crate::deliver::compose::samples::sender;
    use crate::deliver::notice::samples::{digest, now, raised};

    fn notice() -> Notice {
        Notice::new(digest(vec![raised(Level::Overdue)]), now())
    }

    fn names(dir: &Path) -> Vec<String> {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn writing_a_notice_twice_leaves_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let drop = FileDrop::new(dir.path(), sender());
        drop.send(&notice(), now()).await.unwrap();
        drop.send(&notice(), now() + chrono::TimeDelta::hours(1)).await.unwrap();
        assert_eq!(names(dir.path()), ["digest.zhujianju.20221127@langxi.example.eml"]);
        let written = std::fs::read_to_string(dir.path().join(&names(dir.path())[0])).unwrap();
        assert!(written.contains("Date: Sun, 27 Nov 2022 01:30:00 +0000\r\n"), "{written}");
    }

    #[tokio::test]
    async fn what_a_crash_left_behind_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let left = dir.path().join("digest.zhujianju.20221127@langxi.example.eml.part");
        std::fs::write(&left, "half a mail ".repeat(9000)).unwrap();
        FileDrop::new(dir.path(), sender()).send(&notice(), now()).await.unwrap();
        let expected = compose(&notice(), &sender().into(), now()).unwrap().mail.bytes;
        assert_eq!(names(dir.path()), ["digest.zhujianju.20221127@langxi.example.eml"]);
        assert_eq!(std::fs::read(left.with_extension("")).unwrap(), expected);
    }

    #[tokio::test]
    async fn a_missing_directory_is_a_transient_failure_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        let error = FileDrop::new(&gone, sender()).send(&notice(), now()).await.unwrap_err();
        assert!(!error.is_permanent());
        let path = gone.join("digest.zhujianju.20221127@langxi.example.eml");
        let expected = format!("cannot write mail file `{}`: No such file or directory", path.display());
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert!(!gone.exists());
    }

    #[test]
    fn no_name_leaves_the_directory() {
        assert_eq!(file_name("../a/b\0@x"), ".._a_b_@x");
    }
}
