//! A feed that a bridge or the account's owner offers.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::answer::Answer;
use super::post::{Post, Posts};
use super::refusal::Refusal;
use crate::extract::feed::read_feed;
use crate::extract::sighting::{ExtractError, Listing, Sighting};
use crate::extract::words::clipped;

/// How bridges mark posts that are kept on top.
const PINNED: [&str; 3] = ["[置顶]", "【置顶】", "置顶|"];

/// Reads RSS, Atom or JSON Feed. A feed without items is no blank account: bridges answer so when they are cut off.
///
/// # Errors
/// Any refusal that a feed can stand for.
pub fn read_rss(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    answer.is_in_order()?;
    if answer.text().trim().is_empty() {
        return Err(Refusal::EmptyBody);
    }
    let (sightings, undated) = match read_feed(&answer.page, seen_at, zone) {
        Ok(Listing::Items { sightings, undated }) => (sightings, undated),
        Ok(Listing::Empty) | Err(ExtractError::NoRows) => return Err(Refusal::NoPosts),
        Err(ExtractError::NoDates { first, .. }) => return Err(Refusal::NoDates(first.to_string())),
        Err(_) if answer.wants_a_person() => return Err(Refusal::Captcha),
        Err(error) => return Err(Refusal::NotUnderstood(clipped(error.to_string()))),
    };
    let posts: Vec<Post> = sightings.into_iter().map(post).collect();
    if posts.iter().all(|post| post.is_pinned) {
        return Err(Refusal::OnlyPinned);
    }
    Ok(Posts { posts, undated, account: None })
}

fn post(sighting: Sighting) -> Post {
    let is_pinned = is_marked_pinned(&sighting.title);
    Post { sighting, is_pinned, is_original: None }
}

/// Whether a bridge has marked an item as one that is kept on top.
pub fn is_marked_pinned(title: &str) -> bool {
    PINNED.iter().any(|mark| title.starts_with(mark))
}
