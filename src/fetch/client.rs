//! [`Fetcher`]: asks once and says what came of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use tokio::time::Instant;
use url::Url;

use super::blocked::blocked;
use super::body;
use super::call::{Call, CallBody};
use super::connections::{Connection, Connections};
use super::failing::failure_of;
use super::outcome::{Failure, Fetched, Outcome, Validators};
use super::retry_after::retry_after;
use super::robots::Verdict;
use crate::extract::{Answer, Page};
use crate::rules::{HostException, Remark, Security};

/// How requests are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// A mail or web address where a site's owner can ask about the monitor; part of the User-Agent.
    pub contact: String,
    /// Limit on connecting.
    pub connect_timeout: Duration,
    /// Limit on the whole request, redirects and body included.
    pub total_timeout: Duration,
    /// Limit on the decoded body, in bytes.
    pub longest_body: u64,
    /// Limit on redirects, all within one host.
    pub most_redirects: usize,
    /// Hosts whose address is given here instead of by DNS, like `/etc/hosts`. A port in the address is used where the
    /// URL names none.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Hosts that are asked otherwise than all others.
    pub exceptions: Vec<HostException>,
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
            exceptions: Vec::new(),
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
    /// Posts this form (`a=1&b=2`, already encoded) instead of getting. What is posted for is always had in full:
    /// validators do not apply.
    pub form: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Asks for a page in full.
    pub fn in_full(url: &'a Url) -> Self {
        Self { url, unless_matches: None, form: None }
    }
}

const UNSAFE_FOR_SECRETS: &str = "`allow-insecure-tls` or `force-http` is set for this host under [[host]] in county.toml, and no \
     secret is sent that way";

/// What came of calling a platform's interface.
#[derive(Debug)]
pub struct Called {
    /// What it answered, whatever the status; or why nothing came back.
    pub answer: Result<Answer, Failure>,
    /// The server asked not to be asked again before this (Retry-After, at most a day ahead).
    pub not_before: Option<DateTime<Utc>>,
    /// What whoever relies on the answer should know about how it was had.
    pub remarks: Vec<Remark>,
}

/// Makes requests. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Fetcher {
    connections: Connections,
    settings: Settings,
}

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Fetcher {
    /// A fetcher with these settings.
    ///
    /// # Errors
    /// If the contact cannot stand in a header, or the TLS roots cannot be loaded.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        Ok(Self { connections: Connections::new(&settings)?, settings })
    }

    /// Asks once. `now` is the instant of asking, for Retry-After. Redirects within the host are followed whatever its
    /// robots.txt says: for that file itself, and for what nobody needs leave for.
    pub async fn fetch(&self, request: Request<'_>, now: DateTime<Utc>) -> Fetched {
        self.fetch_heeding(request, now, |_| Verdict::Allowed { crawl_delay: None }).await
    }

    /// Asks once, and follows redirects within the host only to where `verdict` allows it.
    pub async fn fetch_heeding(
        &self,
        request: Request<'_>,
        now: DateTime<Utc>,
        verdict: impl Fn(&Url) -> Verdict,
    ) -> Fetched {
        let started = Instant::now();
        let connection = self.connections.to(request.url);
        let (outcome, not_before) = match self.follow(connection, request, verdict).await {
            Ok(response) => {
                let wish = header(response.headers(), RETRY_AFTER).and_then(|wish| retry_after(&wish, now));
                (self.read(response, connection).await, wish)
            }
            Err(failure) => (Outcome::Failed(failure), None),
        };
        Fetched { outcome, not_before, took: started.elapsed(), remarks: connection.remarks.clone() }
    }

    /// The answer at the end of all redirects that are followed. Those that lead to another host are answers: a page that has
    /// moved there is for the rule's author to follow.
    async fn follow(
        &self,
        connection: &Connection,
        request: Request<'_>,
        verdict: impl Fn(&Url) -> Verdict,
    ) -> Result<reqwest::Response, Failure> {
        let started = Instant::now();
        let (mut at, mut form) = (Cow::Borrowed(request.url), request.form);
        let mut followed = 0;
        loop {
            let time_left = self.settings.total_timeout.saturating_sub(started.elapsed());
            let asking = ask(connection, Request { url: &at, form, ..request }).timeout(time_left);
            let response = asking.send().await.map_err(|error| failure_of(&error, &self.settings))?;
            let Some(to) = redirect(&response).filter(|to| connection.leads_within(request.url, to)) else {
                return Ok(response);
            };
            if followed == self.settings.most_redirects {
                return Err(Failure::TooManyRedirects(followed));
            }
            if let Some(refused) = verdict(&to).failure_of_leading_to(&to) {
                return Err(refused);
            }
            // What was posted is posted again only where the server says so.
            form = form.filter(|_| matches!(response.status().as_u16(), 307 | 308));
            (at, followed) = (Cow::Owned(to), followed + 1);
        }
    }

    /// Calls a platform's interface once. Redirects are answers too, and not followed.
    pub async fn call(&self, call: &Call, now: DateTime<Utc>) -> Called {
        let connection = self.connections.to(&call.url);
        if call.is_secret && connection.security != Security::Verified {
            let answer = Err(Failure::Tls(UNSAFE_FOR_SECRETS.to_owned()));
            return Called { answer, not_before: None, remarks: connection.remarks.clone() };
        }
        let (answer, not_before) = match ask_interface(connection, call).send().await {
            Ok(response) => {
                let wish = header(response.headers(), RETRY_AFTER).and_then(|wish| retry_after(&wish, now));
                (self.answer(response, call).await, wish)
            }
            Err(error) => (Err(failure_of(&error.without_url(), &self.settings)), None),
        };
        Called { answer, not_before, remarks: connection.remarks.clone() }
    }

    async fn answer(&self, response: reqwest::Response, call: &Call) -> Result<Answer, Failure> {
        let status = response.status().as_u16();
        let (location, content_type) =
            (header(response.headers(), LOCATION), header(response.headers(), CONTENT_TYPE));
        let body = self.whole_body(response).await?;
        Ok(Answer { status, page: Page { drawing: None, url: call.address(), content_type, body }, location })
    }

    async fn read(&self, response: reqwest::Response, connection: &Connection) -> Outcome {
        let status = response.status().as_u16();
        if response.status().is_redirection() && status != 304 {
            return Outcome::Failed(led_away(&response, connection));
        }
        if status == 304 {
            return Outcome::NotModified;
        }
        let (headers, url) = (response.headers().clone(), response.url().clone());
        let body = match Failure::of_status(status) {
            None => self.whole_body(response).await,
            Some(failure) => {
                let start = body::start_of(response).await;
                return Outcome::Failed(shield(status, &headers, &start).unwrap_or(failure));
            }
        };
        let body = match body {
            Ok(body) => body,
            Err(failure) => return Outcome::Failed(failure),
        };
        if let Some(failure) = shield(status, &headers, &body) {
            return Outcome::Failed(failure);
        }
        let validators =
            Validators { etag: header(&headers, ETAG), last_modified: header(&headers, LAST_MODIFIED) };
        Outcome::Page(
            Page { drawing: None, url, content_type: header(&headers, CONTENT_TYPE), body },
            validators,
        )
    }

    async fn whole_body(&self, response: reqwest::Response) -> Result<Vec<u8>, Failure> {
        let body = body::whole(response, &self.settings).await?;
        body::unpacked(body, self.settings.longest_body)
    }
}

