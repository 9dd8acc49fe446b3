//! Decodes a document's bytes.
//!
//! What says the charset, most trusted first: a byte order mark, the document itself in its first 4 KB, the
//! `Content-Type` header, the bytes. The labels gb2312, gbk and gb18030 all mean GB18030, which contains the other two.
//!
//! Three things are said so often without being meant that they are not believed as they stand:
//! - ISO-8859-1 is what servers and templates say when nobody has told them, and no Chinese page is written in it.
//! - A mark is written by whatever wrote the bytes, a `meta` by whoever made the template. Where they differ, a site has
//!   been moved to UTF-8 and its templates have not been told, so the mark comes first.
//! - For the same reason a document that calls itself GB and is UTF-8 from end to end, with Chinese in it, is UTF-8:
//!   bytes of one do not fall into the other's pattern by chance. The same is done the other way round where reading
//!   as UTF-8 would break more letters than it makes, and reading as GB none.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// Where a document may name its own charset.
const HEAD: usize = 4096;
/// So many Chinese letters make a document a Chinese one.
const FEWEST: usize = 4;

/// The text of a document. Bytes that mean nothing in its charset become U+FFFD.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if Encoding::for_bom(body).is_none()
        && named(body, content_type) == Some(UTF_8)
        && let Some(text) = whole_utf_8(body)
    {
        return text;
    }
    let (encoding, mark) = encoding_of(body, content_type);
    encoding.decode_without_bom_handling(&body[mark..]).0
}

/// The text of UTF-8 without an error. encoding_rs finds errors faster than the standard library does.
fn whole_utf_8(body: &[u8]) -> Option<Cow<'_, str>> {
    UTF_8.decode_without_bom_handling_and_without_replacement(body)
}

/// The name of the charset by which [`decode`] reads a document, such as `UTF-8` or `gb18030`.
pub fn charset(body: &[u8], content_type: Option<&str>) -> &'static str {
    encoding_of(body, content_type).0.name()
}

/// How a document is encoded, and the length of its byte order mark.
fn encoding_of(body: &[u8], content_type: Option<&str>) -> (&'static Encoding, usize) {
    if let Some(marked) = Encoding::for_bom(body) {
        return marked;
    }
    (named(body, content_type).map_or_else(|| guessed(body), |named| borne_out(named, body)), 0)
}

/// What the document or its header says.
fn named(body: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    named_in_document(body).or_else(|| content_type.and_then(named_in_header))
}

/// What was named, unless the bytes plainly say otherwise.
fn borne_out(named: &'static Encoding, body: &[u8]) -> &'static Encoding {
    if named == GB18030 {
        let is_utf_8 = whole_utf_8(body).is_some_and(|text| Letters::of(&text).are_chinese());
        return if is_utf_8 { UTF_8 } else { GB18030 };
    }
    if named == UTF_8 && whole_utf_8(body).is_none() {
        let as_utf_8 = Letters::of(&String::from_utf8_lossy(body));
        return if as_utf_8.broken > as_utf_8.chinese && is_gb18030(body) { GB18030 } else { UTF_8 };
    }
    named
}

/// A title cut in the middle of a character does not make a page of UTF-8 a page of GB18030.
fn guessed(body: &[u8]) -> &'static Encoding {
    let text = String::from_utf8_lossy(body);
    let letters = Letters::of(&text);
    let is_utf_8 = letters.broken == 0 || (letters.are_chinese() && letters.broken * 10 <= letters.chinese);
    if is_utf_8 { UTF_8 } else { GB18030 }
}

fn is_gb18030(body: &[u8]) -> bool {
    let (text, lossy) = GB18030.decode_without_bom_handling(body);
    !lossy && Letters::of(&text).are_chinese()
}

/// The letters of a text beyond ASCII, counted.
struct Letters {
    chinese: usize,
    broken: usize,
    others: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self { chinese: 0, broken: 0, others: 0 };
        for letter in text.chars().filter(|letter| !letter.is_ascii()) {
            match letter {
                char::REPLACEMENT_CHARACTER => letters.broken += 1,
                // Ideographs, and the punctuation and wide forms that come with them.
                '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' => {
                    letters.chinese += 1;
                }
                _ => letters.others += 1,
            }
        }
        letters
    }

    /// Two or three may come about by chance, and so may many that stand among letters of other scripts.
    fn are_chinese(&self) -> bool {
        self.chinese >= FEWEST && self.chinese > self.others
    }
}

fn named_in_document(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD)]).to_ascii_lowercase();
    let encoding = in_xml_declaration(&head).or_else(|| in_meta(&head))?;
    // The name was read byte by byte, so the document cannot be in a charset of wider units.
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    Some(if is_wide { UTF_8 } else { encoding })
}

fn in_xml_declaration(head: &str) -> Option<&'static Encoding> {
    let (declaration, _) = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    value_after(declaration, "encoding").and_then(encoding_for)
}

fn in_meta(head: &str) -> Option<&'static Encoding> {
    let mut rest = head;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else if let Some(tag) = rest.strip_prefix("<meta") {
            let (attributes, after) = tag.split_once('>').unwrap_or((tag, ""));
            if let Some(encoding) = value_after(attributes, "charset").and_then(encoding_for) {
                return Some(encoding);
            }
            rest = after;
        } else {
            rest = &rest[1..];
        }
    }
    None
}

fn named_in_header(content_type: &str) -> Option<&'static Encoding> {
    value_after(&content_type.to_ascii_lowercase(), "charset").and_then(encoding_for)
}

/// What stands after `name =`, quoted or not.
fn value_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(name)?;
    let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ',' | '/' | '>'));
    Some(&value[..end.unwrap_or(value.len())])
}

fn encoding_for(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    if encoding == GBK {
        return Some(GB18030);
    }
    (encoding != WINDOWS_1252 && encoding != X_USER_DEFINED).then_some(encoding)
}

#[cfg(test)]
mod tests;
