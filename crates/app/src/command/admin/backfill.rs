//! `admin backfill`: programs that were missed or failed, made after all; the rule is in [`crate::backfill`].

use super::{Operator, at, count, none};
use crate::{
    backfill::{self, Plan, Wish},
    cli::admin::Backfill,
    failure::{Failure, Kind},
    table::Table,
};
use domain::OccurrenceState;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

#[derive(Serialize)]
struct Said {
    dry_run: bool,
    /// Opened, or to be opened.
    occurrences: u64,
    batches: u64,
    dates: Vec<Day>,
    /// When the last of them is due.
    due_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Day {
    local_date: Date,
    missed: u64,
    failed: u64,
}

pub async fn run(operator: &Operator, wish: Backfill) -> Result<(), Failure> {
    if wish.to < wish.from {
        let message = format!("--from {} is later than --to {}; swap them", wish.from, wish.to);
        return Err(Failure::new(Kind::Usage, message));
    }
    if let Some(feed) = wish.feed
        && operator.store.feed(feed).await?.is_none()
    {
        return Err(none(format!("feed {feed}"), "feed list --listener ID"));
    }
    let last_lane = operator.config.queue.ranked_lanes().last().map(|(_, lane, _)| *lane);
    let asked = Wish {
        from: wish.from,
        to: wish.to,
        feed: wish.feed,
        per_minute: wish.pace,
        lane: last_lane.unwrap_or(queue::Lane(0)),
        by: operator.name(),
    };
    let office = operator.office();
    let plan = backfill::plan(office, &asked).await?;
    let opened = match wish.dry_run {
        true => plan.lost.len() as u64,
        false => backfill::open(office, &asked, &plan).await?,
    };
    let said = Said {
        dry_run: wish.dry_run,
        occurrences: opened,
        batches: plan.parts.len() as u64,
        dates: days(&plan),
        due_at: plan.parts.iter().map(|part| part.due_at).max().map(at),
    };
    operator.say(&said, &said)
}

fn days(plan: &Plan) -> Vec<Day> {
    let mut days: BTreeMap<Date, (u64, u64)> = BTreeMap::new();
    for one in &plan.lost {
        let (missed, failed) = days.entry(one.local_date).or_default();
        match one.state {
            OccurrenceState::Failed => *failed += 1,
            _ => *missed += 1,
        }
    }
    days.into_iter().map(|(local_date, (missed, failed))| Day { local_date, missed, failed }).collect()
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.occurrences == 0 {
            return f.write_str("nothing is missed or failed on these dates");
        }
        let verb = if self.dry_run { "would open" } else { "opened" };
        write!(f, "{verb} {} in {}", count(self.occurrences, "occurrence"), count(self.batches, "batch"))?;
        if let Some(due_at) = self.due_at {
            write!(f, ", the last due at {due_at}")?;
        }
        if self.dates.is_empty() {
            return Ok(());
        }
        let row = |day: &Day| [day.local_date.to_string(), day.missed.to_string(), day.failed.to_string()];
        write!(f, "\n\n{}", Table::new(["date", "missed", "failed"], self.dates.iter().map(row)))
    }
}
