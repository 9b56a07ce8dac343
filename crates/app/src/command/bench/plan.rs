//! Planning feeds that are all due at one minute, and the bare inserts of the same rows beside it; a web
//! page's write meanwhile.

use super::{peak_rss_mb, thousandths};
use crate::{
    cli::Place,
    clock::{Chance, SystemClock, chance},
    command::thrown_away::ThrownAway,
    config::{Config, DEFAULT_PLAN},
    entitlement,
    failure::{Failure, Kind},
    jobs::{self, Facts, Room, SECOND, job},
    planner, simulate,
    terminal::answer,
};
use domain::{
    BatchId, ListenerId, OccurrenceId, OccurrenceState, Schedule, Work,
    schedule::{Days, Slot, Zone},
};
use queue::{Counts, JobId, Lane, Micros, NewJob, OnDuplicate, Ticket};
use serde::Serialize;
use std::time::{Duration, Instant};
use store::{
    Store,
    batches::Batch,
    listeners::{Listener, Role},
    occurrences::NewOccurrence,
};
use tokio::sync::watch;

/// Feeds seeded in one transaction.
const SEEDED_TOGETHER: u32 = 50_000;
const SELECTED_TOGETHER: usize = 200;
/// A page is written to this often.
const WRITE_EVERY: Duration = Duration::from_millis(20);
const LOOKS: usize = 101;
/// Occurrences of which it is asked whether they may be made.
const ASKED_FOR: u32 = 100_000;

/// What was measured. The names are a contract; those below `next_due_ms` came later.
#[derive(Debug, Serialize)]
struct Figures {
    feeds: u64,
    seconds: f64,
    feeds_per_s: f64,
    /// Of the whole process; `null` where the system does not tell.
    peak_rss_mb: Option<f64>,
    /// In the middle, with all feeds in the table.
    next_due_ms: f64,
    database: &'static str,
    /// The bare inserts of the same occurrences and jobs, in chunks of the same size.
    raw_seconds: f64,
    ratio: f64,
    /// Of a listener's write while the planner was at work.
    write_p99_ms: f64,
    /// Asking of the first 100,000 (`ASKED_FOR`) whether they may be had, by a plan that counts feeds and days.
    entitlement_seconds: f64,
    /// Of planning and selecting so many.
    entitlement_ratio: f64,
}

pub async fn run(place: &Place, database: Option<String>, feeds: u32, json: bool) -> Result<(), Failure> {
    let config = Config::load(place.config.as_deref())?;
    let (url, _thrown_away) = match database {
        Some(url) => (url, None),
        None => {
            let own = ThrownAway::choose(place)?;
            (format!("sqlite://{}", own.path("plan.db").display()), Some(own))
        }
    };
    let store = Store::open(&url).await?;
    let measured = match refuse_feeds(&store).await {
        Ok(()) => measure(&store, &config, feeds).await,
        Err(refusal) => Err(refusal),
    };
    store.close().await;
    show(&measured?, json)
}

async fn refuse_feeds(store: &Store) -> Result<(), Failure> {
    match store.has_feeds().await? {
        false => Ok(()),
        true => Err(Failure::new(
            Kind::Usage,
            "the database has feeds already; give --database one that has none",
        )),
    }
}

async fn measure(store: &Store, config: &Config, feeds: u32) -> Result<Figures, Failure> {
    let due = Due::in_an_hour()?;
    due.seed(store, feeds).await?;
    let room = simulate::bare_room(store.clone(), config, due.now)?;
    let (seconds, write_p99_ms) = planned(&room, feeds).await?;
    let next_due_ms = next_due_ms(store).await?;
    let asking = asked(&room).await?;
    let pass = seconds * asking.occurrences as f64 / f64::from(feeds) + asking.selecting_seconds;
    let peak_rss_mb = peak_rss_mb();
    store.clear_planned().await?;
    let raw_seconds = inserted(store, &due, config.scheduler.chunk).await?;
    store.clear_planned().await?;
    store.clear_seeded().await?;
    Ok(Figures {
        feeds: u64::from(feeds),
        seconds: thousandths(seconds),
        feeds_per_s: (f64::from(feeds) / seconds).round(),
        peak_rss_mb,
        next_due_ms,
        database: store.dialect(),
        raw_seconds: thousandths(raw_seconds),
        ratio: thousandths(seconds / raw_seconds),
        write_p99_ms,
        entitlement_seconds: thousandths(asking.seconds),
        entitlement_ratio: thousandths(asking.seconds / pass),
    })
}

/// The minute at which all feeds are due.
pub(super) struct Due {
    schedule: Schedule,
    slot: Slot,
    pub(super) now: Micros,
}

