//! Tells articles that have a page of their own from papers to download.

use url::Url;

/// What does not open as a page.
const DOCUMENTS: [&str; 12] =
    ["pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "zip", "rar", "ofd"];

/// Whether what an item leads to opens as a page, by its address.
pub fn opens_as_page(url: &Url) -> bool {
    let ending = url.path().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    !ending.is_some_and(|ending| DOCUMENTS.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_to_download_is_no_page() {
        let opens = |path: &str| opens_as_page(&format!("https://a.example{path}").parse().unwrap());
        assert!(opens("/t20260901_1.html") && opens("/show/12") && opens("/a.pdf/"));
        assert!(!opens("/P0201.PDF") && !opens("/a.b.docx?x=1"));
    }
}
