//! Decides which group of rows is the page's list.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use scraper::ElementRef;

use super::super::link::Base;
use super::super::page::Page;
use super::super::sighting::Sureness;
use super::super::walk::around;
use super::Row;
use super::bounds::Scope;
use super::rows::Finder;
use super::zones::{FARTHEST, is_item, is_list, words};

/// A group this large, and so many times larger than any other, is the list although other groups exist.
const LARGE: usize = 10;
const TIMES_LARGER: usize = 3;

/// Rows that sit in the same kind of place. Templates draw a rule after five items by starting a new `ul`, so the
/// place is known by tags and classes, not by the parent itself.
struct Group<'a> {
    rows: Vec<Row<'a>>,
}

impl Group<'_> {
    fn dated(&self) -> usize {
        self.rows.iter().filter(|row| row.date.is_ok()).count()
    }

    fn newest(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(Row::day).max()
    }
}

/// Whether all rows sit in the same kind of place, wherever on the page that is.
pub(super) fn are_one_group(rows: &[Row]) -> bool {
    let Some(first) = rows.first().map(|row| row.element) else { return true };
    let are_alike =
        |other: ElementRef| other.parent() == first.parent() && other.value().name() == first.value().name();
    rows.iter().all(|row| are_alike(row.element) || place(row.element) == place(first))
}

/// The rows of the list, with its undated ones, or nothing if in doubt. Several lists where the rule says so.
pub(super) fn the_lists<'a>(
    rows: Vec<Row<'a>>,
    scope: &Scope<'a>,
    folder: &Folder<'_>,
    finder: &mut Finder<'a>,
) -> Option<Vec<Vec<Row<'a>>>> {
    let mut groups = grouped(rows);
    groups.sort_by_key(|group| std::cmp::Reverse(group.dated()));
    if scope.several {
        return Some(groups.into_iter().map(|group| with_undated(group.rows, finder)).collect());
    }
    let mut groups = groups.into_iter();
    let list = groups.next()?;
    let rivals: Vec<Group> = groups.collect();
    let is_list = match list.dated() {
        0 => false,
        1 => rivals.is_empty() && (scope.is_named || is_list_of_one(&list.rows[0])),
        _ => rivals.iter().all(|rival| !casts_doubt(rival, &list, folder)),
    };
    if !is_list {
        return None;
    }
    let dated = list.dated();
    let rows = with_undated(list.rows, finder);
    (dated * 2 >= rows.len()).then(|| vec![rows])
}

fn grouped(rows: Vec<Row>) -> Vec<Group> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let number = *places.entry(place(row.element)).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Group { rows: Vec::new() });
        }
        groups[number].rows.push(row);
    }
    groups
}

/// Tags and classes of all elements around a row, and its own tag: rows differ in class (`odd`, `first`). Of the
/// parent only the first class counts, as the others tell neighbouring lists of one column apart (`list first`).
fn place(row: ElementRef) -> String {
    let mut place = row.value().name().to_owned();
    for (depth, element) in around(row).take(FARTHEST).enumerate() {
        place.push('<');
        place.push_str(element.value().name());
        let counted = if depth == 0 { 1 } else { usize::MAX };
        for class in element.attr("class").unwrap_or_default().split_whitespace().take(counted) {
            place.push('.');
            place.push_str(class);
        }
    }
    place
}

/// Whether another group might be the list instead, and would give another newest date.
fn casts_doubt(rival: &Group, list: &Group, folder: &Folder) -> bool {
    let (ours, theirs) = (list.newest(), rival.newest());
    if rival.dated() > 1 && folder.is_of(list) && folder.holds_none(&rival.rows) {
        return false;
    }
    match rival.dated() {
        0 => false,
        // However long, a block that leads elsewhere is not the list while the column's own items stand beside it.
        _ if theirs != ours && folder.is_of(rival) && folder.holds_none(&list.rows) => true,
        // A lone row is no list, but a headline above the list may be its newest item.
        1 => theirs > ours,
        rows => theirs != ours && (list.dated() < LARGE || list.dated() < rows * TIMES_LARGER),
    }
}

