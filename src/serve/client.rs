//! The other end of the socket, for the command line.

use std::path::{Path, PathBuf};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::task::JoinSet;

use super::view::ErrorBody;

/// Asks the daemon.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
}

/// Why the daemon gave no answer, or not the one wanted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nobody listens.
    #[error(
        "no daemon answers on `{socket}`: {source}\nstart one with `xuncha run`, or name its socket with --socket"
    )]
    NoDaemon {
        /// The socket.
        socket: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The daemon refused.
    #[error("{error}\n{hint}")]
    Refused {
        /// The status.
        status: u16,
        /// What is wrong.
        error: String,
        /// What to do.
        hint: String,
    },
    /// The conversation broke.
    #[error("the daemon's answer broke off: {0}")]
    BrokeOff(#[from] hyper::Error),
    /// The answer makes no sense.
    #[error("the daemon's answer cannot be read ({0}): is it of another version?")]
    Unreadable(#[from] serde_json::Error),
    /// The address makes no sense.
    #[error("cannot ask for that: {0}")]
    BadRequest(#[from] hyper::http::Error),
}

impl Client {
    /// A client of the daemon on this socket.
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// Reads an address such as `/v1/status`.
    ///
    /// # Errors
    /// If nobody answers, or the answer is a refusal.
    pub async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, ClientError> {
        Ok(serde_json::from_slice(&self.ask(Method::GET, address).await?)?)
    }

    /// Writes to an address.
    ///
    /// # Errors
    /// If nobody answers, or the answer is a refusal.
    pub async fn post<T: DeserializeOwned>(&self, address: &str) -> Result<T, ClientError> {
        Ok(serde_json::from_slice(&self.ask(Method::POST, address).await?)?)
    }

    /// Writes something to an address.
    ///
    /// # Errors
    /// If nobody answers, or the answer is a refusal.
    pub async fn send<B: Serialize, T: DeserializeOwned>(
        &self,
        address: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let body = Full::new(Bytes::from(serde_json::to_vec(body)?));
        Ok(serde_json::from_slice(&self.ask_with(Method::POST, address, body).await?)?)
    }

    /// Follows an address that tells what happens.
    ///
    /// # Errors
    /// If nobody answers, or the answer is a refusal.
    pub async fn follow(&self, address: &str) -> Result<Following, ClientError> {
        let (mut sender, connection) = self.connect().await?;
        let mut connected = JoinSet::new();
        connected.spawn(async move {
            // The body says that the connection broke, if it did.
            let _ended = connection.await;
        });
        let response =
            sender.send_request(request(Method::GET, address, "text/event-stream", Full::default())?).await?;
        if !response.status().is_success() {
            let status = response.status();
            return Err(refused(status, &response.into_body().collect().await?.to_bytes()));
        }
        Ok(Following {
            body: response.into_body(),
            heard: Vec::new(),
            _sender: sender,
            _connected: connected,
        })
    }

    async fn connect(&self) -> Result<(Sender, Connection), ClientError> {
        let no_daemon = |source| ClientError::NoDaemon { socket: self.socket.clone(), source };
        let stream = UnixStream::connect(&self.socket).await.map_err(no_daemon)?;
        Ok(http1::handshake(TokioIo::new(stream)).await?)
    }

    async fn ask(&self, method: Method, address: &str) -> Result<Bytes, ClientError> {
        self.ask_with(method, address, Full::default()).await
    }

    async fn ask_with(&self, method: Method, address: &str, body: Full<Bytes>) -> Result<Bytes, ClientError> {
        let (mut sender, connection) = self.connect().await?;
        let request = request(method, address, "application/json", body)?;
        let asking = async move {
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok::<(StatusCode, Bytes), hyper::Error>((status, body))
        };
        let (answer, _closed) = tokio::join!(asking, connection);
        let (status, body) = answer?;
        if status.is_success() { Ok(body) } else { Err(refused(status, &body)) }
    }
}

type Sender = http1::SendRequest<Full<Bytes>>;
type Connection = http1::Connection<TokioIo<UnixStream>, Full<Bytes>>;

fn request(
    method: Method,
    address: &str,
    accept: &str,
    body: Full<Bytes>,
) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    Request::builder()
        .method(method)
        .uri(address)
        .header("host", "xuncha")
        .header("accept", accept)
        .header("content-type", "application/json")
        .header("connection", "close")
        .body(body)
}

fn refused(status: StatusCode, body: &[u8]) -> ClientError {
    match serde_json::from_slice::<ErrorBody>(body) {
        Ok(refusal) => {
            ClientError::Refused { status: status.as_u16(), error: refusal.error, hint: refusal.hint }
        }
        Err(error) => error.into(),
    }
}

/// What happens, as the daemon tells it.
#[derive(Debug)]
pub struct Following {
    body: Incoming,
    /// Heard and not yet understood: the beginning of an event.
    heard: Vec<u8>,
    _sender: Sender,
    _connected: JoinSet<()>,
}

impl Following {
    /// The next thing that happens; `None` if the daemon ends.
    ///
    /// # Errors
    /// If the conversation breaks, or what is told makes no sense.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ClientError> {
        loop {
            while let Some(end) = self.heard.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.heard.drain(..end + 2).collect();
                let mut lines = event.split(|byte| *byte == b'\n');
                if let Some(data) = lines.find_map(|line| line.strip_prefix(b"data: ")) {
                    return Ok(Some(serde_json::from_slice(data)?));
                }
            }
            match self.body.frame().await {
                Some(frame) => self.heard.extend(frame?.into_data().unwrap_or_default()),
                None => return Ok(None),
            }
        }
    }
}
