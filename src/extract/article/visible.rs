//! Reads the dates that the header of an article shows.
//!
//! Above the text every date with a label counts, except in rows that list other articles. A date without a label
//! counts only shortly below the headline. Below the text labels count only where nothing above has one: there begin
//! the readers' comments and the other articles.

use scraper::{ElementRef, Html, Node, Selector};

use super::super::dates::{Label, Labelled, ReadDate, labelled_dates, read_date};
use super::super::sighting::{DateKind, Found, RowError};
use super::super::walk::{around, elements, walk};
use super::super::words::{append, collapsed, is_silent, text_of};
use super::claim::Gathered;
use super::distrust::Distrust;
use super::heading::Names;
use super::lines::{Line, Lines, Own, words};

const TEXT: Found = Found::ArticleText;

/// Nodes that hold the date of a post and nothing else: articles of an official account, a single Weibo post.
const DATE_NODES: &str = "#publish_time, #post-date, #M_ .ct";

/// A header's line is never longer, in characters.
const LONGEST: usize = 300;

/// So many lines below the headline a date needs no label.
const NEAR_HEADLINE: usize = 8;

/// A row or block around a date with more text than this, in characters, is part of the page's frame.
const LONGEST_ROW: usize = 200;

/// A link with at least so many characters is a headline.
const HEADLINE: usize = 8;

/// What stands beside a date as its label is never longer, in characters.
const LONGEST_LABEL: usize = 16;

/// A headline's class may lie around its date as well.
const FIGURES_OF_A_DATE: usize = 8;

/// No row has more nodes than this.
const MOST_NODES: usize = 1_000;

/// Claims the dates of a page's header.
pub(super) fn read(html: &Html, lines: &Lines, names: &Names, gathered: &mut Gathered) {
    let mut is_dated = read_date_nodes(html, gathered);
    is_dated |= read_labelled(&lines.above, gathered);
    is_dated = is_dated || read_bare(lines, names, gathered);
    if !is_dated {
        read_labelled(&lines.below, gathered);
    }
}

fn read_date_nodes(html: &Html, gathered: &mut Gathered) -> bool {
    let selector = Selector::parse(DATE_NODES).expect("a constant selector parses");
    let mut is_dated = false;
    for node in html.select(&selector) {
        let text = text_of(node);
        let day = read_date(&text, gathered.seen_at, gathered.zone);
        if day.is_ok() {
            gathered.claim_day(&text, day, TEXT, DateKind::Published);
            is_dated = true;
        }
    }
    is_dated
}

/// Claims what bears a label; says whether a publication is among it.
fn read_labelled(lines: &[Line], gathered: &mut Gathered) -> bool {
    let mut is_dated = false;
    for line in lines {
        for Labelled { label, day, raw } in dates_of(line, gathered) {
            match label {
                Label::Published if !is_in_row_of_another(line.block) => {
                    gathered.claim_day(&raw, day, TEXT, DateKind::Published);
                    is_dated = true;
                }
                Label::Signed if !is_in_row_of_another(line.block) => {
                    gathered.claim_day(&raw, day, TEXT, DateKind::Signed);
                }
                Label::Generated => gathered.stamp(&raw, TEXT),
                Label::Changed => gathered.distrust(raw, TEXT, Distrust::Changed),
                _ => {}
            }
        }
    }
    is_dated
}

fn dates_of(line: &Line, gathered: &Gathered) -> Vec<Labelled> {
    if line.text.chars().count() > LONGEST || !line.text.contains(|c: char| c.is_numeric()) {
        return Vec::new();
    }
    let text = match label_beside(line.block) {
        Some(label) => format!("{label} {}", line.text),
        None => line.text.clone(),
    };
    labelled_dates(&text, gathered.seen_at, gathered.zone)
}

/// Claims dates without a label that stand shortly below the headline.
fn read_bare(lines: &Lines, names: &Names, gathered: &mut Gathered) -> bool {
    let Some(headline) = headline(&lines.above, names) else { return false };
    let near = lines.above[headline + 1..].iter().take(NEAR_HEADLINE);
    let mut is_dated = false;
    for line in near.filter(|line| !is_of_another(line.block)) {
        for (raw, day) in bare_dates(line, gathered) {
            // Where the text begins is a guess, a paper's own date may stand above it.
            let is_signature = matches!(lines.own, Own::Lines(_)) && raw.ends_with('日') && raw == line.text;
            let kind = if is_signature { DateKind::Signed } else { DateKind::Published };
            gathered.claim_day(&raw, day, TEXT, kind);
            is_dated |= !is_signature;
        }
    }
    is_dated
}

