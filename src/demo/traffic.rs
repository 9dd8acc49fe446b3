//! What each host of the demo was asked, as its access log would tell.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};

use super::reply::TurnedAway;

/// Counts of every host, robots.txt included.
#[derive(Debug, Default)]
pub(super) struct Traffic(Mutex<BTreeMap<String, HostTraffic>>);

/// What one host was asked.
#[derive(Debug, Clone, Default)]
pub(super) struct HostTraffic {
    /// All requests.
    pub(super) requests: u64,
    /// Those answered "not modified".
    pub(super) not_modified: u64,
    /// Those by POST.
    pub(super) posts: u64,
    /// Those that were turned away, by a shield or a platform.
    pub(super) refused: u64,
    /// The shortest time after which a refused address was asked for again.
    pub(super) refused_again_after: Option<TimeDelta>,
    refused_at: HashMap<String, DateTime<Utc>>,
}

impl Traffic {
    /// Notes one request and what was answered.
    pub(super) fn note(
        &self,
        host: &str,
        path: &str,
        method: &Method,
        answer: &Response<Body>,
        now: DateTime<Utc>,
    ) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let host = hosts.entry(host.to_owned()).or_default();
        host.requests += 1;
        host.posts += u64::from(method == Method::POST);
        host.not_modified += u64::from(answer.status() == StatusCode::NOT_MODIFIED);
        if answer.extensions().get::<TurnedAway>().is_some() {
            host.note_refusal(path, now);
        }
    }

    /// The counts so far, by host.
    pub(super) fn by_host(&self) -> BTreeMap<String, HostTraffic> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl HostTraffic {
    fn note_refusal(&mut self, path: &str, now: DateTime<Utc>) {
        self.refused += 1;
        if let Some(before) = self.refused_at.insert(path.to_owned(), now) {
            let gap = now - before;
            self.refused_again_after =
                Some(self.refused_again_after.map_or(gap, |shortest| shortest.min(gap)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shield::Shield;
    use super::*;

    #[test]
    fn the_shortest_wait_is_counted_for_each_address_by_itself() {
        let traffic = Traffic::default();
        let start: DateTime<Utc> = "2022-11-01T00:00:00Z".parse().unwrap();
        let refused = Shield::Jiasule.challenge();
        for (path, hours) in [("/a", 0), ("/b", 1), ("/a", 6), ("/b", 13), ("/a", 11)] {
            let at = start + TimeDelta::hours(hours);
            traffic.note("h.example", path, &Method::GET, &refused, at);
        }
        traffic.note("h.example", "/a", &Method::POST, &Response::default(), start + TimeDelta::hours(12));
        let host = &traffic.by_host()["h.example"];
        assert_eq!((host.requests, host.posts, host.refused), (6, 1, 5));
        assert_eq!(host.refused_again_after, Some(TimeDelta::hours(5)));
    }
}
