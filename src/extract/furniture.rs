//! Knows by their class and id words the parts of a page that stand beside what it is for.

/// Words of what is beside lists and articles alike, each whole. Parts of words would hit real lists: `xxgk_nav_list` and
/// `navjz` are such.
const BESIDE: [&str; 19] = [
    "foot",
    "footer",
    "copyright",
    "crumb",
    "crumbs",
    "breadcrumb",
    "pagination",
    "pager",
    "paging",
    "weather",
    "clock",
    "sidebar",
    "hot",
    "rank",
    "related",
    "recommend",
    "tuijian",
    "friendlink",
    "links",
];

/// What is beside a list only: around an article, a menu may be all that says where it is.
const BESIDE_LISTS: [&str; 8] = ["nav", "navbar", "menu", "header", "aside", "ranking", "remen", "calendar"];

/// What is beside an article only: some sites call the rows of their lists comments.
const BESIDE_ARTICLES: [&str; 2] = ["comment", "comments"];

/// Whether a class or id word is that of something beside the lists of a page.
pub(super) fn is_beside_lists(word: &str) -> bool {
    is_one_of(&BESIDE, word) || is_one_of(&BESIDE_LISTS, word)
}

/// Whether a class or id word is that of something beside a page's article.
pub(super) fn is_beside_articles(word: &str) -> bool {
    is_one_of(&BESIDE, word) || is_one_of(&BESIDE_ARTICLES, word)
}

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_whole_and_in_any_case() {
        assert!(is_beside_lists("Footer") && is_beside_articles("footer"));
        assert!(!is_beside_lists("xxgk_nav_list") && !is_beside_articles("hotline"));
        assert!(is_beside_lists("nav") && !is_beside_articles("nav"));
        assert!(is_beside_articles("comments") && !is_beside_lists("comments"));
    }
}
