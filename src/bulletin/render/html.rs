//! One self-contained page, laid out as official documents are, for the screen and for A4 paper.
//!
//! The page has no script and loads nothing. Addresses are printed as text, never linked: they come from the pages that
//! were watched.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::super::document::{AccountRow, Bulletin, UnitRow};
use super::super::titles::{annex_titles, cut_off_note, title};
use super::super::verdict::Verdict;
use super::super::wording::full_width;
use super::layout::{MediaLine, Paragraph, media_lines, paragraphs};
use super::mark;
use super::review::{EXEMPTED, ProofLine, exempted_lines, proof_lines};

/// The name ends in `.html`, by which everything put into the template is escaped.
const NAME: &str = "page.html";
const TEMPLATE: &str = include_str!("page.html");

/// What the template is filled with.
#[derive(Serialize)]
struct Page {
    title: String,
    version: u32,
    mark: Option<&'static str>,
    paragraphs: Vec<Line>,
    annex_titles: [String; 3],
    note: String,
    units: Vec<UnitCells>,
    media: Vec<MediaCells>,
    accounts: Vec<AccountCells>,
    exempted_head: [&'static str; 6],
    exempted: Vec<[String; 6]>,
    unverified: Vec<[String; 4]>,
    proof: Vec<ProofLine>,
}

#[derive(Serialize)]
struct Line {
    class: &'static str,
    text: String,
}

#[derive(Serialize)]
struct UnitCells {
    unit: String,
    verdict: VerdictCell,
    problems: String,
}

#[derive(Serialize)]
struct VerdictCell {
    word: &'static str,
    class: &'static str,
}

#[derive(Serialize)]
struct MediaCells {
    unit: Option<MediaUnitCells>,
    sides: [Option<AccountCells>; 2],
}

#[derive(Serialize)]
struct MediaUnitCells {
    no: u32,
    name: String,
    lines: usize,
}

#[derive(Serialize)]
struct AccountCells {
    unit: String,
    platform: &'static str,
    account: String,
    verdict: VerdictCell,
    problems: String,
}

/// The bulletin as an HTML page.
pub fn html(bulletin: &Bulletin) -> String {
    Environment::new()
        .render_named_str(NAME, TEMPLATE, Serde(page(bulletin)))
        .expect("the template is part of the program and its tests render every branch")
}

fn page(bulletin: &Bulletin) -> Page {
    let mark = mark(bulletin.state);
    Page {
        title: title(bulletin),
        version: bulletin.version,
        mark,
        paragraphs: paragraphs(bulletin).into_iter().map(line).collect(),
        annex_titles: annex_titles(bulletin.month),
        note: cut_off_note(bulletin),
        units: bulletin.annex1.iter().map(unit_cells).collect(),
        media: media_lines(bulletin).into_iter().map(media_cells).collect(),
        accounts: bulletin.annex3.iter().map(account_cells).collect(),
        exempted_head: EXEMPTED,
        exempted: exempted_lines(bulletin),
        unverified: mark.map(|_| unverified(bulletin)).unwrap_or_default(),
        proof: mark.map(|_| proof_lines(bulletin)).unwrap_or_default(),
    }
}

fn line(paragraph: Paragraph<'_>) -> Line {
    let (class, text) = match paragraph {
        Paragraph::Addressee(text) => ("addressee", text),
        Paragraph::Heading(text) => ("heading", text),
        Paragraph::Text(text) => ("text", text),
        Paragraph::FirstAttachment(text) => ("attachment first", text),
        Paragraph::Attachment(text) => ("attachment", text),
        Paragraph::Signature(text) => ("signature", text),
    };
    Line { class, text: text.to_owned() }
}

fn unit_cells(row: &UnitRow) -> UnitCells {
    UnitCells { unit: full_width(&row.unit), verdict: verdict(row.verdict), problems: row.problems.clone() }
}

fn verdict(verdict: Verdict) -> VerdictCell {
    let class = match verdict {
        Verdict::NoIssue | Verdict::Pass => "passes",
        Verdict::Fail => "fails",
    };
    VerdictCell { word: verdict.chinese(), class }
}

fn media_cells(line: MediaLine<'_>) -> MediaCells {
    MediaCells {
        unit: line.unit.map(|unit| MediaUnitCells {
            no: unit.no,
            name: full_width(unit.name),
            lines: unit.lines,
        }),
        sides: [line.wechat.map(account_cells), line.weibo.map(account_cells)],
    }
}

fn account_cells(row: &AccountRow) -> AccountCells {
    AccountCells {
        unit: full_width(&row.unit),
        platform: row.platform.chinese(),
        account: row.account.clone(),
        verdict: verdict(row.verdict),
        problems: row.problems.clone(),
    }
}

fn unverified(bulletin: &Bulletin) -> Vec<[String; 4]> {
    let cells = bulletin.unverified.iter().map(|source| {
        let cause = source.cause.chinese().to_owned();
        [full_width(&source.unit), source.name.clone(), cause, source.source.to_string()]
    });
    cells.collect()
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
            .with(column("<script>alert(1)</script>", DueSoon, "半年"))
            .with(column("政府领导", Unknown(Cause::LookTooOld), "1年"))
            .with(account(Channel::Wechat, "郎溪&住建", Fresh))
            .with(account(Channel::Weibo, "住建一", Fresh))
            .with(account(Channel::Weibo, "住建二", Fresh))
            .with(account(Channel::App, "看郎溪", Overdue));
        unit.display_name = "县住建局(县人防办)".to_owned();
        draft_of("2022-12", vec![unit])
    }

    #[test]
    fn everything_is_escaped() {
        let page = html(&sample());
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert"), "{page}");
        assert!(page.contains("郎溪&amp;住建"), "{page}");
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = html(&sample());
        for needle in ["src=", "href=", "url(", "@import"] {
            assert!(!page.contains(needle), "{needle}");
        }
    }

    #[test]
    fn only_what_is_not_public_has_the_mark_and_the_unverified() {
        let draft = html(&sample());
        assert!(draft.contains("草稿") && draft.contains("近期未能成功巡检"), "{draft}");
        let mut reviewed = sample();
        reviewed.state = crate::bulletin::State::Reviewed;
        assert!(html(&reviewed).contains("审核稿"));
        let issued = html(&issue(sample()));
        assert!(!issued.contains("草稿") && !issued.contains("近期未能成功巡检"), "{issued}");
    }

    #[test]
    fn an_issued_page_says_who_is_out_of_the_count_and_who_allowed_it() {
        assert!(!html(&issue(sample())).contains("豁免情况"), "where nobody is, nothing is said");
        let exempt = exempted("人事信息", "本年<确无>人事变动", "2023-03-31");
        let page = html(&issue(draft_of("2022-12", vec![unit("a", "县人社局").with(exempt)])));
        for cell in ["人事信息", "本年&lt;确无&gt;人事变动", "郎政办〔2022〕1号", "李主任", "2023年3月31日"]
        {
            assert!(page.contains(&format!("<td>{cell}</td>")), "{cell}: {page}");
        }
    }

    #[test]
    fn an_empty_bulletin_is_a_page_too() {
        let page = html(&draft_of("2022-12", Vec::new()));
        assert!(page.contains("（无）"), "{page}");
    }

    #[test]
    fn unit_names_are_printed_full_width_and_span_their_accounts() {
        let page = html(&sample());
        assert!(page.contains("县住建局（县人防办）"), "{page}");
        assert!(page.contains("rowspan=\"2\""), "{page}");
    }
}
