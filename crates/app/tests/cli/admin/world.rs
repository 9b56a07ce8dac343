//! A database with people in it, and what only production leaves behind.

use crate::{
    documents::{BACKUPS, RIVER, item, rss},
    run::Home,
};
use domain::{BatchId, FeedId, ListenerId, OccurrenceId, OccurrenceState, Recipe, Work};
use jiff::{Timestamp, civil::Date};
use queue::{
    Claim, Class, JobError, JobId, JobStore, Kind, Lane, Lanes, NewJob, OnDuplicate, Outcome, Policies,
    Settlement, Spent, lifecycle, store::SettledBy,
};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    Store,
    batches::Batch,
    occurrences::{Ended, NewOccurrence},
};

pub const SECOND: i64 = 1_000_000;
pub const HOUR: i64 = 3_600 * SECOND;

pub struct World {
    pub home: Home,
    pub store: Store,
}

/// Somebody with a feed.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub listener: ListenerId,
    pub feed: FeedId,
}

pub fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "it is the real clock that the binary will read")]
    let now = Timestamp::now();
    now.as_microsecond()
}

pub fn today() -> Date {
    Timestamp::from_microsecond(now()).unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

fn chance() -> [u64; 2] {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    [DRAWN.fetch_add(1, Ordering::Relaxed) << 8, u64::from(std::process::id())]
}

impl World {
    pub async fn sqlite() -> Self {
        let home = Home::new();
        let store =
            Store::open(&format!("sqlite://{}", home.path("data/mimiyori.db").display())).await.unwrap();
        Self { home, store }
    }

    pub async fn postgres(cluster: &testkit::Postgres) -> Self {
        let (mut home, url) = (Home::new(), cluster.database().unwrap());
        home.set("MIMIYORI_DATABASE__URL", &url);
        Self { home, store: Store::open(&url).await.unwrap() }
    }

    /// The one document that a command prints.
    #[track_caller]
    pub fn ask(&self, arguments: &[&str]) -> Value {
        self.home.run(&[&["admin"], arguments, &["--json"]].concat()).succeeds().json()
    }

    /// What a command says to people.
    #[track_caller]
    pub fn read(&self, arguments: &[&str]) -> String {
        self.home.run(&[&["admin"], arguments].concat()).succeeds().stdout
    }

    /// The line of a command that fails.
    #[track_caller]
    pub fn refused(&self, code: i32, arguments: &[&str]) -> String {
        self.home.run(&[&["admin"], arguments].concat()).fails(code)
    }

    /// Whose next slot is almost a day away.
    pub fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.org");
        let added = ["listener", "add", "--email", &email, "--zone", "Etc/UTC", "--language", "en"];
        let listener = self.ask(&added)["id"].as_str().unwrap().to_owned();
        let articles = format!("{}{}", item("Backups", BACKUPS), item("River", RIVER));
        let source = self.home.file("feed.xml", rss(&articles));
        let an_hour_ago = Timestamp::from_microsecond(now() - HOUR).unwrap().strftime("%H:%M").to_string();
        let wish = ["feed", "add", "--listener", &listener, "--source", &source, "--at", &an_hour_ago];
        let feed = self.ask(&[&wish[..], &["--minutes", "1", "--articles", "2"]].concat());
        Person { listener: listener.parse().unwrap(), feed: feed["id"].as_str().unwrap().parse().unwrap() }
    }

    /// An occurrence of days ago, in a closed batch of its own: missed, or failed because its selecting job died.
    pub async fn lost(&self, person: Person, days_ago: i32, missed: bool) -> OccurrenceId {
        let ready_by = now() - i64::from(days_ago) * 24 * HOUR;
        let batch = Batch {
            id: BatchId::born(now(), chance()),
            ready_by,
            request: None,
            due_at: ready_by,
            opened_at: ready_by - HOUR,
            predicted_ms: 1,
            planned_at: None,
            counted_at: None,
            closed_at: None,
        };
        let id = OccurrenceId::born(now(), chance());
        let mut tx = self.store.begin().await.unwrap();
        let batch = tx.open_batch(&batch).await.unwrap();
        let new = NewOccurrence {
            id,
            feed: person.feed,
            listener: person.listener,
            batch,
            local_date: today().saturating_sub(jiff::Span::new().days(days_ago)),
            request: None,
            lane: 0,
            ready_by,
            missed: missed.then(|| "nobody was there".to_owned()),
        };
        assert_eq!(tx.open_occurrences(&[new], ready_by).await.unwrap(), 1);
        tx.commit().await.unwrap();
        if !missed {
            let work = Work::Select { batch, first: id, last: id };
            self.dead(&work, &format!("select:{id}")).await;
        }
        let ended = Ended { id, state: OccurrenceState::Failed, reason: "not in time".to_owned() };
        let mut tx = self.store.begin().await.unwrap();
        tx.end_occurrences(&[ended], ready_by + HOUR).await.unwrap();
        tx.commit().await.unwrap();
        self.store.batches_planned(ready_by).await.unwrap();
        let mut tx = self.store.begin().await.unwrap();
        assert!(tx.close_batch(batch, ready_by + HOUR).await.unwrap());
        tx.commit().await.unwrap();
        id
    }

    /// A job that failed for good.
    pub async fn dead(&self, work: &Work, key: &str) -> JobId {
        let job = self.leased(work, key, now() + HOUR).await;
        let outcome = Outcome::Fail(JobError::new(Class::Bug, format!("the cable of {key} was cut")));
        let policies = Policies::SHIPPED;
        let circumstances =
            queue::Circumstances { policies: &policies, due_at: job.due_at, fraction: 0.5, now: now() };
        let settlement = Settlement {
            ticket: job.ticket,
            step: lifecycle::finish(job.counts, &outcome, &circumstances),
            kind: job.kind,
            at: now(),
            by: SettledBy::Holder,
            spent: Spent { units: 12, cost_micro_usd: 34 },
        };
        assert!(self.store.settle(&[settlement]).await.unwrap().is_empty());
        job.ticket.id
    }

    /// A job that somebody works on until then.
    pub async fn leased(&self, work: &Work, key: &str, lease_until: i64) -> queue::Job<String> {
        let kind = Kind::new(work.kind());
        let new = NewJob {
            key: Some(key.to_owned()),
            ..NewJob::new(kind.clone(), serde_json::to_string(work).unwrap(), now())
        };
        self.store.enqueue(&[new], OnDuplicate::Keep, now()).await.unwrap();
        let claim = Claim {
            owner: "tester".into(),
            kinds: vec![kind],
            offers: Lanes::new([(Lane(0), 1)]).offers(1),
            free: 1,
            now: now(),
            lease_until,
        };
        self.store.claim(&claim).await.unwrap().remove(0)
    }
}

/// Making one of the shipped melodies.
pub fn melody(name: &str) -> Work {
    let key = std::iter::repeat_n(name.as_bytes()[0] % 10 + b'0', 64).map(char::from).collect::<String>();
    Work::Narrate { key: key.parse().unwrap(), recipe: Recipe::Jingle { name: name.to_owned() } }
}
