//! What a walk has found so far.

use url::Url;

use super::address::place_of;
use super::frontier::{Frontier, Stop};
use super::naming::names_the_unit;
use super::page::{Column, Kind};
use crate::extract::{ExtractError, Landmarks};
use crate::fetch::Failure;

/// What a walk found.
#[derive(Debug)]
pub(crate) struct Survey {
    /// Where it began.
    pub(crate) start: Url,
    /// Pages that were had.
    pub(crate) pages: usize,
    /// Pages that could not be had.
    pub(crate) refused: usize,
    /// Pages that are known and were not asked for.
    pub(crate) left: usize,
    /// Why the walk ended before its time, if it did.
    pub(crate) ended_early: Option<String>,
    pub(super) columns: Vec<FoundColumn>,
    pub(super) unread: Vec<Unread>,
    /// Whether the first page names the unit: then all the unit's pages do.
    starts_in_unit: bool,
}

/// A column that was found.
#[derive(Debug, Clone)]
pub(super) struct FoundColumn {
    pub(super) here: Stop,
    pub(super) trail: Vec<String>,
    pub(super) column: Column,
}

/// A page on which no column was read.
#[derive(Debug, Clone)]
pub(super) struct Unread {
    pub(super) here: Stop,
    pub(super) why: String,
    pub(super) is_like_a_column: bool,
}

impl Survey {
    /// A walk that has not begun.
    pub(super) fn of(start: &Url) -> Self {
        Self {
            start: start.clone(),
            pages: 0,
            refused: 0,
            left: 0,
            ended_early: None,
            columns: Vec::new(),
            unread: Vec::new(),
            starts_in_unit: false,
        }
    }

    /// How many columns were found.
    pub(crate) fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Notes a page that was had at `url`, and where to go from there.
    pub(super) fn arrive(
        &mut self,
        mut here: Stop,
        url: &Url,
        read: Result<(Landmarks, Kind), ExtractError>,
        frontier: &mut Frontier,
        unit: &str,
    ) {
        self.pages += 1;
        if !frontier.arrived(&here, url) {
            return;
        }
        if place_of(&here.url) != place_of(url) {
            here.url = url.clone();
        }
        let (landmarks, kind) = match read {
            Ok(read) => read,
            Err(why) => return self.leave_unread(here, format!("not read: {why}"), false),
        };
        if here.depth == 0 {
            self.starts_in_unit = names_the_unit(&landmarks.trail, unit);
        }
        if self.is_of_another(&landmarks, unit) || kind == Kind::Article {
            return;
        }
        frontier.meet(&here, &landmarks.links);
        match kind {
            Kind::Column(column) => {
                for article in column.articles.iter().filter_map(|article| Url::parse(article).ok()) {
                    frontier.rule_out(&article);
                }
                self.columns.push(FoundColumn { here, trail: landmarks.trail, column });
            }
            Kind::Unread { why, is_like_a_column } => {
                self.leave_unread(here, format!("no rows read: {why}"), is_like_a_column);
            }
            Kind::Article => {}
        }
    }

    /// Notes a page that could not be had.
    pub(super) fn miss(&mut self, here: Stop, why: &Failure) {
        self.refused += 1;
        self.leave_unread(here, format!("not read: {why}"), false);
    }

    fn leave_unread(&mut self, here: Stop, why: String, is_like_a_column: bool) {
        self.unread.push(Unread { here, why, is_like_a_column });
    }

    fn is_of_another(&self, landmarks: &Landmarks, unit: &str) -> bool {
        self.starts_in_unit && !landmarks.trail.is_empty() && !names_the_unit(&landmarks.trail, unit)
    }
}
