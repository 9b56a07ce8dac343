//! Calls of providers: reserved, settled, lapsed.
//!
//! A [`Draw`] is one transaction under the provider's lock: it settles what has ended on a node and reserves
//! what the node wants to call next. All nodes go through it, so limits hold for all of them together; and
//! as a node draws for all its waiting calls at once, the provider's row is locked once a round trip, not
//! once a call.

use crate::{Micros, Store, StoreError, Tx, db::on, transaction::on_tx};
use domain::{
    ArtifactKey, CallId,
    provider::{Account, Answer, Booked, Booking, Open, Operation, Paid, Refusal, Units},
};
use queue::{JobId, Lane};

/// What was paid for an artifact longer ago than this does not count against it: it is made anew.
const PAID_OF_LATE: Micros = 24 * 3_600 * 1_000_000;

/// A call that is wanted.
#[derive(Clone, Debug)]
pub struct Ask {
    /// New; the caller's, so that a draw whose answer was lost can be taken back.
    pub id: CallId,
    pub operation: Operation,
    pub lane: Lane,
    /// What it will use, where that is known before.
    pub units: Option<Units>,
    /// What it is for.
    pub artifact: Option<ArtifactKey>,
    pub job: Option<JobId>,
}

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Settlement {
    pub id: CallId,
    pub answer: Answer,
}

#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    pub provider: &'a str,
    /// The process that makes the calls; it keeps their leases alive.
    pub owner: &'a str,
    pub settlements: &'a [Settlement],
    pub asks: &'a [Ask],
    pub now: Micros,
    pub lease_until: Micros,
}

#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// For each ask, in their order.
    pub asks: Vec<Result<Booked, Refusal>>,
    /// What each settled call counts as, in their order; `None` for one that had been settled or lapsed.
    pub settled: Vec<Option<Booked>>,
}

/// A call as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: CallId,
    pub provider: String,
    pub operation: Operation,
    pub lane: Lane,
    pub job: Option<JobId>,
    pub state: EntryState,
    pub reserved_at: Micros,
    pub estimated_units: u64,
    pub estimated_micro_usd: u64,
    /// What it counts as; `None` while it is reserved.
    pub units: Option<u64>,
    pub cost_micro_usd: Option<u64>,
    pub ended_at: Option<Micros>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryState {
    Reserved,
    /// How it ended: [`Answer::name`].
    Settled(String),
    /// Its process was gone, or stood still for longer than its lease.
    Lapsed,
}

/// A call that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// [`Answer::name`]; `None`: nobody knows.
    pub outcome: Option<String>,
    /// What it was for.
    pub artifact: Option<String>,
    pub took: Micros,
    pub cost_micro_usd: u64,
}

/// outcome, artifact, reserved_at, ended_at, cost_micro_usd.
type CalledRow = (Option<String>, Option<String>, i64, i64, i64);

/// operation, lane, reserved_at, estimated_requests, estimated_units, estimated_micro_usd.
type ReservedRow = (String, i16, i64, i64, i64, i64);

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: String,
    provider: String,
    operation: String,
    lane: i16,
    job: Option<i64>,
    state: String,
    reserved_at: i64,
    outcome: Option<String>,
    estimated_units: i64,
    estimated_micro_usd: i64,
    units: Option<i64>,
    cost_micro_usd: Option<i64>,
    ended_at: Option<i64>,
}

impl Store {
    /// Settles and reserves, all of it or nothing.
    pub async fn draw_calls(&self, draw: &Draw<'_>) -> Result<Drawn, StoreError> {
        let mut tx = self.begin().await?;
        let mut account = tx.lock_provider(draw.provider).await?;
        let before = account.live.clone();
        let mut open = tx.open_calls(draw.provider, draw.now).await?;
        let mut settled = Vec::with_capacity(draw.settlements.len());
        for settlement in draw.settlements {
            settled.push(tx.settle_call(draw, settlement, &mut account, &mut open).await?);
        }
        let mut asks = Vec::with_capacity(draw.asks.len());
        for ask in draw.asks {
            asks.push(tx.paid(ask, draw.now).await?);
        }
        let bookings = account.book_all(&asks, open, draw.now);
        for (ask, booking) in draw.asks.iter().zip(&bookings) {
            if let Ok(booking) = booking {
                tx.reserve_call(draw, ask, booking).await?;
            }
        }
        if account.live != before {
            tx.save_provider(draw.provider, &account.live).await?;
        }
        tx.commit().await?;
        let asks = bookings.into_iter().map(|booking| booking.map(|booking| booking.booked)).collect();
        Ok(Drawn { asks, settled })
    }

