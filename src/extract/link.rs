//! Resolves the addresses of a page's links.

use scraper::{Html, Selector};
use url::Url;

use super::page::Page;

/// What relative addresses of a page are relative to.
#[derive(Debug, Clone)]
pub(super) struct Base(Url);

impl Base {
    /// The page's own address, or what its `<base href>` makes of it.
    pub(super) fn of(page: &Page, html: &Html) -> Self {
        let selector = Selector::parse("base[href]").expect("a constant selector parses");
        let href = html.select(&selector).next().and_then(|base| base.attr("href"));
        Self(href.and_then(|href| page.url.join(href.trim()).ok()).unwrap_or_else(|| page.url.clone()))
    }

    /// The page's own address, for documents that cannot say otherwise.
    pub(super) fn address_of(page: &Page) -> Self {
        Self(page.url.clone())
    }

    /// The absolute address, or nothing where the link leads to no other document (`javascript:`, `#`, `mailto:`).
    pub(super) fn resolve(&self, href: &str) -> String {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return String::new();
        }
        match self.0.join(href) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.into(),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(html: &str) -> Base {
        let url = Url::parse("https://www.example.gov.cn/a/b/index.html").unwrap();
        Base::of(
            &Page { drawing: None, url, content_type: None, body: Vec::new() },
            &Html::parse_document(html),
        )
    }

    #[test]
    fn links_are_resolved_against_the_page() {
        let base = base("");
        assert_eq!(base.resolve("../c/1.html"), "https://www.example.gov.cn/a/c/1.html");
        assert_eq!(base.resolve("//m.example.cn/1"), "https://m.example.cn/1");
        assert_eq!(base.resolve(" /1.html\n"), "https://www.example.gov.cn/1.html");
    }

    #[test]
    fn a_base_element_is_respected() {
        assert_eq!(base("<base href='/x/'>").resolve("1.html"), "https://www.example.gov.cn/x/1.html");
    }

    #[test]
    fn a_link_that_leads_nowhere_has_no_address() {
        for href in ["javascript:void(0)", "JavaScript:open(1)", "#", "", "#top", "mailto:a@b.cn", "http://"]
        {
            assert_eq!(base("").resolve(href), "", "{href}");
        }
    }
}
