//! `simulate`: a day of production on a virtual clock, by one policy or by all of them side by side.

use super::thrown_away::ThrownAway;
use crate::{
    cli::{Place, Simulate},
    config::Config,
    failure::{Failure, Kind},
    simulate::{Policy, Report, Simulation, Trace, wait_for},
    terminal::answer,
};
use jiff::SignedDuration;

pub async fn run(place: &Place, wish: Simulate) -> Result<(), Failure> {
    let config = Config::load(place.config.as_deref())?;
    let own = ThrownAway::choose(place)?;
    let simulation = Simulation::new(trace(&wish), config, own.folder())?;
    let reports = alone(simulation, policies(&wish)).await?;
    match &reports[..] {
        [report] if wish.json => answer(serde_json::json!(report)),
        reports if wish.json => answer(serde_json::json!(reports)),
        reports => show(reports),
    }
}

/// Each once.
fn policies(wish: &Simulate) -> Vec<Policy> {
    let is_wished = |policy: &Policy| match wish.policies.is_empty() {
        true => !wish.json || *policy == Policy::ReadyBy,
        false => wish.policies.contains(policy),
    };
    Policy::ALL.into_iter().filter(is_wished).collect()
}

/// Runs in a thread where nobody else does: what happens one after the other is not to be handed around.
async fn alone(simulation: Simulation, policies: Vec<Policy>) -> Result<Vec<Report>, Failure> {
    let odd = |cause: &dyn std::fmt::Display| Failure::new(Kind::Other, cause);
    let run = move || wait_for(simulation.run(&policies)).map_err(|cause| odd(&cause))?;
    tokio::task::spawn_blocking(run).await.map_err(|cause| odd(&cause))?
}

fn trace(wish: &Simulate) -> Trace {
    Trace {
        listeners: wish.listeners,
        seed: wish.seed,
        day: wish.day,
        crowd: wish.crowd,
        sources: wish.sources as usize,
        zipf: wish.zipf,
        articles_a_day: wish.articles_per_day,
        writer: wish.writer,
        voice: wish.voice,
        capacity: wish.capacity,
        largest_batch: SignedDuration::from_secs_f64(wish.largest_batch_minutes * 60.0),
        newcomers: wish.newcomers,
        failures: wish.failures,
        throttles: wish.throttles,
        parallel: wish.parallel,
        outage: wish.outage,
        planner_stopped: wish.planner_stopped,
        killed: wish.killed,
        rewound: wish.rewound,
    }
}

fn show(reports: &[Report]) -> Result<(), Failure> {
    let Some(first) = reports.first() else { return Ok(()) };
    answer(format_args!(
        "{} listeners, seed {}: {} narrations at a time; the largest batch, of {}, takes {:.0} minutes of them",
        first.listeners, first.seed, first.capacity, first.largest_batch, first.largest_batch_minutes,
    ))?;
    let row = |name: &str, value: &dyn Fn(&Report) -> String| {
        let values: String = reports.iter().map(|report| format!("{:>16}", value(report))).collect();
        answer(format_args!("{name:<22}{values}"))
    };
    let seconds = |ms: u64| format!("{:.1} s", ms as f64 / 1e3);
    row("", &|one| one.policy.to_owned())?;
    row("occurrences", &|one| one.occurrences.to_string())?;
    row("on time", &|one| format!("{:.3} %", one.on_time_ratio * 100.0))?;
    row("late, half within", &|one| seconds(one.lateness_ms.p50))?;
    row("late, 99 % within", &|one| seconds(one.lateness_ms.p99))?;
    row("late, at most", &|one| seconds(one.lateness_ms.max))?;
    row("missed", &|one| one.missed.to_string())?;
    row("failed", &|one| one.failed.to_string())?;
    row("doubled", &|one| one.duplicates.to_string())?;
    row("full editions", &|one| one.full.to_string())?;
    row("writer calls", &|one| one.writer_calls.to_string())?;
    row("  made alone", &|one| one.naive_writer_calls.to_string())?;
    row("voice calls", &|one| one.voice_calls.to_string())?;
    row("  made alone", &|one| one.naive_voice_calls.to_string())?;
    row("greetings by name", &|one| one.name_calls.to_string())?;
    row("cost", &|one| format!("{:.2} USD", one.cost_micro_usd as f64 / 1e6))?;
    row("calls at once", &|one| one.peak_in_flight.to_string())
}
