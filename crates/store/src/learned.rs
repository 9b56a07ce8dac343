//! What was learned of production, by name: JSON whose shape is the learner's.

use crate::{
    Store, StoreError, Tx,
    db::on,
    transaction::{Inner, on_tx},
};

impl Tx {
    /// Reads, merges and writes back what is known under a name; nobody else does meanwhile.
    pub async fn learn(
        &mut self,
        name: &str,
        merge: impl FnOnce(Option<&str>) -> String + Send,
    ) -> Result<(), StoreError> {
        if let Inner::Postgres(connection) = &mut self.inner {
            sqlx::query(include_str!("../sql/learned/lock.postgres.sql")).execute(&mut **connection).await?;
        }
        let known: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/learned/find.sql")).bind(name).fetch_optional(connection).await?
        });
        let value = merge(known.as_ref().map(|(value,)| value.as_str()));
        on_tx!(self, connection => sqlx::query(include_str!("../sql/learned/put.sql"))
            .bind(name)
            .bind(value)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }
}

impl Store {
    /// All that was learned, by name.
    pub async fn learned(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/learned/all.sql")).fetch_all(pool).await?
        }))
    }
}
