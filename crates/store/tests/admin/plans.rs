//! Subscriptions are what was said of them, in whichever order and however often.

use crate::harness::{FEED, HOUR, LISTENER, NOW, PROGRAM, Place, SECOND, TODAY, id, on_both, parsed};
use domain::{
    FeedId, ListenerId, Plans,
    entitlement::Terms,
    subscription::{Fact, Heard, Snapshot, Status},
};
use jiff::Timestamp;
use store::{
    inbox::Message,
    subscriptions::{Keeper, Of},
};

on_both!(
    facts_count_by_their_instants_in_any_order,
    the_plan_that_counts_is_there_for_planning,
    what_was_promised_is_lengthened_and_never_shortened,
    time_alone_changes_what_counts,
    a_silent_keeper_is_asked,
    a_feeds_rank_is_its_place_among_those_that_have_programs,
    what_is_asked_of_an_occurrence_comes_with_it,
    a_message_is_taken_once_and_kept_until_something_is_made_of_it,
    a_customer_is_one_listener_s,
);

const DAY: i64 = 24 * HOUR;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap()
}

fn stripe() -> Of {
    Of { id: "sub_1".into(), listener: parsed(LISTENER), keeper: Keeper::Stripe }
}

fn active(plan: &str, said_at: i64, period_end: i64) -> Fact {
    let snapshot = Snapshot {
        status: Status::Active,
        period_end: Some(at(period_end)),
        ends_at: None,
        resumes_at: None,
        plan: plan.into(),
    };
    Fact { at: at(said_at), heard: Heard::Told, snapshot, id: format!("evt_{said_at}") }
}

async fn hear(place: &Place, of: &Of, facts: &[Fact], now: i64) -> Option<Option<String>> {
    let plans = Plans::default();
    let mut tx = place.store.begin().await.unwrap();
    let plan = tx.hear(of, facts, &Terms::of(&plans), now).await.unwrap();
    tx.commit().await.unwrap();
    plan
}

async fn base(place: &Place, plan: &str) {
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.set_plan(parsed(LISTENER), plan).await.unwrap());
    tx.commit().await.unwrap();
}

async fn facts_count_by_their_instants_in_any_order(place: Place) {
    base(&place, "").await;
    let facts = [
        active("pro", NOW, NOW + 30 * DAY),
        active("unlimited", NOW + HOUR, NOW + 30 * DAY),
        Fact {
            snapshot: Snapshot { status: Status::Ended, ..active("unlimited", 0, NOW).snapshot },
            ..active("unlimited", NOW + 2 * HOUR, NOW)
        },
    ];
    let now = NOW + 3 * HOUR;
    // The end comes first.
    assert_eq!(hear(&place, &stripe(), &facts[2..], now).await, Some(None));
    for _ in 0..2 {
        assert_eq!(hear(&place, &stripe(), &facts[..1], now).await, Some(None), "it has ended");
        assert_eq!(hear(&place, &stripe(), &facts[1..2], now).await, Some(None));
    }
    let one = place.store.subscription("sub_1").await.unwrap().unwrap();
    assert_eq!((one.of, one.standing.latest.status), (stripe(), Status::Ended));
    let history = place.store.history_of("sub_1").await.unwrap().unwrap();
    assert!(history.facts().eq(facts.iter()), "each once, oldest first");
    assert_eq!(history.standing(), &one.standing);
    assert_eq!(place.store.subscriptions(parsed(LISTENER)).await.unwrap().len(), 1);
    let nobody = Of { listener: parsed(99), ..stripe() };
    assert_eq!(hear(&place, &nobody, &facts, now).await, None);
}

async fn the_plan_that_counts_is_there_for_planning(place: Place) {
    base(&place, "free").await;
    let seen = async |place: &Place| {
        let mut tx = place.store.begin().await.unwrap();
        let due = tx.due_feeds(NOW + DAY, &[], None, 10).await.unwrap();
        due.rows.into_iter().map(|feed| feed.plan).collect::<Vec<_>>()
    };
    assert_eq!(seen(&place).await, ["free"]);
    let of = Of::operator(parsed(LISTENER));
    let said = |at_us, snapshot| Fact { at: at(at_us), heard: Heard::Told, snapshot, id: "ops".into() };
    let given = hear(&place, &of, &[said(NOW, Snapshot::granted("pro", None))], NOW).await;
    assert_eq!(given, Some(Some("pro".into())));
    assert_eq!(seen(&place).await, ["pro"]);
    let mut tx = place.store.begin().await.unwrap();
    assert_eq!(
        tx.due_feeds(NOW + DAY, &["pro"], None, 10).await.unwrap().rows.len(),
        0,
        "it is too early for pro"
    );
    drop(tx);
    let taken = hear(&place, &of, &[said(NOW + SECOND, Snapshot::revoked("pro"))], NOW + SECOND).await;
    assert_eq!(taken, Some(Some("free".into())));
    assert_eq!(seen(&place).await, ["free"]);
}

