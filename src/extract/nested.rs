//! Builds the document tree of markup whose tags nest as written, without a parser.
//!
//! A parser spends most of its time on what lists do not have: tags that are left open, misplaced or close each other. Here a
//! few plain elements are put into one another as the text has them; anything by which a parser might come to another
//! tree (another element, a row inside a row, a comment, a reference that is not plain) leaves the text to the parser.

use std::borrow::Cow;

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, TreeSink};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use scraper::{Html, HtmlTreeSink};

use super::references::{in_attribute, in_text};
use super::tokens::{Tag, Token, Tokens};

/// With it a page is read by the standard; others have names matched without regard to case.
const DOCTYPE: &str = "<!doctype html>";

/// The tree of a text that begins with the doctype of HTML; `None` where it takes a parser to tell.
pub(super) fn tree_of(text: &str) -> Option<Html> {
    let is_standard = text.get(..DOCTYPE.len())?.eq_ignore_ascii_case(DOCTYPE);
    if !is_standard || text.contains('\0') {
        return None;
    }
    let body = &text[DOCTYPE.len()..];
    let mut nest = Nest::new();
    let mut at = 0;
    for token in Tokens::of(body) {
        let token = token.ok()?;
        let (Token::Start(tag) | Token::End(tag)) = token else { return None };
        nest.text(&body[at..tag.from])?;
        at = tag.to;
        match token {
            Token::Start(tag) => nest.open(&tag)?,
            _ => nest.close(&tag)?,
        }
    }
    nest.text(&body[at..])?;
    nest.finish()
}

/// What an element is to what is put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// `div` and its like: closes an open paragraph.
    Block,
    /// Closes an open paragraph too, and lets rows begin anew inside it.
    List,
    /// `li`: closes an open `li` of the same list.
    Item,
    /// `dt`, `dd`: close each other in the same list.
    Term,
    Paragraph,
    /// A heading closes a heading.
    Heading,
    /// A link closes a link.
    Link,
    Inline,
    /// Holds nothing and has no end tag.
    Void,
}

/// What an element is, with its name as trees have it: those of common names are made beforehand.
#[rustfmt::skip]
fn sort_of(name: &str) -> Option<(Sort, LocalName)> {
    Some(match name {
        "div" => (Sort::Block, local_name!("div")),
        "section" | "article" | "main" => (Sort::Block, name.into()),
        "ul" => (Sort::List, local_name!("ul")),
        "ol" | "dl" => (Sort::List, name.into()),
        "li" => (Sort::Item, local_name!("li")),
        "dt" => (Sort::Term, local_name!("dt")),
        "dd" => (Sort::Term, local_name!("dd")),
        "p" => (Sort::Paragraph, local_name!("p")),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => (Sort::Heading, name.into()),
        "a" => (Sort::Link, local_name!("a")),
        "span" => (Sort::Inline, local_name!("span")),
        "b" | "i" | "em" | "strong" | "font" | "small" | "u" | "label" | "time" => (Sort::Inline, name.into()),
        "br" | "img" => (Sort::Void, name.into()),
        _ => return None,
    })
}

type Id = <HtmlTreeSink as TreeSink>::Handle;

/// An element that is open, and what is open around it in ways that count.
#[derive(Debug, Clone, Copy)]
struct Open<'t> {
    id: Id,
    name: &'t str,
    item: bool,
    term: bool,
    paragraph: bool,
    heading: bool,
    link: bool,
}

impl Open<'_> {
    /// Whether an element of this sort is put inside by a parser too.
    fn takes(&self, sort: Sort) -> bool {
        match sort {
            Sort::Block | Sort::List | Sort::Paragraph => !self.paragraph,
            Sort::Item => !self.paragraph && !self.item,
            Sort::Term => !self.paragraph && !self.term,
            Sort::Heading => !self.paragraph && !self.heading,
            Sort::Link => !self.link,
            Sort::Inline | Sort::Void => true,
        }
    }
}

