//! Why something may not be had, and what a listener is told even though it may.

use super::{Holder, Terms};
use crate::{
    schedule::Days,
    subscription::{Ending, Standing, State},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// That a subscription is over is told for so long.
const NEWS: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// Never had one.
    NoPlan,
    /// It is not in the configuration any more.
    UnknownPlan {
        plan: String,
    },
    /// The first payment is not made.
    Incomplete,
    /// A payment failed, and the grace is over since.
    PaymentFailed {
        at: Timestamp,
    },
    Expired {
        at: Timestamp,
    },
    /// Nobody confirmed that it goes on.
    NotRenewed {
        at: Timestamp,
    },
    Paused {
        until: Option<Timestamp>,
    },
    /// The feed is beyond the number of feeds: paused, not deleted.
    FeedOverLimit {
        limit: u32,
    },
    /// The plan covers fewer days of the week than the feed wishes: these.
    OtherDays {
        limit: u32,
        days: Days,
    },
    /// The plan has programs on request only.
    NoSchedule,
    RequestsUsed {
        limit: u32,
        again_at: Timestamp,
    },
    /// The operator keeps the listener out.
    Disabled,
}

/// What a listener with a right is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A payment failed; all goes on until then.
    PayBy {
        until: Timestamp,
    },
    Ends {
        at: Timestamp,
    },
    TrialEnds {
        at: Timestamp,
    },
    /// Another plan was chosen; this one is paid until then.
    ChangesTo {
        plan: String,
        at: Timestamp,
    },
    /// A lesser plan is had, because the subscription gives nothing.
    Instead {
        plan: String,
        of: Refusal,
    },
}

impl Refusal {
    /// The reason's name: a contract of the database, the API and the metrics.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NoPlan => "no_plan",
            Self::UnknownPlan { .. } => "unknown_plan",
            Self::Incomplete => "incomplete",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::Expired { .. } => "expired",
            Self::NotRenewed { .. } => "not_renewed",
            Self::Paused { .. } => "paused",
            Self::FeedOverLimit { .. } => "feed_over_limit",
            Self::OtherDays { .. } => "other_days",
            Self::NoSchedule => "no_schedule",
            Self::RequestsUsed { .. } => "requests_used",
            Self::Disabled => "disabled",
        }
    }

    /// Why a subscription's plan may not be had; `None` when it may.
    fn by(standing: &Standing, now: Timestamp, terms: &Terms<'_>) -> Option<Self> {
        let refusal = match standing.state(now, terms.grace) {
            State::Incomplete => Self::Incomplete,
            State::Paused { until } => Self::Paused { until },
            State::Expired { at, why: Ending::Ended } => Self::Expired { at },
            State::Expired { at, why: Ending::NotRenewed } => Self::NotRenewed { at },
            State::Expired { at, why: Ending::Payment } => Self::PaymentFailed { at },
            State::Trialing { .. }
            | State::Active { .. }
            | State::PastDue { .. }
            | State::Canceled { .. } => {
                let is_known = |plan| terms.plans.get(plan).is_some();
                if standing.plans(now, terms.grace).any(is_known) {
                    return None;
                }
                Self::UnknownPlan { plan: standing.latest.plan.clone() }
            }
        };
        Some(refusal)
    }

    /// Of several, the last is told: one that can be mended before what is over, else the latest.
    fn order(&self) -> (u8, Timestamp) {
        match self {
            Self::Expired { at } | Self::NotRenewed { at } | Self::PaymentFailed { at } => (0, *at),
            Self::Incomplete => (1, Timestamp::MAX),
            Self::Paused { .. } => (2, Timestamp::MAX),
            _ => (3, Timestamp::MAX),
        }
    }
}

/// Why nothing may be had by any of a listener's subscriptions.
pub(super) fn of(now: Timestamp, holder: &Holder<'_>, terms: &Terms<'_>) -> Refusal {
    told(now, holder, terms).unwrap_or_else(|| match holder.base {
        Some(plan) => Refusal::UnknownPlan { plan: plan.to_owned() },
        None => Refusal::NoPlan,
    })
}

fn told(now: Timestamp, holder: &Holder<'_>, terms: &Terms<'_>) -> Option<Refusal> {
    let refusals = holder.subscriptions.iter().filter_map(|standing| Refusal::by(standing, now, terms));
    refusals.max_by_key(Refusal::order)
}

impl Notice {
    /// Of a plan that is had by a subscription.
    pub(super) fn of(standing: &Standing, plan: &str, now: Timestamp, terms: &Terms<'_>) -> Option<Self> {
        let chosen = &standing.latest.plan;
        let paid = standing.paid.iter().find(|paid| paid.plan == plan).map(|paid| paid.until);
        match (standing.state(now, terms.grace), paid) {
            (State::PastDue { until }, paid) => {
                Some(Self::PayBy { until: paid.map_or(until, |paid| paid.max(until)) })
            }
            (State::Expired { .. }, _) => {
                let of = Refusal::by(standing, now, terms)?;
                Some(Self::Instead { plan: plan.to_owned(), of })
            }
            (State::Canceled { until }, paid) if paid.is_none_or(|paid| until <= paid) => {
                Some(Self::Ends { at: until })
            }
            (_, Some(at)) if chosen != plan => Some(Self::ChangesTo { plan: chosen.clone(), at }),
            (State::Canceled { until }, _) => Some(Self::Ends { at: until }),
            (State::Trialing { until }, _) => until.map(|at| Self::TrialEnds { at }),
            (State::Active { .. }, _) => standing.latest.ends_at.map(|at| Self::Ends { at }),
            (State::Incomplete | State::Paused { .. }, _) => None,
        }
    }

    /// Of the plan without subscription.
    pub(super) fn instead(
        plan: &str,
        now: Timestamp,
        holder: &Holder<'_>,
        terms: &Terms<'_>,
    ) -> Option<Self> {
        let gives = |standing: &Standing| Refusal::by(standing, now, terms).is_none();
        if holder.subscriptions.iter().any(gives) {
            return None;
        }
        let of = told(now, holder, terms)?;
        let (mendable, at) = of.order();
        let is_news = mendable > 0 || now.duration_since(at) <= NEWS;
        is_news.then(|| Self::Instead { plan: plan.to_owned(), of })
    }
}
