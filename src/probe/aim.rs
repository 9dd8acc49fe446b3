//! What is probed, and by what it is judged.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::assess::{Calendar, Policy};
use crate::rules::{Cadence, Cadences, Source};

/// What is probed, and by what it is judged.
pub(crate) struct Aim<'a> {
    /// The column or account.
    pub(crate) source: &'a Source,
    /// Where its rule comes from.
    pub(crate) whence: Whence<'a>,
    /// The county's calendar.
    pub(crate) calendar: Calendar,
    /// How sure we must be before anybody is accused.
    pub(crate) policy: Policy,
    /// The instant by which dates are read and judged.
    pub(crate) seen_at: DateTime<Utc>,
}

/// Where the rule of what is probed comes from.
pub(crate) enum Whence<'a> {
    /// It stands in the rules.
    Rules,
    /// There is none yet: somebody gave an address.
    Address {
        /// By which the cadence is guessed.
        cadences: &'a Cadences,
        /// The preset that was named with it.
        preset: Option<&'a str>,
        /// Whether a cadence was named with it.
        names_cadence: bool,
    },
}

/// A cadence, and why it is this one.
pub(super) struct Chosen {
    pub(super) cadence: Arc<Cadence>,
    pub(super) because: String,
    /// Whether the column's name is enough for the rules to find it.
    pub(super) is_implied: bool,
}

impl Aim<'_> {
    /// The cadence to judge by, once the page has said what it is called.
    pub(super) fn cadence(&self, name: Option<&str>) -> Chosen {
        let chosen = |cadence: &Arc<Cadence>, because: String, is_implied| Chosen {
            cadence: Arc::clone(cadence),
            because,
            is_implied,
        };
        let own = &self.source.cadence;
        match (&self.whence, name) {
            (Whence::Rules, _) => chosen(own, "by the rule".to_owned(), false),
            (Whence::Address { names_cadence: true, .. }, _) => chosen(own, "as asked".to_owned(), false),
            (Whence::Address { .. }, None) => {
                chosen(own, "the most lenient: the page does not say what it is called".to_owned(), false)
            }
            (Whence::Address { cadences, .. }, Some(name)) => match cadences.for_column_name(name) {
                Some(implied) => chosen(implied, format!("by the name `{name}`"), true),
                None => chosen(own, format!("the most lenient: no pattern fits the name `{name}`"), false),
            },
        }
    }
}
