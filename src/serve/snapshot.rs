//! The county as it is shown: every source with its standing, and what adds up from them.
//!
//! A [`Snapshot`] never changes. The [`Keeper`](super::keeper::Keeper) makes the next one from it when something has been
//! polled or judged, and swaps it; whoever reads keeps the one it has taken. Its generation counts up only when something
//! in it is not as before, so that a reader can ask for what is new alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::mail_view::NoticeView;
use super::view::{Counts, SourceView, UnitSummary, UnknownCause};
use crate::alert::{OperatorMatter, State};
use crate::rules::Unit;
use crate::schedule::Slot;

/// Everything that lists and overviews show.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    /// How many different snapshots there were before.
    pub(super) generation: u64,
    /// When all of this was last seen to be true.
    pub(super) as_of: DateTime<Utc>,
    /// The county's day then; days left are counted from it.
    pub(super) today: NaiveDate,
    /// By slot: in the order of annex 1 and of the unit files.
    pub(super) sources: Vec<Arc<SourceView>>,
    /// In the order of annex 1.
    pub(super) units: Vec<UnitSummary>,
    /// All sources by standing.
    pub(super) counts: Counts,
    /// Unknown sources by cause, most frequent first.
    pub(super) unknown: Vec<UnknownCause>,
    /// What people wait for, or should see to.
    pub(super) pending: Arc<Pending>,
    /// How often anything else than a source has changed.
    others: u64,
}

/// What people wait for, or should see to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// Notices waiting.
    pub(super) notices: usize,
    /// Why the first that was tried still waits.
    pub(super) error: Option<String>,
    /// What the operator is told of.
    pub(super) operator: Vec<OperatorMatter>,
    /// Notices that were given up.
    pub(super) dead_letters: Vec<NoticeView>,
}

/// Standings from worst to best, as lists order them: what a unit must mend, then what we must find out.
pub(super) const SEVERITY: [&str; 6] = ["overdue", "blank", "unknown", "due-soon", "fresh", "exempt"];

pub(super) fn severity(standing: &str) -> usize {
    SEVERITY.iter().position(|word| *word == standing).unwrap_or(SEVERITY.len())
}

impl Snapshot {
    /// The snapshot of a county that nobody has looked at yet.
    pub(super) fn before_the_first_look(now: DateTime<Utc>, today: NaiveDate) -> Self {
        Self {
            generation: 0,
            as_of: now,
            today,
            sources: Vec::new(),
            units: Vec::new(),
            counts: Counts::new(),
            unknown: Vec::new(),
            pending: Arc::default(),
            others: 0,
        }
    }

    /// The first snapshot of these sources, in slot order.
    pub(super) fn of_all(&self, sources: Vec<SourceView>, units: &[Unit], pending: Pending) -> Self {
        let (sources, pending) = (sources.into_iter().map(Arc::new).collect(), Arc::new(pending));
        Self { sources, pending, ..self.clone() }.added_up(units).after(self)
    }

    /// The snapshot after these sources have changed.
    pub(super) fn with(&self, changed: Vec<(Slot, SourceView)>, units: &[Unit], pending: Pending) -> Self {
        let mut next = self.clone();
        let mut differs = *self.pending != pending;
        if differs {
            next.pending = Arc::new(pending);
        }
        for (slot, view) in changed {
            if let Some(place) = next.sources.get_mut(slot.0 as usize)
                && **place != view
            {
                *place = Arc::new(view);
                differs = true;
            }
        }
        if differs { next.added_up(units).after(self) } else { next }
    }

    /// The same, or another if so many changes of anything else than a source are not those of before.
    pub(super) fn with_others(self, others: u64) -> Self {
        if others == self.others {
            return self;
        }
        Self { generation: self.generation + 1, others, ..self }
    }

    /// The same at another instant.
    pub(super) fn at(self, now: DateTime<Utc>, today: NaiveDate) -> Self {
        Self { as_of: now, today, ..self }
    }

    fn after(self, before: &Self) -> Self {
        Self { generation: before.generation + 1, ..self }
    }

    fn added_up(self, units: &[Unit]) -> Self {
        let mut of_unit: BTreeMap<&str, Vec<&SourceView>> = BTreeMap::new();
        for source in &self.sources {
            of_unit.entry(source.unit.as_str()).or_default().push(source);
        }
        let summaries = units.iter().map(|unit| {
            let sources = of_unit.get(unit.id.as_str()).map_or(&[][..], Vec::as_slice);
            summary(unit, sources)
        });
        let units = summaries.collect();
        let counts = count(self.sources.iter().map(Arc::as_ref));
        let unknown = unknown_causes(&self.sources);
        Self { units, counts, unknown, ..self }
    }

    /// The sources of one unit.
    pub(super) fn sources_of<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a Arc<SourceView>> {
        self.sources.iter().filter(move |source| source.unit.as_str() == unit)
    }

