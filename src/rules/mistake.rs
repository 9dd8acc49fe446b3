//! Checks a unit file that is about to be written, and names each mistake by what it was written from.

use std::path::PathBuf;

use super::document::Document;
use super::keys::Kind;
use super::problem::{Collector, Problem, Problems};
use super::unit::{Shared, read_unit_file};
use super::unit_file::UnitFile;
use super::write::{Origin, Written, written};

/// A mistake in what a unit file is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Whose it is.
    pub(super) origin: Origin,
    /// The name of the key.
    pub(super) key: String,
    /// What is wrong, and what is allowed.
    pub(super) what: String,
    /// Where the same thing stands for the first time, if that is what is wrong.
    pub(super) first: Option<Origin>,
}

/// Everything that the loader would say against the file.
pub(super) fn mistakes_in(file: &UnitFile, shared: &Shared<'_>) -> Vec<Mistake> {
    let written = written(file);
    let path = PathBuf::from(format!("{}.toml", file.id()));
    let problems = Collector::default();
    let _unit = read_unit_file(&Document::from_text(path, written.text.as_str()), shared, &problems);
    match problems.into_result(()) {
        Ok(()) => Vec::new(),
        Err(Problems(problems)) => {
            problems.into_iter().map(|problem| mistake(problem, file, &written)).collect()
        }
    }
}

fn mistake(problem: Problem, file: &UnitFile, written: &Written) -> Mistake {
    let unit = Origin { kind: Kind::Unit, place: file.unit.place };
    let origin = written.origin(problem.line).unwrap_or(unit);
    let (what, first) = match problem.what.rsplit_once(" on line ") {
        Some((what, line)) => (what.to_owned(), line.parse().ok().and_then(|line| written.origin(line))),
        None => (problem.what, None),
    };
    // A missing table is named by the first thing it should hold.
    if let Some(kind) = Kind::of_table(&problem.key).filter(|kind| *kind != origin.kind) {
        let key = kind.keys().first().map_or("", |key| key.name);
        return Mistake { origin: Origin { kind, ..origin }, key: key.to_owned(), what, first };
    }
    let key = problem.key.rsplit('.').next().unwrap_or_default().to_owned();
    Mistake { origin, key, what, first }
}
