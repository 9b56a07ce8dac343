//! The operator's pages, under `/operate`: what the night looks like, and what can be done about it. They ask and record
//! by the functions of `api::operate`. Operators decide here; observers look; nobody else sees any of it.

mod artifacts;
mod audit;
mod batches;
mod board;
mod dead;
mod deliveries;
mod forecast;
mod health;
mod jobs;
mod listeners;
mod now;
mod providers;
mod settings;
mod sources;

use super::{Pages, Routes, Shell, Signed, Words, time};
use crate::api::{Caller, refused::Refused};
use axum::{extract::FromRequestParts, http::request::Parts};
use board::{Board, board};
use domain::{schedule::Zone, token::Scope};
use jiff::Timestamp;
use store::{Micros, listeners::Role};

/// The pages an operator goes between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Now,
    Forecast,
    Batches,
    Dead,
    Jobs,
    Providers,
    Sources,
    Artifacts,
    Deliveries,
    Listeners,
    Audit,
    Health,
    Settings,
}

impl Tab {
    /// Path and name of each.
    pub const ALL: [(&'static str, &'static str, Self); 13] = [
        ("/operate", "op-now", Self::Now),
        ("/operate/forecast", "op-forecast", Self::Forecast),
        ("/operate/batches", "op-batches", Self::Batches),
        ("/operate/dead", "op-dead", Self::Dead),
        ("/operate/jobs", "op-jobs", Self::Jobs),
        ("/operate/providers", "op-providers", Self::Providers),
        ("/operate/sources", "op-sources", Self::Sources),
        ("/operate/artifacts", "op-artifacts", Self::Artifacts),
        ("/operate/deliveries", "op-deliveries", Self::Deliveries),
        ("/operate/listeners", "op-listeners", Self::Listeners),
        ("/operate/audit", "op-audit", Self::Audit),
        ("/operate/health", "op-health", Self::Health),
        ("/operate/settings", "op-settings", Self::Settings),
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
    /// Not an observer's.
    pub may_decide: bool,
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
        // An observer decides nothing, however they came in.
        let observes = listener.role == Role::Observer;
        let may_decide = caller.scope.allows(Scope::Operate) && !observes;
        let may_look = observes && parts.method.is_safe();
        if !may_decide && !may_look {
            return Err(Refused::Scope(Scope::Operate));
        }
        Ok(Self { caller, t: shell.t, shell, may_decide, zone: listener.zone, now: pages.now() })
    }
}

/// `$1.20`, of millionths.
fn dollars(micro_usd: u64) -> String {
    format!("${:.2}", micro_usd as f64 / 1e6)
}

pub fn routes() -> Routes {
    Routes::default()
        .merge(now::routes())
        .merge(forecast::routes())
        .merge(batches::routes())
        .merge(dead::routes())
        .merge(jobs::routes())
        .merge(providers::routes())
        .merge(sources::routes())
        .merge(artifacts::routes())
        .merge(deliveries::routes())
        .merge(listeners::routes())
        .merge(audit::routes())
        .merge(health::routes())
        .merge(settings::routes())
}