/// The tree under way.
struct Nest<'t> {
    sink: HtmlTreeSink,
    open: Vec<Open<'t>>,
    body: Open<'t>,
}

impl<'t> Nest<'t> {
    fn new() -> Self {
        let sink = HtmlTreeSink::new(Html::new_document());
        sink.append_doctype_to_document("html".into(), StrTendril::new(), StrTendril::new());
        let document = sink.get_document();
        let html = put(&sink, &document, local_name!("html"), Vec::new());
        put(&sink, &html, local_name!("head"), Vec::new());
        let id = put(&sink, &html, local_name!("body"), Vec::new());
        let body = Open {
            id,
            name: "body",
            item: false,
            term: false,
            paragraph: false,
            heading: false,
            link: false,
        };
        Self { sink, open: Vec::new(), body }
    }

    fn around(&self) -> &Open<'t> {
        self.open.last().unwrap_or(&self.body)
    }

    fn text(&mut self, text: &str) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        // Text outside all lists is what a parser begins the body with, or does not.
        if self.open.is_empty() || text.contains('<') {
            return None;
        }
        let text = in_text(text)?;
        let text = NodeOrText::AppendText(StrTendril::from_slice(&with_plain_ends_of_lines(&text)));
        self.sink.append(&self.around().id, text);
        Some(())
    }

    fn open(&mut self, tag: &Tag<'t>) -> Option<()> {
        let (sort, name) = sort_of(tag.name)?;
        let around = *self.around();
        if !around.takes(sort) || (self.open.is_empty() && !matches!(sort, Sort::Block | Sort::List)) {
            return None;
        }
        let id = put(&self.sink, &around.id, name, attributes_of(tag)?);
        if sort != Sort::Void {
            let is_list = sort == Sort::List;
            self.open.push(Open {
                id,
                name: tag.name,
                item: sort == Sort::Item || (around.item && !is_list),
                term: sort == Sort::Term || (around.term && !is_list),
                paragraph: around.paragraph || sort == Sort::Paragraph,
                heading: around.heading || sort == Sort::Heading,
                link: around.link || sort == Sort::Link,
            });
        }
        Some(())
    }

    fn close(&mut self, tag: &Tag<'t>) -> Option<()> {
        self.open.pop().filter(|open| open.name == tag.name).map(|_| ())
    }

    fn finish(self) -> Option<Html> {
        self.open.is_empty().then(|| self.sink.finish())
    }
}

fn put(sink: &HtmlTreeSink, parent: &Id, name: LocalName, attributes: Vec<Attribute>) -> Id {
    let name = QualName::new(None, ns!(html), name);
    let id = sink.create_element(name, attributes, ElementFlags::default());
    sink.append(parent, NodeOrText::AppendNode(id));
    id
}

/// An attribute that comes twice counts as it came first.
fn attributes_of(tag: &Tag) -> Option<Vec<Attribute>> {
    let mut attributes: Vec<Attribute> = Vec::new();
    for (name, value) in tag.attributes() {
        let name = name_of_attribute(name);
        if attributes.iter().any(|attribute| attribute.name.local == name) {
            continue;
        }
        let value = StrTendril::from_slice(&with_plain_ends_of_lines(&in_attribute(value)?));
        attributes.push(Attribute { name: QualName::new(None, ns!(), name), value });
    }
    Some(attributes)
}

fn name_of_attribute(name: &str) -> LocalName {
    match name {
        "class" => local_name!("class"),
        "href" => local_name!("href"),
        "id" => local_name!("id"),
        "target" => local_name!("target"),
        "title" => local_name!("title"),
        _ => name.to_ascii_lowercase().into(),
    }
}

fn with_plain_ends_of_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        return text.replace("\r\n", "\n").replace('\r', "\n").into();
    }
    text.into()
}

#[cfg(test)]
mod tests;
