//! `admin limit`: how many jobs may run at the same time on all nodes together. What is said here holds within a
//! second, without a restart.

use super::{Operator, none};
use crate::{
    cli::admin::{Limit as Wish, Scope},
    failure::Failure,
    table::Table,
};
use queue::Limits;
use serde::Serialize;

#[derive(Serialize)]
struct Shown {
    /// A kind of job, `listener` (each of them), or one listener's id.
    of: String,
    running_at_most: u32,
}

#[derive(Serialize)]
struct Changed {
    of: String,
    /// `null`: lifted.
    running_at_most: Option<u32>,
}

pub async fn run(operator: &Operator, wish: Wish) -> Result<(), Failure> {
    let mut limits = operator.store.limits().await?;
    let (scope, most) = match wish {
        Wish::List => return list(operator, &limits),
        Wish::Set { of, most } => (of, Some(most)),
        Wish::Lift { of } => (of, None),
    };
    if let (Scope::Listener(listener), Some(_)) = (&scope, most)
        && operator.store.listener(*listener).await?.is_none()
    {
        return Err(none(format!("listener {listener}"), "listener list"));
    }
    let before = change(&mut limits, &scope, most);
    if before.is_none() && most.is_none() {
        return Err(none(format!("limit of {scope}"), "limit list"));
    }
    operator.store.set_limits(&limits).await?;
    let told = match most {
        Some(most) => format!("{scope}: at most {most} at a time"),
        None => format!("{scope}: no limit any more"),
    };
    operator.say(&Changed { of: scope.to_string(), running_at_most: most }, told)
}

/// What held before.
fn change(limits: &mut Limits, scope: &Scope, most: Option<u32>) -> Option<u32> {
    match (scope, most) {
        (Scope::Kind(kind), Some(most)) => limits.per_kind.insert(kind.clone(), most),
        (Scope::Kind(kind), None) => limits.per_kind.remove(kind),
        (Scope::EachListener, most) => std::mem::replace(&mut limits.per_group, most),
        (Scope::Listener(id), Some(most)) => limits.groups.insert(id.to_string(), most),
        (Scope::Listener(id), None) => limits.groups.remove(&id.to_string()),
    }
}

fn list(operator: &Operator, limits: &Limits) -> Result<(), Failure> {
    let kinds = limits.per_kind.iter().map(|(kind, most)| (kind.name().to_owned(), *most));
    let each = limits.per_group.iter().map(|most| (Scope::EachListener.to_string(), *most));
    let some = limits.groups.iter().map(|(listener, most)| (listener.clone(), *most));
    let shown = kinds.chain(each).chain(some).map(|(of, running_at_most)| Shown { of, running_at_most });
    let shown: Vec<Shown> = shown.collect();
    let row = |one: &Shown| [one.of.clone(), one.running_at_most.to_string()];
    operator.say(&shown, Table::new(["of", "at a time"], shown.iter().map(row)))
}
