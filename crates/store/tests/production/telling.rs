//! What channels are told of, and in which messages.

use crate::harness::{MINUTE, NOW, Place, READY_BY, SECOND, chance, on_both};
use domain::{
    BatchId, ChannelId, DeliveryId, ListenerId, Notice,
    channel::{About, Kind, Off},
    notification::{Bundling, Settings},
};
use std::collections::BTreeSet;
use store::{
    Store,
    channels::NewChannel,
    deliveries::{Delivery, State, Tried},
    tellings::{Telling, Untold},
};

on_both!(
    a_program_is_told_once_on_each_channel,
    those_who_tell_at_the_same_time_tell_once,
    what_is_told_together_is_one_message_until_it_is_closed,
    a_channel_is_told_of_what_comes_after_it_and_while_it_is_on,
    a_message_is_tried_until_it_has_its_end_and_may_be_sent_again,
    what_was_told_is_forgotten_in_time_and_goes_with_its_channel,
    operators_alone_are_told_how_the_service_fares,
);

fn settings(bundling: Bundling) -> Settings {
    Settings { zone: "Etc/UTC".parse().unwrap(), quiet: None, bundling }
}

async fn channel(
    store: &Store,
    listener: ListenerId,
    about: About,
    bundling: Bundling,
    at: i64,
) -> ChannelId {
    let id = ChannelId::born(at, chance());
    let new = NewChannel {
        id,
        listener,
        about,
        kind: Kind::Slack,
        label: "work".into(),
        place: "hooks.example".into(),
        target: "sealed".into(),
        fingerprint: id.to_string(),
        settings: settings(bundling),
    };
    let mut tx = store.begin().await.unwrap();
    assert!(tx.add_channel(&new, at).await.unwrap());
    tx.commit().await.unwrap();
    id
}

fn telling(channel: ChannelId, listener: ListenerId, subject: &str, bundle: Option<&str>) -> Telling {
    Telling {
        channel,
        listener,
        subject: subject.into(),
        bundle: bundle.map(Into::into),
        send_at: READY_BY,
        notice: bundle.is_none().then_some(Notice::Test {}),
        delivery: DeliveryId::born(NOW, chance()),
    }
}

async fn tell(store: &Store, tellings: &[Telling]) -> usize {
    let mut tx = store.begin().await.unwrap();
    let told = tx.tell(tellings, NOW).await.unwrap();
    tx.commit().await.unwrap();
    told
}

async fn log(store: &Store, channel: ChannelId, listener: ListenerId) -> Vec<Delivery> {
    store.deliveries_page(listener, Some(channel), None, 100).await.unwrap()
}

async fn untold(store: &Store, batch: BatchId) -> Vec<Untold> {
    let found = store.untold(batch, None, 0, 100).await.unwrap();
    assert!(found.broken.is_empty(), "{:?}", found.broken);
    found.rows
}

async fn jobs(place: &Place) -> i64 {
    place.count("SELECT COUNT(*) FROM jobs WHERE kind = 'deliver'").await
}

async fn a_program_is_told_once_on_each_channel(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    let one = channel(&place.store, feed.listener, About::Programs, Bundling::Each, NOW).await;
    let two = channel(&place.store, feed.listener, About::Programs, Bundling::Digest, NOW).await;
    channel(&place.store, feed.listener, About::Alerts, Bundling::Each, NOW).await;
    assert!(untold(&place.store, batch).await.is_empty(), "there is no program yet");
    assert!(place.publish(&feed, id, &[]).await);
    let found = untold(&place.store, batch).await;
    let channels: BTreeSet<ChannelId> = found.iter().map(|untold| untold.channel).collect();
    assert_eq!(channels, BTreeSet::from([one, two]));
    assert!(found.iter().all(|untold| untold.occurrence == id && untold.listener == feed.listener));
    let tellings: Vec<Telling> = found
        .iter()
        .map(|untold| Telling {
            notice: None,
            ..telling(untold.channel, untold.listener, &id.to_string(), Some("1"))
        })
        .collect();
    assert_eq!(tell(&place.store, &tellings).await, 2);
    assert_eq!(tell(&place.store, &tellings).await, 0, "it is told already");
    assert!(untold(&place.store, batch).await.is_empty());
    assert_eq!(jobs(&place).await, 2);
    let delivery = log(&place.store, two, feed.listener).await.remove(0);
    assert_eq!((delivery.state, delivery.send_at, delivery.notice), (State::Waiting, READY_BY, None));
    let mut tx = place.store.begin().await.unwrap();
    let programs = tx.told_programs(delivery.id).await.unwrap();
    assert_eq!((programs[0].title.as_str(), programs[0].feed_name.as_str()), ("Morning", "Morning"));
}

