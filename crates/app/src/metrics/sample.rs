//! Gauges that the database knows: read when somebody scrapes, at most every few seconds.

use super::{
    Known,
    names::{BatchStage, Connection, JOB_STATES, WAITING},
};
use crate::clock::SystemClock;
use ::metrics::gauge;
use domain::{
    OccurrenceState,
    provider::{BreakerState, Period},
};
use queue::{Lane, State};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use store::{Micros, Store, StoreError, batches::Progress, jobs::Count, providers::ProviderRow};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// Counting reads the whole queue: many scrapers cost no more than one.
const EVERY: Duration = Duration::from_secs(5);
/// Reading takes at most one part in so many of the time, however large a morning is.
const SHARE: u32 = 10;
/// A scrape is answered when the database is not: Prometheus gives up after 10 s.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Sampler {
    store: Store,
    clock: SystemClock,
    lanes: BTreeMap<Lane, String>,
    last: Mutex<Last>,
}

#[derive(Debug)]
struct Last {
    /// When to look again.
    next: Instant,
    /// Lanes that had jobs at some time: what is empty now is shown as 0, not as it was.
    lanes: BTreeSet<Lane>,
}

impl Sampler {
    pub fn new(store: Store, clock: SystemClock, known: &Known) -> Self {
        let lanes: BTreeMap<Lane, String> = known.lanes.iter().cloned().collect();
        let last = Last { next: Instant::now(), lanes: lanes.keys().copied().collect() };
        Self { store, clock, lanes, last: Mutex::new(last) }
    }

    /// Brings the gauges up to date unless they are; while the database does not answer they stay.
    pub async fn refresh(&self) {
        match timeout(PATIENCE, self.refresh_if_old()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "gauges are not up to date"),
            Err(_) => tracing::warn!("gauges are not up to date: no answer within {} s", PATIENCE.as_secs()),
        }
    }

    async fn refresh_if_old(&self) -> Result<(), StoreError> {
        let mut last = self.last.lock().await;
        let began = Instant::now();
        if began < last.next {
            return Ok(());
        }
        // Holds if we are not given the time to end.
        last.next = began + SHARE * PATIENCE;
        let read = self.read(&mut last.lanes).await;
        last.next = began + EVERY.max(SHARE * began.elapsed());
        read
    }

    /// What may take longest comes last.
    async fn read(&self, lanes: &mut BTreeSet<Lane>) -> Result<(), StoreError> {
        connections(self.store.connections());
        let now = self.clock.micros();
        providers(&self.store.providers(now).await?);
        let counts = self.store.count_jobs().await?;
        lanes.extend(counts.iter().map(|count| count.lane));
        for &lane in &*lanes {
            queue(&self.lane_name(lane), counts.iter().filter(|count| count.lane == lane), now);
        }
        let most_urgent = self.store.unclosed_batches(1).await?;
        batch(&match most_urgent.first() {
            Some(batch) => self.store.batch_progress(batch.id).await?,
            None => Progress::default(),
        });
        Ok(())
    }

    fn lane_name(&self, lane: Lane) -> String {
        self.lanes.get(&lane).cloned().unwrap_or_else(|| lane.0.to_string())
    }
}

/// What one lane holds.
fn queue<'a>(lane: &str, counts: impl Iterator<Item = &'a Count>, now: Micros) {
    let mut jobs: BTreeMap<&str, u64> = JOB_STATES.iter().map(|state| (*state, 0)).collect();
    let mut oldest_ready_at = now;
    for count in counts {
        let ready = count.total - count.waiting.min(count.total);
        *jobs.entry(count.state.name()).or_default() += ready;
        if count.state == State::Available {
            *jobs.entry(WAITING).or_default() += count.waiting;
        }
        oldest_ready_at = oldest_ready_at.min(count.oldest_ready_at.unwrap_or(now));
    }
    for (state, total) in jobs {
        let labels = [("lane", lane.to_owned()), ("state", state.to_owned())];
        gauge!("mimiyori_queue_jobs", &labels).set(total as f64);
    }
    let age_s = now.saturating_sub(oldest_ready_at) as f64 / 1e6;
    gauge!("mimiyori_queue_oldest_ready_age_seconds", "lane" => lane.to_owned()).set(age_s);
}

fn connections(store::Connections { idle, busy }: store::Connections) {
    for (connection, count) in [(Connection::Idle, idle), (Connection::Busy, busy)] {
        gauge!("mimiyori_db_pool_connections", "state" => connection.name()).set(count);
    }
}

/// What providers have spent and may spend, and whose breaker is open.
fn providers(rows: &[ProviderRow]) {
    for ProviderRow { name, settings, standing, .. } in rows {
        let budgets = [
            (Period::Day, standing.spent_day_micro_usd, settings.daily_budget_micro_usd),
            (Period::Month, standing.spent_month_micro_usd, settings.monthly_budget_micro_usd),
        ];
        for (period, spent, limit) in budgets {
            let labels = [("provider", name.clone()), ("period", period.name().to_owned())];
            gauge!("mimiyori_budget_spent_usd", &labels).set(usd(spent));
            gauge!("mimiyori_budget_limit_usd", &labels).set(if limit == 0 {
                f64::INFINITY
            } else {
                usd(limit)
            });
        }
        let is_open = standing.breaker != BreakerState::Closed;
        gauge!("mimiyori_breaker_open", "provider" => name.clone()).set(u8::from(is_open));
    }
}

fn usd(micro_usd: u64) -> f64 {
    micro_usd as f64 / 1e6
}

/// How far the most urgent batch is; nothing of everything where there is none.
fn batch(progress: &Progress) {
    let total = progress.total();
    let selected = total - progress.in_state(OccurrenceState::Open);
    let sums =
        progress.demand.values().fold((0, 0), |sums, (wanted, settled)| (sums.0 + settled, sums.1 + wanted));
    // What needs no artifact is narrated once it is selected.
    let (settled, wanted) = if sums.1 == 0 { (selected, total) } else { sums };
    let stages = [
        (BatchStage::Select, selected, total),
        (BatchStage::Narrate, settled, wanted),
        (BatchStage::Assemble, total - progress.unfinished(), total),
    ];
    for (stage, done, of) in stages {
        let ratio = if of == 0 { 0.0 } else { done as f64 / of as f64 };
        gauge!("mimiyori_batch_progress_ratio", "stage" => stage.name()).set(ratio);
    }
}

#[cfg(test)]
mod tests;
