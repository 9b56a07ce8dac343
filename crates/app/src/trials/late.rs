//! Late is better than never: what is opened too late for its hour, or narrated too late, is made all the same.

use super::{
    on_both,
    stage::{HOUR, MINUTE, Stage},
};
use domain::{OccurrenceState, Work};
use queue::{Class, Job, JobError, JobStore, Micros, Outcome};
use std::collections::{HashMap, HashSet};

on_both!(
    what_was_open_before_an_outage_is_made_whole_after_it,
    what_is_taken_up_after_an_outage_is_not_given_up_for_one_failure,
    what_is_narrated_only_after_the_cut_off_is_published_late,
    what_is_given_up_says_why,
    a_source_that_was_never_read_is_waited_for_as_long_as_there_is_time,
    after_an_outage_over_the_morning_what_is_recent_is_made_and_the_rest_is_missed,
);

async fn what_was_open_before_an_outage_is_made_whole_after_it(mut stage: Stage) {
    let back = outage(&mut stage).await;
    stage.work_until(back + HOUR, async |stage, job| stage.run(job).await).await;
    stage.check_day(1).await;
    let programs = stage.room.store.latest_programs(10).await.unwrap();
    assert!(programs.iter().all(|program| program.document.edition == domain::Edition::Full), "{programs:?}");
}

/// Every job fails once.
async fn what_is_taken_up_after_an_outage_is_not_given_up_for_one_failure(mut stage: Stage) {
    let back = outage(&mut stage).await;
    let mut failed = HashSet::new();
    let work = async |stage: &mut Stage, job: Job<Work>| {
        if failed.insert(job.ticket.id) {
            let error = JobError::new(Class::Transient, "a hiccup");
            stage.settle(&job, &Outcome::Retry(error)).await;
        } else {
            stage.run(job).await;
        }
    };
    stage.work_until(back + HOUR, work).await;
    stage.check_day(1).await;
}

/// The service goes away when all is chosen and nothing is made, and is back an hour and a half after ready-by; when
/// that is.
async fn outage(stage: &mut Stage) -> Micros {
    stage.publish_news().await;
    let morning = stage.next_morning();
    stage.clock.set(morning - 10 * MINUTE);
    let back = morning + 90 * MINUTE;
    let away = async |stage: &mut Stage, job: Job<Work>| match job.work {
        Work::Narrate { .. } => drop(stage.settle(&job, &Outcome::Snooze(back)).await),
        _ => stage.run(job).await,
    };
    stage.work_until(morning - 5 * MINUTE, away).await;
    assert!(stage.room.store.latest_programs(1).await.unwrap().is_empty());
    stage.clock.set(back);
    stage.tick().await;
    back
}

/// No narration succeeds before half an hour past the programs' hour.
async fn what_is_narrated_only_after_the_cut_off_is_published_late(mut stage: Stage) {
    stage.publish_news().await;
    let morning = stage.next_morning();
    stage.clock.set(morning - 10 * MINUTE);
    let late = morning + 30 * MINUTE;
    let work = async |stage: &mut Stage, job: Job<Work>| match job.work {
        Work::Narrate { .. } if stage.now() < late => {
            stage.settle(&job, &Outcome::Snooze(late)).await;
        }
        _ => stage.run(job).await,
    };
    stage.work_until(morning + HOUR, work).await;
    stage.check_day(1).await;
    let programs = stage.room.store.latest_programs(10).await.unwrap();
    assert!(programs.iter().all(|program| program.visible_at >= late));
}

