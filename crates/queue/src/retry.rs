//! Whether a failure is tried again, and when: exponential with full jitter, capped in count and in time.

use crate::{Class, JobError, Micros};

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;

/// How one class of failure is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Attempts in all, the first included; 1 is never to retry.
    pub tries: u32,
    /// The widest wait before the second attempt; doubles with every further one.
    pub base: Micros,
    /// No wait is wider than this.
    pub cap: Micros,
}

impl Policy {
    pub const NEVER: Self = Self { tries: 1, base: 0, cap: 0 };
}

/// One policy a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    pub transient: Policy,
    pub throttled: Policy,
    pub permanent: Policy,
    pub budget: Policy,
    pub input: Policy,
    pub bug: Policy,
    /// How long after its `due_at` a job may still be tried.
    pub grace: Micros,
    /// A job whose process died this often is taken for the cause.
    pub crashes: u32,
}

impl Policies {
    /// What the product ships with.
    pub const SHIPPED: Self = Self {
        transient: Policy { tries: 6, base: 2 * SECOND, cap: 5 * MINUTE },
        throttled: Policy { tries: 20, base: 5 * SECOND, cap: 10 * MINUTE },
        permanent: Policy::NEVER,
        budget: Policy { tries: 8, base: 5 * MINUTE, cap: 60 * MINUTE },
        input: Policy::NEVER,
        bug: Policy::NEVER,
        grace: 60 * MINUTE,
        crashes: 3,
    };

    pub const fn of(&self, class: Class) -> Policy {
        match class {
            Class::Transient => self.transient,
            Class::Throttled => self.throttled,
            Class::Permanent => self.permanent,
            Class::Budget => self.budget,
            Class::Input => self.input,
            Class::Bug => self.bug,
        }
    }
}

/// Why a job is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GaveUp {
    /// Its failure is one that stays.
    Final,
    /// All its attempts are used.
    Spent,
    /// The next attempt would come after its deadline's grace.
    Late,
}

impl GaveUp {
    pub const ALL: [Self; 3] = [Self::Final, Self::Spent, Self::Late];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Spent => "spent",
            Self::Late => "late",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// When to try again after `tries` attempts failed, the last of them with `error`.
///
/// The wait is drawn from the whole window [0, min(cap, base·2ⁿ)] by `fraction` in [0, 1), so that jobs
/// that failed together do not come back together; a provider's own `retry_after` comes before it. The
/// window is cut at the deadline, so that the last attempt before it is not given away.
pub fn next_try(
    policies: &Policies,
    error: &JobError,
    tries: u32,
    due_at: Micros,
    fraction: f64,
    now: Micros,
) -> Result<Micros, GaveUp> {
    let policy = policies.of(error.class);
    if policy.tries <= 1 {
        return Err(GaveUp::Final);
    }
    if tries >= policy.tries {
        return Err(GaveUp::Spent);
    }
    let earliest = now.saturating_add(error.retry_after.unwrap_or(0).max(0));
    let latest = due_at.saturating_add(policies.grace);
    if earliest >= latest {
        return Err(GaveUp::Late);
    }
    let window = backoff_window(policy, tries).min(latest - earliest);
    let wait = (window as f64 * fraction.clamp(0.0, 1.0)) as Micros;
    Ok(earliest + wait)
}

/// The widest wait after `tries` attempts.
fn backoff_window(policy: Policy, tries: u32) -> Micros {
    let doublings = tries.saturating_sub(1).min(62);
    policy.base.saturating_mul(1 << doublings).min(policy.cap)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn transient() -> JobError {
        JobError::new(Class::Transient, "no answer")
    }

    #[test]
    fn a_class_that_stays_is_final_at_once() {
        for class in [Class::Permanent, Class::Input, Class::Bug] {
            let error = JobError::new(class, "no");
            let answer = next_try(&Policies::SHIPPED, &error, 1, i64::MAX, 0.0, 0);
            assert_eq!(answer, Err(GaveUp::Final));
        }
    }

    #[test]
    fn a_provider_is_obeyed_even_when_jitter_would_be_sooner() {
        let error = JobError::throttled("429", Some(90 * SECOND));
        let at = next_try(&Policies::SHIPPED, &error, 1, i64::MAX, 0.0, SECOND).unwrap();
        assert_eq!(at, 91 * SECOND);
        let late = next_try(&Policies::SHIPPED, &error, 1, -60 * MINUTE, 0.0, SECOND);
        assert_eq!(late, Err(GaveUp::Late));
    }

    proptest! {
        #[test]
        fn the_wait_stays_within_its_window_and_its_deadline(
            tries in 1_u32..40, fraction in 0.0..1.0_f64, left in -10_i64..4_000, now in 0_i64..1 << 50,
        ) {
            let policies = Policies::SHIPPED;
            let due_at = now - policies.grace + left * SECOND;
            match next_try(&policies, &transient(), tries, due_at, fraction, now) {
                Ok(at) => {
                    let window = (2 * SECOND).saturating_mul(1 << (tries - 1).min(30)).min(5 * MINUTE);
                    prop_assert!(tries < policies.transient.tries);
                    prop_assert!(at >= now && at - now <= window && at <= due_at + policies.grace);
                }
                Err(GaveUp::Spent) => prop_assert!(tries >= policies.transient.tries),
                Err(GaveUp::Late) => prop_assert!(left <= 0),
                Err(GaveUp::Final) => prop_assert!(false, "transient is never final"),
            }
        }

        #[test]
        fn more_luck_waits_longer(tries in 1_u32..5, low in 0.0..1.0_f64, high in 0.0..1.0_f64) {
            let at = |luck| next_try(&Policies::SHIPPED, &transient(), tries, i64::MAX, luck, 0).unwrap();
            prop_assert!(at(low.min(high)) <= at(low.max(high)));
        }
    }
}
