//! The pages: what a listener and an operator see and do in a browser. They ask and record by the same functions as the
//! API's handlers, work without scripts for reading and settings, and load nothing from elsewhere.
//!
//! A page is a template and the handler that fills it. Whoever posts is led on (303) to a page that says what was
//! done; what is refused comes back as the same form, with what was typed and what is wrong with it (422).

mod app;
pub mod assets;
pub mod chart;
mod enter;
mod fields;
mod gzip;
mod listener;
mod live;
mod operate;
mod refusals;
mod routes;
mod shell;
mod time;
mod visitor;
mod vtt;
mod words;
mod zones;

use crate::{
    account::{self, Account},
    api::Api,
    podcast::Podcasts,
};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use fields::{Fields, Wrong};
use futures::future::BoxFuture;
use routes::Routes;
use shell::{Shell, led, page, page_with};
use std::{fmt, sync::Arc};
use store::{Micros, Store};
use visitor::{Signed, Visitor};
use words::Words;

/// Of a form; a list of sources is the largest.
const MOST_BYTES: usize = 2 << 20;

/// Resolves when the service is about to stop: streams end then.
pub type Ending = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// What pages are made from. Cheap to clone.
#[derive(Clone)]
pub struct Pages {
    pub api: Api,
    pub account: Account,
    pub podcasts: Podcasts,
    pub ending: Ending,
}

impl Pages {
    fn store(&self) -> &Store {
        &self.api.store
    }

    fn now(&self) -> Micros {
        self.api.now()
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("api", &self.api).finish_non_exhaustive()
    }
}

/// Method and pattern of every route here.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    all().known
}

fn all() -> Routes {
    let assets = Routes::default().get(assets::ROUTE, assets::read);
    assets.merge(app::routes()).merge(listener::routes()).merge(operate::routes())
}

/// All pages, and one that says that there is no such page.
pub fn router(pages: Pages) -> Router {
    all()
        .router
        .fallback(refusals::nothing)
        .layer(middleware::from_fn_with_state(pages.clone(), enter::enter))
        .layer(account::csrf(&pages.account))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn(gzip::packed))
        .with_state(pages)
}
