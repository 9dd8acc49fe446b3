//! Reads an HTML list whose parts are named by CSS selectors.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{ElementRef, Html, Selector};

use super::dates::{ReadDate, read_date};
use super::document::parse_text;
use super::link::Base;
use super::listing::{Row, listing, undated};
use super::nested::tree_of;
use super::page::Decoded;
use super::selectors::Selectors;
use super::sighting::{DateKind, ExtractError, Found, Listing, RowError, Sighting};
use super::title::title_of_link;
use super::undrawn::may_be_filled_later;
use super::walk::{around, elements};
use super::words::{clipped, shown_text_of, text_of, text_without};

/// Reads the list on a page.
pub(super) fn read_list(
    decoded: &Decoded<'_>,
    selectors: &Selectors,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    let (page, text) = (decoded.page, decoded.text());
    if let Some(list) = selectors.region.as_ref().and_then(|region| region.cut(text)) {
        let html = tree_of(&list).map_or_else(|| parse_text(&list), Ok)?;
        // A page with its own base is never cut.
        let reader = Reader { selectors, base: Base::address_of(page), seen_at, zone };
        let rows = reader.rows(&containers(&html, selectors));
        if !rows.is_empty() {
            return listing(rows);
        }
    }
    let html = parse_text(text)?;
    let base = Base::of(page, &html);
    let doubt = |stands_alone: bool| {
        (stands_alone || page.drawing.is_some()) && may_be_filled_later(page, text, &selectors.empty)
    };
    list_on(&html, doubt, base, selectors, seen_at, zone)
}

/// The list on a parsed page, or in a fragment of one. `is_in_doubt`: whether a script may yet put
/// rows where a marker says that there are none, in a list or where it stands alone.
pub(super) fn list_on(
    html: &Html,
    is_in_doubt: impl Fn(bool) -> bool,
    base: Base,
    selectors: &Selectors,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    let containers = containers(html, selectors);
    let rows = Reader { selectors, base, seen_at, zone }.rows(&containers);
    if rows.is_empty() { without_rows(html, is_in_doubt, &containers, selectors) } else { listing(rows) }
}

fn containers<'a>(html: &'a Html, selectors: &Selectors) -> Vec<ElementRef<'a>> {
    html.select(&selectors.list).collect()
}

/// No rows: the list may say that it is empty, all of it. Some templates then draw no list at all, so the marker may stand
/// alone; but what stands alone may also be there until a script draws the list.
fn without_rows(
    html: &Html,
    is_in_doubt: impl Fn(bool) -> bool,
    containers: &[ElementRef],
    selectors: &Selectors,
) -> Result<Listing, ExtractError> {
    let says_so = |place: ElementRef| {
        let shown = shown_text_of(place);
        selectors.empty.iter().any(|marker| shown.contains(marker))
    };
    let lists = not_nested(containers);
    let lists_say_so = !lists.is_empty() && lists.into_iter().all(says_so);
    let mut elsewhere = selectors.empty_in.iter().flat_map(|place| html.select(place));
    if (lists_say_so && !is_in_doubt(false)) || (elsewhere.any(says_so) && !is_in_doubt(true)) {
        return Ok(Listing::Empty);
    }
    if containers.is_empty() {
        return Err(ExtractError::NoList { selector: selectors.list_text.clone() });
    }
    Err(ExtractError::NoRows)
}

/// The containers that lie in no other. They come in page order, so an outer one before its inner ones.
fn not_nested<'a>(containers: &[ElementRef<'a>]) -> Vec<ElementRef<'a>> {
    let mut met: Vec<ElementRef> = Vec::new();
    for container in containers {
        if !met.last().is_some_and(|outer| around(*container).any(|element| element == *outer)) {
            met.push(*container);
        }
    }
    met
}

/// The rows of all containers, each once even where containers nest, without those to be skipped.
fn rows_in<'a>(containers: &[ElementRef<'a>], selectors: &Selectors) -> Vec<ElementRef<'a>> {
    let mut met = HashSet::new();
    containers
        .iter()
        .flat_map(|container| container.select(&selectors.row).collect::<Vec<_>>())
        .filter(|row| containers.len() == 1 || met.insert(row.id()))
        .filter(|row| !selectors.skip.as_ref().is_some_and(|skip| skip.matches(row)))
        .collect()
}

