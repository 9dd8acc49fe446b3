//! What happens: a list of the latest, or a stream to whoever wants to hear it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::serve::aside::aside;
use crate::serve::door::Door;
use crate::serve::happenings::{Cursor, latest};
use crate::serve::refusal::Refusal;
use crate::serve::snapshot::Snapshot;
use crate::serve::view::{Events, Happening};
use crate::store::Store;

/// A list shows this many unless asked for another number, and never more than the other.
const USUAL: usize = 100;
const MOST: usize = 1000;
/// A stream looks for news at least this often, whether or not it is woken.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::serve) struct EventsQuery {
    /// How many: 100 where it is not given, 1,000 at most.
    limit: Option<usize>,
}

/// A list in JSON, or server-sent events for whoever accepts those; they go on behind `Last-Event-ID`.
pub(super) async fn events(
    State(door): State<Door>,
    headers: HeaderMap,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query?;
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    if text(ACCEPT.as_str()).is_some_and(|accepted| accepted.contains("text/event-stream")) {
        return follow(&door, text("last-event-id"));
    }
    let events = latest(&door.line.store, query.limit.unwrap_or(USUAL).clamp(1, MOST))?;
    Ok(Json(Events { as_of: door.line.clock.now(), events }).into_response())
}

fn follow(door: &Door, last: Option<&str>) -> Result<Response, Refusal> {
    let cursor = match last {
        None => Cursor::from_now_on(door.line.clock.now()),
        Some(id) => Cursor::after(id).ok_or_else(|| {
            Refusal::bad_request(
                format!("`{id}` is no id of an event"),
                "leave Last-Event-ID out to begin now",
            )
        })?,
    };
    let full = || {
        let error = "too many streams of events are open";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error, "try again in a minute")
    };
    let place = door.bounds.of_a_stream().ok_or_else(full)?;
    let (store, changed) = (door.line.store.clone(), Some(door.watch()));
    let listener = Listener { store, cursor, changed, waiting: Vec::new(), _place: place };
    Ok(Sse::new(listener.stream()).keep_alive(KeepAlive::default()).into_response())
}

/// Holds nothing of the line, which new rules end: the store outlasts it.
struct Listener {
    store: Store,
    cursor: Cursor,
    /// Wakes it early, until new rules end it.
    changed: Option<watch::Receiver<Arc<Snapshot>>>,
    /// Read from the store and not sent yet, newest first.
    waiting: Vec<Happening>,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut listener| async move {
            let next = listener.next().await?;
            Some((Ok(next), listener))
        })
    }

    /// The next event; `None` if the store fails.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(next) = self.waiting.pop() {
                return Some(Event::default().id(&next.id).json_data(&next).unwrap_or_default());
            }
            let (store, mut cursor) = (self.store.clone(), self.cursor.clone());
            let news = aside(async move { cursor.advance(&store).map(|news| (cursor, news)) }).await?;
            (self.cursor, self.waiting) = match news {
                Ok(news) => news,
                Err(error) => {
                    tracing::error!("a stream of events ends: {error}");
                    return None;
                }
            };
            self.waiting.reverse();
            if self.waiting.is_empty() {
                self.rest().await;
            }
        }
    }

    /// Waits until something may have happened.
    async fn rest(&mut self) {
        let change = async {
            match &mut self.changed {
                Some(changed) => changed.changed().await,
                None => std::future::pending().await,
            }
        };
        if let Ok(Err(_other_rules)) = tokio::time::timeout(LOOK_AGAIN, change).await {
            self.changed = None;
        }
    }
}
