//! 公众号: one article behind its permanent link.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::answer::Answer;
use super::post::{Post, Posts};
use super::refusal::Refusal;
use crate::extract::article::read_article;
use crate::extract::script::values;
use crate::extract::sighting::{DateKind, Found, Sighting};

/// What stands in place of an article that is no longer there.
const GONE: [&str; 6] = [
    "链接已过期",
    "该内容已被发布者删除",
    "此内容因违规无法查看",
    "此帐号已被屏蔽",
    "此账号已被屏蔽",
    "参数错误",
];

/// Reads the article's date, out of its scripts: what it shows is relative (昨天) and filled in later.
///
/// # Errors
/// [`Refusal::ArticleGone`] where another page stands in its place.
pub fn read_wechat_article(answer: &Answer, seen_at: DateTime<Utc>, zone: Tz) -> Result<Posts, Refusal> {
    answer.is_in_order()?;
    let text = answer.text();
    if text.trim().is_empty() {
        return Err(Refusal::EmptyBody);
    }
    let article = read_article(&answer.page, seen_at, zone)
        .map_err(|error| Refusal::NotUnderstood(error.to_string()))?;
    let sent = article.date.filter(|date| date.found == Found::Json && date.kind == DateKind::Published);
    let Some(date) = sent else {
        let gone = GONE.iter().find(|words| text.contains(**words));
        return Err(match gone {
            Some(words) => Refusal::ArticleGone((*words).to_owned()),
            None if answer.wants_a_person() => Refusal::Captcha,
            None => {
                Refusal::NotUnderstood("the page gives no moment at which the article was sent".to_owned())
            }
        });
    };
    let sighting = Sighting {
        title: article.title.unwrap_or_default(),
        url: answer.page.url.to_string(),
        date: date.date,
        raw_date: date.raw,
        found: date.found,
        kind: date.kind,
        sureness: date.sureness,
    };
    let post = Post { sighting, is_pinned: false, is_original: original(&text) };
    Ok(Posts { posts: vec![post], undated: Vec::new(), account: article.site })
}

/// 1 is 原创, 2 a reprint, 0 neither.
fn original(text: &str) -> Option<bool> {
    values(text, "copyright_stat").first().map(|flag| *flag == "1")
}
