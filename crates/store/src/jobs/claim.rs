//! Leasing and keeping leases.

use super::{json, kind, lane, unsigned};
use crate::{Db, Micros, Store, StoreError, db::on, transaction::begin_postgres};
use queue::{Claim, Counts, Job, JobId, Ticket};
use sqlx::SqlitePool;
use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
};

/// id, fence, kind, lane, due_at, ready_at, tries, crashes, key, crowd, work, start_by, demand.
type Row = (i64, i32, String, i16, i64, i64, i32, i32, Option<String>, Option<String>, String, i64, i32);

/// Whether limits on running jobs hold, as known for a second: without any, a claim counts nothing and
/// claims of several processes need not wait for each other.
#[derive(Debug)]
pub(crate) struct LimitsWatch {
    asked_at: AtomicI64,
    hold: AtomicBool,
}

impl Default for LimitsWatch {
    fn default() -> Self {
        Self { asked_at: AtomicI64::new(Micros::MIN), hold: AtomicBool::new(false) }
    }
}

impl LimitsWatch {
    const GOOD_FOR: Micros = 1_000_000;

    pub(super) fn forget(&self) {
        self.asked_at.store(Micros::MIN, Ordering::Relaxed);
    }

    async fn hold(&self, db: &Db, now: Micros) -> Result<bool, StoreError> {
        let age = now.saturating_sub(self.asked_at.load(Ordering::Relaxed));
        // A clock that was set back makes the answer old too.
        if !(0..Self::GOOD_FOR).contains(&age) {
            let limits: i64 = on!(db, pool =>
                sqlx::query_scalar(include_str!("../../sql/jobs/limits_count.sql")).fetch_one(pool).await?);
            self.hold.store(limits > 0, Ordering::Relaxed);
            self.asked_at.store(now, Ordering::Relaxed);
        }
        Ok(self.hold.load(Ordering::Relaxed))
    }
}

impl Store {
    pub(super) async fn claim_jobs(&self, claim: &Claim) -> Result<Vec<Job<String>>, StoreError> {
        let limited = self.limits.hold(&self.db, claim.now).await?;
        let mut rows = match &self.queue {
            Db::Sqlite(pool) => claim_sqlite(pool, claim, limited).await?,
            Db::Postgres(pool) if limited => {
                let mut tx = begin_postgres(pool).await?;
                sqlx::query(include_str!("../../sql/jobs/claim.lock.postgres.sql")).execute(&mut *tx).await?;
                let sql = include_str!("../../sql/jobs/claim.limited.postgres.sql");
                let rows = claim_postgres(&mut *tx, claim, sql).await?;
                tx.commit().await?;
                rows
            }
            Db::Postgres(pool) => {
                claim_postgres(pool, claim, include_str!("../../sql/jobs/claim.postgres.sql")).await?
            }
        };
        // RETURNING has no order.
        rows.sort_unstable_by_key(|row| (row.11, std::cmp::Reverse(row.12), row.0));
        rows.into_iter().map(read).collect()
    }

    pub(super) async fn extend_leases(
        &self,
        tickets: &[Ticket],
        lease_until: Micros,
    ) -> Result<Vec<Ticket>, StoreError> {
        let alive: Vec<i64> = match &self.queue {
            Db::Sqlite(pool) => {
                let tickets: Vec<_> = tickets.iter().map(|ticket| (ticket.id.0, ticket.fence)).collect();
                sqlx::query_scalar(include_str!("../../sql/jobs/heartbeat.sqlite.sql"))
                    .bind(json(&tickets))
                    .bind(lease_until)
                    .fetch_all(pool)
                    .await?
            }
            Db::Postgres(pool) => {
                sqlx::query_scalar(include_str!("../../sql/jobs/heartbeat.postgres.sql"))
                    .bind(tickets.iter().map(|ticket| ticket.id.0).collect::<Vec<_>>())
                    .bind(tickets.iter().map(|ticket| ticket.fence.cast_signed()).collect::<Vec<_>>())
                    .bind(lease_until)
                    .fetch_all(pool)
                    .await?
            }
        };
        let alive: HashSet<i64> = alive.into_iter().collect();
        Ok(tickets.iter().filter(|ticket| !alive.contains(&ticket.id.0)).copied().collect())
    }
}

async fn claim_sqlite(pool: &SqlitePool, claim: &Claim, limited: bool) -> Result<Vec<Row>, StoreError> {
    let sql = if limited {
        include_str!("../../sql/jobs/claim.limited.sqlite.sql")
    } else {
        include_str!("../../sql/jobs/claim.sqlite.sql")
    };
    let offers = claim.offers.iter();
    let offers: Vec<_> = offers.map(|offer| (offer.lane.0, offer.pass, offer.stride, offer.quota)).collect();
    let kinds: Vec<&str> = claim.kinds.iter().map(queue::Kind::name).collect();
    let rows = sqlx::query_as::<_, Row>(sql)
        .bind(json(&offers))
        .bind(json(&kinds))
        .bind(i64::from(claim.free))
        .bind(&claim.owner)
        .bind(claim.now)
        .bind(claim.lease_until)
        .fetch_all(pool)
        .await?;
    Ok(rows)
}

async fn claim_postgres(
    executor: impl sqlx::PgExecutor<'_>,
    claim: &Claim,
    sql: &'static str,
) -> Result<Vec<Row>, StoreError> {
    let offers = &claim.offers;
    let rows = sqlx::query_as::<_, Row>(sql)
        .bind(offers.iter().map(|offer| i16::from(offer.lane.0)).collect::<Vec<_>>())
        .bind(offers.iter().map(|offer| offer.pass).collect::<Vec<_>>())
        .bind(offers.iter().map(|offer| offer.stride).collect::<Vec<_>>())
        .bind(offers.iter().map(|offer| i64::from(offer.quota)).collect::<Vec<_>>())
        .bind(claim.kinds.iter().map(queue::Kind::name).collect::<Vec<_>>())
        .bind(i64::from(claim.free))
        .bind(&claim.owner)
        .bind(claim.now)
        .bind(claim.lease_until)
        .fetch_all(executor)
        .await?;
    Ok(rows)
}

fn read(row: Row) -> Result<Job<String>, StoreError> {
    let (id, fence, name, lane_number, due_at, ready_at, tries, crashes, key, group, work, ..) = row;
    Ok(Job {
        ticket: Ticket { id: JobId(id), fence: unsigned(id, "fence", fence)? },
        kind: kind(name),
        key,
        group,
        lane: lane(id, lane_number)?,
        due_at,
        ready_at,
        counts: Counts { tries: unsigned(id, "tries", tries)?, crashes: unsigned(id, "crashes", crashes)? },
        work,
    })
}
