//! Decisions of people: who did what to what, and when.

use crate::{Micros, Store, StoreError, Tx, db::on, transaction::on_tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    pub at: Micros,
    pub actor: String,
    pub action: String,
    pub subject: String,
    /// JSON; its shape is the action's.
    pub detail: String,
}

impl Store {
    /// The latest first.
    pub async fn audited(&self, limit: u32) -> Result<Vec<Audited>, StoreError> {
        let rows: Vec<(i64, String, String, String, String)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/audit/list.sql")).bind(i64::from(limit)).fetch_all(pool).await?);
        let read = |(at, actor, action, subject, detail)| Audited { at, actor, action, subject, detail };
        Ok(rows.into_iter().map(read).collect())
    }

    /// A page, the latest first, each with its number: those before one.
    pub async fn audited_before(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, Audited)>, StoreError> {
        let rows: Vec<(i64, i64, String, String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/audit/page.sql"))
                .bind(before.unwrap_or(i64::MAX))
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read =
            |(id, at, actor, action, subject, detail)| (id, Audited { at, actor, action, subject, detail });
        Ok(rows.into_iter().map(read).collect())
    }
}

impl Tx {
    /// Kept if what was decided is.
    pub async fn audit(
        &mut self,
        at: Micros,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/audit/add.sql"))
            .bind(at).bind(actor).bind(action).bind(subject).bind(detail)
            .execute(connection).await?.rows_affected());
        Ok(())
    }
}
