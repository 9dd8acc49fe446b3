//! HMAC-SHA256, in the forms in which platforms want it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{HMAC_SHA256, Key, sign};

/// Signs `message` with `key`, in base64.
pub(super) fn in_base64(key: &str, message: &str) -> String {
    STANDARD.encode(sign(&Key::new(HMAC_SHA256, key.as_bytes()), message.as_bytes()))
}

/// Signs `message` with `key`, in hexadecimal digits.
pub(super) fn in_hex(key: &str, message: &str) -> String {
    let signed = sign(&Key::new(HMAC_SHA256, key.as_bytes()), message.as_bytes());
    signed.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test case 2 of RFC 4231.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        let signed = in_hex("Jefe", "what do ya want for nothing?");
        assert_eq!(signed, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let signed = in_base64("Jefe", "what do ya want for nothing?");
        assert_eq!(signed, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    }
}
