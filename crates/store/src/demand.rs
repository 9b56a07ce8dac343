//! What batches wait for: the artifacts that their programs need and nobody has made yet. Each has an unfinished job,
//! or becomes an orphan that a sweep finds a new one for, or gives up.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin, word},
    transaction::{Inner, on_tx},
};
use domain::{ArtifactKey, ArtifactKind, BatchId, Recipe};

/// An artifact that a batch waits for.
#[derive(Clone, Debug)]
pub struct Demand {
    pub key: ArtifactKey,
    pub recipe: Recipe,
    /// Every occurrence of the batch needs it, though none names it.
    pub common: bool,
}

/// What a batch waits for and no job is left to make.
#[derive(Clone, Debug)]
pub struct Orphan {
    pub key: ArtifactKey,
    pub kind: ArtifactKind,
    /// `None`: an older release has noted it.
    pub recipe: Option<Recipe>,
    /// Why its last job died or was called off; `None` if it was neither.
    pub ended: Option<String>,
}

impl Tx {
    pub async fn add_demand(&mut self, batch: BatchId, demand: &[Demand]) -> Result<(), StoreError> {
        let row = |one: &Demand| {
            (batch, one.key, word(&one.recipe.kind()), u8::from(one.common), json(&one.recipe))
        };
        let rows: Vec<_> = demand.iter().map(row).collect();
        let sql = twin!(self, "demand/add");
        on_tx!(self, connection => sqlx::query(sql).bind(json(&rows)).execute(connection).await?.rows_affected());
        Ok(())
    }

    /// What of a batch's demand has no unfinished job. Until this ends, nobody else adds to that demand.
    pub async fn orphans(&mut self, batch: BatchId, opened_at: Micros) -> Result<Vec<Orphan>, StoreError> {
        if let Inner::Postgres(transaction) = &mut self.inner {
            // A statement sees what was committed when it began: the jobs are looked at by one that begins when nobody
            // else is adding to this demand.
            sqlx::query(include_str!("../sql/demand/lock.postgres.sql"))
                .bind(batch.to_string())
                .execute(&mut **transaction)
                .await?;
        }
        type Row = (String, String, Option<String>, Option<String>);
        let rows: Vec<Row> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/demand/orphans.sql"))
                .bind(batch.to_string())
                .bind(opened_at)
                .fetch_all(connection)
                .await?
        });
        let read = |(key, kind, recipe, ended): Row| {
            let cell = |column| Cell { table: "demand", column, row: &key };
            Ok(Orphan {
                key: cell("key").parse(&key)?,
                kind: cell("kind").word(&kind)?,
                recipe: recipe.map(|recipe| cell("recipe").json(&recipe)).transpose()?,
                ended,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// A batch that has nothing left to do waits for nothing any more; what would be made for it alone finds that nobody
    /// wants it.
    pub async fn withdraw_demand(&mut self, id: BatchId) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/demand/withdraw.sql"))
            .bind(id.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }
}

impl Store {
    /// What a batch still waits for, and whether every occurrence does.
    pub async fn unsettled(&self, batch: BatchId) -> Result<Vec<(ArtifactKey, bool)>, StoreError> {
        let rows: Vec<(String, i16)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/demand/unsettled.sql"))
                .bind(batch.to_string())
                .fetch_all(pool)
                .await?
        });
        let read = |(key, common): (String, i16)| {
            Ok((Cell { table: "demand", column: "key", row: &key }.parse(&key)?, common == 1))
        };
        rows.into_iter().map(read).collect()
    }

    /// Whether an artifact is to be made: a batch waits for it, or it was begun and may go on by now.
    pub async fn is_wanted(&self, key: ArtifactKey, now: Micros) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/demand/is_wanted.sql"))
                .bind(key.to_string())
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        Ok(row.is_some())
    }

    /// Nobody waits for the artifact any more: it was made, or given up.
    pub async fn settle_demand(&self, key: ArtifactKey, now: Micros) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/demand/settle.sql"))
            .bind(key.to_string())
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Forgets what batches waited for that were closed before an instant, of at most so many batches.
    pub async fn prune_demand(&self, before: Micros, batches: u32) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/demand/prune.sql"))
            .bind(before)
            .bind(i64::from(batches.min(20)))
            .execute(pool)
            .await?
            .rows_affected()))
    }
}
