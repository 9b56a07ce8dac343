//! `admin dead`: jobs that failed for good, by what they died of; and those that nobody wants back.

use super::{Operator, at, count, none};
use crate::{
    cli::admin::{Dead, Filter, Letters, OneDead},
    failure::{Failure, Kind},
    table::{Table, when},
};
use jiff::Timestamp;
use queue::{
    JobId,
    dead::{DeadFilter, DeadGroup, DeadLetter, Decided},
};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Group {
    fingerprint: String,
    kind: String,
    class: &'static str,
    count: u64,
    first_at: Timestamp,
    last_at: Timestamp,
    /// Of one of them.
    message: String,
}

#[derive(Serialize)]
struct Letter {
    id: i64,
    kind: String,
    key: Option<String>,
    class: &'static str,
    message: String,
    gave_up: &'static str,
    tries: u32,
    died_at: Timestamp,
    discarded_at: Option<Timestamp>,
    work: Value,
}

#[derive(Serialize)]
struct Changed {
    jobs: u64,
}

pub async fn run(operator: &Operator, wish: Dead) -> Result<(), Failure> {
    if let Some(OneDead::Show { fingerprint, limit }) = wish.one {
        return show(operator, fingerprint, limit).await;
    }
    let groups = operator.store.dead_groups(&filter(&wish.filter)).await?;
    let groups: Vec<Group> = groups.into_iter().map(group).collect();
    operator.say(&groups, group_table(&groups))
}

async fn show(operator: &Operator, fingerprint: String, limit: u32) -> Result<(), Failure> {
    let filter = DeadFilter { fingerprint: Some(fingerprint.clone()), ..DeadFilter::default() };
    let letters = operator.store.dead_letters(&filter, limit).await?;
    if letters.is_empty() {
        return Err(none(format!("group {fingerprint}"), "dead"));
    }
    let letters: Vec<Letter> = letters.into_iter().map(letter).collect();
    operator.say(&letters, letter_table(&letters))
}

pub async fn discard(operator: &Operator, letters: Letters) -> Result<(), Failure> {
    let jobs =
        operator.store.discard(&chosen(&letters)?, &Decided::by(operator.name()), operator.now()).await?;
    is_there(&letters, jobs)?;
    operator.say(&Changed { jobs }, changed("discarded", jobs))
}

pub async fn restore(operator: &Operator, letters: Letters) -> Result<(), Failure> {
    let jobs =
        operator.store.restore(&chosen(&letters)?, &Decided::by(operator.name()), operator.now()).await?;
    is_there(&letters, jobs)?;
    operator.say(&Changed { jobs }, changed("restored", jobs))
}

/// One that was named must be among those that match.
pub fn is_there(letters: &Letters, matching: u64) -> Result<(), Failure> {
    match letters.job {
        Some(job) if matching == 0 => Err(none(format!("job {job} among these dead letters"), "dead")),
        _ => Ok(()),
    }
}

fn changed(verb: &str, jobs: u64) -> String {
    if jobs == 0 { "nothing matches".to_owned() } else { format!("{verb} {}", count(jobs, "job")) }
}

/// Those that were named; all of them only where that was said.
pub fn chosen(letters: &Letters) -> Result<DeadFilter, Failure> {
    let filter = DeadFilter { id: letters.job.map(JobId), ..filter(&letters.filter) };
    match (filter == DeadFilter::default(), letters.all) {
        (true, false) => Err(Failure::new(
            Kind::Usage,
            "say which: --job, --fingerprint, --kind, --class, --since, or --all; see `mimiyori admin dead`",
        )),
        (false, true) => {
            Err(Failure::new(Kind::Usage, "--all leaves nothing to choose; leave out the rest, or it"))
        }
        (true, true) | (false, false) => Ok(filter),
    }
}

fn filter(wish: &Filter) -> DeadFilter {
    DeadFilter {
        id: None,
        fingerprint: wish.fingerprint.clone(),
        kind: wish.kind.clone().map(queue::Kind::from),
        class: wish.class,
        since: wish.since.map(Timestamp::as_microsecond),
        until: None,
    }
}

fn group(group: DeadGroup) -> Group {
    Group {
        kind: group.kind.to_string(),
        class: group.class.name(),
        count: group.total,
        first_at: at(group.first_at),
        last_at: at(group.last_at),
        fingerprint: group.fingerprint,
        message: group.message,
    }
}

fn letter(letter: DeadLetter) -> Letter {
    Letter {
        id: letter.id.0,
        kind: letter.kind.to_string(),
        class: letter.class.name(),
        gave_up: letter.gave_up.name(),
        tries: letter.tries,
        died_at: at(letter.died_at),
        discarded_at: letter.discarded_at.map(at),
        work: serde_json::from_str(&letter.work).unwrap_or_else(|_| Value::from(letter.work.clone())),
        key: letter.key,
        message: letter.message,
    }
}

fn group_table(groups: &[Group]) -> Table<7> {
    let row = |one: &Group| {
        [
            one.fingerprint.clone(),
            one.kind.clone(),
            one.class.to_owned(),
            one.count.to_string(),
            when(one.first_at.as_microsecond()),
            when(one.last_at.as_microsecond()),
            one.message.clone(),
        ]
    };
    Table::new(["fingerprint", "kind", "class", "jobs", "first", "last", "message"], groups.iter().map(row))
}

fn letter_table(letters: &[Letter]) -> Table<6> {
    let row = |one: &Letter| {
        let discarded = if one.discarded_at.is_some() { "discarded" } else { "" };
        [
            one.id.to_string(),
            when(one.died_at.as_microsecond()),
            one.gave_up.to_owned(),
            one.tries.to_string(),
            discarded.to_owned(),
            one.message.clone(),
        ]
    };
    Table::new(["job", "died", "gave up", "tries", "", "message"], letters.iter().map(row))
}
