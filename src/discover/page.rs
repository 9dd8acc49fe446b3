//! What a page is: a column, something else, or a page that looks like a column and cannot be read.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::extract::{ExtractError, Extracted, Extractor, Landmarks, Listing, Page, Reading, SelectorError};

/// The way in which pages are read that nobody has described: by the family whose signs they show, or by shape.
#[derive(Debug)]
pub(crate) struct Reader(Extractor);

/// A page that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A column.
    Column(Column),
    /// No list could be read on it.
    Unread {
        /// Why.
        why: String,
        /// Whether it calls itself a column, or has rows: then it is one, as far as anybody can tell.
        is_like_a_column: bool,
    },
    /// An article.
    Article,
}

/// How a column was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Column {
    /// The preset that read it; `None` where its rows were found by their shape.
    pub(super) preset: Option<String>,
    /// The addresses of its items.
    pub(super) articles: Vec<String>,
    /// What a person should look at.
    pub(super) doubts: Vec<String>,
}

impl Reader {
    /// Makes the reading of sources that name no preset ready.
    ///
    /// # Errors
    /// If a preset's selector cannot be parsed.
    pub(crate) fn new(by_signs: &Reading) -> Result<Self, SelectorError> {
        Extractor::new(by_signs).map(Self)
    }

    /// Says what a page is.
    pub(super) fn kind_of(
        &self,
        page: &Page,
        landmarks: &Landmarks,
        seen_at: DateTime<Utc>,
        zone: Tz,
    ) -> Kind {
        if landmarks.is_article {
            return Kind::Article;
        }
        let explained = self.0.explain(page, seen_at, zone);
        match explained.result {
            Ok(extracted) => Kind::Column(Column { preset: explained.preset, ..column(extracted) }),
            Err(error) => Kind::Unread {
                is_like_a_column: landmarks.column_name.is_some()
                    || matches!(error, ExtractError::NoDates { .. }),
                why: error.to_string(),
            },
        }
    }
}

fn column(extracted: Extracted) -> Column {
    match extracted {
        Extracted::Listing(Listing::Empty) => {
            Column { doubts: vec!["the page says that it is empty".to_owned()], ..Column::default() }
        }
        Extracted::Listing(Listing::Items { sightings, undated }) => {
            let rows = sightings.len() + undated.len();
            let doubt = format!("unsure: {} of {rows} rows without date", undated.len());
            Column {
                articles: sightings.into_iter().map(|sighting| sighting.url).collect(),
                doubts: if undated.is_empty() { Vec::new() } else { vec![doubt] },
                ..Column::default()
            }
        }
        Extracted::Onward(onward) => {
            let doubt = format!("unsure: its rows come from {}, which was not asked", onward.url);
            Column { doubts: vec![doubt], ..Column::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Families, Family, ListSelectors, Signs};

    const ROWS: &str = "<ul class=l><li><a href=/1.html>关于一件事的公告</a><i>2026-09-01</i></li>\
        <li><a href=/2.html>关于二件事的公告</a><i>2026-09-02</i></li>\
        <li><a href=/3.html>关于三件事的公告</a><i>2026-09-03</i></li></ul>";

    fn reader() -> Reader {
        let selectors = ListSelectors {
            list: "ul.l".to_owned(),
            row: "li".to_owned(),
            skip: None,
            link: "a".to_owned(),
            date: "i".to_owned(),
            empty: vec!["暂无信息".to_owned()],
            empty_in: None,
        };
        let ours = Family {
            name: "ours".to_owned(),
            signs: Signs::new(&[], &[], &["<ul class=l>".to_owned()]).unwrap(),
            reading: Reading::List(selectors),
        };
        Reader::new(&Reading::Auto(Families::new(vec![ours]))).unwrap()
    }

    fn kind(body: &str, landmarks: &Landmarks) -> Kind {
        let url = "https://www.example.gov.cn/a/".parse().unwrap();
        let page = Page { drawing: None, url, content_type: None, body: body.as_bytes().to_vec() };
        reader().kind_of(&page, landmarks, "2026-10-01T00:00:00Z".parse().unwrap(), chrono_tz::Asia::Shanghai)
    }

    fn column_page() -> Landmarks {
        Landmarks { column_name: Some("公告".to_owned()), ..Landmarks::default() }
    }

    #[test]
    fn a_list_is_a_column_and_says_how_it_was_read() {
        let Kind::Column(by_preset) = kind(ROWS, &Landmarks::default()) else { panic!() };
        assert_eq!((by_preset.preset.as_deref(), by_preset.articles.len()), (Some("ours"), 3));
        assert_eq!(by_preset.doubts, [""; 0]);
        let Kind::Column(by_shape) = kind(&ROWS.replace("class=l", ""), &Landmarks::default()) else {
            panic!()
        };
        assert_eq!((by_shape.preset, by_shape.articles.len()), (None, 3));
    }

    #[test]
    fn rows_without_dates_are_a_doubt() {
        let some = ROWS.replace("2026-09-02", "近日");
        let Kind::Column(column) = kind(&some, &Landmarks::default()) else { panic!() };
        assert_eq!(column.doubts, ["unsure: 1 of 3 rows without date"]);
    }

    #[test]
    fn a_list_that_says_it_is_empty_is_a_column() {
        let Kind::Column(column) = kind("<ul class=l>暂无信息</ul>", &Landmarks::default()) else {
            panic!()
        };
        assert_eq!(column.doubts, ["the page says that it is empty"]);
    }

    #[test]
    fn an_article_is_no_column_even_if_it_shows_a_list() {
        let landmarks = Landmarks { is_article: true, ..column_page() };
        assert_eq!(kind(ROWS, &landmarks), Kind::Article);
    }

    #[test]
    fn a_page_without_a_list_is_like_a_column_if_it_says_so() {
        let unread = |landmarks: Landmarks| match kind("<div id=app></div>", &landmarks) {
            Kind::Unread { why, is_like_a_column } => (why.contains("no list row found"), is_like_a_column),
            other => panic!("{other:?}"),
        };
        assert_eq!(unread(column_page()), (true, true));
        assert_eq!(unread(Landmarks::default()), (true, false));
    }
}
