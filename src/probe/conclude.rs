//! From what a look brought home to its report.

use super::aim::{Aim, Whence};
use super::compare::{compared, said_of};
use super::draft::rule;
use super::judged::judged;
use super::oddities;
use super::probed::{Compared, Outcome, Probed, ReadAs, SelfNamed, Undated};
use super::seen::{Seen, Stop, Unlisted};
use crate::assess::{Article, Backing, Shown};
use crate::extract::{Identity, Listing, Sighting};
use crate::rules::SourceKind;

/// The report of a probe.
pub(super) fn conclude(aim: &Aim<'_>, seen: Seen) -> Probed {
    let Seen { robots, asked, stops, named, list, opened } = seen;
    let articles: Vec<Compared> = opened.iter().map(compared).collect();
    let page = named.map(self_named);
    let name = match aim.whence {
        Whence::Rules => Some(aim.source.name.clone()),
        Whence::Address { .. } => page.as_ref().and_then(name_of),
    };
    let newest = list.as_ref().ok().and_then(newest).cloned();
    let chosen = aim.cadence(name.as_deref());
    let said = newest.as_ref().map_or(Article::Silent, |newest| said_of(newest, aim.source, &articles));
    let looked = list.as_ref().map(|listing| shown(listing, newest.as_ref(), said)).map_err(Unlisted::cause);
    let standing = judged(aim, &chosen, &looked);
    let mut oddities = oddities::of_way(aim, &stops);
    if aim.source.kind == SourceKind::Column {
        oddities.extend(page.as_ref().and_then(|page| oddities::of_name(aim, page)));
    }
    if let (Ok(listing), Some(newest)) = (&list, &newest) {
        oddities.extend(oddities::of_list(listing, newest, aim));
    }
    oddities.extend(oddities::of_articles(&articles));
    let outcome = match &list {
        Ok(Listing::Items { .. }) => Outcome::Updated,
        Ok(Listing::Empty) => Outcome::Empty,
        Err(why) if why.is_blocked() => Outcome::Blocked,
        Err(_) => Outcome::Unreadable,
    };
    let why = list.as_ref().err().map(Unlisted::why);
    let (rows, undated) = rows(list.unwrap_or(Listing::Empty));
    let mut probed = Probed {
        as_of: aim.seen_at,
        url: aim.source.url.to_string(),
        source: matches!(aim.whence, Whence::Rules).then(|| aim.source.id.clone()),
        name,
        outcome,
        why,
        robots,
        requests: asked,
        readings: stops.into_iter().map(|stop| read_as(aim, stop)).collect(),
        page,
        newest,
        rows,
        undated,
        articles,
        standing,
        oddities,
        rule: None,
    };
    probed.rule = rule(aim, &probed, &chosen);
    probed
}

/// The newest item is the greatest date; of several of one day, the first on the page.
fn newest(listing: &Listing) -> Option<&Sighting> {
    match listing {
        Listing::Items { sightings, .. } => sightings.iter().rev().max_by_key(|row| row.date),
        Listing::Empty => None,
    }
}

/// What the judge sees of a list. A first look does not know whether an empty one ever held anything.
fn shown(listing: &Listing, newest: Option<&Sighting>, article: Article) -> Shown {
    match (listing, newest) {
        (Listing::Items { undated, .. }, Some(newest)) => Shown::Items {
            newest: newest.date,
            undated: undated.len(),
            was: None,
            backing: Backing { article, ..Backing::default() },
        },
        _ => Shown::Empty { held_items: false },
    }
}

fn rows(listing: Listing) -> (Vec<Sighting>, Vec<Undated>) {
    match listing {
        Listing::Empty => (Vec::new(), Vec::new()),
        Listing::Items { sightings, undated } => {
            let undated =
                undated.into_iter().map(|row| Undated { why: row.why.to_string(), title: row.title });
            (sightings, undated.collect())
        }
    }
}

fn read_as(aim: &Aim<'_>, stop: Stop) -> ReadAs {
    let named = match &aim.whence {
        Whence::Address { preset, .. } => preset.map(ToOwned::to_owned),
        Whence::Rules => None,
    };
    ReadAs {
        url: stop.url.to_string(),
        preset: stop.preset.or(named),
        because: stop.because,
        leads_to: stop.led_on.map(|(_, url)| url.to_string()),
    }
}

fn self_named((identity, trail): (Identity, Vec<String>)) -> SelfNamed {
    SelfNamed {
        site: identity.site_name,
        column: identity.column_name,
        column_type: identity.column_type,
        title: identity.title,
        trail,
    }
}

/// What stands between a page's own title and its site's.
const BETWEEN_TITLES: [char; 6] = ['-', '_', '|', '—', '–', '－'];

/// What a column is called by its own page: the trail says it best, since `ColumnName` may be the parent's.
fn name_of(page: &SelfNamed) -> Option<String> {
    let title = page.title.as_deref().and_then(|title| title.split(BETWEEN_TITLES).next());
    let names = [page.trail.last().map(String::as_str), page.column.as_deref(), title];
    names.into_iter().flatten().map(str::trim).find(|name| !name.is_empty()).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests;
