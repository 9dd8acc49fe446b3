//! Gathers the posts of an answer.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::post::{Post, Posts};
use super::refusal::Refusal;
use crate::extract::dates::read_date;
use crate::extract::sighting::{DateKind, Found, RowError, Sighting, UndatedRow};
use crate::extract::words::{clipped, collapsed};

/// One item of an answer, not yet dated.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) title: String,
    /// Empty where the item has none.
    pub(super) url: String,
    /// The date as it stands there.
    pub(super) stamp: Option<String>,
    pub(super) is_pinned: bool,
    pub(super) is_original: Option<bool>,
}

/// Posts, as they are met.
#[derive(Debug)]
pub(super) struct Gathering {
    seen_at: DateTime<Utc>,
    zone: Tz,
    posts: Vec<Post>,
    undated: Vec<UndatedRow>,
    account: Option<String>,
}

impl Gathering {
    pub(super) fn new(seen_at: DateTime<Utc>, zone: Tz) -> Self {
        Self { seen_at, zone, posts: Vec::new(), undated: Vec::new(), account: None }
    }

    /// What the account calls itself, by whatever says it first.
    pub(super) fn name_account(&mut self, name: Option<&str>) {
        let name = name.map(collapsed).filter(|name| !name.is_empty());
        self.account = self.account.take().or(name);
    }

    /// Takes an item whose date is one of publication, in a field of the answer.
    pub(super) fn add(&mut self, item: Item) {
        self.add_found(item, Found::Json, DateKind::Published);
    }

    pub(super) fn add_found(&mut self, item: Item, found: Found, kind: DateKind) {
        let Item { title, url, stamp, is_pinned, is_original } = item;
        let date = stamp.as_deref().ok_or(RowError::Missing);
        match date.and_then(|stamp| read_date(stamp, self.seen_at, self.zone)) {
            Ok(read) => {
                let raw_date = clipped(collapsed(&stamp.unwrap_or_default()));
                let (date, sureness) = (read.date, read.sureness);
                let sighting = Sighting { title, url, date, raw_date, found, kind, sureness };
                self.posts.push(Post { sighting, is_pinned, is_original });
            }
            Err(why) => self.undated.push(UndatedRow { title, url, why }),
        }
    }

    /// The posts, if they tell anything.
    pub(super) fn finish(self) -> Result<Posts, Refusal> {
        let Self { posts, undated, account, .. } = self;
        match undated.first() {
            None if posts.is_empty() => Err(Refusal::NoPosts),
            Some(first) if posts.is_empty() => Err(Refusal::NoDates(first.why.to_string())),
            _ if posts.iter().all(|post| post.is_pinned) => Err(Refusal::OnlyPinned),
            _ => Ok(Posts { posts, undated, account }),
        }
    }
}
