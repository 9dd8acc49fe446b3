//! Articles of real sites, where the samples are at hand: a table of what was read of each beside what a person reads.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Shanghai;
use xuncha::extract::{Article, Page, decode, read_article};

/// What each family's articles are addressed like. What the address itself dates is left out, so that it cannot help.
const ADDRESSES: [(&str, &str); 4] = [
    ("custom-json/", "https://www.nfra.gov.cn/cbircweb/DocInfo/SelectByDocId?docId=1"),
    ("wechat/", "https://mp.weixin.qq.com/s/1"),
    ("weibo/", "https://weibo.cn/comment/1"),
    ("", "https://www.example.gov.cn/content.html"),
];

/// How a reading compares with the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Right,
    Unknown,
    Wrong,
}

struct Sample {
    path: String,
    /// `None` where a person finds no publication date either.
    truth: Option<NaiveDate>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples")
}

/// The samples of a kind; `None`, aloud, where they are not at hand.
fn samples(kind: &str) -> Option<Vec<Sample>> {
    let Ok(index) = std::fs::read_to_string(folder().join("INDEX.tsv")) else {
        eprintln!("skipped: no samples of real pages at {}", folder().display());
        return None;
    };
    let rows = index.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let of_kind = rows.filter(|row| row.get(2) == Some(&kind));
    let sample = |row: Vec<&str>| Sample {
        path: row[0].to_owned(),
        truth: row[6].get(..10).and_then(|day| day.parse().ok()),
    };
    Some(of_kind.map(sample).collect())
}

fn read(sample: &Sample, change: impl Fn(String) -> String) -> Article {
    let seen_at: DateTime<Utc> = "2026-11-01T04:00:00Z".parse().unwrap();
    let address = ADDRESSES.iter().find(|(family, _)| sample.path.starts_with(family)).unwrap().1;
    let body = std::fs::read(folder().join(&sample.path)).unwrap();
    let body = change(decode(&body, None).into_owned()).into_bytes();
    let content_type = Some("text/html; charset=utf-8".to_owned());
    read_article(
        &Page { drawing: None, url: address.parse().unwrap(), content_type, body },
        seen_at,
        Shanghai,
    )
    .unwrap()
}

fn mark(article: &Article, truth: Option<NaiveDate>) -> Mark {
    match (article.date.as_ref().map(|date| date.date), truth) {
        (read, truth) if read == truth => Mark::Right,
        (None, _) => Mark::Unknown,
        _ => Mark::Wrong,
    }
}

/// Reads all samples, prints the table, and gives the marks.
fn table(samples: &[Sample], change: impl Fn(String) -> String) -> Vec<(&str, Mark)> {
    let mut marks = Vec::new();
    for sample in samples {
        let article = read(sample, &change);
        let mark = mark(&article, sample.truth);
        let truth = sample.truth.map_or_else(|| "none".to_owned(), |truth| truth.to_string());
        let result = article.date.as_ref().map_or_else(
            || "none".to_owned(),
            |date| format!("{} {} {}", date.date, date.found.word(), date.kind.word()),
        );
        let (others, distrusted) = (article.others.len(), article.distrusted.len());
        println!(
            "{:<46} {truth:<10} {result:<34} {mark:?}; {others} others, {distrusted} distrusted, {} characters",
            sample.path, article.text_len
        );
        marks.push((sample.path.as_str(), mark));
    }
    marks
}

#[test]
fn real_articles_are_dated_right_and_never_wrong() {
    let Some(samples) = samples("article") else { return };
    let marks = table(&samples, |text| text);
    let not_right: Vec<_> = marks.iter().filter(|(_, mark)| *mark != Mark::Right).collect();
    assert!(not_right.is_empty() && !marks.is_empty(), "{not_right:?} of {}", marks.len());
}

#[test]
fn real_articles_without_their_meta_elements_are_dated_by_what_they_show() {
    let Some(samples) = samples("article") else { return };
    let marks = table(&samples, |text| text.replace("<meta", "<x-meta").replace("var ct", "var x"));
    let wrong: Vec<_> = marks.iter().filter(|(_, mark)| *mark == Mark::Wrong).collect();
    let right = marks.iter().filter(|(_, mark)| *mark == Mark::Right).count();
    println!("{right} of {} right", marks.len());
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(right * 10 >= marks.len() * 9, "{right} of {}", marks.len());
}

#[test]
fn a_real_list_in_place_of_an_article_has_no_publication_date() {
    let Some(samples) = samples("list") else { return };
    let dated = samples.iter().filter(|sample| read(sample, |text| text).date.is_some());
    assert_eq!(dated.map(|sample| sample.path.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}
