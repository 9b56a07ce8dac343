//! Health: whether what this process leans on answers, and whether somebody plans.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
    now,
};
use crate::{
    api::refused::Refused,
    pages::{Fields, Pages, Routes, Words},
};
use askama::Template;
use std::{fmt, time::Duration};

/// Who waits longer is not answered in time anyway.
const PATIENCE: Duration = Duration::from_millis(500);

struct Health;

#[derive(Template)]
#[template(path = "operate/health.html")]
struct Body {
    t: Words,
    checks: Vec<Check>,
    version: &'static str,
    dialect: &'static str,
    connections: u32,
}

struct Check {
    name: String,
    tone: &'static str,
    told: String,
}

pub fn routes() -> Routes {
    board::<Health>()
}

impl Board for Health {
    const TAB: Tab = Tab::Health;
    const PATHS: Paths =
        Paths { page: "/operate/health", part: "/operate/part/health", stream: "/operate/live/health" };

    async fn body(pages: &Pages, desk: &Desk, _: &Fields) -> Result<String, Refused> {
        let (t, store) = (desk.t, pages.store());
        let (database, media) = tokio::join!(
            answers("database", store.answers()),
            answers("media", pages.podcasts.media_answers())
        );
        let next_due = store.next_due().await?;
        let tick = now::tick(desk, pages.api.production.last_tick(), next_due);
        let check = |name: &str, answers: bool| {
            let (tone, told) = if answers { ("good", "op-answers") } else { ("bad", "op-silent") };
            Check { name: t.say(name), tone, told: t.say(told) }
        };
        let planner = Check { name: t.say("op-tick"), tone: tick.tone, told: tick.told };
        let store::Connections { idle, busy } = store.connections();
        rendered(&Body {
            t,
            checks: vec![check("op-database", database), check("op-media", media), planner],
            version: env!("CARGO_PKG_VERSION"),
            dialect: store.dialect(),
            connections: idle + busy,
        })
    }
}

/// The cause may name hosts and folders: it goes to the log.
async fn answers<E: fmt::Display>(name: &str, asked: impl Future<Output = Result<(), E>>) -> bool {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::warn!(%error, "no answer: {name}"),
        Err(_) => tracing::warn!("no answer within {} ms: {name}", PATIENCE.as_millis()),
    }
    false
}
