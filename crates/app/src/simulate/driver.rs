//! Runs production event by event: the planner's ticks, the claims of workers that have free slots, the ends of
//! what they run. One thing happens at a time, in the order of its time and then of its coming up.

use super::{
    press::Press,
    time::VirtualTime,
    trace::{HOUR, shown},
    weather::Span,
};
use crate::{
    jobs::{Room, SECOND},
    planner::{self, Ticked},
    terminal::note,
};
use domain::forecast::Step;
use futures::future::FutureExt;
use queue::{Clock, JobStore, Kind, Lane, Lanes, Micros, Settlement};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
    time::{Duration, Instant},
};
use store::StoreError;
use work::{Pool, Running};

mod work;

/// Between two looks after leases.
const TEND_EVERY: Micros = 60 * SECOND;
const EXCHANGE_EVERY: Micros = 60 * SECOND;
/// Workers that were killed are there again.
const REBORN_AFTER: Micros = 30 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A source has published.
    Published(usize),
    Tick,
    Exchange,
    Tend,
    Killed,
    Reborn,
    /// Feeds are set back to the slots between two instants.
    Rewound(Micros, Micros),
    /// A handler has slept enough.
    Woken(u64),
}

/// How long narrations of a step took, waiting for their turn not counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    pub pieces: u64,
    pub micros: Micros,
}

pub struct Driver {
    room: Arc<Room>,
    time: VirtualTime,
    pub press: Press,
    tick_every: Micros,
    planner_stopped: Vec<Span>,
    pools: Vec<Pool>,
    events: BinaryHeap<Reverse<(Micros, u64, Event)>>,
    /// Numbers given to events and handlers so far.
    numbered: u64,
    running: BTreeMap<u64, Running>,
    ended: Vec<Settlement>,
    promote_at: Option<Micros>,
    workers_live: bool,
    bell: queue::Listener,
    pub took: BTreeMap<Step, Took>,
    /// Where the time of the simulation itself goes, by what is run.
    spent: BTreeMap<String, (u64, Duration)>,
}

impl Driver {
    /// Slots of narration and of all else.
    pub fn new(
        room: Arc<Room>,
        time: VirtualTime,
        press: Press,
        lanes: &[(Lane, u32)],
        slots: (u32, u32),
        tick_every: Micros,
    ) -> Self {
        let pool = |kinds: &[&'static str], slots| Pool {
            kinds: kinds.iter().map(|kind| Kind::new(kind)).collect(),
            slots,
            busy: 0,
            lanes: Lanes::new(lanes.iter().copied()),
            hungry: true,
        };
        let now = time.now();
        let bell = room.store.bell().listen();
        let mut driver = Self {
            pools: vec![
                pool(&["narrate"], slots.0),
                pool(&["select", "sweep", "assemble", "notify", "external"], slots.1),
            ],
            room,
            time,
            press,
            tick_every,
            planner_stopped: Vec::new(),
            events: BinaryHeap::new(),
            numbered: 0,
            running: BTreeMap::new(),
            ended: Vec::new(),
            promote_at: Some(now),
            workers_live: true,
            bell,
            took: BTreeMap::new(),
            spent: BTreeMap::new(),
        };
        for source in 0..driver.press.len() {
            let next_at = driver.press.source(source).map_or(now, |source| source.next_at);
            driver.at(next_at, Event::Published(source));
        }
        for event in [Event::Tick, Event::Exchange, Event::Tend] {
            driver.at(now, event);
        }
        driver
    }

    pub fn stop_planner(&mut self, while_: Span) {
        self.planner_stopped.push(while_);
    }

    pub fn at(&mut self, instant: Micros, event: Event) {
        self.numbered += 1;
        self.events.push(Reverse((instant, self.numbered, event)));
    }

