//! `[[host]]` of `county.toml`: how fast a host may be asked, and what is done for it that is not done for others.
//!
//! An exception weakens a look or oversteps a wish, so each one needs a reason, and every look made under it says so
//! ([`HostException::remarks`]).

use std::fmt;

use url::Url;

use super::document::Table;

/// How fast one politeness key may be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct HostPace {
    /// The host, lower case, with its port where it is not the scheme's own.
    pub name: String,
    /// Requests a second in the long run.
    pub requests_per_second: f64,
    /// Requests that may follow at once after a pause.
    pub burst: u32,
    /// Requests under way at the same time.
    pub concurrent: u32,
}

/// How one host is treated otherwise than all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostException {
    /// The host, as in [`HostPace::name`].
    pub name: String,
    /// How its connections are secured.
    pub security: Security,
    /// The HTTP proxy through which it is asked.
    pub proxy: Option<Url>,
    /// Its robots.txt is neither fetched nor heeded.
    pub ignores_robots: bool,
    /// Why all this.
    pub reason: String,
}

/// How connections to a host are secured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Security {
    /// As the address says; certificates are verified.
    #[default]
    Verified,
    /// As the address says; any certificate is taken, expired, self-signed or another host's.
    ///
    /// That is all it does. Servers that speak only TLS 1.0 or 1.1, weak ciphers (OpenSSL's SECLEVEL=1), odd curves or
    /// legacy renegotiation still cannot be read: our TLS library has none of these.
    Unverified,
    /// By HTTP, whatever the address says.
    PlainHttp,
}

/// Something about how a page was had that whoever relies on it should know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Remark {
    /// Anybody on the way could have answered.
    CertificateNotVerified,
    /// By HTTP instead of HTTPS: anybody on the way could have changed it.
    PlainHttp,
    /// Through this proxy, given as `host:port`.
    ThroughProxy(String),
    /// Without heeding robots.txt.
    RobotsIgnored,
    /// As a browser showed it when time ran out: something on it was still being loaded.
    StillLoading,
}

impl Remark {
    /// The remark in Chinese, for people who read a status.
    pub fn in_chinese(&self) -> String {
        match self {
            Self::CertificateNotVerified => "未验证网站证书".to_owned(),
            Self::PlainHttp => "以未加密的 HTTP 读取".to_owned(),
            Self::ThroughProxy(proxy) => format!("经代理 {proxy} 读取"),
            Self::RobotsIgnored => "未遵循 robots.txt".to_owned(),
            Self::StillLoading => "限时已到，页面仍在加载".to_owned(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CertificateNotVerified => f.write_str("checked without verifying the certificate"),
            Self::PlainHttp => f.write_str("checked over plain HTTP"),
            Self::ThroughProxy(proxy) => write!(f, "checked through the proxy {proxy}"),
            Self::RobotsIgnored => f.write_str("checked without heeding robots.txt"),
            Self::StillLoading => f.write_str("checked while parts of the page were still being loaded"),
        }
    }
}

impl HostException {
    /// Whether it is about the host of this address.
    pub fn is_about(&self, url: &Url) -> bool {
        self.name == host_name(url)
    }

    /// What every look at this host has to say about itself.
    pub fn remarks(&self) -> Vec<Remark> {
        let security = match self.security {
            Security::Verified => None,
            Security::Unverified => Some(Remark::CertificateNotVerified),
            Security::PlainHttp => Some(Remark::PlainHttp),
        };
        let proxy = self.proxy.as_ref().map(|proxy| Remark::ThroughProxy(host_name(proxy)));
        let robots = self.ignores_robots.then_some(Remark::RobotsIgnored);
        [security, proxy, robots].into_iter().flatten().collect()
    }
}

/// The host of an address, lower case, with its port where it is not the scheme's own.
pub(crate) fn host_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}

/// Reads one `[[host]]`.
pub(super) fn read_host(table: &Table<'_>) -> Option<(HostPace, Option<HostException>)> {
    let name = table.string("name").map(|name| name.to_ascii_lowercase());
    let requests_per_second = read_pace(table);
    let burst = table.optional_integer("burst", 1..=1000).unwrap_or(1);
    let concurrent = table.optional_integer("concurrent", 1..=256).unwrap_or(1);
    let exception = read_exception(table, name.as_deref().unwrap_or_default());
    table.finish();
    Some((HostPace { name: name?, requests_per_second, burst, concurrent }, exception))
}

