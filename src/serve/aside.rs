//! Work on a thread where it may wait: reading the store waits for its transactions, and a long answer takes its time to
//! make. Whoever else is answered does not wait with it.

use std::panic::resume_unwind;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

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

/// Answers aside.
pub(super) async fn answer_aside(request: Request, next: Next) -> Response {
    let answer = aside(next.run(request)).await;
    answer.unwrap_or_else(|| stopping().into_response())
}

/// What is said to whoever asks while nothing is begun any more.
pub(super) fn stopping() -> Refusal {
    let hint = "try again when it has been started anew";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the daemon is stopping", hint)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn who_waits_aside_holds_up_nobody() {
        let (tell, told) = mpsc::channel();
        let waits = aside(async move { told.recv() });
        let answers = async { tell.send("done") };
        let (waited, answered) = tokio::join!(waits, answers);
        assert_eq!((waited, answered), (Some(Ok("done")), Ok(())));
    }

    #[tokio::test]
    #[should_panic(expected = "a bug that must be seen")]
    async fn a_panic_aside_is_a_panic() {
        aside::<()>(async { panic!("a bug that must be seen") }).await;
    }
}