fn is_of_another(block: ElementRef) -> bool {
    is_in_row_of_another(block) || is_beside_headline(block) || is_one_cell_of_many(block)
}

fn bare_dates(line: &Line, gathered: &Gathered) -> Vec<(String, Result<ReadDate, RowError>)> {
    let found = dates_of(line, gathered);
    if !found.is_empty() {
        let bare = found.into_iter().filter(|date| date.label == Label::Bare && date.day.is_ok());
        return bare.map(|date| (date.raw, date.day)).collect();
    }
    // Forms that are a date only as a whole (`March 16, 2018`); a number alone is a document's, not an instant.
    let is_number = line.text.chars().all(|c| c.is_ascii_digit());
    let day = read_date(&line.text, gathered.seen_at, gathered.zone);
    if is_number || day.is_err() { Vec::new() } else { vec![(line.text.clone(), day)] }
}

/// The line of the headline: by its words, or by how it is marked.
fn headline(lines: &[Line], names: &Names) -> Option<usize> {
    let by_words = lines.iter().rposition(|line| names.is_headline(&line.text));
    by_words.or_else(|| lines.iter().rposition(is_marked_as_headline))
}

fn is_marked_as_headline(line: &Line) -> bool {
    let is_named = |word: &str| {
        let word = word.to_ascii_lowercase();
        word.contains("title") || word.contains("biaoti")
    };
    let is_marked =
        matches!(line.block.value().name(), "h1" | "h2" | "h3") || words(line.block).any(is_named);
    is_marked && line.text.chars().filter(char::is_ascii_digit).count() < FIGURES_OF_A_DATE
}

/// The label in the cell or block before this one.
fn label_beside(block: ElementRef) -> Option<String> {
    let is_cell = |element: &ElementRef| matches!(element.value().name(), "td" | "th" | "dd" | "li");
    let cell = outwards(block).take(3).find(is_cell).unwrap_or(block);
    let label = brief_text(cell.prev_siblings().find_map(ElementRef::wrap)?, LONGEST_LABEL)?;
    let is_label = [":", "：", "日期", "时间"].iter().any(|end| label.ends_with(end));
    (is_label && !label.contains(|c: char| c.is_ascii_digit())).then_some(label)
}

/// Whether the date stands in a row that lists another article.
fn is_in_row_of_another(block: ElementRef) -> bool {
    let is_row = |element: &ElementRef| matches!(element.value().name(), "li" | "tr" | "dt" | "dd" | "dl");
    outwards(block).take(5).find(is_row).is_some_and(holds_headline)
}

/// Whether the date stands in a block that lists another article.
fn is_beside_headline(block: ElementRef) -> bool {
    outwards(block).take(2).any(holds_headline)
}

fn holds_headline(element: ElementRef) -> bool {
    if brief_text(element, LONGEST_ROW).is_none() {
        return false;
    }
    let is_link = |inner: &ElementRef| inner.value().name() == "a" && inner.attr("href").is_some();
    elements(element, |_| false).filter(is_link).any(|link| text_of(link).chars().count() >= HEADLINE)
}

/// Whether the date stands in a table's row beside other cells, whose header may name it anything.
fn is_one_cell_of_many(block: ElementRef) -> bool {
    let row = outwards(block).take(5).find(|outer| outer.value().name() == "tr");
    let is_filled = |cell: &ElementRef| brief_text(*cell, LONGEST_ROW).is_none_or(|text| !text.is_empty());
    row.is_some_and(|row| row.child_elements().filter(is_filled).count() > 1)
}

/// The element and those around it, from the inside out.
fn outwards(element: ElementRef) -> impl Iterator<Item = ElementRef> {
    std::iter::once(element).chain(around(element))
}

/// The text of an element that has no more of it than so many characters.
fn brief_text(element: ElementRef, most: usize) -> Option<String> {
    let mut joined = String::new();
    for (seen, node) in walk(element, is_silent).enumerate() {
        if seen > MOST_NODES {
            return None;
        }
        if let Node::Text(text) = node.value() {
            append(&mut joined, &collapsed(text));
        }
        if joined.chars().count() > most {
            return None;
        }
    }
    Some(joined)
}
