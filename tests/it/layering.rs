//! Arrows between modules point one way. Read from the sources themselves: every path they name.

use std::path::{Path, PathBuf};

/// The paths that each file names outside its tests, such as `crate::store::Store` or `std::fs::read`.
struct Sources(Vec<(String, Vec<String>)>);

impl Sources {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        rust_files(&root, &mut files);
        let named = files.iter().map(|file| {
            let name = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, paths_in(&std::fs::read_to_string(file).unwrap()))
        });
        Self(named.collect())
    }

    /// Every use of one of `forbidden` in a file of which `applies` is true.
    fn uses(&self, forbidden: &[&str], applies: impl Fn(&str) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        for (file, paths) in self.0.iter().filter(|(file, _)| applies(file)) {
            for path in paths {
                let is_below = |root: &&str| {
                    path == *root || path.strip_prefix(*root).is_some_and(|rest| rest.starts_with("::"))
                };
                if forbidden.iter().any(is_below) {
                    found.push(format!("src/{file} names {path}"));
                }
            }
        }
        found
    }
}

fn rust_files(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().unwrap() != "tests" {
                rust_files(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().unwrap() != "tests.rs"
        {
            files.push(path);
        }
    }
}

/// All paths of a file: those of its `use` items, written out, and those in its code.
fn paths_in(text: &str) -> Vec<String> {
    let code: String = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap()
        .lines()
        .map(|line| line.split("//").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n");
    let mut paths = Vec::new();
    for (place, _) in code.match_indices("use ") {
        let starts_a_word = code[..place].chars().next_back().is_none_or(char::is_whitespace);
        if starts_a_word && let Some(end) = code[place..].find(';') {
            expand("", &code[place + 4..place + end], &mut paths);
        }
    }
    let mut word = String::new();
    for letter in code.chars().chain(" ".chars()) {
        if letter.is_alphanumeric() || letter == '_' || letter == ':' {
            word.push(letter);
        } else {
            let path = std::mem::take(&mut word);
            if path.contains("::") {
                paths.push(path.trim_end_matches(':').to_owned());
            }
        }
    }
    paths
}

/// Writes `a::{b, c::{d, self}}` out as `a::b`, `a::c::d`, `a::c`.
fn expand(stem: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        if !path.is_empty() {
            let whole = format!("{stem}{path}");
            paths.push(whole.strip_suffix("::self").unwrap_or(&whole).to_owned());
        }
        return;
    };
    let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let stem = format!("{stem}{}", before.trim());
    let (mut depth, mut start) = (0, 0);
    for (place, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&stem, &inside[start..place], paths);
                start = place + 1;
            }
            _ => {}
        }
    }
    expand(&stem, &inside[start..], paths);
}

fn is_in(directories: &[&str]) -> impl Fn(&str) -> bool {
    move |file| directories.iter().any(|directory| file.starts_with(&format!("{directory}/")))
}

fn is_outside(directories: &[&str]) -> impl Fn(&str) -> bool {
    move |file| !is_in(directories)(file)
}

const NOTHING: [&str; 0] = [];

#[test]
fn paths_are_read_out_of_nested_imports_and_code() {
    let text = "use crate::{a, b::{self, C as D}}; // use crate::comment;\nfn f() { std::fs::read(x) }\nuse sled;\n\
                #[cfg(test)]\nmod tests {\n use tokio::x; }";
    let paths = paths_in(text);
    for path in ["crate::a", "crate::b", "crate::b::C", "std::fs::read", "sled"] {
        assert!(paths.iter().any(|found| found == path), "{path} not in {paths:?}");
    }
    assert!(!paths.iter().any(|found| found.contains("comment") || found.contains("tokio")), "{paths:?}");
}

#[test]
fn the_pure_modules_know_nothing_of_the_shell() {
    let shell = [
        "tokio",
        "tokio_util",
        "reqwest",
        "sled",
        "axum",
        "hyper",
        "lettre",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "crate::store",
        "crate::schedule",
        "crate::fetch",
        "crate::serve",
        "crate::daemon",
        "crate::deliver",
        "crate::cli",
        "crate::clock",
        "crate::config",
        "crate::demo",
    ];
    let found = Sources::read().uses(&shell, is_in(&["extract", "assess", "alert", "bulletin"]));
    assert_eq!(found, NOTHING);
}

#[test]
fn each_big_dependency_stays_in_its_module() {
    let sources = Sources::read();
    for (dependency, homes) in [
        ("sled", &["store"][..]),
        ("lettre", &["deliver"]),
        ("mail_parser", &["deliver"]),
        ("axum", &["serve", "demo"]),
        ("reqwest", &["fetch", "deliver"]),
        ("scraper", &["extract"]),
        ("feed_rs", &["extract"]),
        ("governor", &["schedule", "deliver", "clock.rs"]),
        ("clap", &["cli"]),
        ("clap_complete", &["cli"]),
        ("clap_mangen", &["cli"]),
        ("listenfd", &["serve"]),
        ("comfy_table", &["cli", "demo"]),
        ("calamine", &["rules"]),
        ("rust_xlsxwriter", &["rules"]),
        ("quick_xml", &["rules"]),
        ("pinyin", &["rules"]),
    ] {
        let outside = |file: &str| is_outside(homes)(file) && !homes.contains(&file);
        assert_eq!(sources.uses(&[dependency], outside), NOTHING);
    }
}

#[test]
fn nobody_depends_on_the_daemon_but_those_who_start_it_and_the_door() {
    let outside = |file: &str| is_outside(&["daemon", "cli", "demo", "serve"])(file);
    assert_eq!(Sources::read().uses(&["crate::daemon", "crate::cli", "crate::demo"], outside), NOTHING);
}

#[test]
fn only_the_clock_reads_the_clock() {
    let clocks =
        ["Utc::now", "chrono::Utc::now", "Local::now", "SystemTime::now", "std::time::SystemTime::now"];
    assert_eq!(Sources::read().uses(&clocks, |file| file != "clock.rs"), NOTHING);
}
