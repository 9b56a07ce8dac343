//! Gauges that the database knows: read when somebody scrapes, at most every few seconds.

use super::{
    Known,
    names::{Connection, JOB_STATES, Period, WAITING},
};
use crate::clock::SystemClock;
use ::metrics::gauge;
use queue::{Lane, State};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use store::{Micros, Store, StoreError, jobs::Count};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// Counting reads the whole queue: many scrapers cost no more than one.
const EVERY: Duration = Duration::from_secs(5);
/// A scrape is answered when the database is not: Prometheus gives up after 10 s.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Sampler {
    store: Store,
    clock: SystemClock,
    lanes: BTreeMap<Lane, String>,
    last: Mutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    at: Option<Instant>,
    /// Lanes that had jobs at some time: what is empty now is shown as 0, not as it was.
    lanes: BTreeSet<Lane>,
}

impl Sampler {
    pub fn new(store: Store, clock: SystemClock, known: &Known) -> Self {
        let lanes: BTreeMap<Lane, String> = known.lanes.iter().cloned().collect();
        let last = Last { at: None, lanes: lanes.keys().copied().collect() };
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
        if last.at.is_some_and(|at| at.elapsed() < EVERY) {
            return Ok(());
        }
        last.at = Some(Instant::now());
        connections(self.store.connections());
        let counts = self.store.count_jobs().await?;
        last.lanes.extend(counts.iter().map(|count| count.lane));
        for &lane in &last.lanes {
            let counts = counts.iter().filter(|count| count.lane == lane);
            queue(&self.lane_name(lane), counts, self.clock.micros());
        }
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

/// One provider's budget for one period.
#[derive(Clone, Copy, Debug)]
pub struct Budget<'a> {
    pub provider: &'a str,
    pub period: Period,
    /// Settled and reserved.
    pub spent_micro_usd: u64,
    /// `None` where no limit is set.
    pub limit_micro_usd: Option<u64>,
}

/// Shows what the database says of budgets.
pub fn budgets<'a>(rows: impl IntoIterator<Item = Budget<'a>>) {
    for Budget { provider, period, spent_micro_usd, limit_micro_usd } in rows {
        let labels = [("provider", provider.to_owned()), ("period", period.name().to_owned())];
        let limit = limit_micro_usd.map_or(f64::INFINITY, usd);
        gauge!("mimiyori_budget_spent_usd", &labels).set(usd(spent_micro_usd));
        gauge!("mimiyori_budget_limit_usd", &labels).set(limit);
    }
}

/// Shows which providers' breakers are open.
pub fn breakers<'a>(rows: impl IntoIterator<Item = (&'a str, bool)>) {
    for (provider, is_open) in rows {
        gauge!("mimiyori_breaker_open", "provider" => provider.to_owned()).set(u8::from(is_open));
    }
}

fn usd(micro_usd: u64) -> f64 {
    micro_usd as f64 / 1e6
}
