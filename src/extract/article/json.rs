//! Reads an article that comes as a JSON answer instead of a page.

use serde_json::{Map, Value};

use super::super::sighting::{DateKind, Found};
use super::super::words::collapsed;
use super::body::Body;
use super::claim::Gathered;
use super::heading::Names;

/// Fields in which answers give the moment of publication, in lower case.
const PUBLISHED: [&str; 8] = [
    "publishdate",
    "publishtime",
    "publish_time",
    "pubdate",
    "publishedtime",
    "publishedtimestr",
    "display_publish_time",
    "firstpublishedtime",
];

const SIGNED: [&str; 4] = ["builddate", "writedate", "signdate", "wrdate"];

/// Fields that name the article, the best first.
const TITLES: [&str; 5] = ["docsubtitle", "doctitle", "articletitle", "title", "name"];

/// An answer that is an article says its text in one of these.
const TEXTS: [&str; 6] = ["docclob", "doccontent", "content", "htmlcontent", "body", "text"];

/// The answer, if the document is one.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}

/// Claims the dates of the answer's article. An article in an array is one of a list, even where it is the only one.
pub(super) fn read(answer: &Value, gathered: &mut Gathered) -> (Names, Body) {
    let articles: Vec<&Map<String, Value>> = objects(answer).into_iter().filter(|o| is_article(o)).collect();
    let [article] = articles[..] else { return (Names::default(), Body::from_text("")) };
    for (kind, names) in [(DateKind::Published, &PUBLISHED[..]), (DateKind::Signed, &SIGNED[..])] {
        for (name, value) in article {
            if names.contains(&name.to_ascii_lowercase().as_str()) {
                gathered.claim(&scalar(value), Found::Json, kind);
            }
        }
    }
    let title = field(article, &TITLES).map(|title| collapsed(&title));
    let text = field(article, &TEXTS).unwrap_or_default();
    (Names { title, ..Names::default() }, Body::from_html(&text))
}

fn is_article(object: &Map<String, Value>) -> bool {
    let has = |names: &[&str]| object.keys().any(|key| names.contains(&key.to_ascii_lowercase().as_str()));
    has(&PUBLISHED) && has(&TITLES)
}

/// The objects of the answer, from the outside in, without those in arrays.
fn objects(answer: &Value) -> Vec<&Map<String, Value>> {
    let mut found = Vec::new();
    let mut values = vec![answer];
    while let Some(value) = values.pop() {
        if let Value::Object(object) = value {
            found.push(object);
            values.extend(object.values());
        }
    }
    found
}

/// The first filled one of some fields.
fn field(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let of_name = |name: &&str| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    names.iter().filter_map(of_name).map(|(_, value)| scalar(value)).find(|text| !text.trim().is_empty())
}

/// A text, or a number as it is written.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
