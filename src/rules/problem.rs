//! Mistakes in rule and configuration files, all collected before any is shown.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};

/// One mistake: where it stands and what is allowed there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// The key, such as `column.cadence`; empty where the file as a whole is meant.
    pub key: String,
    /// What is wrong, and what is allowed.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.what)
    }
}

/// All mistakes found, in order of file and line.
#[derive(Debug, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let count = self.0.len();
        write!(f, "{count} {}", if count == 1 { "mistake" } else { "mistakes" })
    }
}

/// Where readers of files put the mistakes they meet.
#[derive(Debug, Default)]
pub(crate) struct Collector(RefCell<Vec<Problem>>);

impl Collector {
    pub(crate) fn add(&self, file: &Path, line: usize, key: impl Into<String>, what: impl Into<String>) {
        let problem = Problem { file: file.to_owned(), line, key: key.into(), what: what.into() };
        self.0.borrow_mut().push(problem);
    }

    /// `value`, unless anything was wrong.
    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Problems> {
        let mut problems = self.0.into_inner();
        if problems.is_empty() {
            return Ok(value);
        }
        problems.sort();
        problems.dedup();
        Err(Problems(problems))
    }
}
