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
    let bytes = document(&format!("{}<meta charset=big5>", " ".repeat(HEAD)), "更新".as_bytes());
    assert!(decode(&bytes, None).ends_with("更新"));
}

const NOTICE: &str = "关于公布行政规范性文件清理结果的通知";

fn gb(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

#[test]
fn a_template_that_was_not_told_of_the_move_to_utf_8_is_not_believed() {
    let html = format!("<meta charset=\"gb2312\"><li>{NOTICE}<span>2026-03-02</span></li>");
    assert_eq!(decode(html.as_bytes(), None), html);
    assert_eq!(decode(NOTICE.as_bytes(), Some("text/html; charset=GBK")), NOTICE);
}

#[test]
fn gb_bytes_that_happen_to_look_like_utf_8_stay_what_they_are_called() {
    // These two are valid UTF-8: two letters of other scripts.
    assert_eq!(std::str::from_utf8(&gb("模式")).unwrap().chars().count(), 2);
    let bytes = document("<meta charset=gb2312>", &gb("模式"));
    assert!(decode(&bytes, None).ends_with("模式"));
}

#[test]
fn one_broken_letter_does_not_change_what_a_page_is_called() {
    let mut cut = format!("<meta charset=gb2312>{NOTICE}").into_bytes();
    cut.push(0xe5);
    assert!(!decode(&cut, None).contains(NOTICE), "half a page of each cannot be told from GB");
    let mut cut = format!("<meta charset=utf-8>{NOTICE}").into_bytes();
    cut.push(0xe5);
    assert!(decode(&cut, None).ends_with(&format!("{NOTICE}\u{fffd}")));
}

#[test]
fn undeclared_utf_8_with_a_title_cut_in_the_middle_of_a_letter_is_still_utf_8() {
    let mut bytes = NOTICE.as_bytes().to_vec();
    bytes.extend_from_slice(&"通".as_bytes()[..2]);
    bytes.extend_from_slice(b"...</a>");
    assert_eq!(decode(&bytes, None), format!("{NOTICE}\u{fffd}...</a>"));
}

#[test]
fn gb_bytes_called_utf_8_are_read_as_gb_where_nothing_else_makes_chinese_of_them() {
    let bytes = document("<meta charset=utf-8>", &gb(NOTICE));
    assert!(decode(&bytes, Some("text/html; charset=utf-8")).ends_with(NOTICE));
    let latin = document("<meta charset=utf-8>", b"caf\xe9");
    assert!(decode(&latin, None).ends_with("caf\u{fffd}"));
}

#[test]
fn labels_that_browsers_refuse_to_read_are_passed_over() {
    let bytes = document("<meta charset=hz-gb-2312>", UPDATED_GB);
    assert!(decode(&bytes, None).ends_with("更新"));
}

#[test]
fn saved_pages_of_real_sites_in_gb18030_are_read() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    for name in
        ["hebei-cms/zrzy_stdt_list_gb18030_derived.html", "trs/mee_dcgl_list_gb18030_noheader_derived.html"]
    {
        let Ok(body) = std::fs::read(samples.join(name)) else {
            eprintln!("skipped: there is no sample {name} in {}", samples.display());
            continue;
        };
        assert!(std::str::from_utf8(&body).is_err(), "{name}");
        let text = decode(&body, None);
        assert!(Letters::of(&text).are_chinese() && !text.contains(char::REPLACEMENT_CHARACTER), "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn chinese_text_is_read_back_from_either_encoding_whatever_it_calls_itself(
        text in "[\u{4e00}-\u{9fa5}，。（）]{8,60}", label in "utf-8|gb2312|gbk|iso-8859-1|x",
    ) {
        let head = format!("<meta charset=\"{label}\">");
        proptest::prop_assert!(decode(&document(&head, text.as_bytes()), None).ends_with(&text));
        proptest::prop_assert!(decode(&document(&head, &gb(&text)), None).ends_with(&text));
    }
}
