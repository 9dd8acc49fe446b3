//! What came back, whatever its status.

use std::borrow::Cow;

use serde_json::Value;
use url::Url;

use super::refusal::Refusal;
use crate::extract::charset::decode;
use crate::extract::json::plain;
use crate::extract::page::Page;
use crate::extract::words::{clipped, collapsed};

/// What a platform answered. Unlike a [`Page`], it may have any status: platforms explain their refusals in the body.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The page: the address that was asked, without secrets, and the body.
    pub page: Page,
    /// Where a redirect leads, unfollowed.
    pub location: Option<String>,
}

/// What pages say that want to see a person.
const CAPTCHA_WORDS: [&str; 6] = ["验证码", "环境异常", "滑动验证", "captcha", "antispider", "访问过于频繁"];

impl Answer {
    /// An answer with status 200.
    pub fn ok(page: Page) -> Self {
        Self { status: 200, page, location: None }
    }

    /// What a file holds, as if it had been fetched.
    pub fn of_file(body: Vec<u8>) -> Option<Self> {
        let url = Url::parse("http://nowhere.invalid/").ok()?;
        Some(Self::ok(Page { drawing: None, url, content_type: None, body }))
    }

    /// The body as JSON. A refusal may still stand in it, whatever the status.
    pub(super) fn json(&self) -> Result<Value, Refusal> {
        let text = self.text();
        let text = text.trim();
        serde_json::from_str(text).map_err(|error| match self.is_in_order() {
            Err(refusal) => refusal,
            Ok(()) if text.is_empty() => Refusal::EmptyBody,
            Ok(()) if self.wants_a_person() => Refusal::Captcha,
            Ok(()) if text.starts_with('<') => {
                Refusal::NotUnderstood("a web page stands in place of the data".to_owned())
            }
            Ok(()) => Refusal::NotUnderstood(error.to_string()),
        })
    }

    /// Whether the status is that of success.
    pub(super) fn is_in_order(&self) -> Result<(), Refusal> {
        match self.status {
            200 => Ok(()),
            401 | 403 | 412 | 418 | 432 => Err(Refusal::TurnedAway(self.status)),
            429 => Err(Refusal::TooFrequent("HTTP 429".to_owned())),
            status @ 500..=599 => Err(Refusal::PlatformFailed(format!("HTTP {status}"))),
            status => Err(Refusal::Refused(format!("HTTP {status}"))),
        }
    }

    /// Whether a page asks for a person. Only where what was wanted is not there: articles speak of captchas too.
    pub(super) fn wants_a_person(&self) -> bool {
        let text = self.text();
        CAPTCHA_WORDS.iter().any(|word| text.contains(word))
    }

    /// JSON is UTF-8 by its standard; only where it cannot be is the charset looked for.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.page.body) {
            Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
            Err(_) => decode(&self.page.body, self.page.content_type.as_deref()),
        }
    }
}

/// A text or number of an object, as it is written; nothing where it is blank.
pub(super) fn written(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(collapsed(text)).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A moment in seconds or milliseconds; nothing where it is 0, as platforms write what is not known.
pub(super) fn moment(value: &Value, key: &str) -> Option<String> {
    written(value, key).filter(|stamp| stamp != "0")
}

/// A code, however it is written.
pub(super) fn code(value: &Value, key: &str) -> Option<i64> {
    written(value, key)?.parse().ok()
}

/// Whether a flag is set: `true`, or a number other than 0, however it is written.
pub(super) fn is_set(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(flag)) => *flag,
        _ => code(value, key).is_some_and(|number| number != 0),
    }
}

/// The objects of a list; none where there is no list.
pub(super) fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A title as people see it, cut to what is kept.
pub(super) fn title(value: &Value, key: &str) -> String {
    written(value, key).map(|text| clipped(plain(&text))).unwrap_or_default()
}

/// An address that was escaped for HTML; nothing where it is none.
pub(super) fn address(value: &Value, key: &str) -> String {
    let text = written(value, key).unwrap_or_default().replace("&amp;", "&");
    let is_address = Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_address { text } else { String::new() }
}

/// A code and what the platform says with it, cut to what is kept.
pub(super) fn said(code: i64, text: Option<String>) -> String {
    text.map_or_else(|| code.to_string(), |text| clipped(format!("{code} {text}")))
}
