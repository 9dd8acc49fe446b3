//! What stands beneath the annexes: who is out of the count and why, and, in a draft, what a reviewer is shown.

use chrono::NaiveDate;
use serde::Serialize;

use super::super::document::Bulletin;
use super::super::findings::{Exempted, Finding};
use super::super::input::Exemption;
use super::super::titles::chinese_date;
use super::super::wording::full_width;

/// The head of the list of those who are out of the count.
pub(super) const EXEMPTED: [&str; 6] = ["单位", "栏目或账号", "豁免理由", "依据", "批准人", "有效期至"];

/// Everybody who is out of the count by an exemption, in the order of that head.
pub(super) fn exempted_lines(bulletin: &Bulletin) -> Vec<[String; 6]> {
    let line = |exempted: &Exempted| {
        let Exemption { reason, evidence, approver, until } = exempted.exemption.clone();
        let (unit, name) = (full_width(&exempted.unit), exempted.name.clone());
        [unit, name, reason, evidence, approver, chinese_date(until)]
    };
    bulletin.exempted.iter().map(line).collect()
}

/// One finding with what it rests on, as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ProofLine {
    pub(super) unit: String,
    pub(super) name: String,
    pub(super) problem: String,
    pub(super) last: String,
    pub(super) due: String,
    pub(super) item: String,
    pub(super) url: String,
}

/// Every finding of the three annexes.
pub(super) fn proof_lines(bulletin: &Bulletin) -> Vec<ProofLine> {
    let columns =
        bulletin.annex1.iter().flat_map(|row| row.findings.iter().map(|finding| proof(&row.name, finding)));
    let accounts =
        bulletin.accounts().flat_map(|row| row.findings.iter().map(|finding| proof(&row.unit, finding)));
    columns.chain(accounts).collect()
}

fn proof(unit: &str, finding: &Finding) -> ProofLine {
    let printed = |date: Option<NaiveDate>| date.map_or("—".to_owned(), |date| date.to_string());
    let evidence = finding.evidence.as_ref();
    ProofLine {
        unit: full_width(unit),
        name: finding.name.clone(),
        problem: finding.kind.chinese().to_owned(),
        last: printed(finding.last),
        due: printed(finding.due),
        item: evidence.map_or("—".to_owned(), |item| format!("{}（{}）", item.title, item.raw_date)),
        url: evidence.map_or(String::new(), |item| item.url.clone()),
    }
}
