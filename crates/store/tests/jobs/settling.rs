//! How leases end: by their holder, by time, by cancelling; and what is forgotten when.

use crate::harness::{
    KIND, LEASE, NOW, Place, SECOND, claim, claim_one, enqueue, job, jobs, on_both, settle, settlement,
    sweep, tickets,
};
use queue::{
    Begin, Class, JobError, JobStore, NewJob, Outcome, Settlement, Spent, State,
    lifecycle::{Ending, give_back},
};
use store::jobs::Pruned;

on_both!(
    a_stale_ticket_opens_nothing,
    a_kept_lease_does_not_lapse,
    three_crashes_bury_a_job,
    every_lease_leaves_one_attempt,
    settling_twice_is_good_and_otherwise_is_not,
    a_batch_is_settled_but_for_what_is_lost,
    a_cancelled_job_is_nobodys,
    what_is_given_back_is_there_at_once,
    old_ends_are_forgotten_step_by_step,
);

fn no_answer() -> JobError {
    JobError::new(Class::Transient, "no answer")
}

async fn a_stale_ticket_opens_nothing(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(1)).await;
    let old = claim_one(&store, NOW).await;
    let later = NOW + LEASE;
    assert_eq!(sweep(&store, later - 1).await, 0, "not before its end");
    assert_eq!(sweep(&store, later).await, 1);
    assert!(!settle(&store, &old, &Outcome::Done, later).await, "it is nobody's now");
    let new = claim_one(&store, later).await;
    assert_eq!(new.ticket.id, old.ticket.id);
    assert!(!settle(&store, &old, &Outcome::Done, later).await, "it is another's now");
    assert!(!settle(&store, &old, &Outcome::Retry(no_answer()), later).await);
    assert_eq!(store.heartbeat(&[old.ticket], later + LEASE).await.unwrap(), [old.ticket]);
    assert_eq!(store.heartbeat(&[new.ticket], later + LEASE).await.unwrap(), []);
    assert!(settle(&store, &new, &Outcome::Done, later).await);
    assert!(!settle(&store, &old, &Outcome::Done, later).await, "it is done");
}

async fn a_kept_lease_does_not_lapse(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(1)).await;
    let held = claim_one(&store, NOW).await;
    let over = NOW + LEASE;
    let lapsed = store.lapsed(over, 10).await.unwrap();
    assert_eq!(lapsed.len(), 1);
    // A heartbeat between finding and taking it back saves the lease.
    assert!(store.heartbeat(&[held.ticket], over + LEASE).await.unwrap().is_empty());
    let step = queue::lifecycle::lapse(held.counts, &crate::harness::circumstances(held.due_at, over));
    let taken_back =
        Settlement { step, by: queue::store::SettledBy::Time, ..settlement(&held, &Outcome::Done, over) };
    assert_eq!(store.settle(&[taken_back]).await.unwrap(), [held.ticket]);
    assert!(settle(&store, &held, &Outcome::Done, over).await);
}

async fn three_crashes_bury_a_job(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(1)).await;
    let mut now = NOW;
    let mut id = None;
    for crashes in 0..3 {
        let held = claim_one(&store, now).await;
        assert_eq!((held.counts.tries, held.counts.crashes), (0, crashes));
        id = Some(held.ticket.id);
        now += LEASE;
        assert_eq!(sweep(&store, now).await, 1);
        // The second time it comes back apart from those that ran beside it.
        now += LEASE;
        store.promote_due(now, 10).await.unwrap();
    }
    assert!(claim(&store, 1, now).await.is_empty());
    let dead = store.dead_letters(&queue::dead::DeadFilter::default(), 10).await.unwrap();
    assert_eq!((dead[0].id, dead[0].class, dead[0].tries), (id.unwrap(), Class::Bug, 1));
}

async fn every_lease_leaves_one_attempt(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(1)).await;
    let first = claim_one(&store, NOW).await;
    let id = first.ticket.id;
    let spent = Spent { units: 7, cost_micro_usd: 42 };
    let failed = Settlement { spent, ..settlement(&first, &Outcome::Retry(no_answer()), NOW + 3) };
    assert!(store.settle(&[failed]).await.unwrap().is_empty());
    assert!(claim(&store, 1, NOW).await.is_empty(), "it waits for its next try");
    let next_at = store.promote_due(NOW, 9).await.unwrap().next_at.unwrap();
    assert_eq!(next_at, NOW + 3 + SECOND, "half of the first window of 2 s");
    assert_eq!(store.promote_due(next_at, 9).await.unwrap().count, 1);
    let second = claim_one(&store, next_at).await;
    assert_eq!(second.counts.tries, 1);
    let later = next_at + 100 * SECOND;
    assert!(settle(&store, &second, &Outcome::Snooze(later), next_at).await);
    store.promote_due(later, 9).await.unwrap();
    let third = claim_one(&store, later).await;
    assert_eq!(third.counts.tries, 1, "a snooze is no attempt");
    assert!(settle(&store, &third, &Outcome::Skip("nothing new".into()), later).await);

    let attempts = store.attempts(id).await.unwrap();
    let endings: Vec<Ending> = attempts.iter().map(|attempt| attempt.ending).collect();
    assert_eq!(endings, [Ending::Retried, Ending::Snoozed, Ending::Skipped]);
    assert_eq!(
        (attempts[0].class, attempts[0].message.as_deref()),
        (Some(Class::Transient), Some("no answer"))
    );
    assert_eq!((attempts[0].spent, attempts[1].spent), (spent, Spent::default()));
    assert_eq!((attempts[0].started_at, attempts[0].ended_at), (NOW, NOW + 3));
    assert_eq!(attempts[2].message.as_deref(), Some("nothing new"));
    assert_eq!(attempts.iter().map(|attempt| attempt.fence).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(store.job_state(id).await.unwrap(), Some(State::Done));
    assert_eq!(store.count_attempts(later).await.unwrap()[0].total, 1);
}

