//! Decides how a source stands.
//!
//! [`deadline()`] owns the calendar arithmetic: the newest item's day and the [cadence](crate::rules::Cadence) give the
//! [`Deadline`]. [`Case::standing`] compares it with `now` and what is known of the source, and returns a [`Standing`].
//! Nothing here reads the clock, the store or the network. [`honesty`] looks at the dates themselves: whether they are
//! honest. [`agreement`] makes one view of an account out of its ways, [`bridge_health`] says whether what comes through a
//! bridge can be believed, [`activity`] what else is judged of an
//! account, and [`menu`] what of its menu is put on record.
//!
//! A source that could not be read is [`Standing::Unknown`], however long ago it last published, so that an outage on
//! our side never accuses a unit; nobody is convicted on one look.

pub mod activity;
pub mod agreement;
mod bridge;
mod deadline;
pub mod honesty;
mod judge;
pub mod menu;
mod standing;
mod workdays;

pub use bridge::{BridgeHealth, Canary, bridge_health};
pub use deadline::{Calendar, cut_off_in, deadline};
pub use judge::{
    Article, Backing, Case, Known, Policy, Shown, days_left, days_overdue, judged_at, remember_look,
};
pub use standing::{Cause, Deadline, Standing};
pub use workdays::WorkDays;