async fn those_who_tell_at_the_same_time_tell_once(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    let channel = channel(&place.store, feed.listener, About::Programs, Bundling::Each, NOW).await;
    let other = Store::open(&place.url).await.unwrap();
    let by = |store: Store| {
        let tellings: Vec<Telling> =
            (0..50).map(|n| telling(channel, feed.listener, &n.to_string(), None)).collect();
        tokio::spawn(async move { tell(&store, &tellings).await })
    };
    let (one, two) = tokio::join!(by(place.store.clone()), by(other.clone()));
    other.close().await;
    assert_eq!(one.unwrap() + two.unwrap(), 50);
    assert_eq!(place.count("SELECT COUNT(*) FROM deliveries").await, 50);
    let told = place.count("SELECT COUNT(DISTINCT delivery_id) FROM tellings").await;
    assert_eq!(told, 50, "each has a message of its own");
    assert_eq!(jobs(&place).await, 50);
}

async fn what_is_told_together_is_one_message_until_it_is_closed(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    let listener = feed.listener;
    let channel = channel(&place.store, listener, About::Programs, Bundling::Digest, NOW).await;
    let of = |subject: &str| telling(channel, listener, subject, Some("7"));
    assert_eq!(tell(&place.store, &[of("a"), of("b"), of("b")]).await, 1);
    // Somebody else tells of more, a little later: it joins.
    let late = Telling { send_at: READY_BY + SECOND, ..of("c") };
    assert_eq!(tell(&place.store, &[late]).await, 1);
    let found = log(&place.store, channel, listener).await;
    assert_eq!((found.len(), found[0].send_at), (1, READY_BY + SECOND));
    let told = "SELECT COUNT(*) FROM tellings WHERE delivery_id = (SELECT MIN(id) FROM deliveries)";
    assert_eq!((place.count(told).await, jobs(&place).await), (3, 1));
    // What comes when it is being sent goes out by itself.
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.hold_delivery(found[0].id).await.unwrap());
    tx.close_delivery(found[0].id, &Notice::Test {}).await.unwrap();
    assert!(!tx.hold_delivery(found[0].id).await.unwrap(), "once");
    tx.commit().await.unwrap();
    assert_eq!(tell(&place.store, &[of("d")]).await, 1);
    let found = log(&place.store, channel, listener).await;
    assert_eq!(found.iter().map(|one| one.state).collect::<Vec<_>>(), [State::Waiting, State::Sending]);
    assert_eq!(place.count(told).await, 3);
}

async fn a_channel_is_told_of_what_comes_after_it_and_while_it_is_on(place: Place) {
    let (feed, id, batch, _) = place.one_selected().await;
    assert!(place.publish(&feed, id, &[]).await);
    let listener = feed.listener;
    let early = channel(&place.store, listener, About::Programs, Bundling::Each, READY_BY - MINUTE).await;
    let late = channel(&place.store, listener, About::Programs, Bundling::Each, READY_BY + MINUTE).await;
    let channels = |found: Vec<Untold>| found.into_iter().map(|untold| untold.channel).collect::<Vec<_>>();
    assert_eq!(channels(untold(&place.store, batch).await), [early]);
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.switch_channel(early, Some(Off::Gone), NOW).await.unwrap());
    assert!(!tx.switch_channel(early, Some(Off::SwitchedOff), NOW).await.unwrap(), "it is off already");
    tx.commit().await.unwrap();
    assert_eq!(place.store.channel(early).await.unwrap().unwrap().off, Some((NOW, Off::Gone)));
    assert!(untold(&place.store, batch).await.is_empty());
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.switch_channel(early, None, NOW).await.unwrap());
    assert!(!tx.remove_channel(late, ListenerId::born(0, [1; 2])).await.unwrap(), "it is another's");
    tx.commit().await.unwrap();
    assert_eq!(channels(untold(&place.store, batch).await), [early]);
    let old = place.store.untold(batch, None, NOW + 10 * MINUTE, 10).await.unwrap();
    assert!(old.rows.is_empty(), "it is no news any more");
    // A row that cannot be read keeps no other from being told.
    place.run(&format!("UPDATE channels SET settings = '?', created_at = 0 WHERE id = '{late}'")).await;
    let found = place.store.untold(batch, None, 0, 10).await.unwrap();
    assert_eq!((found.rows.len(), found.broken[0].0), (1, late));
}

