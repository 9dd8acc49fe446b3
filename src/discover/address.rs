//! What an address says by itself: the same place as another, a later page of a list, an article, a file.

use url::Url;

/// A place on a site: equal for all addresses of the first and later pages of one list, with or without `index.html`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(String);

/// Names of query parameters that count pages.
const PAGE_PARAMETERS: [&str; 7] = ["pageindex", "pagenum", "pageno", "page", "curpage", "currpage", "pn"];
/// Endings of addresses that lead to pages; none is one too.
const PAGES: [&str; 12] =
    ["html", "htm", "shtml", "shtm", "xhtml", "jsp", "jspx", "php", "asp", "aspx", "do", "action"];
/// Path segments that stand before an article's number.
const BEFORE_ARTICLES: [&str; 5] = ["show", "art", "article", "detail", "info"];

/// The place that an address leads to.
pub(super) fn place_of(url: &Url) -> Place {
    let first = first_page_of(url);
    let path = first.path();
    let path = match path.rsplit_once('/') {
        Some((directory, file)) if stem(file) == "index" || stem(file) == "default" => directory,
        _ => path.trim_end_matches('/'),
    };
    let host = first.host_str().unwrap_or_default().to_ascii_lowercase();
    let port = first.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = first.query().map(|query| format!("?{query}")).unwrap_or_default();
    Place(format!("{host}{port}{path}{query}"))
}

