//! Money of a day and of a month, and the share of it that is kept for each lane.

use super::Micros;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days and months of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    Day,
    Month,
}

impl Period {
    pub const ALL: [Self; 2] = [Self::Day, Self::Month];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Which one it is: they count up.
    fn number(self, now: Micros) -> i32 {
        let date = date(now);
        let (year, month) = (i32::from(date.year()), i32::from(date.month()));
        match self {
            Self::Day => (year * 12 + month) * 31 + i32::from(date.day()),
            Self::Month => year * 12 + month,
        }
    }

    /// Its last instant is just before this.
    pub fn end(self, now: Micros) -> Micros {
        let next = match self {
            Self::Day => date(now).tomorrow(),
            Self::Month => date(now).last_of_month().tomorrow(),
        };
        let midnight = next.and_then(|date| date.to_zoned_datetime(TimeZone::UTC));
        midnight.map_or(Micros::MAX, |midnight| midnight.timestamp().as_microsecond())
    }
}

fn date(now: Micros) -> Date {
    let edge = if now < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(now).unwrap_or(edge).to_zoned_datetime(TimeZone::UTC).date()
}

/// What was spent and set aside in the period that runs, by lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    number: i32,
    micro_usd: BTreeMap<u8, u64>,
}

impl Spent {
    /// Begins a new period when one has. A clock that is behind begins no old one.
    pub fn roll(&mut self, period: Period, now: Micros) {
        let number = period.number(now);
        if number > self.number {
            *self = Self { number, micro_usd: BTreeMap::new() };
        }
    }

    pub fn total(&self) -> u64 {
        self.micro_usd.values().fold(0, |sum, &spent| sum.saturating_add(spent))
    }

    pub fn of(&self, lane: u8) -> u64 {
        self.micro_usd.get(&lane).copied().unwrap_or(0)
    }

    /// Whether a lane may spend so much more of a budget: all that is not spent, but for what other lanes
    /// have not spent of their reserved shares. So a lane's own share is always there for it.
    pub fn allows(&self, lane: u8, micro_usd: u64, budget: u64, reserved_percent: &BTreeMap<u8, u8>) -> bool {
        if budget == 0 {
            return true;
        }
        let share = |percent: u8| u128::from(budget) * u128::from(percent) / 100;
        let kept: u128 = reserved_percent
            .iter()
            .filter(|&(&other, _)| other != lane)
            .map(|(&other, &percent)| share(percent).saturating_sub(u128::from(self.of(other))))
            .sum();
        u128::from(self.total()) + u128::from(micro_usd) + kept <= u128::from(budget)
    }

    pub fn spend(&mut self, lane: u8, micro_usd: u64) {
        let spent = self.micro_usd.entry(lane).or_insert(0);
        *spent = spent.saturating_add(micro_usd);
    }

    /// Puts right what was set aside at an instant. What was set aside in an earlier period stays there.
    pub fn correct(&mut self, period: Period, set_aside_at: Micros, lane: u8, set_aside: u64, cost: u64) {
        if period.number(set_aside_at) >= self.number {
            let spent = self.micro_usd.entry(lane).or_insert(0);
            *spent = spent.saturating_sub(set_aside).saturating_add(cost);
        }
    }
}
