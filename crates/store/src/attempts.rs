//! How often was tried. What is too often, `domain::attempt` says; the counting is one statement, so that a thousand
//! tries at once are counted as a thousand.

use crate::{Micros, Store, StoreError, db::on};
use domain::attempt::Limit;

impl Store {
    /// Counts one try. What comes back is how long to wait where it is one too many; it is not counted then.
    pub async fn try_once(
        &self,
        subject: &str,
        limit: Limit,
        now: Micros,
    ) -> Result<Option<Micros>, StoreError> {
        let counted: Option<(i64,)> = on!(&self.writer, pool => {
            sqlx::query_as(include_str!("../sql/attempts/try.sql"))
                .bind(subject)
                .bind(now)
                .bind(limit.then_every)
                .bind(limit.span())
                .fetch_optional(pool)
                .await?
        });
        if counted.is_some() {
            return Ok(None);
        }
        let full: Option<(i64,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/attempts/find.sql")).bind(subject).fetch_optional(pool).await?
        });
        let empty_at = full.map_or(now, |(empty_at,)| empty_at);
        Ok(Some(limit.wait(empty_at, now)))
    }

    /// A try came out right: it does not count.
    pub async fn forgive_try(&self, subject: &str, limit: Limit) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/attempts/forgive.sql"))
            .bind(subject)
            .bind(limit.then_every)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Nothing counts any more.
    pub async fn clear_tries(&self, subject: &str) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/attempts/clear.sql"))
            .bind(subject)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    pub async fn prune_tries(&self, now: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/attempts/prune.sql"))
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected()))
    }
}
