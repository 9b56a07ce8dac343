//! Who has a plan, until when.
//!
//! A subscription is the set of what was said of it, each with the instant it was true at. What it comes
//! to, its [`Standing`], is a fold over that set in the order of those instants: so neither the order nor
//! the number of times in which messages arrive can matter, and an older one never overrides a newer one.
//! What passes by time alone (grace, an agreed end, a pause) is asked of the standing with `now`.

mod history;
mod standing;
pub mod stripe;
#[cfg(test)]
mod tests;

pub use history::{Change, Entry};
pub use standing::{Ending, Paid, Standing, State};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How long a payment may be outstanding before programs stop, by default.
pub const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the keeper of a subscription says of it. Where two things are said of the same instant, the one
/// further on in a subscription's life counts, which is the later one here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The first payment is not made.
    Incomplete,
    Trialing,
    Active,
    /// By an operator, without any payment.
    Granted,
    /// A payment after the first one failed.
    PastDue,
    Paused,
    Ended,
}

impl Status {
    /// Whether what is due is paid.
    const fn is_good(self) -> bool {
        matches!(self, Self::Trialing | Self::Active | Self::Granted)
    }
}

/// A subscription at an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    pub status: Status,
    /// The end of what is paid, tried, or being paid for; `None`: it does not run in periods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_end: Option<Timestamp>,
    /// When it ends for good, if that is agreed; when it ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When a pause ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes_at: Option<Timestamp>,
    /// By its name in the configuration.
    pub plan: String,
}

impl Snapshot {
    /// What an operator gives, without any payment.
    pub fn granted(plan: impl Into<String>, until: Option<Timestamp>) -> Self {
        let plan = plan.into();
        Self { status: Status::Granted, period_end: None, ends_at: until, resumes_at: None, plan }
    }

    /// What an operator takes back.
    pub fn revoked(plan: impl Into<String>) -> Self {
        let plan = plan.into();
        Self { status: Status::Ended, period_end: None, ends_at: None, resumes_at: None, plan }
    }
}

/// How it is known. What was read from the keeper itself counts before a message of the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Heard {
    /// By a message, or an operator's word.
    Told,
    /// Asked for; `at` is when the question was sent.
    Fetched,
}

/// One thing that was said of a subscription. Facts sort by the instant they were true at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub at: Timestamp,
    pub heard: Heard,
    pub snapshot: Snapshot,
    /// Of the message, as its sender names it.
    pub id: String,
}

/// What a fact did to a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing: it was known.
    Known,
    /// It is older than what stands; it only fills the history.
    Earlier,
    Latest,
}

/// All that was said of one subscription. Its serde form is the list of facts, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<Fact>", into = "BTreeSet<Fact>")]
pub struct Subscription {
    /// Never empty.
    facts: BTreeSet<Fact>,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subscription of which nothing was ever said is none")]
pub struct NothingSaid;

impl Subscription {
    pub fn new(first: Fact) -> Self {
        Self { standing: Standing::first(&first), facts: BTreeSet::from([first]) }
    }

    /// Of facts in any order.
    pub fn of(facts: impl IntoIterator<Item = Fact>) -> Result<Self, NothingSaid> {
        let facts: BTreeSet<Fact> = facts.into_iter().collect();
        let standing = fold(&facts).ok_or(NothingSaid)?;
        Ok(Self { facts, standing })
    }

    pub fn apply(&mut self, fact: Fact) -> Applied {
        let is_latest = self.facts.last().is_none_or(|last| fact > *last);
        if is_latest {
            self.standing.hear(&fact);
            self.facts.insert(fact);
            return Applied::Latest;
        }
        if !self.facts.insert(fact) {
            return Applied::Known;
        }
        if let Some(standing) = fold(&self.facts) {
            self.standing = standing;
        }
        Applied::Earlier
    }

    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What changed when, oldest first; facts that changed nothing are left out.
    pub fn history(&self) -> Vec<Entry> {
        history::of(&self.facts)
    }

    /// Oldest first.
    pub fn facts(&self) -> impl DoubleEndedIterator<Item = &Fact> {
        self.facts.iter()
    }
}

fn fold(facts: &BTreeSet<Fact>) -> Option<Standing> {
    let mut facts = facts.iter();
    let mut standing = Standing::first(facts.next()?);
    facts.for_each(|fact| standing.hear(fact));
    Some(standing)
}

impl TryFrom<BTreeSet<Fact>> for Subscription {
    type Error = NothingSaid;

    fn try_from(facts: BTreeSet<Fact>) -> Result<Self, Self::Error> {
        Self::of(facts)
    }
}

impl From<Subscription> for BTreeSet<Fact> {
    fn from(subscription: Subscription) -> Self {
        subscription.facts
    }
}
