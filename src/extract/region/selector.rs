//! Says of a selector what in a page's text its matches are known by, and what they are asked about.

use super::ends::can_be_cut;
use super::place::{Place, is_plain};

/// What a list is known by.
#[derive(Debug)]
pub(super) enum Sign {
    /// All that is selected lies in such elements.
    Place(Place),
    /// All that is selected holds such an element, and lies in each element around that one which can be cut.
    Mark(Place),
}

/// What the list of a selector is known by: `None` where the selector says more than tags, classes, ids and what is inside
/// what.
pub(super) fn sign_of(selector: &str) -> Option<Sign> {
    let selector = selector.trim();
    let Some((outer, inner)) = selector.split_once(":has(") else {
        return Place::around(selector).map(Sign::Place);
    };
    let inner = inner.strip_suffix(')')?.trim_start().strip_prefix('>')?;
    let (between, mark) = inner.rsplit_once('>').unwrap_or(("", inner));
    // What can be cut may not come between, as it might be cut in place of what is selected.
    let is_never_cut = |step: &str| {
        let tag = step.split(['.', '#']).next().unwrap_or_default().to_ascii_lowercase();
        is_plain(step) && !tag.is_empty() && !can_be_cut(&tag)
    };
    let steps_are_never_cut =
        between.trim().is_empty() || between.split('>').map(str::trim).all(is_never_cut);
    let mark = Place::of(mark.trim())?;
    (is_plain(outer) && steps_are_never_cut).then_some(Sign::Mark(mark))
}

/// What a selector that is asked of what lies inside a list looks for further out than the parent of what it selects;
/// `None` where it may look for anything there. The parent may be the list.
pub(super) fn looks_out_for(selector: &str) -> Option<Vec<Place>> {
    let steps: Vec<&str> = apart(selector, '>').map(str::trim).collect();
    let mut looked_for = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let is_last = number + 1 == steps.len();
        // What is inside a list has all its siblings there too; the list has not.
        let ends = if is_last { [":first-child", ":last-child"].as_slice() } else { &[] };
        let step = ends.iter().find_map(|end| step.strip_suffix(end)).unwrap_or(step);
        let (step, not) = step.split_once(":not(").map_or((step, None), |(step, not)| (step, Some(not)));
        if let Some(not) = not {
            looked_for.extend(looked_for_around(not.strip_suffix(')')?)?);
        }
        looked_for.extend(looked_for_around(step)?);
    }
    (steps.len() <= 2).then_some(looked_for)
}

/// `inside`, or `around inside`.
fn looked_for_around(selector: &str) -> Option<Option<Place>> {
    let (around, inside) =
        selector.split_once(' ').map_or((None, selector), |(around, inside)| (Some(around), inside));
    let around = match around {
        Some(around) => Some(Place::of(around)?),
        None => None,
    };
    (!inside.is_empty() && is_plain(inside)).then_some(around)
}

/// The alternatives of a selector, which commas keep apart.
pub(super) fn alternatives(selector: &str) -> impl Iterator<Item = &str> {
    apart(selector, ',')
}

/// The parts of a selector between marks that stand in no brackets.
fn apart(selector: &str, mark: char) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    selector.split(move |letter| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == mark && depth == 0
    })
}
