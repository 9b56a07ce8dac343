//! A day of production on a virtual clock: the real planner, the real handlers, queue and database, with
//! modelled listeners, sources and providers. The same seed gives the same day.
//!
//! A warm-up comes first: the day before, with all of the crowd and some of the others, teaches production its
//! durations and how much its batches share. Then, if it was not told, the capacity is set so that narrating the
//! largest batch takes as much of it as the trace says.

mod chance;
mod driver;
mod latency;
mod ledger;
mod policy;
mod press;
mod providers;
mod report;
mod room;
#[cfg(test)]
mod tests;
mod time;
mod trace;
mod wait;
mod weather;
mod world;
mod zones;

pub use latency::Sort;
pub use policy::Policy;
pub use report::Report;
pub use room::bare_room;
pub use trace::{Trace, Trouble};
pub use wait::wait_for;

use crate::{
    config::Config,
    failure::{Failure, Kind},
    jobs::{Room, SECOND},
    making::Shelf,
    planner::Opening,
    service,
};
use domain::{forecast::Step, provider::Settings};
use driver::{Driver, Event, Took};
use ledger::Ledger;
use media::Media;
use press::Press;
use providers::{Books, Providers};
use queue::{Clock, Lane, Micros, Seeded};
#[cfg(test)]
use report::Lateness;
use report::{Naive, Outcomes, Parts};
use room::room_over;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use store::Store;
use time::VirtualTime;
use trace::{DAY, Days, HOUR};
use weather::{Span, Weather};

/// How much of what sources published before is there when it begins.
const CATALOGUE: Micros = 2 * DAY;
/// Nobody is waited for longer after the day.
const PATIENCE: Micros = 6 * HOUR;

/// One simulation's place, settings and beginning.
pub struct Simulation {
    trace: Trace,
    config: Config,
    folder: PathBuf,
    days: Days,
    tick: Micros,
    begun: Instant,
}

/// Occurrences of the largest batch so far, and the seconds of narration it wanted.
async fn largest_batch(store: &Store, driver: &Driver) -> Result<(u64, f64), Failure> {
    let mean_s = |step| {
        let Took { pieces, micros } = driver.took.get(&step).copied().unwrap_or_default();
        micros as f64 / 1e6 / pieces.max(1) as f64
    };
    let mut largest = (0, 0.0);
    for batch in store.recent_batches(10_000).await? {
        let progress = store.batch_progress(batch.id).await?;
        if progress.total() > largest.0 {
            let wanted = |kind: &str| progress.demand.get(kind).map_or(0.0, |(wanted, _)| *wanted as f64);
            let work_s = wanted("segment") * mean_s(Step::Segment) + wanted("phrase") * mean_s(Step::Phrase);
            largest = (progress.total(), work_s);
        }
    }
    Ok(largest)
}

/// What the warm-up leaves behind.
struct Warm {
    media: Media,
    press: Press,
    capacity: u32,
    largest_batch: u64,
    largest_batch_minutes: f64,
}

/// Production, and what is counted of it.
struct Stage {
    room: Arc<Room>,
    time: VirtualTime,
    capacity: u32,
    hosted: Arc<Providers>,
    plain: Arc<Providers>,
}

impl Simulation {
    /// Keeps its databases in a folder of its own.
    pub fn new(trace: Trace, config: Config, folder: &Path) -> Result<Self, Failure> {
        let days = trace.days()?;
        let tick = Micros::from(config.scheduler.tick_seconds) * SECOND;
        Ok(Self { trace, config, folder: folder.to_owned(), days, tick, begun: Instant::now() })
    }

    /// The same day by each policy, at the same capacity. The days have nothing in common but how they begin: each
    /// has a file and a thread of its own.
    pub async fn run(&self, policies: &[Policy]) -> Result<Vec<Report>, Failure> {
        let warm = self.warm_up().await?;
        self.hand_out(policies)?;
        std::thread::scope(|scope| {
            let day = |policy: &Policy| {
                let (warm, policy) = (&warm, *policy);
                scope.spawn(move || self.day_alone(warm, policy))
            };
            let days: Vec<_> = policies.iter().map(day).collect();
            let broken = |_| Err(Failure::new(Kind::Other, "a simulated day came to no end"));
            days.into_iter().map(|day| day.join().unwrap_or_else(broken)).collect()
        })
    }

    /// What the warm-up leaves, to each of the days.
    fn hand_out(&self, policies: &[Policy]) -> Result<(), Failure> {
        let warm = self.file("warm-up");
        for (at, policy) in policies.iter().enumerate() {
            let file = self.file(policy.name());
            // The last may have the original.
            let took = match at + 1 == policies.len() {
                true => std::fs::rename(&warm, &file),
                false => std::fs::copy(&warm, &file).map(drop),
            };
            took.map_err(|cause| {
                Failure::new(Kind::Storage, format!("{} cannot be written: {cause}", file.display()))
            })?;
        }
        Ok(())
    }

    fn day_alone(&self, warm: &Warm, policy: Policy) -> Result<Report, Failure> {
        let report = wait_for(self.day(warm, policy)).map_err(|cause| Failure::new(Kind::Other, cause))?;
        // A leftover goes with the folder.
        let _ = std::fs::remove_file(self.file(policy.name()));
        report
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.db"))
    }

    async fn open(&self, name: &str) -> Result<Store, Failure> {
        Ok(Store::open_thrown_away(&format!("sqlite://{}", self.file(name).display())).await?)
    }

