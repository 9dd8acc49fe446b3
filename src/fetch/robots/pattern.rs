//! The path patterns of robots.txt: prefixes with `*` for anything and `$` for the end.

use url::Url;

/// A pattern, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What stands between the stars.
    pieces: Vec<Vec<u8>>,
    ends_here: bool,
    length: usize,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let (text, ends_here) = text.strip_suffix('$').map_or((text, false), |text| (text, true));
        let pieces = text.split('*').map(spelled_one_way).collect();
        Self { pieces, ends_here, length: text.len() }
    }

    /// The more octets a pattern has, the more it counts.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    pub(super) fn fits(&self, path: &[u8]) -> bool {
        let Some((first, others)) = self.pieces.split_first() else { return false };
        let Some(mut rest) = path.strip_prefix(first.as_slice()) else { return false };
        let Some((last, middle)) = others.split_last() else { return !self.ends_here || rest.is_empty() };
        for piece in middle {
            match after(rest, piece) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        if self.ends_here { rest.ends_with(last) } else { after(rest, last).is_some() }
    }
}

/// The part of an address that patterns are about.
pub(super) fn path_of(url: &Url) -> Vec<u8> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    spelled_one_way(&format!("{}{query}", url.path()))
}

/// The same octet can be written in several ways: letters and figures are taken plain, all that is not ASCII as `%XX`.
fn spelled_one_way(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut spelled = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| bytes.get(at + 1..at + 3).and_then(octet)).flatten();
        at += if escaped.is_some() { 3 } else { 1 };
        match escaped {
            Some(octet) if is_plain(octet) => spelled.push(octet),
            Some(octet) => spelled.extend(format!("%{octet:02X}").bytes()),
            None if byte.is_ascii() => spelled.push(byte),
            None => spelled.extend(format!("%{byte:02X}").bytes()),
        }
    }
    spelled
}

fn octet(hex: &[u8]) -> Option<u8> {
    let both_are_figures = hex.iter().all(u8::is_ascii_hexdigit);
    u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok().filter(|_| both_are_figures)
}

fn is_plain(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~".contains(&octet)
}

fn after<'a>(text: &'a [u8], piece: &[u8]) -> Option<&'a [u8]> {
    if piece.is_empty() {
        return Some(text);
    }
    let start = text.windows(piece.len()).position(|window| window == piece)?;
    Some(&text[start + piece.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, path: &str) -> bool {
        let url = Url::parse("http://a.example").unwrap().join(path).unwrap();
        Pattern::new(pattern).fits(&path_of(&url))
    }

    #[test]
    fn a_pattern_is_a_prefix_with_stars_and_perhaps_an_end() {
        for (pattern, path, expected) in [
            ("/", "/x", true),
            ("/xxgk", "/xxgk/index.html", true),
            ("/xxgk/", "/xxgk", false),
            ("/*.php", "/a/b.php?x=1", true),
            ("/*.php$", "/a/b.php?x=1", false),
            ("/*.php$", "/b.php.php", true),
            ("/a*b*c", "/a-c-b-c", true),
            ("/a*b*c", "/a-c-b", false),
            ("/a*b$", "/ab", true),
            ("/ab*b$", "/ab", false),
            ("/exact$", "/exact", true),
            ("/exact$", "/exact/", false),
            ("*?page=", "/list?page=2", true),
            ("admin", "/admin", false),
            ("/*", "/", true),
            ("/$", "/", true),
            ("/$", "/x", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn an_octet_is_the_same_however_it_is_written() {
        assert!(fits("/公开/", "/%E5%85%AC%E5%BC%80/a"));
        assert!(fits("/%e5%85%ac", "/公开"));
        assert!(fits("/%7Ejoe", "/~joe"));
        assert!(!fits("/a%2Fb", "/a/b"), "an escaped slash is another path");
        assert!(fits("/100%", "/100%"));
    }

    proptest::proptest! {
        #[test]
        fn every_path_fits_itself(path in "/[a-z0-9/%._~\u{4e00}-\u{4e20}-]{0,30}") {
            let mut url = Url::parse("http://a.example").unwrap();
            url.set_path(&path);
            proptest::prop_assert!(Pattern::new(url.path()).fits(&path_of(&url)));
        }

        #[test]
        fn no_pattern_makes_it_fail(pattern in "\\PC{0,40}", path in "/[a-z*$%]{0,40}") {
            let _either = Pattern::new(&pattern).fits(path.as_bytes());
        }
    }
}
