//! A call of a platform's interface, and what came back.
//!
//! Unlike a page, a call is answered whatever its status, since platforms explain their refusals in the body; and it is never
//! led on: what goes with it is meant for one host only. Its secrets show in no log and no error.

use std::fmt;

use url::Url;

use crate::rules::SESSION_KEYS;

/// What to ask a platform's interface for.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The address. A token may stand in its query.
    pub(super) url: Url,
    /// A header that carries a token.
    pub(super) token: Option<(&'static str, String)>,
    /// What is posted; `None` for a GET.
    pub(super) body: Option<CallBody>,
    /// Whether any of this is a secret.
    pub(super) is_secret: bool,
}

/// What a call posts.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum CallBody {
    Json(String),
    Form(String),
}

/// Values of a query that nobody may see.
const SECRET_KEYS: [&str; 5] = ["access_token", "refresh_token", "client_secret", "appsecret", "secret"];

impl Call {
    pub(super) fn get(url: Url) -> Self {
        Self { url, token: None, body: None, is_secret: false }
    }

    pub(super) fn post_json(url: Url, body: &serde_json::Value) -> Self {
        Self { url, token: None, body: Some(CallBody::Json(body.to_string())), is_secret: false }
    }

    pub(super) fn post_form(url: Url, fields: &[(&str, &str)]) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self { url, token: None, body: Some(CallBody::Form(form)), is_secret: false }
    }

    pub(super) fn with_token(self, header: &'static str, token: String) -> Self {
        Self { token: Some((header, token)), is_secret: true, ..self }
    }

    /// Marks a call in whose address or body there is a secret.
    pub(super) fn in_secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    /// The address without secrets, for logs and the store.
    pub fn address(&self) -> Url {
        without_secrets(&self.url)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("address", &self.address().as_str()).finish_non_exhaustive()
    }
}

/// An address as it may be logged, stored or shown: values that are secrets are left out of its query.
pub fn without_secrets(url: &Url) -> Url {
    let is_secret =
        |key: &str| SECRET_KEYS.iter().chain(&SESSION_KEYS).any(|secret| key.eq_ignore_ascii_case(secret));
    if !url.query_pairs().any(|(key, _)| is_secret(&key)) {
        return url.clone();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, value)| {
            let value = if is_secret(&key) { String::new() } else { value.into_owned() };
            (key.into_owned(), value)
        })
        .collect();
    let mut bare = url.clone();
    bare.query_pairs_mut().clear().extend_pairs(pairs);
    bare
}

/// The address of an item as it may be shown; whatever is no address stays as it is.
pub fn text_without_secrets(address: &str) -> String {
    let bare = Url::parse(address).ok().map(|url| (without_secrets(&url), url));
    match bare {
        Some((bare, url)) if bare != url => bare.into(),
        Some(_) | None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(url: &str) -> String {
        without_secrets(&url.parse().unwrap()).to_string()
    }

    #[test]
    fn no_secret_of_a_query_is_shown_and_all_else_is_kept() {
        assert_eq!(
            bare("https://a.example/x?access_token=hush&b=1"),
            "https://a.example/x?access_token=&b=1"
        );
        assert_eq!(
            bare("https://a.example/x?b=%E5%8E%BF&Secret=hush#c"),
            "https://a.example/x?b=%E5%8E%BF&Secret=#c"
        );
        assert_eq!(bare("https://a.example/x?access%5Ftoken=hush"), "https://a.example/x?access_token=");
        assert_eq!(bare("https://a.example/x?b=1+2&c"), "https://a.example/x?b=1+2&c");
    }

    #[test]
    fn keys_to_bridges_and_a_readers_session_are_not_shown() {
        assert_eq!(
            bare("https://rss.example/1?key=hush&token=hush&limit=20"),
            "https://rss.example/1?key=&token=&limit=20"
        );
        assert_eq!(
            text_without_secrets("http://mp.weixin.qq.com/s?mid=1&uin=hush&pass_ticket=hush#rd"),
            "http://mp.weixin.qq.com/s?mid=1&uin=&pass_ticket=#rd"
        );
        for kept in ["", "no address", "https://a.example?keys=1"] {
            assert_eq!(text_without_secrets(kept), kept);
        }
    }

    #[test]
    fn a_call_prints_none_of_its_secrets() {
        let url: Url = "https://a.example/x?access_token=hush".parse().unwrap();
        let call =
            Call::post_json(url, &serde_json::json!({"secret": "hush"})).with_token("t", "hush".to_owned());
        assert_eq!(format!("{call:?}"), "Call { address: \"https://a.example/x?access_token=\", .. }");
    }
}
