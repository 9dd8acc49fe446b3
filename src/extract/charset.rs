//! Decodes a document's bytes.
//!
//! What says the charset, most trusted first: a byte order mark, the document itself in its first 4 KB, the
//! `Content-Type` header. If none does, bytes that are valid UTF-8 are UTF-8, and all others GB18030.
//! ISO-8859-1 is never believed: it is what servers and templates say when nobody has told them, and no Chinese page
//! is written in it. The labels gb2312, gbk and gb18030 all mean GB18030, which contains the other two.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// Where a document may name its own charset.
const HEAD: usize = 4096;

/// The text of a document. Bytes that mean nothing in its charset become U+FFFD.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[length..]).0;
    }
    let named = named_in_document(body).or_else(|| content_type.and_then(named_in_header));
    let encoding = named.unwrap_or_else(|| if std::str::from_utf8(body).is_ok() { UTF_8 } else { GB18030 });
    encoding.decode_without_bom_handling(body).0
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
    let encoding = Encoding::for_label(label.as_bytes())?;
    if encoding == GBK {
        return Some(GB18030);
    }
    (encoding != WINDOWS_1252 && encoding != X_USER_DEFINED).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `更新` in GB18030.
    const UPDATED_GB: &[u8] = b"\xb8\xfc\xd0\xc2";

    fn document(head: &str, body: &[u8]) -> Vec<u8> {
        [head.as_bytes(), body].concat()
    }

    #[test]
    fn a_byte_order_mark_is_believed_before_all_else() {
        let bytes = document("\u{feff}<meta charset=gb2312>", "更新".as_bytes());
        assert_eq!(decode(&bytes, Some("text/html; charset=gbk")), "<meta charset=gb2312>更新");
    }

    #[test]
    fn a_document_is_believed_before_its_header() {
        for head in [
            "<meta charset=gb2312>",
            "<META charset = 'GBK' />",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb18030\">",
            "<!-- <meta charset=\"utf-8\"> --><meta charset=\"gb2312\">",
            "<?xml version=\"1.0\" encoding=\"GB2312\"?>",
        ] {
            let bytes = document(head, UPDATED_GB);
            assert!(decode(&bytes, Some("text/html; charset=utf-8")).ends_with("更新"), "{head}");
        }
    }

    #[test]
    fn the_header_is_used_where_the_document_is_silent() {
        assert_eq!(decode(UPDATED_GB, Some("text/html;charset=GBK")), "更新");
    }

    #[test]
    fn latin_1_is_never_believed() {
        assert_eq!(decode("更新".as_bytes(), Some("text/html; charset=ISO-8859-1")), "更新");
        let bytes = document("<meta charset=iso-8859-1>", UPDATED_GB);
        assert!(decode(&bytes, None).ends_with("更新"));
    }

    #[test]
    fn undeclared_bytes_are_utf_8_if_they_can_be_and_gb18030_otherwise() {
        assert_eq!(decode("更新".as_bytes(), None), "更新");
        assert_eq!(decode(UPDATED_GB, None), "更新");
    }

    #[test]
    fn a_character_outside_gb2312_survives_the_label_gb2312() {
        let (bytes, _, lossy) = GB18030.encode("<meta charset=gb2312>镕㐂");
        assert!(!lossy);
        assert!(decode(&bytes, None).ends_with("镕㐂"));
    }

    #[test]
    fn a_charset_named_after_the_first_4_kb_is_too_late() {
        let bytes = document(&format!("{}<meta charset=gbk>", " ".repeat(HEAD)), "更新".as_bytes());
        assert!(decode(&bytes, None).ends_with("更新"));
    }
}
