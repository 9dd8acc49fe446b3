//! Sets links and dates against each other where no element encloses a row: `<a>…</a> 2026-09-02<br><a>…</a> …`.

use scraper::ElementRef;

use super::super::sighting::RowError;
use super::super::walk::{NodeRef, walk};
use super::dated::Dating;
use super::rows::Finder;
use super::zones::is_list;
use super::{Row, RowDate};

/// What stands in an element beside much else.
enum Part<'a> {
    Link {
        element: ElementRef<'a>,
        link: ElementRef<'a>,
    },
    Date(Result<RowDate<'a>, RowError>),
    Nothing,
    /// Something that belongs to no row of this kind.
    Other,
}

/// The rows of an element in which links and dates take turns, from its first child to its last; nothing where any link
/// lacks a date or the turns change, as then nobody can tell whose date is whose.
pub(super) fn pairs_in<'a>(shared: ElementRef<'a>, dating: Dating, finder: &mut Finder<'a>) -> Vec<Row<'a>> {
    let mut parts = Vec::new();
    for child in shared.children() {
        match part(child, dating, finder) {
            Part::Nothing => {}
            Part::Other => return Vec::new(),
            part => parts.push(part),
        }
    }
    let is_date_first = matches!(parts.first(), Some(Part::Date(_)));
    let mut rows = Vec::new();
    let mut parts = parts.into_iter();
    while let Some(first) = parts.next() {
        match (first, parts.next()) {
            (Part::Link { element, link }, Some(Part::Date(date))) if !is_date_first => {
                rows.push(Row { element, link, date });
            }
            (Part::Date(date), Some(Part::Link { element, link })) if is_date_first => {
                rows.push(Row { element, link, date });
            }
            _ => return Vec::new(),
        }
    }
    rows
}

fn part<'a>(node: NodeRef<'a>, dating: Dating, finder: &mut Finder<'a>) -> Part<'a> {
    let Some(element) = ElementRef::wrap(node) else {
        let Some(text) = node.value().as_text() else { return Part::Nothing };
        let is_mark = !text.chars().any(char::is_alphanumeric);
        return if is_mark { Part::Nothing } else { dating.date_at(node).map_or(Part::Other, Part::Date) };
    };
    if is_list(element) {
        return Part::Other;
    }
    let has_link = finder.has_article(element);
    let mut dates = walk(element, is_list)
        .filter(|inner| inner.value().is_text())
        .filter_map(|text| dating.date_at(text));
    match (has_link, dates.next()) {
        (true, Some(_)) => Part::Other,
        (true, None) => finder.the_article(element).map_or(Part::Other, |link| Part::Link { element, link }),
        (false, Some(date)) => Part::Date(date),
        (false, None) => Part::Nothing,
    }
}
