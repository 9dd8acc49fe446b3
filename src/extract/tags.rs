//! Goes through the start tags of a page's text, without building a document tree.
//!
//! Comments are passed over, and so is what stands in scripts, styles and templates (it is given as text after their
//! tag). Attributes are read as browsers read them: quoted in either way or bare, even glued together.

use memchr::{memchr, memchr3};

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    /// All text after the tag.
    pub(super) after: &'a str,
}

/// Elements whose text holds no tags, or none that the page shows.
const RAW: [&str; 6] = ["script", "style", "template", "textarea", "title", "noscript"];

impl<'a> Tag<'a> {
    pub(super) fn is(self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(super) fn name(self) -> &'a str {
        self.name
    }

    /// All that is written between its name and its end.
    pub(super) fn attributes(self) -> &'a str {
        self.attributes
    }

    /// The value of an attribute, as written.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        attributes(self.attributes).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The text up to the end tag, of an element that holds only text.
    pub(super) fn inner(self) -> &'a str {
        &self.after[..end_tag(self.after, self.name)]
    }
}

/// All start tags in page order.
pub(super) fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[memchr(b'<', rest.as_bytes())?..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            rest = &rest[1..];
            if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
                continue;
            }
            let tag = tag(rest);
            rest =
                if RAW.iter().any(|raw| tag.is(raw)) { &tag.after[tag.inner().len()..] } else { tag.after };
            return Some(tag);
        }
    })
}

/// The tag whose name begins the text.
fn tag(text: &str) -> Tag<'_> {
    let is_name_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let name_end = text.as_bytes().iter().position(is_name_end).unwrap_or(text.len());
    let end = name_end + closing_bracket(&text[name_end..]);
    Tag {
        name: &text[..name_end],
        attributes: &text[name_end..end],
        after: text[end..].strip_prefix('>').unwrap_or_default(),
    }
}

/// Where the tag ends: at a `>` that no quotes enclose. Quotes enclose a value behind `=`, or behind a value.
fn closing_bracket(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut from, mut is_behind_value) = (0, false);
    let mut at = 0;
    while let Some(met) = memchr3(b'>', b'"', b'\'', &bytes[at..]).map(|length| at + length) {
        if bytes[met] == b'>' {
            return met;
        }
        let is_value = match bytes[from..met].trim_ascii_end().last() {
            Some(last) => *last == b'=',
            None => is_behind_value,
        };
        at = met + 1;
        if is_value {
            let Some(length) = memchr(bytes[met], &bytes[at..]) else { break };
            at += length + 1;
            (from, is_behind_value) = (at, true);
        }
    }
    text.len()
}

fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let is_key_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/');
        // A stray `=` is part of a name, so that each step goes on.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let key_end = rest[first..].find(is_key_end).map_or(rest.len(), |at| first + at);
        let (key, after) = rest.split_at(key_end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            return Some((key, ""));
        };
        let (value, after) = split_value(value.trim_start());
        rest = after;
        Some((key, value))
    })
}

fn split_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// Where the end tag of an element begins, or the text ends.
fn end_tag(text: &str, name: &str) -> usize {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr(b'<', &bytes[from..]).map(|at| from + at) {
        let after = &bytes[at + 1..];
        let is_end = after.first() == Some(&b'/')
            && after.get(1..=name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        if is_end {
            return at;
        }
        from = at + 1;
    }
    text.len()
}

/// Text with the common character references resolved.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&middot;", "·"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (reference, meant)| text.replace(reference, meant))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(String, Vec<(String, String)>)> {
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        tags(text).map(|tag| (tag.name.to_owned(), attributes(tag.attributes).map(owned).collect())).collect()
    }

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let tags = found(r#"<meta name="A>B"content='c"d' x = 1 y><BR/><a href=/b/ title=">">"#);
        let attributes: Vec<Vec<(&str, &str)>> = tags
            .iter()
            .map(|(_, all)| all.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect())
            .collect();
        assert_eq!(attributes[0], [("name", "A>B"), ("content", "c\"d"), ("x", "1"), ("y", "")]);
        assert_eq!(attributes[1], []);
        assert_eq!(attributes[2], [("href", "/b/"), ("title", ">")]);
    }

    #[test]
    fn what_stands_in_comments_and_scripts_is_no_tag() {
        let text = "<p><!-- <b> --><script>if (a<b) '<i>'</SCRIPT><u><!-- <s>";
        let names: Vec<String> = found(text).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["p", "script", "u"]);
        assert_eq!(tags(text).nth(1).unwrap().inner(), "if (a<b) '<i>'");
    }

    proptest! {
        #[test]
        fn any_text_is_gone_through_to_its_end(text in "[<>/='\" a-c!\\-名]{0,60}") {
            prop_assert!(found(&text).len() <= text.len());
        }
    }
}
