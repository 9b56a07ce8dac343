//! Throw-away stores with a little world in them: one feed that had its program yesterday and is in production today.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use std::fmt::Display;
use store::Store;

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;
pub const NOW: i64 = 1_800_000_000 * SECOND;

pub struct Place {
    pub store: Store,
    pub url: String,
}

/// Runs each test's body on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let place = crate::harness::Place::sqlite(folder.path()).await;
                super::$name(place).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let cluster = testkit::Postgres::start().unwrap();
                let place = crate::harness::Place::postgres(&cluster).await;
                let store = place.store.clone();
                super::$name(place).await;
                store.close().await;
            })+
        }
    };
}
pub(crate) use on_both;

/// An id of the little world.
pub fn id(number: u32) -> String {
    format!("0193a5c0-7d3e-7c11-b2f0-{number:012}")
}

/// As the world's rows have it.
pub fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u32) -> T {
    id(number).parse().unwrap()
}

pub const LISTENER: u32 = 1;
pub const FEED: u32 = 2;
pub const SOURCE: u32 = 3;
/// Closed, with the program of yesterday.
pub const YESTERDAY: u32 = 4;
/// In production.
pub const TODAY: u32 = 5;
pub const PUBLISHED: u32 = 6;
pub const SELECTED: u32 = 7;
pub const PROGRAM: u32 = 8;

/// 64 hex digits.
pub fn key(digit: char) -> String {
    std::iter::repeat_n(digit, 64).collect()
}

impl Place {
    pub async fn sqlite(folder: &std::path::Path) -> Self {
        Self::open(format!("sqlite://{}/{}.db", folder.display(), unique())).await
    }

    pub async fn postgres(cluster: &testkit::Postgres) -> Self {
        Self::open(cluster.database().unwrap()).await
    }

    async fn open(url: String) -> Self {
        let place = Self { store: Store::open(&url).await.unwrap(), url };
        place.run(&world()).await;
        place
    }

    /// Runs statements that the store has no function for, foreign keys or not.
    pub async fn run(&self, sql: &str) {
        if self.store.dialect() == "sqlite" {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            let sql = AssertSqlSafe(format!("PRAGMA foreign_keys = OFF; PRAGMA secure_delete = FAST; {sql}"));
            connection.execute(sql).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            let sql = AssertSqlSafe(format!("SET session_replication_role = replica; {sql}"));
            connection.execute(sql).await.unwrap();
        }
    }

    /// One text of the database.
    pub async fn text(&self, sql: &str) -> Option<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.store.dialect() == "sqlite" {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    pub async fn state_of(&self, occurrence: u32) -> String {
        let sql = format!("SELECT state FROM occurrences WHERE id = '{}'", id(occurrence));
        self.text(&sql).await.unwrap()
    }
}

fn unique() -> u32 {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// An occurrence of the feed in a state, with what that state asks for.
pub fn occurrence(number: u32, batch: u32, date: &str, state: &str, selection: Option<&str>) -> String {
    let ended = if matches!(state, "open" | "selected") { "NULL".to_owned() } else { NOW.to_string() };
    let edition = if state == "published" { "'full'" } else { "NULL" };
    let reason = if matches!(state, "skipped" | "missed" | "failed") { "'why'" } else { "NULL" };
    let selection = selection.map_or("NULL".to_owned(), quoted);
    format!(
        "INSERT INTO occurrences (id, feed_id, listener_id, batch_id, local_date, lane, ready_by, opened_at, state,
             selection, edition, reason, ended_at)
         VALUES ('{}', '{}', '{}', '{}', '{date}', 0, {NOW}, {NOW}, '{state}', {selection}, {edition}, {reason},
             {ended});",
        id(number),
        id(FEED),
        id(LISTENER),
        id(batch),
    )
}

pub fn program(number: u32, occurrence: u32) -> String {
    let expires = NOW + 24 * HOUR;
    format!(
        "INSERT INTO programs (id, occurrence_id, listener_id, feed_id, title, language, edition, duration_ms, bytes,
             document, manifest, parts, visible_at, expires_at)
         VALUES ('{}', '{}', '{}', '{}', 'A program', 'en', 'full', 1000, 10, '{{}}', '{{}}', '[]', {NOW}, {expires});",
        id(number),
        id(occurrence),
        id(LISTENER),
        id(FEED),
    )
}

pub fn batch(number: u32, ready_by: i64, closed_at: Option<i64>) -> String {
    let closed = closed_at.map_or("NULL".to_owned(), |at| at.to_string());
    format!(
        "INSERT INTO batches (id, ready_by, due_at, opened_at, predicted_ms, planned_at, closed_at)
         VALUES ('{}', {ready_by}, {ready_by}, {}, 1, {NOW}, {closed});",
        id(number),
        ready_by - HOUR,
    )
}

pub const SELECTION: &str = r#"{"picks":[],"passed":0,"total":0}"#;

fn world() -> String {
    let schedule = domain::Schedule::new(
        domain::schedule::Days::DAILY,
        "07:00".parse().unwrap(),
        "Etc/UTC".parse().unwrap(),
    );
    let mut sql = format!(
        "INSERT INTO listeners (id, email, role, zone, language, plan, created_at, email_key)
             VALUES ('{listener}', 'a@example.org', 'listener', 'UTC', 'en', 'unlimited', 0, 'a@example.org');
         INSERT INTO sources (id, address, host, state, next_fetch_at, interval_s, created_at)
             VALUES ('{source}', 'https://a.example/feed', 'a.example', 'active', 0, 3600, 0);
         INSERT INTO feeds (id, listener_id, name, language, style, minutes, filter, schedule, next_date,
             next_ready_by, created_at)
             VALUES ('{feed}', '{listener}', 'News', 'en', 'single', 10, {filter}, {schedule}, '2027-01-16', {next}, 0);
         INSERT INTO feed_sources (feed_id, source_id) VALUES ('{feed}', '{source}');",
        listener = id(LISTENER),
        source = id(SOURCE),
        feed = id(FEED),
        filter = quoted(serde_json::to_string(&domain::select::Filter::everything()).unwrap()),
        schedule = quoted(serde_json::to_string(&schedule).unwrap()),
        next = NOW + 24 * HOUR,
    );
    sql += &batch(YESTERDAY, NOW - 24 * HOUR, Some(NOW - 23 * HOUR));
    sql += &batch(TODAY, NOW, None);
    sql += &occurrence(PUBLISHED, YESTERDAY, "2027-01-14", "published", Some(SELECTION));
    sql += &occurrence(SELECTED, TODAY, "2027-01-15", "selected", Some(SELECTION));
    sql += &program(PROGRAM, PUBLISHED);
    sql
}

pub fn quoted(text: impl Display) -> String {
    format!("'{}'", text.to_string().replace('\'', "''"))
}
