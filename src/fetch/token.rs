//! Tokens that platforms have given us: kept until they expire, shared by all accounts of one secret.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::extract::Grant;
use crate::rules::SecretName;

/// Whose token it is: a platform's, for a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Holder {
    pub(super) base: Url,
    pub(super) secret: SecretName,
}

/// The tokens we hold. In memory only: after a restart they are asked for anew.
#[derive(Default)]
pub struct Tokens {
    held: HashMap<Holder, Held>,
}

struct Held {
    token: String,
    good_until: DateTime<Utc>,
}

/// A token this near to its end might end on the way.
const MARGIN: TimeDelta = TimeDelta::minutes(1);

impl Tokens {
    /// The token that is good at `now`.
    pub(super) fn good(&self, holder: &Holder, now: DateTime<Utc>) -> Option<&str> {
        let held = self.held.get(holder).filter(|held| now + MARGIN < held.good_until)?;
        Some(&held.token)
    }

    /// Keeps a token that was given at `now`.
    pub(super) fn keep(&mut self, holder: Holder, grant: Grant, now: DateTime<Utc>) {
        let good_until = now.checked_add_signed(grant.lasts).unwrap_or(now);
        self.held.insert(holder, Held { token: grant.token, good_until });
    }

    /// Forgets a token that was not taken, unless another has taken its place meanwhile.
    pub(super) fn forget(&mut self, holder: &Holder, token: &str) {
        if self.held.get(holder).is_some_and(|held| held.token == token) {
            self.held.remove(holder);
        }
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({} held)", self.held.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(secret: &str) -> Holder {
        Holder { base: "https://api.example/".parse().unwrap(), secret: SecretName::new(secret) }
    }

    fn grant(token: &str) -> Grant {
        Grant { token: token.to_owned(), lasts: TimeDelta::hours(2) }
    }

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-10-08T{time}Z").parse().unwrap()
    }

    #[test]
    fn a_token_is_good_until_just_before_its_end() {
        let mut tokens = Tokens::default();
        tokens.keep(holder("a"), grant("one"), at("01:00:00"));
        assert_eq!(tokens.good(&holder("a"), at("02:58:59")), Some("one"));
        assert_eq!(tokens.good(&holder("a"), at("02:59:00")), None);
        assert_eq!(tokens.good(&holder("b"), at("01:00:00")), None);
    }

    #[test]
    fn only_the_token_that_was_not_taken_is_forgotten() {
        let mut tokens = Tokens::default();
        tokens.keep(holder("a"), grant("two"), at("01:00:00"));
        tokens.forget(&holder("a"), "one");
        assert_eq!(tokens.good(&holder("a"), at("01:00:01")), Some("two"));
        tokens.forget(&holder("a"), "two");
        assert_eq!(tokens.good(&holder("a"), at("01:00:01")), None);
    }

    #[test]
    fn tokens_print_none_of_themselves() {
        let mut tokens = Tokens::default();
        tokens.keep(holder("a"), grant("hush"), at("01:00:00"));
        assert_eq!(format!("{tokens:?}"), "Tokens(1 held)");
    }
}
