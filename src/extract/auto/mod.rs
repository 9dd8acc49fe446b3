//! Finds the list on a page whose rows nobody has described.
//!
//! Works from the dates outwards: each text that is a date and nothing else is followed up to the row that holds it
//! with exactly one article link ([`rows`]), or set against the link beside it ([`pairs`]); rows that sit in the same
//! kind of place form a group, and the largest group is the list ([`groups`]). What is never looked at: navigation,
//! header, footer and the like ([`zones`]), and what lies outside the rule's own [`bounds`].
//!
//! A wrong date would accuse or clear a unit, an unread page only asks for a preset. So where two groups compete,
//! or most rows have no date, the answer is [`ExtractError::NoRows`].

mod blank;
mod bounds;
mod dated;
mod groups;
mod pairs;
mod rows;
mod zones;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{ElementRef, Html};

use super::charset::decode;
use super::dates::ReadDate;
use super::link::Base;
use super::listing::{Row as ListingRow, listing_of_lists, undated};
use super::page::Page;
use super::sighting::{DateKind, ExtractError, Found, Listing, RowError, Sighting};
use super::title::title_of_link;
use super::undrawn::{may_be_filled_later, what_draws_it};
pub(super) use bounds::Bounds;
use dated::Dating;
use groups::Folder;

/// A row with its one article link.
#[derive(Debug, Clone)]
struct Row<'a> {
    element: ElementRef<'a>,
    link: ElementRef<'a>,
    date: Result<RowDate<'a>, RowError>,
}

/// A row's date and where it stands.
#[derive(Debug, Clone)]
struct RowDate<'a> {
    read: ReadDate,
    raw: String,
    /// The smallest element around the date.
    place: ElementRef<'a>,
}

/// Reads the list on a page that is parsed, if there is one beyond doubt.
pub(super) fn read_by_rows(
    html: &Html,
    page: &Page,
    base: &Base,
    bounds: &Bounds,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    rows_on_page(html, page, base, bounds, Dating { seen_at, zone })
}

/// The list on a page of which only the list was parsed, by the [region](Bounds::region) of its bounds. `None` where what is
/// around it might make a difference, or where there is nothing to read.
///
/// From its date a row is looked for no further out than the nearest `ul`, `ol` or `dl`, which is in what was cut. What is
/// further out counts in two ways: rows in different places are different lists, and so nothing is read unless all
/// stand in one; and a header or footer may be part of an item.
pub(super) fn read_by_rows_alone(
    list: &Html,
    page: &Page,
    bounds: &Bounds,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Option<Listing> {
    let scope = bounds.scope(list).ok()?;
    let mut finder = rows::Finder::new(Dating { seen_at, zone });
    let rows = finder.rows(&scope);
    let header_or_footer = |element: ElementRef| matches!(element.value().name(), "header" | "footer");
    if !groups::are_one_group(&rows)
        || scope.roots.iter().flat_map(ElementRef::descendent_elements).any(header_or_footer)
    {
        return None;
    }
    // A page with its own base is never cut.
    let base = Base::address_of(page);
    let lists = groups::the_lists(rows, &scope, &Folder::unknown(&base), &mut finder)?;
    read_lists(lists, &base).ok()
}

/// The list on a page of which nothing else is known.
pub(super) fn auto_on_page(
    html: &Html,
    page: &Page,
    base: &Base,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    rows_on_page(html, page, base, &Bounds::default(), Dating { seen_at, zone })
}

/// The list in a fragment of a page, of which nothing else is known.
pub(super) fn auto_on_fragment(
    html: &Html,
    base: &Base,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    let bounds = Bounds::default();
    let scope = bounds.scope(html)?;
    let mut finder = rows::Finder::new(Dating { seen_at, zone });
    let rows = finder.rows(&scope);
    if rows.is_empty() {
        return if blank::says_empty(&scope, &mut finder) {
            Ok(Listing::Empty)
        } else {
            Err(ExtractError::NoRows)
        };
    }
    let lists =
        groups::the_lists(rows, &scope, &Folder::unknown(base), &mut finder).ok_or(ExtractError::NoRows)?;
    read_lists(lists, base)
}

/// Reads an element that holds one row, because what it came in says so. Nothing for a separator without a link.
pub(super) fn read_record(
    frame: ElementRef,
    base: &Base,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Option<ListingRow> {
    let mut finder = rows::Finder::new(Dating { seen_at, zone });
    finder.record(frame).map(|row| row.into_listing(base))
}

fn rows_on_page(
    html: &Html,
    page: &Page,
    base: &Base,
    bounds: &Bounds,
    dating: Dating,
) -> Result<Listing, ExtractError> {
    let scope = bounds.scope(html)?;
    let mut finder = rows::Finder::new(dating);
    let rows = finder.rows(&scope);
    if rows.is_empty() {
        let is_empty = blank::says_empty(&scope, &mut finder)
            && !may_be_filled_later(page, &text_of_page(page), &blank::MARKERS);
        return if is_empty { Ok(Listing::Empty) } else { Err(ExtractError::NoRows) };
    }
    let folder = Folder::of(page, base);
    let lists = groups::the_lists(rows, &scope, &folder, &mut finder).ok_or(ExtractError::NoRows)?;
    if !scope.is_named && lists.iter().all(|list| folder.holds_none(list)) {
        not_beside_an_undrawn_list(page)?;
    }
    read_lists(lists, base)
}

fn read_lists(lists: Vec<Vec<Row>>, base: &Base) -> Result<Listing, ExtractError> {
    let read = |list: Vec<Row>| list.into_iter().map(|row| row.into_listing(base)).collect();
    listing_of_lists(lists.into_iter().map(read).collect())
}

/// Where all rows lead elsewhere and the page holds what another list is drawn from, the rows stand beside the column's
/// own list, which nobody has drawn.
fn not_beside_an_undrawn_list(page: &Page) -> Result<(), ExtractError> {
    what_draws_it(&text_of_page(page), false).map_or(Ok(()), |why| Err(ExtractError::NeedsRendering { why }))
}

fn text_of_page(page: &Page) -> Cow<'_, str> {
    decode(&page.body, page.content_type.as_deref())
}

impl Row<'_> {
    fn into_listing(self, base: &Base) -> ListingRow {
        let date_place = self.date.as_ref().ok().map(|date| date.place);
        let title = title_of_link(self.link, |element| Some(element) == date_place);
        let url = base.resolve(self.link.attr("href").unwrap_or_default());
        match self.date {
            Ok(date) => Ok(Sighting {
                title,
                url,
                date: date.read.date,
                raw_date: date.raw,
                found: Found::List,
                kind: DateKind::Published,
                sureness: date.read.sureness,
            }),
            Err(why) => undated(title, url, why),
        }
    }

    fn day(&self) -> Option<chrono::NaiveDate> {
        self.date.as_ref().ok().map(|date| date.read.date)
    }
}

#[cfg(test)]
mod tests;
