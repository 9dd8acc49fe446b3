//! Finds the one date in a row's own text.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{ElementRef, Node};

use super::super::dates::{ReadDate, read_bare_date};
use super::super::sighting::{RowError, Sureness};
use super::super::walk::{NodeRef, walk};
use super::super::words::{clipped, collapsed, is_silent, text_of};
use super::RowDate;
use super::zones::{FARTHEST, is_list};

/// Longer texts are no date nodes. A labelled date with source and time is shorter.
const LONGEST: usize = 64;

/// How far up a date may be spread: `<div><b>15</b><i>2025-03</i></div>` needs one step.
const STEPS: usize = 2;

/// A date block has no more nodes than this: day, month, year, time, each in an element, and space between.
const MOST_NODES: usize = 20;

/// Reads dates as of one poll.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dating {
    pub(super) seen_at: DateTime<Utc>,
    pub(super) zone: Tz,
}

/// A text that is a date, as read.
struct Spot<'a> {
    place: ElementRef<'a>,
    raw: String,
    read: Result<ReadDate, RowError>,
    is_in_link: bool,
}

impl Spot<'_> {
    /// Whether the year may stand in another element.
    fn lacks_year(&self) -> bool {
        self.read.as_ref().is_ok_and(|read| read.sureness == Sureness::YearInferred)
    }
}

impl Dating {
    /// Whether the text node is a date, or part of one that its parents complete.
    pub(super) fn is_date(self, text: NodeRef) -> bool {
        self.spot(text, None).is_some_and(|spot| spot.read.is_ok())
    }

    /// The date that one text node is, or is part of.
    pub(super) fn date_at<'a>(self, text: NodeRef<'a>) -> Option<Result<RowDate<'a>, RowError>> {
        let spot = self.spot(text, None)?;
        Some(spot.read.map(|read| RowDate { read, raw: spot.raw, place: spot.place }))
    }

    /// The date of a row: outside the link if there is one, since titles hold dates of their own.
    pub(super) fn date_of<'a>(self, row: ElementRef<'a>) -> Result<RowDate<'a>, RowError> {
        let texts: Vec<NodeRef> = own_texts(row).collect();
        let spots: Vec<Spot> = texts.iter().filter_map(|text| self.spot(*text, Some(row))).collect();
        let (inside, outside): (Vec<Spot>, Vec<Spot>) = spots.into_iter().partition(|spot| spot.is_in_link);
        let spots = if outside.is_empty() { inside } else { outside };
        let date = one_of(&spots).unwrap_or_else(|| Err(missing(&texts)))?;
        if date.read.sureness != Sureness::Sure && has_year_outside_links(&texts) {
            return Err(RowError::Unreadable(date.raw));
        }
        Ok(date)
    }

    /// The date that a text node is, or is part of. `row` bounds the search.
    fn spot<'a>(self, text: NodeRef<'a>, row: Option<ElementRef<'a>>) -> Option<Spot<'a>> {
        let written = text.value().as_text()?;
        if written.len() > LONGEST * 4 || !could_be_date(written) {
            return None;
        }
        let parent = text.parent().and_then(ElementRef::wrap)?;
        let link = link_around(parent);
        if let Some(link) = link {
            return self.spot_in_link(parent, link);
        }
        let own = self.spot_of(collapsed(written), parent, false);
        if own.as_ref().is_some_and(|spot| !spot.lacks_year()) {
            return own;
        }
        let inside = |element: &ElementRef| row.is_none_or(|row| row != *element);
        let around: Vec<Spot> =
            std::iter::successors(Some(parent), |inner| inner.parent().and_then(ElementRef::wrap))
                .take_while(inside)
                .take(STEPS)
                .take_while(|element| is_small(*element) && !has_link(*element))
                .filter_map(|element| self.spot_of(text_of(element), element, false))
                .filter(|spot| spot.read.is_ok())
                .collect();
        let (short, whole): (Vec<Spot>, Vec<Spot>) = around.into_iter().partition(Spot::lacks_year);
        whole.into_iter().next().or(own).or_else(|| short.into_iter().next())
    }

    /// A date inside the link must be an element of its own; beside bare title text it must not be in words either,
    /// as titles highlight dates (`关于<b>9月1日</b>停水的通知`).
    fn spot_in_link<'a>(self, parent: ElementRef<'a>, link: ElementRef<'a>) -> Option<Spot<'a>> {
        if parent == link {
            return None;
        }
        let raw = text_of(parent);
        if raw.contains(['年', '月', '天']) && has_bare_text(link) {
            return None;
        }
        self.spot_of(raw, parent, true)
    }

    fn spot_of(self, raw: String, place: ElementRef<'_>, is_in_link: bool) -> Option<Spot<'_>> {
        if raw.chars().count() > LONGEST {
            return None;
        }
        match read_bare_date(&raw, self.seen_at, self.zone) {
            Err(RowError::Missing | RowError::Unreadable(_)) => None,
            read => Some(Spot { place, raw: clipped(raw), read, is_in_link }),
        }
    }
}

