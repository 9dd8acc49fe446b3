//! What a digest says, as text and as a page.

use serde::Serialize;

use super::error::DeliverError;
use super::line::{Line, chinese_date};
use super::notice::{Notice, NoticeId, Says};
use super::operator;
use super::stationery::Stationery;
use super::subject::{Tally, subject};
use super::untrusted::shortened;
use crate::alert::Digest;

const TEXT: &str = "digest.txt";
const HTML: &str = "digest.html";

/// The readable parts of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line without control characters.
    pub subject: String,
    /// For programs that show no HTML.
    pub text: String,
    /// The same as a page. It loads nothing and runs nothing.
    pub html: String,
}

#[derive(Serialize)]
struct View {
    subject: String,
    county: String,
    unit: String,
    sender: String,
    date: String,
    sentences: Vec<String>,
    lines: Vec<Line>,
    /// Where to publish: 栏目, 账号, or either.
    place: &'static str,
    /// Whether there is anything left to do.
    open: bool,
}

impl Letter {
    /// Writes the mail of a notice, whatever its kind, on this stationery.
    pub fn of(notice: &Notice, stationery: &Stationery) -> Result<Self, DeliverError> {
        match &notice.says {
            Says::Digest(digest) => Self::write(digest, stationery),
            Says::Operator(digest) => operator::write(digest, stationery)
                .map_err(|error| DeliverError::Compose { id: notice.id.clone(), reason: error.to_string() }),
        }
    }

    /// Why the office's own templates cannot be filled in for a notice.
    pub(super) fn trial(notice: &Notice, stationery: &Stationery) -> Vec<String> {
        let faults = match &notice.says {
            Says::Digest(digest) => {
                let view = View::of(digest, stationery);
                [TEXT, HTML].map(|name| stationery.fault(name, &view))
            }
            Says::Operator(digest) => operator::trial(digest, stationery),
        };
        faults.into_iter().flatten().collect()
    }

    /// Writes the mail for a digest, on this stationery.
    pub fn write(digest: &Digest, stationery: &Stationery) -> Result<Self, DeliverError> {
        let view = View::of(digest, stationery);
        match (stationery.fill_in(TEXT, &view), stationery.fill_in(HTML, &view)) {
            (Ok(text), Ok(html)) => Ok(Self { subject: view.subject, text, html }),
            (Err(error), _) | (_, Err(error)) => Err(DeliverError::Compose {
                id: NoticeId::digest(&digest.unit, digest.date),
                reason: error.to_string(),
            }),
        }
    }
}

impl View {
    fn of(digest: &Digest, stationery: &Stationery) -> Self {
        let tally = Tally::of(&digest.rows, digest.date);
        Self {
            subject: subject(digest),
            county: shortened(&digest.county, 40),
            unit: shortened(&digest.unit_name, 40),
            sender: shortened(&stationery.sender.name, 40),
            date: chinese_date(digest.date),
            sentences: sentences(&tally, &chinese_date(digest.date)),
            lines: digest.rows.iter().map(|row| Line::of(row, digest.date)).collect(),
            place: tally.place(),
            open: !tally.trouble().is_empty() || !tally.waiting().is_empty(),
        }
    }
}

