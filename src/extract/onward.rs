//! Makes the request to which a page leads, if it stays where it is allowed to.

use url::Url;

use super::page::Page;
use super::sighting::{ExtractError, Extracted, Leads, Onward};

/// Leads to the rows of a shell.
///
/// # Errors
///
/// [`ExtractError::LeadsAway`] if the address is not on the page's own host: a page must not be able to send its
/// watcher anywhere it likes.
pub(super) fn to_data(page: &Page, url: Url, form: Option<String>) -> Result<Extracted, ExtractError> {
    let is_web = matches!(url.scheme(), "http" | "https");
    if !is_web || url.host_str() != page.url.host_str() || url.port() != page.url.port() {
        return Err(ExtractError::LeadsAway { url: url.into() });
    }
    Ok(Extracted::Onward(Onward { url, form, why: Leads::Data }))
}

/// An address on the page's host, made of its own and a path (with query) in it.
pub(super) fn address(page: &Page, path: &str) -> Result<Url, ExtractError> {
    let mut url = page.url.join(path).map_err(|_| ExtractError::LeadsAway { url: path.to_owned() })?;
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(path: &str) -> Result<Extracted, ExtractError> {
        let url = "https://www.example.gov.cn/col/1/index.html#7".parse().unwrap();
        let page = Page { drawing: None, url, content_type: None, body: Vec::new() };
        to_data(&page, address(&page, path)?, None)
    }

    #[test]
    fn a_page_leads_to_its_own_host_only() {
        let Ok(Extracted::Onward(onward)) = lead("/api?page=1") else { panic!("does not lead on") };
        assert_eq!(onward.url.as_str(), "https://www.example.gov.cn/api?page=1");
        for elsewhere in [
            "//evil.example/api",
            "https://example.gov.cn/api",
            "https://www.example.gov.cn:8443/api",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            assert!(matches!(lead(elsewhere), Err(ExtractError::LeadsAway { .. })), "{elsewhere}");
        }
    }
}
