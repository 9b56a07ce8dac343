//! Writes down how attempts ended, and keeps leases alive.
//!
//! One task does both, one after the other: two statements of one worker never wait for each other's
//! rows.

use super::{
    Cause, Notice, Shared, Stage, Summary,
    attempt::{Ended, Told},
    micros,
};
use crate::{JobStore, Settlement, Ticket, lifecycle::Ending};
use std::{collections::HashSet, sync::Arc};
use tokio::{
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval, timeout},
};

/// How often a store that does not answer is asked by a worker that leaves: some 5 s.
const FAREWELLS: u32 = 5;

/// Works until every handler has ended and all is recorded.
pub(super) async fn run<S: JobStore>(
    shared: Arc<Shared<S>>,
    mut endings: mpsc::UnboundedReceiver<Ended>,
    stage: watch::Receiver<Stage>,
) -> Summary {
    let mut summary = Summary::default();
    let mut batch = Vec::new();
    let mut beat = interval(shared.settings.lease / 3);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let batch_max = shared.settings.batch as usize;
    loop {
        tokio::select! {
            biased;
            _ = beat.tick() => keep_alive(&shared).await,
            count = endings.recv_many(&mut batch, batch_max) => {
                if count == 0 {
                    return summary;
                }
                record(&shared, &mut batch, &mut summary, &stage).await;
            }
        }
    }
}

/// Asks again until the store answers; a settlement that was recorded already is good. A worker that is
/// leaving gives up some time: what is not recorded comes back when its lease is over.
async fn record<S: JobStore>(
    shared: &Shared<S>,
    batch: &mut Vec<Ended>,
    summary: &mut Summary,
    stage: &watch::Receiver<Stage>,
) {
    // Rows are locked in one order everywhere.
    batch.sort_unstable_by_key(|ended| ended.settlement.ticket);
    let (settlements, told): (Vec<Settlement>, Vec<Told>) =
        batch.drain(..).map(|Ended { settlement, told }| (settlement, told)).unzip();
    let mut failures = 0;
    let lost: HashSet<Ticket> = loop {
        match shared.store.settle(&settlements).await {
            Ok(lost) => break lost.into_iter().collect(),
            Err(error) => (shared.tell)(Notice::Trouble { doing: "record finished jobs", error: &error }),
        }
        failures += 1;
        if failures >= FAREWELLS && *stage.borrow() == Stage::Leaving {
            break settlements.iter().map(|settlement| settlement.ticket).collect();
        }
        shared.back_off(failures).await;
    };
    shared.hand.lay_down(settlements.iter().map(|settlement| settlement.ticket));
    for (Settlement { ticket, kind, step, .. }, told) in settlements.iter().zip(told) {
        if lost.contains(ticket) {
            summary.lost += 1;
            (shared.tell)(Notice::LeaseLost { kind, ticket: *ticket });
            continue;
        }
        let ending = step.record.as_ref().map_or(Ending::Done, |record| record.ending);
        summary.recorded += 1;
        summary.given_back += u64::from(ending == Ending::GivenBack);
        let Told { lane, waited, ran } = told;
        let cause = Cause::of(step.record.as_ref());
        (shared.tell)(Notice::Finished { kind, lane, ending, cause, waited, ran });
    }
}

/// Extends the leases that have used up a third. Handlers whose lease is lost, or over because the
/// store has not answered for so long, are stopped: somebody else may have the job.
async fn keep_alive<S: JobStore>(shared: &Shared<S>) {
    let lease = micros(shared.settings.lease);
    let now = shared.clock.now();
    let due = shared.hand.leases_before(now.saturating_add(lease - lease / 3));
    if due.is_empty() {
        return;
    }
    let tickets: Vec<Ticket> = due.iter().map(|(ticket, _)| *ticket).collect();
    let lease_until = shared.lease_until(now);
    let answer = timeout(shared.settings.lease / 3, shared.store.heartbeat(&tickets, lease_until)).await;
    let lost = match answer {
        Ok(Ok(lost)) => {
            shared.hand.extend(&tickets, lease_until);
            lost
        }
        Ok(Err(error)) => {
            (shared.tell)(Notice::Trouble { doing: "extend leases", error: &error });
            over(&due, shared.clock.now())
        }
        Err(_) => over(&due, shared.clock.now()),
    };
    for (ticket, kind) in shared.hand.drop_running(lost.into_iter()) {
        tracing::warn!(job = %ticket.id, %kind, "lease lost: its handler is stopped");
        (shared.tell)(Notice::LeaseLost { kind: &kind, ticket });
    }
}

fn over(due: &[(Ticket, i64)], now: i64) -> Vec<Ticket> {
    due.iter().filter(|(_, lease_until)| *lease_until <= now).map(|(ticket, _)| *ticket).collect()
}
