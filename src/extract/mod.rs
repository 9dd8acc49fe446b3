//! Reads dated items out of fetched pages, answers and feeds.
//!
//! An [`Extractor`] is the compiled form of a rule's [`Reading`]; [`Extractor::extract`] turns the bytes of a [`Page`]
//! into a [`Listing`]: dated [`Sighting`]s, rows that could not be dated, or a list that says it is empty; or it says
//! where the list is ([`Onward`]). It is
//! synchronous, fetches nothing and never reads the clock: callers pass `seen_at`, and the county's zone.
//!
//! Every date comes from an item's own row or feed entry and is kept with the text it was read from. A date that is
//! missing, ambiguous, impossible or later than tomorrow makes an [`UndatedRow`]; it is never replaced by another.
//! A page whose rows are not found is an [`ExtractError`], which is not the same as [`Listing::Empty`]: emptiness is
//! only believed where the page says so. The error says what the page is instead (a login, a shell that a script
//! fills, a page that says it does not exist), so that somebody can mend the rule.
//!
//! Where a rule names no preset, [`Extractor::explain`] says which one's signs the page shows. Two readings that
//! contradict each other are both disbelieved. [`identity()`] tells what the page calls itself; whether that is the column
//! which the rule means is for the caller to judge.
//!
//! The order of the rows means nothing here. Pinned rows come first and may be years old, so the newest item is the
//! greatest date, which is for the caller to take.

mod article;
mod auto;
mod charset;
mod dates;
mod detect;
mod document;
mod extractor;
mod families;
mod feed;
mod fragment;
mod furniture;
mod gkmlpt;
mod head;
mod identity;
mod jcms;
mod jpaas;
mod json;
mod landing;
mod landmarks;
mod link;
mod list;
mod listing;
mod nested;
mod onward;
mod page;
mod platforms;
mod reading;
mod references;
mod region;
mod script;
mod selectors;
mod shape;
mod sighting;
mod table;
mod tags;
mod title;
mod tokens;
#[cfg(test)]
mod trial;
mod ucap;
mod undrawn;
mod unread;
mod walk;
mod words;
mod years;

/// Raised whenever the same page may be read differently than by the version before: what sources were read as then no
/// longer counts, and all are read anew.
pub const EXTRACTION: u32 = 4;

pub use article::{Article, ArticleDate, Distrust, Distrusted, opens_as_page, read_article};
pub use charset::{charset, decode};
pub use dates::{ReadDate, read_date};
pub use detect::{SignError, Signs};
pub use extractor::Extractor;
pub use families::Explained;
pub use identity::{Identity, identity};
pub use json::{JsonCondition, JsonDate, JsonFields, JsonItems, JsonRows};
pub use landmarks::{Landmarks, SignLink, read_landmarks};
pub use page::{Drawing, Page};
pub use platforms::{
    Answer, Grant, Menu, MenuEntry, Post, Posts, Refusal, is_marked_pinned, read_douyin, read_douyin_grant,
    read_huawei, read_itunes, read_rss, read_wechat_api, read_wechat_article, read_wechat_backend,
    read_wechat_grant, read_wechat_menu, read_weibo, read_yyb,
};
pub use reading::{Families, Family, FinderBounds, ListSelectors, Reading, TableHeaders};
pub use selectors::SelectorError;
pub use sighting::{
    DateKind, ExtractError, Extracted, Found, Leads, Listing, Onward, RowError, Sighting, Sureness,
    UndatedRow,
};
