//! Every statement of provider control is one the database understands, and none reads the whole ledger.

use crate::harness::{Nodes, on_both};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};
use std::path::Path;

on_both!(every_statement_prepares_and_reads_by_an_index);

async fn every_statement_prepares_and_reads_by_an_index(nodes: Nodes) {
    let foreign = if nodes.one.dialect() == "sqlite" { ".postgres.sql" } else { ".sqlite.sql" };
    let mut seen = 0;
    for (name, sql) in
        ["sql/providers", "sql/ledger"].into_iter().flat_map(|folder| statements(folder, foreign))
    {
        seen += 1;
        if nodes.one.dialect() == "sqlite" {
            let mut connection = SqliteConnection::connect(&nodes.url).await.unwrap();
            let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            let steps =
                plan.fetch_all(&mut connection).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            let whole = steps.iter().any(|step| step.get::<String, _>("detail").starts_with("SCAN ledger"));
            assert!(!whole, "{name} reads the whole ledger");
        } else {
            let mut connection = PgConnection::connect(&nodes.url).await.unwrap();
            let prepared = (&mut connection).prepare(AssertSqlSafe(sql).into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }
    assert!(seen >= 14, "only {seen} statements");
}

fn statements(folder: &str, foreign: &str) -> Vec<(String, String)> {
    std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .filter(|(name, _)| !name.ends_with(foreign))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}
