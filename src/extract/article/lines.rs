//! Cuts an article's page into the lines that a reader sees above the article's own text, in it and below it.
//!
//! Links are left out, since their words are other articles' headlines, and so is the furniture of the page.

use std::cell::Cell;
use std::collections::HashMap;

use scraper::{ElementRef, Html, Node};

use super::super::furniture::is_beside_articles;
use super::super::walk::{NodeRef, around, walk};
use super::super::words::{append, collapsed, is_hidden, is_silent};
use super::body::{container, is_container};

/// One line of the page.
pub(super) struct Line<'a> {
    pub(super) text: String,
    /// The innermost block it stands in.
    pub(super) block: ElementRef<'a>,
}

/// The lines of a page.
pub(super) struct Lines<'a> {
    pub(super) above: Vec<Line<'a>>,
    pub(super) own: Own<'a>,
    pub(super) below: Vec<Line<'a>>,
}

/// The article's own text.
pub(super) enum Own<'a> {
    /// In an element known by its name.
    Container(ElementRef<'a>),
    /// Found by its long lines.
    Lines(Vec<Line<'a>>),
}

/// How many levels up a text's block is looked for.
const FARTHEST: usize = 32;

const BLOCKS: [&str; 34] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "html",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// A line of running text has at least so many characters and a mark of punctuation, or is longer still.
const RUNNING: usize = 25;
const LONG: usize = 60;

/// The lines of a page; `text` is what it was parsed from.
pub(super) fn lines<'a>(html: &'a Html, text: &str) -> Lines<'a> {
    let root = html.root_element();
    if !has_tags(text) {
        let lines = text.lines().map(|line| Line { text: collapsed(line), block: root });
        return parted_by_running_text(lines.filter(|line| !line.text.is_empty()).collect());
    }
    match container(root) {
        Some(own) => around_container(root, own),
        None => parted_by_running_text(cut(walk(root, is_outside))),
    }
}

fn has_tags(text: &str) -> bool {
    text.split('<').skip(1).any(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn around_container<'a>(root: ElementRef<'a>, own: ElementRef<'a>) -> Lines<'a> {
    let is_left_out = |element: ElementRef<'a>| {
        let is_another = is_container(element) && !own.ancestors().any(|outer| outer.id() == element.id());
        element == own || is_another || is_outside(element)
    };
    let is_past = Cell::new(false);
    let nodes = walk(root, |element| {
        is_past.set(is_past.get() || element == own);
        is_left_out(element)
    });
    let (below, above): (Vec<_>, Vec<_>) =
        nodes.map(|node| (is_past.get(), node)).partition(|(is_past, _)| *is_past);
    let cut = |part: Vec<(bool, NodeRef<'a>)>| cut(part.into_iter().map(|(_, node)| node));
    Lines { above: cut(above), own: Own::Container(own), below: cut(below) }
}

/// Puts the texts of a walk together to lines. A line ends with its block, and at every `br`.
fn cut<'a>(nodes: impl Iterator<Item = NodeRef<'a>>) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = Vec::new();
    let mut is_open = false;
    for node in nodes {
        match node.value() {
            Node::Element(element) => is_open &= !is_break(element.name()),
            Node::Text(text) => {
                let Some(block) = block_of(node) else { continue };
                match lines.last_mut() {
                    Some(line) if is_open && line.block == block => append(&mut line.text, text),
                    _ => lines.push(Line { text: text.to_string(), block }),
                }
                is_open = true;
            }
            _ => {}
        }
    }
    for line in &mut lines {
        line.text = collapsed(&line.text);
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn is_break(name: &str) -> bool {
    name == "br" || BLOCKS.contains(&name)
}

fn block_of(text: NodeRef) -> Option<ElementRef> {
    let mut outer = text.ancestors().take(FARTHEST).filter_map(ElementRef::wrap);
    outer.find(|element| BLOCKS.contains(&element.value().name()))
}

fn is_outside(element: ElementRef) -> bool {
    let name = element.value().name();
    is_silent(element)
        || is_hidden(element)
        || matches!(name, "nav" | "aside" | "footer")
        || (name == "a" && element.attr("href").is_some())
        || (!matches!(name, "html" | "body") && is_furniture(element))
}

fn is_furniture(element: ElementRef) -> bool {
    words(element).any(is_beside_articles)
}

/// The element's classes and its id.
pub(super) fn words<'a>(element: ElementRef<'a>) -> impl Iterator<Item = &'a str> {
    element.value().classes().chain(element.value().id())
}

/// Takes for the article's own text what stands between the first and the last long line of the element that holds most
/// of them.
fn parted_by_running_text(mut lines: Vec<Line>) -> Lines {
    let mut lengths: HashMap<_, usize> = HashMap::new();
    for line in lines.iter().filter(|line| is_running(&line.text)) {
        *lengths.entry(holder(line).id()).or_default() += line.text.chars().count();
    }
    let longest = lengths.values().copied().max().unwrap_or_default();
    // Of two alike the first counts: a page must not be read differently each time.
    let is_own = |line: &Line| is_running(&line.text) && lengths.get(&holder(line).id()) == Some(&longest);
    let Some(first) = lines.iter().position(is_own) else {
        return Lines { above: lines, own: Own::Lines(Vec::new()), below: Vec::new() };
    };
    let of = holder(&lines[first]).id();
    let last =
        lines.iter().rposition(|line| is_running(&line.text) && holder(line).id() == of).unwrap_or(first);
    let below = lines.split_off(last + 1);
    let own = lines.split_off(first);
    Lines { above: lines, own: Own::Lines(own), below }
}

fn is_running(text: &str) -> bool {
    let length = text.chars().count();
    length >= LONG || (length >= RUNNING && text.contains(['，', '。', '；', '！', '？', ',', ';']))
}

/// The element whose lines belong together: paragraphs are kept by what is around them.
fn holder<'a>(line: &Line<'a>) -> ElementRef<'a> {
    if line.block.value().name() == "p" {
        around(line.block).next().unwrap_or(line.block)
    } else {
        line.block
    }
}
