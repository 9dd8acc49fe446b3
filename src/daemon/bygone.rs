//! Matters of the operator's that nobody can end any more, since what they were about has left the rules.

use super::line::Line;
use crate::alert::{OperatorKey, Sign};
use crate::rules::{SourceId, WayName};
use crate::store::StoreError;

impl Line {
    /// Ends the matters of ways and bridges that the rules no longer know. A line never changes its rules.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn end_bygone_matters(&self) -> Result<(), StoreError> {
        for matter in self.store.operator_matters()? {
            if self.is_bygone(&matter.key) {
                self.observe(&matter.key, &Sign::Over)?;
            }
        }
        Ok(())
    }

    fn is_bygone(&self, key: &OperatorKey) -> bool {
        match key {
            OperatorKey::WayRefused { source, way } => {
                !self.is_read_by(source, Some(&WayName::new(way.as_str())))
            }
            OperatorKey::WaysDisagree { source } => !self.is_read_by(source, None),
            OperatorKey::SickBridge { bridge } => {
                !self.rules.bridges.iter().any(|known| known.id.as_str() == bridge)
            }
            // The overseer, the breaker and the mailer look after the others at each of their turns.
            OperatorKey::Unknown { .. }
            | OperatorKey::Redesigned { .. }
            | OperatorKey::Blocked { .. }
            | OperatorKey::Bounced { .. }
            | OperatorKey::OperatorBounced { .. }
            | OperatorKey::Mailbox
            | OperatorKey::Outbox
            | OperatorKey::Dead { .. }
            | OperatorKey::Disk
            | OperatorKey::HolidayYearMissing { .. }
            | OperatorKey::Breaker
            | OperatorKey::OwnOutage => false,
        }
    }

    /// Whether an account is read by its ways, and by this one among them.
    fn is_read_by(&self, id: &SourceId, name: Option<&WayName>) -> bool {
        self.rules.source(id).is_some_and(|source| {
            let has_it = name.is_none_or(|name| source.ways.iter().any(|way| way.name == *name));
            source.is_read_by_ways() && has_it
        })
    }
}
