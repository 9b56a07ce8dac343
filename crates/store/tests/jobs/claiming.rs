//! Which jobs are leased, in which order, within which limits.

use crate::harness::{
    HOUR, KIND, NOW, Place, SECOND, claim, claim_of, claim_one, enqueue, job, jobs, on_both, settle, works,
};
use queue::{Begin, Enqueued, JobStore, Kind, Lane, Lanes, Limits, NewJob, OnDuplicate, Outcome};
use std::collections::{BTreeMap, HashSet};
use store::Store;

on_both!(
    the_most_urgent_come_first,
    lanes_get_their_weights,
    an_empty_lane_leaves_its_slots,
    only_the_kinds_asked_for,
    kinds_run_within_their_limit,
    claims_at_the_same_time_keep_the_limit,
    groups_run_within_their_limit,
    nobody_gets_what_another_has,
    a_key_is_unique_while_unfinished,
    a_joined_job_serves_both,
    a_change_and_its_jobs_are_one,
    what_waits_is_claimed_in_its_time,
    what_is_held_waits_for_its_name,
    a_large_batch_arrives_whole,
);

async fn the_most_urgent_come_first(place: Place) {
    let urgent = |name, start_by, demand| NewJob { start_by, demand, ..job(name) };
    let rows = [
        urgent("later", NOW + 9, 9),
        urgent("first", NOW + 1, 1),
        urgent("wanted by few", NOW + 5, 1),
        urgent("wanted by many", NOW + 5, 7),
        urgent("wanted by few too", NOW + 5, 1),
    ];
    enqueue(&place.store, &rows).await;
    let order = ["first", "wanted by many", "wanted by few", "wanted by few too", "later"];
    assert_eq!(works(&claim(&place.store, 3, NOW).await), order[..3]);
    assert_eq!(works(&claim(&place.store, 9, NOW).await), order[3..]);
}

async fn lanes_get_their_weights(place: Place) {
    let in_lane =
        |lane: u8| (0..200).map(move |n| NewJob { lane: Lane(lane), ..job(&format!("{lane}/{n}")) });
    let rows: Vec<NewJob> = (0..3).flat_map(in_lane).collect();
    enqueue(&place.store, &rows).await;
    let mut lanes = Lanes::new([(Lane(0), 6), (Lane(1), 3), (Lane(2), 1)]);
    let mut taken = BTreeMap::new();
    for free in [1, 7, 30, 2, 50, 10, 60, 40] {
        for lane in claim_fairly(&place.store, &mut lanes, free).await {
            *taken.entry(lane).or_insert(0) += 1;
        }
    }
    assert_eq!(taken, BTreeMap::from([(Lane(0), 120), (Lane(1), 60), (Lane(2), 20)]));
}

async fn an_empty_lane_leaves_its_slots(place: Place) {
    enqueue(&place.store, &vec![NewJob { lane: Lane(1), ..job("spare time") }; 30]).await;
    let mut lanes = Lanes::new([(Lane(0), 100), (Lane(1), 1)]);
    let mut taken = 0;
    for _ in 0..3 {
        taken += claim_fairly(&place.store, &mut lanes, 10).await.len();
    }
    assert!(taken >= 21, "only the first claim may not know that lane 0 is empty: {taken}");
}

async fn claim_fairly(store: &Store, lanes: &mut Lanes, free: u32) -> Vec<Lane> {
    let claim = claim_of(lanes.offers(free), free, NOW);
    let claimed = store.claim(&claim).await.unwrap();
    let taken: Vec<Lane> = claimed.iter().map(|job| job.lane).collect();
    lanes.book(free, &claim.offers, taken.iter().copied());
    taken
}

async fn only_the_kinds_asked_for(place: Place) {
    let kinds = ["assemble", "fetch", "narrate"].map(Kind::new);
    let rows = kinds.clone().map(|kind| NewJob::new(kind.clone(), kind.name(), NOW + HOUR));
    enqueue(&place.store, &rows).await;
    let mut wanted = claim_of(Lanes::new([(Lane(0), 1)]).offers(9), 9, NOW);
    wanted.kinds = vec![kinds[1].clone(), kinds[0].clone()];
    let claimed = place.store.claim(&wanted).await.unwrap();
    assert_eq!(works(&claimed).into_iter().collect::<HashSet<_>>(), HashSet::from(["assemble", "fetch"]));
}

