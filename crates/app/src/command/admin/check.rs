//! `admin check`: looks for what must never be. The rules of the database are in [`store::check`]; here the media store
//! is asked for what programs are made of.

mod sound;

use super::{Operator, count};
use crate::{
    cli::{Place, admin::Check},
    failure::{Failure, Kind},
    table::Table,
};
use queue::Micros;
use serde::Serialize;
use store::check::{Bounds, Violation};

const SECOND: Micros = 1_000_000;
/// What is a moment behind is not wrong.
const LEAST_LEASE_GRACE: Micros = 60 * SECOND;
const SLACK: Micros = 300 * SECOND;
const PLANNING: Micros = 600 * SECOND;

#[derive(Serialize)]
struct Findings {
    violations: Vec<Shown>,
    /// Whose sound was looked for.
    programs: u64,
    artifacts: u64,
}

#[derive(Serialize)]
struct Shown {
    rule: &'static str,
    subject: String,
    detail: String,
}

pub async fn run(operator: &Operator, place: &Place, wish: &Check) -> Result<(), Failure> {
    let mut violations = operator.store.violations(&bounds(operator, wish.limit)).await?;
    let heard = sound::look_for(operator, place, wish, &mut violations).await?;
    let shown = |Violation { rule, subject, detail }| Shown { rule, subject, detail };
    let findings = Findings {
        violations: violations.into_iter().map(shown).collect(),
        programs: heard.programs,
        artifacts: heard.artifacts,
    };
    let found = findings.violations.len() as u64;
    if found == 0 {
        let (programs, artifacts) = (count(heard.programs, "program"), count(heard.artifacts, "artifact"));
        return operator.say(&findings, format_args!("nothing is wrong; heard of {programs}, {artifacts}"));
    }
    let row = |one: &Shown| [one.rule.to_owned(), one.subject.clone(), one.detail.clone()];
    operator
        .say(&findings, Table::new(["rule", "subject", "detail"], findings.violations.iter().map(row)))?;
    let what = count(found, "violation");
    Err(Failure::new(
        Kind::Other,
        format!("{what} found; see docs/operate/admin.md for what each rule means"),
    ))
}

fn bounds(operator: &Operator, limit: u32) -> Bounds {
    let now = operator.now();
    let lease = i64::from(operator.config.queue.lease_seconds) * SECOND;
    Bounds {
        limit,
        leases_before: now - LEAST_LEASE_GRACE.max(2 * lease),
        calls_before: now - 2 * SLACK,
        due_before: now - operator.rules.policies.grace - SLACK,
        catch_up: i64::try_from(operator.rules.catch_up.as_micros()).unwrap_or(i64::MAX),
        planned_before: now - PLANNING,
    }
}
