//! Real pages of many families, kept beside the project and not in it, read with their preset and without one. Says what
//! became of each. The truth is what a person reads off the page; where there is none, no date may be found.

mod accounts;
mod mutations;
mod samples;
mod truth;

use std::collections::BTreeMap;
use std::fmt;

use xuncha::fetch::{Block, blocked};

use self::mutations::mutated;
use self::samples::{ACCOUNTS, LISTS, NO_DOCUMENTS, SHIELDS, Sample};
use self::truth::{Corpus, Found, Origin, Truth, page, read};

/// How many were right, of how many.
#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
}

impl Score {
    fn count(&mut self, is_right: bool) {
        self.all += 1;
        self.right += usize::from(is_right);
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.right, self.all)
    }
}

#[test]
fn every_list_of_the_corpus_is_read_right_with_its_preset_and_nearly_all_without() {
    let Some(corpus) = Corpus::open() else { return };
    let auto = corpus.auto();
    let mut scores: BTreeMap<Origin, (Score, Score)> = BTreeMap::new();
    let mut wrong = Vec::new();
    println!("{:<58} {:<12} {:<34} {:<34} auto took", "file", "truth", "with preset", "with auto");
    for sample in &LISTS {
        let Sample { file, preset, address, .. } = sample;
        let (entry, truth) = (&corpus.index[*file], corpus.truth(sample));
        let page = page(address, corpus.body(file));
        let by_preset = read(&corpus.preset(preset), &page, &truth).0;
        let (by_auto, taken) = read(&auto, &page, &truth);
        println!(
            "{file:<58} {:<12} {by_preset:<34} {by_auto:<34} {} [{}]",
            sample.shown.unwrap_or(entry.newest.get(..10).unwrap_or(&entry.newest)),
            taken.unwrap_or_default(),
            entry.family,
        );
        let (with_preset, with_auto) = scores.entry(entry.origin).or_default();
        with_preset.count(by_preset.is(&truth));
        with_auto.count(by_auto.is(&truth));
        if !by_preset.is(&truth) {
            wrong.push(format!("{file} with its preset: {by_preset}"));
        }
        if by_auto.is_wrong(&truth) {
            wrong.push(format!("{file} with auto: {by_auto}"));
        }
    }
    for (origin, (with_preset, with_auto)) in &scores {
        println!("{}: with preset {with_preset}, with auto {with_auto}", origin.word());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let auto = scores.values().map(|(_, auto)| auto);
    let (right, all) = auto.fold((0, 0), |(right, all), score| (right + score.right, all + score.all));
    assert!(right * 100 >= all * 95, "auto reads {right} of {all}");
}

/// The other documents: articles, and answers and pages of platforms. None may be taken for a column's list.
#[test]
fn what_is_no_list_gives_no_date() {
    let Some(corpus) = Corpus::open() else { return };
    let auto = corpus.auto();
    let mut wrong = Vec::new();
    for (file, entry) in &corpus.index {
        if LISTS.iter().any(|sample| sample.file == file) {
            continue;
        }
        let is_known = entry.kind == "article"
            || ACCOUNTS.contains(&entry.family.as_str())
            || NO_DOCUMENTS.contains(&file.as_str())
            || SHIELDS.iter().any(|(shield, _)| shield == file);
        if !is_known {
            eprintln!("NOT COVERED: {file} is a list of which nobody has said how a rule would read it");
        }
        let truth = entry.truth().unwrap_or(Truth::NoDate);
        let page = page("https://www.example.gov.cn/a/b/1.html", corpus.body(file));
        let (found, preset) = read(&auto, &page, &truth);
        println!("{:<8} {file:<52} {found} {}", entry.kind, preset.unwrap_or_default());
        let is_list = matches!(entry.kind.as_str(), "list" | "feed" | "api" | "empty");
        if found.is_claim() && !(is_list && found.is(&truth)) {
            wrong.push(format!("{file}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_shields_answer_is_known_as_theirs_and_gives_no_date() {
    let Some(corpus) = Corpus::open() else { return };
    for (file, status) in SHIELDS {
        let body = corpus.body(file);
        let block = blocked(status, &[("content-type", "text/html")], &body);
        println!("{file}: {status}, {}", block.as_ref().map_or("no shield", Block::name));
        assert!(block.is_some(), "{file}");
        let (found, _) = read(&corpus.auto(), &page("https://www.example.gov.cn/a/", body), &Truth::NoDate);
        assert!(!found.is_claim(), "{file}: {found}");
    }
}

/// A changed page may become unreadable; it may not become newer, nor old.
#[test]
fn no_change_to_a_real_list_makes_it_newer_than_it_is_or_hides_its_newest_item() {
    let Some(corpus) = Corpus::open() else { return };
    let auto = corpus.auto();
    let mut outcomes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for sample in LISTS.iter().filter(|sample| corpus.index[sample.file].origin != Origin::Reconstructed) {
        let Truth::Day(newest) = corpus.truth(sample) else { continue };
        let truth = Truth::Day(newest);
        let preset = corpus.preset(sample.preset);
        let original = page(sample.address, corpus.body(sample.file));
        for mutation in mutated(&preset, &original, newest) {
            let changed = page(sample.address, mutation.text.into_bytes());
            for (way, extractor) in [("preset", &preset), ("auto", &auto)] {
                let (found, _) = read(extractor, &changed, &truth);
                let is_right = match &found {
                    // Its newest row has lost its date, and the reading says that there is such a row.
                    Found::Newest(day, _, undated) if mutation.hides_newest => *day < newest && *undated > 0,
                    found => !found.is_claim() || (mutation.keeps_list && found.is(&truth)),
                };
                let outcome = if !found.is_claim() {
                    "unknown"
                } else if is_right {
                    "right"
                } else {
                    "wrong"
                };
                *outcomes.entry((mutation.name, outcome)).or_default() += 1;
                if !is_right {
                    wrong.push(format!("{}, {}, with {way}: {found}", sample.file, mutation.name));
                }
            }
        }
    }
    for ((name, outcome), count) in &outcomes {
        println!("{name:<44} {outcome:<8} {count}");
    }
    assert!(!outcomes.is_empty());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
