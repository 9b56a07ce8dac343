//! Who may have what is about to be made: asked when its articles are chosen, before money is spent, and once more
//! when it is done. What is refused is told to its listener in their words.

use crate::{
    clock::timestamp,
    jobs::{Room, Rules},
    office::Office,
};
use domain::{
    Cut, FeedId, ListenerId, OccurrenceId,
    entitlement::{Ask, Refusal, Right, may, month, right},
    plan::Wish,
    schedule::Days,
};
use jiff::Timestamp;
use queue::Micros;
use std::collections::HashMap;
use store::{
    StoreError, Tx,
    entitlement::{Place, Who},
    occurrences::{Asking, ToSelect},
};

/// Why something is not made, for programs and for its listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub reason: Refusal,
    pub text: String,
}

/// Occurrences by whether they may be made.
pub struct Sifted {
    /// Their wishes cut down to what their listeners' plans hold.
    pub may: Vec<ToSelect>,
    /// With the reason of each.
    pub refused: Vec<(OccurrenceId, String)>,
}

/// Asks for each of some occurrences whether it may be made.
pub fn sift(rules: &Rules, now: Timestamp, asking: Vec<Asking>) -> Sifted {
    let mut sifted = Sifted { may: Vec::with_capacity(asking.len()), refused: Vec::new() };
    for one in asking {
        match limits_of(rules, now, &one).map(|limits| cut(&one.of, limits)) {
            Ok(cut) => {
                let mut may = one.of;
                if let Some(cut) = cut {
                    may.keep_to(cut);
                }
                sifted.may.push(may);
            }
            Err(refusal) => sifted.refused.push((one.of.id, told(&refusal, &one.who))),
        }
    }
    sifted
}

fn limits_of<'a>(rules: &'a Rules, now: Timestamp, asking: &'a Asking) -> Result<&'a domain::Plan, Refusal> {
    let Asking { of, who, place: Place { rank, days } } = asking;
    let right = had(who, now, rules)?;
    match of.request {
        // How many were asked for was counted when they were.
        Some(_) => right.covers(*rank)?,
        None => right.allows(&Ask::Slot { rank: *rank, days: *days, weekday: of.local_date.weekday() })?,
    }
    Ok(right.limits)
}

/// What a plan lets be made of a wish; `None`: all of it.
fn cut(one: &ToSelect, limits: &domain::Plan) -> Option<Cut> {
    let wish = Wish {
        // As many as it has.
        sources: u32::MAX,
        filters: 0,
        articles: one.max_articles,
        minutes: one.minutes,
        days: Days::DAILY,
        style: one.style,
        voice: None,
    };
    let fitted = limits.fit(&wish);
    let cut = Cut {
        minutes: fitted.minutes.max(1),
        max_articles: fitted.articles,
        style: fitted.style,
        sources: fitted.sources,
    };
    let whole =
        Cut { minutes: one.minutes, max_articles: one.max_articles, style: one.style, sources: u32::MAX };
    (cut != whole).then_some(cut)
}

/// Until when each of some listeners hears a program that is published now; or why they are to get none. What it may
/// be was decided when it was planned.
pub async fn receiving(
    room: &Room,
    listeners: impl Iterator<Item = ListenerId>,
    now: Micros,
) -> Result<HashMap<ListenerId, Result<Micros, String>>, StoreError> {
    let all = room.store.who(&distinct(listeners)).await?;
    let of = |(id, who): (ListenerId, Who)| {
        let until = match had(&who, timestamp(now), &room.rules) {
            Ok(right) => {
                Ok(right.limits.expires_at(timestamp(now)).map_or(Micros::MAX, Timestamp::as_microsecond))
            }
            Err(refusal) => Err(told(&refusal, &who)),
        };
        (id, until)
    };
    Ok(all.into_iter().map(of).collect())
}

/// What a listener may have at all.
pub fn had<'a>(who: &'a Who, now: Timestamp, rules: &'a Rules) -> Result<Right<'a>, Refusal> {
    match who.disabled_at {
        Some(_) => Err(Refusal::Disabled),
        None => right(now, &who.holder(), &rules.offer.terms()),
    }
}

/// Whether a listener may have a program of a feed now, beside its schedule: the plan by which they do. Nobody else
/// asks for them until the transaction ends.
pub async fn may_request(
    office: Office<'_>,
    tx: &mut Tx,
    listener: ListenerId,
    feed: FeedId,
) -> Result<Result<String, Refused>, StoreError> {
    let now = timestamp(office.now());
    let Some((who, place)) = tx.lock_requests(listener, feed).await? else {
        let text = "there is no such listener".to_owned();
        return Ok(Err(Refused { reason: Refusal::NoPlan, text }));
    };
    let (from, again_at) = month(now, &who.zone);
    let made = tx.requested_between(listener, from.as_microsecond(), again_at.as_microsecond()).await?;
    let ask = Ask::Request { rank: place.rank, made, again_at };
    let answer = match who.disabled_at {
        Some(_) => Err(Refusal::Disabled),
        None => may(now, &who.holder(), &office.rules.offer.terms(), &ask),
    };
    Ok(answer.map(|right| right.plan.to_owned()).map_err(|reason| {
        let text = told(&reason, &who);
        Refused { reason, text }
    }))
}

fn told(refusal: &Refusal, who: &Who) -> String {
    refusal.sentence(who.language, &who.zone)
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
