//! Reads values out of a script without running it: what is assigned to a name, and the fields of an object.

/// The quoted texts assigned to a name: `var ct = "1581517074"`, `create_time: '2020-02-12 22:17'`,
/// `createTime = JsDecode('…')`. Escapes are left as they are.
pub(super) fn assigned<'a, 'n>(
    script: &'a str,
    name: &'n str,
) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
    script.match_indices(name).filter_map(move |(at, _)| {
        let is_whole = !script[..at].ends_with(is_name);
        let value = script[at + name.len()..].trim_start();
        let value = value.strip_prefix(['=', ':'])?.trim_start();
        let value = value.strip_prefix("JsDecode(").unwrap_or(value);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = &value[1..];
        let end = value.find([quote, '\n'])?;
        is_whole.then_some(&value[..end])
    })
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | '&' | '?')
}

/// The plain fields of the object assigned to a name, keys quoted or not: texts without their quotes, numbers as written.
/// What lies deeper is passed over. `None` if there is no such object.
pub(super) fn fields_of(script: &str, name: &str) -> Option<Vec<(String, String)>> {
    script.match_indices(name).find_map(|(at, _)| {
        let after = script[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
        let inside = after.strip_prefix([':', '='])?.trim_start().strip_prefix('{')?;
        (!script[..at].ends_with(is_name)).then(|| fields(inside))
    })
}

/// The fields of an object whose opening brace has been read.
fn fields(inside: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut depth = 0_usize;
    let mut key: Option<String> = None;
    let mut last: Option<String> = None;
    for token in Tokens(inside) {
        match token {
            Token::Open => depth += 1,
            Token::Close if depth == 0 => break,
            Token::Close => {
                depth -= 1;
                last = None;
            }
            _ if depth > 0 => {}
            Token::Colon => key = last.take(),
            Token::Comma => fields.extend(key.take().zip(last.take())),
            Token::Word(word) => last = Some(word),
        }
    }
    fields.extend(key.zip(last));
    fields
}

enum Token {
    Open,
    Close,
    Colon,
    Comma,
    /// A text, a number or a bare name.
    Word(String),
}

struct Tokens<'a>(&'a str);

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let first = self.0.chars().next()?;
            let mark = match first {
                '{' | '[' | '(' => Some(Token::Open),
                '}' | ']' | ')' => Some(Token::Close),
                ':' => Some(Token::Colon),
                ',' => Some(Token::Comma),
                _ => None,
            };
            if mark.is_some() {
                self.0 = &self.0[1..];
                return mark;
            }
            if matches!(first, '"' | '\'' | '`') {
                return Some(Token::Word(self.text(first)));
            }
            let end =
                self.0.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '-' | '.' | '+'));
            let end = end.unwrap_or(self.0.len());
            if end > 0 {
                let (word, rest) = self.0.split_at(end);
                self.0 = rest;
                return Some(Token::Word(word.to_owned()));
            }
            self.0 = &self.0[first.len_utf8()..];
        }
    }
}

impl Tokens<'_> {
    /// A quoted text, its escapes undone as far as dates and titles need it.
    fn text(&mut self, quote: char) -> String {
        let mut text = String::new();
        let mut letters = self.0[1..].char_indices();
        while let Some((at, letter)) = letters.next() {
            if letter == quote {
                self.0 = &self.0[1 + at + 1..];
                return text;
            }
            if letter != '\\' {
                text.push(letter);
                continue;
            }
            match letters.next() {
                Some((at, 'u')) => {
                    let figures = self.0[1 + at + 1..].get(..4).unwrap_or_default();
                    text.extend(u32::from_str_radix(figures, 16).ok().and_then(char::from_u32));
                    for _ in 0..figures.len() {
                        letters.next();
                    }
                }
                Some((_, 'n' | 'r' | 't')) => text.push(' '),
                Some((_, other)) => text.push(other),
                None => {}
            }
        }
        self.0 = "";
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assigned_text_is_found_by_its_whole_name() {
        let script =
            "var svct='1'; var ct = \"1581517074\"; var direct=ct; x.create_time: JsDecode('2020-02-12')";
        assert_eq!(assigned(script, "ct").collect::<Vec<_>>(), ["1581517074"]);
        assert_eq!(assigned(script, "create_time").collect::<Vec<_>>(), ["2020-02-12"]);
    }

    #[test]
    fn the_plain_fields_of_an_object_are_read_whether_quoted_or_not() {
        let script = r#"window._CONFIG = {SID: '758', DETAIL: {id: 12, "title": "\u5173于“{示例}”的\"公告\"", 
            attachment: [{"created_at": "1999-01-01"}], 'date' : 1783353600, created_at:"2026-07-07 10:48:49"}, X: 1}"#;
        let fields = fields_of(script, "DETAIL").unwrap();
        let value = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(value("id"), Some("12"));
        assert_eq!(value("title"), Some("关于“{示例}”的\"公告\""));
        assert_eq!(value("date"), Some("1783353600"));
        assert_eq!(value("created_at"), Some("2026-07-07 10:48:49"));
        assert_eq!(value("X"), None);
        assert_eq!(value("attachment"), None);
    }

    #[test]
    fn what_is_cut_off_ends_the_reading() {
        assert_eq!(fields_of("DETAIL={a:\"1", "DETAIL"), Some(vec![("a".to_owned(), "1".to_owned())]));
        assert_eq!(fields_of("DETAIL={a:\"\\u12", "DETAIL").map(|fields| fields.len()), Some(1));
        assert_eq!(fields_of("DETAIL=null", "DETAIL"), None);
    }
}
