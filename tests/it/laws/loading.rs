//! A rules directory in which any one file may be anything. Shared with the fuzz targets.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use xuncha::rules::Rules;

/// The files of a county's rules, each as it ought to be.
const FILES: [(&str, &str); 5] = [
    ("cadences.toml", include_str!("../../../crawl-rules/cadences.toml")),
    ("presets/vsb.toml", include_str!("../../../crawl-rules/presets/vsb.toml")),
    ("holidays/2026.toml", include_str!("../../../crawl-rules/holidays/2026.toml")),
    ("langxi/county.toml", include_str!("../../../crawl-rules/langxi/county.toml")),
    ("langxi/units/xinfa.toml", include_str!("../../../crawl-rules/langxi/units/xinfa.toml")),
];

/// Rules of which one file may be put in place of another.
pub(crate) struct Loading {
    directory: TempDir,
}

impl Loading {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (file, text) in FILES {
            write(&directory.path().join(file), text);
        }
        Self { directory }
    }

    /// The text of a file, by any number.
    pub(crate) fn text(number: usize) -> &'static str {
        FILES[number % FILES.len()].1
    }

    /// Loads the rules with `text` in place of a file. What is wrong with it must be said, each with a file that is there.
    pub(crate) fn check(&self, number: usize, text: &str) -> Result<(), String> {
        let (file, whole) = FILES[number % FILES.len()];
        let path = self.directory.path().join(file);
        write(&path, text);
        let loaded = Rules::load_all(self.directory.path());
        write(&path, whole);
        match loaded {
            Ok(_) => Ok(()),
            Err(problems) if problems.to_string().trim().is_empty() => {
                Err("problems without a word".to_owned())
            }
            Err(_) => Ok(()),
        }
    }
}

fn write(path: &PathBuf, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
    std::fs::write(path, text).unwrap();
}
