//! All that is kept of a listener: to take along, and to take away. A table that knows listeners stands in both lists;
//! a test looks for those that do not.

use crate::{Micros, Store, StoreError, Tx, db::on, feeds::instant, transaction::on_tx};
use domain::{ArtifactKey, ListenerId};
use serde_json::{Map, Value};
use sqlx::{Column, ColumnIndex, Decode, Row, Type};
use std::collections::BTreeMap;

/// Table → its rows, a column each; secrets and what others may share are not among them.
pub type Belongings = BTreeMap<&'static str, Vec<Map<String, Value>>>;

macro_rules! statements {
    ($folder:literal: $($table:literal),+ $(,)?) => {
        [$(($table, include_str!(concat!("../sql/belongings/", $folder, "/", $table, ".sql")))),+]
    };
}

/// Tables and how a listener's rows are read.
const EXPORTED: [(&str, &str); 27] = statements![
    "export": "listeners", "feeds", "feed_sources", "listener_sources", "occurrences", "programs", "heard", "positions", "opinions", "readings", "external_exchanges", "api_tokens", "feed_tokens", "sessions", "passkeys", "oidc_identities", "one_time_links", "idempotency_keys", "subscriptions", "subscription_facts", "subscription_events", "stripe_customers", "artifacts", "channels", "deliveries", "address_changes", "audit",
];

/// Tables and how a listener's rows go: those first that others refer to last.
const DELETED: [(&str, &str); 29] = statements![
    "delete": "jobs", "address_changes", "tellings", "deliveries", "channels", "idempotency_keys", "api_tokens", "feed_tokens", "sessions", "passkeys", "oidc_identities", "one_time_links", "listener_sources", "heard", "positions", "opinions", "readings", "subscription_events", "subscription_facts", "subscriptions", "stripe_customers", "artifacts", "programs", "external_exchanges", "demand", "occurrences", "feed_sources", "feeds", "listeners",
];

/// In the place of whoever is gone.
const SOMEBODY: &str = "(deleted)";

impl Store {
    /// All that is kept of a listener; `None` when there is no such listener.
    pub async fn belongings(&self, listener: ListenerId) -> Result<Option<Belongings>, StoreError> {
        let mut all = Belongings::new();
        for (table, sql) in EXPORTED {
            let rows = on!(&self.db, pool => {
                let rows = sqlx::query(sql).bind(listener.to_string()).fetch_all(pool).await?;
                rows.iter().map(record).collect::<Vec<_>>()
            });
            all.insert(table, rows);
        }
        let is_there = all.get("listeners").is_some_and(|rows| !rows.is_empty());
        Ok(is_there.then_some(all))
    }

    /// Nobody but this listener may have it.
    pub async fn own_artifact(&self, key: ArtifactKey, owner: ListenerId) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/own.sql"))
            .bind(key.to_string())
            .bind(owner.to_string())
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }
}

impl Tx {
    /// Takes away all that is kept of a listener. Decisions stay on record without their name; what was made for them
    /// alone goes from the media store, too, in a while. Whether there was such a listener.
    pub async fn delete_account(&mut self, listener: ListenerId, now: Micros) -> Result<bool, StoreError> {
        if !self.lock_subscriptions(listener).await? {
            return Ok(false);
        }
        let id = listener.to_string();
        self.doom_all_of(&id, now).await?;
        let requests: Vec<String> = on_tx!(self, connection => {
            sqlx::query_scalar(include_str!("../sql/belongings/requests.sql")).bind(&id).fetch_all(connection).await?
        });
        on_tx!(self, connection => sqlx::query(include_str!("../sql/belongings/delete/audit.sql"))
            .bind(&id)
            .bind(SOMEBODY)
            .execute(connection)
            .await?
            .rows_affected());
        for (_, sql) in DELETED {
            on_tx!(self, connection => sqlx::query(sql).bind(&id).execute(connection).await?.rows_affected());
        }
        for batch in requests {
            on_tx!(self, connection => sqlx::query(include_str!("../sql/belongings/drop_request.sql"))
                .bind(batch)
                .execute(connection)
                .await?
                .rows_affected());
        }
        Ok(true)
    }

    async fn doom_all_of(&mut self, listener: &str, now: Micros) -> Result<(), StoreError> {
        let owned: Vec<String> = on_tx!(self, connection => {
            sqlx::query_scalar(include_str!("../sql/belongings/owned_media.sql"))
                .bind(listener)
                .fetch_all(connection)
                .await?
        });
        for media_key in owned {
            self.doom(&media_key, now).await?;
        }
        let programs: Vec<(String, String, String)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/belongings/own_programs.sql"))
                .bind(listener)
                .fetch_all(connection)
                .await?
        });
        for (program, occurrence, manifest) in programs {
            self.doom_own(&program, &occurrence, &manifest, now).await?;
        }
        let fetched: Vec<(String, String)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/belongings/own_audio.sql")).bind(listener).fetch_all(connection).await?
        });
        for (occurrence, audio) in fetched {
            self.doom_audio(&occurrence, &audio, now).await?;
        }
        Ok(())
    }
}

/// A row as JSON has it: instants as people read them, what is JSON as what it says.
fn record<R>(row: &R) -> Map<String, Value>
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i32: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i16: Decode<'r, R::Database> + Type<R::Database>,
{
    let value = |column: &<R::Database as sqlx::Database>::Column| {
        let place = column.ordinal();
        if let Ok(text) = row.try_get::<Option<String>, _>(place) {
            return text.map_or(Value::Null, written);
        }
        let wide = row.try_get::<Option<i64>, _>(place);
        let number =
            wide.or_else(|_| row.try_get::<Option<i32>, _>(place).map(|number| number.map(i64::from)));
        let number =
            number.or_else(|_| row.try_get::<Option<i16>, _>(place).map(|number| number.map(i64::from)));
        match number.ok().flatten() {
            Some(micros) if is_instant(column.name()) => Value::from(instant(micros).to_string()),
            Some(number) => Value::from(number),
            None => Value::Null,
        }
    };
    row.columns().iter().map(|column| (column.name().to_owned(), value(column))).collect()
}

fn is_instant(column: &str) -> bool {
    column == "at" || column == "ready_by" || column.ends_with("_at")
}

fn written(text: String) -> Value {
    let is_json = text.starts_with(['{', '[']);
    match serde_json::from_str(&text) {
        Ok(value) if is_json => value,
        _ => Value::String(text),
    }
}