async fn kinds_run_within_their_limit(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(20)).await;
    enqueue(&store, &[NewJob::new(Kind::new("fetch"), "free", NOW + 2 * HOUR)]).await;
    store.set_limits(&kind_limit(3)).await.unwrap();
    let first = claim(&store, 10, NOW).await;
    assert_eq!(first.len(), 3);
    assert_eq!(claim(&store, 10, NOW).await.len(), 0);
    let mut both = claim_of(Lanes::new([(Lane(0), 1)]).offers(5), 5, NOW);
    both.kinds.push(Kind::new("fetch"));
    assert_eq!(works(&store.claim(&both).await.unwrap()), ["free"], "a full kind hides no other");
    store.set_limits(&kind_limit(5)).await.unwrap();
    assert_eq!(claim(&store, 10, NOW).await.len(), 2, "a limit is changeable while jobs run");
    assert!(settle(&store, &first[0], &Outcome::Done, NOW).await);
    assert_eq!(claim(&store, 10, NOW).await.len(), 1);
    store.set_limits(&Limits::default()).await.unwrap();
    assert_eq!(claim(&store, 10, NOW).await.len(), 10);
}

fn kind_limit(most: u32) -> Limits {
    Limits { per_kind: BTreeMap::from([(KIND, most)]), ..Limits::default() }
}

async fn claims_at_the_same_time_keep_the_limit(place: Place) {
    enqueue(&place.store, &jobs(200)).await;
    place.store.set_limits(&kind_limit(7)).await.unwrap();
    assert_eq!(claim_together(&place.store, 8, 5).await.len(), 7);
}

async fn groups_run_within_their_limit(place: Place) {
    let Place { store, .. } = place;
    let of = |group: &str| NewJob { group: Some(group.into()), ..job(group) };
    let mut rows = vec![of("aki"); 5];
    rows.extend(vec![of("vip"); 5]);
    rows.push(of("bo"));
    rows.push(job("nobody's"));
    enqueue(&store, &rows).await;
    let limits =
        Limits { per_group: Some(1), groups: BTreeMap::from([("vip".into(), 3)]), ..Limits::default() };
    store.set_limits(&limits).await.unwrap();
    let mut claimed = Vec::new();
    // What stands behind a full group is reached at the latest by the next claim.
    for _ in 0..3 {
        claimed.extend(claim(&store, 4, NOW).await);
    }
    let mut names = works(&claimed);
    names.sort_unstable();
    assert_eq!(names, ["aki", "bo", "nobody's", "vip", "vip", "vip"]);
    let aki = claimed.iter().find(|job| job.work == "aki").unwrap();
    assert!(settle(&store, aki, &Outcome::Done, NOW).await);
    assert_eq!(works(&claim(&store, 9, NOW).await), ["aki"]);
}

async fn nobody_gets_what_another_has(place: Place) {
    enqueue(&place.store, &jobs(100)).await;
    let claimed = claim_together(&place.store, 8, 5).await;
    let distinct: HashSet<_> = claimed.iter().collect();
    assert_eq!(claimed.len(), distinct.len(), "no job has two holders");
    assert_eq!(claimed.len(), 100, "and none is left");
}

