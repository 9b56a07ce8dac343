//! Whether the mornings to come fit the capacity there is, and when each batch has to begin.
//!
//! Work is laid out backwards from the deadlines, as late as possible, so programs are fresh and a
//! batch opens early only when others need the minutes before its deadline. The same layout feeds
//! the planner, the load page and the at-risk metric. It knows seconds of work, not what they do.

mod backwards;
mod capacity;
mod durations;
mod forwards;
mod learned;
mod sharing;
#[cfg(test)]
mod tests;

pub use capacity::Capacity;
pub use durations::{BatchWork, Durations, Step};
pub use learned::Learned;
pub use sharing::Sharing;

use jiff::{SignedDuration, Timestamp};

/// Width of the load page's buckets; they begin at whole multiples of it since the epoch.
pub const BUCKET: SignedDuration = SignedDuration::from_mins(5);

/// How early and how late production of a batch may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Longest time between opening and ready-by: what is chosen then must still be news.
    pub freshness: SignedDuration,
    /// Shortest time between opening and ready-by, however little there is to do.
    pub lead: SignedDuration,
    /// Taken off the latest start that still fits, since a prediction is only that.
    pub margin: SignedDuration,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            freshness: SignedDuration::from_hours(6),
            lead: SignedDuration::from_mins(10),
            margin: SignedDuration::from_mins(5),
        }
    }
}

/// What a batch needs, and between which instants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    pub ready_by: Timestamp,
    /// When its work has to end: `ready_by`, or later for what was opened too late for that
    /// ([`crate::occurrence::due_at`]).
    pub due_at: Timestamp,
    /// It never opens before this.
    pub earliest: Timestamp,
    /// Seconds of work still to do, of one slot of capacity.
    pub work_s: f64,
}

impl Demand {
    /// A batch of the daily schedule.
    pub fn scheduled(ready_by: Timestamp, work_s: f64, window: &Window) -> Self {
        Self { ready_by, due_at: ready_by, earliest: earlier(ready_by, window.freshness), work_s }
    }
}

/// What is to be expected of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// When production has to open. In the past: at once.
    pub opens_at: Timestamp,
    /// Seconds of work that no plan can fit before `due_at`; 0 when all fits.
    pub shortfall_s: f64,
    /// When its work ends if every batch opens as planned and the most urgent always goes first.
    /// `None` when capacity never suffices.
    pub finishes_at: Option<Timestamp>,
}

impl Outlook {
    /// Whether the work will end later than an instant.
    pub fn is_later_than(&self, instant: Timestamp) -> bool {
        self.finishes_at.is_none_or(|finish| finish > instant)
    }
}

/// Five minutes of the load page, in seconds of one slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    pub start: Timestamp,
    /// From `now` on, in the bucket that `now` lies in.
    pub capacity_s: f64,
    pub planned_s: f64,
}

/// What one demand gets of a stretch of time in which nothing changes; others may share it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Its place among the demands given.
    pub demand: usize,
    pub from: Timestamp,
    pub to: Timestamp,
    pub work_s: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// One for each demand, in the order given.
    pub outlooks: Vec<Outlook>,
    /// Those with work planned, earliest first.
    pub buckets: Vec<Bucket>,
    /// The same work by demand, earliest first; no share reaches over the end of a bucket.
    pub shares: Vec<Share>,
}

/// Lays out all demands from `now` on. Whenever any plan meets every deadline, this one does;
/// otherwise the shortfall over all batches is the least there can be.
pub fn forecast(demands: &[Demand], capacity: &Capacity, window: &Window, now: Timestamp) -> Forecast {
    let stretches: Vec<Stretch> = demands.iter().map(|demand| Stretch::of(demand, now)).collect();
    let layout = backwards::lay_out(&stretches, capacity);
    let opens: Vec<Timestamp> = demands
        .iter()
        .zip(&layout.placed)
        .map(|(demand, placed)| {
            let start = if placed.left_us > 0 { demand.earliest } else { instant(placed.start_us) };
            let latest = earlier(demand.ready_by, window.lead);
            earlier(start, window.margin).min(latest).max(demand.earliest)
        })
        .collect();
    let opened: Vec<Stretch> = stretches
        .iter()
        .zip(&opens)
        .map(|(stretch, opens_at)| Stretch { from_us: opens_at.max(&now).as_microsecond(), ..*stretch })
        .collect();
    let finishes = forwards::run(&opened, capacity);
    let outlooks = opens
        .into_iter()
        .zip(&layout.placed)
        .zip(finishes)
        .map(|((opens_at, placed), finish)| Outlook {
            opens_at,
            shortfall_s: seconds(placed.left_us),
            finishes_at: finish.map(instant),
        })
        .collect();
    Forecast { outlooks, buckets: layout.buckets(capacity, now), shares: layout.shares() }
}

/// A demand in whole microseconds, which add up without remainders.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from_us: i64,
    to_us: i64,
    work_us: u64,
}

impl Stretch {
    fn of(demand: &Demand, now: Timestamp) -> Self {
        Self {
            from_us: demand.earliest.max(now).as_microsecond(),
            to_us: demand.due_at.as_microsecond(),
            // The cast saturates, and takes negatives and NaN for 0.
            work_us: (demand.work_s * 1e6).ceil() as u64,
        }
    }
}

fn earlier(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

fn instant(micros: i64) -> Timestamp {
    let edge = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(edge)
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}
