//! A mail server that takes mail only under TLS and after a login, with a certificate that it has written for itself.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub(crate) const USER: &str = "xuncha";
pub(crate) const PASSWORD: &str = "口令 p@ss";

/// When TLS begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    AtOnce,
    AfterStartTls,
}

#[derive(Default)]
struct Record {
    messages: Vec<String>,
    clear: Vec<String>,
    connections: usize,
}

pub(crate) struct SecureServer {
    pub(crate) address: SocketAddr,
    /// Its own certificate, which is its own authority, as PEM.
    pub(crate) authority: String,
    record: Arc<Mutex<Record>>,
    _task: JoinSet<()>,
}

impl SecureServer {
    /// A server that offers this mechanism of AUTH: `PLAIN` or `LOGIN`.
    pub(crate) async fn start(begins: Begins, mechanism: &'static str) -> Self {
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let record = Arc::new(Mutex::new(Record::default()));
        let mut task = JoinSet::new();
        let kept = Arc::clone(&record);
        task.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                kept.lock().unwrap().connections += 1;
                // A client that does not trust the certificate hangs up.
                let _ = serve(stream, &acceptor, begins, mechanism, &kept).await;
            }
        });
        Self { address, authority: own.cert.pem(), record, _task: task }
    }

    pub(crate) fn messages(&self) -> Vec<String> {
        self.record.lock().unwrap().messages.clone()
    }

    /// What came before TLS began.
    pub(crate) fn came_in_clear(&self) -> Vec<String> {
        self.record.lock().unwrap().clear.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.record.lock().unwrap().connections
    }
}

async fn serve(
    mut stream: TcpStream,
    acceptor: &TlsAcceptor,
    begins: Begins,
    mechanism: &str,
    record: &Mutex<Record>,
) -> std::io::Result<()> {
    if begins == Begins::AfterStartTls {
        stream.write_all(b"220 mail.test ready\r\n").await?;
        let mut lines = BufReader::new(&mut stream).lines();
        while let Some(line) = lines.next_line().await? {
            record.lock().unwrap().clear.push(line.clone());
            let is_tls = line == "STARTTLS";
            let answer: &[u8] = if is_tls { b"220 go on\r\n" } else { b"250-mail.test\r\n250 STARTTLS\r\n" };
            lines.get_mut().get_mut().write_all(answer).await?;
            if is_tls {
                break;
            }
        }
    }
    let mut secured = acceptor.accept(stream).await?;
    if begins == Begins::AtOnce {
        secured.write_all(b"220 mail.test ready\r\n").await?;
    }
    converse(secured, mechanism, record).await
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite,
    mechanism: &str,
    record: &Mutex<Record>,
) -> std::io::Result<()> {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(Box::pin(read)).lines();
    let mut write = Box::pin(&mut write);
    let mut is_logged_in = false;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => format!("250-mail.test\r\n250 AUTH {mechanism}"),
            "AUTH" => {
                is_logged_in = match line.strip_prefix("AUTH PLAIN ") {
                    Some(initial) => decoded(initial) == format!("\0{USER}\0{PASSWORD}"),
                    None => {
                        write.write_all(b"334 VXNlcm5hbWU6\r\n").await?;
                        let user = lines.next_line().await?.unwrap_or_default();
                        write.write_all(b"334 UGFzc3dvcmQ6\r\n").await?;
                        let password = lines.next_line().await?.unwrap_or_default();
                        decoded(&user) == USER && decoded(&password) == PASSWORD
                    }
                };
                if is_logged_in { "235 welcome".to_owned() } else { "535 wrong".to_owned() }
            }
            "MAIL" if !is_logged_in => "530 log in first".to_owned(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut data = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    data.push_str(&line);
                    data.push('\n');
                }
                record.lock().unwrap().messages.push(data);
                "250 taken".to_owned()
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "250 ok".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn decoded(base64: &str) -> String {
    String::from_utf8(STANDARD.decode(base64.trim()).unwrap_or_default()).unwrap_or_default()
}
