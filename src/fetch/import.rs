//! Files that people put into the import directory.

use std::fs::File;
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

/// An export is some hundred kilobytes.
const LONGEST: u64 = 32 * 1024 * 1024;

/// Reads a file of the import directory. The path is one that the rules loader has checked to lead nowhere else.
///
/// # Errors
/// [`Refusal::NoFile`], with the path and why.
pub fn open_import(directory: &Path, file: &Path) -> Result<Import, Refusal> {
    let path = directory.join(file);
    let (body, saved_at) =
        read(&path).map_err(|error| Refusal::NoFile(format!("{}: {error}", path.display())))?;
    let answer = Answer::of_file(body).ok_or_else(|| Refusal::NoFile(path.display().to_string()))?;
    Ok(Import { answer, saved_at })
}

fn read(path: &Path) -> io::Result<(Vec<u8>, DateTime<Utc>)> {
    let file = File::open(path)?;
    let saved_at = file.metadata()?.modified()?.into();
    let mut body = Vec::new();
    file.take(LONGEST).read_to_end(&mut body)?;
    Ok((body, saved_at))
}
