//! What can go wrong with the store.

/// The store failed. Nothing of the step that met it was kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process, most likely another daemon, has the database open.
    #[error("another process has the store in `{path}` open: stop it first, or set another `state-dir`")]
    InUse {
        /// The directory.
        path: String,
    },
    /// The database could not be opened.
    #[error("cannot open the store in `{path}`: {source}")]
    Open {
        /// The directory.
        path: String,
        /// What the database says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no room to write.
    #[error(
        "the disk of `state-dir` is full, so nothing more can be kept: make room, then start again. What was written before \
         is safe ({0})"
    )]
    DiskFull(#[source] std::io::Error),
    /// Reading or writing failed.
    #[error("the store failed: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A value has a format number that this version does not know.
    #[error(
        "a value in tree `{tree}` has format {found}, this version knows {known}: was it written by a newer xuncha?"
    )]
    UnknownFormat {
        /// The tree.
        tree: &'static str,
        /// The number found.
        found: u8,
        /// The number known.
        known: u8,
    },
    /// A value cannot be read.
    #[error("a value in tree `{tree}` cannot be read: {source}")]
    Unreadable {
        /// The tree.
        tree: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// A value is shorter or longer than its format is.
    #[error("a value in tree `{tree}` is damaged: {bytes} bytes is not its length")]
    Damaged {
        /// The tree.
        tree: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// The store belongs to another county.
    #[error(
        "this store belongs to the county `{stored}`, the rules are of `{wanted}`: give each its own state-dir"
    )]
    OtherCounty {
        /// The county in the store.
        stored: String,
        /// The county of the rules.
        wanted: String,
    },
    /// A bulletin of that month and version has been issued already.
    #[error(
        "the bulletin of {month} has already been issued in version {version}; issued bulletins never change"
    )]
    AlreadyIssued {
        /// The month.
        month: String,
        /// The version.
        version: u32,
    },
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) if is_about_room(&error) => Self::DiskFull(error),
            error => Self::Database(Box::new(error)),
        }
    }
}

fn is_about_room(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_as_such_with_what_to_do() {
        // ENOSPC, as the system gives it.
        let full = StoreError::from(sled::Error::Io(std::io::Error::from_raw_os_error(28)));
        let said = full.to_string();
        assert!(said.contains("`state-dir` is full") && said.contains("make room"), "{said}");
        let other = StoreError::from(sled::Error::Io(std::io::Error::from_raw_os_error(5)));
        assert!(matches!(other, StoreError::Database(_)), "{other}");
    }
}
