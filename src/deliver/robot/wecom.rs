//! 企业微信: a group robot's markdown message.

use serde_json::json;

use super::Request;
use super::chat::Chat;

/// The platform's limit on the text, in bytes.
const LONGEST: usize = 4096;

pub(super) fn request(chat: &Chat) -> Request {
    let body = json!({ "msgtype": "markdown", "markdown": { "content": chat.markdown(LONGEST, "\n") } });
    Request { query: Vec::new(), headers: Vec::new(), body: body.to_string() }
}
