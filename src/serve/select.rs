//! Which sources of a list are wanted, and which page of them.

use std::fmt;
use std::sync::Arc;

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer, Serialize};

use super::snapshot::SEVERITY;
use super::view::SourceView;
use crate::rules::Platform;

/// Filters and paging of a list of sources. Filters add up: a source must fit all of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Selection {
    /// The unit's id.
    #[serde(default, deserialize_with = "filled")]
    pub(super) unit: Option<String>,
    /// The standing's word.
    #[cfg_attr(test, schemars(regex(pattern = "^(overdue|blank|unknown|due-soon|fresh|exempt|)$")))]
    #[serde(default, deserialize_with = "filled")]
    pub(super) standing: Option<String>,
    /// The platform of an account.
    #[serde(default, deserialize_with = "filled")]
    pub(super) platform: Option<Platform>,
    /// `column` or `feed`.
    #[cfg_attr(test, schemars(regex(pattern = "^(column|feed|)$")))]
    #[serde(default, deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    /// The cadence's name.
    #[serde(default, deserialize_with = "filled")]
    pub(super) cadence: Option<String>,
    /// A part of the name or the id.
    #[serde(default, deserialize_with = "filled")]
    pub(super) q: Option<String>,
    /// Where the page before ended.
    #[serde(default, deserialize_with = "filled")]
    pub(super) cursor: Option<String>,
    /// Sources on a page: 200 where it is not given, 1,000 at most.
    pub(super) limit: Option<usize>,
}

/// One page of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// How many fit the filters.
    pub(super) total: usize,
    /// Those of this page.
    pub(super) sources: Vec<Arc<SourceView>>,
    /// What the next page is asked for with; `None` on the last.
    pub(super) next_cursor: Option<String>,
}

const USUAL_LIMIT: usize = 200;
const LARGEST_LIMIT: usize = 1000;

impl Selection {
    /// The page of `sources` that is wanted. A cursor is the id of the last source of the page before.
    ///
    /// # Errors
    /// If a filter or the cursor makes no sense, in words.
    pub(super) fn page(&self, sources: &[Arc<SourceView>]) -> Result<Page, String> {
        let fitting = self.fitting(sources)?;
        let total = fitting.len();
        let start = match &self.cursor {
            None => 0,
            // Behind the last one that was shown, even if that one fits no longer.
            Some(cursor) => {
                let place = |id: &str| sources.iter().position(|source| source.id.as_str() == id);
                let shown =
                    place(cursor).ok_or_else(|| format!("the cursor `{cursor}` is not of this list"))?;
                let behind = sources[..=shown].iter();
                behind.filter(|source| self.fits(source)).count()
            }
        };
        let end = start.saturating_add(self.limit.unwrap_or(USUAL_LIMIT).clamp(1, LARGEST_LIMIT)).min(total);
        let sources = fitting[start..end].to_vec();
        let next_cursor = sources.last().filter(|_| end < total).map(|last| last.id.to_string());
        Ok(Page { total, sources, next_cursor })
    }

    /// All sources that fit.
    ///
    /// # Errors
    /// If a filter makes no sense, in words.
    pub(super) fn fitting(&self, sources: &[Arc<SourceView>]) -> Result<Vec<Arc<SourceView>>, String> {
        one_of("standing", self.standing.as_deref(), &SEVERITY)?;
        one_of("kind", self.kind.as_deref(), &["column", "feed"])?;
        Ok(sources.iter().filter(|source| self.fits(source)).cloned().collect())
    }

    fn fits(&self, source: &SourceView) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
        let text = self.q.as_deref().map(str::trim).unwrap_or_default();
        is(&self.unit, source.unit.as_str())
            && is(&self.standing, &source.standing)
            && is(&self.kind, &source.kind)
            && is(&self.cadence, &source.cadence)
            && self.platform.is_none_or(|platform| source.platform == Some(platform))
            && [source.name.as_str(), source.id.as_str(), source.unit_name.as_str()]
                .iter()
                .any(|own| own.contains(text))
    }
}

/// A field that a form leaves blank is not given.
fn filled<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(field)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    T::deserialize(text.into_deserializer()).map(Some)
}

/// The selection as a query, percent-encoded.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(self) else {
            return Err(fmt::Error);
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &fields {
            match value {
                serde_json::Value::String(text) => query.append_pair(name, text),
                serde_json::Value::Number(number) => query.append_pair(name, &number.to_string()),
                _ => &mut query,
            };
        }
        f.write_str(&query.finish())
    }
}

fn one_of(key: &str, word: Option<&str>, allowed: &[&str]) -> Result<(), String> {
    match word {
        Some(word) if !allowed.contains(&word) => {
            Err(format!("{key} `{word}` is not known, allowed: {}", allowed.join(", ")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::source;
    use super::*;

    fn list(standings: &[&str]) -> Vec<Arc<SourceView>> {
        (0..).zip(standings).map(|(n, standing)| Arc::new(source(&format!("u/{n}"), standing))).collect()
    }

    #[test]
    fn a_filter_that_cannot_fit_is_refused_and_not_empty() {
        let typo = Selection { standing: Some("overdu".into()), ..Selection::default() };
        let said = typo.page(&list(&["overdue"])).unwrap_err();
        assert_eq!(
            said,
            "standing `overdu` is not known, allowed: overdue, blank, unknown, due-soon, fresh, exempt"
        );
        let lost = Selection { cursor: Some("x/1".into()), ..Selection::default() };
        assert!(lost.page(&list(&["fresh"])).unwrap_err().contains("`x/1`"));
    }

    #[test]
    fn a_blank_field_of_a_form_is_not_given_and_a_selection_is_an_address_again() {
        let uri = "/sources?q=%E8%A7%84%E5%88%92+%26x&platform=&standing=overdue&limit=5".parse().unwrap();
        let axum::extract::Query(selection) = axum::extract::Query::<Selection>::try_from_uri(&uri).unwrap();
        assert_eq!((selection.q.as_deref(), selection.platform), (Some("规划 &x"), None));
        assert_eq!(selection.to_string(), "limit=5&q=%E8%A7%84%E5%88%92+%26x&standing=overdue");
    }

    #[test]
    fn a_page_goes_on_behind_a_source_that_fits_no_longer() {
        let wanted = Selection {
            standing: Some("overdue".into()),
            cursor: Some("u/1".into()),
            ..Selection::default()
        };
        let page = wanted.page(&list(&["overdue", "fresh", "overdue"])).unwrap();
        assert_eq!(page.sources[0].id.as_str(), "u/2");
        assert_eq!((page.total, page.next_cursor), (2, None));
    }

    proptest! {
        #[test]
        fn walking_the_pages_shows_every_fitting_source_once(late in prop::collection::vec(any::<bool>(), 0..40), limit in 0usize..12) {
            let standings: Vec<&str> = late.iter().map(|late| if *late { "overdue" } else { "fresh" }).collect();
            let all = list(&standings);
            let mut wanted = Selection { standing: Some("overdue".into()), limit: Some(limit), ..Selection::default() };
            let mut walked = Vec::new();
            loop {
                let page = wanted.page(&all).unwrap();
                prop_assert_eq!(page.total, late.iter().filter(|late| **late).count());
                walked.extend(page.sources);
                match page.next_cursor {
                    Some(cursor) => wanted.cursor = Some(cursor),
                    None => break,
                }
            }
            prop_assert_eq!(walked, wanted.fitting(&all).unwrap());
        }
    }
}