impl Due {
    pub(super) fn in_an_hour() -> Result<Self, Failure> {
        let odd = |cause: &dyn std::fmt::Display| Failure::new(Kind::Other, cause);
        let zone: Zone = "Etc/UTC".parse().map_err(|cause| odd(&cause))?;
        let ready_by = "07:00".parse().map_err(|cause| odd(&cause))?;
        let schedule = Schedule::new(Days::DAILY, ready_by, zone);
        let slot = schedule.next_after(SystemClock.now());
        let slot = slot.ok_or_else(|| odd(&"the calendar has ended"))?;
        let now = slot.ready_by.as_microsecond() - 3_600 * SECOND;
        Ok(Self { schedule, slot, now })
    }

    pub(super) async fn seed(&self, store: &Store, feeds: u32) -> Result<(), Failure> {
        let mut first = 1;
        while first <= feeds {
            let last = feeds.min(first.saturating_add(SEEDED_TOGETHER - 1));
            store
                .seed_feeds((i64::from(first), i64::from(last)), &self.schedule, &self.slot, self.now)
                .await?;
            first = last + 1;
        }
        Ok(())
    }

    fn ready_by(&self) -> Micros {
        self.slot.ready_by.as_microsecond()
    }
}

/// Seconds of a tick that opens all feeds, and milliseconds of a write meanwhile.
async fn planned(room: &Room, feeds: u32) -> Result<(f64, f64), Failure> {
    let (done, at_work) = watch::channel(false);
    let writing = tokio::spawn(write_meanwhile(room.store.clone(), at_work));
    let started = Instant::now();
    let ticked = planner::tick(room).await?;
    let seconds = started.elapsed().as_secs_f64();
    done.send_replace(true);
    let took = writing.await.map_err(|cause| Failure::new(Kind::Other, cause))??;
    if ticked.opened != u64::from(feeds) {
        let text = format!("the planner opened {} of {feeds} feeds", ticked.opened);
        return Err(Failure::new(Kind::Other, text));
    }
    Ok((seconds, percentile_ms(took, 99)))
}

/// Whether what is planned may be made is asked when its articles are chosen.
#[derive(Clone, Copy, Debug, Default)]
struct Asking {
    /// Occurrences that were asked for.
    occurrences: u64,
    /// Selecting jobs read what it takes with the rest: it is the difference to reading the rest alone.
    seconds: f64,
    /// Of the jobs as a whole, in which there is nothing to choose from.
    selecting_seconds: f64,
}

async fn asked(room: &Room) -> Result<Asking, Failure> {
    let mut asking = Asking::default();
    let Some(batch) = room.store.recent_batches(1).await?.pop() else { return Ok(asking) };
    let [mut whole, mut bare, mut selecting] = [Duration::ZERO; 3];
    let open = room.store.unfinished(batch.id, ASKED_FOR).await?;
    for chunk in open.chunks(SELECTED_TOGETHER) {
        let (Some((first, _)), Some((last, _))) = (chunk.first(), chunk.last()) else { continue };
        // The first of the two would read for the other, too.
        room.store.to_select_unasked(batch.id, *first, *last).await?;
        let started = Instant::now();
        room.store.to_select_unasked(batch.id, *first, *last).await?;
        bare += started.elapsed();
        let started = Instant::now();
        let open = room.store.to_select(batch.id, *first, *last, OccurrenceState::Open).await?;
        entitlement::sift(&room.rules, room.now(), open.rows);
        whole += started.elapsed();
        let started = Instant::now();
        let selected = jobs::select(room, &facts(batch.due_at), batch.id, *first, *last).await;
        selected.map_err(|trouble| Failure::new(Kind::Other, trouble))?;
        selecting += started.elapsed();
    }
    asking.occurrences = open.len() as u64;
    asking.seconds = whole.saturating_sub(bare).as_secs_f64();
    asking.selecting_seconds = selecting.as_secs_f64();
    Ok(asking)
}

fn facts(due_at: Micros) -> Facts {
    Facts {
        ticket: Ticket { id: JobId(0), fence: 0 },
        kind: queue::Kind::new("select"),
        key: None,
        group: None,
        lane: Lane(0),
        due_at,
        ready_at: 0,
        counts: Counts::default(),
        work: (),
    }
}

/// Signs listeners up, as a page would, until the planner is done; how long each had to wait.
async fn write_meanwhile(store: Store, done: watch::Receiver<bool>) -> Result<Vec<Duration>, Failure> {
    let mut took = Vec::new();
    while !*done.borrow() {
        let now = SystemClock.micros();
        let id = ListenerId::born(now, chance(&Chance));
        let listener = Listener {
            id,
            email: format!("{id}@bench.invalid"),
            name: String::new(),
            role: Role::Listener,
            zone: "Etc/UTC".parse().map_err(|cause| Failure::new(Kind::Other, cause))?,
            language: domain::Language::En,
            plan: DEFAULT_PLAN.to_owned(),
        };
        let started = Instant::now();
        let mut tx = store.begin().await?;
        tx.add_listener(&listener, now).await?;
        tx.commit().await?;
        took.push(started.elapsed());
        tokio::time::sleep(WRITE_EVERY).await;
    }
    Ok(took)
}

