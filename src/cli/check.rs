//! `xuncha check`: every mistake in configuration and rules, in one go.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};

use super::CheckArgs;
use super::table::put_out;
use crate::clock::Clock;
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
            Ok(counties) => {
                for county in &counties {
                    praise(&rules, county);
                }
                problems.extend(missing_holidays(&rules, &counties, args.on));
            }
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

/// A year without holidays makes every date of a warning doubtful; the next year's are announced each November, so that their
/// lack is only a warning.
fn missing_holidays(rules: &Path, counties: &[Rules], on: Option<NaiveDate>) -> Vec<Problem> {
    let Some(county) = counties.first() else { return Vec::new() };
    let today = on.unwrap_or_else(|| Clock::System.now().with_timezone(&county.county.zone).date_naive());
    let file = |year| rules.join(format!("holidays/{year}.toml"));
    let (this_year, later): (Vec<i32>, Vec<i32>) =
        county.holidays.missing_years(today).into_iter().partition(|year| *year == today.year());
    for year in later {
        let _reader_gone = put_out(&format!(
            "warning: {}: is missing: add it once the State Council has announced the holidays of {year}\n",
            file(year).display()
        ));
    }
    let missing = |year| Problem {
        file: file(year),
        line: 0,
        key: String::new(),
        what: format!("is missing: without the holidays of {year} nobody can tell its working days"),
    };
    this_year.into_iter().map(missing).collect()
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
