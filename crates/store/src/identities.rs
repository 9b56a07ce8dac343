//! Who listeners are at other services.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::ListenerId;

/// Somebody at an issuer, by the name that stays theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    pub issuer: String,
    pub subject: String,
    pub provider: String,
    pub created_at: Micros,
    pub last_used_at: Option<Micros>,
}

impl Tx {
    /// `false` when they are another listener's already.
    pub async fn add_identity(
        &mut self,
        identity: Identity<'_>,
        listener: ListenerId,
        provider: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let added: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/identities/add.sql"))
                .bind(identity.issuer)
                .bind(identity.subject)
                .bind(listener.to_string())
                .bind(provider)
                .bind(now)
                .fetch_optional(connection)
                .await?
        });
        Ok(added.is_some())
    }

    pub async fn identity_used(&mut self, identity: Identity<'_>, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/identities/use.sql"))
            .bind(identity.issuer)
            .bind(identity.subject)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Whether it was the listener's.
    pub async fn remove_identity(
        &mut self,
        identity: Identity<'_>,
        listener: ListenerId,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/identities/remove.sql"))
            .bind(identity.issuer)
            .bind(identity.subject)
            .bind(listener.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    /// Who somebody is here.
    pub async fn listener_of(&self, identity: Identity<'_>) -> Result<Option<ListenerId>, StoreError> {
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/identities/find.sql"))
                .bind(identity.issuer)
                .bind(identity.subject)
                .fetch_optional(pool)
                .await?
        });
        let cell = Cell { table: "oidc_identities", column: "listener_id", row: identity.subject };
        row.map(|(id,)| cell.parse(&id)).transpose()
    }

    pub async fn identities(&self, listener: ListenerId) -> Result<Vec<IdentityRow>, StoreError> {
        let rows: Vec<(String, String, String, i64, Option<i64>)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/identities/list.sql"))
                .bind(listener.to_string())
                .fetch_all(pool)
                .await?
        });
        let read = |(issuer, subject, provider, created_at, last_used_at)| IdentityRow {
            issuer,
            subject,
            provider,
            created_at,
            last_used_at,
        };
        Ok(rows.into_iter().map(read).collect())
    }
}