/// The row's text nodes, without lists inside it (pop-ups) and what nobody sees.
fn own_texts(row: ElementRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    walk(row, |element| is_silent(element) || is_list(element)).filter(|node| node.value().is_text())
}

/// The date on which all spots agree; one that is out of bounds spoils the rest.
fn one_of<'a>(spots: &[Spot<'a>]) -> Option<Result<RowDate<'a>, RowError>> {
    let all = || spots.iter().map(|spot| spot.raw.as_str()).collect::<Vec<_>>().join(" ");
    let first = spots.first()?;
    let outcome = match &first.read {
        Err(error) => Err(error.clone()),
        Ok(read) => match spots.iter().find(|spot| spot.read.as_ref().map(|read| read.date) != Ok(read.date))
        {
            Some(Spot { read: Err(error), .. }) => Err(error.clone()),
            Some(_) => Err(RowError::Unreadable(clipped(all()))),
            None => Ok(RowDate { read: *read, raw: first.raw.clone(), place: first.place }),
        },
    };
    Some(outcome)
}

/// Why a row without a date has none: a short text with figures in it was perhaps meant as one.
fn missing(texts: &[NodeRef]) -> RowError {
    outside_links(texts)
        .map(collapsed)
        .find(|text| text.chars().count() <= 32 && could_be_date(text))
        .map_or(RowError::Missing, RowError::Unreadable)
}

fn outside_links<'t>(texts: &'t [NodeRef<'t>]) -> impl Iterator<Item = &'t str> {
    texts.iter().filter_map(|node| {
        let parent = node.parent().and_then(ElementRef::wrap)?;
        match node.value() {
            Node::Text(text) if link_around(parent).is_none() => Some(&**text),
            _ => None,
        }
    })
}

/// Whether a year stands by itself somewhere in the row: then a date without one is only half of what is written.
fn has_year_outside_links(texts: &[NodeRef]) -> bool {
    outside_links(texts).any(|text| {
        text.split(|c: char| !c.is_ascii_digit())
            .any(|figures| figures.len() == 4 && (figures.starts_with("19") || figures.starts_with("20")))
    })
}

fn could_be_date(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit() || ('０'..='９').contains(&c))
        || ["刚刚", "今天", "昨天", "前天"].contains(&text.trim())
}

fn link_around(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    std::iter::successors(Some(element), |inner| inner.parent().and_then(ElementRef::wrap))
        .take(FARTHEST)
        .find(|outer| outer.value().name() == "a")
}

/// Whether the element can be a date block. Checked before anything else looks at all that is in it.
fn is_small(element: ElementRef) -> bool {
    walk(element, |_| false).nth(MOST_NODES).is_none()
}

fn has_link(element: ElementRef) -> bool {
    walk(element, |_| false).filter_map(ElementRef::wrap).any(|inner| inner.value().name() == "a")
}

fn has_bare_text(link: ElementRef) -> bool {
    link.children().any(|child| child.value().as_text().is_some_and(|text| !text.trim().is_empty()))
}
