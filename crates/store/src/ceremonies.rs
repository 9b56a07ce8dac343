//! What a browser has begun and comes back with, once: whoever has its ticket. What has to match, this room keeps
//! as it is given.

use crate::{Micros, Store, StoreError, db::on, row::word};
use domain::token::TokenHash;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    PasskeyNew,
    PasskeySignIn,
    Oidc,
}

impl Store {
    pub async fn begin_ceremony(
        &self,
        hash: TokenHash,
        kind: Kind,
        state: &str,
        expires_at: Micros,
    ) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/ceremonies/add.sql"))
            .bind(hash.to_string())
            .bind(word(&kind))
            .bind(state)
            .bind(expires_at)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// `None` when there is none, it is over, or somebody has come back with it before.
    pub async fn take_ceremony(
        &self,
        hash: TokenHash,
        kind: Kind,
        now: Micros,
    ) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = on!(&self.writer, pool => {
            sqlx::query_as(include_str!("../sql/ceremonies/take.sql"))
                .bind(hash.to_string())
                .bind(word(&kind))
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        Ok(row.map(|(state,)| state))
    }

    pub async fn prune_ceremonies(&self, before: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/ceremonies/prune.sql"))
            .bind(before)
            .execute(pool)
            .await?
            .rows_affected()))
    }
}