    /// Keeps a process's calls of a provider alive; how many. What has lapsed stays so.
    pub async fn keep_calls(
        &self,
        provider: &str,
        owner: &str,
        lease_until: Micros,
        now: Micros,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        tx.lock_provider(provider).await?;
        let kept = on_tx!(tx, connection => sqlx::query(include_str!("../sql/ledger/keep.sql"))
            .bind(provider).bind(owner).bind(lease_until).bind(now).execute(connection).await?.rows_affected());
        tx.commit().await?;
        Ok(kept)
    }

    /// Records as spent what was not settled in time; how many. A draw does so for its own provider.
    pub async fn lapse_calls(&self, provider: &str, now: Micros) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        tx.lock_provider(provider).await?;
        let lapsed = tx.lapse_calls(provider, now).await?;
        tx.commit().await?;
        Ok(lapsed)
    }

    /// A provider's latest calls that ended since an instant, at most `limit`.
    pub async fn latest_calls(
        &self,
        provider: &str,
        since: Micros,
        limit: u32,
    ) -> Result<Vec<Called>, StoreError> {
        let rows: Vec<CalledRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/ledger/latest.sql"))
                .bind(provider)
                .bind(since)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |(outcome, artifact, reserved_at, ended_at, cost): CalledRow| Called {
            outcome,
            artifact,
            took: ended_at.saturating_sub(reserved_at).max(0),
            cost_micro_usd: cost.unsigned_abs(),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Every call made for an artifact, the first one first.
    pub async fn calls_for(&self, artifact: ArtifactKey) -> Result<Vec<Entry>, StoreError> {
        let key = artifact.to_string();
        let rows: Vec<EntryRow> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/ledger/of_artifact.sql")).bind(&key).fetch_all(pool).await?);
        rows.into_iter().map(EntryRow::read).collect()
    }

    /// Forgets at most `limit` of a provider's calls that ended before an instant; how many.
    pub async fn prune_calls(&self, provider: &str, before: Micros, limit: u32) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/ledger/prune.sql"))
            .bind(provider).bind(before).bind(i64::from(limit)).execute(pool).await?.rows_affected()))
    }
}

impl Tx {
    /// The calls under way, after those whose lease is over were recorded as spent.
    async fn open_calls(&mut self, provider: &str, now: Micros) -> Result<Open, StoreError> {
        let (under_way, youngest, over): (i64, Option<i64>, i64) = on_tx!(self, connection =>
            sqlx::query_as(include_str!("../sql/ledger/open.sql"))
                .bind(provider).bind(now).fetch_one(connection).await?);
        if over > 0 {
            self.lapse_calls(provider, now).await?;
        }
        let calls = u32::try_from(under_way).unwrap_or(u32::MAX);
        Ok(Open { calls, youngest })
    }

    async fn lapse_calls(&mut self, provider: &str, now: Micros) -> Result<u64, StoreError> {
        Ok(on_tx!(self, connection => sqlx::query(include_str!("../sql/ledger/lapse.sql"))
            .bind(provider).bind(now).execute(connection).await?.rows_affected()))
    }

    async fn settle_call(
        &mut self,
        draw: &Draw<'_>,
        settlement: &Settlement,
        account: &mut Account,
        open: &mut Open,
    ) -> Result<Option<Booked>, StoreError> {
        let id = settlement.id.to_string();
        let row: Option<ReservedRow> = on_tx!(self, connection =>
            sqlx::query_as(include_str!("../sql/ledger/reserved.sql"))
                .bind(&id).bind(draw.provider).fetch_optional(connection).await?);
        let Some(row) = row else { return Ok(None) };
        let booking = read_booking(&id, row)?;
        open.calls = open.calls.saturating_sub(1);
        let used = account.settle(&booking, settlement.answer, open, draw.now);
        if matches!(settlement.answer, Answer::Unused) {
            on_tx!(self, connection => sqlx::query(include_str!("../sql/ledger/give_back.sql"))
                .bind(&id).execute(connection).await?.rows_affected());
        } else {
            on_tx!(self, connection => sqlx::query(include_str!("../sql/ledger/settle.sql"))
                .bind(&id).bind(settlement.answer.name()).bind(used.units.cast_signed())
                .bind(used.micro_usd.cast_signed()).bind(draw.now)
                .execute(connection).await?.rows_affected());
        }
        Ok(Some(used))
    }