fn sentences(tally: &Tally, date: &str) -> Vec<String> {
    let (trouble, waiting, relief) = (tally.trouble(), tally.waiting(), tally.relief());
    [
        (!trouble.is_empty()).then(|| format!("截至{date}，贵单位有 {trouble}，请及时更新。")),
        (!waiting.is_empty()).then(|| format!("此前提醒过的 {waiting}仍未处理，请尽快更新。")),
        (!relief.is_empty()).then(|| format!("{relief}，感谢配合。")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{DigestRow, Level, News};
    use crate::deliver::compose::samples::sender;
    use crate::deliver::notice::samples::{digest, now, raised, row};

    fn letter(rows: Vec<DigestRow>) -> Letter {
        Letter::write(&digest(rows), &sender().into()).unwrap()
    }

    #[test]
    fn the_text_says_what_is_due_and_what_counts_as_an_update() {
        let mut blank = raised(Level::Blank);
        blank.facts.name = "建议提案办理".into();
        blank.facts.last = None;
        blank.facts.last_title = None;
        blank.facts.due = None;
        blank.facts.limit = String::new();
        let expected = "\
郎溪县政府网站与政务新媒体更新提醒

县住建局：

截至2022年11月27日，贵单位有 1 个栏目超期、1 个栏目空白，请及时更新。

1.【超期】本级政策解读—负责人解读（栏目）
  最近更新：2022年5月26日，“县住建局负责人解读《郎溪县物业管理办法》”
  截止日期：2022年11月26日（周六），已超期 1 天
  更新期限：半年
  网址：http://www.langxi.example/OpennessContent/showList/1389/page_1.html

2.【空白】建议提案办理（栏目）
  最近更新：无记录
  网址：http://www.langxi.example/OpennessContent/showList/1389/page_1.html

怎样算更新：在该栏目新发布一条内容，并带有发布日期。只修改旧内容、调整页面或置顶旧信息不算。
更新后不必回复，系统会在后续巡检中自动识别。本期确无内容可发、栏目已经调整，或认为提醒有误的，请直接回复本邮件，由郎溪县政府信息中心处理。

郎溪县政府信息中心
2022年11月27日
（系统自动发送，每个单位每天至多一封）
";
        assert_eq!(letter(vec![raised(Level::Overdue), blank]).text, expected);
    }

    #[test]
    fn a_mail_with_only_good_news_asks_for_nothing() {
        let letter = letter(vec![row(News::Resolved { level: Level::Overdue, raised_at: now() })]);
        for part in [&letter.text, &letter.html] {
            assert!(part.contains("1 个栏目已恢复正常，感谢配合。"), "{part}");
            assert!(!part.contains("请及时更新") && !part.contains("怎样算更新"), "{part}");
        }
    }

    #[test]
    fn good_news_beside_an_old_warning_still_asks_for_it() {
        let resolved = row(News::Resolved { level: Level::Overdue, raised_at: now() });
        let letter = letter(vec![row(News::StillOpen { level: Level::Overdue }), resolved]);
        assert!(letter.text.contains("此前提醒过的 1 个栏目仍未处理，请尽快更新。"), "{}", letter.text);
        assert!(letter.text.contains("怎样算更新"), "{}", letter.text);
    }

    #[test]
    fn markup_in_a_title_is_shown_and_not_obeyed() {
        let mut row = raised(Level::Overdue);
        row.facts.last_title = Some(r#"<script>alert("1")</script> & 'q'"#.into());
        row.facts.name = r#""><img src=x onerror=alert(1)>"#.into();
        row.facts.url = r#"http://a.example/"onmouseover="x"#.into();
        let html = letter(vec![row]).html;
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)"), "{html}");
        assert!(
            !html.contains("<script") && !html.contains("<img") && !html.contains(r#""onmouseover"#),
            "{html}"
        );
    }

    #[test]
    fn a_title_cannot_start_a_line_or_turn_it_round() {
        let mut row = raised(Level::Overdue);
        row.facts.last_title = Some("公\u{202E}告\r\n2.【超期】假栏目\u{0}\u{200F}".into());
        let letter = letter(vec![row]);
        assert!(letter.text.contains("“公告 2.【超期】假栏目”"), "{}", letter.text);
        for part in [&letter.text, &letter.html] {
            assert!(part.chars().all(|c| c == '\n' || !c.is_control()), "{part:?}");
        }
    }

    #[test]
    fn the_page_loads_nothing() {
        let html = letter(vec![raised(Level::Overdue)]).html;
        for loading in ["<img", "<script", "<link", "src=", "url(", "@import"] {
            assert!(!html.contains(loading), "{loading}");
        }
    }
}
