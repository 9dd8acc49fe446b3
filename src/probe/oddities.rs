//! What a person should look at before trusting a rule.

use url::Url;

use super::aim::{Aim, Whence};
use super::probed::{Agreement, Compared, SelfNamed};
use super::seen::Stop;
use crate::extract::{DateKind, Leads, Listing, RowError, Sighting, Sureness};

/// The oddities of a list and its newest item, each in a sentence.
pub(super) fn of_list(listing: &Listing, newest: &Sighting, aim: &Aim<'_>) -> Vec<String> {
    let Listing::Items { sightings, undated } = listing else { return Vec::new() };
    let today = aim.calendar.day_of(aim.seen_at);
    let mut odd = Vec::new();
    for row in undated {
        if let RowError::Future(raw) = &row.why {
            odd.push(format!("a date in the future, `{raw}`, which is not counted: {}", row.title));
        }
    }
    for row in sightings.iter().filter(|row| row.date > today) {
        odd.push(format!("{} is tomorrow: {}", row.date, row.title));
    }
    if !undated.is_empty() {
        odd.push(format!(
            "{} of {} rows have no usable date: while there are any, nobody can be convicted on this list",
            undated.len(),
            undated.len() + sightings.len()
        ));
    }
    if let Some(place) = sightings.iter().position(|row| row == newest).filter(|place| *place > 0) {
        odd.push(format!(
            "the newest item comes after {place} older: those are pinned, or the list is in no order"
        ));
    }
    odd.extend(match newest.kind {
        DateKind::Published => None,
        DateKind::Signed => {
            Some("the newest date is that of the signature, not of the publication".to_owned())
        }
        DateKind::Created => {
            Some("the newest date is that of the item's making, not of the publication".to_owned())
        }
    });
    odd.extend(match newest.sureness {
        Sureness::Sure => None,
        Sureness::YearInferred => Some(format!("`{}` has no year: the latest was taken", newest.raw_date)),
        Sureness::Relative => Some(format!("`{}` depends on the day of the look", newest.raw_date)),
    });
    odd
}

/// Items whose own pages contradict the list.
pub(super) fn of_articles(articles: &[Compared]) -> impl Iterator<Item = String> {
    articles.iter().filter_map(|article| {
        let own = article.article.as_ref()?.date;
        match article.agreement {
            Agreement::Later => Some(format!(
                "the list says {}, the item's own page {own}: which is it? {}",
                article.list, article.title
            )),
            Agreement::Earlier => Some(format!(
                "the list says {}, the item's own page {own}: an old text under a new date? {}",
                article.list, article.title
            )),
            _ => None,
        }
    })
}

/// Where the way to the list was not straight.
pub(super) fn of_way(aim: &Aim<'_>, stops: &[Stop]) -> Vec<String> {
    let mut odd = Vec::new();
    if let Some(first) = stops.first().filter(|first| place_of(&first.url) != place_of(&aim.source.url)) {
        odd.push(format!("the address redirects to {}: that one can stand in the rule", first.url));
    }
    for stop in stops {
        if let Some((Leads::Landing, to)) = &stop.led_on {
            odd.push(format!("{} only forwards to {to}: that one can stand in the rule", stop.url));
        }
    }
    odd
}

/// An address without its scheme, which may be a matter of how we ask, and without its fragment, which is not asked for.
fn place_of(url: &Url) -> &str {
    let place = url.as_str().split_once("://").map_or(url.as_str(), |(_, place)| place);
    place.split('#').next().unwrap_or_default()
}

/// A page that nowhere says the name that the rule gives its column.
pub(super) fn of_name(aim: &Aim<'_>, page: &SelfNamed) -> Option<String> {
    let Whence::Rules = aim.whence else { return None };
    let own = aim.source.name.rsplit('—').next().unwrap_or_default();
    let said = [&page.column, &page.column_type, &page.title].into_iter().flatten().chain(&page.trail);
    let mut said = said.peekable();
    said.peek()?;
    let is_named = said.any(|text| text.contains(own));
    (!is_named)
        .then(|| format!("the page nowhere calls itself `{own}`, as the rule does: is it this column?"))
}
