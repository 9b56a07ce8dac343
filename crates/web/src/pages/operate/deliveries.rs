//! Deliveries: which channels there are, and what was told on them of late.

use super::{
    Board, Desk, Tab, board,
    board::{Paths, rendered},
};
use crate::{
    api::{at, page::Stretch, refused::Refused},
    pages::{Fields, Pages, Routes, Shell, Words},
};
use askama::Template;
use domain::{ListenerId, channel::Kind};
use std::collections::BTreeMap;
use store::{channels::ChannelCount, deliveries::Logged};

struct Deliveries;

#[derive(Template)]
#[template(path = "operate/deliveries.html")]
struct Body<'a> {
    t: Words,
    shell: &'a Shell,
    channels: Vec<Channels>,
    log: Vec<Row>,
    next: String,
}

/// All channels of a kind.
struct Channels {
    kind: String,
    on: u64,
    off: u64,
}

struct Row {
    when: String,
    listener: ListenerId,
    kind: String,
    place: String,
    state: String,
    tone: &'static str,
    attempts: u32,
    detail: String,
}

pub fn routes() -> Routes {
    board::<Deliveries>()
}

impl Board for Deliveries {
    const TAB: Tab = Tab::Deliveries;
    const PATHS: Paths = Paths {
        page: "/operate/deliveries",
        part: "/operate/part/deliveries",
        stream: "/operate/live/deliveries",
    };

    async fn body(pages: &Pages, desk: &Desk, asked: &Fields) -> Result<String, Refused> {
        let stretch = Stretch { cursor: asked.some("cursor").map(ToOwned::to_owned), limit: None };
        let limit = stretch.limit()?;
        let found = pages.store().deliveries_of_all(stretch.after()?, limit).await?;
        let is_more = found.len() >= limit as usize;
        let shown = &found[..found.len().min(limit as usize - 1)];
        let next = shown.last().filter(|_| is_more);
        let next = next.map_or_else(String::new, |last| format!("/operate/deliveries?cursor={}", last.id));
        let store = pages.store().clone();
        let counts = pages.api.tallies.channels.read(async move { store.count_channels().await }).await?;
        rendered(&Body {
            t: desk.t,
            shell: &desk.shell,
            channels: channels(desk.t, &counts),
            log: shown.iter().map(|one| row(desk, one)).collect(),
            next,
        })
    }
}

fn channels(t: Words, counts: &[ChannelCount]) -> Vec<Channels> {
    let mut kinds: BTreeMap<&str, (Kind, u64, u64)> = BTreeMap::new();
    for count in counts {
        let (_, on, off) = kinds.entry(count.kind.name()).or_insert((count.kind, 0, 0));
        *if count.off.is_some() { off } else { on } += count.total;
    }
    kinds.into_values().map(|(kind, on, off)| Channels { kind: named(t, kind), on, off }).collect()
}

fn named(t: Words, kind: Kind) -> String {
    t.say(&format!("channel-{}", kind.name().replace('_', "-")))
}

fn row(desk: &Desk, one: &Logged) -> Row {
    let state = one.state.name();
    let status = one.status.map_or_else(String::new, |status| format!("{status} "));
    Row {
        when: desk.moment(at(one.tried_at.unwrap_or(one.created_at))),
        listener: one.listener,
        kind: named(desk.t, one.kind),
        place: one.place.clone(),
        state: desk.t.say(&format!("delivery-{state}")),
        tone: match state {
            "sent" => "good",
            "failed" => "bad",
            _ => "",
        },
        attempts: one.attempts,
        detail: format!("{status}{}", one.detail.as_deref().unwrap_or_default()),
    }
}
