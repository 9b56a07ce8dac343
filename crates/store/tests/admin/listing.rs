//! Jobs, plans and sources as lists.

use crate::harness::{LISTENER, NOW, Place, on_both, parsed};
use queue::{
    Class, JobError, JobStore, Kind, Lanes, NewJob, OnDuplicate, Outcome, Policies, State, lifecycle,
};
use store::jobs::Stands;

on_both!(
    jobs_are_listed_by_kind_and_state,
    what_is_rare_is_looked_for_page_by_page,
    who_observes_is_told_from_who_listens,
    plans_are_counted_and_set,
    statements_are_understood,
);

async fn work_off(place: &Place, kind: &'static str, outcome: Outcome) {
    let claim = queue::Claim {
        owner: "tester".into(),
        kinds: vec![Kind::new(kind)],
        offers: Lanes::new([(queue::Lane(0), 1)]).offers(1),
        free: 1,
        now: NOW,
        lease_until: NOW + 30,
    };
    let job = place.store.claim(&claim).await.unwrap().remove(0);
    let policies = Policies::SHIPPED;
    let circumstances =
        queue::Circumstances { policies: &policies, due_at: job.due_at, fraction: 0.5, now: NOW };
    let settlement = queue::Settlement {
        ticket: job.ticket,
        kind: job.kind.clone(),
        step: lifecycle::finish(job.counts, &outcome, &circumstances),
        at: NOW,
        by: queue::store::SettledBy::Holder,
        spent: queue::Spent { units: 7, cost_micro_usd: 8 },
    };
    assert!(place.store.settle(&[settlement]).await.unwrap().is_empty());
}

async fn jobs_are_listed_by_kind_and_state(place: Place) {
    let store = &place.store;
    let job = |kind: &'static str| NewJob::new(Kind::new(kind), "{}", NOW);
    let jobs = [job("fetch"), job("narrate"), job("select"), job("sweep")];
    store.enqueue(&jobs, OnDuplicate::Keep, NOW).await.unwrap();
    work_off(&place, "fetch", Outcome::Done).await;
    work_off(&place, "narrate", Outcome::Fail(JobError::new(Class::Permanent, "no such voice"))).await;
    work_off(&place, "select", Outcome::Skip("nothing is open".into())).await;
    let names = |rows: Vec<store::jobs::JobRow>| -> Vec<(String, State)> {
        rows.into_iter().map(|row| (row.kind.name().to_owned(), row.state())).collect()
    };
    let all = names(store.list_jobs(None, None, 9).await.unwrap());
    assert_eq!(all, [("sweep".into(), State::Available), ("narrate".into(), State::Dead)]);
    assert_eq!(names(store.list_jobs(Some("sweep"), None, 9).await.unwrap()).len(), 1);
    assert_eq!(names(store.list_jobs(None, Some(State::Dead), 9).await.unwrap()).len(), 1);
    assert_eq!(names(store.list_jobs(Some("sweep"), Some(State::Dead), 9).await.unwrap()), []);
    assert_eq!(names(store.list_jobs(None, None, 1).await.unwrap()).len(), 1);
    let done = store.list_jobs(None, Some(State::Done), 9).await.unwrap();
    let mut kinds: Vec<&str> = done.iter().map(|row| row.kind.name()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["fetch", "select"]);

    let skipped = done.iter().find(|row| row.kind.name() == "select").unwrap();
    assert_eq!(store.job(skipped.id).await.unwrap().as_ref(), Some(skipped));
    let Stands::Done { message, .. } = &skipped.stands else { panic!("{skipped:?}") };
    assert_eq!(message.as_deref(), Some("nothing is open"));
    let dead = store.list_jobs(None, Some(State::Dead), 1).await.unwrap().remove(0);
    assert_eq!(store.job(dead.id).await.unwrap().as_ref(), Some(&dead));
    let Stands::Queued(queued) = &dead.stands else { panic!("{dead:?}") };
    assert_eq!(queued.death.as_ref().unwrap().message, "no such voice");
    assert_eq!(store.job(queue::JobId(1_000)).await.unwrap(), None);
}

