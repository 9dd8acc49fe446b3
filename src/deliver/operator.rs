//! What a mail to the operator says, as text and as a page.

use serde::Serialize;

use super::letter::Letter;
use super::line::chinese_date;
use super::stationery::Stationery;
use super::untrusted::shortened;
use crate::alert::{OperatorDigest, OperatorNews, OperatorRow};

const TEXT: &str = "operator.txt";
const HTML: &str = "operator.html";

/// Longest text shown of one matter, in characters.
const LONGEST: usize = 600;

#[derive(Serialize)]
struct View {
    subject: String,
    county: String,
    sender: String,
    date: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    label: &'static str,
    what: String,
    says: String,
    /// How long it has lasted, or lasted.
    lasts: Option<String>,
}

/// Writes the mail, on this stationery.
pub(super) fn write(digest: &OperatorDigest, stationery: &Stationery) -> Result<Letter, minijinja::Error> {
    let view = View::of(digest, stationery);
    let (text, html) = (stationery.fill_in(TEXT, &view)?, stationery.fill_in(HTML, &view)?);
    Ok(Letter { subject: view.subject, text, html })
}

/// Why the office's own templates cannot be filled in for it.
pub(super) fn trial(digest: &OperatorDigest, stationery: &Stationery) -> [Option<String>; 2] {
    let view = View::of(digest, stationery);
    [TEXT, HTML].map(|name| stationery.fault(name, &view))
}

impl View {
    fn of(digest: &OperatorDigest, stationery: &Stationery) -> Self {
        Self {
            subject: subject(digest),
            county: shortened(&digest.county, 40),
            sender: shortened(&stationery.sender.name, 40),
            date: chinese_date(digest.date),
            lines: digest.rows.iter().map(|row| Line::of(row, digest)).collect(),
        }
    }
}

/// Such as `[巡查系统] 郎溪县：2 项新情况、1 项已恢复`.
pub(super) fn subject(digest: &OperatorDigest) -> String {
    let counted = [
        (OperatorNews::Raised, "新情况"),
        (OperatorNews::Reminded, "仍未解决"),
        (OperatorNews::Resolved, "已恢复"),
    ];
    let parts = counted.into_iter().filter_map(|(news, words)| {
        let count = digest.rows.iter().filter(|row| row.news == news).count();
        (count > 0).then(|| format!("{count} 项{words}"))
    });
    let parts: Vec<String> = parts.collect();
    format!("[巡查系统] {}：{}", shortened(&digest.county, 40), parts.join("、"))
}

impl Line {
    fn of(row: &OperatorRow, digest: &OperatorDigest) -> Self {
        let until = row.matter.ended_at.unwrap_or(digest.at);
        let days = (until - row.matter.raised_at).num_days();
        Self {
            label: match row.news {
                OperatorNews::Raised => "新情况",
                OperatorNews::Reminded => "仍未解决",
                OperatorNews::Resolved => "已恢复",
            },
            what: shortened(&row.matter.key.chinese(), 120),
            says: shortened(&row.matter.says, LONGEST),
            lasts: (days > 0 && row.news != OperatorNews::Raised).then(|| format!("{days} 天")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{OperatorKey, OperatorMatter};
    use crate::deliver::compose::samples::sender;
    use crate::deliver::notice::samples::{day, now};
    use chrono::TimeDelta;

    fn row(news: OperatorNews, key: OperatorKey, says: &str) -> OperatorRow {
        let ended_at = (news == OperatorNews::Resolved).then(now);
        let matter = OperatorMatter {
            key,
            says: says.into(),
            raised_at: now() - TimeDelta::days(3),
            told_at: None,
            ended_at,
        };
        OperatorRow { news, matter }
    }

    fn letter(rows: Vec<OperatorRow>) -> Letter {
        let date = day(11, 27);
        let digest = OperatorDigest { county: "郎溪县".into(), at: now(), date, to: Vec::new(), rows };
        write(&digest, &sender().into()).unwrap()
    }

    #[test]
    fn the_mail_says_what_is_new_what_lasts_and_what_is_over() {
        let host = || "www.langxi.example".to_owned();
        let letter = letter(vec![
            row(OperatorNews::Raised, OperatorKey::Blocked { host: host() }, "请与网站管理方联系"),
            row(OperatorNews::Reminded, OperatorKey::Unknown { host: host() }, "12 个监测对象"),
            row(OperatorNews::Resolved, OperatorKey::OwnOutage, "全部参照网站均无法访问"),
        ]);
        assert_eq!(letter.subject, "[巡查系统] 郎溪县：1 项新情况、1 项仍未解决、1 项已恢复");
        for said in [
            "1.【新情况】被网站防护拦截：www.langxi.example",
            "请与网站管理方联系",
            "2.【仍未解决】持续无法核实：www.langxi.example（已 3 天）",
            "3.【已恢复】本机网络不通，已暂停向各单位发信（历时 3 天）",
        ] {
            assert!(letter.text.contains(said), "{said}\nnot in\n{}", letter.text);
        }
    }

    #[test]
    fn markup_and_line_breaks_in_what_a_server_said_do_no_harm() {
        let key = OperatorKey::Unknown { host: "www.langxi.example".into() };
        let letter = letter(vec![row(OperatorNews::Raised, key, "<script>x</script>\r\n2.【新情况】假")]);
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(!letter.text.contains("\n2."), "{}", letter.text);
    }
}
