//! A web server behind TLS, with a certificate that it has written for itself.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub(crate) struct TlsWeb {
    pub(crate) address: SocketAddr,
    _task: JoinSet<()>,
}

impl TlsWeb {
    /// A server that answers every request over TLS with this page.
    pub(crate) async fn start(page: &'static str) -> Self {
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let own = rcgen::generate_simple_self_signed(["www.county.example".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // Clients that do not trust the certificate hang up.
                let _ = answer(&acceptor, stream, page).await;
            }
        });
        Self { address, _task: task }
    }
}

async fn answer(acceptor: &TlsAcceptor, stream: TcpStream, page: &str) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n",
        page.len()
    );
    stream.write_all(&[head.as_bytes(), page.as_bytes()].concat()).await?;
    stream.shutdown().await
}
