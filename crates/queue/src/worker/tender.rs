//! Promotes what is due and takes back the leases of the dead. Every worker does it; a row is one's only.

use super::{Notice, Shared, Stage, duration};
use crate::{
    JobStore, Micros, Settlement, Spent,
    lifecycle::{Circumstances, Ending, lapse},
    store::SettledBy,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Rows in one step: a step never holds up the queue for long.
const STEP: u32 = 1_000;

pub(super) async fn run<S: JobStore>(shared: Arc<Shared<S>>, mut stage: watch::Receiver<Stage>) {
    let mut failures = 0;
    loop {
        let wait = match tend(&shared).await {
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

async fn tend<S: JobStore>(shared: &Shared<S>) -> Result<Option<Micros>, S::Error> {
    sweep(&shared.store, shared, STEP).await?;
    let promoted = shared.store.promote_due(shared.clock.now(), STEP).await?;
    Ok(if promoted.count < u64::from(STEP) { promoted.next_at } else { Some(Micros::MIN) })
}

async fn sweep<S: JobStore>(store: &S, shared: &Shared<S>, limit: u32) -> Result<(), S::Error> {
    let now = shared.clock.now();
    let lapsed = store.lapsed(now, limit).await?;
    if lapsed.is_empty() {
        return Ok(());
    }
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
            (shared.tell)(Notice::Swept { kind: &job.kind, owner: &job.owner, ending });
        }
    }
    store.bell().ring();
    Ok(())
}
