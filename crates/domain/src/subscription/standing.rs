//! What a subscription comes to, and what that means at an instant.

use super::{Fact, Snapshot, Status};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A plan that was paid for until an instant, and then changed for another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    pub plan: String,
    pub until: Timestamp,
}

/// All that entitlement asks of a subscription. It is small and kept beside it: planning reads many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The last that was said.
    #[serde(flatten)]
    pub latest: Snapshot,
    /// When that was true.
    pub as_of: Timestamp,
    /// Since when it has had its status.
    pub since: Timestamp,
    /// Since when a payment has been outstanding. A pause does not settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// What its listener last had in good standing: a plan that was never paid for has no grace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_good: Option<String>,
    /// Better or not, these were paid for: a downgrade counts at the period's end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid: Vec<Paid>,
}

/// How a subscription is at an instant, as its listener is told. The names are a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Incomplete,
    Trialing {
        until: Option<Timestamp>,
    },
    Active {
        renews_at: Option<Timestamp>,
    },
    /// A payment failed; all goes on until the grace is over.
    PastDue {
        until: Timestamp,
    },
    /// It will end; all goes on until then.
    Canceled {
        until: Timestamp,
    },
    Paused {
        until: Option<Timestamp>,
    },
    Expired {
        at: Timestamp,
        why: Ending,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// By its listener, its keeper or an agreed date.
    Ended,
    /// Its keeper said nothing for as long as the grace after the period's end.
    NotRenewed,
    /// A payment failed and the grace is over.
    Payment,
}

