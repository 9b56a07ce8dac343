//! The stage of a trial: a service without its loops. A trial claims jobs one by one, runs them as it likes, and
//! moves the clock.

mod room;

use super::{
    dropped::Dropped,
    models::{ModelBooth, ModelWriter},
};
use crate::{
    clock::Time,
    jobs::{self, Room},
    planner,
};
use domain::{
    Article, ArticleId, Edition, FeedId, Language, ListenerId, OccurrenceState, Schedule, SourceId, Style,
    Work,
    schedule::{Days, Standing},
    select::Filter,
};
use futures::future::BoxFuture;
use queue::{
    Circumstances, Claim, Context, Job, JobStore, Kind, Lane, Lanes, Micros, Outcome, SetClock, Settlement,
    Spent, lifecycle, store::SettledBy,
};
use room::{article, room, source};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{
    NewSource, Source,
    check::Bounds,
    feeds::Feed,
    listeners::{Listener, Role},
};

pub const SECOND: Micros = 1_000_000;
pub const MINUTE: Micros = 60 * SECOND;
pub const HOUR: Micros = 60 * MINUTE;
pub const DAY: Micros = 24 * HOUR;
/// 2027-01-15T08:00:00Z, a Friday.
pub const NOW: Micros = 1_800_000_000 * SECOND;
/// Between two ticks of the planner.
const TICK: Micros = 5 * SECOND;
const LEASE: Micros = 30 * SECOND;
/// Production begins so long before the programs are due: whatever a trial does to it, there is time.
pub const LEAD: Micros = 5 * HOUR;
/// Steps of a day that cannot need so many: it goes in circles.
const MOST_STEPS: usize = 20_000;

pub struct Stage {
    pub room: Arc<Room>,
    pub clock: SetClock,
    pub writer: Arc<ModelWriter>,
    pub booth: Arc<ModelBooth>,
    /// Where the media are.
    pub media: PathBuf,
    source: Source,
    pub feeds: Vec<Feed>,
    /// How a tick goes; a trial may do worse things to it.
    pub planner: Planner,
    url: String,
    ticked_at: Micros,
}

#[derive(Clone)]
pub enum Planner {
    Whole,
    /// Dropped after so many polls, then ticked again.
    DroppedOnce(u32),
    /// Dropped after one poll, then after two, until it comes to its end.
    DroppedEverywhere,
    /// Two of them tick at the same time.
    Two(Arc<Room>),
}

impl Stage {
    /// Three listeners who follow one source, two of them with the same wishes.
    pub async fn set(url: &str, folder: &Path) -> Self {
        let (clock, writer, booth) = (SetClock::at(NOW), Arc::default(), Arc::default());
        let room = room(url, folder, Arc::new(clock.clone()), &writer, &booth).await;
        let source = source(&room).await;
        let mut stage = Self {
            room: Arc::new(room),
            clock,
            writer,
            booth,
            media: folder.join("media"),
            source,
            feeds: Vec::new(),
            planner: Planner::Whole,
            url: url.to_owned(),
            ticked_at: 0,
        };
        for (name, minutes) in [("Ann", 2), ("Ben", 2), ("", 5)] {
            stage.add_feed(name, minutes, "07:00", "Etc/UTC").await;
        }
        stage
    }

    /// Another process of the service: nothing is shared but the database, the media and the clock.
    pub async fn another(&self) -> Arc<Room> {
        self.another_by(Arc::new(self.clock.clone())).await
    }

    pub async fn another_by(&self, clock: Arc<dyn Time>) -> Arc<Room> {
        let folder = self.media.parent().unwrap();
        Arc::new(room(&self.url, folder, clock, &self.writer, &self.booth).await)
    }

    pub async fn add_feed(&mut self, name: &str, minutes: u32, ready_by: &str, zone: &str) -> FeedId {
        self.add_feed_in(Language::En, name, minutes, ready_by, zone).await
    }