async fn next_due_ms(store: &Store) -> Result<f64, Failure> {
    let mut took = Vec::with_capacity(LOOKS);
    for _ in 0..LOOKS {
        let started = Instant::now();
        store.next_due().await?;
        took.push(started.elapsed());
    }
    Ok(percentile_ms(took, 50))
}

/// Seconds of inserting the occurrences and jobs that the planner made, and nothing else.
async fn inserted(store: &Store, due: &Due, chunk: u32) -> Result<f64, Failure> {
    let batch = BatchId::born(due.now, chance(&Chance));
    let mut after = None;
    let mut inserting = Duration::ZERO;
    // As the planner does: the ids of each chunk come after those of the one before.
    for born_at in (due.now..).step_by(1_000) {
        let feeds = store.feeds_after(after, chunk).await?;
        let Some((last, _)) = feeds.last() else { break };
        let first = after.is_none();
        after = Some(*last);
        let mut ids: Vec<OccurrenceId> =
            feeds.iter().map(|_| OccurrenceId::born(born_at, chance(&Chance))).collect();
        ids.sort_unstable();
        let occurrences: Vec<NewOccurrence> = feeds
            .into_iter()
            .zip(ids)
            .map(|((feed, listener), id)| due.occurrence(id, feed, listener, batch))
            .collect();
        let jobs = due.jobs(batch, &occurrences);
        let started = Instant::now();
        let mut tx = store.begin().await?;
        if first {
            tx.open_batch(&due.batch(batch)).await?;
        }
        tx.open_occurrences(&occurrences, due.now).await?;
        tx.enqueue(&jobs, OnDuplicate::Keep, due.now).await?;
        tx.commit().await?;
        inserting += started.elapsed();
    }
    Ok(inserting.as_secs_f64())
}

impl Due {
    fn batch(&self, id: BatchId) -> Batch {
        Batch {
            id,
            ready_by: self.ready_by(),
            request: None,
            due_at: self.ready_by(),
            opened_at: self.now,
            predicted_ms: 0,
            planned_at: None,
            counted_at: None,
            closed_at: None,
        }
    }

    fn occurrence(
        &self,
        id: OccurrenceId,
        feed: domain::FeedId,
        listener: ListenerId,
        batch: BatchId,
    ) -> NewOccurrence {
        NewOccurrence {
            id,
            feed,
            listener,
            batch,
            local_date: self.slot.local_date,
            request: None,
            lane: 0,
            ready_by: self.ready_by(),
            missed: None,
        }
    }

    fn jobs(&self, batch: BatchId, occurrences: &[NewOccurrence]) -> Vec<NewJob> {
        let one = |chunk: &[NewOccurrence]| {
            let (first, last) = (chunk.first()?.id, chunk.last()?.id);
            Some(job(
                &Work::Select { batch, first, last },
                format!("select:{first}"),
                Lane(0),
                self.ready_by(),
            ))
        };
        occurrences.chunks(SELECTED_TOGETHER).filter_map(one).collect()
    }
}

fn percentile_ms(mut took: Vec<Duration>, percent: usize) -> f64 {
    took.sort_unstable();
    let place = (took.len() * percent / 100).min(took.len().saturating_sub(1));
    thousandths(took.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3)
}

fn show(figures: &Figures, json: bool) -> Result<(), Failure> {
    if json {
        return answer(serde_json::json!(figures));
    }
    let Figures { feeds, database, seconds, raw_seconds, ratio, next_due_ms, write_p99_ms, .. } = figures;
    answer(format_args!("{database}, {feeds} feeds due at one minute"))?;
    answer(format_args!("planned       {seconds:>9.1} s   {:.0}/s", figures.feeds_per_s))?;
    answer(format_args!("bare inserts  {raw_seconds:>9.1} s   planning takes {ratio:.2} times as long"))?;
    answer(format_args!("next due      {next_due_ms:>9.2} ms"))?;
    answer(format_args!(
        "entitlement   {:>9.1} s   {:.1} % of planning and selecting as many",
        figures.entitlement_seconds,
        figures.entitlement_ratio * 100.0
    ))?;
    answer(format_args!("a write       {write_p99_ms:>9.1} ms  at 99 %, while planning"))?;
    match figures.peak_rss_mb {
        Some(peak_rss_mb) => answer(format_args!("peak memory   {peak_rss_mb:>9.0} MB")),
        None => Ok(()),
    }
}