impl State {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Trialing { .. } => "trialing",
            Self::Active { .. } => "active",
            Self::PastDue { .. } => "past_due",
            Self::Canceled { .. } => "canceled",
            Self::Paused { .. } => "paused",
            Self::Expired { .. } => "expired",
        }
    }

    /// Whether its plan may be had.
    pub const fn is_entitled(&self) -> bool {
        match self {
            Self::Trialing { .. } | Self::Active { .. } | Self::PastDue { .. } | Self::Canceled { .. } => {
                true
            }
            Self::Incomplete | Self::Paused { .. } | Self::Expired { .. } => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Standing {
    pub(super) fn first(fact: &Fact) -> Self {
        let Fact { at, snapshot, .. } = fact;
        let status = snapshot.status;
        Self {
            latest: snapshot.clone(),
            as_of: *at,
            since: *at,
            failing_since: (status == Status::PastDue).then_some(*at),
            last_good: status.is_good().then(|| snapshot.plan.clone()),
            paid: Vec::new(),
        }
    }

    /// One more fact, which is later than all before.
    pub(super) fn hear(&mut self, fact: &Fact) {
        let Fact { at, snapshot, .. } = fact;
        let status = snapshot.status;
        self.keep_what_is_paid(fact);
        self.failing_since = match status {
            Status::PastDue => self.failing_since.or(Some(*at)),
            Status::Paused => self.failing_since,
            Status::Incomplete | Status::Ended => None,
            Status::Trialing | Status::Active | Status::Granted => None,
        };
        if status.is_good() {
            self.last_good = Some(snapshot.plan.clone());
        }
        if self.latest.status != status {
            self.since = *at;
        }
        self.latest = snapshot.clone();
        self.as_of = *at;
    }

    fn keep_what_is_paid(&mut self, Fact { at, snapshot, .. }: &Fact) {
        let before = &self.latest;
        let changed = before.status.is_good() && before.plan != snapshot.plan;
        if let Some(until) = before.period_end.filter(|_| changed) {
            let known = self.paid.iter().find(|paid| paid.plan == before.plan);
            let until = known.map_or(until, |paid| until.max(paid.until));
            self.paid.retain(|paid| paid.plan != before.plan);
            self.paid.push(Paid { plan: before.plan.clone(), until });
        }
        let is_over = snapshot.status == Status::Ended;
        self.paid.retain(|paid| !is_over && paid.until > *at);
    }

    /// How it is at `now`, with so much time to settle a payment.
    pub fn state(&self, now: Timestamp, grace: SignedDuration) -> State {
        let Snapshot { status, period_end, ends_at, resumes_at, .. } = &self.latest;
        let ended = ends_at.filter(|end| *end <= now);
        match (status, ended) {
            (Status::Ended, _) => State::Expired {
                at: ends_at.map_or(self.since, |end| end.min(self.since)),
                why: Ending::Ended,
            },
            (Status::Incomplete, _) => State::Incomplete,
            (_, Some(at)) => State::Expired { at, why: Ending::Ended },
            (Status::Paused, None) if resumes_at.is_none_or(|resumes_at| now < resumes_at) => {
                State::Paused { until: *resumes_at }
            }
            (Status::Paused, None) if self.failing_since.is_none() => {
                // The period's end may be that of before the pause.
                let period_end = (*period_end).max(*resumes_at);
                self.good_state(now, later(period_end, grace))
            }
            (Status::Paused | Status::PastDue, None) => {
                let over =
                    self.failing_since.unwrap_or(self.since).saturating_add(grace).unwrap_or(Timestamp::MAX);
                if now < over {
                    State::PastDue { until: ends_at.map_or(over, |end| over.min(end)) }
                } else {
                    State::Expired { at: over, why: Ending::Payment }
                }
            }
            (Status::Granted, None) => State::Active { renews_at: None },
            (Status::Trialing | Status::Active, None) => self.good_state(now, later(*period_end, grace)),
        }
    }

    /// In good standing, unless nothing was heard for too long.
    fn good_state(&self, now: Timestamp, overdue: Option<Timestamp>) -> State {
        let Snapshot { status, period_end, ends_at, .. } = &self.latest;
        match (ends_at, overdue) {
            (Some(until), _) => State::Canceled { until: *until },
            (None, Some(overdue)) if overdue <= now => {
                State::Expired { at: overdue, why: Ending::NotRenewed }
            }
            (None, _) if *status == Status::Trialing => State::Trialing { until: *period_end },
            (None, _) => State::Active { renews_at: *period_end },
        }
    }

    /// The plans that may be had by it at `now`, the one it is for first.
    pub fn plans(&self, now: Timestamp, grace: SignedDuration) -> impl Iterator<Item = &str> {
        let state = self.state(now, grace);
        let own = match state {
            State::PastDue { .. } => Some(self.last_good.as_ref().unwrap_or(&self.latest.plan)),
            state if state.is_entitled() => Some(&self.latest.plan),
            _ => None,
        };
        // What is paid for stays, also while a dearer plan is not paid.
        let keeps = state.is_entitled() || matches!(state, State::Expired { why: Ending::Payment, .. });
        let paid = self.paid.iter().filter(move |paid| keeps && now < paid.until).map(|paid| &paid.plan);
        own.into_iter().chain(paid).map(String::as_str)
    }

    /// The next instant at which it may change without anything being said; `None`: never.
    pub fn changes_at(&self, now: Timestamp, grace: SignedDuration) -> Option<Timestamp> {
        let Snapshot { period_end, ends_at, resumes_at, .. } = &self.latest;
        let overdue =
            [later(*period_end, grace), later(*resumes_at, grace), later(self.failing_since, grace)];
        let set = [*ends_at, *resumes_at].into_iter().chain(overdue).flatten();
        set.chain(self.paid.iter().map(|paid| paid.until)).filter(|at| *at > now).min()
    }

    /// Whether its keeper should have said something by now: it is to be asked.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.overdue_at().is_some_and(|expected| expected <= now)
    }

    /// When its keeper is to be asked unless it says something before; `None`: nothing is expected of it.
    pub fn overdue_at(&self) -> Option<Timestamp> {
        let Snapshot { status, period_end, resumes_at, .. } = &self.latest;
        let expected = match status {
            Status::Trialing | Status::Active | Status::PastDue => *period_end,
            Status::Paused => *resumes_at,
            Status::Incomplete | Status::Granted | Status::Ended => None,
        };
        expected.filter(|expected| self.as_of < *expected)
    }
}

fn later(at: Option<Timestamp>, grace: SignedDuration) -> Option<Timestamp> {
    at?.checked_add(grace).ok()
}
