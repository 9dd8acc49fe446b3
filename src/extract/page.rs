//! What extraction is given: fetched bytes and what is known about them.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::charset::decode;

/// A fetched document, as it came.
#[derive(Debug, Clone)]
pub struct Page {
    /// The address the bytes came from, after redirects. Relative links are resolved against it.
    pub url: url::Url,
    /// The `Content-Type` header, if the server sent one.
    pub content_type: Option<String>,
    /// The body after transfer and content decoding; charset decoding is extraction's work.
    pub body: Vec<u8>,
    /// What is known of how a browser drew it; nothing where the body is what a server sent.
    pub drawing: Option<Box<Drawing>>,
}

/// How a browser came from the document that was sent to the one that it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The text of the document as it was sent.
    pub sent: String,
    /// Whether an answer to its scripts says that there is nothing: data with lists, all of them empty.
    pub had_empty_data: bool,
    /// What went wrong, if something did: a script or data that did not come, a script that broke off. Whatever the page
    /// does not show may then only have failed to appear.
    pub trouble: Option<String>,
    /// The first data, among it, for which a host was asked that may be asked: rows may be missing among those that are there.
    pub missing: Option<String>,
}

/// A page with its text, which is decoded when it is first asked for, and once.
#[derive(Debug)]
pub(super) struct Decoded<'p> {
    pub(super) page: &'p Page,
    text: OnceCell<Cow<'p, str>>,
}

impl<'p> Decoded<'p> {
    pub(super) fn of(page: &'p Page) -> Self {
        Self { page, text: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| decode(&self.page.body, self.page.content_type.as_deref()))
    }
}
