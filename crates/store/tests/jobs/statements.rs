//! Every statement of the queue is one the database understands, and none reads the whole table.

use crate::harness::{Place, on_both};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};
use std::path::Path;

on_both!(every_statement_prepares_and_reads_by_an_index);

/// For a page: one counts everything, one shows the latest of all.
const READS_ALL: [&str; 2] = ["counts.sql", "list.sql"];

async fn every_statement_prepares_and_reads_by_an_index(place: Place) {
    let foreign = if place.store.dialect() == "sqlite" { ".postgres.sql" } else { ".sqlite.sql" };
    let statements = statements(foreign);
    assert!(statements.len() > 20, "only {} statements", statements.len());
    for (name, sql) in statements {
        if place.store.dialect() == "sqlite" {
            let mut connection = SqliteConnection::connect(&place.url).await.unwrap();
            let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            let steps =
                plan.fetch_all(&mut connection).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            let whole = steps.iter().any(|step| step.get::<String, _>("detail") == "SCAN jobs");
            assert!(!whole || READS_ALL.contains(&name.as_str()), "{name} reads the whole table");
        } else {
            let mut connection = PgConnection::connect(&place.url).await.unwrap();
            let prepared = (&mut connection).prepare(AssertSqlSafe(sql).into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }
}

fn statements(foreign: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/jobs");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| !name.ends_with(foreign))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}
