//! What a change of standing means for the people who must act on it.
//!
//! [`step`] moves one source's alert: it takes the [`State`] so far, the standing now, and returns the next state with
//! the [`Change`] to tell, if any; the [`Ladder`] says when something is said though the standing stays. [`plan_digest`] gathers the changes of one unit into the one mail it gets that day.
//!
//! [`operator`] does the same for whoever runs the monitor, about what keeps it from seeing, judging or telling.
//!
//! All of it is pure. The daemon commits the new state and the change in one transaction; a restart between any two
//! steps loses nothing and says nothing twice.
//!
//! An unknown standing moves nothing: it neither raises, reminds nor resolves.

mod breaker;
mod digest;
mod ladder;
pub mod operator;
mod stance;
mod state;

pub use breaker::{BreakerPolicy, Turns, doubtful_turns};
pub use digest::{Addressee, Digest, DigestRow, Matter, News, OperatorDigest, SourceFacts, plan_digest};
pub use ladder::{Ladder, Policy};
pub use operator::{OperatorKey, OperatorMatter, OperatorNews, OperatorPolicy, OperatorRow, Sign};
pub use stance::{Stance, StanceKind, Standpoint};
pub use state::{Change, Kind, Level, State, next_step_at, step};
