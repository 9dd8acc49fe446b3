//! Reads the official `meta` set of an article: names in any case, once or several times, filled or empty.

use scraper::{Html, Selector};

use super::super::sighting::{DateKind, Found};
use super::super::words::collapsed;
use super::claim::Gathered;
use super::distrust::Distrust;

/// Names under which the set and its relatives give the moment of publication.
const PUBLISHED: [&str; 7] = [
    "pubdate",
    "publishdate",
    "publishtime",
    "publishedtime",
    "firstpublishedtime",
    "article:published_time",
    "datepublished",
];

/// Names under which templates print the moment at which they made the page.
const GENERATED: [&str; 4] = ["htmlgeneratetime", "generatetime", "maketime", "ttmp"];

/// What says in a `meta` of any name that the rest is the moment the page was made.
const GENERATION_MARKS: [&str; 2] = ["页面生成时间", "ttmp:"];

/// A page needs one stamp; more would only cost time.
const MOST_STAMPS: usize = 8;

const CHANGED: [&str; 5] =
    ["lastmodifiedtime", "lastmodified", "last-modified", "article:modified_time", "datemodified"];

/// The `meta` elements of a page that have a name: the name in lower case, and what it says.
pub(super) struct Meta(Vec<(String, String)>);

impl Meta {
    pub(super) fn of(html: &Html) -> Self {
        let selector = Selector::parse("meta[content]").expect("a constant selector parses");
        let named = html.select(&selector).filter_map(|meta| {
            let name = ["name", "property", "itemprop"].iter().find_map(|key| meta.attr(key))?;
            Some((name.trim().to_ascii_lowercase(), collapsed(meta.attr("content")?)))
        });
        Self(named.filter(|(_, content)| !content.is_empty()).collect())
    }

    /// The first that is filled.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_str())
    }

    /// Claims the dates of the set.
    pub(super) fn read(&self, gathered: &mut Gathered) {
        for (name, content) in &self.0 {
            if GENERATED.contains(&name.as_str())
                || GENERATION_MARKS.iter().any(|mark| content.contains(mark))
            {
                gathered.stamp(content, Found::ArticleMeta);
            } else if PUBLISHED.contains(&name.as_str()) {
                gathered.claim(content, Found::ArticleMeta, DateKind::Published);
            } else if CHANGED.contains(&name.as_str()) {
                gathered.distrust(content.clone(), Found::ArticleMeta, Distrust::Changed);
            }
        }
    }
}

/// Takes the stamps that templates leave in comments and scripts: `ttmp:1761363157000`.
pub(super) fn read_loose_stamps(text: &str, gathered: &mut Gathered) {
    for (at, mark) in text.match_indices("ttmp:").take(MOST_STAMPS) {
        let epoch = &text[at + mark.len()..];
        let end = epoch.find(|c: char| !c.is_ascii_digit()).unwrap_or(epoch.len());
        gathered.stamp(&epoch[..end], Found::ArticleMeta);
    }
}
