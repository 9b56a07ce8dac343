//! One occurrence brings down whatever touches it: the others have their programs.

use super::{
    on_both,
    stage::{SECOND, Stage},
};
use crate::{
    clock::{Time, timestamp},
    jobs::Newsstand,
    making::Product,
    narrate::{Booth, NarrateError},
};
use domain::{Article, ArticleDraft, Host, Language, OccurrenceState, Script, Work, forecast::Step};
use futures::{FutureExt, future::BoxFuture};
use queue::{
    Circumstances, Class, Clock, Job, JobError, JobStore, Micros, Outcome, SetClock, Settlement, Spent,
    dead::DeadFilter, lifecycle, store::SettledBy,
};
use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use studio::mixer::Jingle;
use tokio::sync::Notify;

on_both!(
    a_panic_in_select_is_one_occurrences_own,
    a_crash_in_select_is_one_occurrences_own,
    a_panic_in_assemble_is_one_occurrences_own,
    a_crash_in_assemble_is_one_occurrences_own,
);

/// Longer than a lease.
const OVER: i64 = 31 * SECOND;
/// Of nine programs.
const MOST_STEPS: usize = 2_000;

/// How a handler ends that meets what it cannot bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fall {
    Panic,
    /// Its process goes with it, and nobody says anything any more.
    Abort,
}

/// A place where nobody can bear Japanese.
struct Poison {
    /// The kind of job that meets it.
    at: &'static str,
    fall: Fall,
    /// Such a job is running.
    is_at: AtomicBool,
    booth: Arc<dyn Booth>,
    clock: SetClock,
    falling: AtomicBool,
    fell: Notify,
}

impl Booth for Poison {
    fn fingerprint(&self, language: Language, host: Host) -> String {
        let falls = language == Language::Ja && self.is_at.load(Ordering::SeqCst);
        assert!(!falls || self.fall == Fall::Abort, "what is this?");
        self.falling.fetch_or(falls, Ordering::SeqCst);
        self.booth.fingerprint(language, host)
    }

    fn speaker(&self, language: Language, host: Host) -> String {
        self.booth.speaker(language, host)
    }

    fn record<'a>(
        &'a self,
        script: &'a Script,
        language: Language,
        own: &'a [domain::Reading],
    ) -> BoxFuture<'a, Result<Product, NarrateError>> {
        self.booth.record(script, language, own)
    }

    fn play(&self, jingle: Jingle) -> BoxFuture<'_, Result<Product, NarrateError>> {
        self.booth.play(jingle)
    }
}

impl Clock for Poison {
    fn now(&self) -> Micros {
        self.clock.now()
    }
}

impl Time for Poison {
    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn wait(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.clock.wait(time)
    }

    fn heartbeat(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.clock.heartbeat(time)
    }

    /// The step after which whoever is falling is gone.
    fn worked(&self, step: Step, pieces: usize) -> BoxFuture<'static, ()> {
        if !self.falling.swap(false, Ordering::SeqCst) {
            return self.clock.worked(step, pieces);
        }
        self.fell.notify_one();
        Box::pin(std::future::pending())
    }
}

// All nine fall, the four or five, the two or three, the two, the one; who falls with its process has three chances.

async fn a_panic_in_select_is_one_occurrences_own(stage: Stage) {
    one_of_nine_falls(stage, "select", Fall::Panic, 5).await;
}

async fn a_crash_in_select_is_one_occurrences_own(stage: Stage) {
    one_of_nine_falls(stage, "select", Fall::Abort, 7).await;
}

async fn a_panic_in_assemble_is_one_occurrences_own(stage: Stage) {
    one_of_nine_falls(stage, "assemble", Fall::Panic, 5).await;
}

async fn a_crash_in_assemble_is_one_occurrences_own(stage: Stage) {
    one_of_nine_falls(stage, "assemble", Fall::Abort, 7).await;
}

