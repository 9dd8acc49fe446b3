//! A unit file that nobody has written yet: what was found out, with every doubt beside it.

use super::keys::Kind;
use super::unit_file::{Entry, UnitFile};
use super::write::{comment, written};

/// A draft of a unit file.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnitDraft {
    /// The unit's id.
    pub(crate) id: String,
    /// The unit's name.
    pub(crate) name: String,
    /// What to know of the draft as a whole.
    pub(crate) notes: Vec<String>,
    /// Its columns.
    pub(crate) columns: Vec<ColumnDraft>,
    /// Columns of which it is not known whether they are any; written as comments.
    pub(crate) unread: Vec<ColumnDraft>,
}

/// A draft of a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnDraft {
    /// Its id in the unit.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its address.
    pub(crate) url: String,
    /// The preset that reads it, if it is not read by its shape.
    pub(crate) preset: Option<String>,
    /// Its cadence, where no pattern gives it.
    pub(crate) cadence: Option<String>,
    /// What a person should look at.
    pub(crate) notes: Vec<String>,
}

impl UnitDraft {
    /// The draft as a unit file. Its webmaster is a stand-in that no mail can reach.
    pub(crate) fn text(&self) -> String {
        let mut webmaster = entry(
            Kind::Webmaster,
            &[("name", "信息员"), ("email", &format!("{}@webmaster.invalid", self.id))],
        );
        webmaster.notes =
            vec!["to fill in: whoever keeps these columns; no mail reaches .invalid".to_owned()];
        let mut unit = entry(Kind::Unit, &[("id", &self.id), ("name", &self.name)]);
        unit.notes.clone_from(&self.notes);
        let columns = self.columns.iter().map(column).collect();
        let file = UnitFile { unit, webmasters: vec![webmaster], columns, feeds: Vec::new() };
        let mut text = written(&file).text;
        for unread in &self.unread {
            text.push('\n');
            text.push_str(&as_comment(unread));
        }
        text
    }
}

impl ColumnDraft {
    /// The draft as the `[[column]]` of a unit file.
    pub(crate) fn text(&self) -> String {
        let file = UnitFile { columns: vec![column(self)], ..UnitFile::default() };
        let text = written(&file).text;
        let lines = text.lines().skip_while(|line| *line == "[unit]" || line.is_empty());
        lines.map(|line| format!("{line}\n")).collect()
    }
}

fn column(draft: &ColumnDraft) -> Entry {
    let values = [
        ("id", draft.id.as_str()),
        ("name", draft.name.as_str()),
        ("url", draft.url.as_str()),
        ("preset", draft.preset.as_deref().unwrap_or_default()),
        ("cadence", draft.cadence.as_deref().unwrap_or_default()),
    ];
    let mut entry = entry(Kind::Column, &values);
    entry.notes.clone_from(&draft.notes);
    entry
}

fn entry(kind: Kind, values: &[(&str, &str)]) -> Entry {
    let mut entry = Entry::default();
    for (name, text) in values {
        if let Some(key) = kind.key(name) {
            entry.set_text(key, *text);
        }
    }
    entry
}

/// The table of a column, every line of it a comment.
fn as_comment(draft: &ColumnDraft) -> String {
    let text = draft.text();
    text.lines()
        .map(|line| if line.starts_with('#') { format!("{line}\n") } else { comment(line) + "\n" })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_says_its_doubts_and_keeps_what_was_not_read_as_comments() {
        let column = ColumnDraft {
            id: "dongtai".to_owned(),
            name: "动态".to_owned(),
            url: "https://www.example.gov.cn/1".to_owned(),
            cadence: Some("year".to_owned()),
            notes: vec!["unsure: of it".to_owned()],
            ..ColumnDraft::default()
        };
        let draft = UnitDraft {
            id: "yiju".to_owned(),
            name: "县一局".to_owned(),
            notes: vec!["Drafted.".to_owned()],
            columns: vec![column.clone()],
            unread: vec![ColumnDraft { notes: vec!["no rows read: none".to_owned()], ..column }],
        };
        assert_eq!(
            draft.text(),
            "# Drafted.\n[unit]\nid = \"yiju\"\nname = \"县一局\"\n\n\
             # to fill in: whoever keeps these columns; no mail reaches .invalid\n\
             [[unit.webmaster]]\nname = \"信息员\"\nemail = \"yiju@webmaster.invalid\"\n\n\
             # unsure: of it\n[[column]]\nid = \"dongtai\"\nname = \"动态\"\nurl = \"https://www.example.gov.cn/1\"\ncadence = \"year\"\n\n\
             # no rows read: none\n# [[column]]\n# id = \"dongtai\"\n# name = \"动态\"\n# url = \"https://www.example.gov.cn/1\"\n# cadence = \"year\"\n"
        );
    }
}
