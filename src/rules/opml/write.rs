//! From unit files to OPML.

use quick_xml::escape::escape;

use super::super::keys::{Kind, Shape};
use super::super::unit_file::{Entry, UnitFile, Value};
use super::{UNIT, name_of};

/// The accounts of these units as OPML.
pub(in crate::rules) fn write(title: &str, files: &[UnitFile]) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head>\n<title>{}</title>\n</head>\n<body>\n",
        escape(title)
    );
    for file in files.iter().filter(|file| !file.feeds.is_empty()) {
        text += &format!(
            "<outline text={} {UNIT}={}>\n",
            attribute(file.unit.text("name")),
            attribute(file.id())
        );
        for feed in &file.feeds {
            for way in &feed.ways {
                text += &outline(&feed.account, way);
            }
        }
        text += "</outline>\n";
    }
    text + "</body>\n</opml>\n"
}

fn outline(account: &Entry, way: &Entry) -> String {
    // Other readers subscribe to what is of this type.
    let mut text = if way.text("kind") == "rss" { "<outline type=\"rss\"" } else { "<outline" }.to_owned();
    for (kind, entry) in [(Kind::Feed, account), (Kind::Way, way)] {
        for key in kind.keys() {
            let Some(value) = entry.get(key.name) else { continue };
            text += &format!(" {}={}", name_of(kind, key.name), attribute(&as_text(value)));
            if let (Shape::Word(words), Value::Text(word)) = (key.shape, value) {
                let shown =
                    words.iter().find(|(known, _)| known == word).map_or(word.as_str(), |(_, shown)| shown);
                text += &format!(" category={}", attribute(shown));
            }
        }
    }
    text + "/>\n"
}

/// A value in quotes. Line breaks are spelled out, since plain ones are read as blanks.
fn attribute(value: &str) -> String {
    let escaped = escape(value).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;");
    format!("\"{escaped}\"")
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Texts(texts) => texts.join("\n"),
        Value::YesNo(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
    }
}
