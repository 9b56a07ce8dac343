//! How listeners sign in: by which address, with which password, and whether they may.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    listeners::Role,
    row::{Cell, word},
    transaction::on_tx,
};
use domain::{Email, Language, ListenerId};
use std::fmt;

/// A listener at the door.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub id: ListenerId,
    pub email: String,
    pub role: Role,
    pub language: Language,
    /// In PHC form.
    pub password: Option<String>,
    pub verified_at: Option<Micros>,
    pub disabled_at: Option<Micros>,
}

/// id, email, role, language, password, verified_at, disabled_at.
type Row = (String, String, String, String, Option<String>, Option<i64>, Option<i64>);

/// Addresses that are keyed in one transaction.
const PAGE: i64 = 500;

impl Tx {
    pub async fn set_password(
        &mut self,
        id: ListenerId,
        hash: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/accounts/set_password.sql"))
            .bind(id.to_string())
            .bind(hash)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whether that address is still the listener's.
    pub async fn verify_address(
        &mut self,
        id: ListenerId,
        key: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/accounts/verify.sql"))
            .bind(id.to_string())
            .bind(key)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// A listener wants another address; it is theirs when they show what is sent there, until then.
    pub async fn ask_address_change(
        &mut self,
        id: ListenerId,
        email: &Email,
        now: Micros,
        until: Micros,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/accounts/ask_change.sql"))
            .bind(id.to_string())
            .bind(email.as_sent())
            .bind(email.key())
            .bind(now)
            .bind(until)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The address that a listener wanted, by the key of what they have shown to be theirs; it is wanted no more.
    pub async fn take_address_change(
        &mut self,
        id: ListenerId,
        key: &str,
        now: Micros,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/accounts/take_change.sql"))
                .bind(id.to_string())
                .bind(key)
                .bind(now)
                .fetch_optional(connection)
                .await?
        });
        Ok(row.map(|(email,)| email))
    }

    /// `false` when the address is somebody else's, however it is typed.
    pub async fn change_address(
        &mut self,
        id: ListenerId,
        email: &str,
        key: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/accounts/move.sql"))
            .bind(id.to_string())
            .bind(email)
            .bind(key)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// A listener may run the service from now on.
    pub async fn promote(&mut self, id: ListenerId) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/accounts/promote.sql"))
            .bind(id.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    async fn key_address(&mut self, id: &str, key: &str) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/accounts/key.sql"))
            .bind(id)
            .bind(key)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }
}

impl Store {
    /// Who signs in by an address, by its key.
    pub async fn account_by_key(&self, key: &str) -> Result<Option<Account>, StoreError> {
        self.one_account(include_str!("../sql/accounts/by_key.sql"), key.to_owned()).await
    }

    pub async fn account(&self, id: ListenerId) -> Result<Option<Account>, StoreError> {
        self.one_account(include_str!("../sql/accounts/find.sql"), id.to_string()).await
    }

    async fn one_account(&self, sql: &'static str, by: String) -> Result<Option<Account>, StoreError> {
        let row: Option<Row> =
            on!(&self.db, pool => sqlx::query_as(sql).bind(by).fetch_optional(pool).await?);
        row.map(read).transpose()
    }

    /// The address that a listener wants instead of theirs.
    pub async fn wanted_address(&self, id: ListenerId, now: Micros) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/accounts/wanted.sql"))
                .bind(id.to_string())
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        Ok(row.map(|(email,)| email))
    }

    pub async fn prune_address_changes(&self, before: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/accounts/prune_changes.sql"))
            .bind(before)
            .execute(pool)
            .await?
            .rows_affected()))
    }

    /// Whether any operator can sign in by themselves.
    pub async fn an_operator_can_sign_in(&self) -> Result<bool, StoreError> {
        let (count,): (i64,) = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/accounts/operators.sql")).fetch_one(pool).await?
        });
        Ok(count > 0)
    }

    pub async fn first_operator(&self) -> Result<Option<ListenerId>, StoreError> {
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/accounts/first_operator.sql")).fetch_optional(pool).await?
        });
        row.map(|(id,)| Cell { table: "listeners", column: "id", row: &id }.parse(&id)).transpose()
    }

    /// The same password, hashed anew.
    pub async fn rehash_password(&self, id: ListenerId, before: &str, hash: &str) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/accounts/rehash.sql"))
            .bind(id.to_string())
            .bind(before)
            .bind(hash)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Gives addresses their keys that came before there were any, or by a node that knows of none. Of two listeners
    /// with one key the older has it; what is no address has none.
    pub async fn key_addresses(&self) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let rows: Vec<(String, String)> = on!(&self.db, pool => {
                sqlx::query_as(include_str!("../sql/accounts/unkeyed.sql"))
                    .bind(&after)
                    .bind(PAGE)
                    .fetch_all(pool)
                    .await?
            });
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after.clone_from(last);
            let mut tx = self.begin().await?;
            for (id, email) in &rows {
                if let Ok(email) = email.parse::<Email>() {
                    tx.key_address(id, &email.key()).await?;
                }
            }
            tx.commit().await?;
        }
    }
}

fn read((id, email, role, language, password, verified_at, disabled_at): Row) -> Result<Account, StoreError> {
    let cell = |column| Cell { table: "listeners", column, row: &id };
    Ok(Account {
        id: cell("id").parse(&id)?,
        role: cell("role").word(&role)?,
        language: cell("language").parse(&language)?,
        email,
        password,
        verified_at,
        disabled_at,
    })
}

/// Neither password nor address is shown by accident.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = word(&self.role);
        f.debug_struct("Account").field("id", &self.id).field("role", &role).finish_non_exhaustive()
    }
}
