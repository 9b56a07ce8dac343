//! `admin status`: how much of what there is, what waits longest, what budgets have left, what is in production.

use super::{Operator, at, batches};
use crate::{
    failure::Failure,
    reports::reports,
    table::{Table, lasting, usd},
};
use domain::{OccurrenceState, provider::BreakerState};
use jiff::Timestamp;
use queue::{Micros, State, lifecycle::Ending};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};
use store::{jobs::Count, providers::ProviderRow};
use web::api::operate::batches::Report;

/// Open batches that are shown.
const MOST_BATCHES: u32 = 100;

#[derive(Serialize)]
struct Status {
    occurrences: BTreeMap<&'static str, u64>,
    jobs: BTreeMap<&'static str, u64>,
    artifacts: BTreeMap<&'static str, u64>,
    /// Of the job that could have been claimed for longest.
    oldest_ready_age_s: Option<f64>,
    lanes: Vec<Lane>,
    providers: Vec<Provider>,
    open_batches: Vec<Report>,
}

#[derive(Serialize)]
struct Lane {
    name: String,
    /// Can be claimed.
    ready: u64,
    /// Their time has not come.
    waiting: u64,
    leased: u64,
    oldest_ready_age_s: Option<f64>,
}

#[derive(Serialize)]
struct Provider {
    name: String,
    /// Why it is switched off.
    off: Option<String>,
    breaker: &'static str,
    paused_until: Option<Timestamp>,
    calls: u32,
    parallel: u32,
    day: Budget,
    month: Budget,
}

#[derive(Serialize)]
struct Budget {
    spent_micro_usd: u64,
    /// Without a limit there is none.
    limit_micro_usd: Option<u64>,
}

pub async fn run(operator: &Operator) -> Result<(), Failure> {
    let now = operator.now();
    let counts = operator.store.count_jobs().await?;
    let oldest = counts.iter().filter_map(|count| count.oldest_ready_at).min();
    let status = Status {
        occurrences: occurrences(operator).await?,
        jobs: jobs(operator, &counts).await?,
        artifacts: artifacts(operator).await?,
        oldest_ready_age_s: age(oldest, now),
        lanes: lanes(operator, &counts, now),
        providers: operator.store.providers(now).await?.into_iter().map(provider).collect(),
        open_batches: reports(operator.office(), operator.store.unclosed_batches(MOST_BATCHES).await?)
            .await?,
    };
    operator.say(&status, &status)
}

async fn occurrences(operator: &Operator) -> Result<BTreeMap<&'static str, u64>, Failure> {
    let mut by_state: BTreeMap<_, _> = OccurrenceState::ALL.map(|state| (state.name(), 0)).into();
    for (state, total) in operator.store.count_occurrences().await? {
        by_state.insert(state.name(), total);
    }
    Ok(by_state)
}

/// Those that are done are counted by their last attempts, as long as these are remembered.
async fn jobs(operator: &Operator, counts: &[Count]) -> Result<BTreeMap<&'static str, u64>, Failure> {
    let mut by_state: BTreeMap<_, _> = State::ALL.map(|state| (state.name(), 0)).into();
    for count in counts {
        *by_state.entry(count.state.name()).or_default() += count.total;
    }
    for ended in operator.store.count_attempts(0).await? {
        if matches!(ended.ending, Ending::Done | Ending::Skipped) {
            *by_state.entry(State::Done.name()).or_default() += ended.total;
        }
    }
    Ok(by_state)
}

async fn artifacts(operator: &Operator) -> Result<BTreeMap<&'static str, u64>, Failure> {
    let mut by_state: BTreeMap<_, _> = ["making", "ready", "failed"].map(|state| (state, 0)).into();
    for (_, state, total) in operator.store.count_artifacts().await? {
        if let Some(count) = by_state.get_mut(state.as_str()) {
            *count += total.unsigned_abs();
        }
    }
    Ok(by_state)
}

