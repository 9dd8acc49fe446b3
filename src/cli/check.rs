//! `xuncha check`: every mistake in configuration and rules, in one go.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::CheckArgs;
use super::table::put_out;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::rules::{Problem, Problems, Rules};

/// The code for mistakes found.
pub(super) const MISTAKES: u8 = 2;

pub(super) fn check(args: &CheckArgs) -> ExitCode {
    let mut problems = Vec::new();
    if let Some(rules) = rules_directory(args, &mut problems) {
        match Rules::load_all(&rules) {
            Ok(counties) if counties.is_empty() => problems.push(Problem {
                file: rules,
                line: 0,
                key: String::new(),
                what: "holds no county: wanted a directory with a county.toml".to_owned(),
            }),
            Ok(counties) => counties.iter().for_each(|county| praise(&rules, county)),
            Err(Problems(found)) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        return ExitCode::SUCCESS;
    }
    let _reader_gone = put_out(&format!("{}\n", Problems(problems)));
    ExitCode::from(MISTAKES)
}

/// The directory to check: the one named, or that of the configuration, which is checked then too.
fn rules_directory(args: &CheckArgs, problems: &mut Vec<Problem>) -> Option<PathBuf> {
    if args.config.is_none()
        && let Some(rules) = &args.rules
    {
        return Some(rules.clone());
    }
    let path = args.config.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_CONFIG));
    match Config::load(&path) {
        Ok(config) => {
            let _reader_gone = put_out(&format!("{}: in order\n", path.display()));
            Some(args.rules.clone().unwrap_or(config.rules))
        }
        Err(Problems(found)) => {
            problems.extend(found);
            args.rules.clone()
        }
    }
}

fn praise(directory: &Path, rules: &Rules) {
    let _reader_gone = put_out(&format!(
        "{}: in order: {}, {} units, {} sources\n",
        directory.join(&rules.county.id).display(),
        rules.county.name,
        rules.units.len(),
        rules.sources.len()
    ));
}
