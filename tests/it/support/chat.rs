//! The platform of a group robot: remembers what is posted, and answers as it is told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What was posted once.
#[derive(Clone)]
pub(crate) struct Posting {
    /// Decoded.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) json: Value,
}

type Answer = dyn Fn(&Posting) -> (u16, &'static str) + Send + Sync;

#[derive(Clone)]
struct Shared {
    postings: Arc<Mutex<Vec<Posting>>>,
    answer: Arc<Answer>,
}

pub(crate) struct ChatServer {
    pub(crate) address: SocketAddr,
    postings: Arc<Mutex<Vec<Posting>>>,
    _task: JoinSet<()>,
}

impl ChatServer {
    /// A server that judges every posting by `answer`.
    pub(crate) async fn start(
        answer: impl Fn(&Posting) -> (u16, &'static str) + Send + Sync + 'static,
    ) -> Self {
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let postings = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared { postings: Arc::clone(&postings), answer: Arc::new(answer) };
        let router = Router::new().fallback(take).with_state(shared);
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, postings, _task: task }
    }

    pub(crate) fn postings(&self) -> Vec<Posting> {
        self.postings.lock().unwrap().clone()
    }
}

async fn take(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let query =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let posting =
        Posting { query, headers: headers.collect(), json: serde_json::from_str(&text).unwrap(), text };
    let (status, answer) = (shared.answer)(&posting);
    shared.postings.lock().unwrap().push(posting);
    (StatusCode::from_u16(status).unwrap(), answer)
}