async fn what_was_promised_is_lengthened_and_never_shortened(place: Place) {
    base(&place, "free").await;
    let promised = async |place: &Place| {
        let sql = format!("SELECT CAST(expires_at AS TEXT) FROM programs WHERE id = '{}'", id(PROGRAM));
        place.text(&sql).await.unwrap().parse::<i64>().unwrap()
    };
    assert_eq!(promised(&place).await, NOW + DAY);
    hear(&place, &stripe(), &[active("pro", NOW, NOW + 30 * DAY)], NOW).await;
    assert_eq!(promised(&place).await, NOW + 30 * DAY);
    let ended = Snapshot::revoked("pro");
    let ended = Fact { snapshot: ended, ..active("pro", NOW + HOUR, 0) };
    assert_eq!(hear(&place, &stripe(), &[ended], NOW + HOUR).await, Some(Some("free".into())));
    assert_eq!(promised(&place).await, NOW + 30 * DAY);
    // What is over stays over.
    place.run(&format!("UPDATE programs SET expires_at = {NOW}")).await;
    hear(&place, &stripe(), &[active("pro", NOW + 2 * HOUR, NOW + 30 * DAY)], NOW + 2 * HOUR).await;
    assert_eq!(promised(&place).await, NOW);
}

async fn time_alone_changes_what_counts(place: Place) {
    base(&place, "free").await;
    let of = Of::operator(parsed(LISTENER));
    let until = NOW + DAY;
    let given = Snapshot::granted("pro", Some(at(until)));
    let given = Fact { at: at(NOW), heard: Heard::Told, snapshot: given, id: "ops".into() };
    hear(&place, &of, &[given], NOW).await;
    assert_eq!(place.store.changing(until - 1, 10).await.unwrap(), []);
    assert_eq!(place.store.changing(until, 10).await.unwrap(), [parsed::<ListenerId>(LISTENER)]);
    let plans = Plans::default();
    let mut tx = place.store.begin().await.unwrap();
    let plan = tx.pass_time(parsed(LISTENER), &Terms::of(&plans), until).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(plan.as_deref(), Some("free"));
    assert_eq!(place.store.changing(i64::MAX, 10).await.unwrap(), []);
}

async fn a_silent_keeper_is_asked(place: Place) {
    let end = NOW + 30 * DAY;
    hear(&place, &stripe(), &[active("pro", NOW, end)], NOW).await;
    assert_eq!(place.store.silent_subscriptions(end - 1, 10).await.unwrap(), Vec::<String>::new());
    assert_eq!(place.store.silent_subscriptions(end, 10).await.unwrap(), ["sub_1"]);
    let mut tx = place.store.begin().await.unwrap();
    tx.ask_later("sub_1", end + HOUR).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.silent_subscriptions(end, 10).await.unwrap(), Vec::<String>::new());
    hear(&place, &stripe(), &[active("pro", end, end + 30 * DAY)], end).await;
    assert_eq!(place.store.silent_subscriptions(end + DAY, 10).await.unwrap(), Vec::<String>::new());
}

async fn a_feeds_rank_is_its_place_among_those_that_have_programs(place: Place) {
    let another = |number: u32, created_at: i64, next: &str| {
        format!(
            "INSERT INTO feeds (id, listener_id, name, language, style, minutes, filter, schedule, next_date,
                next_ready_by, created_at)
             SELECT '{}', listener_id, name, language, style, minutes, filter, schedule,
                CASE WHEN {next} IS NULL THEN NULL ELSE next_date END, {next}, {created_at}
             FROM feeds WHERE id = '{}';",
            id(number),
            id(FEED),
        )
    };
    place
        .run(&(another(20, 10, "CAST(NULL AS BIGINT)") + &another(21, 20, "5") + &another(22, 20, "5")))
        .await;
    let ids: Vec<FeedId> = [FEED, 20, 21, 22].map(parsed).into();
    let places = place.store.places(&ids).await.unwrap();
    let ranks: Vec<u32> = ids.iter().map(|feed| places[feed].rank).collect();
    // One that is paused takes no place, and would have its own.
    assert_eq!(ranks, [0, 1, 1, 2]);
    let who = place.store.who(&[parsed(LISTENER), parsed(99)]).await.unwrap();
    assert_eq!(who.len(), 1);
    assert_eq!(who[&parsed(LISTENER)].holder().base, Some("unlimited"));
}