    /// Goes on until an instant.
    pub async fn run_until(&mut self, instant: Micros) -> Result<(), StoreError> {
        let mut told = self.time.now();
        loop {
            self.settle_down().await?;
            let Some(next) = self.next().filter(|next| *next < instant) else { break };
            self.time.jump(next);
            if next - told >= 6 * HOUR {
                told = next;
                note(format_args!("{}", shown(next)));
            }
            while let Some(event) = self.due() {
                self.happens(event).await?;
            }
        }
        self.time.jump(instant);
        for (what, (times, spent)) in std::mem::take(&mut self.spent) {
            tracing::debug!(what, times, seconds = spent.as_secs_f64(), "simulated");
        }
        Ok(())
    }

    /// Nothing new is begun; what runs ends.
    pub async fn wind_up(&mut self) -> Result<(), StoreError> {
        self.workers_live = false;
        self.events.retain(|Reverse((.., event))| matches!(event, Event::Woken(_)));
        self.promote_at = None;
        while let Some(next) = self.next() {
            self.time.jump(next);
            while let Some(event) = self.due() {
                self.happens(event).await?;
            }
            self.record().await?;
            self.promote_at = None;
        }
        self.room.learning.exchange(&self.room.store).await
    }

    fn next(&self) -> Option<Micros> {
        let event = self.events.peek().map(|Reverse((at, ..))| *at);
        event.into_iter().chain(self.promote_at).min().map(|next| next.max(self.time.now()))
    }

    fn due(&mut self) -> Option<Event> {
        let Reverse((at, ..)) = self.events.peek()?;
        if *at > self.time.now() {
            return None;
        }
        self.events.pop().map(|Reverse((.., event))| event)
    }

    async fn happens(&mut self, event: Event) -> Result<(), StoreError> {
        let now = self.time.now();
        match event {
            Event::Woken(number) => self.go_on(number).await,
            Event::Published(source) => {
                let began = Instant::now();
                self.press.catch_up(&self.room, source, now).await?;
                self.spend("publish", began);
                let next_at = self.press.source(source).map_or(Micros::MAX, |source| source.next_at);
                self.at(next_at, event);
            }
            Event::Tick => {
                let began = Instant::now();
                if !self.planner_stopped.iter().any(|span| span.holds(now))
                    && planner::tick(&self.room).await? != Ticked::default()
                {
                    // It has made jobs that wait for their time.
                    self.promote_at = Some(now);
                }
                self.at(now + self.tick_every, event);
                self.spend("tick", began);
            }
            Event::Exchange => {
                self.room.learning.exchange(&self.room.store).await?;
                self.at(now + EXCHANGE_EVERY, event);
            }
            Event::Tend => {
                self.tend(now).await?;
                self.at(now + TEND_EVERY, event);
            }
            Event::Killed => {
                self.running.clear();
                self.pools.iter_mut().for_each(|pool| pool.busy = 0);
                self.workers_live = false;
                self.at(now + REBORN_AFTER, Event::Reborn);
            }
            Event::Reborn => {
                self.workers_live = true;
                self.pools.iter_mut().for_each(|pool| pool.hungry = true);
            }
            Event::Rewound(from, to) => {
                self.room.store.rewind_feeds(from, to).await?;
            }
        }
        Ok(())
    }

    fn spend(&mut self, what: &str, began: Instant) {
        let (times, spent) = self.spent.entry(what.to_owned()).or_default();
        *times += 1;
        *spent += began.elapsed();
    }

    /// Everything that can happen without time passing.
    async fn settle_down(&mut self) -> Result<(), StoreError> {
        loop {
            let began = Instant::now();
            if self.promote_at.is_some_and(|at| at <= self.time.now()) {
                self.promote().await?;
                self.spend("promote", began);
            }
            if self.bell.rung().now_or_never().is_some() {
                self.pools.iter_mut().for_each(|pool| pool.hungry = true);
            }
            let mut begun = false;
            for pool in 0..self.pools.len() {
                begun |= self.claim(pool).await?;
            }
            let recorded = self.record().await?;
            if !begun && !recorded {
                return Ok(());
            }
        }
    }

    async fn promote(&mut self) -> Result<(), StoreError> {
        const STEP: u32 = 1_000;
        loop {
            let promoted = self.room.store.promote_due(self.time.now(), STEP).await?;
            self.promote_at = promoted.next_at;
            if promoted.count < u64::from(STEP) {
                return Ok(());
            }
        }
    }
}
