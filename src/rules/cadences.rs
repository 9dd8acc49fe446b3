//! `cadences.toml`: named cadences, and which column names imply which.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::cadence::{Cadence, Lead, Period, Rungs};
use super::document::{Document, Table};
use super::id::is_valid_id;
use super::problem::Collector;

/// The cadences that rules may name.
#[derive(Debug, Default, Clone)]
pub struct Cadences {
    named: BTreeMap<String, Arc<Cadence>>,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct Pattern {
    contains: Vec<String>,
    cadence: Arc<Cadence>,
}

impl Cadences {
    /// The cadence of that name.
    pub fn named(&self, name: &str) -> Option<&Arc<Cadence>> {
        self.named.get(name)
    }

    /// The cadence of the first pattern that fits a column's name.
    pub fn for_column_name(&self, name: &str) -> Option<&Arc<Cadence>> {
        let fits = |pattern: &&Pattern| pattern.contains.iter().any(|text| name.contains(text.as_str()));
        self.patterns.iter().find(fits).map(|pattern| &pattern.cadence)
    }

    /// The cadence that gives the most time before anything is due.
    pub(crate) fn most_lenient(&self) -> Option<&Arc<Cadence>> {
        let bounded = self.named.values().filter(|cadence| cadence.period.rough_days().is_some());
        bounded.max_by_key(|cadence| cadence.period.rough_days())
    }

    /// The cadence whose limit a bulletin prints so (半年, 2周), if it is the only one.
    pub(crate) fn with_limit(&self, limit: &str) -> Option<&Arc<Cadence>> {
        let mut fitting =
            self.named.values().filter(|cadence| cadence.period.limit().as_deref() == Some(limit));
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// All names, for messages.
    pub(crate) fn names(&self) -> String {
        self.named.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn load(path: &Path, problems: &Collector) -> Self {
        Document::read(path, problems)
            .map_or_else(Self::default, |document| Self::of_document(&document, problems))
    }

    pub(super) fn of_document(document: &Document, problems: &Collector) -> Self {
        document.with_root(problems, |root| {
            let mut cadences = Self::default();
            for table in root.tables("cadence") {
                cadences.add_cadence(&table);
            }
            for table in root.tables("pattern") {
                cadences.add_pattern(&table);
            }
            root.finish();
            cadences
        })
    }

    fn add_cadence(&mut self, table: &Table<'_>) {
        let name = table.string("name");
        let period = read_period(table);
        let lead_days = table.optional_integer("lead-days", 0..=366);
        let next_cut_off = table.optional_word("lead", &[("next-cut-off", ())]).is_some();
        let grace_days = table.optional_integer("grace-days", 0..=366).unwrap_or(0);
        let remark_due_soon = table.boolean_or("remark-due-soon", false);
        let rungs = read_rungs(table);
        if lead_days.is_none() && !table.has("lead-days") && !matches!(period, Some(Period::Unlimited)) {
            table.report("lead-days", "is missing: days before the due date from which units are warned");
        }
        table.finish();
        let (Some(name), Some(period)) = (name, period) else { return };
        if !is_valid_id(&name) {
            table.report("name", "must be lower-case letters, digits and single hyphens");
        }
        let lead_days = lead_days.unwrap_or(0);
        let lead =
            if next_cut_off { Lead::NextCutOff { at_least: lead_days } } else { Lead::Days(lead_days) };
        let cadence = Cadence { name: name.clone(), period, lead, grace_days, remark_due_soon, rungs };
        if self.named.insert(name.clone(), Arc::new(cadence)).is_some() {
            table.report("name", format!("the cadence `{name}` is defined twice"));
        }
    }

    fn add_pattern(&mut self, table: &Table<'_>) {
        let contains = table.strings("contains");
        let name = table.string("cadence");
        if contains.is_empty() {
            table.report("contains", "is missing: a list of texts, any of which a column's name may contain");
        }
        table.finish();
        let Some(name) = name else { return };
        match self.named(&name) {
            Some(cadence) => self.patterns.push(Pattern { contains, cadence: Arc::clone(cadence) }),
            None => table.report("cadence", format!("`{name}` is not a cadence, allowed: {}", self.names())),
        }
    }
}

fn read_rungs(table: &Table<'_>) -> Rungs {
    let usual = Rungs::default();
    Rungs {
        again_before: table.optional_integer("again-before", 0..=30).unwrap_or(usual.again_before),
        on_due_day: table.boolean_or("on-due-day", usual.on_due_day),
        remind_every: table.optional_integer("remind-every-days", 1..=366),
        escalate_after: table.optional_integer("escalate-after-days", 1..=366),
    }
}

fn read_period(table: &Table<'_>) -> Option<Period> {
    let days = table.optional_integer("days", 1..=3660);
    let months = table.optional_integer("months", 1..=120);
    let unlimited = table.boolean_or("unlimited", false);
    let given = ["days", "months", "unlimited"].into_iter().filter(|key| table.has(key)).count();
    if given != 1 {
        table.report("months", "exactly one of days, months or unlimited = true must be given");
        return None;
    }
    match (days, months, unlimited) {
        (Some(days), _, _) => Some(Period::Days(days)),
        (_, Some(months), _) => Some(Period::Months(months)),
        (None, None, true) => Some(Period::Unlimited),
        (None, None, false) => None,
    }
}