    pub async fn add_feed_in(
        &mut self,
        language: Language,
        name: &str,
        minutes: u32,
        ready_by: &str,
        zone: &str,
    ) -> FeedId {
        let room = &self.room;
        let now = self.now();
        let id = ListenerId::born(now, room.chance());
        let zone: domain::schedule::Zone = zone.parse().unwrap();
        let listener = Listener {
            id,
            email: format!("{id}@example.org"),
            name: name.into(),
            role: Role::Listener,
            zone: zone.clone(),
            language: Language::En,
            plan: crate::config::DEFAULT_PLAN.into(),
        };
        let mut tx = room.store.begin().await.unwrap();
        tx.add_listener(&listener, now).await.unwrap();
        tx.commit().await.unwrap();
        let feed = Feed {
            id: FeedId::born(now, room.chance()),
            listener: id,
            name: "Morning".into(),
            language,
            style: Style::Single,
            minutes,
            max_articles: None,
            filter: Filter::everything(),
            schedule: Schedule::new(Days::DAILY, ready_by.parse().unwrap(), zone),
            external: None,
            standing: Standing::default(),
        };
        self.follow_news(feed).await
    }

    /// A feed of the stage's source, for a listener who is there.
    pub async fn follow_news(&mut self, feed: Feed) -> FeedId {
        let now = self.now();
        let mut tx = self.room.store.begin().await.unwrap();
        tx.add_feed(&feed, now).await.unwrap();
        tx.follow(feed.id, &[self.source.id]).await.unwrap();
        tx.commit().await.unwrap();
        self.feeds.push(feed);
        self.feeds[self.feeds.len() - 1].id
    }

