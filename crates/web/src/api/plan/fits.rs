//! Feeds against the plan: what is refused, and what is on hold.

use super::who;
use crate::api::{Api, at, caller::Caller, refused::Refused};
use domain::{
    Schedule,
    entitlement::{Refusal, Right, right},
    plan::{Limit, Wish},
};
use store::{Tx, entitlement::Who, feeds::Feed as Row};

/// Why a feed has no programs though it is not paused; in its listener's words.
pub async fn on_hold(api: &Api, who: &Who, feed: &Row) -> Result<Option<String>, Refused> {
    if feed.schedule.paused_since.is_some() {
        return Ok(None);
    }
    let told = |refusal: &Refusal| refusal.sentence(who.language, &who.zone);
    let right = match right(at(api.now()), &who.holder(), &api.offer.terms()) {
        Ok(right) => right,
        Err(refusal) => return Ok(Some(told(&refusal))),
    };
    if right.limits.feeds == Limit::NONE {
        return Ok(None);
    }
    let place = api.store.places(&[feed.id]).await?.remove(&feed.id);
    let covered = place.map_or(Ok(()), |place| right.covers(place.rank));
    Ok(covered.err().as_ref().map(told))
}

/// A feed as plans see it.
pub fn wish(feed: &Row, sources: usize) -> Wish<'static> {
    let Schedule { days, .. } = feed.schedule;
    Wish {
        sources: u32::try_from(sources).unwrap_or(u32::MAX),
        filters: feed.filter.conditions(),
        articles: feed.max_articles,
        minutes: feed.minutes,
        days,
        style: feed.style,
        voice: None,
    }
}

/// Refuses a new feed that the plan does not hold. Nobody makes another of the listener's until the transaction ends.
pub async fn check_new(api: &Api, tx: &mut Tx, caller: Caller, wish: &Wish<'_>) -> Result<(), Refused> {
    let (who, feeds) = tx.lock_feeds(caller.listener).await?.ok_or(Refused::Unknown)?;
    let right = had(api, &who)?;
    beyond(right.new_feed(feeds, wish).iter().map(|breach| breach.sentence(who.language)).collect())
}

/// Refuses what a change newly asks for beyond the plan. What a feed has from a better plan it may keep.
pub async fn check_change(
    api: &Api,
    caller: Caller,
    before: &Wish<'_>,
    after: &Wish<'_>,
) -> Result<(), Refused> {
    let who = who(api, caller.listener).await?;
    // Without any plan nothing is made of it, whatever it is.
    let Ok(right) = had(api, &who) else { return Ok(()) };
    let breaches = right.limits.check_change(before, after);
    beyond(breaches.iter().map(|breach| breach.sentence(who.language)).collect())
}

fn had<'a>(api: &'a Api, who: &'a Who) -> Result<Right<'a>, Refused> {
    let now = at(api.now());
    right(now, &who.holder(), &api.offer.terms())
        .map_err(|refusal| Refused::NotInPlan(refusal.sentence(who.language, &who.zone)))
}

fn beyond(breaches: Vec<String>) -> Result<(), Refused> {
    if breaches.is_empty() { Ok(()) } else { Err(Refused::NotInPlan(breaches.join(" "))) }
}
