//! Where the page can be looked at, besides the socket.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};

use super::connections::{Caller, Entrance};

/// An address for browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageAt {
    /// The address, with its port.
    pub listen: SocketAddr,
    /// Whether others than this machine may look.
    pub open_to_network: bool,
}

/// A bound address for browsers.
#[derive(Debug)]
pub(super) struct PageListener {
    listener: TcpListener,
    at: PageAt,
}

/// How a browser has come: every request over the page's address has one among its extensions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Browsing {
    /// Whether it may only have come by a name of this machine.
    pub(super) must_be_local: bool,
}

impl PageListener {
    pub(super) async fn bind(at: PageAt) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(at.listen).await?, at })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Entrance for PageListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, Caller)> {
        let (stream, _) = self.listener.accept().await?;
        stream.set_nodelay(true)?;
        let browsing = Browsing { must_be_local: !self.at.open_to_network };
        Ok((stream, Caller::Browser(browsing)))
    }
}

/// Whether a `Host` header names this machine. A page elsewhere can have its own name lead here, and would then read
/// what this address shows; its name gives it away.
pub(super) fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in
            ["localhost", "localhost:8420", "127.0.0.1:8420", "127.0.0.1", "[::1]:8420", "LOCALHOST:1"]
        {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:8420",
            "127.0.0.1.evil.example",
            "10.0.0.1:80",
            "::1:x",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
