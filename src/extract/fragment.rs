//! Reads pieces of HTML that come inside another document: in a field of a JSON answer, in a record of a datastore.
//!
//! A piece is put into the element that its first tag belongs in, as parsers drop `tr` and `td` outside tables.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use scraper::{ElementRef, Html};

use super::auto::{auto_on_fragment, read_record};
use super::document::{check_depth, parse_text};
use super::link::Base;
use super::list::list_on;
use super::listing::{Row, listing};
use super::reading::ListSelectors;
use super::selectors::{SelectorError, Selectors};
use super::sighting::{ExtractError, Listing};
use super::undrawn::is_filled_later;

/// How the rows in a fragment are found.
#[derive(Debug, Clone)]
pub(super) enum FragmentRows {
    Named(Box<Selectors>),
    ByShape,
}

impl FragmentRows {
    pub(super) fn compile(selectors: Option<&ListSelectors>) -> Result<Self, SelectorError> {
        Ok(match selectors {
            Some(selectors) => Self::Named(Box::new(Selectors::compile(selectors)?)),
            None => Self::ByShape,
        })
    }

    /// Reads a fragment that is a list.
    pub(super) fn read_list(
        &self,
        fragment: &str,
        base: &Base,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Listing, ExtractError> {
        let html = parse_text(&in_its_element(fragment))?;
        match self {
            Self::Named(selectors) => {
                let is_in_doubt = |stands_alone: bool| stands_alone && is_filled_later(fragment);
                list_on(&html, is_in_doubt, base.clone(), selectors, seen_at, zone)
            }
            Self::ByShape => auto_on_fragment(&html, base, seen_at, zone),
        }
    }

    /// Reads fragments each of which is one row.
    pub(super) fn read_records(
        &self,
        records: &[String],
        base: &Base,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Listing, ExtractError> {
        let all = records.concat();
        if let Self::Named(_) = self {
            return self.read_list(&all, base, seen_at, zone);
        }
        // Each record may be within bounds, and all of them together not.
        check_depth(&all)?;
        let mut rows: Vec<Row> = Vec::new();
        for record in records {
            let html = parse_text(&in_its_element(record))?;
            rows.extend(frame(&html).and_then(|frame| read_record(frame, base, seen_at, zone)));
        }
        listing(rows)
    }
}

/// The fragment inside the element that its first tag belongs in. The class tells the row finder what the fragment's
/// place has told us: that this is a list.
fn in_its_element(fragment: &str) -> String {
    let (start, end) = match first_tag(fragment).as_str() {
        "tr" | "tbody" | "thead" => ("<table class=\"list\">", "</table>"),
        "td" | "th" => ("<table class=\"list\"><tr>", "</tr></table>"),
        "li" => ("<ul class=\"list\">", "</ul>"),
        "dt" | "dd" => ("<dl class=\"list\">", "</dl>"),
        _ => ("<div class=\"list\">", "</div>"),
    };
    format!("{start}{fragment}{end}")
}

fn first_tag(fragment: &str) -> String {
    let tags = fragment.split('<').skip(1);
    let names = tags.map(|tag| tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    names.filter(|name| !name.is_empty()).map(str::to_ascii_lowercase).next().unwrap_or_default()
}

/// The element that [`in_its_element`] has put around a fragment.
fn frame(html: &Html) -> Option<ElementRef<'_>> {
    let body = html.root_element().child_elements().find(|element| element.value().name() == "body")?;
    body.child_elements().next()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::extract::{RowError, Sighting};

    fn records(records: &[&str]) -> Result<Listing, ExtractError> {
        let url = "https://www.example.gov.cn/col/col7/index.html".parse().unwrap();
        let page = crate::extract::Page { drawing: None, url, content_type: None, body: Vec::new() };
        let seen_at = DateTime::parse_from_rfc3339("2026-10-05T09:00:00+08:00").unwrap().to_utc();
        let records: Vec<String> = records.iter().map(|record| (*record).to_owned()).collect();
        FragmentRows::ByShape.read_records(&records, &Base::address_of(&page), seen_at, Shanghai)
    }

    fn only(record: &str) -> Sighting {
        match records(&[record]) {
            Ok(Listing::Items { mut sightings, undated }) if sightings.len() == 1 && undated.is_empty() => {
                sightings.remove(0)
            }
            other => panic!("{record}: {other:?}"),
        }
    }

    #[test]
    fn the_date_of_a_record_may_stand_before_after_or_inside_its_link() {
        for record in [
            "<li><a href='/art/1.html' title='防汛预案公示'>防汛预案…</a><b>2026-09-01</b></li>",
            "<li><span>2026-09-01</span><a href='/art/1.html'>防汛预案公示</a></li>",
            "<li><a href='/art/1.html' title='防汛预案公示'><i>防汛预案公示</i><span>2026-09-01</span></a></li>",
            "<a href='/art/1.html'>防汛预案公示</a>2026-09-01",
            "<!-- 1 --><div><a href='/art/1.html'>防汛预案公示</a><em>[2026/09/01]</em></div>",
            "\n<li>\n<a href='/art/1.html' title='防汛预案公示'><img src=1></a>\n<b readlabel='2026-09-01'>2026-09-01</b></li>",
        ] {
            let sighting = only(record);
            assert_eq!(sighting.title, "防汛预案公示", "{record}");
            assert_eq!(sighting.url, "https://www.example.gov.cn/art/1.html", "{record}");
            assert_eq!(sighting.date.to_string(), "2026-09-01", "{record}");
        }
    }

    #[test]
    fn cells_outside_a_table_keep_their_shape() {
        for record in [
            "<tr><td><img src=1></td><td><a href='/art/1.html'>防汛预案公示</a></td><td>[2026-09-01]</td></tr>",
            "<td><a href='/art/1.html'>防汛预案公示</a></td><td>2026-09-01</td>",
            "<table><tr><td><a href='/art/1.html'>防汛预案公示</a></td><td>2026-09-01</td></tr></table>",
        ] {
            assert_eq!(only(record).date.to_string(), "2026-09-01", "{record}");
        }
    }

    #[test]
    fn a_category_beside_the_title_does_not_hide_the_date() {
        let sighting = only(
            "<li><a href='/col/7/'>[通知]</a><a href='/art/1.html'>关于开展防汛演练的通知</a><i>2026-09-01</i></li>",
        );
        assert_eq!(sighting.title, "关于开展防汛演练的通知");
    }

    #[test]
    fn a_record_with_two_dates_has_none() {
        let rows = records(&[
            "<li><a href='/1.html'>停水通知</a><b>2026-09-01</b></li>",
            "<li><a href='/2.html'>停电通知</a><b>2026-09-02</b><i>2026-09-03</i></li>",
            "<li><a href='/3.html'>道路通知</a><b>2026-09-04</b></li><li><a href='/4.html'>桥梁通知</a><b>2026-09-05</b></li>",
        ]);
        let Ok(Listing::Items { sightings, undated }) = rows else { panic!("{rows:?}") };
        assert_eq!(sightings.len(), 1);
        assert_eq!(undated.len(), 2);
        assert!(undated.iter().all(|row| matches!(row.why, RowError::Unreadable(_))), "{undated:?}");
    }

    #[test]
    fn many_deep_records_are_as_bad_as_one_deeper() {
        let deep = "<div>".repeat(3_000);
        assert_eq!(records(&[deep.as_str(); 2]), Err(ExtractError::TooDeep));
    }

    #[test]
    fn a_separator_is_no_row_and_a_title_without_a_date_is_one() {
        let rows = records(&[
            "<li style=<br/>",
            "<li class='line'></li>",
            "<li><a href='/1.html'>停水通知</a><b>2026-09-01</b></li>",
            "<li><a href='/2.html'>二〇二六年防汛预案</a></li>",
        ]);
        let Ok(Listing::Items { sightings, undated }) = rows else { panic!("{rows:?}") };
        assert_eq!((sightings.len(), undated.len()), (1, 1));
        assert_eq!(undated[0].why, RowError::Missing);
    }
}
