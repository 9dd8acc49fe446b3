//! A notice as a message in a group chat.

use crate::alert::{Digest, OperatorDigest, OperatorNews, OperatorRow};
use crate::deliver::line::Line;
use crate::deliver::notice::{NoticeId, Says};
use crate::deliver::untrusted::shortened;

/// What a chat is told.
pub(super) struct Chat {
    pub(super) title: String,
    /// Where whatever does not fit in can be read.
    rest: &'static str,
    pub(super) opening: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) closing: String,
}

/// A message as a platform shows it.
pub(super) struct Printed {
    pub(super) text: String,
    /// How many rows found no room.
    pub(super) left_out: usize,
}

/// One source, or one matter of the operator's.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) facts: String,
}

/// Longest text of an operator's matter, in characters.
const LONGEST: usize = 200;

impl Chat {
    pub(super) fn of(id: &NoticeId, says: &Says) -> Self {
        let (opening, rows, rest) = match says {
            Says::Digest(digest) => (opening(digest), digest_rows(digest), "详见邮件"),
            Says::Operator(digest) => (Vec::new(), operator_rows(digest), "详见 xuncha status"),
        };
        // Whoever sees a message twice can tell by this that it is one.
        let closing = format!("编号 {id}");
        Self { title: says.subject(), rest, opening, rows, closing }
    }

    /// As markdown of at most `longest` bytes; rows that do not fit are counted.
    pub(super) fn markdown(&self, longest: usize, newline: &str) -> Printed {
        let head = std::iter::once(format!("**{}**", tame(&self.title)));
        let mut lines: Vec<String> = head.chain(self.opening.iter().map(|text| tame(text))).collect();
        let closing = tame(&self.closing);
        let tail = closing.len() + self.left_out(self.rows.len()).len() + 2 * newline.len();
        let mut length: usize = lines.iter().map(|line| line.len() + newline.len()).sum();
        let mut left_out = 0;
        // A row that is too long by itself does not keep out those after it.
        for line in self.rows.iter().map(Row::markdown) {
            let with_it = length + line.len() + newline.len();
            if with_it + tail > longest {
                left_out += 1;
            } else {
                length = with_it;
                lines.push(line);
            }
        }
        if left_out > 0 {
            lines.push(self.left_out(left_out));
        }
        lines.push(closing);
        Printed { text: lines.join(newline), left_out }
    }

    pub(super) fn left_out(&self, rows: usize) -> String {
        format!("另有 {rows} 个，{}", self.rest)
    }
}

impl Row {
    fn markdown(&self) -> String {
        let name = tame(&self.name);
        let name = match &self.url {
            // A bracket would end the link early.
            Some(url) => format!("[{name}]({})", url.replace('(', "%28").replace(')', "%29")),
            None => name,
        };
        format!("【{}】{name}　{}", self.label, tame(&self.facts))
    }
}

/// Text that these platforms cannot take for markup: a title shall neither call on everybody nor pose as a link.
fn tame(text: &str) -> String {
    let wide = |c| match c {
        '<' => '＜',
        '>' => '＞',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '`' => '｀',
        '_' => '＿',
        '@' => '＠',
        '\\' => '＼',
        '#' => '＃',
        other => other,
    };
    text.chars().map(wide).collect()
}

fn opening(digest: &Digest) -> Vec<String> {
    let names: Vec<_> = digest.to.iter().map(|person| shortened(&person.name, 20)).collect();
    if names.is_empty() { Vec::new() } else { vec![format!("请处理：{}", names.join("、"))] }
}

fn digest_rows(digest: &Digest) -> Vec<Row> {
    digest.rows.iter().map(|row| Row::of(Line::of(row, digest.date))).collect()
}

impl Row {
    fn of(line: Line) -> Self {
        let again = if line.again.is_empty() { String::new() } else { format!("，{}", line.again) };
        let last = Some(format!("最近更新 {}", line.last));
        let due = line.due.map(|due| format!("截止 {due}"));
        let facts: Vec<String> = [last, due, line.days].into_iter().flatten().chain(line.notes).collect();
        Self {
            label: format!("{}{again}", line.label),
            name: line.name,
            url: line.url,
            facts: facts.join("，"),
        }
    }
}

fn operator_rows(digest: &OperatorDigest) -> Vec<Row> {
    let row = |OperatorRow { news, matter }: &OperatorRow| Row {
        label: match news {
            OperatorNews::Raised => "新出现",
            OperatorNews::Reminded => "仍未解决",
            OperatorNews::Resolved => "已恢复",
        }
        .to_owned(),
        name: shortened(&matter.key.chinese(), LONGEST),
        url: None,
        facts: shortened(&matter.says, LONGEST),
    };
    digest.rows.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{DigestRow, Level};
    use crate::deliver::notice::samples::{digest, raised};

    fn chat(rows: Vec<DigestRow>) -> Chat {
        let digest = digest(rows);
        Chat::of(&NoticeId::digest(&digest.unit, digest.date), &Says::Digest(digest))
    }

    #[test]
    fn a_message_names_the_people_the_source_and_the_notice() {
        let expected = "**［栏目预警］ 县住建局：1 个栏目超期**\n请处理：张三、李四\n\
            【超期】[本级政策解读—负责人解读](http://www.langxi.example/OpennessContent/showList/1389/page＿1.html)　\
            最近更新 2022年5月26日，截止 2022年11月26日（周六），已超期 1 天\n编号 digest.zhujianju.20221127";
        let said = chat(vec![raised(Level::Overdue)]).markdown(4096, "\n").text;
        assert_eq!(said, expected.replace("page＿1", "page_1"));
    }

    #[test]
    fn a_title_calls_on_nobody_and_poses_as_no_link() {
        let mut row = raised(Level::Overdue);
        row.facts.name = "<@all> [点这里](http://evil.example) *x* <at user_id=\"all\">".into();
        row.facts.url = "http://a.example/x)](http://evil.example".into();
        let said = chat(vec![row]).markdown(4096, "\n").text;
        for markup in ["<@all>", "](http://evil.example", "<at ", "*x*"] {
            assert!(!said.contains(markup), "{markup} in {said}");
        }
    }

    #[test]
    fn a_long_message_is_cut_between_rows_and_says_so() {
        let said = chat(vec![raised(Level::Overdue); 60]).markdown(4096, "\n").text;
        assert!(said.len() <= 4096, "{}", said.len());
        let shown = said.matches("【超期】").count();
        assert!(shown > 5, "{shown}");
        assert!(said.contains(&format!("另有 {} 个，详见邮件\n编号 ", 60 - shown)), "{said}");
    }

    #[test]
    fn a_row_that_is_too_long_by_itself_keeps_no_other_out() {
        let mut long = raised(Level::Blank);
        long.facts.url = format!("http://a.example/{}", "x".repeat(5000));
        let printed = chat(vec![long, raised(Level::Overdue), raised(Level::Overdue)]).markdown(4096, "\n");
        assert_eq!((printed.left_out, printed.text.matches("【超期】").count()), (1, 2), "{}", printed.text);
        assert!(printed.text.contains("另有 1 个，详见邮件"));
    }
}
