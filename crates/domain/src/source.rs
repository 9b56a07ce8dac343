//! A source: what names it, and its rhythm, when it is read again.
//!
//! A source is read about as often as it has something new, between every 5 minutes and once a day. What
//! its server asks for comes first; failures make the waits longer and never infinite. Where nothing else
//! speaks against it, a reading is moved to shortly before somebody's program is made.

use jiff::Timestamp;
use std::time::Duration;

pub mod address;
#[cfg(test)]
mod tests;

pub use address::{BadAddress, Place, SourceAddress};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// Between two readings, at least.
pub const LEAST: Duration = Duration::from_secs(5 * 60);
/// Between two readings, at most; a server that asks for more gets this.
pub const MOST: Duration = DAY;

/// A source whose reading was cut off is left alone for this long, and twice as long each time after.
const DOUBT: Duration = Duration::from_secs(60);
/// Before a program's ready-by, what it is made of should have been read.
const AHEAD: Duration = Duration::from_secs(45 * 60);
/// Readings for the same morning are spread over this.
const SPREAD: Duration = Duration::from_secs(30 * 60);
/// A feed that shows at least so many entries, all of the last week, is taken to have had more.
const FULL_LIST: u32 = 10;
/// A 304 for longer than this is doubted: servers are known to say it for ever.
const DOUBTFUL: Duration = Duration::from_secs(8 * 86_400);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    /// Its server said that it is gone for good (410): it is not read until somebody says otherwise.
    Gone,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Gone => "gone",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Gone].into_iter().find(|state| state.name() == name)
    }
}

/// What a reading brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Something that was not known. `pace` as [`pace`] tells it from all entries.
    News {
        pace: Option<Duration>,
    },
    /// It was read, or had not changed: nothing that was not known.
    Nothing,
    Failure,
}

/// What is learned of a source, from reading to reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Its own time between two readings.
    pub interval: Duration,
    /// Failures since the last answer.
    pub failures: u32,
}

impl Rhythm {
    /// Of a source that was never read.
    pub const NEW: Self = Self { interval: HOUR, failures: 0 };

    /// What it is after one more reading.
    ///
    /// News set the interval by their dates. Without dates it is found by trial: shorter after news, longer
    /// after none, so that about every second reading brings some. A quiet source slows down gently, and its
    /// next news bring it back.
    #[must_use]
    pub fn after(self, brought: Brought) -> Self {
        let interval = match brought {
            Brought::News { pace: Some(pace) } => pace,
            Brought::News { pace: None } => self.interval * 2 / 3,
            Brought::Nothing => self.interval * 5 / 4,
            Brought::Failure => {
                return Self { failures: self.failures.saturating_add(1), ..self };
            }
        };
        Self { interval: interval.clamp(LEAST, MOST), failures: 0 }
    }

    /// What it is while it is being read, and how soon it is read again if that is the end of whoever reads: what
    /// brings a process down does so ever more rarely.
    #[must_use]
    pub fn begun(self) -> (Self, Duration) {
        let wait = DOUBT.saturating_mul(2_u32.pow(self.failures.min(16)));
        (self.after(Brought::Failure), wait.min(MOST))
    }

    /// How long to wait for the next reading, at most a day.
    ///
    /// `wish` is the longest time its server asked for, and is never undercut; `wanted` is how soon a program
    /// is to be ready that may be made of it. `fraction` in [0, 1) moves the instant by up to a tenth, so
    /// that sources do not come due together.
    pub fn wait(self, wish: Option<Duration>, wanted: Option<Duration>, fraction: f64) -> Duration {
        let wish = wish.unwrap_or_default().min(MOST);
        let base = self.own().max(wish);
        let latest = (base + base / 10).min(MOST);
        let earliest = (base - base / 10).max(wish).max(LEAST);
        let (earliest, latest) = match wanted.and_then(|wanted| wanted.checked_sub(AHEAD)) {
            Some(morning) if self.failures == 0 && morning >= wish.max(HOUR) && morning < latest => {
                ((morning - SPREAD).max(wish), morning)
            }
            _ => (earliest, latest),
        };
        earliest + (latest - earliest).mul_f64(fraction.clamp(0.0, 1.0))
    }

    /// Without a server's wish. A failing source doubles its wait, from an hour at most: one that is read
    /// once a day should not lose two days to one bad minute.
    fn own(self) -> Duration {
        let own = match self.failures {
            0 => self.interval,
            times => self.interval.min(HOUR).saturating_mul(2_u32.pow(times.min(16))),
        };
        own.clamp(LEAST, MOST)
    }
}

/// The time between two entries by the dates a feed shows; `None` where it shows no dates.
///
/// It is a week over the entries of the last seven days. A feed that shows only its latest entries, all of
/// them from this week, has had more than it shows: there it is the time they cover over their count.
pub fn pace(published: impl IntoIterator<Item = Timestamp>, now: Timestamp) -> Option<Duration> {
    let (mut dated, mut recent, mut oldest) = (0_u32, 0_u32, Duration::ZERO);
    for at in published {
        // A date to come counts as now.
        let age = Duration::try_from(now.duration_since(at)).unwrap_or_default();
        dated += 1;
        recent += u32::from(age <= WEEK);
        oldest = oldest.max(age);
    }
    let covered = if dated == recent && recent >= FULL_LIST { oldest } else { WEEK };
    match (dated, recent) {
        (0, _) => None,
        (_, 0) => Some(MOST),
        _ => Some((covered / recent).clamp(LEAST, MOST)),
    }
}

/// Whether to ask without validators: now and then where nothing new has come for `quiet`, which a server
/// that wrongly says 304 would explain. One reading in eight, by `fraction` in [0, 1).
pub fn doubts_silence(quiet: Duration, fraction: f64) -> bool {
    quiet > DOUBTFUL && fraction < 0.125
}