async fn one_of_nine_falls(mut stage: Stage, at: &'static str, fall: Fall, most_falls: u32) {
    for minutes in [2, 5, 2, 5, 2] {
        stage.add_feed("", minutes, "07:00", "Etc/UTC").await;
    }
    stage.add_feed_in(Language::Ja, "", 5, "07:00", "Etc/UTC").await;
    let room = Arc::get_mut(&mut stage.room).unwrap();
    let poison = Arc::new(Poison {
        at,
        fall,
        is_at: false.into(),
        booth: room.narrator.keys.booth.clone(),
        clock: stage.clock.clone(),
        falling: false.into(),
        fell: Notify::new(),
    });
    (room.narrator.keys.booth, room.clock) = (poison.clone(), poison.clone());
    stage.publish_news().await;
    stage.publish(std::iter::once(japanese(stage.now()))).await;
    stage.clock.set(stage.next_morning() - 1_800 * SECOND);
    let mut falls = 0;
    for _ in 0..MOST_STEPS {
        match stage.claim().await {
            Some(job) => falls += u32::from(falls_over(&mut stage, &poison, job).await),
            None if is_over(&stage).await => break,
            None => stage.pass_time().await,
        }
    }
    let states = stage.room.store.count_occurrences().await.unwrap();
    assert_eq!(states, [(OccurrenceState::Failed, 1), (OccurrenceState::Published, 8)]);
    let dead = stage.room.store.dead_letters(&DeadFilter::default(), 9).await.unwrap();
    let [letter] = &dead[..] else { panic!("{dead:?}") };
    let Ok(Work::Select { first, last, .. } | Work::Assemble { first, last, .. }) =
        crate::jobs::work(&letter.work)
    else {
        panic!("{letter:?}")
    };
    assert_eq!((first, letter.class), (last, Class::Bug), "it is alone");
    assert!(falls <= most_falls, "it fell {falls} times");
}

/// Eight have their programs, and the ninth's job is given up, and with it the ninth.
async fn is_over(stage: &Stage) -> bool {
    let states = stage.room.store.count_occurrences().await.unwrap();
    let done = [OccurrenceState::Failed, OccurrenceState::Published];
    !states.is_empty() && states.iter().all(|(state, _)| done.contains(state))
}

/// Runs a job; whether it fell.
async fn falls_over(stage: &mut Stage, poison: &Poison, job: Job<Work>) -> bool {
    poison.is_at.store(job.work.kind() == poison.at, Ordering::SeqCst);
    let handler = AssertUnwindSafe(stage.handle(&job)).catch_unwind();
    let outcome = tokio::select! {
        outcome = handler => outcome,
        () = poison.fell.notified() => {
            stage.clock.advance(OVER);
            take_back(stage).await;
            // What the next process has in mind is its own.
            Arc::get_mut(&mut stage.room).unwrap().newsstand = Newsstand::default();
            return true;
        }
    };
    // As a worker has it.
    let outcome = outcome.unwrap_or_else(|_| Outcome::Retry(JobError::new(Class::Bug, "it panicked")));
    stage.settle(&job, &outcome).await;
    match &outcome {
        Outcome::Skip(why) => why.contains("panicked"),
        outcome => matches!(outcome, Outcome::Retry(_)),
    }
}

/// The leases of the dead.
pub(super) async fn take_back(stage: &Stage) {
    let (store, now) = (&stage.room.store, stage.now());
    let lapsed = store.lapsed(now, 9).await.unwrap();
    let settlements = lapsed.into_iter().map(|job| {
        let policies = &stage.room.rules.policies;
        let circumstances = Circumstances { policies, due_at: job.due_at, fraction: 0.5, now };
        Settlement {
            ticket: job.ticket,
            kind: job.kind,
            step: lifecycle::lapse(job.counts, &circumstances),
            at: now,
            by: SettledBy::Time,
            spent: Spent::default(),
        }
    });
    assert_eq!(store.settle(&settlements.collect::<Vec<_>>()).await.unwrap(), []);
}

fn japanese(now: Micros) -> Article {
    let sentence =
        |number: usize| format!("第{number}の図書館が町の人々のために春から開かれることになりました。");
    Article::new(ArticleDraft {
        source: "https://news.example/feed".into(),
        id: "ja".into(),
        url: "https://news.example/ja".parse().ok(),
        title: "町の図書館".into(),
        text: (1..40).map(sentence).collect(),
        published: Some(timestamp(now)),
        ..ArticleDraft::default()
    })
}
