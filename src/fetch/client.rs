//! The HTTP client behind [`Fetcher`].

use std::collections::BTreeMap;
use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use reqwest::redirect::{Attempt, Policy};
use tokio::time::Instant;
use url::Url;

use super::outcome::{Failure, Fetched, Outcome, Validators};
use crate::extract::Page;

/// How requests are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// A mail or web address where a site's owner can ask about the monitor; part of the User-Agent.
    pub contact: String,
    /// Limit on connecting.
    pub connect_timeout: Duration,
    /// Limit on the whole request, body included.
    pub total_timeout: Duration,
    /// Limit on the decoded body, in bytes.
    pub longest_body: u64,
    /// Limit on redirects, all within one host.
    pub most_redirects: usize,
    /// Hosts whose address is given here instead of by DNS, like `/etc/hosts`. A port in the address is used where the
    /// URL names none.
    pub resolve: BTreeMap<String, SocketAddr>,
}

impl Settings {
    /// The usual limits, under this contact.
    pub fn new(contact: impl Into<String>) -> Self {
        Self {
            contact: contact.into(),
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            longest_body: 8 * 1024 * 1024,
            most_redirects: 5,
            resolve: BTreeMap::new(),
        }
    }
}

/// What to ask for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a Url,
    /// Ask for the page only if it no longer matches these; `None` asks for it in full.
    pub unless_matches: Option<&'a Validators>,
}

/// Makes requests. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    settings: Settings,
}

const ACCEPTED: &str = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,\
                        application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8";
const LONGEST_WISH: TimeDelta = TimeDelta::days(1);

impl Fetcher {
    /// A fetcher with these settings.
    ///
    /// # Errors
    /// If the contact cannot stand in a header, or the TLS roots cannot be loaded.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        let user_agent = format!("xuncha/{} (+{})", env!("CARGO_PKG_VERSION"), settings.contact);
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED))]);
        let mut builder = reqwest::Client::builder()
            .user_agent(user_agent)
            .default_headers(headers)
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.total_timeout)
            .redirect(within_one_host(settings.most_redirects))
            .no_proxy();
        for (host, address) in &settings.resolve {
            builder = builder.resolve(host, *address);
        }
        Ok(Self { client: builder.build()?, settings })
    }

    /// Asks once. `now` is the instant of asking, for Retry-After.
    pub async fn fetch(&self, request: Request<'_>, now: DateTime<Utc>) -> Fetched {
        let started = Instant::now();
        let (outcome, not_before) = match self.ask(request).send().await {
            Ok(response) => {
                let wish = retry_after(response.headers(), now);
                (self.read(response).await, wish)
            }
            Err(error) => (Outcome::Failed(self.failure_of(&error)), None),
        };
        Fetched { outcome, not_before, took: started.elapsed() }
    }

    fn ask(&self, request: Request<'_>) -> reqwest::RequestBuilder {
        let mut builder = self.client.get(request.url.clone());
        if request.unless_matches.is_none() {
            // A full look is worth nothing if a cache on the way answers it with an old copy.
            builder = builder.header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        if let Some(validators) = request.unless_matches {
            let headers = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
            for (name, value) in headers {
                if let Some(value) = value {
                    builder = builder.header(name, value);
                }
            }
        }
        builder
    }

    async fn read(&self, response: reqwest::Response) -> Outcome {
        let status = response.status().as_u16();
        if response.status().is_redirection() && status != 304 {
            let to = header(response.headers(), LOCATION).unwrap_or_default();
            return Outcome::Failed(Failure::MovedAway(to));
        }
        if let Some(failure) = Failure::of_status(status) {
            return Outcome::Failed(failure);
        }
        if status == 304 {
            return Outcome::NotModified;
        }
        let validators = Validators {
            etag: header(response.headers(), ETAG),
            last_modified: header(response.headers(), LAST_MODIFIED),
        };
        let content_type = header(response.headers(), CONTENT_TYPE);
        let url = response.url().clone();
        match self.read_body(response).await {
            Ok(body) => Outcome::Page(Page { url, content_type, body }, validators),
            Err(failure) => Outcome::Failed(failure),
        }
    }

    async fn read_body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Failure> {
        let limit = self.settings.longest_body;
        let announced = response.content_length().unwrap_or(0);
        if announced > limit {
            return Err(Failure::TooLong(limit));
        }
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        while let Some(piece) = response.chunk().await.map_err(|error| self.failure_of(&error))? {
            if (body.len() + piece.len()) as u64 > limit {
                return Err(Failure::TooLong(limit));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    fn failure_of(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() {
            Failure::TimedOut(self.settings.total_timeout.as_secs())
        } else if error.is_redirect() {
            Failure::TooManyRedirects(self.settings.most_redirects)
        } else if has_cause::<rustls::Error>(error) {
            Failure::Tls(innermost_cause(error))
        } else if error.is_connect() {
            Failure::CannotConnect(innermost_cause(error))
        } else {
            Failure::BrokeOff(innermost_cause(error))
        }
    }
}

/// Redirects are followed on the same host only: a page that has moved to another is for the rule's author to follow.
fn within_one_host(most: usize) -> Policy {
    Policy::custom(move |attempt: Attempt<'_>| {
        let first = attempt.previous().first().and_then(Url::host_str);
        if first != attempt.url().host_str() {
            attempt.stop()
        } else if attempt.previous().len() > most {
            attempt.error("too many redirects")
        } else {
            attempt.follow()
        }
    })
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let only = values.next()?.to_str().ok()?;
    // A header that comes twice is as good as none.
    values.next().is_none().then(|| only.to_owned())
}

fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = header(headers, RETRY_AFTER)?;
    let wish = match text.trim().parse::<i64>() {
        Ok(seconds) => now.checked_add_signed(TimeDelta::try_seconds(seconds)?)?,
        Err(_) => DateTime::parse_from_rfc2822(text.trim()).ok()?.to_utc(),
    };
    (wish > now).then(|| wish.min(now + LONGEST_WISH))
}

fn has_cause<E: std::error::Error + 'static>(error: &reqwest::Error) -> bool {
    std::iter::successors(error.source(), |cause| (*cause).source()).any(|cause| {
        // An I/O error hides what it wraps from `source`.
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause.is::<E>() || wrapped.is_some_and(|inner| inner.downcast_ref::<E>().is_some())
    })
}

/// The cause at the end of the chain: the only one that tells an operator something.
fn innermost_cause(error: &reqwest::Error) -> String {
    std::iter::successors(error.source(), |cause| (*cause).source())
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(value: &'static str) -> Option<DateTime<Utc>> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
        retry_after(&headers, "2022-12-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_capped_at_a_day() {
        assert_eq!(wish("120"), Some("2022-12-01T00:02:00Z".parse().unwrap()));
        assert_eq!(wish("Thu, 01 Dec 2022 03:00:00 GMT"), Some("2022-12-01T03:00:00Z".parse().unwrap()));
        assert_eq!(wish("99999999"), Some("2022-12-02T00:00:00Z".parse().unwrap()));
        assert_eq!(wish("-5"), None);
        assert_eq!(wish("soon"), None);
    }
}
