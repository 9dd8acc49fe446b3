//! Which links a walk follows, and in which order.

use std::collections::{BTreeSet, VecDeque};

use url::Url;

use super::address::{Place, first_page_of, is_above, leads_to_a_page, looks_like_an_article, place_of};
use crate::extract::SignLink;
use crate::schedule::HostKey;

/// How far a walk goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Pages that are asked for, at most.
    pub(crate) pages: usize,
    /// Links from the start to any page, at most.
    pub(crate) depth: usize,
}

/// A page to visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) url: Url,
    /// What the links and headings that led here are called, from the start on.
    pub(super) path: Vec<String>,
    /// How many links it is away from the start.
    pub(super) depth: usize,
}

/// What is still to be visited, nearest first.
#[derive(Debug)]
pub(super) struct Frontier {
    start: Url,
    limits: Limits,
    queue: VecDeque<Stop>,
    /// Everything that was ever queued, and what is known to be an article.
    known: BTreeSet<Place>,
    /// What lies deeper than the walk goes.
    beyond: BTreeSet<Place>,
    visited: usize,
}

/// What links to other pages of the same list are called.
const PAGERS: [&str; 8] = ["上一页", "下一页", "上页", "下页", "末页", "尾页", "首页", "更多"];

impl Frontier {
    /// A walk that begins at `start`.
    pub(super) fn new(start: &Url, limits: Limits) -> Self {
        let stop = Stop { url: start.clone(), path: Vec::new(), depth: 0 };
        let known = BTreeSet::from([place_of(start)]);
        Self {
            start: start.clone(),
            limits,
            queue: VecDeque::from([stop]),
            known,
            beyond: BTreeSet::new(),
            visited: 0,
        }
    }

    /// The next page, while the limit allows one more.
    pub(super) fn next(&mut self) -> Option<Stop> {
        if self.visited >= self.limits.pages {
            return None;
        }
        let stop = self.queue.pop_front()?;
        self.visited += 1;
        Some(stop)
    }

    /// Takes back a page that was not visited after all.
    pub(super) fn put_back(&mut self, stop: Stop) {
        self.visited -= 1;
        self.queue.push_front(stop);
    }

    /// How many pages are known and have not been given out.
    pub(super) fn left(&self) -> usize {
        self.queue.len() + self.beyond.difference(&self.known).count()
    }

    /// Never visits an address, which is that of an article.
    pub(super) fn rule_out(&mut self, url: &Url) {
        let place = place_of(url);
        self.queue.retain(|stop| place_of(&stop.url) != place);
        self.known.insert(place);
    }

    /// Remembers where a page turned out to be. `false` if that place was known under another address.
    pub(super) fn arrived(&mut self, stop: &Stop, url: &Url) -> bool {
        place_of(&stop.url) == place_of(url) || self.known.insert(place_of(url))
    }

    /// Queues those links of a page that are worth following.
    pub(super) fn meet(&mut self, from: &Stop, links: &[SignLink]) {
        for link in links {
            let url = first_page_of(&link.url);
            if !self.is_worth_following(&url, &link.name) {
                continue;
            }
            if from.depth >= self.limits.depth {
                self.beyond.insert(place_of(&url));
            } else if self.known.insert(place_of(&url)) {
                let path = path_of(from, link);
                self.queue.push_back(Stop { url, path, depth: from.depth + 1 });
            }
        }
    }

    fn is_worth_following(&self, url: &Url, name: &str) -> bool {
        HostKey::of(url) == HostKey::of(&self.start)
            && leads_to_a_page(url)
            && !looks_like_an_article(url)
            && !is_above(url, &self.start)
            && !PAGERS.contains(&name)
            && !is_page_number(name)
    }
}

/// The levels to a link: those of its page, the headings it stands under, its own name.
fn path_of(from: &Stop, link: &SignLink) -> Vec<String> {
    let mut path = from.path.clone();
    for level in link.above.iter().chain(Some(&link.name)) {
        if !level.is_empty() && path.last() != Some(level) {
            path.push(level.clone());
        }
    }
    path
}

fn is_page_number(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Url {
        Url::parse("https://www.example.gov.cn").unwrap().join(path).unwrap()
    }

    fn link(path: &str, name: &str, above: &[&str]) -> SignLink {
        let above = above.iter().map(|level| (*level).to_owned()).collect();
        SignLink { url: at(path), name: name.to_owned(), above }
    }

    fn frontier(pages: usize, depth: usize) -> (Frontier, Stop) {
        let mut frontier = Frontier::new(&at("/open/7/index.html"), Limits { pages, depth });
        let start = frontier.next().unwrap();
        (frontier, start)
    }

    #[test]
    fn only_the_units_own_lists_are_followed_and_each_once() {
        let (mut frontier, start) = frontier(9, 3);
        let links = [
            link("/open/7/1/page_1.html", "动态", &[]),
            link("/open/7/1/page_2.html", "2", &[]),
            link("/open/7/1/page_3.html", "动态", &[]),
            link("/open/7/2/page_4.html", "公告", &["政务公开"]),
            link("/open/7/3/page_1.html", "下一页", &[]),
            link("/open/7/index.html", "本页", &[]),
            link("/open/index.html", "公开首页", &[]),
            link("/open/7/a.pdf", "附件", &[]),
            link("/open/show/123.html", "关于", &[]),
            link("https://www.other.example/x/", "县政府", &[]),
            link("http://www.example.gov.cn:8080/x/", "旧站", &[]),
        ];
        frontier.meet(&start, &links);
        let first = frontier.next().unwrap();
        let second = frontier.next().unwrap();
        assert_eq!((first.url, first.path), (at("/open/7/1/page_1.html"), vec!["动态".to_owned()]));
        assert_eq!(second.url, at("/open/7/2/page_1.html"));
        assert_eq!(second.path, ["政务公开", "公告"]);
        assert_eq!(frontier.next(), None);
    }

    #[test]
    fn the_walk_ends_at_its_limits() {
        let (mut frontier, start) = frontier(2, 1);
        frontier.meet(&start, &[link("/a/", "甲", &[]), link("/b/", "乙", &[])]);
        let first = frontier.next().unwrap();
        frontier.meet(&first, &[link("/c/", "丙", &[])]);
        // 乙 by the number of pages, 丙 by the depth.
        assert_eq!((frontier.next(), frontier.left()), (None, 2));
        frontier.put_back(first);
        assert_eq!(frontier.next().unwrap().path, ["甲"]);
    }

    #[test]
    fn what_a_list_holds_is_not_visited_even_if_a_menu_names_it() {
        let (mut frontier, start) = frontier(9, 3);
        frontier.meet(&start, &[link("/x/notice.html", "通告", &[]), link("/y/", "丁", &[])]);
        frontier.rule_out(&at("/x/notice.html"));
        assert_eq!(frontier.next().unwrap().url, at("/y/"));
        frontier.meet(&start, &[link("/x/notice.html", "通告", &[])]);
        assert_eq!(frontier.next(), None);
    }

    #[test]
    fn a_page_that_redirects_to_a_known_place_is_not_that_place_again() {
        let (mut frontier, start) = frontier(9, 3);
        frontier.meet(&start, &[link("/a/", "甲", &[]), link("/old/", "旧", &[])]);
        let (_, old) = (frontier.next(), frontier.next().unwrap());
        assert!(!frontier.arrived(&old, &at("/a/index.html")));
        assert!(frontier.arrived(&old, &at("/new/")));
    }
}
