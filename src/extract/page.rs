//! What extraction is given: fetched bytes and what is known about them.

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
