use super::super::*;
use crate::{
    plan::{Counted, Limit},
    schedule::Zone,
    subscription::{Fact, Heard, Snapshot, Subscription},
};
use std::collections::BTreeMap;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-03-10T12:00:00Z")
}

fn ask<'a>(plans: &'a Plans, base: &'a str, ask: &Ask) -> Result<&'a str, Refusal> {
    let holder = Holder { base: Some(base), subscriptions: &[] };
    may(now(), &holder, &Terms::of(plans), ask).map(|right| right.plan)
}

fn slot(rank: u32, days: &str, weekday: Weekday) -> Ask {
    Ask::Slot { rank, days: days.parse().unwrap(), weekday }
}

fn standing(snapshot: Snapshot) -> Standing {
    let fact = Fact { at: at("2026-03-01T00:00:00Z"), heard: Heard::Told, snapshot, id: "1".into() };
    Subscription::new(fact).standing().clone()
}

#[test]
fn a_slot_is_refused_by_feed_and_by_day() {
    use Weekday::{Monday, Sunday, Thursday, Wednesday};
    let plans = Plans::default();
    for (plan, rank, days, weekday, answer) in [
        ("free", 0, "mon,thu", Monday, Ok("free")),
        ("free", 0, "daily", Thursday, Ok("free")),
        (
            "free",
            0,
            "daily",
            Wednesday,
            Err(Refusal::OtherDays { limit: 2, days: "mon,thu".parse().unwrap() }),
        ),
        ("free", 1, "mon,thu", Monday, Err(Refusal::FeedOverLimit { limit: 1 })),
        ("pro", 4, "daily", Sunday, Ok("pro")),
        ("pro", 5, "daily", Sunday, Err(Refusal::FeedOverLimit { limit: 5 })),
        ("unlimited", u32::MAX, "daily", Wednesday, Ok("unlimited")),
        // A date that the schedule no longer names is not the plan's to refuse.
        ("free", 0, "mon", Sunday, Ok("free")),
    ] {
        assert_eq!(ask(&plans, plan, &slot(rank, days, weekday)), answer, "{plan} {rank} {days} {weekday:?}");
        assert_eq!(ask(&plans, plan, &Ask::Publication), Ok(plan), "limits are those of planning");
    }
}

#[test]
fn a_plan_may_have_requests_only() {
    let plan = Plan { days_per_week: Limit::of(0), ..Plan::default() };
    let plans = Plans::new(BTreeMap::from([("now".to_owned(), plan)]));
    assert_eq!(ask(&plans, "now", &slot(0, "daily", Weekday::Monday)), Err(Refusal::NoSchedule));
    let request = Ask::Request { rank: 0, made: 1_000, again_at: now() };
    assert_eq!(ask(&plans, "now", &request), Ok("now"));
}

#[test]
fn requests_are_counted_by_the_month() {
    let plans = Plans::default();
    let again_at = at("2026-03-31T15:00:00Z");
    for (plan, rank, made, answer) in [
        ("free", 0, 0, Ok("free")),
        ("free", 0, 1, Err(Refusal::RequestsUsed { limit: 1, again_at })),
        ("free", 1, 0, Err(Refusal::FeedOverLimit { limit: 1 })),
        ("pro", 0, 29, Ok("pro")),
        ("pro", 0, 30, Err(Refusal::RequestsUsed { limit: 30, again_at })),
        ("unlimited", 0, 1_000_000, Ok("unlimited")),
    ] {
        assert_eq!(ask(&plans, plan, &Ask::Request { rank, made, again_at }), answer, "{plan} {rank} {made}");
    }
}

