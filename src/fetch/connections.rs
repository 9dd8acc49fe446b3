//! One HTTP client for most hosts, and one for each distinct way in which others are asked.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Proxy};
use url::Url;

use super::client::Settings;
use crate::rules::{HostException, Remark, Security, host_name};

const ACCEPTED: &str = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,\
                        application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8";

/// How one host is asked.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) client: Client,
    /// Follows no redirect.
    pub(super) unled: Client,
    pub(super) security: Security,
    pub(super) remarks: Vec<Remark>,
}

impl Connection {
    /// The address that is really asked.
    pub(super) fn address(&self, url: &Url) -> Url {
        let mut url = url.clone();
        if self.security == Security::PlainHttp {
            // Cannot fail between two schemes of the web.
            let _changed = url.set_scheme("http");
        }
        url
    }
}

/// The connections to all hosts.
#[derive(Debug, Clone)]
pub(super) struct Connections {
    usual: Arc<Connection>,
    by_host: Arc<HashMap<String, Connection>>,
}

/// What makes two clients different.
#[derive(PartialEq, Eq, Hash, Clone)]
struct Way {
    security: Security,
    proxy: Option<Url>,
}

impl Connections {
    pub(super) fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        let usual_way = Way { security: Security::Verified, proxy: None };
        let usual = both(settings, &usual_way)?;
        let mut clients = HashMap::from([(usual_way, usual.clone())]);
        let mut by_host = HashMap::new();
        for exception in &settings.exceptions {
            let way = Way { security: exception.security, proxy: exception.proxy.clone() };
            let client = match clients.get(&way) {
                Some(client) => client.clone(),
                None => both(settings, &way)?,
            };
            clients.insert(way, client.clone());
            by_host.insert(exception.name.clone(), connection(exception, client));
        }
        let [client, unled] = usual;
        let usual = Connection { client, unled, security: Security::Verified, remarks: Vec::new() };
        Ok(Self { usual: Arc::new(usual), by_host: Arc::new(by_host) })
    }

    pub(super) fn to(&self, url: &Url) -> &Connection {
        if self.by_host.is_empty() {
            return &self.usual;
        }
        self.by_host.get(&host_name(url)).unwrap_or(&self.usual)
    }
}

fn connection(exception: &HostException, [client, unled]: [Client; 2]) -> Connection {
    Connection { client, unled, security: exception.security, remarks: exception.remarks() }
}

/// A client that follows redirects within a host, and one that follows none.
fn both(settings: &Settings, way: &Way) -> Result<[Client; 2], reqwest::Error> {
    let within = within_one_host(settings.most_redirects, way.security);
    Ok([client(settings, way, within)?, client(settings, way, Policy::none())?])
}

fn client(settings: &Settings, way: &Way, policy: Policy) -> Result<Client, reqwest::Error> {
    let user_agent = format!("xuncha/{} (+{})", env!("CARGO_PKG_VERSION"), settings.contact);
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED))]);
    let mut builder = Client::builder()
        .user_agent(user_agent)
        .default_headers(headers)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.total_timeout)
        .redirect(policy)
        .tls_danger_accept_invalid_certs(way.security == Security::Unverified)
        .no_proxy();
    if let Some(proxy) = &way.proxy {
        builder = builder.proxy(Proxy::all(proxy.clone())?);
    }
    for (host, address) in &settings.resolve {
        builder = builder.resolve(host, *address);
    }
    builder.build()
}

/// Redirects are followed on the same host only: a page that has moved to another is for the rule's author to follow.
fn within_one_host(most: usize, security: Security) -> Policy {
    Policy::custom(move |attempt: Attempt<'_>| {
        let first = attempt.previous().first();
        let leads_away = first.is_none_or(|first| {
            first.host_str() != attempt.url().host_str() || (first.port() != attempt.url().port())
        });
        let leaves_plain_http = security == Security::PlainHttp && attempt.url().scheme() != "http";
        if leads_away || leaves_plain_http {
            attempt.stop()
        } else if attempt.previous().len() > most {
            attempt.error("too many redirects")
        } else {
            attempt.follow()
        }
    })
}
