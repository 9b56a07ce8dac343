//! Durable jobs: what may become of one, in which order they run, when a failure is tried again, and
//! the loop that works them off.
//!
//! It is generic over the work a job carries and knows nothing of audio, SQL or providers: a
//! [`JobStore`] records what the rules here decide. Rules take `now` and their randomness as values;
//! only the [`worker`] waits, and it tells waiting (tokio's time) from the wall clock ([`Clock`]).

mod bell;
mod clock;
pub mod dead;
mod entropy;
mod error;
mod fingerprint;
mod job;
pub mod lanes;
pub mod lifecycle;
pub mod retry;
pub mod store;
pub mod worker;

pub use bell::{Bell, Listener};
pub use clock::{Clock, Micros, SetClock};
pub use entropy::{Entropy, Seeded};
pub use error::{Class, JobError, Outcome};
pub use fingerprint::{fingerprint, fold};
pub use job::{Begin, Job, JobId, Kind, Lane, NewJob, OnDuplicate, Ticket};
pub use lanes::{Lanes, Offer};
pub use lifecycle::{Circumstances, Counts, State};
pub use retry::Policies;
pub use store::{Claim, Enqueued, JobStore, Lapsed, Limits, Promoted, Settlement, Spent};
pub use worker::{Context, Worker, WorkerSettings};
