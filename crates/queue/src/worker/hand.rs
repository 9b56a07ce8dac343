//! The jobs a worker has in hand, and how many more it may take.

use crate::{Kind, Micros, Ticket};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::{sync::Notify, task::AbortHandle};

/// Running jobs fill slots; ended ones wait to be recorded and hold back the claimer when they pile up.
pub(super) struct Hand {
    slots: u32,
    unrecorded_max: u32,
    held: Mutex<Held>,
    /// A slot became free, or the hand empty.
    pub(super) eased: Notify,
}

#[derive(Default)]
struct Held {
    jobs: HashMap<Ticket, InHand>,
    running: u32,
}

struct InHand {
    kind: Kind,
    lease_until: Micros,
    handler: Handler,
}

enum Handler {
    Starting,
    Running(AbortHandle),
    Ended,
}

impl Hand {
    pub(super) fn new(slots: u32, batch: u32) -> Self {
        let unrecorded_max = batch.saturating_mul(2).max(slots);
        Self { slots, unrecorded_max, held: Mutex::default(), eased: Notify::new() }
    }

    /// How many jobs may be claimed now.
    pub(super) fn free(&self) -> u32 {
        let held = self.lock();
        let unrecorded = u32::try_from(held.jobs.len()).unwrap_or(u32::MAX).saturating_sub(held.running);
        let slots = self.slots.saturating_sub(held.running);
        slots.min(self.unrecorded_max.saturating_sub(unrecorded))
    }

    pub(super) fn running(&self) -> u32 {
        self.lock().running
    }

    /// A job that was leased and whose handler is about to start.
    pub(super) fn take(&self, ticket: Ticket, kind: Kind, lease_until: Micros) {
        let mut held = self.lock();
        held.jobs.insert(ticket, InHand { kind, lease_until, handler: Handler::Starting });
        held.running += 1;
    }

    /// Lets the job be stopped while it runs. It may have ended meanwhile.
    pub(super) fn attach(&self, ticket: Ticket, task: AbortHandle) {
        if let Some(job) = self.lock().jobs.get_mut(&ticket)
            && matches!(job.handler, Handler::Starting)
        {
            job.handler = Handler::Running(task);
        }
    }

    /// Its handler has ended; its lease is kept until that is recorded.
    pub(super) fn end(&self, ticket: Ticket) {
        let mut held = self.lock();
        if let Some(job) = held.jobs.get_mut(&ticket) {
            job.handler = Handler::Ended;
            held.running -= 1;
        }
        drop(held);
        self.eased.notify_one();
    }

    /// Their ends are recorded, or refused.
    pub(super) fn lay_down(&self, tickets: impl Iterator<Item = Ticket>) {
        let mut held = self.lock();
        for ticket in tickets {
            held.jobs.remove(&ticket);
        }
        drop(held);
        self.eased.notify_one();
    }

    /// The jobs whose lease ends before `horizon`.
    pub(super) fn leases_before(&self, horizon: Micros) -> Vec<(Ticket, Micros)> {
        let held = self.lock();
        let due = held.jobs.iter().filter(|(_, job)| job.lease_until < horizon);
        let mut due: Vec<_> = due.map(|(ticket, job)| (*ticket, job.lease_until)).collect();
        // Rows are locked in one order everywhere.
        due.sort_unstable();
        due
    }

    pub(super) fn extend(&self, tickets: &[Ticket], lease_until: Micros) {
        let mut held = self.lock();
        for ticket in tickets {
            if let Some(job) = held.jobs.get_mut(ticket) {
                job.lease_until = lease_until;
            }
        }
    }

    /// Stops the handlers of leases that are lost; those that had ended already stay, to be refused.
    /// Returns those that were stopped.
    pub(super) fn drop_running(&self, tickets: impl Iterator<Item = Ticket>) -> Vec<(Ticket, Kind)> {
        let mut held = self.lock();
        let mut dropped = Vec::new();
        for ticket in tickets {
            if let Some(InHand { handler: Handler::Running(task), .. }) = held.jobs.get(&ticket) {
                task.abort();
                held.running -= 1;
                dropped.extend(held.jobs.remove(&ticket).map(|job| (ticket, job.kind)));
            }
        }
        drop(held);
        self.eased.notify_one();
        dropped
    }

    /// A panic while holding it leaves plain data, still good.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
