//! The web server of all the demo's hosts, on loopback. It counts what it is asked.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::reply::plain;
use super::site::{Asked, County};
use super::traffic::Traffic;

/// Forms are short.
const LONGEST_FORM: usize = 4096;

#[derive(Clone)]
struct Hosts {
    county: Arc<County>,
    traffic: Arc<Traffic>,
}

/// Serves the county until told to stop.
pub(super) async fn serve(
    county: Arc<County>,
    traffic: Arc<Traffic>,
    listener: TcpListener,
    stop: CancellationToken,
) -> io::Result<()> {
    let router = Router::new().fallback(handle).with_state(Hosts { county, traffic });
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

async fn handle(State(hosts): State<Hosts>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, LONGEST_FORM).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "413");
    };
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let asked = Asked {
        host: host.to_ascii_lowercase(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        form,
    };
    let answer = hosts.county.answer(&asked);
    hosts.traffic.note(&asked.host, &asked.address(), &asked.method, &answer, hosts.county.now());
    answer
}