pub(super) fn read_pace(table: &Table<'_>) -> f64 {
    let requests_per_second = table.optional_integer("requests-per-second", 1..=1000);
    let seconds_per_request = table.optional_integer("seconds-per-request", 1..=86_400);
    if requests_per_second.is_some() && seconds_per_request.is_some() {
        table.report("seconds-per-request", "give this or requests-per-second, not both");
    }
    match (requests_per_second, seconds_per_request) {
        (Some(per_second), _) => f64::from(per_second),
        (None, Some(seconds)) => 1.0 / f64::from(seconds),
        (None, None) => 1.0,
    }
}

fn read_exception(table: &Table<'_>, name: &str) -> Option<HostException> {
    let security = read_security(table);
    let proxy = read_proxy(table);
    let ignores_robots = table.boolean_or("ignore-robots", false);
    let reason = table.optional_string("reason");
    if security == Security::Verified && proxy.is_none() && !ignores_robots {
        return None;
    }
    if reason.is_none() {
        table.report("reason", "is missing: say why this host is treated otherwise than all others");
    }
    Some(HostException { name: name.to_owned(), security, proxy, ignores_robots, reason: reason? })
}

fn read_security(table: &Table<'_>) -> Security {
    let unverified = table.boolean_or("allow-insecure-tls", false);
    let plain = table.boolean_or("force-http", false);
    match (unverified, plain) {
        (true, true) => {
            table.report("force-http", "give this or allow-insecure-tls, not both");
            Security::PlainHttp
        }
        (true, false) => Security::Unverified,
        (false, true) => Security::PlainHttp,
        (false, false) => Security::Verified,
    }
}

fn read_proxy(table: &Table<'_>) -> Option<Url> {
    let text = table.optional_string("proxy")?;
    let proxy = Url::parse(&text).ok().filter(|url| url.scheme() == "http" && url.has_host());
    if proxy.is_none() {
        table.report("proxy", format!("`{text}` is not an HTTP proxy, wanted: http://host:port"));
    }
    proxy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Document;
    use crate::rules::problem::Collector;

    fn read(text: &str) -> Result<Option<HostException>, String> {
        let problems = Collector::default();
        let read = Document::from_text("county.toml", text).with_root(&problems, read_host);
        problems.into_result(read.and_then(|(_, exception)| exception)).map_err(|all| all.to_string())
    }

    fn mistakes(text: &str) -> String {
        read(text).expect_err(text)
    }

    #[test]
    fn a_host_is_treated_like_all_others_until_its_rule_says_otherwise() {
        assert_eq!(read("name = \"a.example\"\nallow-insecure-tls = false\nburst = 3"), Ok(None));
    }

    #[test]
    fn every_exception_needs_a_reason() {
        for setting in [
            "allow-insecure-tls = true",
            "force-http = true",
            "proxy = \"http://p:1\"",
            "ignore-robots = true",
        ] {
            let said = mistakes(&format!("name = \"a.example\"\n{setting}"));
            assert!(said.contains("reason: is missing"), "{setting}: {said}");
        }
    }

    #[test]
    fn an_exception_tells_what_every_look_under_it_must_say() {
        let text = "name = \"A.example\"\nallow-insecure-tls = true\nproxy = \"http://user:pw@10.0.0.1:3128\"\n\
                    ignore-robots = true\nreason = \"its owner asked for it\"";
        let exception = read(text).unwrap().unwrap();
        assert!(exception.is_about(&Url::parse("https://a.EXAMPLE/x").unwrap()));
        assert!(!exception.is_about(&Url::parse("https://a.example:8443/x").unwrap()));
        let remarks = exception.remarks();
        assert_eq!(remarks[0].to_string(), "checked without verifying the certificate");
        assert_eq!(remarks[1].in_chinese(), "经代理 10.0.0.1:3128 读取", "without the password");
        assert_eq!(remarks[2], Remark::RobotsIgnored);
    }

    #[test]
    fn a_host_cannot_be_asked_without_tls_and_with_a_weak_one_at_once() {
        let said = mistakes("name = \"a\"\nallow-insecure-tls = true\nforce-http = true\nreason = \"x\"");
        assert!(said.contains("not both"), "{said}");
    }

    #[test]
    fn a_proxy_is_an_http_address() {
        for proxy in ["10.0.0.1:3128", "socks5://10.0.0.1:1080", "https://p.example", "http://"] {
            let said = mistakes(&format!("name = \"a\"\nproxy = \"{proxy}\"\nreason = \"x\""));
            assert!(said.contains("is not an HTTP proxy"), "{proxy}: {said}");
        }
    }
}