    /// A feed follows a source, too, that nobody has read yet.
    pub async fn follow_unread(&self, feed: FeedId) {
        let id = SourceId::born(self.now(), self.room.chance());
        let new = NewSource { id, address: "https://other.example/feed", host: "other.example" };
        let mut tx = self.room.store.begin().await.unwrap();
        tx.add_source(&new, self.now()).await.unwrap();
        tx.follow(feed, &[id]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// News of the day, enough for everybody's program.
    pub async fn publish_news(&self) {
        let now = self.now();
        self.publish((0..6).map(|number| article(now, number))).await;
    }

    pub async fn publish(&self, articles: impl Iterator<Item = Article>) {
        let now = self.now();
        let articles: Vec<(ArticleId, Article)> =
            articles.map(|article| (ArticleId::born(now, self.room.chance()), article)).collect();
        let mut tx = self.room.store.begin().await.unwrap();
        tx.take_in(self.source.id, &articles, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub fn now(&self) -> Micros {
        queue::Clock::now(&self.clock)
    }

    /// The most urgent job there is.
    pub async fn claim(&self) -> Option<Job<Work>> {
        let now = self.now();
        self.room.store.promote_due(now, 1_000).await.unwrap();
        let claim = Claim {
            owner: "trial".into(),
            kinds: Work::KINDS.map(Kind::new).into(),
            offers: Lanes::new((0..3).map(|lane| (Lane(lane), 1))).offers(1),
            free: 1,
            now,
            lease_until: now + LEASE,
        };
        let job = self.room.store.claim(&claim).await.unwrap().pop()?;
        let work = jobs::read(&job).unwrap();
        Some(job.with_work(work).0)
    }

    /// A handler at work.
    pub fn handle(&self, job: &Job<Work>) -> BoxFuture<'static, Outcome> {
        handle_in(&self.room, job)
    }

    /// Records how a job ended; whether its lease was still good.
    pub async fn settle(&self, job: &Job<Work>, outcome: &Outcome) -> bool {
        let now = self.now();
        let policies = &self.room.rules.policies;
        let fraction = self.room.entropy.fraction();
        let circumstances = Circumstances { policies, due_at: job.due_at, fraction, now };
        let settlement = Settlement {
            ticket: job.ticket,
            kind: job.kind.clone(),
            step: lifecycle::finish(job.counts, outcome, &circumstances),
            at: now,
            by: SettledBy::Holder,
            spent: Spent::default(),
        };
        self.room.store.settle(&[settlement]).await.unwrap().is_empty()
    }

    /// As it goes when nothing goes wrong.
    pub async fn run(&self, job: Job<Work>) {
        let outcome = self.handle(&job).await;
        self.settle(&job, &outcome).await;
    }

    pub async fn tick(&mut self) {
        self.ticked_at = self.now();
        let room = &self.room;
        let tick = || Box::pin(planner::tick(room));
        match &self.planner {
            Planner::Whole => {}
            Planner::DroppedOnce(polls) => drop(Dropped::after(*polls, tick()).await),
            Planner::DroppedEverywhere => {
                let mut polls = 1;
                while Dropped::after(polls, tick()).await.is_none() {
                    polls += 1;
                }
            }
            Planner::Two(other) => {
                let (one, two) = tokio::join!(tick(), planner::tick(other));
                one.unwrap();
                two.unwrap();
            }
        }
        tick().await.unwrap();
    }

    /// Lets time pass until something is to be done: the next job's time, or the planner's.
    pub async fn pass_time(&mut self) {
        let now = self.now();
        let next = self.room.store.promote_due(now, 1_000).await.unwrap().next_at;
        let tick = self.ticked_at + TICK;
        // Far from any program, minutes pass as seconds do.
        let busy = !self.room.store.unclosed_batches(1).await.unwrap().is_empty();
        let tick = if busy { tick } else { tick + 5 * MINUTE };
        self.clock.set(next.map_or(tick, |next| next.min(tick)).max(now + 1));
        if self.now() >= tick {
            self.tick().await;
        }
    }

    /// Works until an instant has come and every batch due by then is closed. `work` does each job.
    pub async fn work_until(&mut self, until: Micros, mut work: impl AsyncFnMut(&mut Self, Job<Work>)) {
        for _ in 0..MOST_STEPS {
            if let Some(job) = self.claim().await {
                work(self, job).await;
                continue;
            }
            let batches = self.room.store.unclosed_batches(100).await.unwrap();
            if self.now() >= until && !batches.iter().any(|batch| batch.ready_by <= until) {
                return;
            }
            self.pass_time().await;
        }
        let batches = self.room.store.unclosed_batches(100).await.unwrap();
        panic!("production goes in circles at {}: {batches:?}", self.now());
    }

    /// A whole day up to ten minutes past the programs' hour, with the day's news.
    pub async fn day(&mut self, work: impl AsyncFnMut(&mut Self, Job<Work>)) {
        self.publish_news().await;
        let morning = self.next_morning();
        self.clock.set(morning - LEAD - 10 * MINUTE);
        self.work_until(morning + 10 * MINUTE, work).await;
    }

    /// The next 07:00 UTC.
    pub fn next_morning(&self) -> Micros {
        (self.now() - 7 * HOUR).div_euclid(DAY) * DAY + DAY + 7 * HOUR
    }

    /// Every feed has its program of each date, whole and one.
    #[track_caller]
    pub fn check_programs(&self, days: usize) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            let programs = self.room.store.latest_programs(10_000).await.unwrap();
            let states = self.room.store.count_occurrences().await.unwrap();
            let expected = (self.feeds.len() * days) as u64;
            assert_eq!(states, [(OccurrenceState::Published, expected)], "{at}");
            assert_eq!(programs.len() as u64, expected, "{at}");
            let brief = programs.iter().filter(|program| program.edition == Edition::Brief);
            let brief: Vec<_> = brief.map(|program| &program.reason).collect();
            assert!(brief.is_empty(), "{at}: {brief:?}");
        }
    }

    /// The same, and nothing is at odds or has failed on the way.
    #[track_caller]
    pub fn check_day(&self, days: usize) -> impl Future<Output = ()> {
        let programs = self.check_programs(days);
        async move {
            programs.await;
            self.check().await;
        }
    }

    /// What `admin check` asks.
    pub async fn check(&self) {
        let now = self.now();
        let bounds = Bounds {
            limit: 100,
            leases_before: now - MINUTE,
            calls_before: now - MINUTE,
            due_before: now - 2 * HOUR,
            catch_up: 3 * HOUR,
            planned_before: now - MINUTE,
        };
        let violations = self.room.store.violations(&bounds).await.unwrap();
        assert!(violations.is_empty(), "{violations:#?}");
        let jobs = self.room.store.count_jobs().await.unwrap();
        let dead: Vec<_> = jobs.iter().filter(|count| count.state == queue::State::Dead).collect();
        assert!(dead.is_empty(), "dead letters: {dead:?}");
    }
}

/// What waits, waits by the machine's own time; instants are as they are set.
impl Time for SetClock {}

/// A handler at work in one process.
pub fn handle_in(room: &Arc<Room>, job: &Job<Work>) -> BoxFuture<'static, Outcome> {
    Box::pin(jobs::handle(room.clone(), job.clone(), Context::detached(job.counts)))
}
