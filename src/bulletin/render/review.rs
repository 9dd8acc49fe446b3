//! What a reviewer is shown beneath a draft.

use chrono::NaiveDate;
use serde::Serialize;

use super::super::document::Bulletin;
use super::super::findings::Finding;
use super::super::wording::full_width;

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
