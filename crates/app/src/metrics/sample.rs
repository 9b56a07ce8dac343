//! Gauges that the database knows: read when somebody scrapes, at most every few seconds.

use super::{
    Known,
    names::{Connection, JOB_STATES, Period, WAITING},
};
use crate::clock::SystemClock;
use ::metrics::gauge;
use domain::provider::BreakerState;
use queue::{Lane, State};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use store::{Micros, Store, StoreError, jobs::Count, providers::ProviderRow};
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
        providers(&self.store.providers(self.clock.micros()).await?);
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

/// What the database says of budgets and breakers.
fn providers(rows: &[ProviderRow]) {
    for ProviderRow { name, settings, standing, .. } in rows {
        let budget = |period, spent_micro_usd, limit: u64| Budget {
            provider: name,
            period,
            spent_micro_usd,
            limit_micro_usd: Some(limit).filter(|&limit| limit > 0),
        };
        budgets([
            budget(Period::Day, standing.spent_day_micro_usd, settings.daily_budget_micro_usd),
            budget(Period::Month, standing.spent_month_micro_usd, settings.monthly_budget_micro_usd),
        ]);
    }
    breakers(rows.iter().map(|row| (row.name.as_str(), row.standing.breaker != BreakerState::Closed)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{recorder, render};
    use metrics_exporter_prometheus::PrometheusRecorder;
    use queue::{Begin, Claim, JobStore, Kind, Lanes, NewJob, OnDuplicate};

    fn known() -> Known {
        Known { lanes: vec![(Lane(0), "premium".to_owned())], ..Known::default() }
    }

    /// The lines that tell of the queue and are not at 0.
    fn shown(recorder: &PrometheusRecorder) -> Vec<String> {
        let text = render::text(&recorder.handle().render());
        let of_queue =
            text.lines().filter(|line| line.starts_with("mimiyori_queue_") && !line.ends_with(" 0"));
        of_queue.map(|line| line.trim_start_matches("mimiyori_queue_").to_owned()).collect()
    }

    impl Sampler {
        /// As a scrape finds it that comes later.
        async fn refresh_later(&self) {
            self.last.lock().await.at = None;
            self.refresh().await;
        }
    }

    #[tokio::test]
    async fn lanes_are_shown_as_they_are_and_emptied_ones_as_empty() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let recorder = recorder(&known()).unwrap();
        let _here = ::metrics::set_default_local_recorder(&recorder);
        let sampler = Sampler::new(store.clone(), SystemClock, &known());
        let now = SystemClock.micros();
        let (hour, kind) = (3_600_000_000, Kind::new("narrate"));
        let job = |lane, begin| NewJob { lane: Lane(lane), begin, ..NewJob::new(kind.clone(), "{}", now) };
        // By a clock that runs ahead: the age of the oldest stays 0.
        let jobs = [job(0, Begin::At(now + hour)), job(0, Begin::Now), job(7, Begin::Held("batch".into()))];
        store.enqueue(&jobs, OnDuplicate::Keep, now + hour / 2).await.unwrap();

        sampler.refresh().await;
        let full = [
            "jobs{lane=\"7\",state=\"held\"} 1",
            "jobs{lane=\"premium\",state=\"available\"} 1",
            "jobs{lane=\"premium\",state=\"waiting\"} 1",
        ];
        assert_eq!(shown(&recorder), full);

        store.promote_held("batch", now, 9).await.unwrap();
        let claim = Claim {
            owner: "tester".to_owned(),
            kinds: vec![kind],
            offers: Lanes::new([(Lane(0), 1), (Lane(7), 1)]).offers(9),
            free: 9,
            now,
            lease_until: now + hour,
        };
        let claimed = store.claim(&claim).await.unwrap();
        let ids: Vec<_> = claimed.iter().map(|job| job.ticket.id).collect();
        assert_eq!(store.cancel(&ids, now).await.unwrap(), 2);
        store.prune_jobs(now + 1, 9).await.unwrap();
        sampler.refresh().await;
        assert_eq!(shown(&recorder), full, "too soon to look again");
        sampler.refresh_later().await;
        assert_eq!(shown(&recorder), ["jobs{lane=\"premium\",state=\"waiting\"} 1"]);

        store.close().await;
        sampler.refresh_later().await;
        assert_eq!(shown(&recorder), ["jobs{lane=\"premium\",state=\"waiting\"} 1"], "as it was last seen");
    }

    /// All connections are taken, as when the server hangs: a scrape gives what there is.
    #[tokio::test]
    async fn a_database_that_hangs_does_not_hold_up_a_scrape() {
        let cluster = testkit::Postgres::start().unwrap();
        let store = Store::open(&cluster.database().unwrap()).await.unwrap();
        let mut held = Vec::new();
        while let Ok(tx) = timeout(Duration::from_millis(300), store.begin()).await {
            held.push(tx.unwrap());
        }
        let recorder = recorder(&known()).unwrap();
        let _here = ::metrics::set_default_local_recorder(&recorder);
        let sampler = Sampler::new(store.clone(), SystemClock, &known());
        timeout(2 * PATIENCE, sampler.refresh()).await.expect("it gives up in time");
        let text = render::text(&recorder.handle().render());
        let busy = format!("mimiyori_db_pool_connections{{state=\"busy\"}} {}", held.len());
        assert!(text.lines().any(|line| line == busy), "{text}");
        drop(held);
        store.close().await;
    }
}