/// On the first day the selection is a dead letter: nobody waits for what will not come. On the second its job is lost.
async fn what_is_given_up_says_why(mut stage: Stage) {
    for fails in [true, false] {
        let morning = stage.next_morning();
        let seen_at = if fails { morning - 5 * MINUTE } else { morning + 5 * HOUR };
        stage.clock.set(morning - 10 * MINUTE);
        stage.tick().await;
        let batch = stage.room.store.recent_batches(1).await.unwrap()[0].id;
        let mut letter = None;
        while let Some(job) = stage.claim().await {
            match job.work {
                Work::Select { .. } if fails => {
                    letter = Some(job.ticket.id);
                    stage.settle(&job, &Outcome::Fail(JobError::new(Class::Bug, "ours"))).await;
                }
                Work::Select { .. } => drop(stage.room.store.cancel(&[job.ticket.id], stage.now()).await),
                _ => drop(stage.settle(&job, &Outcome::Snooze(seen_at)).await),
            }
        }
        stage.clock.set(seen_at);
        while let Some(job) = stage.claim().await {
            stage.run(job).await;
        }
        let reasons = stage.room.store.batch_reasons(batch, 9).await.unwrap();
        let expected = match letter {
            Some(id) => format!(
                "its articles could not be chosen; see `mimiyori admin jobs show {id}`, a dead letter"
            ),
            None => "its articles could not be chosen in time".to_owned(),
        };
        assert_eq!(reasons, [(OccurrenceState::Failed, expected, 3)]);
        stage.clock.set(morning + 5 * HOUR);
    }
}

/// The service is away from 05:00 to 09:59. Programs due since 06:59 are within the catch-up of three hours.
async fn after_an_outage_over_the_morning_what_is_recent_is_made_and_the_rest_is_missed(mut stage: Stage) {
    stage.clock.advance(4 * HOUR);
    let morning = stage.next_morning();
    let mut due = HashMap::new();
    for hour in ["05:30", "06:58", "07:01", "08:00", "09:30", "10:30"] {
        due.insert(stage.add_feed("", 2, hour, "Etc/UTC").await, hour);
    }
    stage.publish_news().await;
    stage.clock.set(morning + 3 * HOUR - MINUTE);
    stage.work_until(morning + 4 * HOUR, async |stage, job| stage.run(job).await).await;
    for (feed, hour) in due {
        let program = stage.room.store.latest_program_of(feed).await.unwrap();
        assert_eq!(program.is_some(), hour >= "07:01", "{hour}");
        let standing = stage.room.store.feed(feed).await.unwrap().unwrap().standing;
        assert_eq!(standing.promised.map(|date| date.to_string()).as_deref(), Some("2027-01-17"), "{hour}");
    }
    // The stage's own three were due at 07:00, which is just within.
    let states = stage.room.store.count_occurrences().await.unwrap();
    assert_eq!(states, [(OccurrenceState::Missed, 2), (OccurrenceState::Published, 7)]);
    let batches = stage.room.store.recent_batches(20).await.unwrap();
    assert!(batches.iter().all(|batch| batch.closed_at.is_some()), "{batches:?}");
    stage.check().await;
}

async fn a_source_that_was_never_read_is_waited_for_as_long_as_there_is_time(mut stage: Stage) {
    let morning = stage.next_morning();
    stage.follow_unread(stage.feeds[0].id).await;
    stage.clock.set(morning - 10 * MINUTE);
    stage.tick().await;
    let opened_at = stage.now();
    let job = loop {
        let job = stage.claim().await.unwrap();
        if matches!(job.work, Work::Select { .. }) {
            break job;
        }
    };
    let waits = async |due_at: Micros, at: Micros| {
        stage.clock.set(at);
        let outcome = stage.handle(&Job { due_at, ..job.clone() }).await;
        match outcome {
            Outcome::Snooze(_) => true,
            Outcome::Done | Outcome::Skip(_) => false,
            outcome => panic!("{outcome:?}"),
        }
    };
    // Until a minute before it is due, and a minute at least.
    assert!(waits(opened_at + 10 * MINUTE, opened_at + 9 * MINUTE - 1).await);
    assert!(waits(opened_at, opened_at + MINUTE - 1).await);
    assert!(!waits(opened_at, opened_at + MINUTE).await);
}
