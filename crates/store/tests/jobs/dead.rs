//! Dead letters: grouped, redriven with care, discarded and wanted back.

use crate::harness::{HOUR, NOW, Place, SECOND, bury, claim, claim_one, enqueue, job, on_both, settle};
use queue::{
    Class, JobError, JobStore, NewJob, Outcome,
    dead::{DeadFilter, Decided, Redrive},
};
use store::Store;

on_both!(
    what_died_of_the_same_is_one_group,
    a_redrive_takes_what_its_dry_run_counted,
    a_canary_goes_first_and_the_rest_at_its_pace,
    a_key_lives_once_only,
    a_discarded_letter_can_be_wanted_back,
);

fn decided() -> Decided {
    Decided { who: "an operator".into(), why: Some("it was mended".into()) }
}

fn redrive(filter: DeadFilter) -> Redrive {
    Redrive { filter, first: None, per_minute: None, due_at: NOW + 9 * HOUR, by: decided() }
}

fn everything() -> DeadFilter {
    DeadFilter::default()
}

/// Five dead of two causes.
async fn five_dead(store: &Store) {
    for n in 0..3 {
        bury(store, &job("a"), JobError::new(Class::Transient, format!("status 50{n}")), NOW + n).await;
    }
    for n in 3..5 {
        bury(store, &job("b"), JobError::new(Class::Input, format!("article {n} is empty")), NOW + n).await;
    }
}

async fn what_died_of_the_same_is_one_group(place: Place) {
    let Place { store, .. } = place;
    five_dead(&store).await;
    let groups = store.dead_groups(&everything()).await.unwrap();
    let shape: Vec<_> = groups.iter().map(|group| (group.class, group.total)).collect();
    assert_eq!(shape, [(Class::Transient, 3), (Class::Input, 2)]);
    assert_eq!((groups[0].first_at, groups[0].last_at), (NOW, NOW + 2));
    let of_group = DeadFilter { fingerprint: Some(groups[1].fingerprint.clone()), ..DeadFilter::default() };
    let letters = store.dead_letters(&of_group, 9).await.unwrap();
    let messages: Vec<&str> = letters.iter().map(|letter| letter.message.as_str()).collect();
    assert_eq!(messages, ["article 4 is empty", "article 3 is empty"]);
    let fingerprint = &groups[1].fingerprint;
    assert_eq!(store.dead_letters_of(fingerprint, 9).await.unwrap(), letters);
    assert_eq!(store.dead_letters_of(fingerprint, 1).await.unwrap(), letters[..1]);
    assert_eq!(store.count_redrive_of(fingerprint).await.unwrap(), 2);
    assert_eq!(store.count_redrive_of("none").await.unwrap(), 0);
}

async fn a_redrive_takes_what_its_dry_run_counted(place: Place) {
    let Place { store, .. } = place;
    five_dead(&store).await;
    let filter = DeadFilter { class: Some(Class::Transient), until: Some(NOW + 2), ..DeadFilter::default() };
    assert_eq!(store.count_redrive(&filter).await.unwrap(), 2);
    assert!(claim(&store, 9, NOW).await.is_empty(), "a dry run moves nothing");
    assert_eq!(store.redrive(&redrive(filter.clone()), NOW + 10).await.unwrap(), 2);
    assert_eq!(store.count_redrive(&filter).await.unwrap(), 0);
    let again = claim(&store, 9, NOW + 10).await;
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|job| job.counts.tries == 0 && job.ticket.fence == 2));
    assert!(again.iter().all(|job| job.due_at == NOW + 9 * HOUR));
    let one =
        DeadFilter { id: Some(store.dead_letters(&everything(), 1).await.unwrap()[0].id), ..everything() };
    assert_eq!(store.redrive(&redrive(one), NOW + 10).await.unwrap(), 1);
}

async fn a_canary_goes_first_and_the_rest_at_its_pace(place: Place) {
    let Place { store, .. } = place;
    five_dead(&store).await;
    let canary = Redrive { first: Some(1), ..redrive(everything()) };
    assert_eq!(store.redrive(&canary, NOW + 10).await.unwrap(), 1);
    let tried = claim_one(&store, NOW + 10).await;
    assert_eq!(store.attempts(tried.ticket.id).await.unwrap()[0].ended_at, NOW, "the oldest goes first");
    assert!(settle(&store, &tried, &Outcome::Done, NOW + 10).await);

    let rest = Redrive { per_minute: Some(120), ..redrive(everything()) };
    assert_eq!(store.redrive(&rest, NOW).await.unwrap(), 4);
    assert_eq!(claim(&store, 9, NOW).await.len(), 1);
    for (half_seconds, due) in [(1, 1), (2, 1), (4, 1)] {
        let now = NOW + half_seconds * SECOND / 2;
        assert_eq!(store.promote_due(now, 9).await.unwrap().count, due, "at {half_seconds}");
        assert_eq!(claim(&store, 9, now).await.len(), 1);
    }
}

async fn a_key_lives_once_only(place: Place) {
    let Place { store, .. } = place;
    let keyed = NewJob { key: Some("segment 1".into()), ..job("x") };
    let error = || JobError::new(Class::Permanent, "gone");
    bury(&store, &keyed, error(), NOW).await;
    let later = bury(&store, &keyed, error(), NOW + 1).await;
    assert_eq!(store.count_redrive(&everything()).await.unwrap(), 1, "only the later of the two");
    enqueue(&store, std::slice::from_ref(&keyed)).await;
    assert_eq!(store.redrive(&redrive(everything()), NOW + 2).await.unwrap(), 0, "a living one has it");
    let living = claim_one(&store, NOW + 2).await;
    assert!(settle(&store, &living, &Outcome::Done, NOW + 2).await);
    assert_eq!(store.redrive(&redrive(everything()), NOW + 3).await.unwrap(), 1);
    assert_eq!(claim_one(&store, NOW + 3).await.ticket.id, later);
}

async fn a_discarded_letter_can_be_wanted_back(place: Place) {
    let Place { store, .. } = place;
    five_dead(&store).await;
    let inputs = DeadFilter { class: Some(Class::Input), ..DeadFilter::default() };
    assert_eq!(store.discard(&inputs, &decided(), NOW + 10).await.unwrap(), 2);
    let discarded = store.discarded_groups().await.unwrap();
    assert_eq!(discarded.iter().map(|group| group.total).collect::<Vec<_>>(), [2]);
    assert_eq!(store.count_redrive_of(&discarded[0].fingerprint).await.unwrap(), 0);
    assert_eq!(store.dead_groups(&everything()).await.unwrap().len(), 1);
    assert_eq!(store.count_redrive(&inputs).await.unwrap(), 0);
    assert_eq!(store.restore(&inputs, &decided(), NOW + 11).await.unwrap(), 2);
    assert_eq!(store.count_redrive(&inputs).await.unwrap(), 2);
    assert_eq!(store.discard(&inputs, &decided(), NOW + 12).await.unwrap(), 2);
    assert_eq!(store.prune_jobs(NOW + 12, 9).await.unwrap().discarded, 0);
    assert_eq!(store.prune_jobs(NOW + 13, 9).await.unwrap().discarded, 2);
    let audit = store.audited(9).await.unwrap();
    let actions: Vec<&str> = audit.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["discard", "restore", "discard"]);
    assert!(audit.iter().all(|entry| entry.actor == "an operator" && entry.detail.contains("\"jobs\":2")));
    assert!(audit.iter().all(|entry| entry.detail.contains("it was mended")));
}