    async fn warm_up(&self) -> Result<Warm, Failure> {
        let trace = &self.trace;
        let media = Media::in_memory();
        // Before the first batch's articles are chosen.
        let time = VirtualTime::at(self.days.warm_up - 7 * HOUR);
        let store = self.open("warm-up").await?;
        let capacity = trace.capacity.unwrap_or((trace.sources as u32 / 4).clamp(8, 500));
        let stage =
            self.stage(store, &media, &time, capacity, Opening::ByForecast, Weather::default()).await?;
        let room = &stage.room;
        let press = Press::open(room, trace.sources, trace.articles_a_day, trace.seed, CATALOGUE).await?;
        world::settle(room, trace, &press, self.days).await?;
        let mut driver = self.driver(&stage, press);
        driver.run_until(self.days.counted.from).await?;
        driver.wind_up().await?;
        let (largest_batch, work_s) = largest_batch(&room.store, &driver).await?;
        let minutes = trace.largest_batch.as_secs_f64() / 60.0;
        let capacity = trace.capacity.unwrap_or((work_s / 60.0 / minutes.max(0.1)).ceil().max(1.0) as u32);
        room.store.close().await;
        Ok(Warm {
            media,
            press: driver.press,
            capacity,
            largest_batch,
            largest_batch_minutes: work_s / 60.0 / f64::from(capacity),
        })
    }

    async fn day(&self, warm: &Warm, policy: Policy) -> Result<Report, Failure> {
        let time = VirtualTime::at(self.days.counted.from);
        let store = self.open(policy.name()).await?;
        let opening = policy.opening(self.tick);
        let stage =
            self.stage(store, &warm.media, &time, warm.capacity, opening, self.trace.weather()?).await?;
        stage.room.learning.exchange(&stage.room.store).await?;
        let mut driver = self.driver(&stage, warm.press.clone());
        self.trouble(&mut driver)?;
        let Span { to, .. } = self.days.counted;
        let mut until = to;
        loop {
            driver.run_until(until).await?;
            if until >= to + PATIENCE || stage.room.store.unclosed_batches(1).await?.is_empty() {
                break;
            }
            until += HOUR / 4;
        }
        let parts = self.parts(&stage, warm).await?;
        stage.room.store.close().await;
        let Trace { listeners, seed, .. } = self.trace;
        Ok(Report::new(listeners, seed, policy.name(), self.begun.elapsed().as_secs_f64(), &parts))
    }

    fn trouble(&self, driver: &mut Driver) -> Result<(), Failure> {
        let trace = &self.trace;
        if let Some(stopped) = trace.planner_stopped {
            driver.stop_planner(trace.span(stopped)?);
        }
        if let Some(killed) = trace.killed {
            driver.at(trace.instant(killed)?, Event::Killed);
        }
        if let Some(rewound) = trace.rewound {
            let at = trace.instant(rewound)?;
            driver.at(at, Event::Rewound(self.days.counted.from, at));
        }
        Ok(())
    }

    async fn parts(&self, stage: &Stage, warm: &Warm) -> Result<Parts, Failure> {
        let day = self.days.counted;
        let store = &stage.room.store;
        let plain = stage.plain.calls();
        Ok(Parts {
            outcomes: Outcomes::of(&store.endings(day.from, day.to).await?),
            naive: Naive::of(store, day).await?,
            duplicates: store.doubled(day.from, day.to).await?,
            calls: stage.hosted.calls(),
            name_calls: stage.room.narrator.tally.voice_calls_for_one() as u64,
            plain_calls: plain.writer + plain.voice,
            capacity: warm.capacity,
            largest_batch: warm.largest_batch,
            largest_batch_minutes: warm.largest_batch_minutes,
        })
    }

    /// Production at an instant, over a database, with so many narrations at a time.
    async fn stage(
        &self,
        store: Store,
        media: &Media,
        time: &VirtualTime,
        capacity: u32,
        opening: Opening,
        weather: Weather,
    ) -> Result<Stage, Failure> {
        let Trace { seed, writer, voice, .. } = self.trace;
        // The counted day draws other numbers than the warm-up, and the same by every policy.
        let entropy = Arc::new(Seeded::new(seed ^ time.now().unsigned_abs()));
        let shelf =
            Shelf { store, media: media.clone(), clock: Arc::new(time.clone()), entropy: entropy.clone() };
        let books = Books {
            writer: self.ledger("writer", writer, &shelf, time).await?,
            voice: self.ledger("voice", voice, &shelf, time).await?,
        };
        let hosted = Providers::hosted([writer, voice], seed, time.clone(), weather, books);
        let plain = Providers::plain(!seed, time.clone());
        let mut rules = service::rules(&self.config);
        rules.capacity = f64::from(capacity);
        rules.opening = opening;
        let room = Arc::new(room_over(shelf, &self.config, [&hosted, &plain], rules)?);
        Ok(Stage { room, time: time.clone(), capacity, hosted, plain })
    }

    /// The account of a provider: what the configuration says of one of this name, or what its sort charges.
    async fn ledger(
        &self,
        name: &'static str,
        sort: Sort,
        shelf: &Shelf,
        time: &VirtualTime,
    ) -> Result<Ledger, Failure> {
        let settings = match self.config.providers.contains_key(name) {
            true => self.config.provider_settings(name),
            false => Settings { prices: sort.prices(), ..Settings::default() },
        };
        Ok(Ledger::open(name, &settings, shelf.store.clone(), time.clone(), shelf.entropy.clone()).await?)
    }

    fn driver(&self, stage: &Stage, press: Press) -> Driver {
        let lanes: Vec<(Lane, u32)> =
            self.config.queue.ranked_lanes().into_iter().map(|(_, lane, weight)| (lane, weight)).collect();
        let slots = (stage.capacity, self.config.queue.other_slots);
        Driver::new(stage.room.clone(), stage.time.clone(), press, &lanes, slots, self.tick)
    }
}
