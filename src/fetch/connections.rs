//! One HTTP client for most hosts, and one for each distinct way in which others are asked.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};
use url::Url;

use super::client::Settings;
use crate::rules::{HostException, Remark, Security, host_name};

const ACCEPTED: &str = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,\
                        application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8";

/// How one host is asked.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    /// Follows no redirect by itself.
    pub(super) client: Client,
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

    /// Whether a redirect may be followed as far as the host is concerned: it stays there, and where plain HTTP is a must, with
    /// that.
    pub(super) fn leads_within(&self, from: &Url, to: &Url) -> bool {
        let is_secure_enough = self.security != Security::PlainHttp || to.scheme() == "http";
        is_secure_enough && are_of_one_host(from, to)
    }
}

/// Whether two addresses are of one host, by HTTP or HTTPS. Another port is another host.
pub(super) fn are_of_one_host(from: &Url, to: &Url) -> bool {
    matches!(to.scheme(), "http" | "https") && from.host_str() == to.host_str() && from.port() == to.port()
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
        let usual = client(settings, &usual_way)?;
        let mut clients = HashMap::from([(usual_way, usual.clone())]);
        let mut by_host = HashMap::new();
        for exception in &settings.exceptions {
            let way = Way { security: exception.security, proxy: exception.proxy.clone() };
            let client = match clients.get(&way) {
                Some(client) => client.clone(),
                None => self::client(settings, &way)?,
            };
            clients.insert(way, client.clone());
            by_host.insert(exception.name.clone(), connection(exception, client));
        }
        let usual = Connection { client: usual, security: Security::Verified, remarks: Vec::new() };
        Ok(Self { usual: Arc::new(usual), by_host: Arc::new(by_host) })
    }

    pub(super) fn to(&self, url: &Url) -> &Connection {
        if self.by_host.is_empty() {
            return &self.usual;
        }
        self.by_host.get(&host_name(url)).unwrap_or(&self.usual)
    }
}

fn connection(exception: &HostException, client: Client) -> Connection {
    Connection { client, security: exception.security, remarks: exception.remarks() }
}

fn client(settings: &Settings, way: &Way) -> Result<Client, reqwest::Error> {
    let user_agent = format!("xuncha/{} (+{})", env!("CARGO_PKG_VERSION"), settings.contact);
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED))]);
    let mut builder = Client::builder()
        .user_agent(user_agent)
        .default_headers(headers)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.total_timeout)
        .redirect(Policy::none())
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
