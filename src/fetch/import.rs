//! Files that people put into the import directory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::extract::{Answer, Refusal};

/// A file of the import directory.
#[derive(Debug)]
pub struct Import {
    /// What it holds, as if a platform had answered so.
    pub answer: Answer,
    /// When it was saved. It says nothing of what came after: an old export is no silent account.
    pub saved_at: DateTime<Utc>,
}

/// Reads a file of the import directory, of at most `longest` bytes. The path is one that the rules loader has checked to lead
/// nowhere else. Reading blocks.
///
/// # Errors
/// [`Refusal::NoFile`], with the path and why.
pub fn open_import(directory: &Path, file: &Path, longest: u64) -> Result<Import, Refusal> {
    let path = directory.join(file);
    let (body, saved_at) =
        read(&path, longest).map_err(|error| Refusal::NoFile(format!("{}: {error}", path.display())))?;
    let answer = Answer::of_file(body).ok_or_else(|| Refusal::NoFile(path.display().to_string()))?;
    Ok(Import { answer, saved_at })
}

fn read(path: &Path, longest: u64) -> io::Result<(Vec<u8>, DateTime<Utc>)> {
    // Asked before it is opened: a pipe would let whoever opens it wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let file = File::open(path)?;
    let saved_at = file.metadata()?.modified()?.into();
    let mut body = Vec::new();
    let length = file.take(longest.saturating_add(1)).read_to_end(&mut body)?;
    if u64::try_from(length).is_ok_and(|length| length <= longest) {
        Ok((body, saved_at))
    } else {
        Err(io::Error::other(format!("it is longer than {longest} bytes")))
    }
}