/// The address of the first page of the list that an address is a page of; other addresses as they are.
pub(super) fn first_page_of(url: &Url) -> Url {
    let mut first = url.clone();
    first.set_fragment(None);
    if let Some((directory, file)) = url.path().rsplit_once('/') {
        let ending = file.strip_prefix(stem(file)).unwrap_or_default();
        match stem(file).rsplit_once('_') {
            Some(("page", number)) if is_number(number) => {
                first.set_path(&format!("{directory}/page_1{ending}"));
            }
            Some(("index", number)) if is_number(number) => {
                first.set_path(&format!("{directory}/index{ending}"));
            }
            _ => {}
        }
    }
    let counts_pages = |name: &str| PAGE_PARAMETERS.contains(&name.to_ascii_lowercase().as_str());
    if url.query_pairs().any(|(name, _)| counts_pages(&name)) {
        let others: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| !counts_pages(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        first.set_query(None);
        if !others.is_empty() {
            first.query_pairs_mut().extend_pairs(others);
        }
    }
    first
}

/// Whether an address leads to a page and not to a file of another kind.
pub(super) fn leads_to_a_page(url: &Url) -> bool {
    let file = url.path().rsplit('/').next().unwrap_or_default();
    match file.rsplit_once('.') {
        Some((_, ending)) => PAGES.contains(&ending.to_ascii_lowercase().as_str()),
        None => true,
    }
}

/// Whether an address is of the kind that content systems give to articles.
pub(super) fn looks_like_an_article(url: &Url) -> bool {
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let Some((file, directories)) = segments.split_last() else { return false };
    let stem = stem(file);
    // TRS: t20260716_1234567; Hanweb: art_12_34567 below a date; UCAP: content_1234567 and post_1234567.
    let is_dated = stem.strip_prefix('t').is_some_and(|rest| is_number(rest.get(..8).unwrap_or_default()));
    let is_numbered = ["art_", "content_", "post_"].iter().any(|start| stem.starts_with(start));
    let is_below_a_date = directories.windows(2).any(|pair| is_year(pair[0]) && is_month(pair[1]));
    let is_shown = is_number(stem) && directories.last().is_some_and(|last| BEFORE_ARTICLES.contains(last));
    is_dated || is_numbered || is_below_a_date || is_shown || stem == "content"
}

/// Whether an address lies above the page that a walk began at: where it would leave the unit's part of the site.
pub(super) fn is_above(url: &Url, start: &Url) -> bool {
    let (directory, of_start) = (directory(url), directory(start));
    directory.len() < of_start.len() && of_start.starts_with(directory)
}

/// The address with every number in its path made alike: columns of one tree have the same shape.
pub(super) fn shape_of(url: &Url) -> String {
    let mut shape = String::new();
    for letter in first_page_of(url).path().chars() {
        if !letter.is_ascii_digit() {
            shape.push(letter);
        } else if !shape.ends_with('0') {
            shape.push('0');
        }
    }
    shape
}

fn directory(url: &Url) -> &str {
    let path = url.path();
    path.rfind('/').map_or("/", |end| &path[..=end])
}

fn stem(file: &str) -> &str {
    file.split('.').next().unwrap_or_default()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_year(segment: &str) -> bool {
    segment.len() == 4 && is_number(segment) && (segment.starts_with("19") || segment.starts_with("20"))
}

fn is_month(segment: &str) -> bool {
    segment.parse::<u32>().is_ok_and(|month| (1..=12).contains(&month))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Url {
        Url::parse("https://www.example.gov.cn").unwrap().join(path).unwrap()
    }

    #[test]
    fn all_pages_of_a_list_are_one_place() {
        for (first, others) in [
            ("/a/7/page_1.html", &["/a/7/page_2.html", "/a/7/page_10.html#x"][..]),
            ("/a/index.html", &["/a/", "/a", "/a/index_1.html", "/a/index_12.html", "/a/default.jsp"]),
            ("/l?id=3", &["/l?id=3&pageIndex=2", "/l?page=4&id=3"]),
        ] {
            for other in others {
                assert_eq!(place_of(&at(other)), place_of(&at(first)), "{other}");
            }
        }
        assert_eq!(first_page_of(&at("/a/7/page_3.html")), at("/a/7/page_1.html"));
        assert_eq!(first_page_of(&at("/a/index_3.shtml?x=1")), at("/a/index.shtml?x=1"));
    }

    #[test]
    fn other_lists_are_other_places() {
        for (one, other) in [
            ("/a/7/page_1.html", "/a/8/page_1.html"),
            ("/col/col12/index.html", "/col/col13/index.html"),
            ("/l?id=3", "/l?id=4"),
            ("/list_1.html", "/list_2.html"),
            ("/a/index.html", "/b/index.html"),
        ] {
            assert_ne!(place_of(&at(one)), place_of(&at(other)), "{one} {other}");
        }
        let other_port = Url::parse("https://www.example.gov.cn:8443/a").unwrap();
        assert_ne!(place_of(&other_port), place_of(&at("/a")));
    }

    #[test]
    fn articles_are_known_by_their_addresses() {
        for article in [
            "/zwgk/202607/t20260716_1234567.html",
            "/art/2026/7/3/art_12_345.html",
            "/OpennessContent/show/2625129.html",
            "/n1/n2/c12345/content.html",
            "/zwgk/content/post_123.html",
            "/2026/09/15/abc.html",
        ] {
            assert!(looks_like_an_article(&at(article)), "{article}");
        }
        for column in [
            "/",
            "/zwgk/tzgg/",
            "/col/col12/index.html",
            "/OpennessContent/showList/10339/283801/page_1.html",
            "/content/column/6795621?pageIndex=1",
            "/public/column/12?type=4",
            "/2026/",
        ] {
            assert!(!looks_like_an_article(&at(column)), "{column}");
        }
    }

    #[test]
    fn files_are_no_pages() {
        for page in ["/", "/a/", "/a", "/a.html", "/a/list.JSP?x=1"] {
            assert!(leads_to_a_page(&at(page)), "{page}");
        }
        for file in ["/a.pdf", "/a/b.DOCX", "/x.tar.gz", "/rss.xml"] {
            assert!(!leads_to_a_page(&at(file)), "{file}");
        }
    }

    #[test]
    fn a_walk_does_not_climb_above_where_it_began() {
        let start = at("/open/branch/7/index.html");
        for above in ["/", "/index.html", "/open/index.html", "/open/branch/"] {
            assert!(is_above(&at(above), &start), "{above}");
        }
        for beside in ["/open/list/7/1/page_1.html", "/open/branch/7/x.html", "/open/branch/8/"] {
            assert!(!is_above(&at(beside), &start), "{beside}");
        }
        assert!(!is_above(&at("/"), &at("/index.html")));
    }

    #[test]
    fn columns_of_one_tree_have_one_shape() {
        assert_eq!(shape_of(&at("/o/list/10/283/page_1.html")), shape_of(&at("/o/list/9/7/page_4.html")));
        assert_ne!(shape_of(&at("/o/list/10/page_1.html")), shape_of(&at("/o/list/10/3/page_1.html")));
    }
}