/// A single row counts only where the page says in its own words that it is in a list: an `li`, `tr` and so on with a
/// full date, alone in an element that is called a list.
fn is_list_of_one(row: &Row) -> bool {
    let is_sure = row.date.as_ref().is_ok_and(|date| date.read.sureness == Sureness::Sure);
    let Some(list) = around(row.element).find(|outer| is_list(*outer)) else { return false };
    let is_alone = list.descendent_elements().filter(|inner| is_item(*inner)).count() == 1;
    let is_called_list = std::iter::once(list)
        .chain(around(list).take(2))
        .any(|element| words(element).any(|word| word.to_ascii_lowercase().contains("list")));
    is_sure && is_item(row.element) && is_alone && is_called_list
}

/// The folder in which a column's page lies. Most families put the column's items below it; lists beside the column's own
/// lead elsewhere. A site's top folder holds everything and says nothing.
#[derive(Debug)]
pub(super) struct Folder<'b> {
    base: &'b Base,
    /// Without the scheme: many templates link with `http` from pages fetched with `https`.
    address: Option<String>,
}

impl<'b> Folder<'b> {
    pub(super) fn of(page: &Page, base: &'b Base) -> Self {
        let folder = page.url.join(".").ok().filter(|folder| folder.path() != "/");
        Self { base, address: folder.map(|folder| without_scheme(folder.as_str()).to_owned()) }
    }

    /// Of a fragment whose page is not known.
    pub(super) fn unknown(base: &'b Base) -> Self {
        Self { base, address: None }
    }

    fn holds(&self, row: &Row) -> bool {
        let href = row.link.attr("href").unwrap_or_default();
        let address = self.base.resolve(href);
        self.address.as_ref().is_some_and(|folder| without_scheme(&address).starts_with(folder.as_str()))
    }

    /// Whether most items of a group lie in the folder.
    fn is_of(&self, group: &Group) -> bool {
        group.rows.iter().filter(|row| self.holds(row)).count() * 5 >= group.rows.len() * 4
    }

    pub(super) fn holds_none(&self, rows: &[Row]) -> bool {
        !rows.iter().any(|row| self.holds(row))
    }
}

fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

/// Adds the siblings that are rows but for the date.
fn with_undated<'a>(rows: Vec<Row<'a>>, finder: &mut Finder<'a>) -> Vec<Row<'a>> {
    let mut met: HashSet<_> = rows.iter().map(|row| row.element.id()).collect();
    let shape = Shape::of(&rows);
    let mut parents: Vec<ElementRef> = rows.iter().filter_map(|row| around(row.element).next()).collect();
    // Rows are in page order, so those of one parent stand together; without this, a long list costs its square.
    parents.dedup();
    let siblings = parents.into_iter().flat_map(|parent| parent.child_elements().collect::<Vec<_>>());
    let mut undated: Vec<Row> = siblings
        .filter(|sibling| shape.fits(*sibling) && met.insert(sibling.id()))
        .filter_map(|sibling| finder.row_without_date(sibling))
        .collect();
    let mut rows = rows;
    rows.append(&mut undated);
    rows
}

/// What the rows of a group have in common.
struct Shape {
    tag: String,
    classes: HashSet<String>,
}

impl Shape {
    fn of(rows: &[Row]) -> Self {
        let tag = rows.first().map(|row| row.element.value().name().to_owned()).unwrap_or_default();
        let classes = rows.iter().flat_map(|row| row.element.value().classes()).map(str::to_owned).collect();
        Self { tag, classes }
    }

    /// Blocks are used for much else beside rows, so they must share a class with a row.
    fn fits(&self, element: ElementRef) -> bool {
        let mut classes = element.value().classes();
        element.value().name() == self.tag
            && (is_item(element)
                || self.classes.is_empty()
                || classes.any(|class| self.classes.contains(class)))
    }
}
