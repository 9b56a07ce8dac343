//! One feed: when, from what, through which filter, how it sounds, and where a podcast app finds it.

mod builder;
mod filter;
mod podcast;
mod schedule;
mod sound;
mod sources;

use super::feeds::named;
use crate::{
    api::{feeds, plan, refused::Refused},
    pages::{Pages, Routes, Signed},
};
use domain::FeedId;
use store::feeds::Feed;

/// What the pages of one feed have in common.
#[derive(Clone, Debug)]
struct Frame {
    id: FeedId,
    name: String,
    on_hold: String,
    /// Of a program that is asked for here.
    key: String,
    tab: &'static str,
}

pub fn routes() -> Routes {
    Routes::default()
        .merge(schedule::routes())
        .merge(sources::routes())
        .merge(filter::routes())
        .merge(sound::routes())
        .merge(podcast::routes())
}

impl Frame {
    /// Of a feed of the listener's, with the feed itself.
    async fn of(
        pages: &Pages,
        signed: &Signed,
        id: &str,
        tab: &'static str,
    ) -> Result<(Self, Feed), Refused> {
        let feed = feeds::found(&pages.api, signed.caller, named(id)?).await?;
        let who = plan::who(&pages.api, signed.caller.listener).await?;
        let on_hold = plan::on_hold(&pages.api, &who, &feed).await?.unwrap_or_default();
        let [a, b] = pages.api.chance();
        let key = format!("page-{a:016x}{b:016x}");
        Ok((Self { id: feed.id, name: feed.name.clone(), on_hold, key, tab }, feed))
    }

    fn at(&self, tab: &str) -> &'static str {
        if self.tab == tab { "page" } else { "false" }
    }
}
