//! Jobs as an operator looks at them.

use super::{inconsistent, kind, lane, unsigned};
use crate::{Micros, Store, StoreError, db::on};
use queue::{Class, JobId, Kind, Lane, State, lifecycle::Ending, retry::GaveUp};

/// One job as it stands. What is done has left the queue: it is known by its last attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    pub id: JobId,
    pub kind: Kind,
    pub lane: Lane,
    pub key: Option<String>,
    pub stands: Stands,
}

/// What is known of a job besides its name depends on where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    Queued(Box<Queued>),
    Done { ending: Ending, at: Micros, message: Option<String> },
}

/// A job that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub state: State,
    /// What it is held for.
    pub hold: Option<String>,
    pub group: Option<String>,
    pub demand: u32,
    pub start_by: Micros,
    pub due_at: Micros,
    pub ready_at: Micros,
    pub leases: u32,
    pub tries: u32,
    pub lease: Option<Lease>,
    /// When it died or was cancelled.
    pub ended_at: Option<Micros>,
    pub death: Option<Death>,
    pub work: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub owner: String,
    pub since: Micros,
    pub until: Micros,
}

/// Why it is a dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    pub class: Class,
    pub message: String,
    pub fingerprint: String,
    pub gave_up: GaveUp,
    pub discarded_at: Option<Micros>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct JobsPage {
    pub jobs: Vec<JobRow>,
    /// Where the next begins; `None`: there is none.
    pub next: Option<JobId>,
}

/// Jobs that are looked through for one page.
const LOOK_THROUGH: i64 = 5_000;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    state: String,
    lane: i16,
    demand: i32,
    start_by: i64,
    due_at: i64,
    ready_at: i64,
    fence: i32,
    tries: i32,
    key: Option<String>,
    crowd: Option<String>,
    hold: Option<String>,
    owner: Option<String>,
    leased_at: Option<i64>,
    lease_until: Option<i64>,
    ended_at: Option<i64>,
    class: Option<String>,
    message: Option<String>,
    fingerprint: Option<String>,
    gave_up: Option<String>,
    discarded_at: Option<i64>,
    work: String,
}

/// job, kind, lane, key, outcome, ended_at, message.
type DoneRow = (i64, String, i16, Option<String>, String, i64, Option<String>);

