//! Reads a table whose columns are known by the words above them, as directories of government information are drawn:
//! 索引号, 名称, 文号, 发布机构, 成文日期, 发布日期.
//!
//! Every table counts that has a row with a name's word and a date's word, the rows below it being items. The day of
//! publication is preferred; where the table has no column for it, the day of signing is taken and marked as such.

mod grid;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{ElementRef, Html, Selector};

use super::dates::read_date;
use super::document::parse_text;
use super::link::Base;
use super::listing::{Row, listing, undated};
use super::page::Decoded;
use super::reading::TableHeaders;
use super::sighting::{DateKind, ExtractError, Found, Listing, RowError, Sighting};
use super::title::title_of_link;
use super::undrawn::may_be_filled_later;
use super::words::{clipped, shown_text_of, text_of};
use grid::{Line, lines_of};

/// Reads the tables of a page.
pub(super) fn read_table(
    decoded: &Decoded<'_>,
    headers: &TableHeaders,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    let html = parse_text(decoded.text())?;
    tables_on(&html, decoded, headers, seen_at, zone)
}

/// The tables on a page that is parsed already. They are empty if each says so, and no script may yet fill them.
pub(super) fn tables_on(
    html: &Html,
    decoded: &Decoded<'_>,
    headers: &TableHeaders,
    seen_at: DateTime<Utc>,
    zone: Tz,
) -> Result<Listing, ExtractError> {
    let tables = tables_with_headers(html, headers);
    if tables.is_empty() {
        return Err(ExtractError::NoTable { wanted: wanted(headers) });
    }
    let base = &Base::of(decoded.page, html);
    let rows: Vec<Row> = tables
        .iter()
        .flat_map(|table| table.items.iter().filter_map(|line| table.columns.read(line, base, seen_at, zone)))
        .collect();
    let say_empty = || tables.iter().all(|table| says_empty(table.element, headers));
    let is_yet_to_come = || may_be_filled_later(decoded.page, decoded.text(), &headers.empty);
    if rows.is_empty() && say_empty() && !is_yet_to_come() {
        return Ok(Listing::Empty);
    }
    listing(rows)
}

/// A table with a header row, and the lines below it.
struct Table<'a> {
    element: ElementRef<'a>,
    columns: Columns,
    items: Vec<Line<'a>>,
}

/// Which column holds what, counted from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    title: usize,
    date: usize,
    kind: DateKind,
}

fn tables_with_headers<'a>(html: &'a Html, headers: &TableHeaders) -> Vec<Table<'a>> {
    let selector = Selector::parse("table").expect("a constant selector parses");
    html.select(&selector).filter_map(|table| with_headers(table, headers)).collect()
}

fn with_headers<'a>(element: ElementRef<'a>, headers: &TableHeaders) -> Option<Table<'a>> {
    let mut lines = lines_of(element).into_iter();
    let columns = lines.find_map(|line| Columns::named_in(&line, headers))?;
    // Some templates repeat the header row after every page of items.
    let items = lines.filter(|line| Columns::named_in(line, headers).is_none()).collect();
    Some(Table { element, columns, items })
}

impl Columns {
    fn named_in(line: &Line, headers: &TableHeaders) -> Option<Self> {
        let names: Vec<String> = line.iter().map(|cell| cell.map(bare_text).unwrap_or_default()).collect();
        let column =
            |words: &[String]| words.iter().find_map(|word| names.iter().position(|name| name == word));
        let title = column(&headers.title)?;
        let published = column(&headers.published).map(|date| (date, DateKind::Published));
        let (date, kind) =
            published.or_else(|| column(&headers.signed).map(|date| (date, DateKind::Signed)))?;
        Some(Self { title, date, kind })
    }

    /// What a line says. Nothing for separators and other lines without a name.
    fn read(self, line: &Line, base: &Base, seen_at: DateTime<Utc>, zone: Tz) -> Option<Row> {
        let name = line.get(self.title).copied().flatten()?;
        let link = link_in(name);
        let title = link.map_or_else(|| text_of(name), |link| title_of_link(link, |_| false));
        if title.is_empty() {
            return None;
        }
        let cell = line.get(self.date).copied().flatten().filter(|cell| *cell != name);
        let raw_date = clipped(cell.map(text_of).unwrap_or_default());
        let date = cell.map_or(Err(RowError::Missing), |_| read_date(&raw_date, seen_at, zone));
        let href = link.and_then(|link| link.attr("href"));
        let url = href.map(|href| base.resolve(href)).unwrap_or_default();
        Some(match date {
            Ok(read) => Ok(Sighting {
                title,
                url,
                date: read.date,
                raw_date,
                found: Found::List,
                kind: self.kind,
                sureness: read.sureness,
            }),
            // A line across the whole table is a heading or says that there is nothing; it has no cell for a date.
            Err(RowError::Missing) if cell.is_none() && link.is_none() => return None,
            Err(why) => undated(title, url, why),
        })
    }
}

fn link_in(cell: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let links = cell.descendent_elements().filter(|inner| inner.value().name() == "a");
    let mut titled = links.filter(|link| !title_of_link(*link, |_| false).is_empty());
    titled.next()
}

/// The letters of a cell: templates set `名　称` apart to fill the width.
fn bare_text(cell: ElementRef) -> String {
    text_of(cell).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn says_empty(table: ElementRef, headers: &TableHeaders) -> bool {
    let text = shown_text_of(table);
    headers.empty.iter().any(|marker| text.contains(marker.as_str()))
}

fn wanted(headers: &TableHeaders) -> String {
    let dates: Vec<&str> = headers.published.iter().chain(&headers.signed).map(String::as_str).collect();
    format!("{} / {}", headers.title.join(" "), dates.join(" "))
}

#[cfg(test)]
mod tests;
