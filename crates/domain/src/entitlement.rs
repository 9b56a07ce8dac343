//! May this listener have this, now? Asked when a slot is planned, before money is spent; at publication
//! only whether programs may be received at all. The answer is the plan that counts, or a reason.
//!
//! Nothing is deleted by an answer: what is refused today is there again when the reason is gone.

mod refusal;
#[cfg(test)]
mod tests;
mod words;

pub use refusal::{Notice, Refusal};

use crate::{
    plan::{Breach, Plan, Plans, Wish},
    schedule::{Days, Zone},
    subscription::{GRACE, Standing, State},
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
};

/// What the operator has set.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    pub plans: &'a Plans,
    /// How long a payment may be outstanding.
    pub grace: SignedDuration,
}

/// The same, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub plans: Plans,
    pub grace: SignedDuration,
}

impl Offer {
    pub const fn terms(&self) -> Terms<'_> {
        Terms { plans: &self.plans, grace: self.grace }
    }
}

impl<'a> Terms<'a> {
    pub const fn of(plans: &'a Plans) -> Self {
        Self { plans, grace: GRACE }
    }
}

/// What a listener has.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// The plan they have without any subscription.
    pub base: Option<&'a str>,
    /// All they ever had, in any order.
    pub subscriptions: &'a [Standing],
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Ask {
    /// A program of a feed's schedule.
    Slot {
        /// The feed's place among the listener's feeds that are neither deleted nor paused by the listener,
        /// the oldest first, from 0.
        rank: u32,
        days: Days,
        /// Of the slot's local date.
        weekday: Weekday,
    },
    /// A program now.
    Request {
        rank: u32,
        /// Programs asked for in this month already.
        made: u32,
        /// When the next month begins: [`month`] knows.
        again_at: Timestamp,
    },
    /// A program that was planned is ready. Its limits were those of planning.
    Publication,
}

/// A listener's right: their plan, and what they are to be told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right<'a> {
    /// By its name in the configuration.
    pub plan: &'a str,
    pub limits: &'a Plan,
    pub notice: Option<Notice>,
}

/// What may be had of what is asked, or why not.
pub fn may<'a>(
    now: Timestamp,
    holder: &Holder<'a>,
    terms: &Terms<'a>,
    ask: &Ask,
) -> Result<Right<'a>, Refusal> {
    let right = right(now, holder, terms)?;
    right.allows(ask)?;
    Ok(right)
}

/// The plan that counts: the best of all that may be had at `now`.
pub fn right<'a>(now: Timestamp, holder: &Holder<'a>, terms: &Terms<'a>) -> Result<Right<'a>, Refusal> {
    let grace = terms.grace;
    let named = |(plan, by)| terms.plans.get(plan).map(|(plan, limits)| Claim { plan, limits, by });
    let subscribed = holder.subscriptions.iter().flat_map(|standing| {
        let plans = standing.plans(now, grace);
        plans.map(move |plan| (plan, Some(standing)))
    });
    let claims = subscribed.chain(holder.base.map(|plan| (plan, None))).filter_map(named);
    let Some(Claim { plan, limits, by }) = claims.reduce(|one, other| one.or_better(other, now, grace))
    else {
        return Err(refusal::of(now, holder, terms));
    };
    let notice = match by {
        Some(standing) => Notice::of(standing, plan, now, terms),
        None => Notice::instead(plan, now, holder, terms),
    };
    Ok(Right { plan, limits, notice })
}

/// A plan that may be had, and by which subscription.
struct Claim<'a> {
    plan: &'a str,
    limits: &'a Plan,
    by: Option<&'a Standing>,
}

impl Claim<'_> {
    /// The better one; of the same plan twice, the one that lasts, so that no end is told that is none.
    fn or_better(self, other: Self, now: Timestamp, grace: SignedDuration) -> Self {
        let other_is_better = if self.plan == other.plan {
            other.until(now, grace) > self.until(now, grace)
        } else {
            Plans::better((self.plan, self.limits), (other.plan, other.limits)).0 == other.plan
        };
        if other_is_better { other } else { self }
    }

    /// As far as is known; without a subscription, for good.
    fn until(&self, now: Timestamp, grace: SignedDuration) -> Timestamp {
        let Some(standing) = self.by else { return Timestamp::MAX };
        match standing.state(now, grace) {
            State::PastDue { until } | State::Canceled { until } => until,
            State::Active { .. } | State::Trialing { .. } => {
                standing.latest.ends_at.unwrap_or(Timestamp::MAX)
            }
            State::Expired { .. } | State::Paused { .. } | State::Incomplete => Timestamp::MIN,
        }
    }
}

impl Right<'_> {
    /// Whether the feed is among those that the plan covers; the newest ones are not.
    pub fn covers(&self, rank: u32) -> Result<(), Refusal> {
        match self.limits.feeds.get() {
            Some(limit) if rank >= limit => Err(Refusal::FeedOverLimit { limit }),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether what is asked may be had.
    pub fn allows(&self, ask: &Ask) -> Result<(), Refusal> {
        match *ask {
            Ask::Slot { rank, days, weekday } => {
                self.covers(rank)?;
                self.allows_day(days, weekday)
            }
            Ask::Request { rank, made, again_at } => {
                self.covers(rank)?;
                self.allows_request(made, again_at)
            }
            Ask::Publication => Ok(()),
        }
    }

    fn allows_day(&self, wished: Days, weekday: Weekday) -> Result<(), Refusal> {
        let limit = self.limits.days_per_week.fit(7);
        match wished.spread(limit) {
            Some(days) if days.contains(weekday) => Ok(()),
            // It is not the plan that leaves out a day that was never wished.
            Some(_) if wished.count() <= limit => Ok(()),
            Some(days) => Err(Refusal::OtherDays { limit, days }),
            None => Err(Refusal::NoSchedule),
        }
    }

    fn allows_request(&self, made: u32, again_at: Timestamp) -> Result<(), Refusal> {
        match self.limits.on_demand_per_month.get() {
            Some(limit) if made >= limit => Err(Refusal::RequestsUsed { limit, again_at }),
            Some(_) | None => Ok(()),
        }
    }

    /// Of a listener's feeds in the order of their ranks, those that the plan does not cover.
    pub fn beyond<'f, F>(&self, feeds: &'f [F]) -> &'f [F] {
        let covered = self.limits.feeds.get().map_or(feeds.len(), |limit| feeds.len().min(limit as usize));
        &feeds[covered..]
    }

    /// What keeps a new feed from being had beside so many.
    pub fn new_feed(&self, feeds: u32, wish: &Wish<'_>) -> Vec<Breach> {
        self.limits.check_new_feed(feeds).into_iter().chain(self.limits.check(wish)).collect()
    }
}

/// The calendar month of an instant by a listener's clock: when it began, and when the next one does.
pub fn month(now: Timestamp, zone: &Zone) -> (Timestamp, Timestamp) {
    let first = zone.date_at(now).first_of_month();
    let next = first.last_of_month().tomorrow();
    let midnight =
        |date: Date| date.to_zoned_datetime(zone.rules().clone()).map(|midnight| midnight.timestamp());
    (midnight(first).unwrap_or(now), next.and_then(midnight).unwrap_or(Timestamp::MAX))
}
