//! `admin limit`: what limits are of.

use clap::Subcommand;
use domain::{ListenerId, Work};
use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

#[derive(Debug, Subcommand)]
pub enum Limit {
    /// Show the limits that hold
    List,
    /// Set one: it holds within a second, and what runs already goes on
    Set {
        /// A kind of job (narrate, assemble, ...), `listener` for each listener's own articles, or one listener's id
        #[arg(value_name = "WHAT")]
        of: Scope,
        /// So many at a time; 0 holds all of them back
        #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(..=100_000))]
        most: u32,
    },
    /// Lift one
    Lift {
        #[arg(value_name = "WHAT")]
        of: Scope,
    },
}

/// What a limit is of.
#[derive(Clone, Debug)]
pub enum Scope {
    Kind(queue::Kind),
    EachListener,
    Listener(ListenerId),
}

const EACH_LISTENER: &str = "listener";

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == EACH_LISTENER {
            return Ok(Self::EachListener);
        }
        if let Some(kind) = Work::KINDS.into_iter().find(|kind| *kind == text) {
            return Ok(Self::Kind(kind.to_owned().into()));
        }
        text.parse().map(Self::Listener).map_err(|_| {
            format!("say one of {}, {EACH_LISTENER}, or a listener's id", Work::KINDS.join(", "))
        })
    }
}

impl Display for Scope {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => f.write_str(kind.name()),
            Self::EachListener => f.write_str(EACH_LISTENER),
            Self::Listener(id) => id.fmt(f),
        }
    }
}
