//! Writes a unit file as TOML, in house order, and remembers which line came from where.

use super::keys::Kind;
use super::unit_file::{Entry, Place, UnitFile, Value};

/// A unit file as text.
pub(crate) struct Written {
    /// The TOML.
    pub(crate) text: String,
    /// For each line of it, whose it is.
    lines: Vec<Origin>,
}

/// What a line of a written file was written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

impl Written {
    /// What a line, counted from 1, was written from.
    pub(super) fn origin(&self, line: usize) -> Option<Origin> {
        self.lines.get(line.checked_sub(1)?).copied()
    }
}

/// Writes a unit file.
pub(crate) fn written(file: &UnitFile) -> Written {
    let mut written = Written { text: String::new(), lines: Vec::new() };
    written.table("[unit]", Kind::Unit, &file.unit);
    for webmaster in &file.webmasters {
        written.table("[[unit.webmaster]]", Kind::Webmaster, webmaster);
    }
    for column in &file.columns {
        written.table("[[column]]", Kind::Column, column);
    }
    for feed in &file.feeds {
        written.table("[[feed]]", Kind::Feed, &feed.account);
        for way in &feed.ways {
            written.table("[[feed.via]]", Kind::Way, way);
        }
    }
    written
}

impl Written {
    fn table(&mut self, head: &str, kind: Kind, entry: &Entry) {
        let origin = Origin { kind, place: entry.place };
        if !self.text.is_empty() {
            self.line("", origin);
        }
        for note in &entry.notes {
            self.line(&comment(note), origin);
        }
        self.line(head, origin);
        for key in kind.keys() {
            if let Some(value) = entry.get(key.name) {
                self.line(&format!("{} = {}", key.name, spelled(value)), origin);
            }
        }
    }

    fn line(&mut self, text: &str, origin: Origin) {
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push(origin);
    }
}

fn spelled(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Texts(texts) => {
            format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
        }
        Value::YesNo(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
    }
}

/// A text as TOML's basic string, on one line whatever is in it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

/// A note as a comment of one line: what pages say must not end the comment.
pub(crate) fn comment(note: &str) -> String {
    let plain: String = note.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("# {plain}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::super::problem::Collector;
    use super::*;

    fn read(text: &str) -> UnitFile {
        let problems = Collector::default();
        let file = UnitFile::read(&Document::from_text("a.toml", text), &problems);
        problems.into_result(file).unwrap()
    }

    const FILE: &str = "[unit]\nid = \"yiju\"\nname = \"县一局\"\ncounted = false\n\n\
                        [[unit.webmaster]]\nname = \"甲\"\nemail = \"a@example.gov.cn\"\n\n\
                        [[column]]\nid = \"dongtai\"\nname = \"动态\"\nurl = \"https://www.example.gov.cn/1#a\"\n\
                        row = \"li\"\ndate = \"i\"\nempty = [\"无\", \"空\"]\ncadence = \"year\"\n\n\
                        [[feed]]\nid = \"weixin\"\nplatform = \"wechat\"\naccount = \"一局\"\ncadence = \"weekly\"\n\n\
                        [[feed.via]]\nkind = \"rss\"\nurl = \"https://rss.example.gov.cn/1\"\n";

    #[test]
    fn a_file_in_house_order_is_written_as_it_was() {
        assert_eq!(written(&read(FILE)).text, FILE);
    }

    #[test]
    fn no_text_can_end_its_string_or_its_line() {
        for awkward in ["a\"b", "c:\\d", "x\ny", "\u{7f}\u{0}\u{85}", "= 1", "'''", "\u{1f600}"] {
            let spelled = quoted(awkward);
            assert_eq!(spelled.lines().count(), 1, "{spelled}");
            let text = FILE.replace("\"动态\"", &spelled);
            assert_eq!(read(&text).columns[0].text("name"), awkward);
        }
    }

    #[test]
    fn a_note_stays_a_comment_whatever_a_page_says() {
        let mut file = read(FILE);
        file.columns[0].notes = vec!["unsure: a\nid = \"b\"\r\n".to_owned()];
        assert_eq!(read(&written(&file).text), file);
        assert!(written(&file).text.contains("\n# unsure: a id = \"b\"\n[[column]]\n"));
    }

    #[test]
    fn every_line_knows_what_it_was_written_from() {
        let mut file = read(FILE);
        file.columns[0].place = Place { row: 7, group: 1 };
        let written = written(&file);
        let line = written.text.lines().position(|line| line.starts_with("url")).unwrap() + 1;
        let origin = written.origin(line).unwrap();
        assert_eq!((origin.kind, origin.place.row), (Kind::Column, 7));
        assert_eq!(written.origin(0), None);
        assert_eq!(written.origin(1_000), None);
    }
}
