//! What numbers may be: one table, and one way of saying so. What is beyond them is a slip of the pen, or would have
//! the service wait for longer than anybody does.

use toml::{Table, Value};

const WEEK_MINUTES: i64 = 7 * 24 * 60;
const DAY_MINUTES: i64 = 24 * 60;
const HOUR_SECONDS: i64 = 3_600;
const CENTURY_DAYS: i64 = 36_500;
/// A petabyte.
const MOST_MB: i64 = 1_000_000_000;

/// Key, least and most; `*` is any name. Limits of plans have words of their own, and so has money.
const BOUNDS: &[(&str, i64, i64)] = &[
    ("server.requests_per_minute", 1, 1_000_000),
    ("providers.*.requests_per_minute", 0, 1_000_000),
    ("providers.*.units_per_minute", 0, 1_000_000_000_000),
    ("providers.*.parallel", 0, 10_000),
    ("providers.*.reserved_percent.*", 0, 100),
    ("scheduler.catch_up_minutes", 0, WEEK_MINUTES),
    ("scheduler.freshness_minutes", 1, WEEK_MINUTES),
    ("scheduler.lead_minutes", 0, DAY_MINUTES),
    ("scheduler.margin_minutes", 0, DAY_MINUTES),
    ("scheduler.tick_seconds", 1, HOUR_SECONDS),
    ("scheduler.chunk", 1, 100_000),
    ("scheduler.capacity", 0, 100_000),
    ("queue.cpu_slots", 0, 4_096),
    ("queue.narrate_slots", 0, 10_000),
    ("queue.other_slots", 1, 10_000),
    // A shorter one runs out while the database is merely slow; for a longer one, what a dead node held would wait.
    ("queue.lease_seconds", 3, HOUR_SECONDS),
    ("queue.grace_seconds", 0, HOUR_SECONDS),
    ("queue.per_listener", 0, 100_000),
    ("queue.memory_limit_mb", 0, MOST_MB),
    ("queue.disk_min_free_mb", 0, MOST_MB),
    ("queue.lanes.*", 0, 1_000_000),
    ("queue.retries.*.tries", 1, 1_000),
    ("queue.retries.*.base_seconds", 0, 24 * HOUR_SECONDS),
    ("queue.retries.*.cap_seconds", 0, 7 * 24 * HOUR_SECONDS),
    ("plans.*.freshness_minutes", 1, WEEK_MINUTES),
    ("subscriptions.grace_days", 0, 366),
    ("auth.session_idle_days", 1, 3_650),
    ("auth.session_days", 1, 3_650),
    ("retention.attempts_days", 1, CENTURY_DAYS),
    ("retention.programs_days", 1, CENTURY_DAYS),
    ("retention.expired_days", 0, CENTURY_DAYS),
    ("retention.artifacts_days", 1, CENTURY_DAYS),
    ("alerts.repeat_minutes", 0, WEEK_MINUTES),
];

/// The first number that is out of its bounds, by key, value and range.
pub(super) fn check(table: &Table) -> Result<(), String> {
    numbers(table, &mut Vec::new(), &mut |path, number| match of(path) {
        Some((least, most)) if !(least..=most).contains(&number) => {
            Err(format!("{}: must be from {least} to {most}, it is {number}", path.join(".")))
        }
        _ => Ok(()),
    })
}

fn of(path: &[&str]) -> Option<(i64, i64)> {
    let is_of = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('.').collect();
        parts.len() == path.len() && parts.iter().zip(path).all(|(part, key)| *part == "*" || part == key)
    };
    BOUNDS.iter().find(|(pattern, ..)| is_of(pattern)).map(|(_, least, most)| (*least, *most))
}

/// Every whole number with its path.
fn numbers<'a>(
    table: &'a Table,
    path: &mut Vec<&'a str>,
    see: &mut impl FnMut(&[&str], i64) -> Result<(), String>,
) -> Result<(), String> {
    for (key, value) in table {
        path.push(key);
        match value {
            Value::Table(below) => numbers(below, path, see)?,
            Value::Integer(number) => see(path, *number)?,
            _ => {}
        }
        path.pop();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Provider};

    #[test]
    fn every_number_has_its_bounds_and_keeps_to_them() {
        let mut config = Config::default();
        let provider = Provider { reserved_percent: [("first".to_owned(), 1)].into(), ..Provider::default() };
        config.providers.insert("openai".to_owned(), provider);
        let table = Table::try_from(&config).unwrap();
        check(&table).unwrap();
        numbers(&table, &mut Vec::new(), &mut |path, _| {
            let is_plans_limit = path[0] == "plans" && path[2] != "freshness_minutes";
            let is_known = is_plans_limit || of(path).is_some();
            is_known.then_some(()).ok_or_else(|| format!("{path:?} has no bounds"))
        })
        .unwrap();
    }
}
