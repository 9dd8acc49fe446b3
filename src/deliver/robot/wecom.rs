//! 企业微信: a group robot's markdown message.

use serde_json::json;

use super::Request;
use super::chat::{Chat, Printed};

/// The platform's limit on the text, in bytes.
const LONGEST: usize = 4096;

/// The text of the message.
pub(super) fn print(chat: &Chat) -> Printed {
    chat.markdown(LONGEST, "\n")
}

pub(super) fn request(chat: &Chat) -> Request {
    let body = json!({ "msgtype": "markdown", "markdown": { "content": print(chat).text } });
    Request { query: Vec::new(), headers: Vec::new(), body: body.to_string() }
}
