//! When a listener is told that a program is ready, on one of their channels: at its ready-by and never
//! before, not in their quiet hours, and of several programs together if they wish. What is sent is not
//! known here.

mod quiet;
#[cfg(test)]
mod tests;

pub use quiet::{NeverLoud, Quiet};

use crate::{id::ProgramId, schedule::Zone};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether programs of the same minute come in one notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bundling {
    /// A notice for each.
    #[default]
    Each,
    /// One notice for all of a minute; what quiet hours held back is one minute's.
    Digest,
}

/// A listener's wish for one channel. Its serde form is JSON text in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub zone: Zone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    #[serde(default)]
    pub bundling: Bundling,
}

/// A program that is to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    pub program: ProgramId,
    pub ready_by: Timestamp,
    /// Since when it can be heard.
    pub visible_at: Timestamp,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    pub at: Timestamp,
    /// By their ready-by.
    pub programs: Vec<ProgramId>,
}

impl Settings {
    /// When a notice of a program goes out: when it was promised, or when it came if that was later, but not
    /// in quiet hours.
    pub fn send_at(&self, ready: &Ready) -> Timestamp {
        self.tell_at(ready.ready_by.max(ready.visible_at))
    }

    /// When what is to be told at an instant is told: then, but not in quiet hours.
    pub fn tell_at(&self, at: Timestamp) -> Timestamp {
        self.quiet.map_or(at, |quiet| quiet.end_after(at, &self.zone))
    }

    /// When an operator is told of a batch: when it is closed, or with all of its hour.
    pub fn summary_at(&self, closed_at: Timestamp) -> Timestamp {
        self.tell_at(match self.bundling {
            Bundling::Each => closed_at,
            Bundling::Digest => full_hour_after(closed_at),
        })
    }

    /// What is told together with others carries the same mark, and what is told alone none.
    pub fn bundle(&self, send_at: Timestamp) -> Option<String> {
        match self.bundling {
            Bundling::Each => None,
            Bundling::Digest => Some(minute(send_at).to_string()),
        }
    }

    /// All notices for programs that nobody was told of yet, the earliest first.
    pub fn sendings(&self, ready: &[Ready]) -> Vec<Sending> {
        let mut by_time: Vec<(Timestamp, &Ready)> =
            ready.iter().map(|one| (self.send_at(one), one)).collect();
        by_time.sort_by_key(|(at, one)| (minute(*at), one.ready_by, one.program));
        let same = |one: &(Timestamp, &Ready), next: &(Timestamp, &Ready)| match self.bundling {
            Bundling::Each => false,
            Bundling::Digest => minute(one.0) == minute(next.0),
        };
        let sending = |group: &[(Timestamp, &Ready)]| Sending {
            at: group.iter().map(|(at, _)| *at).max().unwrap_or(Timestamp::MAX),
            programs: group.iter().map(|(_, one)| one.program).collect(),
        };
        let mut sendings: Vec<Sending> = by_time.chunk_by(same).map(sending).collect();
        sendings.sort_by_key(|sending| sending.at);
        sendings
    }
}

fn full_hour_after(at: Timestamp) -> Timestamp {
    let hours = at.as_second().div_euclid(3_600) + 1;
    Timestamp::from_second(hours * 3_600).unwrap_or(Timestamp::MAX)
}

/// The minute of an instant, counted from the epoch: what programs of one digest share, and so a part of
/// the key that keeps a digest from being sent twice.
pub fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}
