//! The only reader of the wall clock, and the only source of chance.

mod steady;

pub use steady::{Setting, SteadyClock};

use domain::forecast::Step;
use futures::future::{BoxFuture, FutureExt};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use queue::{Clock, Entropy, Micros};
use std::{fmt, sync::LazyLock, time::Duration};
use tokio::time::Instant;

/// How time passes while something is made: by itself unless it is said otherwise, as a simulation does.
pub trait Time: Clock {
    /// Time on a scale that never jumps, from a beginning of its own: for how long things take.
    fn elapsed(&self) -> Duration {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGINNING.elapsed()
    }

    fn wait(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }

    /// Between two signs of life of whoever holds a lease.
    fn heartbeat(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.wait(time)
    }

    /// Whether things may be planned by it: a clock that has just jumped may be wrong.
    fn is_believed(&self) -> bool {
        true
    }

    /// So many pieces of a step were worked on: others get their turn.
    fn worked(&self, _step: Step, _pieces: usize) -> BoxFuture<'static, ()> {
        tokio::task::yield_now().boxed()
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the rule points to")]
    pub fn now(self) -> Timestamp {
        Timestamp::now()
    }

    /// The date on this machine's own calendar.
    pub fn today(self) -> Date {
        self.now().to_zoned_datetime(TimeZone::system()).date()
    }

    /// Microseconds since the epoch, UTC.
    pub fn micros(self) -> Micros {
        self.now().as_microsecond()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Micros {
        self.micros()
    }
}

impl Time for SystemClock {}

/// An instant as the rules take it. One beyond the calendar counts as its edge.
pub fn timestamp(micros: Micros) -> Timestamp {
    let edge = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(edge)
}

/// The system's chance: good for secrets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chance;

impl Entropy for Chance {
    fn bits(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "this is the entropy that the rule points to")]
        let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
        // Six bits of the two are fixed, no two of them at the same place.
        high ^ low.rotate_left(32)
    }
}

/// Two draws: what an id is born with.
pub fn chance(entropy: &dyn Entropy) -> [u64; 2] {
    [entropy.bits(), entropy.bits()]
}

/// A name nobody else has or can guess.
pub fn new_token(entropy: &dyn Entropy) -> impl fmt::Display + use<> {
    let [high, low] = chance(entropy);
    uuid::Uuid::from_u64_pair(high, low).simple()
}
