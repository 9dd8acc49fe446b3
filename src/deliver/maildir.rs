//! A Maildir, as far as unread mail is looked through.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File};
use tokio::io::AsyncReadExt;

/// Reports are small, but may return the whole mail behind what matters.
const LONGEST: u64 = 256 * 1024;

/// The unread mails, in order of name.
///
/// # Errors
/// If the directory cannot be read, as when it is no Maildir.
pub(crate) async fn unread(maildir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(maildir.join("new")).await?;
    let mut paths = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        if entry.file_type().await?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The beginning of a mail.
///
/// # Errors
/// If it cannot be read.
pub(crate) async fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).await?.take(LONGEST).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// Marks an unread mail as read, where mail programs look for those.
///
/// # Errors
/// If it cannot be moved.
pub(crate) async fn mark_read(maildir: &Path, path: &Path) -> io::Result<()> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = name.split_once(":2,").map_or(name.as_str(), |(plain, _)| plain);
    fs::rename(path, maildir.join("cur").join(format!("{plain}:2,S"))).await
}
