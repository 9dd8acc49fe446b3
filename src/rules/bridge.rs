//! `COUNTY/bridges.toml`: the programs that read accounts for us and offer them as feeds, and the canaries that show
//! whether they deliver.
//!
//! A canary is an account that belongs to no unit of the county and posts at least daily. It is polled like any other
//! feed, through the bridge, and appears in no bulletin, no count and no mail to a unit.

use std::path::Path;
use std::sync::Arc;

use super::cadence::{Cadence, Lead, Period, Rungs};
use super::cadences::Cadences;
use super::document::{Document, Table};
use super::host::{HostPace, read_pace};
use super::id::{SourceId, UnitId};
use super::problem::Collector;
use super::unit::{PLATFORMS, Source, SourceKind, named_cadence, read_id, read_url};
use super::way::{BridgeId, Way, WayKind, WayName};
use crate::extract::Reading;

/// A program that reads accounts and offers them as feeds.
#[derive(Debug, Clone)]
pub struct Bridge {
    /// Its id, which ways refer to.
    pub id: BridgeId,
    /// What the operator calls it.
    pub name: String,
    /// How fast it may be asked.
    pub pace: HostPace,
    /// Its canaries, at least one.
    pub canaries: Vec<Source>,
}

/// The bridges of a county; none where it has no `bridges.toml`.
pub(super) fn load_bridges(directory: &Path, cadences: &Cadences, problems: &Collector) -> Vec<Bridge> {
    let path = directory.join("bridges.toml");
    if !path.exists() {
        return Vec::new();
    }
    Document::read(&path, problems)
        .map_or_else(Vec::new, |document| read_bridges(&document, cadences, problems))
}

fn read_bridges(document: &Document, cadences: &Cadences, problems: &Collector) -> Vec<Bridge> {
    document.with_root(problems, |root| {
        let mut bridges: Vec<Bridge> = Vec::new();
        for table in root.tables("bridge") {
            let Some(bridge) = read_bridge(&table, cadences) else { continue };
            if bridges.iter().any(|known| known.id == bridge.id) {
                table.report("id", format!("`{}` is already the id of another bridge", bridge.id));
            }
            bridges.push(bridge);
        }
        root.finish();
        bridges
    })
}

fn read_bridge(table: &Table<'_>, cadences: &Cadences) -> Option<Bridge> {
    let id = read_id(table).map(BridgeId::new);
    let name = table.string("name");
    let requests_per_second = read_pace(table);
    let burst = table.optional_integer("burst", 1..=1000).unwrap_or(1);
    let concurrent = table.optional_integer("concurrent", 1..=256).unwrap_or(1);
    let tables = table.tables("canary");
    if tables.is_empty() {
        table.report(
            "canary",
            "is missing: at least one [[bridge.canary]], an account that posts daily, must show that the bridge delivers",
        );
    }
    let id_or_none = id.clone().unwrap_or_else(|| BridgeId::new("unknown"));
    let canaries: Option<Vec<Source>> = (1..)
        .zip(&tables)
        .map(|(number, table)| read_canary(table, &id_or_none, number, cadences))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    table.finish();
    let id = id?;
    let pace = HostPace { name: id.upstream(), requests_per_second, burst, concurrent };
    Some(Bridge { id, name: name?, pace, canaries: canaries? })
}

fn read_canary(table: &Table<'_>, bridge: &BridgeId, number: usize, cadences: &Cadences) -> Option<Source> {
    let platform = table.word("platform", &PLATFORMS);
    let account = table.string("account");
    let url = read_url(table, "url");
    let cadence = match table.optional_string("cadence") {
        Some(word) => named_cadence(table, &word, cadences),
        None => Some(Arc::new(every_day())),
    };
    if cadence.as_ref().is_some_and(|cadence| cadence.period == Period::Unlimited) {
        table.report("cadence", "must end some day: a canary that may be silent shows nothing");
    }
    table.finish();
    let url = url?;
    let kind = WayKind::Rss { url: url.clone() };
    let way = Way { name: WayName::new(kind.word()), kind, bridge: Some(bridge.clone()) };
    // No unit can be called so, since ids hold no `@`.
    let owner = UnitId::new(format!("@{bridge}"));
    Some(Source {
        id: SourceId::of(&owner, &format!("canary-{number}")),
        was: Vec::new(),
        unit: owner,
        name: account?,
        kind: SourceKind::Feed(platform?),
        url,
        reading: Arc::new(Reading::Feed),
        ways: vec![way],
        canary_of: Some(bridge.clone()),
        min_posts_30d: None,
        deregistered: None,
        render: false,
        checked: None,
        cadence: cadence?,
        fingerprint: 0,
        place: 0,
    })
}

/// A post a day; one day more is forgiven, since a bridge that asks twice a day may be half a day late.
fn every_day() -> Cadence {
    Cadence {
        name: "canary".to_owned(),
        period: Period::Days(1),
        lead: Lead::Days(0),
        grace_days: 1,
        remark_due_soon: false,
        rungs: Rungs::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Bridge>, String> {
        let problems = Collector::default();
        let bridges =
            read_bridges(&Document::from_text("bridges.toml", text), &Cadences::default(), &problems);
        problems.into_result(bridges).map_err(|all| all.to_string())
    }

    const CANARY: &str =
        "[[bridge.canary]]\nplatform = \"wechat\"\naccount = \"日报\"\nurl = \"http://b.example/1\"\n";

    #[test]
    fn a_bridge_has_a_pace_of_its_own_and_canaries_of_no_unit() {
        let text =
            format!("[[bridge]]\nid = \"wewe\"\nname = \"抓取\"\nseconds-per-request = 5\n{CANARY}{CANARY}");
        let bridges = read(&text).unwrap();
        let [bridge] = bridges.as_slice() else { panic!("{bridges:?}") };
        assert_eq!((bridge.pace.name.as_str(), bridge.pace.requests_per_second), ("bridge:wewe", 0.2));
        let ids: Vec<&str> = bridge.canaries.iter().map(|canary| canary.id.as_str()).collect();
        assert_eq!(ids, ["@wewe/canary-1", "@wewe/canary-2"]);
        assert_eq!(bridge.canaries[0].ways[0].upstream().as_deref(), Some("bridge:wewe"));
        assert!(!super::super::id::is_valid_id("@wewe"), "no unit is called so");
    }

    #[test]
    fn a_bridge_without_a_canary_proves_nothing() {
        let said = read("[[bridge]]\nid = \"wewe\"\nname = \"抓取\"\n").unwrap_err();
        assert!(said.contains("bridge.canary: is missing"), "{said}");
    }

    #[test]
    fn every_mistake_is_named() {
        let text = "[[bridge]]\nid = \"a b\"\n[[bridge.canary]]\nplatform = \"x\"\nurl = \"y\"\ncolour = 1\n";
        let said = read(text).unwrap_err();
        for expected in [
            ":2: bridge.id: `a b` is not an id",
            "bridge.name: is missing",
            "bridge.canary.platform: `x` is not known",
            "bridge.canary.account: is missing",
            "bridge.canary.url: `y` is not an address",
            "bridge.canary.colour: unknown key",
        ] {
            assert!(said.contains(expected), "{expected}\nnot in\n{said}");
        }
        let twice = format!(
            "[[bridge]]\nid = \"a\"\nname = \"甲\"\n{CANARY}[[bridge]]\nid = \"a\"\nname = \"乙\"\n{CANARY}"
        );
        assert!(read(&twice).unwrap_err().contains("already the id of another bridge"));
    }
}
