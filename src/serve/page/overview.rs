//! The overview: the county at a glance.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::calendar::{Week, weeks};
use crate::serve::snapshot::{Snapshot, severity};
use crate::serve::view::{Counts, SourceView};
use crate::serve::words::{STANDINGS, standing_in_words};

/// Days that the calendar looks ahead.
const AHEAD: u64 = 30;

#[derive(Debug, Serialize)]
pub(super) struct Overview {
    total: usize,
    units: usize,
    figures: Vec<Figure>,
    grid: Vec<Tile>,
    weeks: Vec<Week>,
    days: Vec<DueDay>,
    due: usize,
    until: NaiveDate,
    channels: Vec<ChannelRow>,
    unknown: Vec<UnknownRow>,
    /// Whether a notice was tried in vain. What the mail server said is not for everybody.
    mail_waits: bool,
}

/// How many stand so, and the share of the bar that shows it.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) standing: &'static str,
    pub(super) word: &'static str,
    pub(super) count: usize,
    /// In thousandths of all: where its piece of the bar begins, and how wide it is.
    pub(super) from: usize,
    pub(super) width: usize,
}

/// One unit of the grid.
#[derive(Debug, Serialize)]
struct Tile {
    id: String,
    name: String,
    worst: String,
    total: usize,
    /// Its sources' standings, worst first: one dot each.
    dots: Vec<String>,
    /// What is not as it should be, in words.
    said: String,
}

/// What comes due on one day.
#[derive(Debug, Serialize)]
struct DueDay {
    day: NaiveDate,
    left: i64,
    sources: Vec<DueRow>,
}

#[derive(Debug, Serialize)]
struct DueRow {
    id: String,
    name: String,
    unit_name: String,
    standing: String,
}

#[derive(Debug, Serialize)]
struct ChannelRow {
    channel: String,
    total: usize,
    cells: Vec<(&'static str, usize)>,
}

#[derive(Debug, Serialize)]
struct UnknownRow {
    sources: usize,
    why: String,
    example: String,
}

pub(super) fn overview(shown: &Snapshot) -> Overview {
    let until = shown.today + Days::new(AHEAD);
    let days = due_days(shown, until);
    let count_on = |day: NaiveDate| days.iter().find(|due| due.day == day).map_or(0, |due| due.sources.len());
    let mut grid: Vec<Tile> =
        shown.units.iter().map(|unit| tile(unit.id.as_str(), &unit.name, shown)).collect();
    grid.sort_by_key(|tile| severity(&tile.worst));
    Overview {
        total: shown.sources.len(),
        units: shown.units.len(),
        figures: figures(&shown.counts),
        grid,
        weeks: weeks(shown.today, until, count_on),
        due: days.iter().map(|day| day.sources.len()).sum(),
        days,
        until,
        channels: channels(shown),
        unknown: shown
            .unknown
            .iter()
            .map(|cause| UnknownRow {
                sources: cause.sources,
                why: cause.cause.chinese_in_public(),
                example: cause.example.to_string(),
            })
            .collect(),
        mail_waits: shown.pending.error.is_some(),
    }
}

/// All standings with their counts and their pieces of a bar.
pub(super) fn figures(counts: &Counts) -> Vec<Figure> {
    let total: usize = counts.values().sum::<usize>().max(1);
    let mut before = 0;
    let mut figures = Vec::with_capacity(STANDINGS.len());
    for (standing, word) in STANDINGS {
        let count = counts.get(standing).copied().unwrap_or(0);
        let from = before * 1000 / total;
        before += count;
        figures.push(Figure { standing, word, count, from, width: before * 1000 / total - from });
    }
    figures
}

fn tile(id: &str, name: &str, shown: &Snapshot) -> Tile {
    let mut dots: Vec<String> = shown.sources_of(id).map(|source| source.standing.clone()).collect();
    dots.sort_by_key(|standing| severity(standing));
    let is_fine = |standing: &str| matches!(standing, "fresh" | "exempt");
    let mut said: Vec<String> = Vec::new();
    for (standing, word) in STANDINGS.iter().filter(|(standing, _)| !is_fine(standing)) {
        let count = dots.iter().filter(|own| own == standing).count();
        if count > 0 {
            said.push(format!("{word} {count}"));
        }
    }
    Tile {
        id: id.to_owned(),
        name: name.to_owned(),
        worst: dots.first().cloned().unwrap_or_else(|| "exempt".to_owned()),
        total: dots.len(),
        dots,
        said: if said.is_empty() { standing_in_words("fresh").to_owned() } else { said.join("，") },
    }
}

fn due_days(shown: &Snapshot, until: NaiveDate) -> Vec<DueDay> {
    let mut by_day: BTreeMap<NaiveDate, Vec<DueRow>> = BTreeMap::new();
    for source in shown.due_until(until) {
        let in_time = matches!(source.standing.as_str(), "fresh" | "due-soon");
        if let Some(due) = source.due.filter(|due| in_time && *due >= shown.today) {
            by_day.entry(due).or_default().push(due_row(&source));
        }
    }
    let days = by_day.into_iter();
    days.map(|(day, sources)| DueDay { day, left: (day - shown.today).num_days(), sources }).collect()
}

fn due_row(source: &SourceView) -> DueRow {
    DueRow {
        id: source.id.to_string(),
        name: source.name.clone(),
        unit_name: source.unit_name.clone(),
        standing: source.standing.clone(),
    }
}

fn channels(shown: &Snapshot) -> Vec<ChannelRow> {
    let mut names: Vec<&str> = Vec::new();
    for source in &shown.sources {
        if !names.contains(&source.channel.as_str()) {
            names.push(&source.channel);
        }
    }
    let row = |channel: &str| {
        let own = || shown.sources.iter().filter(|source| source.channel == channel);
        let count = |standing: &str| own().filter(|source| source.standing == standing).count();
        ChannelRow {
            channel: channel.to_owned(),
            total: own().count(),
            cells: STANDINGS.iter().map(|(standing, _)| (*standing, count(standing))).collect(),
        }
    };
    names.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_bar_fill_it_without_a_gap() {
        let counts: Counts = [("overdue", 1), ("unknown", 2), ("fresh", 4)]
            .map(|(word, count)| (word.to_owned(), count))
            .into();
        let figures = figures(&counts);
        let mut end = 0;
        for figure in &figures {
            assert_eq!(figure.from, end);
            end += figure.width;
        }
        assert_eq!(end, 1000);
        assert_eq!(super::figures(&Counts::new()).iter().map(|figure| figure.width).sum::<usize>(), 0);
    }
}
