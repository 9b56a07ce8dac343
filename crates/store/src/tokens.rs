//! Tokens of the API, by their hashes.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::{
    ListenerId, TokenId,
    token::{Scope, TokenHash},
};

#[derive(Clone, Copy, Debug)]
pub struct NewToken {
    pub id: TokenId,
    pub listener: ListenerId,
    pub scope: Scope,
    pub hash: TokenHash,
    /// `None`: never.
    pub expires_at: Option<Micros>,
}

/// A token as its listener or an operator sees it: never the token itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenRow {
    pub id: TokenId,
    pub listener: ListenerId,
    pub scope: Scope,
    pub created_at: Micros,
    pub expires_at: Option<Micros>,
    pub last_used_at: Option<Micros>,
    pub revoked_at: Option<Micros>,
}

/// What a good token gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    pub token: TokenId,
    pub listener: ListenerId,
    pub scope: Scope,
}

/// id, listener_id, scope, created_at, expires_at, last_used_at, revoked_at.
type Row = (String, String, String, i64, Option<i64>, Option<i64>, Option<i64>);

impl Tx {
    pub async fn add_token(&mut self, new: &NewToken, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/tokens/add.sql"))
            .bind(new.id.to_string())
            .bind(new.listener.to_string())
            .bind(new.scope.name())
            .bind(new.hash.to_string())
            .bind(now)
            .bind(new.expires_at)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Whether it was good until now.
    pub async fn revoke_token(&mut self, id: TokenId, now: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/tokens/revoke.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    /// Of one listener or of all, in the order they came.
    pub async fn tokens(&self, listener: Option<ListenerId>) -> Result<Vec<TokenRow>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/tokens/list.sql"))
                .bind(listener.map(|id| id.to_string()))
                .fetch_all(pool)
                .await?
        });
        let read = |(id, listener, scope, created_at, expires_at, last_used_at, revoked_at): Row| {
            let Access { token: id, listener, scope } = read_access(&id, &listener, &scope)?;
            Ok(TokenRow { id, listener, scope, created_at, expires_at, last_used_at, revoked_at })
        };
        rows.into_iter().map(read).collect()
    }

    /// What a token gives; `None` when there is none, or it is good no more.
    pub async fn access(&self, hash: TokenHash, now: Micros) -> Result<Option<Access>, StoreError> {
        let row: Option<(String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/tokens/find.sql"))
                .bind(hash.to_string())
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        row.map(|(id, listener, scope)| read_access(&id, &listener, &scope)).transpose()
    }

    /// Notes that a token was used.
    pub async fn token_used(&self, id: TokenId, now: Micros) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/tokens/use.sql"))
            .bind(id.to_string())
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }
}

fn read_access(id: &str, listener: &str, scope: &str) -> Result<Access, StoreError> {
    let cell = |column| Cell { table: "api_tokens", column, row: id };
    Ok(Access {
        token: cell("id").parse(id)?,
        listener: cell("listener_id").parse(listener)?,
        scope: Scope::from_name(scope).ok_or_else(|| cell("scope").wrong("no scope of a token"))?,
    })
}
