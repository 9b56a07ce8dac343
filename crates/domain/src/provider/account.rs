//! A provider's account: settings, what is used, and the two moves that change it, booking and settling.

use super::{
    Answer, Ask, Booked, Booking, Breaker, BreakerState, Bucket, Estimate, Micros, Operation, Period,
    Refusal, Settings, Spent, Units, Why, Window,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub settings: Settings,
    /// The operator's switch: nothing is let through.
    pub killed: bool,
    pub live: Live,
}

/// What changes with every call. Its serde form is JSON text in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Live {
    requests: Bucket,
    units: Bucket,
    window: Window,
    breaker: Breaker,
    day: Spent,
    month: Spent,
    learned: BTreeMap<Operation, Estimate>,
}

/// The calls that are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    pub calls: u32,
    /// When the last of them was let through.
    pub youngest: Option<Micros>,
}

impl Open {
    pub fn add(&mut self, reserved_at: Micros) {
        self.calls += 1;
        self.youngest = self.youngest.max(Some(reserved_at));
    }
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub killed: bool,
    pub breaker: BreakerState,
    pub paused_until: Option<Micros>,
    pub open: u32,
    /// Calls that may be under way now.
    pub parallel: u32,
    pub spent_day_micro_usd: u64,
    pub spent_month_micro_usd: u64,
}

impl Account {
    /// Books a call, or says why it may not be made. A refusal changes nothing but who has asked.
    pub fn book(&mut self, ask: &Ask, open: &Open, now: Micros) -> Result<Booking, Refusal> {
        self.roll(now);
        let refused = |why, until| Err(Refusal { why, until });
        if self.killed {
            return refused(Why::Killed, None);
        }
        if ask.paid.is_enough(ask.operation) {
            return refused(Why::PaidTwice, None);
        }
        if let Err(until) = self.live.breaker.admit(ask.lane, open.youngest, now) {
            return refused(Why::Broken, Some(until));
        }
        if let Some(until) = self.live.window.paused_until(now) {
            return refused(Why::Paused, Some(until));
        }
        let booked = self.estimate(ask);
        if let Some(period) = self.exhausted(ask.lane, booked.micro_usd) {
            return refused(Why::Budget(period), Some(period.end(now)));
        }
        if open.calls >= self.live.window.parallel(self.settings.parallel) {
            return refused(Why::Parallel, None);
        }
        let ready_at = self.ready_at(&booked, now);
        if ready_at > now {
            return refused(Why::Rate, Some(ready_at));
        }
        self.take(ask.lane, &booked, now);
        Ok(Booking { operation: ask.operation, lane: ask.lane, reserved_at: now, booked })
    }

    /// Books what of several calls may be made, the most urgent first; only a probe is the least urgent's.
    pub fn book_all(&mut self, asks: &[Ask], mut open: Open, now: Micros) -> Vec<Result<Booking, Refusal>> {
        let mut order: Vec<usize> = (0..asks.len()).collect();
        order.sort_by_key(|&place| asks[place].lane);
        if self.live.breaker.state(now) != BreakerState::Closed {
            order.reverse();
        }
        let mut booked: Vec<_> = order
            .into_iter()
            .map(|place| {
                let booking = self.book(&asks[place], &open, now);
                booking.iter().for_each(|booking| open.add(booking.reserved_at));
                (place, booking)
            })
            .collect();
        booked.sort_by_key(|(place, _)| *place);
        booked.into_iter().map(|(_, booking)| booking).collect()
    }

