//! 钉钉: a group robot's markdown message, signed where the robot has a secret (加签).

use chrono::{DateTime, Utc};
use serde_json::json;

use super::Request;
use super::chat::{Chat, Printed};
use super::sign::in_base64;
use crate::deliver::secret::Secret;

/// The platform takes 20,000 bytes of JSON; a line of Chinese is longer there than in the text.
const LONGEST: usize = 12_000;

/// The text of the message.
pub(super) fn print(chat: &Chat) -> Printed {
    chat.markdown(LONGEST, "\n\n")
}

pub(super) fn request(chat: &Chat, secret: Option<&Secret>, now: DateTime<Utc>) -> Request {
    let text = print(chat).text;
    let body = json!({ "msgtype": "markdown", "markdown": { "title": chat.title, "text": text } });
    let query = secret.map_or_else(Vec::new, |secret| signature(secret, now));
    Request { query, headers: Vec::new(), body: body.to_string() }
}

/// Time in milliseconds and secret, signed with the secret.
fn signature(secret: &Secret, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let timestamp = now.timestamp_millis().to_string();
    let sign = in_base64(secret.reveal(), &format!("{timestamp}\n{}", secret.reveal()));
    vec![("timestamp", timestamp), ("sign", sign)]
}
