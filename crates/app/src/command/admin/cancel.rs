//! `admin cancel`: jobs, occurrences, or what a batch has left to do, called off.

use super::{Operator, count, none};
use crate::{
    cli::admin::Cancel,
    failure::{Failure, Kind},
};
use domain::BatchId;
use queue::JobId;
use serde::Serialize;
use std::collections::BTreeSet;
use store::calling_off::CalledOff;

#[derive(Serialize, Default)]
struct Cancelled {
    jobs: u64,
    occurrences: u64,
}

pub async fn run(operator: &Operator, wish: Cancel) -> Result<(), Failure> {
    let cancelled = match (wish.batch, wish.occurrence.is_empty()) {
        (Some(batch), _) => of_batch(operator, batch, &wish).await?,
        (None, false) => occurrences(operator, &wish).await?,
        (None, true) => jobs(operator, &wish).await?,
    };
    if cancelled.jobs + cancelled.occurrences == 0 {
        let message = "nothing was called off: what was named is over, or never was; see `mimiyori admin jobs` and \
                       `mimiyori admin batches`";
        return Err(Failure::new(Kind::Other, message));
    }
    let said = match (cancelled.jobs, cancelled.occurrences) {
        (0, occurrences) => count(occurrences, "occurrence"),
        (jobs, 0) => count(jobs, "job"),
        (jobs, occurrences) => format!("{} and {}", count(jobs, "job"), count(occurrences, "occurrence")),
    };
    operator.say(&cancelled, format_args!("called off {said}"))
}

async fn jobs(operator: &Operator, wish: &Cancel) -> Result<Cancelled, Failure> {
    let now = operator.now();
    let ids: Vec<JobId> = wish.jobs.iter().copied().map(JobId).collect();
    let mut tx = operator.store.begin().await?;
    let CalledOff { jobs, occurrences } = tx.call_off_jobs(&ids, &wish.reason, now).await?;
    if jobs > 0 {
        let detail = serde_json::json!({
            "ids": wish.jobs, "jobs": jobs, "occurrences": occurrences, "reason": wish.reason,
        });
        tx.audit(now, &operator.name(), "cancel", "jobs", &detail.to_string()).await?;
    }
    tx.commit().await?;
    Ok(Cancelled { jobs, occurrences })
}

async fn occurrences(operator: &Operator, wish: &Cancel) -> Result<Cancelled, Failure> {
    let now = operator.now();
    let mut tx = operator.store.begin().await?;
    let occurrences = tx.call_off(&wish.occurrence, &wish.reason, now).await?;
    let mut batches: BTreeSet<BatchId> = BTreeSet::new();
    for id in &wish.occurrence {
        batches.extend(tx.batch_of(*id).await?);
    }
    for batch in batches {
        tx.withdraw_demand(batch).await?;
    }
    if occurrences > 0 {
        let detail =
            serde_json::json!({ "ids": wish.occurrence, "occurrences": occurrences, "reason": wish.reason });
        tx.audit(now, &operator.name(), "cancel", "occurrences", &detail.to_string()).await?;
    }
    tx.commit().await?;
    Ok(Cancelled { occurrences, ..Cancelled::default() })
}

async fn of_batch(operator: &Operator, batch: BatchId, wish: &Cancel) -> Result<Cancelled, Failure> {
    let now = operator.now();
    if operator.store.batch(batch).await?.is_none() {
        return Err(none(format!("batch {batch}"), "batches"));
    }
    let mut tx = operator.store.begin().await?;
    let occurrences = tx.call_off_batch(batch, &wish.reason, now).await?;
    if occurrences > 0 {
        let detail = serde_json::json!({ "occurrences": occurrences, "reason": wish.reason });
        tx.audit(now, &operator.name(), "cancel", &format!("batch {batch}"), &detail.to_string()).await?;
    }
    tx.commit().await?;
    Ok(Cancelled { occurrences, ..Cancelled::default() })
}
