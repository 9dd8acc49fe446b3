//! How a bulletin is laid out, whatever the format: the kinds of paragraph, and the lines of annex 2.

use super::super::channel::Platform;
use super::super::document::{AccountRow, Bulletin, NumberedRow};
use super::super::titles::chinese_date;

/// A paragraph of the text, by its place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paragraph<'a> {
    /// Whom it is addressed to; not indented.
    Addressee(&'a str),
    /// The heading of a part.
    Heading(&'a str),
    /// Running text.
    Text(&'a str),
    /// The first line of the list of attachments.
    FirstAttachment(&'a str),
    /// A further line of it, aligned under the first.
    Attachment(&'a str),
    /// The issuer or the date; on the right.
    Signature(&'a str),
}

/// One line of annex 2: a WeChat account beside a Weibo account of the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaLine<'a> {
    /// The unit, on its first line, with the number of lines it takes.
    pub unit: Option<MediaUnit<'a>>,
    /// Its WeChat account, if it has so many.
    pub wechat: Option<&'a AccountRow>,
    /// Its Weibo account, if it has so many.
    pub weibo: Option<&'a AccountRow>,
}

/// A unit in annex 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaUnit<'a> {
    /// Its number.
    pub no: u32,
    /// Its name.
    pub name: &'a str,
    /// How many lines it takes.
    pub lines: usize,
}

/// The paragraphs of the text. Blank lines are dropped.
pub fn paragraphs(bulletin: &Bulletin) -> Vec<Paragraph<'_>> {
    let dated = chinese_date(bulletin.dated);
    let lines = bulletin.body.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.enumerate().map(|(at, line)| paragraph(at, line, &bulletin.issuer, &dated)).collect()
}

fn paragraph<'a>(at: usize, line: &'a str, issuer: &str, dated: &str) -> Paragraph<'a> {
    if line == issuer || line == dated {
        Paragraph::Signature(line)
    } else if at == 0 && line.ends_with('：') {
        Paragraph::Addressee(line)
    } else if line.starts_with("附件：") {
        Paragraph::FirstAttachment(line)
    } else if line.split_once('．').is_some_and(|(number, _)| number.parse::<u8>().is_ok()) {
        Paragraph::Attachment(line)
    } else if line.split_once('、').is_some_and(|(number, _)| is_numeral(number)) {
        Paragraph::Heading(line)
    } else {
        Paragraph::Text(line)
    }
}

fn is_numeral(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| "一二三四五六七八九十".contains(c))
}

/// The lines of annex 2. A unit's first WeChat account stands beside its first Weibo account, and so on.
pub fn media_lines(bulletin: &Bulletin) -> Vec<MediaLine<'_>> {
    bulletin.annex2.chunk_by(|a, b| a.no == b.no).flat_map(unit_lines).collect()
}

fn unit_lines(rows: &[NumberedRow]) -> Vec<MediaLine<'_>> {
    let on = |platform| move |numbered: &&NumberedRow| numbered.row.platform == platform;
    let wechat: Vec<&AccountRow> =
        rows.iter().filter(on(Platform::Wechat)).map(|numbered| &numbered.row).collect();
    let weibo: Vec<&AccountRow> =
        rows.iter().filter(on(Platform::Weibo)).map(|numbered| &numbered.row).collect();
    let lines = wechat.len().max(weibo.len());
    let first = &rows[0];
    let unit = MediaUnit { no: first.no, name: &first.row.unit, lines };
    (0..lines)
        .map(|at| MediaLine {
            unit: (at == 0).then_some(unit),
            wechat: wechat.get(at).copied(),
            weibo: weibo.get(at).copied(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::Standing::Fresh;

    use super::super::super::Channel;
    use super::super::super::samples::{account, column, draft_of, unit};
    use super::*;

    #[test]
    fn the_nth_wechat_account_stands_beside_the_nth_weibo_account() {
        let police = unit("gonganju", "县公安局")
            .with(account(Channel::Wechat, "w1", Fresh))
            .with(account(Channel::Weibo, "b1", Fresh))
            .with(account(Channel::Weibo, "b2", Fresh));
        let schools = unit("jiaotiju", "县教体局").with(account(Channel::Wechat, "w2", Fresh));
        let bulletin = draft_of("2022-12", vec![police, schools]);
        let name = |row: Option<&AccountRow>| row.map_or("/".to_owned(), |row| row.account.clone());
        let lines: Vec<_> = media_lines(&bulletin)
            .into_iter()
            .map(|line| (line.unit.map(|unit| (unit.no, unit.lines)), name(line.wechat), name(line.weibo)))
            .collect();
        let line = |unit, wechat: &str, weibo: &str| (unit, wechat.to_owned(), weibo.to_owned());
        assert_eq!(
            lines,
            [line(Some((1, 2)), "w1", "b1"), line(None, "/", "b2"), line(Some((2, 1)), "w2", "/")]
        );
    }

    #[test]
    fn every_kind_of_paragraph_is_told_apart() {
        let bulletin = draft_of("2022-12", vec![unit("a", "甲镇").with(column("政府领导", Fresh, "1年"))]);
        let found = paragraphs(&bulletin);
        assert_eq!(found[0], Paragraph::Addressee("各有关单位："));
        assert_eq!(found.iter().filter(|p| matches!(p, Paragraph::Heading(_))).count(), 3);
        assert_eq!(found.iter().filter(|p| matches!(p, Paragraph::Attachment(_))).count(), 2);
        assert_eq!(found.iter().filter(|p| matches!(p, Paragraph::FirstAttachment(_))).count(), 1);
        assert_eq!(found.iter().filter(|p| matches!(p, Paragraph::Signature(_))).count(), 2);
        assert!(matches!(found[1], Paragraph::Text(_)));
    }
}
