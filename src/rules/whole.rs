//! Files that are replaced whole.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::transfer::TransferError;

/// Writes a file whole: whoever reads it meanwhile sees the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), TransferError> {
    put_beside(path, bytes)?.persist(path)
}

/// A file that is not in its place yet; it is removed unless it gets there.
pub(super) struct Beside(PathBuf);

impl Beside {
    /// Puts it into its place.
    pub(super) fn persist(self, path: &Path) -> Result<(), TransferError> {
        std::fs::rename(&self.0, path).map_err(|why| TransferError::File {
            what: "write",
            path: path.to_owned(),
            why,
        })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}

/// Writes a file beside its place.
pub(super) fn put_beside(path: &Path, bytes: &[u8]) -> Result<Beside, TransferError> {
    let failed = |why| TransferError::File { what: "write", path: path.to_owned(), why };
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(failed)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = Beside(path.with_file_name(name));
    let mut file = std::fs::File::create(&beside.0).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(beside)
}
