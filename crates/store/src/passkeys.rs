//! Passkeys of listeners. What is in one, this room does not know.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::{ListenerId, PasskeyId};

#[derive(Clone, Debug)]
pub struct NewPasskey {
    pub id: PasskeyId,
    pub listener: ListenerId,
    /// As its authenticator names it, in hex digits.
    pub credential: String,
    /// JSON.
    pub passkey: String,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub listener: ListenerId,
    pub credential: String,
    pub passkey: String,
    pub label: String,
    pub created_at: Micros,
    pub last_used_at: Option<Micros>,
}

type Row = (String, String, String, String, String, i64, Option<i64>);

impl Tx {
    /// `false` when it is somebody's already.
    pub async fn add_passkey(&mut self, new: &NewPasskey, now: Micros) -> Result<bool, StoreError> {
        let added: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/passkeys/add.sql"))
                .bind(new.id.to_string())
                .bind(new.listener.to_string())
                .bind(&new.credential)
                .bind(&new.passkey)
                .bind(&new.label)
                .bind(now)
                .fetch_optional(connection)
                .await?
        });
        Ok(added.is_some())
    }

    /// A passkey was used; whether it is still the listener's.
    pub async fn passkey_used(
        &mut self,
        listener: ListenerId,
        credential: &str,
        passkey: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/passkeys/use.sql"))
            .bind(credential)
            .bind(listener.to_string())
            .bind(passkey)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whether it was the listener's.
    pub async fn remove_passkey(&mut self, id: PasskeyId, listener: ListenerId) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/passkeys/remove.sql"))
            .bind(id.to_string())
            .bind(listener.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    /// In the order they came.
    pub async fn passkeys(&self, listener: ListenerId) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/passkeys/list.sql"))
                .bind(listener.to_string())
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(read).collect()
    }
}

fn read(row: Row) -> Result<PasskeyRow, StoreError> {
    let (id, listener, credential, passkey, label, created_at, last_used_at) = row;
    let cell = |column| Cell { table: "passkeys", column, row: &id };
    let (id, listener) = (cell("id").parse(&id)?, cell("listener_id").parse(&listener)?);
    Ok(PasskeyRow { id, listener, credential, passkey, label, created_at, last_used_at })
}
