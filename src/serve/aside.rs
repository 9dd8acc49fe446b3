//! Work on a thread where it may wait: reading the store waits for its transactions, and a long answer takes its time to
//! make. Whoever else is answered does not wait with it.

use std::panic::resume_unwind;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::bounds::Bounds;
use super::door::Door;
use super::guard::is_read;
use super::refusal::Refusal;

/// Does work aside; nothing comes of it where the runtime is shut down first. Once begun it is done to its end, whether or
/// not anybody still waits for it.
///
/// # Panics
/// If the work does.
pub(super) async fn aside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let here = Handle::current();
    match spawn_blocking(move || here.block_on(work)).await {
        Ok(done) => Some(done),
        Err(error) => error.try_into_panic().map_or(None, |panic| resume_unwind(panic)),
    }
}

/// The same for what only reads, as soon as there is a place for it. Whoever hangs up before that has asked for nothing;
/// afterwards the place is taken until the work is done.
pub(super) async fn read_aside<T: Send + 'static>(
    bounds: &Bounds,
    read: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let place = bounds.of_a_read().await?;
    aside(async move {
        let read = read.await;
        drop(place);
        read
    })
    .await
}

/// Answers aside. Writes need no place: each keeps that of its connection.
pub(super) async fn answer_aside(State(door): State<Door>, request: Request, next: Next) -> Response {
    let is_read = is_read(request.method());
    let answer = next.run(request);
    let answer = if is_read { read_aside(&door.bounds, answer).await } else { aside(answer).await };
    answer.unwrap_or_else(|| stopping().into_response())
}

/// What is said to whoever asks while nothing is begun any more.
pub(super) fn stopping() -> Refusal {
    let hint = "try again when it has been started anew";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the daemon is stopping", hint)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex, mpsc};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_waits_aside_holds_up_nobody() {
        let (tell, told) = mpsc::channel();
        let waits = aside(async move { told.recv_timeout(Duration::from_secs(10)) });
        let answers = async { tell.send("done") };
        let (waited, answered) = tokio::join!(waits, answers);
        assert_eq!((waited, answered), (Some(Ok("done")), Ok(())));
    }

    #[tokio::test]
    async fn reads_that_nobody_waits_for_any_more_take_no_more_than_their_places() {
        let (bounds, under_way) = (Bounds::default(), Arc::new(AtomicUsize::new(0)));
        let (go_on, wait) = mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        for _client in 0..100 {
            let (under_way, wait) = (Arc::clone(&under_way), Arc::clone(&wait));
            let read = read_aside(&bounds, async move {
                under_way.fetch_add(1, Ordering::SeqCst);
                let _all_go_on = wait.lock().map(|wait| wait.recv());
            });
            let _hung_up = tokio::time::timeout(Duration::from_millis(2), read).await;
        }
        assert_eq!(under_way.load(Ordering::SeqCst), 8);
        drop(go_on);
        let next = read_aside(&bounds, async { "answered" });
        assert_eq!(tokio::time::timeout(Duration::from_secs(10), next).await, Ok(Some("answered")));
    }

    #[tokio::test]
    #[should_panic(expected = "a bug that must be seen")]
    async fn a_panic_aside_is_a_panic() {
        aside::<()>(async { panic!("a bug that must be seen") }).await;
    }
}
