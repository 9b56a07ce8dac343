//! What a provider of scripts or speech allows and costs, what of it is used, and who may call next.
//!
//! An [`Account`] is one provider as all nodes share it. The rules change it as a value; whoever keeps it
//! changes it by one holder at a time, so that what the rules promise holds for all nodes together:
//! neither calls at the same time nor reserved and spent money are ever more than configured.

mod account;
mod breaker;
mod bucket;
mod budget;
mod call;
mod estimate;
pub mod ladder;
mod settings;
#[cfg(test)]
mod tests;
mod window;

pub use account::{Account, Live, Open, Standing};
pub use breaker::{Breaker, BreakerState};
pub use bucket::Bucket;
pub use budget::{Period, Spent};
pub use call::{Answer, Ask, Booked, Booking, Operation, Paid, Units};
pub use estimate::Estimate;
pub use ladder::{Plight, Rung};
pub use settings::{Budgets, Prices, Settings};
pub use window::Window;

use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// Microseconds since the epoch, UTC.
pub type Micros = i64;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;

/// Why a call may not be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Why {
    /// The operator has switched the provider off.
    Killed,
    /// The same artifact has been paid for twice, or may have been.
    PaidTwice,
    /// It failed again and again; a probe will show when it is back.
    Broken,
    /// It asked to wait.
    Paused,
    /// The money of this period is spent, but for what others have reserved.
    Budget(Period),
    /// As many calls as it takes are under way.
    Parallel,
    /// Its requests or units of this minute are used.
    Rate,
    /// Its ledger cannot be reached, and no call is made that is not on record.
    Unrecorded,
}

impl Why {
    /// Whether a call a few seconds from now may well be let through.
    pub const fn is_brief(self) -> bool {
        matches!(self, Self::Parallel | Self::Rate | Self::Paused)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::Killed => "the operator has switched it off",
            Self::PaidTwice => "this was paid for twice already, without an answer that could be used",
            Self::Broken => "it failed again and again, and a probe has to show that it is back",
            Self::Paused => "it asked to wait",
            Self::Budget(period) => return write!(f, "the budget of the {} is spent", period.name()),
            Self::Parallel => "as many calls as it takes are under way",
            Self::Rate => "the requests or units of this minute are used",
            Self::Unrecorded => "its ledger cannot be reached",
        };
        f.write_str(why)
    }
}

/// A call that was not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub why: Why,
    /// Before then it is of no use to ask again; `None` when nobody can know.
    pub until: Option<Micros>,
}

/// A refusal as whoever wanted the call is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{provider} is not called: {why}")]
pub struct Withheld {
    pub provider: String,
    pub why: Why,
    /// It is of no use to ask again before; `None` when nobody can know.
    pub wait: Option<Duration>,
}
