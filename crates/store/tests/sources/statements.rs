//! Every statement is one the database understands, and none reads a whole table.

use crate::harness::{Place, on_both};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use std::path::Path;

on_both!(every_statement_prepares_and_reads_by_an_index);

async fn every_statement_prepares_and_reads_by_an_index(place: Place) {
    let foreign = if place.store.dialect() == "sqlite" { ".postgres.sql" } else { ".sqlite.sql" };
    let statements = [statements("sources", foreign), statements("articles", foreign)].concat();
    assert!(statements.len() > 20, "only {} statements", statements.len());
    for (name, sql) in statements {
        let steps = match place.store.dialect() {
            "sqlite" => sqlite_plan(&place.url, &sql).await,
            _ => postgres_plan(&place.url, &sql).await,
        };
        let steps = steps.unwrap_or_else(|error| panic!("{name}: {error}"));
        let whole = steps.iter().find(|step| TABLES.iter().any(|table| reads_all(step, table)));
        assert_eq!(whole, None, "{name} reads a whole table");
    }
}

const TABLES: [&str; 6] = ["articles", "latest", "sources", "feeds", "feed_sources", "heard"];

fn reads_all(step: &str, table: &str) -> bool {
    let on = |what: &str| step.trim_start_matches(['-', '>', ' ']).starts_with(&format!("{what} {table}"));
    on("SCAN") || on("Seq Scan on")
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
    connection.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan").await?;
    connection.execute(AssertSqlSafe(format!("PREPARE statement AS {sql}"))).await?;
    let parameters = (1..9).filter(|n| sql.contains(&format!("${n}"))).map(|_| "NULL");
    let values = parameters.collect::<Vec<_>>().join(", ");
    let plan = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE statement ({values})"));
    let steps = sqlx::raw_sql(plan).fetch_all(&mut connection).await?;
    Ok(steps.iter().map(|step| step.get(0)).collect())
}

fn statements(noun: &str, foreign: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(noun);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| !name.ends_with(foreign))
        .map(|(name, path)| (format!("{noun}/{name}"), std::fs::read_to_string(path).unwrap()))
        .collect()
}
