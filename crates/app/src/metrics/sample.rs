//! Gauges that the database knows: read when somebody scrapes, at most every few seconds.

use super::{
    Known,
    names::{BatchStage, Connection, JOB_STATES, WAITING},
    record::batch_progress,
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
    batch_progress(BatchStage::Select, selected, total);
    batch_progress(BatchStage::Narrate, settled, wanted);
    batch_progress(BatchStage::Assemble, total - progress.unfinished(), total);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{recorder, render};
    use domain::provider::{Account, Open, Settings};
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
            self.last.lock().await.next = Instant::now();
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

    /// The series of a metric with their values.
    fn values(text: &str, name: &str) -> Vec<String> {
        let prefix = format!("mimiyori_{name}{{");
        text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn budgets_are_shown_as_configured() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let settings = Settings { daily_budget_micro_usd: 2_500_000, ..Settings::default() };
        store.configure_provider("openai", &settings).await.unwrap();
        let recorder = recorder(&known()).unwrap();
        let _here = ::metrics::set_default_local_recorder(&recorder);
        Sampler::new(store, SystemClock, &known()).refresh().await;
        let text = render::text(&recorder.handle().render());
        let of_openai = |period, value| format!("provider=\"openai\",period=\"{period}\"}} {value}");
        assert_eq!(values(&text, "budget_limit_usd"), [of_openai("day", "2.5"), of_openai("month", "+Inf")]);
        assert_eq!(values(&text, "budget_spent_usd"), [of_openai("day", "0"), of_openai("month", "0")]);
        assert_eq!(values(&text, "breaker_open"), ["provider=\"openai\"} 0"]);
    }

    #[test]
    fn spending_and_breakers_are_shown_as_they_stand() {
        let recorder = recorder(&known()).unwrap();
        let settings = Settings { daily_budget_micro_usd: 2_500_000, ..Settings::default() };
        let account = Account { settings: settings.clone(), ..Account::default() };
        let mut standing = account.standing(&Open::default(), 0);
        (standing.breaker, standing.spent_month_micro_usd) = (BreakerState::Open, 1_000_001);
        let row = ProviderRow { name: "openai".to_owned(), settings, standing, killed: None };
        ::metrics::with_local_recorder(&recorder, || providers(&[row]));
        let text = render::text(&recorder.handle().render());
        assert_eq!(values(&text, "breaker_open"), ["provider=\"openai\"} 1"]);
        let spent = values(&text, "budget_spent_usd");
        assert_eq!(spent[1], "provider=\"openai\",period=\"month\"} 1.000001", "{spent:?}");
    }

    #[test]
    fn a_batch_is_as_far_as_its_stages() {
        let recorder = recorder(&known()).unwrap();
        let shown = |progress: &Progress| {
            ::metrics::with_local_recorder(&recorder, || batch(progress));
            values(&render::text(&recorder.handle().render()), "batch_progress_ratio").join(", ")
        };
        let stages = |assemble, narrate, select| {
            format!(
                "stage=\"assemble\"}} {assemble}, stage=\"narrate\"}} {narrate}, stage=\"select\"}} {select}"
            )
        };
        let states =
            [(OccurrenceState::Open, 2), (OccurrenceState::Selected, 1), (OccurrenceState::Published, 1)];
        let mut progress = Progress { states: states.into(), ..Progress::default() };
        assert_eq!(shown(&progress), stages("0.25", "0.5", "0.5"), "nothing was to be made");
        progress.demand = [("segment".to_owned(), (3, 1)), ("phrase".to_owned(), (1, 0))].into();
        assert_eq!(shown(&progress), stages("0.25", "0.25", "0.5"));
        assert_eq!(shown(&Progress::default()), stages("0", "0", "0"));
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
