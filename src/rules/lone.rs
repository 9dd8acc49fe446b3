//! A column that stands in no unit file: an address, and what little is said beside it.

use super::cadences::Cadences;
use super::document::Document;
use super::draft::{ColumnDraft, UnitDraft};
use super::presets::Presets;
use super::problem::{Collector, Problem, Problems};
use super::unit::{Shared, Source, read_unit_file};

/// What is said of a column besides its address.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LoneColumn<'a> {
    /// Its address.
    pub(crate) url: &'a str,
    /// The preset to read it by.
    pub(crate) preset: Option<&'a str>,
    /// Its cadence; the most lenient where none is named.
    pub(crate) cadence: Option<&'a str>,
}

impl LoneColumn<'_> {
    /// The column as the rules would have it, had they these three lines.
    ///
    /// # Errors
    /// What they would have against them.
    pub(crate) fn read(&self, cadences: &Cadences, presets: &Presets) -> Result<Source, Problems> {
        let lenient = || cadences.most_lenient().map(|cadence| cadence.name.clone());
        let column = ColumnDraft {
            id: "column".to_owned(),
            name: "column".to_owned(),
            url: self.url.to_owned(),
            preset: self.preset.map(ToOwned::to_owned),
            cadence: self.cadence.map(ToOwned::to_owned).or_else(lenient),
            notes: Vec::new(),
        };
        let unit = UnitDraft {
            id: "probe".to_owned(),
            name: "probe".to_owned(),
            columns: vec![column],
            ..UnitDraft::default()
        };
        let problems = Collector::default();
        let document = Document::from_text("probe.toml", unit.text());
        let read = read_unit_file(&document, &Shared { cadences, presets }, &problems);
        let source = problems.into_result(read.and_then(|(_, mut sources)| sources.pop()))?;
        source.ok_or(Problems(Vec::<Problem>::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::shipped::shipped;

    fn mistakes(column: &LoneColumn<'_>) -> String {
        let (cadences, presets) = shipped().unwrap();
        column.read(&cadences, &presets).unwrap_err().to_string()
    }

    #[test]
    fn an_address_alone_is_a_column_that_its_page_explains() {
        let (cadences, presets) = shipped().unwrap();
        let url = "https://www.example.gov.cn/tzgg/";
        let source = LoneColumn { url, ..LoneColumn::default() }.read(&cadences, &presets).unwrap();
        assert_eq!(source.url.as_str(), url);
        assert_eq!(*source.reading, presets.by_signs());
    }

    #[test]
    fn it_is_held_against_the_same_rules_as_any_column() {
        let url = "https://www.example.gov.cn/";
        for (column, said) in [
            (LoneColumn { url: "ftp://a", ..LoneColumn::default() }, "is not an address"),
            (
                LoneColumn { url, preset: Some("x"), ..LoneColumn::default() },
                "`x` is not a preset, allowed: auto",
            ),
            (
                LoneColumn { url, cadence: Some("x"), ..LoneColumn::default() },
                "`x` is not a cadence, allowed: ",
            ),
            (
                LoneColumn { url, preset: Some("gkmlpt"), ..LoneColumn::default() },
                "end the address with #NUMBER",
            ),
        ] {
            assert!(mistakes(&column).contains(said), "{}", mistakes(&column));
        }
    }
}
