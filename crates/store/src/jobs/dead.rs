//! Dead letters: looked through, redriven, discarded, and wanted back. Who did it is kept.

use super::{inconsistent, kind, lane, unsigned};
use crate::{Micros, Store, StoreError, Tx, db::on, transaction::on_tx};
use queue::{
    Class, JobId,
    dead::{DeadFilter, DeadGroup, DeadLetter, Decided, Redrive},
    retry::GaveUp,
};

/// fingerprint, kind, class, message, total, first_at, last_at.
type GroupRow = (String, String, String, String, i64, i64, i64);
/// id, kind, key, crowd, lane, work, class, message, fingerprint, gave_up, tries, ended_at, discarded_at.
type LetterRow = (
    i64,
    String,
    Option<String>,
    Option<String>,
    i16,
    String,
    String,
    String,
    String,
    String,
    i32,
    i64,
    Option<i64>,
);

/// Binds the six parameters of a filter, $1 to $6.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.id.map(|id| id.0))
            .bind($filter.fingerprint.as_deref())
            .bind($filter.kind.as_ref().map(queue::Kind::name))
            .bind($filter.class.map(Class::name))
            .bind($filter.since)
            .bind($filter.until)
    };
}

impl Store {
    pub async fn dead_groups(&self, filter: &DeadFilter) -> Result<Vec<DeadGroup>, StoreError> {
        let rows: Vec<GroupRow> = on!(&self.db, pool =>
            filtered!(sqlx::query_as(include_str!("../../sql/jobs/dead_groups.sql")), filter)
                .fetch_all(pool).await?);
        rows.into_iter().map(read_group).collect()
    }

    /// Those that were discarded, and are not forgotten yet.
    pub async fn discarded_groups(&self) -> Result<Vec<DeadGroup>, StoreError> {
        let rows: Vec<GroupRow> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/dead_discarded.sql")).fetch_all(pool).await?);
        rows.into_iter().map(read_group).collect()
    }

    /// Of one cause, the latest first, at most `limit`; discarded ones too.
    pub async fn dead_letters_of(
        &self,
        fingerprint: &str,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let rows: Vec<LetterRow> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/dead_of.sql"))
                .bind(fingerprint).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(read_letter).collect()
    }

    /// The latest first, at most `limit`; discarded ones too.
    pub async fn dead_letters(&self, filter: &DeadFilter, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let rows: Vec<LetterRow> = on!(&self.db, pool =>
            filtered!(sqlx::query_as(include_str!("../../sql/jobs/dead_list.sql")), filter)
                .bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(read_letter).collect()
    }

    /// How many a redrive by this filter would take: the dry run.
    pub async fn count_redrive(&self, filter: &DeadFilter) -> Result<u64, StoreError> {
        let total: i64 = on!(&self.db, pool =>
            filtered!(sqlx::query_scalar(include_str!("../../sql/jobs/redrive_count.sql")), filter)
                .fetch_one(pool).await?);
        Ok(total.cast_unsigned())
    }

    /// The same of one cause.
    pub async fn count_redrive_of(&self, fingerprint: &str) -> Result<u64, StoreError> {
        let total: i64 = on!(&self.db, pool =>
            sqlx::query_scalar(include_str!("../../sql/jobs/redrive_count_of.sql"))
                .bind(fingerprint).fetch_one(pool).await?);
        Ok(total.cast_unsigned())
    }

    /// Gives dead letters another chance; how many. One whose key has a job again is left.
    pub async fn redrive(&self, redrive: &Redrive, now: Micros) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let count = tx.redrive(redrive, now, now).await?.len() as u64;
        tx.commit().await?;
        Ok(count)
    }

    /// Nobody wants them back; they are forgotten when their retention is over. How many.
    pub async fn discard(&self, filter: &DeadFilter, by: &Decided, now: Micros) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let count = on_tx!(tx, connection =>
            filtered!(sqlx::query(include_str!("../../sql/jobs/discard.sql")), filter)
                .bind(now).execute(connection).await?.rows_affected());
        if count > 0 {
            tx.audit_dead(now, by, "discard", filter, count).await?;
        }
        tx.commit().await?;
        Ok(count)
    }

    /// Undoes a discard; how many came back.
    pub async fn restore(&self, filter: &DeadFilter, by: &Decided, now: Micros) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let count = on_tx!(tx, connection =>
            filtered!(sqlx::query(include_str!("../../sql/jobs/restore.sql")), filter)
                .execute(connection).await?.rows_affected());
        if count > 0 {
            tx.audit_dead(now, by, "restore", filter, count).await?;
        }
        tx.commit().await?;
        Ok(count)
    }
}

impl Tx {
    /// Gives dead letters another chance, the first of them at `from`; which, and their work.
    pub async fn redrive(
        &mut self,
        redrive: &Redrive,
        from: Micros,
        now: Micros,
    ) -> Result<Vec<(JobId, String)>, StoreError> {
        let first = redrive.first.map_or(i64::MAX, i64::from);
        let rows: Vec<(i64, String)> = on_tx!(self, connection =>
            filtered!(sqlx::query_as(include_str!("../../sql/jobs/redrive.sql")), redrive.filter)
                .bind(first).bind(from).bind(redrive.between()).bind(redrive.due_at).bind(now)
                .fetch_all(connection).await?);
        if !rows.is_empty() {
            self.wake_workers().await?;
            self.audit_dead(now, &redrive.by, "redrive", &redrive.filter, rows.len() as u64).await?;
        }
        Ok(rows.into_iter().map(|(id, work)| (JobId(id), work)).collect())
    }

    async fn audit_dead(
        &mut self,
        at: Micros,
        by: &Decided,
        action: &str,
        filter: &DeadFilter,
        count: u64,
    ) -> Result<(), StoreError> {
        let detail = serde_json::json!({
            "jobs": count,
            "reason": by.why,
            "id": filter.id.map(|id| id.0),
            "fingerprint": filter.fingerprint,
            "kind": filter.kind.as_ref().map(queue::Kind::name),
            "class": filter.class.map(Class::name),
            "since": filter.since,
            "until": filter.until,
        });
        self.audit(at, &by.who, action, "dead letters", &detail.to_string()).await
    }
}

fn read_group(
    (fingerprint, name, class, message, total, first_at, last_at): GroupRow,
) -> Result<DeadGroup, StoreError> {
    let class = Class::from_name(&class).ok_or_else(|| inconsistent(0, "class", &class))?;
    let total = total.cast_unsigned();
    Ok(DeadGroup { fingerprint, kind: kind(name), class, message, total, first_at, last_at })
}

fn read_letter(row: LetterRow) -> Result<DeadLetter, StoreError> {
    let (id, name, key, group, lane_number, work, class, message, fingerprint, gave_up, tries, at, discarded) =
        row;
    Ok(DeadLetter {
        id: JobId(id),
        kind: kind(name),
        key,
        group,
        lane: lane(id, lane_number)?,
        work,
        class: Class::from_name(&class).ok_or_else(|| inconsistent(id, "class", &class))?,
        message,
        fingerprint,
        gave_up: GaveUp::from_name(&gave_up).ok_or_else(|| inconsistent(id, "gave_up", &gave_up))?,
        tries: unsigned(id, "tries", tries)?,
        died_at: at,
        discarded_at: discarded,
    })
}
