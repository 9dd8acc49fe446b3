//! Turns rows that were found into a listing.

use std::collections::HashSet;

use super::sighting::{ExtractError, Listing, RowError, Sighting, UndatedRow};

/// What one row came to.
pub(super) type Row = Result<Sighting, UndatedRow>;

/// The listing of some rows.
///
/// # Errors
///
/// [`ExtractError::NoRows`] if there are none, [`ExtractError::NoDates`] if none has a date.
pub(super) fn listing(rows: Vec<Row>) -> Result<Listing, ExtractError> {
    let count = rows.len();
    let (sightings, undated) = apart(rows);
    if sightings.is_empty() {
        return Err(match undated.into_iter().next() {
            Some(first) => ExtractError::NoDates { rows: count, first: first.why },
            None => ExtractError::NoRows,
        });
    }
    Ok(Listing::Items { sightings, undated })
}

fn apart(rows: Vec<Row>) -> (Vec<Sighting>, Vec<UndatedRow>) {
    let mut seen = HashSet::new();
    let (mut sightings, mut undated) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(sighting) => {
                if seen.insert((sighting.url.clone(), sighting.title.clone(), sighting.date)) {
                    sightings.push(sighting);
                }
            }
            Err(row) => undated.push(row),
        }
    }
    (sightings, undated)
}

/// A row without a date.
pub(super) fn undated(title: String, why: RowError) -> Row {
    Err(UndatedRow { title, why })
}
