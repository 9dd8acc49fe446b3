//! Finds the list on a page whose rows nobody has described.
//!
//! Works from the dates outwards: each text that is a date and nothing else is followed up to the row that holds it
//! with exactly one article link ([`rows`]); rows that sit in the same kind of place form a group, and the largest
//! group is the list ([`groups`]). What is never looked at: navigation, header, footer and the like ([`zones`]).
//!
//! A wrong date would accuse or clear a unit, an unread page only asks for a preset. So where two groups compete,
//! or most rows have no date, the answer is [`ExtractError::NoRows`].

mod blank;
mod dated;
mod groups;
mod rows;
mod zones;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::ElementRef;

use super::dates::ReadDate;
use super::document::parse;
use super::link::Base;
use super::listing::{Row as ListingRow, listing, undated};
use super::page::Page;
use super::sighting::{DateKind, ExtractError, Found, Listing, RowError, Sighting};
use super::title::title_of_link;
use dated::Dating;

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

/// Reads the list on a page, if there is one beyond doubt.
pub(super) fn read_auto(page: &Page, seen_at: DateTime<Utc>, zone: Tz) -> Result<Listing, ExtractError> {
    let html = parse(page)?;
    let base = Base::of(page, &html);
    let mut finder = rows::Finder::new(Dating { seen_at, zone });
    let rows = finder.rows(&html);
    if rows.is_empty() {
        return if blank::says_empty(&html, &mut finder) {
            Ok(Listing::Empty)
        } else {
            Err(ExtractError::NoRows)
        };
    }
    let list = groups::the_list(rows, &mut finder).ok_or(ExtractError::NoRows)?;
    listing(list.into_iter().map(|row| row.into_listing(&base)).collect())
}

impl Row<'_> {
    fn into_listing(self, base: &Base) -> ListingRow {
        let date_place = self.date.as_ref().ok().map(|date| date.place);
        let title = title_of_link(self.link, |element| Some(element) == date_place);
        match self.date {
            Ok(date) => Ok(Sighting {
                title,
                url: base.resolve(self.link.attr("href").unwrap_or_default()),
                date: date.read.date,
                raw_date: date.raw,
                found: Found::List,
                kind: DateKind::Published,
                sureness: date.read.sureness,
            }),
            Err(why) => undated(title, why),
        }
    }

    fn day(&self) -> Option<chrono::NaiveDate> {
        self.date.as_ref().ok().map(|date| date.read.date)
    }
}

#[cfg(test)]
mod tests;
