//! What a mail server said, in words that may be logged.

use lettre::transport::smtp::Error;

use super::error::{DeliverError, Step};
use super::untrusted::{shortened, single_line};

/// Longest reply kept, in characters.
const LONGEST: usize = 300;

/// What went wrong at a step of the conversation.
pub(super) fn explain(server: &str, step: Step, error: &Error) -> DeliverError {
    let server = server.to_owned();
    match error.status() {
        Some(code) => {
            let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            DeliverError::Refused { server, step, code: code.into(), reply: without_addresses(&said) }
        }
        None => DeliverError::Broken { server, step, reason: without_addresses(&error.to_string()) },
    }
}

/// Servers like to repeat the address they refuse; what is kept and logged must not hold it.
pub(super) fn without_addresses(said: &str) -> String {
    let words = single_line(said);
    let masked: Vec<_> = words.split(' ').map(|word| if word.contains('@') { "<…>" } else { word }).collect();
    shortened(&masked.join(" "), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_kept_without_the_addresses_in_it() {
        let said = "5.1.1 <zhangsan@langxi.example>: Recipient address\r\nrejected (to=lisi@langxi.example)";
        assert_eq!(without_addresses(said), "5.1.1 <…> Recipient address rejected <…>");
        assert_eq!(without_addresses(&"x".repeat(900)).chars().count(), LONGEST);
    }
}
