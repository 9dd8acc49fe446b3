//! The Chrome DevTools Protocol over a pair of pipes: calls with their answers, and the events of each session.
//!
//! Messages are JSON, each ended by a zero byte. A dozen methods are all we call, so this is written out here: the crates
//! that cover the whole protocol are generated from it, and the smallest of them would take longer to build than we do.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{mpsc, oneshot};

/// A browser's longest message. Whoever says more is not listened to any longer.
const LONGEST_MESSAGE: u64 = 128 * 1024 * 1024;

/// Events that anybody waits for. All others, such as what a page writes on its console, end where they are heard.
const HEEDED: [&str; 8] = [
    "Fetch.requestPaused",
    "Inspector.targetCrashed",
    "Network.loadingFailed",
    "Network.requestWillBeSent",
    "Network.responseReceived",
    "Page.javascriptDialogOpening",
    "Page.lifecycleEvent",
    "Runtime.exceptionThrown",
];

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error("the browser died")]
    BrowserGone,
    #[error("the browser refuses {method}: {why}")]
    Refused { method: &'static str, why: String },
}

/// Something that happened in a session.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) method: String,
    pub(super) params: Value,
}

/// The link to one browser.
#[derive(Debug)]
pub(super) struct Link {
    next_id: AtomicU64,
    is_broken: AtomicBool,
    /// Messages on their way out; a task of their own writes them, so that a caller who gives up leaves none half said.
    outgoing: Mutex<Option<mpsc::UnboundedSender<Vec<u8>>>>,
    answers: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    listeners: Mutex<HashMap<String, mpsc::UnboundedSender<Event>>>,
}

impl Link {
    /// A link, and the messages that [`say`] is to write.
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Vec<u8>>) {
        let (outgoing, messages) = mpsc::unbounded_channel();
        let link = Self {
            next_id: AtomicU64::new(1),
            is_broken: AtomicBool::new(false),
            outgoing: Mutex::new(Some(outgoing)),
            answers: Mutex::default(),
            listeners: Mutex::default(),
        };
        (link, messages)
    }

    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    /// Calls a method of the browser itself, or of one session.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<Value, CallError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let (sender, receiver) = oneshot::channel();
        lock(&self.answers).insert(id, sender);
        self.send(&message);
        // `break_off` may have run before the answer was waited for.
        if self.is_broken() {
            lock(&self.answers).remove(&id);
        }
        let mut answer = receiver.await.map_err(|_| CallError::BrowserGone)?;
        match answer.get("error") {
            Some(error) => Err(CallError::Refused { method, why: error["message"].to_string() }),
            None => Ok(answer["result"].take()),
        }
    }

    /// The events of a session from now on. They end when the browser does.
    pub(super) fn listen(&self, session: &str) -> mpsc::UnboundedReceiver<Event> {
        let (sender, receiver) = mpsc::unbounded_channel();
        if !self.is_broken() {
            lock(&self.listeners).insert(session.to_owned(), sender);
        }
        receiver
    }

    pub(super) fn stop_listening(&self, session: &str) {
        lock(&self.listeners).remove(session);
    }

    /// Passes on what the browser says, until it says no more.
    pub(super) async fn hear(&self, incoming: ChildStdout) {
        let mut incoming = BufReader::new(incoming);
        let mut message = Vec::new();
        loop {
            message.clear();
            let read = (&mut incoming).take(LONGEST_MESSAGE).read_until(0, &mut message).await;
            if read.is_err() || message.pop() != Some(0) {
                break;
            }
            if let Ok(message) = serde_json::from_slice(&message) {
                self.pass_on(message);
            }
        }
        self.break_off();
    }

    fn send(&self, message: &Value) {
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        if let Some(outgoing) = lock(&self.outgoing).as_ref() {
            // Whoever writes stops only when the browser has gone, and then `hear` breaks the link off.
            let _unheard = outgoing.send(bytes);
        }
    }

    fn pass_on(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(waiting) = lock(&self.answers).remove(&id) {
                // Nobody waits any longer where a page has run out of time.
                let _unheard = waiting.send(message);
            }
            return;
        }
        let (Some(session), Some(method)) = (message["sessionId"].as_str(), message["method"].as_str())
        else {
            return;
        };
        if !HEEDED.contains(&method) {
            return;
        }
        if let Some(listener) = lock(&self.listeners).get(session) {
            let method = method.to_owned();
            let _unheard = listener.send(Event { method, params: message["params"].take() });
        }
    }

    /// Ends all calls and closes our end of the pipe, which ends the browser.
    pub(super) fn break_off(&self) {
        self.is_broken.store(true, Ordering::Release);
        lock(&self.outgoing).take();
        lock(&self.answers).clear();
        lock(&self.listeners).clear();
    }
}

/// Writes the messages of a link until it is broken off or nobody reads them.
pub(super) async fn say(mut messages: mpsc::UnboundedReceiver<Vec<u8>>, mut outgoing: ChildStdin) {
    while let Some(message) = messages.recv().await {
        if outgoing.write_all(&message).await.is_err() {
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
