//! Promotes what is due and takes back the leases of the dead. Every worker does it; a row is one's only.

use super::{Cause, Notice, Shared, Stage, duration};
use crate::{
    JobStore, Micros, Settlement, Spent,
    lifecycle::{Circumstances, Ending, lapse},
    store::{Lapsed, SettledBy},
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// Rows in one step: a step never holds up the queue for long.
const STEP: u32 = 1_000;

pub(super) async fn run<S: JobStore>(shared: Arc<Shared<S>>, mut stage: watch::Receiver<Stage>) {
    let mut failures = 0;
    let mut sight = Sight::new(Instant::now());
    loop {
        let wait = match tend(&shared, &mut sight).await {
            Ok(next_at) => {
                failures = 0;
                pause(&shared, next_at)
            }
            Err(error) => {
                failures += 1;
                (shared.tell)(Notice::Trouble { doing: "tend the queue", error: &error });
                shared.back_off(failures).await;
                Duration::ZERO
            }
        };
        tokio::select! {
            biased;
            _ = stage.wait_for(|stage| *stage != Stage::Working) => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Until the next waiting job's time, but at most one poll.
fn pause<S: JobStore>(shared: &Shared<S>, next_at: Option<Micros>) -> Duration {
    const SHORTEST: Duration = Duration::from_millis(5);
    let until_next = next_at.map(|next_at| duration(shared.clock.now(), next_at));
    until_next.unwrap_or(shared.settings.poll).clamp(SHORTEST, shared.settings.poll.max(SHORTEST))
}

async fn tend<S: JobStore>(shared: &Shared<S>, sight: &mut Sight) -> Result<Option<Micros>, S::Error> {
    let lapsed = shared.store.lapsed(shared.clock.now(), STEP).await?;
    if sight.may_judge(Instant::now(), shared.settings.lease) {
        take_back(shared, &lapsed).await?;
    }
    let promoted = shared.store.promote_due(shared.clock.now(), STEP).await?;
    Ok(if promoted.count < u64::from(STEP) { promoted.next_at } else { Some(Micros::MIN) })
}

/// Whether others have had the chance to renew their leases. After a time in which the queue did not answer all leases
/// look over, those of the living too: they are given one lease's time to say that they live.
#[derive(Clone, Copy, Debug)]
struct Sight {
    seen_at: Instant,
    clear_from: Instant,
}

impl Sight {
    const fn new(now: Instant) -> Self {
        Self { seen_at: now, clear_from: now }
    }

    /// The queue has answered.
    fn may_judge(&mut self, now: Instant, lease: Duration) -> bool {
        if now.duration_since(self.seen_at) > lease / 2 {
            self.clear_from = now + lease;
        }
        self.seen_at = now;
        now >= self.clear_from
    }
}

async fn take_back<S: JobStore>(shared: &Shared<S>, lapsed: &[Lapsed]) -> Result<(), S::Error> {
    if lapsed.is_empty() {
        return Ok(());
    }
    let (store, now) = (&shared.store, shared.clock.now());
    let settlements: Vec<Settlement> = lapsed
        .iter()
        .map(|job| Settlement {
            ticket: job.ticket,
            kind: job.kind.clone(),
            step: lapse(
                job.counts,
                &Circumstances {
                    policies: &shared.settings.policies,
                    due_at: job.due_at,
                    fraction: shared.entropy.fraction(),
                    now,
                },
            ),
            at: now,
            by: SettledBy::Time,
            spent: Spent::default(),
        })
        .collect();
    let refused = store.settle(&settlements).await?;
    for (job, settlement) in lapsed.iter().zip(&settlements) {
        if !refused.contains(&job.ticket) {
            let ending = settlement.step.record.as_ref().map_or(Ending::Lapsed, |record| record.ending);
            let cause = Cause::of(settlement.step.record.as_ref());
            (shared.tell)(Notice::Swept { kind: &job.kind, owner: &job.owner, ending, cause });
        }
    }
    store.bell().ring();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_could_not_be_seen_to_live_is_given_a_lease_to_say_so() {
        let (lease, start) = (Duration::from_secs(30), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut sight = Sight::new(start);
        assert!(sight.may_judge(at(1), lease) && sight.may_judge(at(16), lease));
        assert!(!sight.may_judge(at(40), lease), "it did not answer for 24 s");
        assert!(!sight.may_judge(at(54), lease) && !sight.may_judge(at(69), lease));
        assert!(sight.may_judge(at(70), lease));
    }
}
