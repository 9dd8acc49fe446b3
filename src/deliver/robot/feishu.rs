//! 飞书: a group robot's rich text, signed where the robot has a secret (签名校验). Its text is taken as it is: no markup in
//! a title can call on anybody.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Request;
use super::chat::{Chat, Row};
use super::sign::in_base64;
use crate::deliver::secret::Secret;

/// The platform takes 20 kB; beyond so many rows nobody reads on anyway.
const MOST_ROWS: usize = 40;

/// How many rows find no room.
pub(super) fn left_out(chat: &Chat) -> usize {
    chat.rows.len().saturating_sub(MOST_ROWS)
}

pub(super) fn request(chat: &Chat, secret: Option<&Secret>, now: DateTime<Utc>) -> Request {
    let mut paragraphs: Vec<Value> = chat.opening.iter().map(|text| json!([plain(text)])).collect();
    paragraphs.extend(chat.rows.iter().take(MOST_ROWS).map(paragraph));
    let left_out = left_out(chat);
    if left_out > 0 {
        paragraphs.push(json!([plain(&chat.left_out(left_out))]));
    }
    paragraphs.push(json!([plain(&chat.closing)]));
    let mut body = json!({
        "msg_type": "post",
        "content": { "post": { "zh_cn": { "title": chat.title, "content": paragraphs } } },
    });
    if let Some(secret) = secret {
        let timestamp = now.timestamp().to_string();
        body["sign"] = in_base64(&format!("{timestamp}\n{}", secret.reveal()), "").into();
        body["timestamp"] = timestamp.into();
    }
    Request { query: Vec::new(), headers: Vec::new(), body: body.to_string() }
}

fn paragraph(row: &Row) -> Value {
    let label = plain(&format!("【{}】", row.label));
    let name = match &row.url {
        Some(url) => json!({ "tag": "a", "text": row.name, "href": url }),
        None => plain(&row.name),
    };
    json!([label, name, plain(&format!("　{}", row.facts))])
}

fn plain(text: &str) -> Value {
    json!({ "tag": "text", "text": text })
}
