//! What an answer shows of an account: its posts.

use serde::{Deserialize, Serialize};

use crate::extract::sighting::{Listing, Sighting, UndatedRow};

/// One dated post: a message, an article, a video, or a release of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its title, address and date.
    pub sighting: Sighting,
    /// Whether it is kept on top (置顶), out of its order.
    pub is_pinned: bool,
    /// Whether it counts as the account's own: on 微博 what is not passed on, at 公众号 what is marked 原创. `None` where the way
    /// does not say.
    pub is_original: Option<bool>,
}

/// The posts of one answer: at least one of them is dated and not pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posts {
    /// The dated posts, in the order of the answer.
    pub posts: Vec<Post>,
    /// Posts without a usable date: any of them may be newer than all others.
    pub undated: Vec<UndatedRow>,
    /// What the account calls itself; `None` where the way does not say.
    pub account: Option<String>,
}

impl Posts {
    /// The newest post. A pinned one is shown whatever follows it, so it only counts where it is newer than all posts that
    /// are not pinned.
    pub fn newest(&self) -> Option<&Post> {
        let newest = |is_pinned: bool| {
            let posts = self.posts.iter().filter(move |post| post.is_pinned == is_pinned);
            posts.max_by_key(|post| post.sighting.date)
        };
        let in_order = newest(false)?;
        newest(true).filter(|pinned| pinned.sighting.date > in_order.sighting.date).or(Some(in_order))
    }

    /// The posts as the list of a page.
    pub fn into_listing(self) -> Listing {
        let sightings = self.posts.into_iter().map(|post| post.sighting).collect();
        Listing::Items { sightings, undated: self.undated }
    }
}
