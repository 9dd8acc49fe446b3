//! Resolves the character references of a text where that is plain to do.

use std::borrow::Cow;

/// References that lists are written with. They count only with their semicolon.
const NAMED: [(&str, &str); 14] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("nbsp", "\u{a0}"),
    ("middot", "·"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("emsp", "\u{2003}"),
    ("ensp", "\u{2002}"),
];

/// What a text between tags says; `None` where one of its references takes a parser to tell.
pub(super) fn in_text(text: &str) -> Option<Cow<'_, str>> {
    resolved(text, |_| false)
}

/// What an attribute says; `None` as in [`in_text`]. Addresses are full of `&name=`, which is no reference here.
pub(super) fn in_attribute(value: &str) -> Option<Cow<'_, str>> {
    resolved(value, |behind| {
        let name = behind.bytes().take_while(u8::is_ascii_alphanumeric).count();
        name > 0 && behind.as_bytes().get(name) == Some(&b'=')
    })
}

fn resolved(text: &str, is_literal: impl Fn(&str) -> bool) -> Option<Cow<'_, str>> {
    if !text.contains('&') {
        return Some(text.into());
    }
    let mut parts = text.split('&');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for behind in parts {
        let begins_nothing = !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#');
        if begins_nothing || is_literal(behind) {
            whole.push('&');
            whole.push_str(behind);
        } else {
            let (name, after) = behind.split_once(';')?;
            whole.push_str(NAMED.iter().find(|(other, _)| *other == name)?.1);
            whole.push_str(after);
        }
    }
    Some(whole.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_references_are_resolved_and_others_left_to_a_parser() {
        assert_eq!(in_text("a &amp; b&nbsp;&mdash; c & d&"), Some("a & b\u{a0}— c & d&".into()));
        for odd in ["&copy 2022", "&#65;", "&amp b", "&unknown;", "a&b=c"] {
            assert_eq!(in_text(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_parameters_of_an_address_are_no_references() {
        assert_eq!(in_attribute("?a=1&copy=2&amp;b=3"), Some("?a=1&copy=2&b=3".into()));
        assert_eq!(in_attribute("?a=1&copy"), None);
        assert_eq!(in_attribute("?a=1&b2;"), None);
    }
}