/// A row with the rows that lie inside it: pop-ups of an item, or the real rows if this one only wraps them.
struct NestedRow<'a> {
    row: ElementRef<'a>,
    inner: Vec<ElementRef<'a>>,
}

/// Puts rows inside rows under the outermost. `rows` are in page order, so an outer row comes before its inner ones.
fn outermost(rows: Vec<ElementRef>) -> Vec<NestedRow> {
    let mut nested: Vec<NestedRow> = Vec::new();
    for row in rows {
        match nested.last_mut() {
            Some(outer) if around(row).any(|element| element == outer.row) => outer.inner.push(row),
            _ => nested.push(NestedRow { row, inner: Vec::new() }),
        }
    }
    nested
}

struct Reader<'s> {
    selectors: &'s Selectors,
    base: Base,
    seen_at: DateTime<Utc>,
    zone: Tz,
}

impl Reader<'_> {
    fn rows(&self, containers: &[ElementRef]) -> Vec<Row> {
        outermost(rows_in(containers, self.selectors)).into_iter().flat_map(|row| self.read(row)).collect()
    }

    /// Reads a row; or the rows inside it if it has nothing of its own.
    fn read(&self, nested: NestedRow) -> Vec<Row> {
        if let Some(row) = self.read_own(nested.row, &nested.inner) {
            return vec![row];
        }
        // Levels are few: a page with rows wrapped many times over is broken, and then reading nothing is right.
        let inner = outermost(nested.inner);
        inner.into_iter().filter_map(|nested| self.read_own(nested.row, &nested.inner)).collect()
    }

    /// What the row itself holds, without the rows inside it. Nothing for a separator.
    fn read_own(&self, row: ElementRef, inner: &[ElementRef]) -> Option<Row> {
        let link = own(row, inner, &self.selectors.link).into_iter().next();
        let date_nodes = own(row, inner, &self.selectors.date);
        let dates: Vec<String> =
            date_nodes.iter().map(|node| text_of(*node)).filter(|text| !text.is_empty()).collect();
        let date = self.date_among(&dates);
        if link.is_none() && matches!(date, Err(RowError::Missing)) {
            return None;
        }
        let is_date = |element: ElementRef| date_nodes.contains(&element);
        let title = match link {
            Some(link) => title_of_link(link, is_date),
            None => text_without(row, |element| is_date(element) || inner.contains(&element)),
        };
        let href = link.and_then(|link| link.attr("href"));
        let url = href.map(|href| self.base.resolve(href)).unwrap_or_default();
        Some(match date {
            Ok((read, raw_date)) => Ok(Sighting {
                title,
                url,
                date: read.date,
                raw_date,
                found: Found::List,
                kind: DateKind::Published,
                sureness: read.sureness,
            }),
            Err(why) => undated(title, url, why),
        })
    }

    /// The one date in the row's date nodes. A selector such as `span` may also match nodes that hold no date; but two
    /// different dates are too many.
    fn date_among(&self, texts: &[String]) -> Result<(ReadDate, String), RowError> {
        let mut found: Option<(ReadDate, String)> = None;
        let mut first_failure = RowError::Missing;
        for text in texts {
            match (read_date(text, self.seen_at, self.zone), &found) {
                (Ok(read), None) => found = Some((read, clipped(text.clone()))),
                (Ok(read), Some((other, _))) if read.date == other.date => {}
                (Ok(_), Some(_)) => return Err(RowError::Unreadable(clipped(texts.join(" ")))),
                (Err(error @ (RowError::Future(_) | RowError::TooOld(_))), _) => return Err(error),
                (Err(error), _) if first_failure == RowError::Missing => first_failure = error,
                (Err(_), _) => {}
            }
        }
        found.ok_or(first_failure)
    }
}

/// The row's own elements that match: below it but not below the rows inside it; the row itself if none does.
fn own<'a>(row: ElementRef<'a>, inner: &[ElementRef<'a>], selector: &Selector) -> Vec<ElementRef<'a>> {
    let below: Vec<ElementRef> = elements(row, |element| inner.contains(&element))
        .filter(|element| selector.matches(element))
        .collect();
    if below.is_empty() && selector.matches(&row) { vec![row] } else { below }
}

#[cfg(test)]
mod tests;
