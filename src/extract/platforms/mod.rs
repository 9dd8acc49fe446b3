//! Reads what platforms, app shops and bridges answer about one account.
//!
//! Each reader turns an [`Answer`] into [`Posts`], or into a [`Refusal`] that says why nothing is known and what to do about
//! it. Platforms refuse in many ways, most of them with status 200: by a code, by a login page, by nothing at all. None of
//! that, nor an answer in order that shows no post, says anything about the account's age, so all of it is a [`Refusal`].
//! [`Posts`] hold at least one dated post that is not pinned.
//!
//! Only an item's own date counts: what a feed says of itself is when a bridge last ran. Post by post, the answer's order
//! means nothing.

mod answer;
mod douyin;
mod gathering;
mod grant;
mod huawei;
mod itunes;
mod post;
mod refusal;
mod rss;
#[cfg(test)]
mod tests;
mod wechat_api;
mod wechat_article;
mod wechat_backend;
mod wechat_menu;
mod weibo;
mod yyb;

pub use answer::Answer;
pub use douyin::read_douyin;
pub use grant::{Grant, read_douyin_grant, read_wechat_grant};
pub use huawei::read_huawei;
pub use itunes::read_itunes;
pub use post::{Post, Posts};
pub use refusal::Refusal;
pub use rss::{is_marked_pinned, read_rss};
pub use wechat_api::read_wechat_api;
pub use wechat_article::read_wechat_article;
pub use wechat_backend::read_wechat_backend;
pub use wechat_menu::{Menu, MenuEntry, read_wechat_menu};
pub use weibo::read_weibo;
pub use yyb::read_yyb;