/// Claims `each` at a time from many tasks at once, until nobody finds any; the jobs' ids.
async fn claim_together(store: &Store, tasks: usize, each: u32) -> Vec<i64> {
    let claimers: Vec<_> = (0..tasks)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                // Others may hold for a moment what is left: look again before giving up.
                let mut misses = 0;
                while misses < 20 {
                    let found = claim(&store, each, NOW).await;
                    misses = if found.is_empty() { misses + 1 } else { 0 };
                    mine.extend(found.iter().map(|job| job.ticket.id.0));
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    all
}

async fn a_key_is_unique_while_unfinished(place: Place) {
    let Place { store, .. } = place;
    let keyed = NewJob { key: Some("segment 1".into()), ..job("one") };
    let twice = enqueue(&store, &[keyed.clone(), keyed.clone(), job("other")]).await;
    assert_eq!(twice, Enqueued { new: 2, duplicates: 1 });
    let first = claim(&store, 9, NOW).await.into_iter().find(|job| job.key.is_some()).unwrap();
    assert_eq!(store.find_job("segment 1").await.unwrap().unwrap().0, first.ticket.id);
    assert_eq!(enqueue(&store, std::slice::from_ref(&keyed)).await.new, 0, "a running job is unfinished");
    assert!(settle(&store, &first, &Outcome::Done, NOW).await);
    assert_eq!(store.find_job("segment 1").await.unwrap(), None);
    assert_eq!(enqueue(&store, &[keyed]).await.new, 1, "a done one is not");
}

async fn a_joined_job_serves_both(place: Place) {
    let Place { store, .. } = place;
    let wish = |lane, start_by, demand| NewJob {
        key: Some("segment 1".into()),
        lane: Lane(lane),
        start_by,
        demand,
        ..job("shared")
    };
    enqueue(&store, &[NewJob { start_by: NOW + 2, ..job("between") }, wish(1, NOW + 9, 2)]).await;
    let more = [wish(0, NOW + 7, 1), wish(2, NOW + 1, 3)];
    let joined = store.enqueue(&more, OnDuplicate::Join, NOW).await.unwrap();
    assert_eq!(joined, Enqueued { new: 0, duplicates: 2 });
    assert_eq!(works(&claim(&store, 9, NOW).await), ["shared", "between"]);
}

async fn a_change_and_its_jobs_are_one(place: Place) {
    let Place { store, .. } = place;
    let mut tx = store.begin().await.unwrap();
    tx.enqueue(&jobs(3), OnDuplicate::Keep, NOW).await.unwrap();
    drop(tx);
    assert!(claim(&store, 9, NOW).await.is_empty(), "what was not committed never was");
    let mut tx = store.begin().await.unwrap();
    tx.enqueue(&jobs(3), OnDuplicate::Keep, NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(&store, 9, NOW).await.len(), 3);
}

async fn what_waits_is_claimed_in_its_time(place: Place) {
    let Place { store, .. } = place;
    let at = |name, seconds| NewJob { begin: Begin::At(NOW + seconds * SECOND), ..job(name) };
    enqueue(&store, &[at("late", 60), at("soon", 5)]).await;
    assert!(claim(&store, 9, NOW + 10 * SECOND).await.is_empty(), "not before it is promoted");
    let promoted = store.promote_due(NOW + 5 * SECOND, 100).await.unwrap();
    assert_eq!((promoted.count, promoted.next_at), (1, Some(NOW + 60 * SECOND)));
    let soon = claim_one(&store, NOW + 5 * SECOND).await;
    assert_eq!((soon.work.as_str(), soon.ready_at), ("soon", NOW + 5 * SECOND));
    let promoted = store.promote_due(NOW + 60 * SECOND, 100).await.unwrap();
    assert_eq!((promoted.count, promoted.next_at), (1, None));
}

async fn what_is_held_waits_for_its_name(place: Place) {
    let Place { store, .. } = place;
    let held = |hold: &str, count| vec![NewJob { begin: Begin::Held(hold.into()), ..job(hold) }; count];
    enqueue(&store, &held("batch 7", 5)).await;
    enqueue(&store, &held("batch 8", 2)).await;
    assert!(claim(&store, 9, NOW).await.is_empty());
    assert_eq!(store.promote_held("batch 7", NOW, 3).await.unwrap(), 3);
    assert_eq!(store.promote_held("batch 7", NOW, 3).await.unwrap(), 2);
    assert_eq!(works(&claim(&store, 9, NOW).await), ["batch 7"; 5]);
}

async fn a_large_batch_arrives_whole(place: Place) {
    let awkward =
        NewJob { group: Some("鈴木 \"x\"".into()), ..job("{\"text\": \"\\u0001 \\\\ 'quoted' 声\"}") };
    let mut rows = jobs(5_000);
    rows.push(NewJob { start_by: 0, ..awkward.clone() });
    assert_eq!(enqueue(&place.store, &rows).await.new, 5_001);
    let first = claim_one(&place.store, NOW).await;
    assert_eq!((first.work, first.group), (awkward.work, awkward.group));
}