impl Store {
    /// The latest jobs of a kind and a state, of any where `None`. Those that are done are listed only when they
    /// are asked for: they are many.
    pub async fn list_jobs(
        &self,
        of_kind: Option<&str>,
        state: Option<State>,
        limit: u32,
    ) -> Result<Vec<JobRow>, StoreError> {
        if state == Some(State::Done) {
            let rows: Vec<DoneRow> = on!(&self.db, pool =>
                sqlx::query_as(include_str!("../../sql/jobs/list_done.sql"))
                    .bind(of_kind).bind(i64::from(limit)).fetch_all(pool).await?);
            return rows.into_iter().map(read_done).collect();
        }
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/list.sql"))
                .bind(of_kind).bind(state.map(State::name)).bind(i64::from(limit))
                .fetch_all(pool).await?);
        rows.into_iter().map(Row::read).collect()
    }

    /// A page of jobs, the latest first: those before one. What is rare is looked for among the next few thousand
    /// only; where the page ends without finding enough, the next begins there. Of those that are done it is one page.
    pub async fn jobs_page(
        &self,
        of_kind: Option<&str>,
        state: Option<State>,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<JobsPage, StoreError> {
        let before = before.map_or(i64::MAX, |id| id.0);
        let shown = i64::from(limit) + 1;
        let (rows, floor): (Vec<Row>, Option<i64>) = match state {
            Some(State::Done) => {
                let rows: Vec<DoneRow> = on!(&self.db, pool =>
                    sqlx::query_as(include_str!("../../sql/jobs/page_done.sql"))
                        .bind(of_kind).bind(LOOK_THROUGH).bind(i64::from(limit)).fetch_all(pool).await?);
                let jobs = rows.into_iter().map(read_done).collect::<Result<_, _>>()?;
                return Ok(JobsPage { jobs, next: None });
            }
            Some(State::Leased) => {
                let rows = on!(&self.db, pool =>
                    sqlx::query_as(include_str!("../../sql/jobs/page_leased.sql"))
                        .bind(of_kind).bind(before).bind(shown).fetch_all(pool).await?);
                (rows, None)
            }
            Some(State::Held | State::Available | State::Dead | State::Cancelled) | None => {
                let floor: Option<i64> = on!(&self.db, pool =>
                    sqlx::query_scalar(include_str!("../../sql/jobs/page_floor.sql"))
                        .bind(before).bind(LOOK_THROUGH).fetch_optional(pool).await?);
                let rows = on!(&self.db, pool =>
                    sqlx::query_as(include_str!("../../sql/jobs/page.sql"))
                        .bind(of_kind).bind(state.map(State::name)).bind(before).bind(floor.unwrap_or(0))
                        .bind(shown).fetch_all(pool).await?);
                (rows, floor.map(|floor| floor + 1))
            }
        };
        let mut jobs = rows.into_iter().map(Row::read).collect::<Result<Vec<_>, _>>()?;
        let is_full = jobs.len() > limit as usize;
        jobs.truncate(limit as usize);
        let next = if is_full { jobs.last().map(|job| job.id) } else { floor.map(JobId) };
        Ok(JobsPage { jobs, next })
    }

    /// One job; `None` when it never was, or is forgotten.
    pub async fn job(&self, id: JobId) -> Result<Option<JobRow>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/find.sql")).bind(id.0).fetch_optional(pool).await?);
        if let Some(row) = row {
            return row.read().map(Some);
        }
        let row: Option<DoneRow> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/find_done.sql")).bind(id.0).fetch_optional(pool).await?);
        row.map(read_done).transpose()
    }
}

impl JobRow {
    pub const fn state(&self) -> State {
        match &self.stands {
            Stands::Queued(queued) => queued.state,
            Stands::Done { .. } => State::Done,
        }
    }
}

impl Row {
    fn read(self) -> Result<JobRow, StoreError> {
        let id = self.id;
        let lease = match (self.owner, self.leased_at, self.lease_until) {
            (Some(owner), Some(since), Some(until)) => Some(Lease { owner, since, until }),
            _ => None,
        };
        let death = match (self.class, self.message, self.fingerprint, self.gave_up) {
            (Some(class), Some(message), Some(fingerprint), Some(gave_up)) => Some(Death {
                class: Class::from_name(&class).ok_or_else(|| inconsistent(id, "class", &class))?,
                message,
                fingerprint,
                gave_up: GaveUp::from_name(&gave_up).ok_or_else(|| inconsistent(id, "gave_up", &gave_up))?,
                discarded_at: self.discarded_at,
            }),
            _ => None,
        };
        let queued = Queued {
            state: State::from_name(&self.state).ok_or_else(|| inconsistent(id, "state", &self.state))?,
            hold: self.hold,
            group: self.crowd,
            demand: unsigned(id, "demand", self.demand)?,
            start_by: self.start_by,
            due_at: self.due_at,
            ready_at: self.ready_at,
            leases: unsigned(id, "fence", self.fence)?,
            tries: unsigned(id, "tries", self.tries)?,
            lease,
            ended_at: self.ended_at,
            death,
            work: self.work,
        };
        Ok(JobRow {
            id: JobId(id),
            kind: kind(self.kind),
            lane: lane(id, self.lane)?,
            key: self.key,
            stands: Stands::Queued(Box::new(queued)),
        })
    }
}

fn read_done((id, name, lane_number, key, outcome, at, message): DoneRow) -> Result<JobRow, StoreError> {
    let ending = Ending::from_name(&outcome).ok_or_else(|| inconsistent(id, "outcome", &outcome))?;
    Ok(JobRow {
        id: JobId(id),
        kind: kind(name),
        lane: lane(id, lane_number)?,
        key,
        stands: Stands::Done { ending, at, message },
    })
}
