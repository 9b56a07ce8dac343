//! The operator's pages, under `/operate`: what the night looks like, and what can be done about it. They ask and record
//! by the functions of `api::operate`; whoever is no operator sees none of it.

mod audit;
mod batches;
mod board;
mod dead;
mod jobs;
mod now;
mod providers;
mod sources;

use super::{Pages, Routes, Shell, Signed, Words, time};
use crate::api::{Caller, refused::Refused};
use axum::{extract::FromRequestParts, http::request::Parts};
use board::{Board, board};
use domain::{schedule::Zone, token::Scope};
use jiff::Timestamp;
use store::Micros;

/// The pages an operator goes between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Now,
    Batches,
    Dead,
    Jobs,
    Providers,
    Sources,
    Audit,
}

impl Tab {
    /// Path and name of each.
    pub const ALL: [(&'static str, &'static str, Self); 7] = [
        ("/operate", "op-now", Self::Now),
        ("/operate/batches", "op-batches", Self::Batches),
        ("/operate/dead", "op-dead", Self::Dead),
        ("/operate/jobs", "op-jobs", Self::Jobs),
        ("/operate/providers", "op-providers", Self::Providers),
        ("/operate/sources", "op-sources", Self::Sources),
        ("/operate/audit", "op-audit", Self::Audit),
    ];

    pub fn at(self, other: &Self) -> &'static str {
        if self == *other { "page" } else { "false" }
    }
}

/// Where an operator sits: who they are, their clock, and the frame of their page.
#[derive(Clone, Debug)]
pub struct Desk {
    pub caller: Caller,
    pub shell: Shell,
    pub t: Words,
    zone: Zone,
    now: Micros,
}

impl Desk {
    fn moment(&self, at: Timestamp) -> String {
        time::moment(self.t, at.as_microsecond(), &self.zone, self.now)
    }

    fn maybe_moment(&self, at: Option<Timestamp>) -> String {
        at.map_or_else(|| "–".to_owned(), |at| self.moment(at))
    }
}

impl FromRequestParts<Pages> for Desk {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Refused> {
        let Signed { caller, listener, shell } = Signed::from_request_parts(parts, pages).await?;
        let caller = caller.may(Scope::Operate)?;
        Ok(Self { caller, t: shell.t, shell, zone: listener.zone, now: pages.now() })
    }
}

/// `$1.20`, of millionths.
fn dollars(micro_usd: u64) -> String {
    format!("${:.2}", micro_usd as f64 / 1e6)
}

pub fn routes() -> Routes {
    Routes::default()
        .merge(now::routes())
        .merge(batches::routes())
        .merge(dead::routes())
        .merge(jobs::routes())
        .merge(providers::routes())
        .merge(sources::routes())
        .merge(audit::routes())
}
