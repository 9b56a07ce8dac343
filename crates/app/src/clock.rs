//! The only reader of the wall clock, and the only source of unguessable names.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::fmt;

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
    pub fn micros(self) -> store::Micros {
        self.now().as_microsecond()
    }
}

/// A name nobody else has or can guess; sorts by time of birth.
pub fn new_token() -> impl fmt::Display {
    #[expect(clippy::disallowed_methods, reason = "this is the entropy that the rule points to")]
    uuid::Uuid::now_v7().simple()
}
