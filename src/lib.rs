//! xuncha (巡查) watches that every column and account of a county's offices is updated in time.

pub mod alert;
pub mod assess;
pub mod bulletin;
pub mod clock;
pub mod deliver;
pub mod extract;
pub mod fetch;
pub mod rules;
pub mod schedule;
pub mod store;
