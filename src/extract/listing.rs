//! Turns rows that were found into a listing.

use std::collections::HashSet;

use super::sighting::{ExtractError, Listing, RowError, Sighting, UndatedRow};
use super::years::with_years_settled;

/// What one row came to.
pub(super) type Row = Result<Sighting, UndatedRow>;

/// The listing of some rows, in page order.
///
/// # Errors
///
/// [`ExtractError::NoRows`] if there are none, [`ExtractError::NoDates`] if none has a date.
pub(super) fn listing(rows: Vec<Row>) -> Result<Listing, ExtractError> {
    listing_of_lists(vec![rows])
}

/// The listing of several lists that count as one.
///
/// # Errors
///
/// As [`listing`].
pub(super) fn listing_of_lists(lists: Vec<Vec<Row>>) -> Result<Listing, ExtractError> {
    let rows: Vec<Row> = lists.into_iter().flat_map(with_years_settled).collect();
    let count = rows.len();
    let (sightings, undated) = apart(rows);
    if sightings.is_empty() {
        return Err(match undated.first().map(|first| first.why.clone()) {
            Some(first) => ExtractError::NoDates { rows: count, first, undated },
            None => ExtractError::NoRows,
        });
    }
    Ok(Listing::Items { sightings, undated })
}

fn apart(rows: Vec<Row>) -> (Vec<Sighting>, Vec<UndatedRow>) {
    let mut seen = HashSet::new();
    let are_first: Vec<bool> = rows
        .iter()
        .flatten()
        .map(|sighting| seen.insert((&*sighting.url, &*sighting.title, sighting.date)))
        .collect();
    let (mut sightings, mut undated) = (Vec::new(), Vec::new());
    let mut are_first = are_first.into_iter();
    for row in rows {
        match row {
            Ok(sighting) => sightings.extend(are_first.next().unwrap_or_default().then_some(sighting)),
            Err(row) => undated.push(row),
        }
    }
    (sightings, undated)
}

/// A row without a date.
pub(super) fn undated(title: String, url: String, why: RowError) -> Row {
    Err(UndatedRow { title, url, why })
}