async fn settling_twice_is_good_and_otherwise_is_not(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(2)).await;
    for (job, outcome) in claim(&store, 2, NOW).await.iter().zip([Outcome::Done, Outcome::Retry(no_answer())])
    {
        assert!(settle(&store, job, &outcome, NOW + 1).await);
        assert!(settle(&store, job, &outcome, NOW + 1).await, "the answer was lost, the record was not");
        assert!(!settle(&store, job, &Outcome::Skip("else".into()), NOW + 2).await);
        assert_eq!(store.attempts(job.ticket.id).await.unwrap().len(), 1);
    }
}

async fn a_batch_is_settled_but_for_what_is_lost(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(6)).await;
    let claimed = claim(&store, 6, NOW).await;
    let outcomes = [
        Outcome::Done,
        Outcome::Skip("no".into()),
        Outcome::Retry(no_answer()),
        Outcome::Snooze(NOW + SECOND),
        Outcome::Fail(no_answer()),
        Outcome::Done,
    ];
    let mut batch: Vec<Settlement> =
        claimed.iter().zip(&outcomes).map(|(job, outcome)| settlement(job, outcome, NOW + 1)).collect();
    batch[5].ticket.fence += 1;
    assert_eq!(store.settle(&batch).await.unwrap(), [batch[5].ticket]);
    let mut states = Vec::new();
    for job in &claimed {
        states.push(store.job_state(job.ticket.id).await.unwrap().unwrap());
    }
    let expected = [State::Done, State::Done, State::Available, State::Available, State::Dead, State::Leased];
    assert_eq!(states, expected);
    assert_eq!(store.heartbeat(&tickets(&claimed), NOW + 2 * LEASE).await.unwrap(), tickets(&claimed)[..5]);
}

async fn a_cancelled_job_is_nobodys(place: Place) {
    let Place { store, .. } = place;
    let held = NewJob { begin: Begin::Held("batch".into()), key: Some("held".into()), ..job("held") };
    let keyed = |name: &str| NewJob { key: Some(name.into()), ..job(name) };
    enqueue(&store, &[keyed("running"), held, keyed("ready")]).await;
    let running = claim_one(&store, NOW).await;
    let mut ids = Vec::new();
    for key in ["running", "held", "ready"] {
        ids.push(store.find_job(key).await.unwrap().unwrap().0);
    }
    assert_eq!(store.cancel(&ids, NOW + 5).await.unwrap(), 3);
    assert_eq!(store.cancel(&ids, NOW + 6).await.unwrap(), 0, "nothing leads out of it");
    assert_eq!(store.heartbeat(&[running.ticket], NOW + LEASE).await.unwrap(), [running.ticket]);
    assert!(!settle(&store, &running, &Outcome::Done, NOW + 7).await);
    assert_eq!(store.promote_held("batch", NOW, 9).await.unwrap(), 0);
    assert!(claim(&store, 9, NOW).await.is_empty());
    let attempts = store.attempts(running.ticket.id).await.unwrap();
    assert_eq!((attempts.len(), attempts[0].ending), (1, Ending::Cancelled));
    assert_eq!(enqueue(&store, &[keyed("ready")]).await.new, 1, "its key is free");
}

async fn what_is_given_back_is_there_at_once(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(1)).await;
    let held = claim_one(&store, NOW).await;
    let back =
        Settlement { step: give_back(held.counts, NOW + 1), ..settlement(&held, &Outcome::Done, NOW + 1) };
    assert!(store.settle(&[back]).await.unwrap().is_empty());
    let again = claim_one(&store, NOW + 1).await;
    assert_eq!((again.ticket.id, again.counts), (held.ticket.id, held.counts));
}

async fn old_ends_are_forgotten_step_by_step(place: Place) {
    let Place { store, .. } = place;
    enqueue(&store, &jobs(30)).await;
    for (n, job) in claim(&store, 30, NOW).await.iter().enumerate() {
        assert!(settle(&store, job, &Outcome::Done, NOW + if n < 25 { 1 } else { 100 }).await);
    }
    let cancelled = NewJob { key: Some("cancelled".into()), ..job("cancelled") };
    enqueue(&store, &[cancelled]).await;
    let id = store.find_job("cancelled").await.unwrap().unwrap().0;
    store.cancel(&[id], NOW + 1).await.unwrap();
    let mut steps = Vec::new();
    loop {
        let pruned = store.prune_jobs(NOW + 50, 10).await.unwrap();
        if pruned == Pruned::default() {
            break;
        }
        steps.push(pruned.attempts);
    }
    assert_eq!(steps, [10, 10, 5]);
    assert_eq!(store.job_state(id).await.unwrap(), None);
    assert_eq!(store.count_attempts(0).await.unwrap()[0].total, 5);
    assert_eq!(KIND.name(), store.count_attempts(0).await.unwrap()[0].kind.name());
}
