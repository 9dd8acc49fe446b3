//! Which items' own pages are opened, and how they compare with their rows.

use url::Url;

use super::probed::{Agreement, Compared};
use super::seen::Opened;
use crate::assess;
use crate::extract::{Article, DateKind, Listing, Sighting, opens_as_page};
use crate::rules::{Source, SourceKind};
use crate::schedule::HostKey;

/// The newest items that have a page to open on the source's own host, at most so many.
pub(super) fn to_open(listing: &Listing, source: &Source, most: usize) -> Vec<(Sighting, Url)> {
    let Listing::Items { sightings, .. } = listing else { return Vec::new() };
    let mut newest_first: Vec<&Sighting> = sightings.iter().collect();
    newest_first.sort_by_key(|row| std::cmp::Reverse(row.date));
    let openable = newest_first.into_iter().filter_map(|row| Some((row.clone(), page_of(row, source)?)));
    openable.take(most).collect()
}

/// The address of an item's own page, if it is one that we open.
fn page_of(row: &Sighting, source: &Source) -> Option<Url> {
    let url = Url::parse(&row.url).ok()?;
    let is_ours = source.kind == SourceKind::Column && HostKey::of(&url) == HostKey::of(&source.url);
    (is_ours && url != source.url && opens_as_page(&url)).then_some(url)
}

/// An item's own page beside its row.
pub(super) fn compared(opened: &Opened) -> Compared {
    let row = &opened.row;
    let (article, notes) = match &opened.article {
        Ok(article) => (article.date.clone(), notes(article)),
        Err(unopened) => (None, vec![unopened.why.clone()]),
    };
    let agreement = match (&opened.article, &article) {
        (Err(unopened), _) if unopened.passes => Agreement::NotNow,
        (Err(_), _) => Agreement::CannotTell,
        (Ok(_), None) => Agreement::NoDate,
        (Ok(_), Some(date)) if date.kind != DateKind::Published => Agreement::NotPublication,
        (Ok(_), Some(date)) if date.date > row.date => Agreement::Later,
        (Ok(_), Some(date)) if date.date < row.date => Agreement::Earlier,
        (Ok(_), Some(_)) => Agreement::SameDay,
    };
    Compared { title: row.title.clone(), url: row.url.clone(), list: row.date, article, agreement, notes }
}

fn notes(article: &Article) -> Vec<String> {
    article.distrusted.iter().map(|date| format!("`{}` is not counted: {}", date.raw, date.why)).collect()
}

/// What the newest item's own page says of its date.
pub(super) fn said_of(newest: &Sighting, source: &Source, articles: &[Compared]) -> assess::Article {
    if page_of(newest, source).is_none() {
        return assess::Article::Silent;
    }
    match articles.iter().find(|article| article.url == newest.url) {
        None => assess::Article::Unopened,
        Some(Compared { agreement, article, .. }) => match (agreement, article) {
            (Agreement::Later, Some(date)) => assess::Article::Later(date.date),
            (Agreement::SameDay | Agreement::Earlier, _) => assess::Article::Agrees,
            (Agreement::NotNow, _) => assess::Article::Unopened,
            _ => assess::Article::Silent,
        },
    }
}