async fn a_message_is_tried_until_it_has_its_end_and_may_be_sent_again(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    let listener = feed.listener;
    let channel = channel(&place.store, listener, About::Programs, Bundling::Each, NOW).await;
    tell(&place.store, &[telling(channel, listener, "a", None)]).await;
    let id = log(&place.store, channel, listener).await[0].id;
    let mut tx = place.store.begin().await.unwrap();
    assert!(!tx.send_again(id, listener, NOW).await.unwrap(), "it has no end yet");
    tx.close_delivery(id, &Notice::Test {}).await.unwrap();
    let tried = |state, status, detail| Tried { state, status, detail };
    tx.delivery_tried(id, &tried(State::Sending, Some(503), Some("down")), NOW + 1).await.unwrap();
    tx.delivery_tried(id, &tried(State::Sent, Some(204), None), NOW + 2).await.unwrap();
    tx.delivery_tried(id, &tried(State::Failed, Some(500), None), NOW + 3).await.unwrap();
    tx.commit().await.unwrap();
    let sent = place.store.delivery(id).await.unwrap().unwrap();
    assert_eq!((sent.state, sent.attempts, sent.status, sent.detail), (State::Sent, 2, Some(204), None));
    assert_eq!((sent.tried_at, sent.ended_at), (Some(NOW + 2), Some(NOW + 2)));
    place.run("DELETE FROM jobs").await;
    let mut tx = place.store.begin().await.unwrap();
    assert!(!tx.send_again(id, ListenerId::born(0, [1; 2]), NOW).await.unwrap(), "it is another's");
    assert!(tx.send_again(id, listener, NOW + 9).await.unwrap());
    tx.commit().await.unwrap();
    let again = place.store.delivery(id).await.unwrap().unwrap();
    assert_eq!((again.state, again.ended_at, again.notice), (State::Sending, None, Some(Notice::Test {})));
    assert_eq!(jobs(&place).await, 1);
}

async fn what_was_told_is_forgotten_in_time_and_goes_with_its_channel(place: Place) {
    let feed = place.feeds(1).await.remove(0);
    let listener = feed.listener;
    let channel = channel(&place.store, listener, About::Programs, Bundling::Each, NOW).await;
    tell(&place.store, &[telling(channel, listener, "a", None), telling(channel, listener, "b", None)]).await;
    let id = log(&place.store, channel, listener).await[0].id;
    let mut tx = place.store.begin().await.unwrap();
    tx.skip_delivery(id, "the channel is off", NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.store.prune_deliveries(NOW, 10).await.unwrap(), 0);
    assert_eq!(place.store.prune_deliveries(NOW + 1, 10).await.unwrap(), 3, "a message and two tellings");
    assert_eq!(place.count("SELECT COUNT(*) FROM deliveries").await, 1, "what is on its way stays");
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.remove_channel(channel, listener).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(place.count("SELECT COUNT(*) FROM deliveries").await, 0);
    assert_eq!(
        tell(&place.store, &[telling(channel, listener, "c", None)]).await,
        0,
        "it is told nothing more"
    );
}

async fn operators_alone_are_told_how_the_service_fares(place: Place) {
    let feeds = place.feeds(2).await;
    let [operator, listener] = [feeds[0].listener, feeds[1].listener];
    place.run(&format!("UPDATE listeners SET role = 'operator' WHERE id = '{operator}'")).await;
    let theirs = channel(&place.store, operator, About::Batches, Bundling::Each, NOW).await;
    channel(&place.store, operator, About::Alerts, Bundling::Each, NOW).await;
    channel(&place.store, listener, About::Batches, Bundling::Each, NOW).await;
    let desks = place.store.desks(About::Batches).await.unwrap();
    assert_eq!(desks.iter().map(|desk| desk.channel).collect::<Vec<_>>(), [theirs]);
    let (_, id, batch) = {
        assert_eq!(place.open(10).await, 2);
        let batch = place.store.unclosed_batches(10).await.unwrap().remove(0).id;
        let unfinished = place.store.unfinished(batch, 10).await.unwrap();
        (unfinished.len(), unfinished[0].0, batch)
    };
    place
        .run(&format!(
            "UPDATE occurrences SET state = 'failed', reason = 'nothing to say', ended_at = 1;
             UPDATE occurrences SET state = 'published', edition = 'full', reason = NULL, selection = '{{}}',
                 ended_at = ready_by + 1 WHERE id = '{id}';
             UPDATE batches SET closed_at = 5"
        ))
        .await;
    tell(&place.store, &[telling(theirs, operator, &batch.to_string(), Some("1"))]).await;
    let delivery = log(&place.store, theirs, operator).await.remove(0);
    let mut tx = place.store.begin().await.unwrap();
    let summary = tx.told_batches(delivery.id).await.unwrap().remove(0);
    assert_eq!((summary.made, summary.failed, summary.late, summary.id), (1, 1, 1, batch));
    assert_eq!((summary.reasons[0].reason.as_str(), summary.reasons[0].count), ("nothing to say", 1));
    assert!(!summary.is_well());
}
