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