    /// An ask as the rules take it, with what was paid for its artifact of late.
    async fn paid(&mut self, ask: &Ask, now: Micros) -> Result<domain::provider::Ask, StoreError> {
        let mut paid = Paid::default();
        if let Some(artifact) = ask.artifact {
            let (answered, lost): (i64, i64) = on_tx!(self, connection =>
                sqlx::query_as(include_str!("../sql/ledger/paid.sql"))
                    .bind(artifact.to_string()).bind(ask.operation.name()).bind(now - PAID_OF_LATE)
                    .fetch_one(connection).await?);
            let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
            paid = Paid { answered: count(answered), lost: count(lost) };
        }
        Ok(domain::provider::Ask { operation: ask.operation, lane: ask.lane.0, units: ask.units, paid })
    }

    async fn reserve_call(
        &mut self,
        draw: &Draw<'_>,
        ask: &Ask,
        booking: &Booking,
    ) -> Result<(), StoreError> {
        let Booked { requests, units, micro_usd } = booking.booked;
        on_tx!(self, connection => sqlx::query(include_str!("../sql/ledger/reserve.sql"))
            .bind(ask.id.to_string()).bind(draw.provider).bind(ask.operation.name())
            .bind(i16::from(ask.lane.0)).bind(draw.owner).bind(ask.artifact.map(|key| key.to_string()))
            .bind(ask.job.map(|job| job.0)).bind(booking.reserved_at).bind(draw.lease_until)
            .bind(requests.cast_signed()).bind(units.cast_signed()).bind(micro_usd.cast_signed())
            .execute(connection).await?.rows_affected());
        Ok(())
    }
}

fn read_booking(id: &str, row: ReservedRow) -> Result<Booking, StoreError> {
    let (operation, lane, reserved_at, requests, units, micro_usd) = row;
    Ok(Booking {
        operation: read_operation(id, &operation)?,
        lane: read_lane(id, lane)?.0,
        reserved_at,
        booked: Booked {
            requests: requests.cast_unsigned(),
            units: units.cast_unsigned(),
            micro_usd: micro_usd.cast_unsigned(),
        },
    })
}

impl EntryRow {
    fn read(self) -> Result<Entry, StoreError> {
        let state = match (self.state.as_str(), self.outcome) {
            ("reserved", None) => EntryState::Reserved,
            ("settled", Some(outcome)) => EntryState::Settled(outcome),
            ("lapsed", None) => EntryState::Lapsed,
            (state, _) => return Err(inconsistent(&self.id, "state", state)),
        };
        Ok(Entry {
            id: self.id.parse().map_err(|_| inconsistent(&self.id, "id", "it is no id"))?,
            provider: self.provider,
            operation: read_operation(&self.id, &self.operation)?,
            lane: read_lane(&self.id, self.lane)?,
            job: self.job.map(JobId),
            state,
            reserved_at: self.reserved_at,
            estimated_units: self.estimated_units.cast_unsigned(),
            estimated_micro_usd: self.estimated_micro_usd.cast_unsigned(),
            units: self.units.map(i64::cast_unsigned),
            cost_micro_usd: self.cost_micro_usd.map(i64::cast_unsigned),
            ended_at: self.ended_at,
        })
    }
}

fn read_operation(id: &str, name: &str) -> Result<Operation, StoreError> {
    Operation::from_name(name).ok_or_else(|| inconsistent(id, "operation", name))
}

fn read_lane(id: &str, lane: i16) -> Result<Lane, StoreError> {
    u8::try_from(lane).map(Lane).map_err(|_| inconsistent(id, "lane", "not within 0 to 255"))
}

fn inconsistent(id: &str, column: &'static str, cause: &str) -> StoreError {
    StoreError::Inconsistent { table: "ledger", column, row: id.to_owned(), cause: cause.to_owned() }
}
