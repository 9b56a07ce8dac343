//! `admin jobs`: what is in the queue, and how one job went.

use super::{Operator, at, none};
use crate::{
    cli::admin::{Jobs, OneJob},
    failure::Failure,
    table::{Sheet, Table, lasting, when},
};
use jiff::Timestamp;
use queue::JobId;
use serde::Serialize;
use serde_json::Value;
use store::jobs::{Attempt, JobRow, Stands};

#[derive(Serialize)]
struct Shown {
    id: i64,
    kind: String,
    state: &'static str,
    lane: String,
    key: Option<String>,
    demand: Option<u32>,
    due_at: Option<Timestamp>,
    start_by: Option<Timestamp>,
    /// Since when it can be claimed, or from when on.
    ready_at: Option<Timestamp>,
    tries: Option<u32>,
    hold: Option<String>,
    group: Option<String>,
    owner: Option<String>,
    lease_until: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    /// How a job ended that is done: done or skipped.
    outcome: Option<&'static str>,
    class: Option<&'static str>,
    message: Option<String>,
    fingerprint: Option<String>,
    discarded_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<Vec<ShownAttempt>>,
}

/// One lease of a job, from start to end.
#[derive(Serialize)]
struct ShownAttempt {
    lease: u32,
    stage: String,
    started_at: Timestamp,
    ended_at: Timestamp,
    seconds: f64,
    outcome: &'static str,
    class: Option<&'static str>,
    message: Option<String>,
    owner: String,
    units: u64,
    cost_micro_usd: u64,
}

pub async fn run(operator: &Operator, wish: Jobs) -> Result<(), Failure> {
    if let Some(OneJob::Show { id }) = wish.one {
        return show(operator, JobId(id)).await;
    }
    let jobs = operator.store.list_jobs(wish.kind.as_deref(), wish.state, wish.limit).await?;
    let jobs: Vec<Shown> = jobs.into_iter().map(|job| shown(operator, job)).collect();
    operator.say(&jobs, table(&jobs))
}

async fn show(operator: &Operator, id: JobId) -> Result<(), Failure> {
    let job = operator.store.job(id).await?.ok_or_else(|| none(format!("job {id}"), "jobs"))?;
    let attempts = operator.store.attempts(id).await?;
    let work = match &job.stands {
        // Work that is no JSON is shown as it is.
        Stands::Queued(queued) => {
            Some(serde_json::from_str(&queued.work).unwrap_or_else(|_| Value::from(queued.work.clone())))
        }
        Stands::Done { .. } => None,
    };
    let attempts = attempts.into_iter().map(attempt).collect();
    let job = Shown { work, attempts: Some(attempts), ..shown(operator, job) };
    operator.say(&job, sheet(&job))
}

fn shown(operator: &Operator, job: JobRow) -> Shown {
    let bare = Shown {
        id: job.id.0,
        state: job.state().name(),
        kind: job.kind.to_string(),
        lane: operator.lane_name(job.lane),
        key: job.key,
        demand: None,
        due_at: None,
        start_by: None,
        ready_at: None,
        tries: None,
        hold: None,
        group: None,
        owner: None,
        lease_until: None,
        ended_at: None,
        outcome: None,
        class: None,
        message: None,
        fingerprint: None,
        discarded_at: None,
        work: None,
        attempts: None,
    };
    match job.stands {
        Stands::Done { ending, at: ended_at, message } => {
            Shown { outcome: Some(ending.name()), ended_at: Some(at(ended_at)), message, ..bare }
        }
        Stands::Queued(queued) => {
            let death = queued.death.as_ref();
            Shown {
                demand: Some(queued.demand),
                due_at: Some(at(queued.due_at)),
                start_by: Some(at(queued.start_by)),
                ready_at: Some(at(queued.ready_at)),
                tries: Some(queued.tries),
                class: death.map(|death| death.class.name()),
                message: death.map(|death| death.message.clone()),
                fingerprint: death.map(|death| death.fingerprint.clone()),
                discarded_at: death.and_then(|death| death.discarded_at).map(at),
                owner: queued.lease.as_ref().map(|lease| lease.owner.clone()),
                lease_until: queued.lease.as_ref().map(|lease| at(lease.until)),
                ended_at: queued.ended_at.map(at),
                hold: queued.hold,
                group: queued.group,
                ..bare
            }
        }
    }
}

fn attempt(one: Attempt) -> ShownAttempt {
    ShownAttempt {
        lease: one.fence,
        stage: one.kind.to_string(),
        started_at: at(one.started_at),
        ended_at: at(one.ended_at),
        seconds: (one.ended_at - one.started_at).max(0) as f64 / 1e6,
        outcome: one.ending.name(),
        class: one.class.map(queue::Class::name),
        message: one.message,
        owner: one.owner,
        units: one.spent.units,
        cost_micro_usd: one.spent.cost_micro_usd,
    }
}

fn table(jobs: &[Shown]) -> Table<7> {
    let row = |job: &Shown| {
        let due = job.due_at.or(job.ended_at).map(|at| when(at.as_microsecond())).unwrap_or_default();
        let tries = job.tries.map(|tries| tries.to_string()).unwrap_or_default();
        [job.id.to_string(), job.kind.clone(), job.state.to_owned(), job.lane.clone(), due, tries, note(job)]
    };
    Table::new(["id", "kind", "state", "lane", "due or ended", "tries", "note"], jobs.iter().map(row))
}

/// What matters most about it.
fn note(job: &Shown) -> String {
    let parts = [
        job.owner.as_ref().map(|owner| format!("run by {owner}")),
        job.hold.as_ref().map(|hold| format!("held for {hold}")),
        job.message.clone(),
        job.key.clone(),
    ];
    parts.into_iter().flatten().next().unwrap_or_default()
}

fn sheet(job: &Shown) -> String {
    let mut sheet = Sheet::default();
    sheet.line("job", job.id);
    sheet.line("kind", &job.kind);
    sheet.line("state", job.state);
    sheet.line("lane", &job.lane);
    sheet.maybe("key", job.key.as_ref());
    sheet.maybe("demand", job.demand);
    sheet.maybe("start by", job.start_by);
    sheet.maybe("due", job.due_at);
    sheet.maybe("ready", job.ready_at);
    sheet.maybe("held for", job.hold.as_ref());
    sheet.maybe("run by", job.owner.as_ref());
    sheet.maybe("lease until", job.lease_until);
    sheet.maybe("ended", job.ended_at);
    sheet.maybe("outcome", job.outcome);
    sheet.maybe("class", job.class);
    sheet.maybe("message", job.message.as_ref());
    sheet.maybe("fingerprint", job.fingerprint.as_ref());
    sheet.maybe("discarded", job.discarded_at);
    sheet.maybe("work", job.work.as_ref());
    let attempts = job.attempts.as_deref().unwrap_or_default();
    if attempts.is_empty() {
        return format!("{sheet}\n\nno attempt has ended yet");
    }
    let row = |one: &ShownAttempt| {
        [
            one.lease.to_string(),
            when(one.started_at.as_microsecond()),
            lasting((one.seconds * 1e6) as i64),
            one.outcome.to_owned(),
            one.class.unwrap_or_default().to_owned(),
            one.units.to_string(),
            one.cost_micro_usd.to_string(),
            one.message.clone().unwrap_or_default(),
        ]
    };
    let head = ["lease", "started", "took", "outcome", "class", "units", "micro-USD", "message"];
    format!("{sheet}\n\n{}", Table::new(head, attempts.iter().map(row)))
}
