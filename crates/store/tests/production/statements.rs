//! Every statement is one the database understands, and none that is asked again and again reads a whole table.

use crate::harness::{Place, on_both};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use std::path::Path;

on_both!(every_statement_prepares_and_reads_by_an_index);

/// For a page, a scrape, a start or the end of an account: they count everything, or go along the key for as many as a
/// page shows.
const READ_ALL: [&str; 19] = [
    "belongings/delete/audit.sql",
    "belongings/delete/jobs.sql",
    "belongings/export/audit.sql",
    "answers.sql",
    // It ends at the first it finds, once a process.
    "artifacts/any_media.sql",
    "artifacts/count.sql",
    "artifacts/weigh.sql",
    "audit/list.sql",
    "bench/forget.sql",
    "channels/count.sql",
    "deliveries/latest.sql",
    "jobs/counts.sql",
    "jobs/list.sql",
    "jobs/list_done.sql",
    "jobs/postpone.sql",
    "learned/all.sql",
    "listeners/of_plans.sql",
    "occurrences/counts.sql",
    "programs/latest_parts.sql",
];

const LOOK_AT_ALL: [&str; 3] = ["check/", "bench/", "trial/"];

/// Tables that never hold more rows than an operator has written into the configuration.
const SMALL: [&str; 2] = ["job_limits", "providers"];

async fn every_statement_prepares_and_reads_by_an_index(place: Place) {
    let foreign = if place.store.dialect() == "sqlite" { ".postgres.sql" } else { ".sqlite.sql" };
    let statements = statements(foreign);
    assert!(statements.len() > 90, "only {} statements", statements.len());
    let mut wrong = Vec::new();
    for (name, sql) in statements {
        let plan = match place.store.dialect() {
            "sqlite" => sqlite_plan(&place.url, &sql).await,
            _ => postgres_plan(&place.url, &sql).await,
        };
        match plan {
            Err(error) => wrong.push(format!("{name}: {error}")),
            // A check looks at everything, as measurements and trials do: that is what they are for.
            Ok(_)
                if READ_ALL.contains(&name.as_str())
                    || LOOK_AT_ALL.iter().any(|folder| name.starts_with(folder)) => {}
            Ok(steps) => {
                let whole = steps.iter().filter(|step| reads_all(step));
                wrong.extend(whole.map(|step| format!("{name} reads a whole table: {step}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What goes over rows that came with the statement, or over some that were found before, reads no table.
fn reads_all(step: &str) -> bool {
    let step = step.trim_start_matches(['-', '>', ' ']);
    let table = match step.strip_prefix("SCAN ") {
        // An index of its own kind holds only the rows that matter: it is partial, or in the order asked for.
        Some(scanned) if scanned.contains(" USING ") || scanned.contains("VIRTUAL TABLE") => return false,
        Some(scanned) => scanned,
        None => match step.split_once("Seq Scan on ") {
            Some(("" | "Parallel ", scanned)) => scanned,
            _ => return false,
        },
    };
    let table = table.split(' ').next().unwrap_or_default();
    table_names().iter().any(|name| name == table) && !SMALL.contains(&table)
}

/// From the migrations: whatever else is scanned is a part of the statement.
fn table_names() -> Vec<String> {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let folders = ["", "sqlite"].map(|folder| migrations.join(folder));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let texts = files.map(|path| std::fs::read_to_string(path).unwrap()).collect::<String>();
    let created = texts.split("CREATE TABLE ").skip(1);
    created.map(|rest| rest.split([' ', '(']).next().unwrap_or_default().to_owned()).collect()
}

async fn sqlite_plan(url: &str, sql: &str) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = SqliteConnection::connect(url).await?;
    let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
    let steps = plan.fetch_all(&mut connection).await?;
    Ok(steps.iter().map(|step| step.get("detail")).collect())
}

/// As it is made where reading a whole table is the last resort.
async fn postgres_plan(url: &str, sql: &str) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    if sql.contains("NOTIFY") {
        connection.execute(AssertSqlSafe(sql.to_owned())).await?;
        return Ok(Vec::new());
    }
    connection.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").await?;
    connection.execute(AssertSqlSafe(format!("PREPARE statement AS {sql}"))).await?;
    let parameters = (1..20).filter(|n| sql.contains(&format!("${n}"))).map(|_| "NULL");
    let values = parameters.collect::<Vec<_>>().join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    let plan = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE statement {values}"));
    let steps = sqlx::raw_sql(plan).fetch_all(&mut connection).await?;
    Ok(steps.iter().map(|step| step.get(0)).collect())
}

fn statements(foreign: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            // Taking an index away is no question that could be planned.
            } else if !name.ends_with(foreign) && name != "trial/unguard.sql" {
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}
