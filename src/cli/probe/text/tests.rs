use super::*;
use crate::extract::{DateKind, Found, Sighting, Sureness};
use crate::probe::{Agreement, Asked, Outcome, ReadAs, RobotsSaid};

fn judged() -> Judged {
    Judged {
        cadence: "half-year".to_owned(),
        because: "by the rule".to_owned(),
        standing: "fresh",
        cause: None,
        confirmed: None,
        confirm_gap_hours: 6,
        due: Some("2027-03-20".parse().unwrap()),
        days_left: Some(170),
    }
}

fn probed() -> Probed {
    let row = Sighting {
        title: "关于\u{1b}[31m供水的公告".to_owned(),
        url: "https://www.example.gov.cn/tzgg/1.html".to_owned(),
        date: "2026-09-20".parse().unwrap(),
        raw_date: "[2026-09-20]".to_owned(),
        found: Found::List,
        kind: DateKind::Published,
        sureness: Sureness::Sure,
    };
    Probed {
        as_of: "2026-10-01T04:00:00Z".parse().unwrap(),
        url: "https://www.example.gov.cn/tzgg/".to_owned(),
        source: None,
        name: Some("通知公告".to_owned()),
        outcome: Outcome::Updated,
        why: None,
        robots: RobotsSaid::Allows(Some(2)),
        requests: vec![Asked {
            purpose: "page",
            way: "GET",
            url: "https://www.example.gov.cn/tzgg/".to_owned(),
            answer: "200".to_owned(),
            took_ms: 12,
            bytes: Some(2048),
            charset: Some("gb18030"),
            remarks: vec!["checked over plain HTTP".to_owned()],
        }],
        readings: vec![ReadAs {
            url: "https://www.example.gov.cn/tzgg/".to_owned(),
            preset: Some("trs".to_owned()),
            because: vec!["`TRS_Editor` in its markup".to_owned()],
            leads_to: None,
        }],
        page: None,
        newest: Some(row.clone()),
        rows: vec![row],
        undated: Vec::new(),
        articles: Vec::new(),
        standing: judged(),
        oddities: vec!["a\u{202e}b".to_owned()],
        rule: Some("[[column]]\nname = \"通知公告\"\n".to_owned()),
    }
}

#[test]
fn a_report_is_told_in_full_and_moves_no_cursor() {
    assert_eq!(
        text(&probed()),
        "address   https://www.example.gov.cn/tzgg/\n\
         outcome   updated: newest 2026-09-20, 关于[31m供水的公告\n\
         robots    allows it, 2 s between requests\n\
         read as   trs, for it shows: `TRS_Editor` in its markup\n\
         standing  fresh under `half-year` (by the rule), due 2027-03-20, in 170 days\n\
         \n\
         requests:\n\
         ┌──────┬─────┬──────────────────────────────┬────┬───────┬─────────┬──────────────────────────────────┐\n\
         │ for  ┆ way ┆ answer                       ┆ ms ┆ bytes ┆ charset ┆ address                          │\n\
         ╞══════╪═════╪══════════════════════════════╪════╪═══════╪═════════╪══════════════════════════════════╡\n\
         │ page ┆ GET ┆ 200; checked over plain HTTP ┆ 12 ┆  2048 ┆ gb18030 ┆ https://www.example.gov.cn/tzgg/ │\n\
         └──────┴─────┴──────────────────────────────┴────┴───────┴─────────┴──────────────────────────────────┘\n\
         \n\
         rows, in the order of the page:\n\
         ┌───┬────────────┬───────────┬───────┬──────┬──────────────┬────────────────────┐\n\
         │   ┆ date       ┆ kind      ┆ found ┆ sure ┆ as written   ┆ title              │\n\
         ╞═══╪════════════╪═══════════╪═══════╪══════╪══════════════╪════════════════════╡\n\
         │ * ┆ 2026-09-20 ┆ published ┆ list  ┆ sure ┆ [2026-09-20] ┆ 关于[31m供水的公告 │\n\
         └───┴────────────┴───────────┴───────┴──────┴──────────────┴────────────────────┘\n\
         \n\
         to look at:\n\
         - ab\n\
         \n\
         to write into the unit file:\n\
         [[column]]\n\
         name = \"通知公告\"\n"
    );
}

#[test]
fn a_due_day_that_has_passed_is_told_with_what_a_second_look_would_do() {
    let judged = Judged {
        standing: "unknown",
        cause: Some("looks overdue".to_owned()),
        confirmed: Some("overdue"),
        days_left: Some(-3),
        ..judged()
    };
    assert_eq!(
        standing(&judged),
        "unknown under `half-year` (by the rule), was due 2027-03-20, 3 days ago; looks overdue; overdue once a \
         second full look shows the same at least 6 hours later"
    );
}

#[test]
fn an_article_that_could_not_be_read_keeps_its_line() {
    let compared = Compared {
        title: "公告".to_owned(),
        url: String::new(),
        list: "2026-09-20".parse().unwrap(),
        article: None,
        agreement: Agreement::CannotTell,
        notes: vec!["no complete answer within 30 s".to_owned()],
    };
    let table = articles(&[compared]).unwrap().to_string();
    assert!(table.contains("cannot tell") && table.contains("no complete answer within 30 s"), "{table}");
}