    /// What is overdue or blank, or comes due up to this day; the most urgent first.
    pub(super) fn due_until(&self, until: NaiveDate) -> Vec<Arc<SourceView>> {
        let is_due = |source: &&Arc<SourceView>| match source.standing.as_str() {
            "overdue" | "blank" => true,
            "fresh" | "due-soon" => source.due.is_some_and(|due| due <= until),
            _ => false,
        };
        let mut due: Vec<Arc<SourceView>> = self.sources.iter().filter(is_due).cloned().collect();
        due.sort_by_key(|source| (source.due, severity(&source.standing)));
        due
    }

    /// The sources whose alert is raised; the worst first.
    pub(super) fn raised(&self) -> Vec<Arc<SourceView>> {
        let is_raised = |source: &&Arc<SourceView>| source.alert != State::Quiet;
        let mut raised: Vec<Arc<SourceView>> = self.sources.iter().filter(is_raised).cloned().collect();
        raised.sort_by_key(|source| (severity(&source.standing), source.due));
        raised
    }
}

fn summary(unit: &Unit, sources: &[&SourceView]) -> UnitSummary {
    let counts = count(sources.iter().copied());
    let worst = SEVERITY.iter().find(|word| counts.contains_key(**word)).unwrap_or(&"exempt");
    UnitSummary { id: unit.id.clone(), name: unit.name.clone(), worst: (*worst).to_owned(), counts }
}

fn count<'a>(sources: impl Iterator<Item = &'a SourceView>) -> Counts {
    let mut counts = Counts::new();
    for source in sources {
        match counts.get_mut(&source.standing) {
            Some(count) => *count += 1,
            None => {
                counts.insert(source.standing.clone(), 1);
            }
        }
    }
    counts
}

fn unknown_causes(sources: &[Arc<SourceView>]) -> Vec<UnknownCause> {
    let mut causes: BTreeMap<String, UnknownCause> = BTreeMap::new();
    for source in sources {
        let Some(cause) = &source.cause else { continue };
        let why = cause.to_string();
        let entry = causes.entry(why.clone()).or_insert_with(|| UnknownCause {
            cause: cause.clone(),
            why,
            sources: 0,
            example: source.id.clone(),
        });
        entry.sources += 1;
    }
    let mut causes: Vec<UnknownCause> = causes.into_values().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.sources));
    causes
}

#[cfg(test)]
mod tests {
    use super::super::samples::{instant, source, unit};
    use super::*;

    fn first() -> Snapshot {
        let nothing = Snapshot::before_the_first_look(instant(0), NaiveDate::MIN);
        let sources = vec![source("a/1", "fresh"), source("a/2", "overdue"), source("b/1", "unknown")];
        nothing.of_all(sources, &[unit("b"), unit("a"), unit("c")], Pending::default())
    }

    #[test]
    fn units_are_summed_up_by_their_worst_source_in_the_order_of_the_rules() {
        let worst: Vec<_> =
            first().units.iter().map(|unit| (unit.id.to_string(), unit.worst.clone())).collect();
        let expected = [("b", "unknown"), ("a", "overdue"), ("c", "exempt")];
        assert_eq!(worst, expected.map(|(id, worst)| (id.to_owned(), worst.to_owned())));
    }

    #[test]
    fn the_generation_counts_changes_and_not_looks() {
        let first = first();
        let units = [unit("a"), unit("b")];
        let same = first.with(vec![(Slot(1), source("a/2", "overdue"))], &units, Pending::default());
        assert_eq!(same.generation, first.generation);
        let changed = first.with(vec![(Slot(1), source("a/2", "fresh"))], &units, Pending::default());
        assert_eq!((changed.generation, changed.counts["fresh"]), (first.generation + 1, 2));
        assert_eq!(first.counts["overdue"], 1, "who has taken a snapshot keeps it");
        assert_eq!(first.clone().with_others(0).generation, first.generation);
        assert_eq!(first.clone().with_others(7).with_others(7).generation, first.generation + 1);
        let mail = Pending { notices: 1, ..Pending::default() };
        assert_eq!(first.with(Vec::new(), &units, mail).generation, first.generation + 1);
    }

    #[test]
    fn a_slot_that_is_not_there_changes_nothing() {
        let first = first();
        let next = first.with(vec![(Slot(9), source("z/9", "fresh"))], &[], Pending::default());
        assert_eq!(next.generation, first.generation);
    }

    #[test]
    fn what_nobody_can_tell_is_not_listed_as_due() {
        let day = NaiveDate::from_ymd_opt(2022, 12, 27).unwrap();
        let due = first().due_until(day);
        let ids: Vec<_> = due.iter().map(|source| source.id.as_str()).collect();
        assert_eq!(ids, ["a/2"]);
    }
}