fn lanes(operator: &Operator, counts: &[Count], now: Micros) -> Vec<Lane> {
    let mut numbers: Vec<queue::Lane> =
        operator.config.queue.ranked_lanes().into_iter().map(|(_, lane, _)| lane).collect();
    // Lanes that the configuration does not name any more may still hold jobs.
    numbers.extend(counts.iter().map(|count| count.lane));
    numbers.sort_unstable();
    numbers.dedup();
    let lane = |lane: queue::Lane| {
        let of = || counts.iter().filter(|count| count.lane == lane);
        let in_state = |state| of().filter(move |count| count.state == state);
        let waiting = in_state(State::Available).map(|count| count.waiting).sum();
        let available: u64 = in_state(State::Available).map(|count| count.total).sum();
        Lane {
            name: operator.lane_name(lane),
            ready: available - waiting,
            waiting,
            leased: in_state(State::Leased).map(|count| count.total).sum(),
            oldest_ready_age_s: age(of().filter_map(|count| count.oldest_ready_at).min(), now),
        }
    };
    numbers.into_iter().map(lane).collect()
}

fn provider(ProviderRow { name, settings, standing, killed, budgets: _ }: ProviderRow) -> Provider {
    let limit = |limit: u64| Some(limit).filter(|limit| *limit > 0);
    Provider {
        name,
        off: killed,
        breaker: match standing.breaker {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half open",
        },
        paused_until: standing.paused_until.map(at),
        calls: standing.open,
        parallel: standing.parallel,
        day: Budget {
            spent_micro_usd: standing.spent_day_micro_usd,
            limit_micro_usd: limit(settings.daily_budget_micro_usd),
        },
        month: Budget {
            spent_micro_usd: standing.spent_month_micro_usd,
            limit_micro_usd: limit(settings.monthly_budget_micro_usd),
        },
    }
}

fn age(since: Option<Micros>, now: Micros) -> Option<f64> {
    since.map(|since| now.saturating_sub(since).max(0) as f64 / 1e6)
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, counts) in
            [("occurrences", &self.occurrences), ("jobs", &self.jobs), ("artifacts", &self.artifacts)]
        {
            let some: Vec<String> = counts
                .iter()
                .filter(|(_, total)| **total > 0)
                .map(|(state, total)| format!("{total} {state}"))
                .collect();
            writeln!(f, "{name:<12} {}", if some.is_empty() { "none".to_owned() } else { some.join(", ") })?;
        }
        write!(f, "\n{}", lane_table(&self.lanes))?;
        if !self.providers.is_empty() {
            write!(f, "\n\n{}", provider_table(&self.providers))?;
        }
        if !self.open_batches.is_empty() {
            write!(f, "\n\n{}", batches::table(&self.open_batches))?;
        }
        Ok(())
    }
}

fn lane_table(lanes: &[Lane]) -> Table<5> {
    let row = |lane: &Lane| {
        [
            lane.name.clone(),
            lane.ready.to_string(),
            lane.waiting.to_string(),
            lane.leased.to_string(),
            lane.oldest_ready_age_s.map(|seconds| lasting((seconds * 1e6) as Micros)).unwrap_or_default(),
        ]
    };
    Table::new(["lane", "ready", "waiting", "leased", "oldest ready"], lanes.iter().map(row))
}

fn provider_table(providers: &[Provider]) -> Table<6> {
    let budget = |budget: &Budget| match budget.limit_micro_usd {
        Some(limit) => format!("{} of {}", usd(budget.spent_micro_usd), usd(limit)),
        None => usd(budget.spent_micro_usd),
    };
    let row = |one: &Provider| {
        let stands = match (&one.off, one.paused_until) {
            (Some(why), _) => format!("off: {why}"),
            (None, Some(until)) => format!("paused until {until}"),
            (None, None) => "on".to_owned(),
        };
        let calls = format!("{} of {}", one.calls, one.parallel);
        [one.name.clone(), one.breaker.to_owned(), calls, budget(&one.day), budget(&one.month), stands]
    };
    let head = ["provider", "breaker", "calls", "today", "this month", "stands"];
    Table::new(head, providers.iter().map(row))
}
