//! The rules of a county whose columns are those of the site.

use std::fmt::Write as _;
use std::path::Path;

use xuncha::rules::Rules;

use crate::site::{HOSTS, Site, host};

const CADENCES: &str = include_str!("../../crawl-rules/cadences.toml");
const PRESET: &str = include_str!("../../crawl-rules/presets/openness.toml");
const COLUMNS_OF_A_UNIT: usize = 50;

/// Writes the rules into a directory, and loads them as the daemon does.
pub(crate) fn write_and_load(directory: &Path, columns: usize) -> anyhow::Result<Rules> {
    let county = directory.join("bench");
    std::fs::create_dir_all(county.join("units"))?;
    std::fs::create_dir_all(directory.join("presets"))?;
    std::fs::write(directory.join("cadences.toml"), CADENCES)?;
    std::fs::write(directory.join("presets/openness.toml"), PRESET)?;
    std::fs::write(county.join("county.toml"), county_file())?;
    for unit in 0..columns.div_ceil(COLUMNS_OF_A_UNIT) {
        let first = unit * COLUMNS_OF_A_UNIT;
        let file = county.join(format!("units/u{unit}.toml"));
        std::fs::write(file, unit_file(unit, first..columns.min(first + COLUMNS_OF_A_UNIT)))?;
    }
    Ok(Rules::load(directory, Some("bench"))?)
}

/// No rate binds; two requests at a time to each host are more than the workers can use.
fn county_file() -> String {
    let mut text = String::from(
        "[county]\nname = \"郎溪县\"\nzone = \"Asia/Shanghai\"\ncut-off-day = 27\nverdict-scheme = \"carry-over\"\n",
    );
    for number in 0..HOSTS {
        let _ = writeln!(
            text,
            "[[host]]\nname = \"{}\"\nrequests-per-second = 1000\nburst = 1000\nconcurrent = 2",
            host(number)
        );
    }
    text
}

fn unit_file(unit: usize, columns: std::ops::Range<usize>) -> String {
    let mut text = format!(
        "[unit]\nid = \"u{unit}\"\nname = \"第{unit}局\"\n[[unit.webmaster]]\nname = \"信息员\"\nemail = \"u{unit}@bench.example\"\n"
    );
    for column in columns {
        let _ = writeln!(
            text,
            "[[column]]\nid = \"zhengce-wenjian-{column}\"\nname = \"政策文件—第{column}栏目\"\nurl = \"{}\"\n\
             preset = \"longxun-openness\"\ncadence = \"half-year\"",
            Site::address(column)
        );
    }
    text
}