fn ask(connection: &Connection, request: Request<'_>) -> reqwest::RequestBuilder {
    let url = connection.address(request.url);
    if let Some(form) = request.form {
        return connection.client.post(url).header(CONTENT_TYPE, FORM).body(form.to_owned());
    }
    let mut builder = connection.client.get(url);
    let Some(validators) = request.unless_matches else {
        // A full look is worth nothing if a cache on the way answers it with an old copy.
        return builder.header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    };
    let headers = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
    for (name, value) in headers {
        if let Some(value) = value {
            builder = builder.header(name, value);
        }
    }
    builder
}

/// Where an answer redirects to.
fn redirect(response: &reqwest::Response) -> Option<Url> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let to = header(response.headers(), LOCATION).filter(|_| is_redirect)?;
    response.url().join(&to).ok()
}

fn ask_interface(connection: &Connection, call: &Call) -> reqwest::RequestBuilder {
    let (client, url) = (&connection.client, connection.address(&call.url));
    let builder = match &call.body {
        None => client.get(url).header(CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        Some(CallBody::Json(body)) => client.post(url).header(CONTENT_TYPE, JSON).body(body.clone()),
        Some(CallBody::Form(body)) => client.post(url).header(CONTENT_TYPE, FORM).body(body.clone()),
    };
    match &call.token {
        Some((name, token)) => builder.header(*name, token),
        None => builder,
    }
}

fn led_away(response: &reqwest::Response, connection: &Connection) -> Failure {
    let to = header(response.headers(), LOCATION).unwrap_or_default();
    if connection.security == Security::PlainHttp && to.starts_with("https:") {
        return Failure::Tls(format!("`force-http` is set for this host, but it sends us to {to}"));
    }
    Failure::MovedAway(to)
}

fn shield(status: u16, headers: &HeaderMap, body: &[u8]) -> Option<Failure> {
    let headers: Vec<(&str, &str)> =
        headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    blocked(status, &headers, body).map(Failure::Blocked)
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let only = values.next()?.to_str().ok()?;
    // A header that comes twice is as good as none.
    values.next().is_none().then(|| only.to_owned())
}
