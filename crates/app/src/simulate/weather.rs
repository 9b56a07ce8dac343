//! What happens to providers and planners that is nobody's plan.

use queue::{Entropy, Micros, Seeded};
use std::time::Duration;

/// A stretch of time, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Micros,
    pub to: Micros,
}

impl Span {
    pub const fn holds(self, instant: Micros) -> bool {
        self.from <= instant && instant < self.to
    }
}

/// What becomes of a provider's calls.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    /// Of all calls, those that end with a server's error.
    pub failures: f64,
    /// Of all calls, those that are told to wait.
    pub throttles: f64,
    /// Nobody answers.
    pub outages: Vec<Span>,
    /// Calls at the same time, beyond which all are told to wait.
    pub parallel: Option<u32>,
}

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    Fails { after: Duration },
    Throttled { retry_after: Duration },
    Unreachable { after: Duration },
}

impl Weather {
    pub fn fate(&self, in_flight: u32, now: Micros, chance: &Seeded) -> Fate {
        // Two draws whatever happens: other calls keep theirs.
        let (fails, throttled) = (chance.fraction(), chance.fraction());
        if self.outages.iter().any(|outage| outage.holds(now)) {
            return Fate::Unreachable { after: Duration::from_secs(5) };
        }
        if self.parallel.is_some_and(|most| in_flight > most) || throttled < self.throttles {
            return Fate::Throttled { retry_after: Duration::from_secs(10) };
        }
        if fails < self.failures {
            return Fate::Fails { after: Duration::from_secs(2) };
        }
        Fate::Answered
    }
}
