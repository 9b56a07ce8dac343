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
mod press;
mod providers;
mod report;
#[cfg(test)]
mod tests;
mod time;
mod trace;
mod weather;
mod world;
mod zones;

pub use latency::Sort;
#[cfg(test)]
use report::Lateness;
pub use report::Report;
pub use trace::{Trace, Trouble};

use crate::{
    alerts::Alerts,
    config::Config,
    failure::{Failure, Kind},
    jobs::{Learning, Newsstand, Room, Rules, SECOND, external::Outside, fetch::Fetching},
    making::Shelf,
    narrate::{Keys, Narrator, ReadingsByLanguage},
    planner::{Lookout, Opening},
    pressure::Pressure,
    service,
    workshop::Sources,
};
use domain::{forecast::Step, provider::Settings};
use driver::{Driver, Event, Took};
use ledger::Ledger;
use media::Media;
use press::Press;
use providers::{Books, ModelBooth, ModelWriter, Providers};
use queue::{Clock, Lane, Micros, Seeded};
use report::{Naive, Outcomes, Parts};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use store::Store;
use studio::external::{self, Generators};
use time::VirtualTime;
use trace::{DAY, Days, HOUR};
use weather::{Span, Weather};

/// When production of an occurrence is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Policy {
    /// So that it is ready by its time: what the service does
    ReadyBy,
    /// At its time
    FireAt,
    /// At its time and up to 15 minutes later, evenly
    Jitter,
}

impl Policy {
    pub const ALL: [Self; 3] = [Self::ReadyBy, Self::FireAt, Self::Jitter];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadyBy => "ready-by",
            Self::FireAt => "fire-at",
            Self::Jitter => "jitter",
        }
    }

    const fn opening(self, tick: Micros) -> Opening {
        match self {
            Self::ReadyBy => Opening::ByForecast,
            Self::FireAt => Opening::AtReadyBy,
            Self::Jitter => Opening::Spread { over: 15 * 60 * SECOND, tick },
        }
    }
}

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

/// A room at an instant that stands still, with providers that are not called: for measurements of planning.
pub fn bare_room(store: Store, config: &Config, now: Micros) -> Result<Room, Failure> {
    let time = VirtualTime::at(now);
    let entropy = Arc::new(Seeded::new(1));
    let shelf = Shelf { store, media: Media::in_memory(), clock: Arc::new(time.clone()), entropy };
    let plain = Providers::plain(1, time);
    room_over(shelf, config, [&plain, &plain], service::rules(config))
}

fn room_over(
    shelf: Shelf,
    config: &Config,
    [first, plain]: [&Arc<Providers>; 2],
    rules: Rules,
) -> Result<Room, Failure> {
    let Shelf { store, media, clock, entropy } = shelf.clone();
    // Nothing is fetched here and nobody else is asked for programs: what would do it is only there.
    let sources = Sources::configured(config)?;
    let outside = Outside {
        store: store.clone(),
        media,
        clock: clock.clone(),
        entropy: entropy.clone(),
        generators: Generators::new(sources.client(), external::Limits::SHIPPED),
        public_url: "http://simulated.invalid/".parse().map_err(|cause| Failure::new(Kind::Other, cause))?,
    };
    let fetching = Fetching {
        store: store.clone(),
        sources,
        clock: clock.clone(),
        entropy: entropy.clone(),
        lane: Lane(0),
    };
    Ok(Room {
        store,
        clock,
        entropy,
        narrator: narrator(&shelf, config, first),
        plain: Some(narrator(&shelf, config, plain)),
        fetching,
        outside,
        rules,
        learning: Learning::default(),
        newsstand: Newsstand::default(),
        lookout: Lookout::default(),
        pressure: Pressure::new(&config.queue, None),
        alerts: Alerts::silent(),
        away_since: std::sync::Mutex::default(),
        swept: std::sync::Mutex::default(),
    })
}

fn narrator(shelf: &Shelf, config: &Config, providers: &Arc<Providers>) -> Narrator {
    let format = config.publish.format;
    let booth = Arc::new(ModelBooth(providers.clone()));
    let writer = Arc::new(ModelWriter(providers.clone()));
    let keys = Keys { writer, booth, readings: ReadingsByLanguage::default(), format };
    Narrator { shelf: shelf.clone(), keys, tally: Arc::default() }
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
        let tick = Micros::from(config.scheduler.tick_seconds.max(1)) * SECOND;
        Ok(Self { trace, config, folder: folder.to_owned(), days, tick, begun: Instant::now() })
    }

    /// The same day by each policy, at the same capacity.
    pub async fn run(&self, policies: &[Policy]) -> Result<Vec<Report>, Failure> {
        let warm = self.warm_up().await?;
        let mut reports = Vec::with_capacity(policies.len());
        for (at, policy) in policies.iter().enumerate() {
            let file = self.file(policy.name());
            // The last may have the original.
            let took = if at + 1 == policies.len() {
                std::fs::rename(self.file("warm-up"), &file)
            } else {
                std::fs::copy(self.file("warm-up"), &file).map(drop)
            };
            took.map_err(|cause| {
                Failure::new(Kind::Storage, format!("{} cannot be written: {cause}", file.display()))
            })?;
            reports.push(self.day(&warm, *policy).await?);
            // A leftover goes with the folder.
            let _ = std::fs::remove_file(&file);
        }
        Ok(reports)
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
        let slots = (stage.capacity, self.config.queue.other_slots.max(1));
        Driver::new(stage.room.clone(), stage.time.clone(), press, &lanes, slots, self.tick)
    }
}