#[test]
fn a_month_is_that_of_the_listeners_clock() {
    for (zone, now, begins, next) in [
        ("Asia/Tokyo", "2026-03-31T14:59:59Z", "2026-02-28T15:00:00Z", "2026-03-31T15:00:00Z"),
        ("Asia/Tokyo", "2026-03-31T15:00:00Z", "2026-03-31T15:00:00Z", "2026-04-30T15:00:00Z"),
        ("America/New_York", "2026-12-31T12:00:00Z", "2026-12-01T05:00:00Z", "2027-01-01T05:00:00Z"),
        ("America/New_York", "2026-03-20T12:00:00Z", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"),
    ] {
        let zone: Zone = zone.parse().unwrap();
        assert_eq!(month(at(now), &zone), (at(begins), at(next)), "{zone} {now}");
    }
}

#[test]
fn feeds_beyond_the_plan_are_the_newest() {
    let plans = Plans::default();
    let of =
        |plan| right(now(), &Holder { base: Some(plan), subscriptions: &[] }, &Terms::of(&plans)).unwrap();
    let feeds = ["oldest", "middle", "newest"];
    assert_eq!(of("free").beyond(&feeds), ["middle", "newest"]);
    assert_eq!(of("pro").beyond(&feeds), [""; 0]);
    for (plan, covered) in [("free", 1), ("pro", 5)] {
        let right = of(plan);
        let ranks: Vec<u32> = (0..9).collect();
        let refused: Vec<u32> = ranks.iter().copied().filter(|rank| right.covers(*rank).is_err()).collect();
        assert_eq!(right.beyond(&ranks), refused, "said the same in both ways");
        assert_eq!(refused.len(), 9 - covered);
    }
}

#[test]
fn a_new_feed_is_told_all_that_keeps_it() {
    let plans = Plans::default();
    let free = right(now(), &Holder { base: Some("free"), subscriptions: &[] }, &Terms::of(&plans)).unwrap();
    let wish = Wish {
        sources: 1,
        filters: 0,
        articles: None,
        minutes: 20,
        days: "mon".parse().unwrap(),
        style: crate::Style::Single,
        voice: None,
    };
    let breaches = free.new_feed(1, &wish);
    assert_eq!(
        breaches,
        [
            Breach::TooMany { what: Counted::Feeds, limit: 1, asked: 2 },
            Breach::TooMany { what: Counted::Minutes, limit: 10, asked: 20 },
        ]
    );
    assert_eq!(free.new_feed(0, &Wish { minutes: 10, ..wish }), []);
}

#[test]
fn a_plan_that_is_not_configured_gives_nothing() {
    let plans = Plans::default();
    let terms = Terms::of(&plans);
    let gold = [standing(Snapshot::granted("gold", None))];
    let unknown = |plan: &str| Err(Refusal::UnknownPlan { plan: plan.into() });
    let plan =
        |base, subscriptions| right(now(), &Holder { base, subscriptions }, &terms).map(|right| right.plan);
    assert_eq!(plan(None, &gold), unknown("gold"));
    assert_eq!(plan(Some("silver"), &[]), unknown("silver"));
    assert_eq!(plan(Some("free"), &gold), Ok("free"));
    assert_eq!(plan(None, &[]), Err(Refusal::NoPlan));
    let notice = right(now(), &Holder { base: Some("free"), subscriptions: &gold }, &terms).unwrap().notice;
    let of = Refusal::UnknownPlan { plan: "gold".into() };
    assert_eq!(notice, Some(Notice::Instead { plan: "free".into(), of }));
}

#[test]
fn of_several_reasons_the_one_that_can_be_mended_is_told() {
    let plans = Plans::default();
    let over = |day: &str| standing(Snapshot::granted("pro", Some(at(day))));
    let paused =
        standing(Snapshot { status: crate::subscription::Status::Paused, ..Snapshot::revoked("pro") });
    let reason = |subscriptions: &[Standing]| {
        right(now(), &Holder { base: None, subscriptions }, &Terms::of(&plans))
            .map(|right| right.plan.to_owned())
    };
    let (early, late) = (over("2026-03-02T00:00:00Z"), over("2026-03-05T00:00:00Z"));
    let expired = Err(Refusal::Expired { at: at("2026-03-05T00:00:00Z") });
    assert_eq!(reason(&[early.clone(), late.clone()]), expired);
    assert_eq!(reason(&[late.clone(), early.clone()]), expired);
    assert_eq!(reason(&[late, paused, early]), Err(Refusal::Paused { until: None }));
}

#[test]
fn of_the_same_plan_twice_the_one_that_lasts_is_told() {
    let plans = Plans::default();
    let ending = standing(Snapshot::granted("pro", Some(at("2026-03-20T00:00:00Z"))));
    let lasting = standing(Snapshot::granted("pro", None));
    for subscriptions in [[ending.clone(), lasting.clone()], [lasting, ending]] {
        let holder = Holder { base: None, subscriptions: &subscriptions };
        assert_eq!(right(now(), &holder, &Terms::of(&plans)).unwrap().notice, None);
    }
}