    /// Settles a call that was booked: what it used in place of what was set aside, and what its end says
    /// of the provider. `open` is without it. What it counts as.
    pub fn settle(&mut self, call: &Booking, answer: Answer, open: &Open, now: Micros) -> Booked {
        self.roll(now);
        self.judge(call, answer, open, now);
        let used = match answer {
            Answer::Answered(Some(units)) => {
                self.live.learned.entry(call.operation).or_default().learn(&units);
                self.cost(&units)
            }
            // As set aside: nobody knows better.
            Answer::Answered(None) | Answer::Lost => call.booked,
            // It was a request all the same.
            Answer::Throttled { .. } | Answer::Failed | Answer::Rejected => {
                Booked { units: 0, micro_usd: 0, ..call.booked }
            }
            Answer::Unused => Booked { requests: 0, units: 0, micro_usd: 0 },
        };
        let Settings { requests_per_minute, units_per_minute, .. } = self.settings;
        let booked = call.booked;
        self.live.requests.correct(booked.requests, used.requests, requests_per_minute.into());
        self.live.units.correct(booked.units, used.units, units_per_minute);
        for (period, spent) in [(Period::Day, &mut self.live.day), (Period::Month, &mut self.live.month)] {
            spent.correct(period, call.reserved_at, call.lane, booked.micro_usd, used.micro_usd);
        }
        used
    }

    /// What calls of an operation use, as learned.
    pub fn typical(&self, operation: Operation) -> Units {
        self.live.learned.get(&operation).copied().unwrap_or_default().units(operation)
    }

    pub fn standing(&self, open: &Open, now: Micros) -> Standing {
        let mut account = self.clone();
        account.roll(now);
        let Live { window, breaker, day, month, .. } = &account.live;
        Standing {
            killed: self.killed,
            breaker: breaker.state(now),
            paused_until: window.paused_until(now),
            open: open.calls,
            parallel: window.parallel(self.settings.parallel),
            spent_day_micro_usd: day.total(),
            spent_month_micro_usd: month.total(),
        }
    }

    fn judge(&mut self, call: &Booking, answer: Answer, open: &Open, now: Micros) {
        let Live { window, breaker, .. } = &mut self.live;
        let parallel = self.settings.parallel;
        match answer {
            Answer::Answered(_) => {
                breaker.answered();
                window.answered(parallel);
            }
            Answer::Rejected => breaker.answered(),
            Answer::Throttled { retry_after } => {
                window.throttle(call.reserved_at, retry_after, open.calls + 1, parallel, now);
            }
            Answer::Failed | Answer::Lost => breaker.failed(call.reserved_at, now),
            Answer::Unused => {}
        }
    }

    fn estimate(&self, ask: &Ask) -> Booked {
        self.cost(&ask.units.unwrap_or_else(|| self.typical(ask.operation)))
    }

    fn cost(&self, units: &Units) -> Booked {
        Booked {
            requests: units.requests,
            units: units.total(),
            micro_usd: self.settings.prices.cost_micro_usd(units),
        }
    }

    /// The period whose budget does not allow it.
    fn exhausted(&self, lane: u8, micro_usd: u64) -> Option<Period> {
        let Settings { daily_budget_micro_usd: day, monthly_budget_micro_usd: month, .. } = self.settings;
        let reserved = &self.settings.reserved_percent;
        // The longer wait first.
        if !self.live.month.allows(lane, micro_usd, month, reserved) {
            return Some(Period::Month);
        }
        (!self.live.day.allows(lane, micro_usd, day, reserved)).then_some(Period::Day)
    }

    fn ready_at(&self, booked: &Booked, now: Micros) -> Micros {
        let Settings { requests_per_minute, units_per_minute, .. } = self.settings;
        let requests = self.live.requests.ready_at(booked.requests, requests_per_minute.into(), now);
        requests.max(self.live.units.ready_at(booked.units, units_per_minute, now))
    }

    fn take(&mut self, lane: u8, booked: &Booked, now: Micros) {
        let Settings { requests_per_minute, units_per_minute, .. } = self.settings;
        self.live.requests.take(booked.requests, requests_per_minute.into(), now);
        self.live.units.take(booked.units, units_per_minute, now);
        self.live.day.spend(lane, booked.micro_usd);
        self.live.month.spend(lane, booked.micro_usd);
    }

    fn roll(&mut self, now: Micros) {
        self.live.day.roll(Period::Day, now);
        self.live.month.roll(Period::Month, now);
    }
}
