//! The policies that are compared: when production of an occurrence is opened.

use crate::{jobs::SECOND, planner::Opening};
use queue::Micros;

/// When production of an occurrence is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Policy {
    /// So that it is ready by its time: what the service does
    ReadyBy,
    /// At its time
    FireAt,
    /// At its time and up to 15 minutes later, evenly
    Jitter,
}

impl Policy {
    pub const ALL: [Self; 3] = [Self::ReadyBy, Self::FireAt, Self::Jitter];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadyBy => "ready-by",
            Self::FireAt => "fire-at",
            Self::Jitter => "jitter",
        }
    }

    pub(super) const fn opening(self, tick: Micros) -> Opening {
        match self {
            Self::ReadyBy => Opening::ByForecast,
            Self::FireAt => Opening::AtReadyBy,
            Self::Jitter => Opening::Spread { over: 15 * 60 * SECOND, tick },
        }
    }
}
