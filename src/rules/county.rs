//! `COUNTY/county.toml`: whose daemon this is, its calendar, the order of its annexes, how fast its hosts may be asked.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use super::document::{Document, Table};
use super::host::{HostException, HostPace, read_host};
use super::id::{SourceId, UnitId};
use super::problem::Collector;
use super::superior::{NamedUnit, Role, Superior, read_superior};

/// A county.
#[derive(Debug, Clone)]
pub struct County {
    /// The name of its directory, such as `langxi`.
    pub id: String,
    /// Its name, such as 郎溪县.
    pub name: String,
    /// Who issues its bulletins.
    pub issuer: String,
    /// The zone in which its days begin and end.
    pub zone: Tz,
    /// Day of the month up to which a bulletin counts.
    pub cut_off_day: u32,
    /// How units are judged.
    pub verdict_scheme: VerdictScheme,
    /// Units in the order of annex 1.
    pub annex1_order: Vec<UnitId>,
    /// Units in the order of annex 2.
    pub annex2_order: Vec<UnitId>,
    /// Accounts in the order of annex 3.
    pub annex3_order: Vec<SourceId>,
    /// Hosts with a pace of their own.
    pub hosts: Vec<HostPace>,
    /// Hosts that are treated otherwise than all others, each with the reason.
    pub exceptions: Vec<HostException>,
    /// Who is told when units do not act on their warnings.
    pub superiors: Vec<Superior>,
}

/// How findings make a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictScheme {
    /// Langxi's: what last month's bulletin found and the unit did not put right decides (domain rules, section 0).
    CarryOver,
}

/// What is needed besides the county itself to check its order lists, which name units read later.
pub(crate) struct OrderLines {
    pub(crate) file: PathBuf,
    pub(crate) annex1: Vec<(String, usize)>,
    pub(crate) annex2: Vec<(String, usize)>,
    pub(crate) annex3: Vec<(String, usize)>,
    pub(crate) answered_for: Vec<NamedUnit>,
}

impl County {
    /// The order lists are given even where the county itself has mistakes, so that theirs are found too.
    pub(crate) fn load(directory: &Path, problems: &Collector) -> Option<(Option<Self>, OrderLines)> {
        let id = directory.file_name()?.to_string_lossy().into_owned();
        let document = Document::read(&directory.join("county.toml"), problems)?;
        document.with_root(problems, |root| {
            let county = root.table("county");
            let mut order = read_order(root);
            let superiors = read_superiors(root, &mut order.answered_for);
            let hosts = root.tables("host").iter().filter_map(read_host).unzip();
            root.finish();
            let county = county.and_then(|table| read_county(&table, id, &order, hosts, superiors));
            Some((county, order))
        })
    }
}

fn read_county(
    table: &Table<'_>,
    id: String,
    order: &OrderLines,
    (hosts, exceptions): (Vec<HostPace>, Vec<Option<HostException>>),
    superiors: Vec<Superior>,
) -> Option<County> {
    let name = table.string("name");
    let issuer = table.optional_string("issuer");
    let zone = read_zone(table);
    let cut_off_day = table.integer("cut-off-day", 1..=31);
    let verdict_scheme = table.word("verdict-scheme", &[("carry-over", VerdictScheme::CarryOver)]);
    table.finish();
    let name = name?;
    Some(County {
        id,
        issuer: issuer.unwrap_or_else(|| format!("{name}政府信息中心")),
        name,
        zone: zone?,
        cut_off_day: cut_off_day?,
        verdict_scheme: verdict_scheme?,
        annex1_order: order.annex1.iter().map(|(id, _)| UnitId::new(id.as_str())).collect(),
        annex2_order: order.annex2.iter().map(|(id, _)| UnitId::new(id.as_str())).collect(),
        annex3_order: order.annex3.iter().map(|(id, _)| SourceId::new(id.as_str())).collect(),
        hosts,
        exceptions: exceptions.into_iter().flatten().collect(),
        superiors,
    })
}

fn read_order(root: &Table<'_>) -> OrderLines {
    let file = root.path().to_owned();
    let Some(table) = root.optional_table("order") else {
        let (annex1, annex2, annex3, answered_for) = Default::default();
        return OrderLines { file, annex1, annex2, annex3, answered_for };
    };
    let order = OrderLines {
        file,
        annex1: table.lined_strings("annex-1"),
        annex2: table.lined_strings("annex-2"),
        annex3: table.lined_strings("annex-3"),
        answered_for: Vec::new(),
    };
    table.finish();
    order
}

fn read_superiors(root: &Table<'_>, named: &mut Vec<NamedUnit>) -> Vec<Superior> {
    let mut superiors = Vec::new();
    for (key, role) in [("supervisor", Role::Supervisor), ("deputy-head", Role::DeputyHead)] {
        for table in root.tables(key) {
            let (superior, units) = read_superior(&table, role);
            superiors.extend(superior);
            named.extend(units);
        }
    }
    superiors
}

fn read_zone(table: &Table<'_>) -> Option<Tz> {
    let name = table.optional_string("zone").unwrap_or_else(|| "Asia/Shanghai".to_owned());
    let zone = name.parse().ok();
    if zone.is_none() {
        table.report("zone", format!("`{name}` is not a time zone, wanted: a name such as Asia/Shanghai"));
    }
    zone
}
