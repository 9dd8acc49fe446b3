use super::samples::sender;
use super::*;
use crate::alert::Level;
use crate::deliver::Attempt;
use crate::deliver::notice::samples::{digest, now, raised};

fn notice() -> Notice {
    Notice::new(digest(vec![raised(Level::Overdue)]), now())
}

fn composed(notice: &Notice) -> String {
    String::from_utf8(compose(notice, &sender().into(), now()).unwrap().mail.bytes).unwrap()
}

/// The value of a header, unfolded, encoded words decoded.
fn header(mail: &str, name: &str) -> Option<String> {
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ");
    let value = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))?.trim().to_owned();
    Some(decoded_words(&value))
}

fn decoded_words(value: &str) -> String {
    let mut text = String::new();
    let mut after_word = false;
    for word in value.split(' ') {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        let continues = after_word && encoded.is_some();
        if !text.is_empty() && !continues {
            text.push(' ');
        }
        after_word = encoded.is_some();
        text.push_str(&encoded.map_or_else(|| word.to_owned(), base64));
    }
    text
}

fn base64(text: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|b| !b"\r\n=".contains(b)) {
        let six = alphabet.iter().position(|b| *b == letter).expect("a letter of base64");
        bits = bits << 6 | u32::try_from(six).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Content types and decoded bodies of a multipart mail.
fn parsed_parts(mail: &str) -> Vec<(String, String)> {
    let (_, after) = mail.split_once("boundary=\"").unwrap();
    let (boundary, _) = after.split_once('"').unwrap();
    let between = format!("--{boundary}");
    let pieces: Vec<_> = mail.split(&between).skip(1).collect();
    assert_eq!(pieces.last().map(|last| last.trim_end()), Some("--"));
    let pieces = pieces[..pieces.len() - 1].iter();
    pieces
        .map(|piece| {
            let piece = piece.trim_start_matches("\r\n");
            let (_, body) = piece.split_once("\r\n\r\n").unwrap();
            (header(piece, "Content-Type").unwrap(), base64(body))
        })
        .collect()
}

#[test]
fn both_parts_come_back_as_they_were_written() {
    let letter = Letter::of(&notice(), &sender().into()).unwrap();
    let parts = parsed_parts(&composed(&notice()));
    assert_eq!(
        parts,
        [
            ("text/plain; charset=utf-8".to_owned(), letter.text.replace('\n', "\r\n")),
            ("text/html; charset=utf-8".to_owned(), letter.html.replace('\n', "\r\n")),
        ]
    );
}

#[test]
fn the_head_names_everyone_and_says_it_was_generated() {
    let mail = composed(&notice());
    let table = [
        ("From", "郎溪县政府信息中心 <xuncha@Langxi.example>"),
        ("Reply-To", "郎溪县政府信息中心 <xinxi@langxi.example>"),
        ("To", "张三 <zhangsan@langxi.example>, 李四 <lisi@langxi.example>"),
        ("Subject", "[栏目预警] 县住建局：1 个栏目超期"),
        ("Date", "Sun, 27 Nov 2022 00:30:00 +0000"),
        ("Message-ID", "<digest.zhujianju.20221127@langxi.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("In-Reply-To", "<unit.zhujianju.xuncha@langxi.example>"),
        ("References", "<unit.zhujianju.xuncha@langxi.example>"),
        ("List-Id", "<unit.zhujianju.xuncha.langxi.example>"),
    ];
    for (name, value) in table {
        assert_eq!(header(&mail, name).as_deref(), Some(value), "{name}");
    }
    assert!(mail.is_ascii());
}

#[test]
fn whoever_gets_a_copy_is_named_as_such_and_gets_it() {
    let mut digest = digest(vec![raised(Level::Overdue)]);
    digest.copy = vec![Addressee { name: "王五".into(), email: "wangwu@langxi.example".into() }];
    let notice = Notice::new(digest, now());
    assert_eq!(header(&composed(&notice), "Cc").as_deref(), Some("王五 <wangwu@langxi.example>"));
    let mail = compose(&notice, &sender().into(), now()).unwrap().mail;
    let last = mail.to.last().map(|(position, address)| (*position, address.to_string()));
    assert_eq!(last, Some((2, "wangwu@langxi.example".to_owned())));
}

#[test]
fn a_later_attempt_differs_only_in_its_date() {
    let notice = notice();
    let later = compose(&notice, &sender().into(), now() + chrono::TimeDelta::hours(30)).unwrap();
    let later = String::from_utf8(later.mail.bytes).unwrap();
    assert_eq!(later.replace("Mon, 28 Nov 2022 06:30:00", "Sun, 27 Nov 2022 00:30:00"), composed(&notice));
}

#[test]
fn names_cannot_add_headers() {
    let evil = "县住建局\r\nBcc: all@langxi.example\r\n\r\n正文";
    let mut digest = digest(vec![raised(Level::Overdue)]);
    digest.unit_name = evil.into();
    digest.to[0].name = evil.into();
    let row = &mut digest.rows[0];
    row.facts.name = evil.into();
    row.facts.last_title = Some(evil.into());
    let mail = composed(&Notice::new(digest, now()));
    assert_eq!(header(&mail, "Bcc"), None);
    assert!(!mail.contains("\nBcc:"), "{mail}");
    let everyone = header(&mail, "To").unwrap();
    assert!(everyone.ends_with("<zhangsan@langxi.example>, 李四 <lisi@langxi.example>"), "{everyone}");
    assert_eq!(parsed_parts(&mail).len(), 2);
}

#[test]
fn an_address_that_no_server_takes_is_a_permanent_fault_of_its_own_and_stays_untold() {
    for bad in [
        "",
        "zhangsan",
        "zhangsan@",
        "zhang san@x.example",
        "a@x.example\r\nRCPT TO:<b@x.example>",
        "张@x.example",
    ] {
        let mut digest = digest(vec![raised(Level::Overdue)]);
        digest.to[1].email = bad.into();
        let composed = compose(&Notice::new(digest, now()), &sender().into(), now()).unwrap();
        let [(1, error)] = &composed.refused[..] else { panic!("one is refused: {bad}") };
        assert!(error.is_permanent());
        let said = error.to_string();
        let before =
            "cannot address mail `digest.zhujianju.20221127`: the address of addressee 2 is not valid: ";
        assert!(said.starts_with(before) && !said.contains("x.example"), "{said}");
        let due: Vec<_> = composed.mail.to.iter().map(|(position, _)| *position).collect();
        assert_eq!(due, [0], "the other one gets it");
    }
}

#[test]
fn a_later_attempt_goes_only_to_those_who_wait_and_still_names_everybody() {
    let fresh = notice();
    let attempt = Attempt { target: fresh.recipients[0].target.clone(), result: Ok(()) };
    let left = fresh.after(&[attempt], now(), chrono::TimeDelta::days(5));
    let composed = compose(&left, &sender().into(), now()).unwrap();
    let due: Vec<_> = composed.mail.to.iter().map(|(position, _)| *position).collect();
    assert_eq!(due, [1]);
    let mail = String::from_utf8(composed.mail.bytes).unwrap();
    assert_eq!(header(&mail, "To").unwrap(), "张三 <zhangsan@langxi.example>, 李四 <lisi@langxi.example>");
}

#[test]
fn the_longest_id_is_not_broken_in_two() {
    let mut notice = notice();
    let unit = crate::rules::UnitId::new("a".repeat(80));
    notice.id = NoticeId::digest(&unit, crate::deliver::notice::samples::day(11, 27));
    let expected = format!("<digest.{}.20221127@langxi.example>", "a".repeat(80));
    assert_eq!(header(&composed(&notice), "Message-ID"), Some(expected));
}
