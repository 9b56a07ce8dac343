//! What is simulated: the listeners, the sources, the providers and their troubles. Each has a default, and a
//! flag of the command.

use super::{
    latency::Sort,
    weather::{Span, Weather},
    zones::TOKYO,
};
use crate::failure::{Failure, Kind};
use domain::schedule::{LocalTime, Schedule, Zone};
use jiff::{SignedDuration, Timestamp, civil::Date};
use queue::Micros;
use std::str::FromStr;

pub const HOUR: Micros = 3_600_000_000;
pub const DAY: Micros = 24 * HOUR;

#[derive(Clone, Debug)]
pub struct Trace {
    pub listeners: u32,
    pub seed: u64,
    /// In Tokyo, where the day begins and ends.
    pub day: Date,
    /// Of all listeners, those who want their program at seven in Tokyo.
    pub crowd: f64,
    pub sources: usize,
    /// How much less popular each source is than the one before it.
    pub zipf: f64,
    /// Articles of a source, in the middle.
    pub articles_a_day: f64,
    pub writer: Sort,
    pub voice: Sort,
    /// Narrations at the same time; `None`: such that the largest batch's take `largest_batch` of it.
    pub capacity: Option<u32>,
    pub largest_batch: SignedDuration,
    /// Of all listeners, those who were never greeted by name before.
    pub newcomers: f64,
    pub failures: f64,
    pub throttles: f64,
    /// Calls that a provider takes at the same time.
    pub parallel: Option<u32>,
    pub outage: Option<Trouble>,
    pub planner_stopped: Option<Trouble>,
    /// All workers are killed, and start anew half a minute later.
    pub killed: Option<LocalTime>,
    /// Feeds are set back to slots that have their programs, as by an old backup.
    pub rewound: Option<LocalTime>,
}

/// Something that begins at a time of the day in Tokyo and lasts some minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub at: LocalTime,
    pub minutes: u32,
}

/// Of warming up, and of the day that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub warm_up: Micros,
    pub counted: Span,
}

impl Trace {
    pub fn days(&self) -> Result<Days, Failure> {
        let from = self.instant("00:00".parse().map_err(odd)?)?;
        Ok(Days { warm_up: from - DAY, counted: Span { from, to: from + DAY } })
    }

    /// A time of the day that counts.
    pub fn instant(&self, time: LocalTime) -> Result<Micros, Failure> {
        let zone: Zone = TOKYO.parse().map_err(odd)?;
        let slot = Schedule::new(domain::schedule::Days::DAILY, time, zone).slot(self.day);
        let slot = slot.ok_or_else(|| odd("the day is not on the calendar of Tokyo"))?;
        Ok(slot.ready_by.as_microsecond())
    }

    pub fn span(&self, trouble: Trouble) -> Result<Span, Failure> {
        let from = self.instant(trouble.at)?;
        Ok(Span { from, to: from + Micros::from(trouble.minutes) * 60_000_000 })
    }

    pub fn weather(&self) -> Result<Weather, Failure> {
        let outages = self.outage.map(|outage| self.span(outage)).transpose()?;
        Ok(Weather {
            failures: self.failures,
            throttles: self.throttles,
            outages: outages.into_iter().collect(),
            parallel: self.parallel,
        })
    }
}

fn odd(cause: impl std::fmt::Display) -> Failure {
    Failure::new(Kind::Usage, cause)
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time with minutes; write 06:10+30 for half an hour from ten past six on, in Tokyo")]
pub struct NoTrouble(String);

impl FromStr for Trouble {
    type Err = NoTrouble;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = || NoTrouble(text.to_owned());
        let (at, minutes) = text.split_once('+').ok_or_else(no)?;
        Ok(Self { at: at.parse().map_err(|_| no())?, minutes: minutes.parse().map_err(|_| no())? })
    }
}

/// As people write it.
pub fn shown(instant: Micros) -> String {
    Timestamp::from_microsecond(instant).map(|instant| instant.to_string()).unwrap_or_default()
}
