//! A program of the office's own: the notice as JSON, signed where there is a secret.
//!
//! `id` is the same at every attempt, and stands in the header `Idempotency-Key` too: whoever has taken an id before can
//! drop the message. `X-Xuncha-Signature` is `sha256=` and the HMAC-SHA256 of the body, in hexadecimal digits.

use serde_json::json;

use super::Request;
use super::sign::in_hex;
use crate::deliver::notice::Notice;
use crate::deliver::secret::Secret;

pub(super) fn request(notice: &Notice, secret: Option<&Secret>) -> Request {
    let body = json!({
        "id": notice.id,
        "subject": notice.subject(),
        "created_at": notice.created_at,
        "says": notice.says,
    })
    .to_string();
    let mut headers = vec![("idempotency-key", notice.id.to_string())];
    if let Some(secret) = secret {
        headers.push(("x-xuncha-signature", format!("sha256={}", in_hex(secret.reveal(), &body))));
    }
    Request { query: Vec::new(), headers, body }
}
