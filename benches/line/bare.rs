//! The yardstick: requests in a loop, and nothing done with the answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};
use reqwest::header::{HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;
use url::Url;

use crate::site::{HOSTS, Site, host};

/// A client and the addresses of all pages.
pub(crate) struct Bare {
    client: Client,
    addresses: Vec<Url>,
}

struct Job {
    client: Client,
    pages: Vec<(Url, HeaderMap)>,
    expected: StatusCode,
    requests: usize,
    begun: AtomicUsize,
}

impl Bare {
    pub(crate) fn new(site: SocketAddr, columns: usize) -> anyhow::Result<Self> {
        let builder = (0..HOSTS)
            .fold(Client::builder().no_proxy(), |client, number| client.resolve(&host(number), site));
        let addresses = (0..columns).map(|column| Ok(Site::address(column).parse()?));
        Ok(Self { client: builder.build()?, addresses: addresses.collect::<anyhow::Result<_>>()? })
    }

    /// Asks for every page in full, again and again.
    pub(crate) async fn whole(&self, requests: usize, concurrency: usize) -> anyhow::Result<()> {
        let pages = self.addresses.iter().map(|address| (address.clone(), HeaderMap::new())).collect();
        self.run(pages, StatusCode::OK, requests, concurrency).await
    }

    /// Asks for every page only if it has changed, which none has.
    pub(crate) async fn if_changed(
        &self,
        site: &Site,
        requests: usize,
        concurrency: usize,
    ) -> anyhow::Result<()> {
        let mut pages = Vec::with_capacity(self.addresses.len());
        for (column, address) in self.addresses.iter().enumerate() {
            let (tag, modified) = site.validators(column);
            let headers = [
                (IF_NONE_MATCH, HeaderValue::try_from(tag)?),
                (IF_MODIFIED_SINCE, HeaderValue::try_from(modified)?),
            ];
            pages.push((address.clone(), HeaderMap::from_iter(headers)));
        }
        self.run(pages, StatusCode::NOT_MODIFIED, requests, concurrency).await
    }

    async fn run(
        &self,
        pages: Vec<(Url, HeaderMap)>,
        expected: StatusCode,
        requests: usize,
        concurrency: usize,
    ) -> anyhow::Result<()> {
        let job = Job { client: self.client.clone(), pages, expected, requests, begun: AtomicUsize::new(0) };
        let job = Arc::new(job);
        let mut workers = JoinSet::new();
        for _ in 0..concurrency {
            let job = Arc::clone(&job);
            workers.spawn(async move { job.work().await });
        }
        while let Some(ended) = workers.join_next().await {
            ended.context("a worker panicked")??;
        }
        Ok(())
    }
}

impl Job {
    async fn work(&self) -> anyhow::Result<()> {
        loop {
            let number = self.begun.fetch_add(1, Ordering::Relaxed);
            if number >= self.requests {
                return Ok(());
            }
            let (address, headers) = &self.pages[number % self.pages.len()];
            let response = self.client.get(address.clone()).headers(headers.clone()).send().await?;
            ensure!(response.status() == self.expected, "{address} answered {}", response.status());
            response.bytes().await?;
        }
    }
}
