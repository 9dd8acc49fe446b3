//! Reading texts that are made for people.

/// The sentences of a Chinese text.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['。', '；', '\n']).filter(|sentence| !sentence.is_empty())
}

/// The plain part of one of our mails.
pub(crate) fn plain_text_of(mail: &str) -> String {
    let (_, part) = mail.split_once("Content-Type: text/plain").expect("a plain part");
    let (head, body) =
        part.replace("\r\n", "\n").split_once("\n\n").map(|(h, b)| (h.to_owned(), b.to_owned())).unwrap();
    assert!(head.contains("base64"), "{head}");
    let encoded = body.split("\n--").next().unwrap();
    String::from_utf8(from_base64(encoded)).unwrap()
}

fn from_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0u32, 0);
    for letter in text.bytes() {
        let Some(value) = ALPHABET.iter().position(|known| *known == letter) else { continue };
        buffer = buffer << 6 | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
    }
    bytes
}
