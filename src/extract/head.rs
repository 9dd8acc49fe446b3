//! Reads what a page says of itself (`meta`, `title`, canonical link) out of its text, without a document tree.

use super::tags::{Tag, tags, unescaped};
use super::words::collapsed;

/// What a page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    metas: Vec<Meta>,
    /// The text of `title`, white space collapsed.
    pub(super) title: String,
    /// The address of the canonical link, as written.
    pub(super) canonical: Option<String>,
}

/// A `meta` element with its `name` or `http-equiv`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Meta {
    name: String,
    content: String,
}

impl Head {
    pub(super) fn of(text: &str) -> Self {
        let mut head = Self::default();
        for tag in tags(text) {
            if tag.is("meta") {
                head.metas.extend(meta(tag));
            } else if tag.is("title") && head.title.is_empty() {
                head.title = collapsed(&unescaped(tag.inner()));
            } else if tag.is("link") && is_canonical(tag) && head.canonical.is_none() {
                head.canonical = tag.attribute("href").map(unescaped);
            }
        }
        head
    }

    /// The contents of all `meta` elements of a name, in any case.
    pub(super) fn contents<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        let named = self.metas.iter().filter(move |meta| meta.name.eq_ignore_ascii_case(name));
        named.map(|meta| meta.content.as_str())
    }

    /// The first of them that is not blank: templates repeat elements and fill in only some.
    pub(super) fn content<'h>(&'h self, name: &'h str) -> Option<&'h str> {
        self.contents(name).find(|content| !content.is_empty())
    }
}

fn meta(tag: Tag) -> Option<Meta> {
    let name = tag.attribute("name").or_else(|| tag.attribute("http-equiv"))?;
    let content = tag.attribute("content").map(unescaped).unwrap_or_default();
    Some(Meta { name: collapsed(name), content: collapsed(&content) })
}

fn is_canonical(tag: Tag) -> bool {
    tag.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glued_quoted_and_repeated_elements_are_read() {
        let head = Head::of(
            "<META Name='ColumnName' Content=''><meta name=\"columnname\"content=\"通知&amp;公告\">\
             <meta content=a name=ColumnName><title>\n通知 -\n某局</title><title>x</title><link rel=Canonical href=/a/>",
        );
        assert_eq!(head.content("columnName"), Some("通知&公告"));
        assert_eq!(head.contents("COLUMNNAME").collect::<Vec<_>>(), ["", "通知&公告", "a"]);
        assert_eq!((head.title.as_str(), head.canonical.as_deref()), ("通知 - 某局", Some("/a/")));
    }

    #[test]
    fn elements_in_comments_do_not_count() {
        assert_eq!(Head::of("<!-- <meta name=a content=b><title>x</title> -->"), Head::default());
    }
}
