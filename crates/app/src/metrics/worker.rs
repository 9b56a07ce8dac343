//! What the queue tells: workers of attempts and slots, the store of new jobs.

use super::names::ENDINGS;
use ::metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use domain::Work;
use queue::{lifecycle::Ending, worker::Notice};
use std::{collections::HashMap, time::Duration};
use store::Store;

/// Counts the jobs that this process enqueues, by the store or its clones.
pub fn count_enqueued(store: &Store) {
    store.listen_to_enqueued(|kind, count| {
        counter!("mimiyori_jobs_enqueued_total", "kind" => kind.name().to_owned()).increment(count);
    });
}

/// For [`queue::Worker::new`]: metrics of one pool of slots, and a line in the log for what is no good.
pub fn listener(pool: &str, slots: u32) -> impl Fn(Notice<'_>) + Send + Sync + use<> {
    let pool = pool.to_owned();
    gauge!("mimiyori_worker_slots", "pool" => pool.clone()).set(slots);
    let ear = Ear {
        busy: gauge!("mimiyori_worker_slots_busy", "pool" => pool),
        kinds: Work::KINDS.iter().map(|kind| (*kind, OfKind::new(kind))).collect(),
    };
    move |notice| ear.hear(notice)
}

/// Holds what it records into: looking it up again for each of some 50,000 jobs a second would show.
struct Ear {
    busy: Gauge,
    kinds: HashMap<&'static str, OfKind>,
}

struct OfKind {
    finished: Vec<(&'static str, Counter)>,
    ran: Histogram,
    waited: Histogram,
    lost: Counter,
}

impl Ear {
    fn hear(&self, notice: Notice<'_>) {
        match notice {
            Notice::Claimed { .. } => {}
            Notice::Busy { slots } => self.busy.set(slots),
            Notice::Finished { kind, ending, waited, ran, .. } => {
                self.of(kind.name(), |of| of.finished(ending, waited, ran));
            }
            Notice::LeaseLost { kind, .. } => self.of(kind.name(), |of| of.lost.increment(1)),
            Notice::Swept { kind, owner, ending, .. } => {
                tracing::warn!(%kind, owner, "a job was taken back from a worker that died or froze");
                self.of(kind.name(), |of| of.count(ending));
            }
            // Every pool meets it: whoever has them all says it once.
            Notice::Trouble { doing, error } => tracing::debug!(%error, "cannot {doing}; asking again"),
        }
    }

    /// A job of another release may have a kind that this one does not know.
    fn of(&self, kind: &str, record: impl FnOnce(&OfKind)) {
        match self.kinds.get(kind) {
            Some(known) => record(known),
            None => record(&OfKind::new(kind)),
        }
    }
}

impl OfKind {
    fn new(kind: &str) -> Self {
        let kind = kind.to_owned();
        let finished = |ending: &&'static str| {
            let labels = [("kind", kind.clone()), ("outcome", (*ending).to_owned())];
            (*ending, counter!("mimiyori_jobs_finished_total", &labels))
        };
        Self {
            finished: ENDINGS.iter().map(finished).collect(),
            ran: histogram!("mimiyori_job_seconds", "kind" => kind.clone()),
            waited: histogram!("mimiyori_job_wait_seconds", "kind" => kind.clone()),
            lost: counter!("mimiyori_leases_lost_total", "kind" => kind),
        }
    }

    fn finished(&self, ending: Ending, waited: Duration, ran: Duration) {
        self.count(ending);
        self.waited.record(waited);
        self.ran.record(ran);
    }

    fn count(&self, ending: Ending) {
        if let Some((_, counter)) = self.finished.iter().find(|(name, _)| *name == ending.name()) {
            counter.increment(1);
        }
    }
}