async fn what_is_rare_is_looked_for_page_by_page(place: Place) {
    let store = &place.store;
    let job = |kind: &'static str| NewJob::new(Kind::new(kind), "{}", NOW);
    store.enqueue(&[job("narrate")], OnDuplicate::Keep, NOW).await.unwrap();
    work_off(&place, "narrate", Outcome::Fail(JobError::new(Class::Permanent, "no such voice"))).await;
    let many: Vec<NewJob> = (0..5_001).map(|_| job("sweep")).collect();
    store.enqueue(&many, OnDuplicate::Keep, NOW).await.unwrap();

    let first = store.jobs_page(None, None, None, 2).await.unwrap();
    let second = store.jobs_page(None, None, first.next, 2).await.unwrap();
    let ids = |page: &store::jobs::JobsPage| page.jobs.iter().map(|job| job.id.0).collect::<Vec<_>>();
    assert!(ids(&first)[1] == ids(&second)[0] + 1 && first.jobs.len() == 2, "{first:?} {second:?}");

    // The dead one lies behind the first five thousand.
    let here = store.jobs_page(None, Some(State::Dead), None, 9).await.unwrap();
    assert!(here.jobs.is_empty() && here.next.is_some(), "{here:?}");
    let there = store.jobs_page(None, Some(State::Dead), here.next, 9).await.unwrap();
    assert_eq!((there.jobs.len(), there.next), (1, None));

    assert_eq!(store.jobs_page(None, Some(State::Leased), None, 9).await.unwrap().jobs.len(), 0);
    work_off(&place, "sweep", Outcome::Done).await;
    let done = store.jobs_page(Some("sweep"), Some(State::Done), None, 9).await.unwrap();
    assert_eq!((done.jobs.len(), done.next), (1, None));
    assert_eq!(store.jobs_page(Some("fetch"), Some(State::Done), None, 9).await.unwrap().jobs.len(), 0);
}

async fn who_observes_is_told_from_who_listens(place: Place) {
    use store::listeners::Role;
    let base = place.store.listener(parsed(LISTENER)).await.unwrap().unwrap();
    for (number, role) in [(201, Role::Listener), (202, Role::Observer), (203, Role::Operator)] {
        let email = format!("{number}@example.org");
        let new = store::listeners::Listener { id: parsed(number), email, role, ..base.clone() };
        let mut tx = place.store.begin().await.unwrap();
        assert!(tx.add_listener(&new, NOW).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(place.store.listener(new.id).await.unwrap(), Some(new.clone()));
        assert_eq!(place.store.account(new.id).await.unwrap().unwrap().role, role);
        assert!(place.store.listeners(None, 99).await.unwrap().contains(&new));
    }
    assert_eq!(place.store.recipient(parsed(202)).await.unwrap().map(|one| one.is_operator), Some(false));
}

async fn plans_are_counted_and_set(place: Place) {
    assert_eq!(place.store.count_plans().await.unwrap(), [("unlimited".to_owned(), 1)]);
    let mut tx = place.store.begin().await.unwrap();
    assert!(tx.set_plan(parsed(LISTENER), "free").await.unwrap());
    assert!(!tx.set_plan(parsed(99), "free").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(place.store.count_plans().await.unwrap(), [("free".to_owned(), 1)]);
}

/// Those that no test above reaches.
async fn statements_are_understood(place: Place) {
    assert_eq!(place.store.sources(None, 9).await.unwrap().len(), 1);
    assert_eq!(place.store.requested("nobody").await.unwrap(), None);
    let state =
        place.store.slot_state(parsed(crate::harness::FEED), "2027-01-15".parse().unwrap()).await.unwrap();
    assert_eq!(state, Some(domain::OccurrenceState::Selected));
    let batch = parsed(crate::harness::YESTERDAY);
    assert_eq!(place.store.batch_reasons(batch, 9).await.unwrap(), []);
    place
        .run(
            "UPDATE occurrences SET reason = 'too few articles', edition = 'brief' WHERE state = 'published'",
        )
        .await;
    let reasons = place.store.batch_reasons(batch, 9).await.unwrap();
    assert_eq!(reasons, [(domain::OccurrenceState::Published, "too few articles".to_owned(), 1)]);
    assert_eq!(place.store.deliveries_of_all(None, 9).await.unwrap(), []);
    assert_eq!(place.store.count_channels().await.unwrap(), []);
    assert_eq!(place.store.latest_calls("openai", 0, 9).await.unwrap(), []);
    assert_eq!(place.store.weigh_artifacts().await.unwrap(), []);
    assert_eq!(place.store.latest_parts(9).await.unwrap().len(), 1);
    let (programs, artifacts) = place.store.count_media(NOW).await.unwrap();
    assert_eq!((programs, artifacts), (1, 0));
    let page = place.store.program_media("8", "", NOW).await.unwrap();
    assert!(page.len() == 1 && page[0].manifest.is_err());
    assert_eq!(place.store.program_media("9", "", NOW).await.unwrap().len(), 0);
    assert_eq!(place.store.artifact_media("", "").await.unwrap().len(), 0);
}
