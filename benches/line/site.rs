//! The pages that both sides fetch, and the server that sends them, on a thread of its own.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::pages::{Pages, row};

/// Host names, each with the same number of columns.
pub(crate) const HOSTS: usize = 40;

/// The name of the thread that serves.
pub(crate) const THREAD: &str = "site";

/// A site that publishes in every column on every day to which it is turned.
pub(crate) struct Site {
    columns: usize,
    pages: Pages,
    /// The day it was last turned to, counted from 1970. Pages change when it does.
    day: AtomicI64,
    with_validators: AtomicBool,
}

impl Site {
    pub(crate) fn new(columns: usize, day: DateTime<Utc>) -> Self {
        Self {
            columns,
            pages: Pages::new(columns, day),
            day: AtomicI64::new(days(day)),
            with_validators: AtomicBool::new(true),
        }
    }

    /// The address of a column. Neighbours are on different hosts.
    pub(crate) fn address(column: usize) -> String {
        format!("http://{}/OpennessContent/showList/10339/{column}/page_1.html", host(column % HOSTS))
    }

    /// Publishes an item of this day in every column.
    pub(crate) fn turn_to(&self, day: DateTime<Utc>) {
        self.day.store(days(day), Ordering::Relaxed);
    }

    /// Whether pages come with ETag and Last-Modified, and conditions are heeded.
    pub(crate) fn give_validators(&self, given: bool) {
        self.with_validators.store(given, Ordering::Relaxed);
    }

    /// ETag and Last-Modified of a column's page as it is now.
    pub(crate) fn validators(&self, column: usize) -> (String, String) {
        let day = self.day.load(Ordering::Relaxed);
        let modified = DateTime::UNIX_EPOCH + TimeDelta::days(day);
        (format!("\"{column}-{day}\""), modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
    }

    /// Bytes of a page, for the heading of the table.
    pub(crate) fn page_length(&self) -> usize {
        self.pages.parts(0, &self.newest_row(0)).iter().map(|part| part.len()).sum()
    }

    fn newest_row(&self, column: usize) -> String {
        let day = self.day.load(Ordering::Relaxed);
        row(column, day, DateTime::UNIX_EPOCH + TimeDelta::days(day))
    }

    /// The answer to a request with this head.
    fn answer(&self, head: &str) -> String {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let column = path.split('/').nth(4).and_then(|number| number.parse().ok());
        let Some(column) = column.filter(|column| *column < self.columns) else {
            return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned();
        };
        let (tag, modified) = self.validators(column);
        let mut validators = String::new();
        if self.with_validators.load(Ordering::Relaxed) {
            validators = format!("ETag: {tag}\r\nLast-Modified: {modified}\r\n");
            if condition(head) == Some(&tag) {
                return format!("HTTP/1.1 304 Not Modified\r\n{validators}\r\n");
            }
        }
        let newest = self.newest_row(column);
        let parts = self.pages.parts(column, &newest);
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut answer = String::with_capacity(length + 256);
        let _ = write!(
            answer,
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{validators}\r\n"
        );
        answer.extend(parts);
        answer
    }
}

/// What a host is called.
pub(crate) fn host(number: usize) -> String {
    format!("h{:02}.bench.example", number + 1)
}

/// Serves the site on loopback from a thread of its own, until the process ends.
pub(crate) fn serve(site: Arc<Site>) -> anyhow::Result<SocketAddr> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let address = listener.local_addr()?;
    let accept = async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let site = Arc::clone(&site);
            connections.spawn(async move { converse(&site, stream).await });
            while connections.try_join_next().is_some() {}
        }
    };
    std::thread::Builder::new()
        .name(THREAD.to_owned())
        .spawn(move || runtime.block_on(accept))
        .context("cannot start the site")?;
    Ok(address)
}

/// Answers one request after another, until the client hangs up.
async fn converse(site: &Site, mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(2048);
    while stream.read_buf(&mut received).await? > 0 {
        if received.ends_with(b"\r\n\r\n") {
            let answer = site.answer(&String::from_utf8_lossy(&received));
            stream.write_all(answer.as_bytes()).await?;
            received.clear();
        }
    }
    Ok(())
}

/// The tag in If-None-Match.
fn condition(head: &str) -> Option<&str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(name, _)| name.eq_ignore_ascii_case("if-none-match")).map(|(_, tag)| tag)
}

fn days(at: DateTime<Utc>) -> i64 {
    at.signed_duration_since(DateTime::UNIX_EPOCH).num_days()
}
