//! The JSON API, version 1: everything a listener and an operator can do, one file a noun. The handlers describe
//! themselves; what they say together is `openapi.json`.
//!
//! A listener sees what is theirs: what is somebody else's is not there for them.

mod admit;
pub(crate) mod body;
pub(crate) mod caller;
mod channels;
mod deliveries;
mod document;
mod events;
pub(crate) mod export;
pub(crate) mod feeds;
pub(crate) mod filters;
mod hearing;
pub(crate) mod me;
pub(crate) mod occurrences;
pub mod operate;
pub(crate) mod opml;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod podcasts;
mod production;
pub(crate) mod programs;
mod rate;
pub(crate) mod readings;
pub(crate) mod refused;
pub(crate) mod schedules;
mod schema;
pub(crate) mod sources;
mod tick;
pub(crate) mod tokens;

pub use caller::{By, Caller};
pub use document::{document, routes};
pub use production::{Answer, Gift, Made, Production, Ticked, Undeleted, Ungiven, Unpayable};
pub use tick::SchedulerToken;

use crate::{
    account::{self, Account},
    channels::Channels,
    podcast::Addresses,
};
use axum::{
    Router, extract::DefaultBodyLimit, http::header, middleware, response::IntoResponse, routing::get,
};
use domain::entitlement::Offer;
use jiff::Timestamp;
use operate::tally::Tallies;
use queue::{Clock, Entropy};
use rate::Rate;
use std::{fmt, sync::Arc};
use store::{Micros, Store};
use utoipa_axum::router::OpenApiRouter;

/// Where all of it lies.
pub const BASE: &str = "/api/v1";

/// What the API works with.
#[derive(Clone)]
pub struct Api {
    pub(crate) store: Store,
    account: Account,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pub(crate) addresses: Arc<Addresses>,
    /// Asked whether an address may be fetched; nothing is fetched here.
    client: Arc<net::Client>,
    pub(crate) production: Arc<dyn Production>,
    pub(crate) channels: Channels,
    /// What listeners may have.
    pub(crate) offer: Arc<Offer>,
    /// What operators see counted.
    pub(crate) tallies: Arc<Tallies>,
    rate: Arc<Rate>,
    scheduler: Option<blake3::Hash>,
    scheduler_token: Option<Arc<SchedulerToken>>,
}

/// What the API is made of.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    /// Browsers that are signed in come in, too.
    pub account: Account,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub addresses: Addresses,
    pub client: net::Client,
    pub production: Arc<dyn Production>,
    pub channels: Channels,
    pub offer: Offer,
    /// Of one token.
    pub requests_per_minute: u32,
    /// What an outside scheduler shows to have a tick, beside tokens of operators.
    pub scheduler_token: Option<String>,
    /// Or what its own provider gives it.
    pub scheduler: Option<SchedulerToken>,
}

impl Api {
    pub fn new(parts: Parts) -> Self {
        let Parts {
            store,
            account,
            clock,
            entropy,
            addresses,
            client,
            production,
            channels,
            offer,
            requests_per_minute,
            scheduler_token,
            scheduler,
        } = parts;
        Self {
            store,
            account,
            clock,
            entropy,
            addresses: Arc::new(addresses),
            client: Arc::new(client),
            production,
            channels,
            offer: Arc::new(offer),
            tallies: Arc::default(),
            rate: Arc::new(Rate::new(requests_per_minute)),
            scheduler: scheduler_token.map(|token| blake3::hash(token.as_bytes())),
            scheduler_token: scheduler.map(Arc::new),
        }
    }

    pub(crate) fn now(&self) -> Micros {
        self.clock.now()
    }

    pub(crate) fn chance(&self) -> [u64; 2] {
        [self.entropy.bits(), self.entropy.bits()]
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("store", &self.store).finish_non_exhaustive()
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Everything there is, the document included.
pub fn router(api: Api) -> Router {
    let (routes, _) = described().split_for_parts();
    let routes = routes
        .layer(middleware::from_fn_with_state(api.clone(), admit::admit))
        .layer(account::csrf(&api.account))
        .layer(DefaultBodyLimit::max(body::MOST_BYTES))
        .with_state(api);
    Router::new()
        .route(&format!("{BASE}/openapi.json"), get(openapi))
        .merge(routes)
        .route(&format!("{BASE}/{{*rest}}"), axum::routing::any(nothing))
}

/// The routes that describe themselves.
fn described() -> OpenApiRouter<Api> {
    let listener = OpenApiRouter::new()
        .merge(me::router())
        .merge(plan::router())
        .merge(sources::router())
        .merge(feeds::router())
        .merge(programs::router())
        .merge(hearing::router())
        .merge(readings::router())
        .merge(occurrences::router())
        .merge(podcasts::router())
        .merge(schedules::router())
        .merge(filters::router())
        .merge(opml::router())
        .merge(tokens::router())
        .merge(channels::router())
        .merge(deliveries::router())
        .merge(export::router())
        .merge(tick::router());
    OpenApiRouter::new().nest(BASE, listener.nest("/operate", operate::router()))
}

async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "max-age=300")], document::text())
}

async fn nothing() -> refused::Refused {
    refused::Refused::Missing("route")
}

/// An instant as JSON has it; one beyond the calendar counts as its edge.
pub(crate) fn at(micros: Micros) -> Timestamp {
    let edge = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(micros).unwrap_or(edge)
}
