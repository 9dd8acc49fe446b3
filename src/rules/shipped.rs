//! The rules that come with the program.

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::cadences::Cadences;
use super::document::Document;
use super::presets::Presets;
use super::problem::{Collector, Problems};

/// `crawl-rules/` as it was when the program was built.
pub(crate) static CRAWL_RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/crawl-rules");

/// The cadences and presets that come with the program.
///
/// # Errors
/// Their mistakes. There are none in a program that was tested.
pub(crate) fn shipped() -> Result<(Cadences, Presets), Problems> {
    let problems = Collector::default();
    let cadences = built_in(Path::new("cadences.toml"))
        .map_or_else(Cadences::default, |document| Cadences::of_document(&document, &problems));
    let presets = CRAWL_RULES.get_dir("presets").into_iter().flat_map(Dir::files);
    let presets = Presets::of_documents(presets.filter_map(|file| built_in(file.path())), &problems);
    problems.into_result((cadences, presets))
}

fn built_in(path: &Path) -> Option<Document> {
    let text = CRAWL_RULES.get_file(path)?.contents_utf8()?;
    Some(Document::from_text(Path::new("built-in").join(path), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_brings_its_cadences_and_presets() {
        let (cadences, presets) = shipped().unwrap();
        assert!(cadences.named("half-year").is_some());
        assert!(presets.named("openness").is_some() && presets.names_of_families().count() >= 8);
    }
}
