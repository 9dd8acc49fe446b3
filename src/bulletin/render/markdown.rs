//! Markdown, for reading in a terminal, a chat or a repository.

use super::super::document::{AccountRow, Bulletin, UnitRow};
use super::super::titles::{annex_titles, cut_off_note, title};
use super::super::wording::full_width;
use super::layout::{MediaLine, Paragraph, media_lines, paragraphs};
use super::mark;
use super::review::{EXEMPTED, ProofLine, exempted_lines, proof_lines};

/// The bulletin as Markdown with a table for each annex.
pub fn markdown(bulletin: &Bulletin) -> String {
    let mut text = format!("# {}\n\n", escaped(&title(bulletin)));
    if let Some(mark) = mark(bulletin.state) {
        text += &format!("> **{mark}**（第{}版，尚未印发）\n\n", bulletin.version);
    }
    for paragraph in paragraphs(bulletin) {
        text += &printed(paragraph);
    }
    let [first, second, third] = annex_titles(bulletin.month);
    text += &annex(1, &first, &unit_table(bulletin), bulletin);
    text += &annex(2, &second, &media_table(bulletin), bulletin);
    text += &annex(3, &third, &account_table(bulletin), bulletin);
    if !bulletin.exempted.is_empty() {
        let rows = exempted_lines(bulletin).into_iter().map(|line| line.to_vec());
        text += &format!("## 豁免情况\n\n{}", table(&EXEMPTED, rows));
    }
    if mark(bulletin.state).is_some() {
        text += &format!("## 待核实（仅供审核）\n\n{}", unverified_table(bulletin));
        text += &format!("## 问题依据（仅供审核）\n\n{}", proof_table(bulletin));
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn printed(paragraph: Paragraph<'_>) -> String {
    match paragraph {
        Paragraph::Heading(line) => format!("## {}\n\n", escaped(line)),
        Paragraph::Addressee(line)
        | Paragraph::Text(line)
        | Paragraph::FirstAttachment(line)
        | Paragraph::Attachment(line)
        | Paragraph::Signature(line) => format!("{}\n\n", escaped(line)),
    }
}

fn annex(number: usize, title: &str, table: &str, bulletin: &Bulletin) -> String {
    format!("## 附件{number}　{title}\n\n{table}{}\n\n", cut_off_note(bulletin))
}

fn unit_table(bulletin: &Bulletin) -> String {
    let row =
        |row: &UnitRow| vec![full_width(&row.unit), row.verdict.chinese().to_owned(), row.problems.clone()];
    table(&["单位名称", "检查结果", "监测发现的突出问题"], bulletin.annex1.iter().map(row))
}

fn media_table(bulletin: &Bulletin) -> String {
    let head =
        ["序号", "单位", "微信名称", "检查结果", "存在突出问题", "微博名称", "检查结果", "存在突出问题"];
    table(&head, media_lines(bulletin).into_iter().map(media_cells))
}

fn media_cells(line: MediaLine<'_>) -> Vec<String> {
    let unit = match line.unit {
        Some(unit) => [unit.no.to_string(), full_width(unit.name)],
        None => [String::new(), String::new()],
    };
    let account = |row: Option<&AccountRow>| match row {
        Some(row) => [row.account.clone(), row.verdict.chinese().to_owned(), row.problems.clone()],
        None => ["/".to_owned(), String::new(), String::new()],
    };
    unit.into_iter().chain(account(line.wechat)).chain(account(line.weibo)).collect()
}

fn account_table(bulletin: &Bulletin) -> String {
    let row = |row: &AccountRow| {
        let words = [row.platform.chinese(), &row.account, row.verdict.chinese(), &row.problems];
        std::iter::once(full_width(&row.unit)).chain(words.map(str::to_owned)).collect()
    };
    table(
        &["单位名称", "平台类型", "新媒体名称", "检查结果", "存在突出问题"],
        bulletin.annex3.iter().map(row),
    )
}

fn unverified_table(bulletin: &Bulletin) -> String {
    let rows = bulletin.unverified.iter().map(|source| {
        vec![
            full_width(&source.unit),
            source.name.clone(),
            source.cause.chinese().to_owned(),
            source.source.to_string(),
        ]
    });
    table(&["单位", "栏目或账号", "原因", "标识"], rows)
}

fn proof_table(bulletin: &Bulletin) -> String {
    let rows = proof_lines(bulletin).into_iter().map(|line| {
        let ProofLine { unit, name, problem, last, due, item, url } = line;
        vec![unit, name, problem, last, due, item, url]
    });
    table(&["单位", "栏目或账号", "问题", "最近更新", "更新期限", "最近条目", "地址"], rows)
}

/// A table, or a word where it would be empty.
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let body: String =
        rows.map(|row| line(&row.iter().map(|cell| escaped(cell)).collect::<Vec<_>>())).collect();
    if body.is_empty() {
        return "（无）\n\n".to_owned();
    }
    format!("| {} |\n|{}\n{body}\n", head.join(" | "), " --- |".repeat(head.len()))
}

/// The text with everything escaped that Markdown would take for more than text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '~' | '&' => out.extend(['\\', c]),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::assess::Cause;
    use crate::assess::Standing::{DueSoon, Fresh, Overdue, Unknown};

    use super::super::super::Channel;
    use super::super::super::samples::{account, column, draft_of, exempted, issue, unit};
    use super::*;

    fn sample() -> Bulletin {
        let mut unit = unit("zhujianju", "县住建局")
            .with(column("本级政策解读—负责人解读", DueSoon, "半年"))
            .with(column("<b>|", Unknown(Cause::NotPolled), "1年"))
            .with(account(Channel::Wechat, "郎溪|住建", Fresh))
            .with(account(Channel::App, "看郎溪", Overdue));
        unit.display_name = "县住建局(县人防办)".to_owned();
        draft_of("2022-12", vec![unit])
    }

    #[test]
    fn each_annex_is_a_table() {
        let text = markdown(&sample());
        assert!(text.starts_with("# 郎溪县十二月份政府网站与政务新媒体监测情况通报\n"), "{text}");
        assert!(
            text.contains(
                "| 县住建局（县人防办） | 合格 | “本级政策解读—负责人解读”栏目即将超过半年未更新 |"
            ),
            "{text}"
        );
        assert!(text.contains("| 1 | 县住建局 | 郎溪\\|住建 | 合格 |  | / |  |  |"), "{text}");
        assert!(text.contains("| 县住建局 | APP | 看郎溪 | 不合格 | 超过1周未更新 |"), "{text}");
    }

    #[test]
    fn an_issued_bulletin_says_who_is_out_of_the_count_and_who_allowed_it() {
        assert!(!markdown(&issue(sample())).contains("豁免情况"), "where nobody is, nothing is said");
        let exempt = exempted("人事信息", "本年确无人事变动|", "2023-03-31");
        let bulletin = issue(draft_of("2022-12", vec![unit("a", "县人社局").with(exempt)]));
        let text = markdown(&bulletin);
        let line =
            "| 县人社局 | 人事信息 | 本年确无人事变动\\| | 郎政办〔2022〕1号 | 李主任 | 2023年3月31日 |";
        assert!(text.contains("## 豁免情况") && text.contains(line), "{text}");
    }

    #[test]
    fn only_a_draft_has_the_mark_and_the_unverified() {
        let draft = markdown(&sample());
        assert!(
            draft.contains("**草稿**") && draft.contains("| 县住建局 | \\<b\\>\\| | 尚未巡检 |"),
            "{draft}"
        );
        let issued = markdown(&issue(sample()));
        assert!(
            !issued.contains("草稿") && !issued.contains("待核实") && !issued.contains("问题依据"),
            "{issued}"
        );
    }
}
