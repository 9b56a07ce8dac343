//! What the planner sees of the load to come, and how long a look is good.

use super::{MOST_BATCHES, upkeep};
use crate::{
    clock::timestamp,
    jobs::{Room, SECOND},
    metrics::{self, Horizon},
};
use domain::{
    BatchId,
    forecast::{Capacity, Demand, Forecast, forecast},
};
use jiff::SignedDuration;
use queue::Micros;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};
use store::StoreError;

/// The load to come, as far as production may open it.
#[derive(Debug)]
pub struct Outlooks {
    pub minutes: Vec<Minute>,
    pub forecast: Forecast,
}

/// One ready-by minute whose feeds are still to be opened, or whose batch is in production.
#[derive(Clone, Copy, Debug)]
pub struct Minute {
    pub ready_by: Micros,
    /// When listeners expect it; what is open may have been given more time than that.
    pub promised: Micros,
    pub feeds: u64,
    pub batch: Option<BatchId>,
    /// Programs to come: of the feeds, or of the batch.
    pub programs: u64,
    pub work_s: f64,
}

/// What was seen when somebody last looked: counting what is due, and how far what is open has come, is for
/// every half minute, not for every tick.
#[derive(Debug, Default)]
pub struct Lookout {
    seen: Mutex<Option<Seen>>,
    looked_at: AtomicI64,
    /// When a tick last ended; 0: none has.
    ticked_at: AtomicI64,
}

#[derive(Debug)]
struct Seen {
    at: Micros,
    next_due: Option<Micros>,
    outlooks: Arc<Outlooks>,
}

/// How long a look is good, unless the next feed to come due is another.
const LOOK_EVERY: Micros = 30 * SECOND;

/// A planner that has not looked for so long, or never, comes back from an outage.
const AWAY: Micros = 5 * 60 * SECOND;

impl Lookout {
    /// The load to come as it was seen a moment ago. What nobody waits for yet is due later than what somebody
    /// does; so a new feed that is due before is seen at once, and any other soon enough.
    pub(super) async fn look(&self, room: &Room, now: Micros) -> Result<Arc<Outlooks>, StoreError> {
        let next_due = room.store.next_due().await?;
        let is_good = |seen: &&Seen| seen.next_due == next_due && (0..LOOK_EVERY).contains(&(now - seen.at));
        if let Some(seen) = self.lock().as_ref().filter(is_good) {
            return Ok(seen.outlooks.clone());
        }
        let outlooks = Arc::new(Outlooks::look(room, now).await?);
        outlooks.tell(now);
        let looked_at = self.looked_at.load(Ordering::Relaxed);
        if !(0..AWAY).contains(&(now - looked_at)) {
            upkeep::take_up_again(room, now).await?;
        }
        upkeep::look_after(room, now).await?;
        self.looked_at.store(now, Ordering::Relaxed);
        *self.lock() = Some(Seen { at: now, next_due, outlooks: outlooks.clone() });
        Ok(outlooks)
    }

    /// A tick has ended.
    pub fn ticked(&self, now: Micros) {
        self.ticked_at.store(now, Ordering::Relaxed);
    }

    pub fn last_tick(&self) -> Option<Micros> {
        Some(self.ticked_at.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    /// Something was opened: nothing is as it was seen.
    pub(super) fn forget(&self) {
        *self.lock() = None;
    }

    /// A panic while holding it leaves plain data, still good.
    fn lock(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outlooks {
    /// Counts what is due within the freshness limit, and lays it out with what is in production already.
    pub async fn look(room: &Room, now: Micros) -> Result<Self, StoreError> {
        let window = &room.rules.window;
        let longest = room.rules.plans.values().map(|plan| plan.freshness).max();
        let freshness = longest.unwrap_or(window.freshness).max(window.freshness);
        Self::look_until(room, now.saturating_add(micros(freshness)), now).await
    }

    /// The same for all that is due up to an instant, openable or not.
    pub async fn look_until(room: &Room, horizon: Micros, now: Micros) -> Result<Self, StoreError> {
        let window = &room.rules.window;
        let durations = room.learning.durations();
        let mut minutes: Vec<Minute> = room
            .store
            .due_minutes(horizon)
            .await?
            .into_iter()
            .map(|(ready_by, feeds)| Minute {
                ready_by,
                promised: ready_by,
                feeds,
                batch: None,
                programs: feeds,
                work_s: durations.work_s(&room.learning.predict(feeds)),
            })
            .collect();
        for batch in room.store.unclosed_batches(MOST_BATCHES).await? {
            let progress = room.store.batch_progress(batch.id).await?;
            minutes.push(Minute {
                ready_by: batch.due_at,
                promised: if batch.request.is_some() { batch.due_at } else { batch.ready_by },
                feeds: 0,
                batch: Some(batch.id),
                programs: progress.unfinished(),
                work_s: durations.work_s(&progress.work_left()),
            });
        }
        let demands: Vec<Demand> = minutes
            .iter()
            .map(|minute| {
                let demand = Demand::scheduled(timestamp(minute.ready_by), minute.work_s, window);
                match minute.batch {
                    // What is open already may be worked on at once.
                    Some(_) => Demand { earliest: timestamp(now), ..demand },
                    None => demand,
                }
            })
            .collect();
        let capacity = Capacity::steady(room.rules.capacity);
        let forecast = forecast(&demands, &capacity, window, timestamp(now));
        Ok(Self { minutes, forecast })
    }

    /// How many will be late, by how soon they are due.
    fn tell(&self, now: Micros) {
        for (horizon, minutes) in [(Horizon::QuarterHour, 15), (Horizon::Hour, 60), (Horizon::SixHours, 360)]
        {
            metrics::predicted_late(horizon, self.late_within(now.saturating_add(minutes * 60 * SECOND)));
        }
    }

    /// Programs that are promised up to an instant, and will be late.
    fn late_within(&self, until: Micros) -> u64 {
        let all = self.minutes.iter().zip(&self.forecast.outlooks);
        let late = all.filter(|(minute, outlook)| {
            minute.promised <= until && outlook.is_later_than(timestamp(minute.promised))
        });
        late.map(|(minute, _)| minute.programs).sum()
    }
}

pub(super) fn micros(duration: SignedDuration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
