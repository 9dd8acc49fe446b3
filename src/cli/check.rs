//! `xuncha check`: every mistake in configuration and rules, in one go.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::Args;

use super::table::put_out;
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_CONFIG};
use crate::rules::{Problem, Problems, Rules, UnitId};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The configuration file; without it and without a rules directory, xuncha.toml
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// A rules directory; without it, that of the configuration
    #[arg(value_name = "RULES_DIR")]
    pub(super) rules: Option<PathBuf>,
    /// Check whether the holidays of this day's year are there, instead of today's
    #[arg(long, value_name = "DATE")]
    pub(super) on: Option<NaiveDate>,
}

/// The code for mistakes found.
pub(super) const MISTAKES: u8 = 2;

pub(super) fn check(args: &CheckArgs) -> ExitCode {
    let mut problems = Vec::new();
    let config = configuration(args, &mut problems);
    let of_config = config.as_ref().map(|(_, config)| config.rules.clone());
    if let Some(rules) = args.rules.clone().or(of_config) {
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
                problems.extend(config.iter().flat_map(|(path, config)| strangers(path, config, &counties)));
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

/// The configuration, unless only a rules directory is to be checked.
fn configuration(args: &CheckArgs, problems: &mut Vec<Problem>) -> Option<(PathBuf, Config)> {
    if args.config.is_none() && args.rules.is_some() {
        return None;
    }
    let path = args.config.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_CONFIG));
    match Config::load(&path) {
        Ok(config) => {
            let _reader_gone = put_out(&format!("{}: in order\n", path.display()));
            for remark in config.remarks() {
                let _reader_gone = put_out(&format!("warning: {}: {remark}\n", path.display()));
            }
            Some((path, config))
        }
        Err(Problems(found)) => {
            problems.extend(found);
            None
        }
    }
}

/// Units whose notices a robot is to get and that no county has: nobody would miss what it never says.
fn strangers(path: &Path, config: &Config, counties: &[Rules]) -> Vec<Problem> {
    let is_known = |id: &UnitId| counties.iter().any(|county| county.unit(id).is_some());
    let chosen = config.mail.channels.iter().flat_map(|channel| {
        let units = channel.choice.units.iter().flatten();
        units.map(move |unit| (&channel.settings.name, unit))
    });
    let strange = chosen.filter(|(_, unit)| !is_known(unit));
    strange
        .map(|(channel, unit)| Problem {
            file: path.to_owned(),
            line: 0,
            key: "channel.units".to_owned(),
            what: format!(
                "channel `{channel}` is to get the notices of `{unit}`, which is no unit of the rules"
            ),
        })
        .collect()
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