async fn what_is_asked_of_an_occurrence_comes_with_it(place: Place) {
    base(&place, "free").await;
    hear(&place, &stripe(), &[active("pro", NOW, NOW + 30 * DAY)], NOW).await;
    let granted = Snapshot::granted("unlimited", Some(at(NOW + DAY)));
    let granted = Fact { at: at(NOW), heard: Heard::Told, snapshot: granted, id: "ops".into() };
    hear(&place, &Of::operator(parsed(LISTENER)), &[granted], NOW).await;
    let batch = parsed(TODAY);
    let (id, state) = place.store.unfinished(batch, 1).await.unwrap()[0];
    let asking = place.store.to_select(batch, id, id, state).await.unwrap().rows.remove(0);
    let who = place.store.who(&[asking.of.listener]).await.unwrap();
    assert_eq!(asking.who, who[&asking.of.listener]);
    assert_eq!(asking.who.subscriptions.len(), 2);
    let places = place.store.places(&[asking.of.feed]).await.unwrap();
    assert_eq!(asking.place, places[&asking.of.feed]);

    place.run("UPDATE subscriptions SET standing = 'nonsense' WHERE id = 'sub_1'").await;
    let found = place.store.to_select(batch, id, id, state).await.unwrap();
    assert!(found.rows.is_empty() && found.broken[0].0 == id, "it is this one's trouble alone: {found:?}");
}

async fn a_message_is_taken_once_and_kept_until_something_is_made_of_it(place: Place) {
    let message = |id: &str, created_at| Message {
        id: id.into(),
        kind: "customer.subscription.updated".into(),
        created_at,
        subscription: "sub_1".into(),
        body: "{}".into(),
    };
    let take = async |message: &Message| {
        let mut tx = place.store.begin().await.unwrap();
        let is_new = tx.take_message(message, NOW, NOW + HOUR).await.unwrap();
        tx.commit().await.unwrap();
        is_new
    };
    let (later, earlier) = (message("evt_b", NOW), message("evt_a", NOW - SECOND));
    assert!(take(&later).await && take(&earlier).await);
    assert!(!take(&later).await, "it has come before");
    assert_eq!(place.store.open_messages("sub_1").await.unwrap(), [earlier, later.clone()]);
    assert_eq!(place.store.forgotten_messages(NOW, 10).await.unwrap(), Vec::<String>::new());
    assert_eq!(place.store.forgotten_messages(NOW + HOUR, 10).await.unwrap(), ["sub_1"]);
    place.store.put_off_messages("sub_1", NOW + DAY).await.unwrap();
    assert_eq!(place.store.forgotten_messages(NOW + HOUR, 10).await.unwrap(), Vec::<String>::new());
    let mut tx = place.store.begin().await.unwrap();
    tx.settle_messages(&["evt_a".into(), "evt_b".into()], NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.open_messages("sub_1").await.unwrap(), []);
    assert_eq!(place.store.forgotten_messages(i64::MAX, 10).await.unwrap(), Vec::<String>::new());
    assert!(!take(&later).await, "not even then");
    assert_eq!(place.store.prune_messages(NOW, 10).await.unwrap(), 0);
    assert_eq!(place.store.prune_messages(NOW + 1, 10).await.unwrap(), 2);
}

async fn a_customer_is_one_listener_s(place: Place) {
    let other = id(30);
    place
        .run(&format!(
            "INSERT INTO listeners (id, email, role, zone, language, plan, created_at)
             VALUES ('{other}', 'b@example.org', 'listener', 'UTC', 'en', 'unlimited', 0)"
        ))
        .await;
    let add = async |customer: &str, listener: ListenerId| {
        let mut tx = place.store.begin().await.unwrap();
        let added = tx.add_customer(customer, listener, NOW).await.unwrap();
        tx.commit().await.unwrap();
        added
    };
    assert!(add("cus_1", parsed(LISTENER)).await && add("cus_1", parsed(LISTENER)).await);
    assert!(!add("cus_1", parsed(30)).await, "it is somebody's");
    assert_eq!(place.store.paying("cus_1").await.unwrap(), Some(parsed(LISTENER)));
    assert_eq!(place.store.paying("cus_2").await.unwrap(), None);
    assert_eq!(place.store.customer_of(parsed(LISTENER)).await.unwrap().as_deref(), Some("cus_1"));
    assert_eq!(place.store.customer_of(parsed(30)).await.unwrap(), None);
}
