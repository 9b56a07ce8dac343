//! The service: planner and workers over one room, until they are told to stop.

use crate::{
    accounts,
    alerts::{self, Alerts, Desk},
    billing::{self, Stripe},
    clock::{Chance, Setting, SteadyClock, timestamp},
    config::Config,
    failure::{self, Failure},
    herald::{self, Herald},
    jobs::{self, Plan, Room, Rules, external::Outside, fetch, fetch::Fetching},
    making::Shelf,
    metrics, planner, podcasts,
    pressure::{self, Pressure},
    workshop::{self, Sources, Workshop},
};
use domain::forecast::Window;
use futures::future::join_all;
use jiff::SignedDuration;
use queue::{
    JobStore, Kind, Limits, Worker, WorkerSettings,
    lifecycle::Ending,
    worker::{Cause, Notice},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::StoreError;
use studio::external::{self, Generators};
use tokio::sync::watch;
use url::Url;

/// A part that a process may play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    Web,
    Worker,
    Scheduler,
}

/// Jobs that share slots.
struct Pool {
    name: &'static str,
    kinds: &'static [&'static str],
    slots: u32,
}

/// The pool whose jobs take memory and disk.
const NARRATE: &str = "narrate";
/// Generators that are waited for at the same time.
const OUTSIDE_SLOTS: u32 = 32;
/// How often this node looks whether it has room.
const WATCH_EVERY: Duration = Duration::from_secs(5);
/// How often the clock is set.
const SET_EVERY: Duration = Duration::from_secs(5);
/// How often what was learned is written down and read back.
const EXCHANGE_EVERY: Duration = Duration::from_secs(30);

/// Told to everything that runs when it is to end.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub fn now(&self) {
        self.0.send_replace(true);
    }

    pub fn told(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopped = self.0.subscribe();
        async move {
            // The sender outlives every listener, or it is time to stop.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        }
    }
}

/// All that is made of the configuration without a database: what is refused here is refused at once, and `doctor`
/// asks nothing else.
pub fn check(config: &Config, data_dir: &Path) -> Result<(), Failure> {
    let public_url = public_url(config)?;
    Sources::configured(config)?;
    accounts::post(config)?;
    accounts::providers(config, &public_url)?;
    accounts::scheduler(config)?;
    alerts::hook(&config.alerts)?;
    Stripe::configured(&config.stripe, &public_url)?;
    billing::secrets(&config.stripe)?;
    podcasts::addresses(config, data_dir)?;
    herald::keys(config, data_dir)?;
    config.server.scheduler_token.reveal()?;
    Ok(())
}

/// The room that handlers work in, as configured.
pub fn room(workshop: &Workshop, config: &Config) -> Result<Room, Failure> {
    let post = accounts::post(config)?;
    let desk = Desk {
        store: workshop.narrator.shelf.store.clone(),
        clock: workshop.clock.clone(),
        entropy: Arc::new(Chance),
    };
    Ok(Room {
        store: workshop.narrator.shelf.store.clone(),
        clock: workshop.clock.clone(),
        entropy: Arc::new(Chance),
        narrator: workshop.narrator.clone(),
        outside: outside(&workshop.narrator.shelf, &workshop.sources, config)?,
        fetching: fetching(&workshop.narrator.shelf, &workshop.sources, config),
        plain: workshop.plain.clone(),
        billing: Stripe::configured(&config.stripe, &public_url(config)?)?,
        rules: rules(config),
        learning: jobs::Learning::default(),
        newsstand: jobs::Newsstand::default(),
        lookout: planner::Lookout::default(),
        pressure: Pressure::new(&config.queue, workshop.media().folder().map(Into::into)),
        alerts: Alerts::start(&config.alerts, desk)?,
        herald: Herald::configured(workshop.sources.client(), post.clone(), config, &workshop.data_dir)?,
        post,
        away: jobs::Away::default(),
        swept: std::sync::Mutex::default(),
    })
}

/// What external generators are asked through.
pub fn outside(shelf: &Shelf, sources: &Sources, config: &Config) -> Result<Outside, Failure> {
    Ok(Outside {
        store: shelf.store.clone(),
        media: shelf.media.clone(),
        clock: shelf.clock.clone(),
        entropy: shelf.entropy.clone(),
        generators: Generators::new(sources.client(), external::Limits::SHIPPED),
        public_url: public_url(config)?,
    })
}

/// Where others reach this service.
pub fn public_url(config: &Config) -> Result<Url, Failure> {
    let server = &config.server;
    let written = match server.public_url.as_str() {
        "" => format!("http://{}/", server.listen),
        url => url.to_owned(),
    };
    let no_address = |cause: &dyn std::fmt::Display| {
        Failure::new(failure::Kind::Usage, format!("server.public_url {written:?} is no address: {cause}"))
    };
    let url: Url = written.parse().map_err(|cause| no_address(&cause))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(no_address(&"it begins with neither https:// nor http://")),
    }
}

/// What sources are read with.
pub fn fetching(shelf: &Shelf, sources: &Sources, config: &Config) -> Fetching {
    Fetching {
        store: shelf.store.clone(),
        sources: sources.clone(),
        clock: shelf.clock.clone(),
        entropy: shelf.entropy.clone(),
        lane: config.queue.ranked_lanes().last().map_or(queue::Lane(0), |(_, lane, _)| *lane),
    }
}

/// Of each listener as many jobs at a time as configured, from whenever a process starts until an operator says
/// otherwise.
pub async fn set_limits(room: &Room, config: &Config) -> Result<(), StoreError> {
    let per_group = (config.queue.per_listener > 0).then_some(config.queue.per_listener);
    let limits = room.store.limits().await?;
    if limits.per_group == per_group {
        return Ok(());
    }
    room.store.set_limits(&Limits { per_group, ..limits }).await
}

/// Says whose plans the configuration does not name: they have nothing until it does.
pub async fn miss_plans(room: &Room) -> Result<(), StoreError> {
    for (plan, listeners) in room.store.count_plans().await? {
        if !plan.is_empty() && room.rules.offer.plans.get(&plan).is_none() {
            let text = format!(
                "{listeners} listeners have the plan {plan:?}, which is not configured, and so no programs; add \
                 [plans.{plan}] or give them another"
            );
            room.alerts.raise("unknown_plan", &plan, &text);
        }
    }
    Ok(())
}

/// How production is to be run, as configured.
pub fn rules(config: &Config) -> Rules {
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let plan = |plan: &domain::Plan| Plan {
        lane: config.queue.lane(&plan.lane).unwrap_or(queue::Lane(0)),
        freshness: minutes(plan.freshness_minutes),
    };
    let scheduler = &config.scheduler;
    let capacity = if scheduler.capacity == 0 { narrate_slots(config) } else { scheduler.capacity };
    Rules {
        opening: planner::Opening::ByForecast,
        window: Window {
            freshness: minutes(scheduler.freshness_minutes),
            lead: minutes(scheduler.lead_minutes),
            margin: minutes(scheduler.margin_minutes),
        },
        catch_up: minutes(scheduler.catch_up_minutes),
        policies: config.queue.retries.policies(),
        plans: config.plans.iter().map(|(name, of)| (name.to_owned(), plan(of))).collect(),
        default_plan: plan(&domain::Plan::default()),
        offer: config.offer(),
        capacity: f64::from(capacity),
        chunk: scheduler.chunk,
        sessions: domain::session::Limits::of_days(config.auth.session_idle_days, config.auth.session_days),
        memory: SignedDuration::from_hours(24 * 60),
    }
}

fn narrate_slots(config: &Config) -> u32 {
    match config.queue.narrate_slots {
        0 => config.hands(),
        slots => slots,
    }
}

/// What the metrics of a process with this configuration are labelled with.
pub fn known(config: &Config, routes: &[(&'static str, &'static str)]) -> metrics::Known {
    let lanes = config.queue.ranked_lanes().into_iter().map(|(name, lane, _)| (lane, name.to_owned()));
    metrics::Known {
        lanes: lanes.collect(),
        pools: pools(config).map(|pool| pool.name.to_owned()).into(),
        providers: config.provider_names(),
        routes: routes.to_vec(),
    }
}

fn pools(config: &Config) -> [Pool; 6] {
    let other = config.queue.other_slots;
    [
        Pool { name: NARRATE, kinds: &["narrate"], slots: narrate_slots(config) },
        Pool { name: "make", kinds: &["select", "sweep", "assemble", "notify"], slots: other },
        // Waits for others, a minute at a time: it must not keep our own stages from their slots.
        Pool { name: "external", kinds: &["external", "subscription"], slots: OUTSIDE_SLOTS },
        Pool { name: "fetch", kinds: &["fetch"], slots: other },
        // Waits for wherever listeners want to be told: whoever is slow there keeps no letter from its reader.
        Pool { name: "deliver", kinds: &["deliver"], slots: OUTSIDE_SLOTS },
        // Waits for the mail server.
        Pool { name: "mail", kinds: &["mail"], slots: other },
    ]
}

/// Keeps the clock right, and the lessons of all nodes known, until told to stop. Every process does.
pub async fn attend(room: Arc<Room>, clock: &SteadyClock, stop: Stop) {
    let mut exchanged = tokio::time::Instant::now() - EXCHANGE_EVERY;
    let mut told = std::pin::pin!(stop.told());
    loop {
        set_clock(&room, clock).await;
        if exchanged.elapsed() >= EXCHANGE_EVERY {
            exchanged = tokio::time::Instant::now();
            if let Err(error) = room.learning.exchange(&room.store).await {
                tracing::warn!(%error, "what was learned could not be exchanged");
            }
        }
        tokio::select! {
            () = &mut told => return,
            () = tokio::time::sleep(SET_EVERY) => {}
        }
    }
}

async fn set_clock(room: &Room, clock: &SteadyClock) {
    let setting = match workshop::server_time(&room.store).await {
        Ok(truth) => clock.set_by(truth),
        // A database that is away is told of by whoever needs it; the clock runs on.
        Err(_) => return,
    };
    let hours = |by: queue::Micros| by as f64 / 3.6e9;
    match setting {
        Setting::Steady => {}
        Setting::Doubted(by) => {
            let text =
                format!("the clock jumped by {:+.2} h: planning pauses until it stands still", hours(by));
            room.alerts.raise("clock", "jump", &text);
        }
        Setting::Believed(by) => {
            tracing::warn!("the clock is {:+.2} h from where it was; going on by it", hours(by));
            if by < 0 {
                wake_waiting(room).await;
            }
        }
    }
}

/// What was to wait until an instant of a clock that was ahead would sleep for as long as that was: it looks again
/// now, and waits on where it has to.
async fn wake_waiting(room: &Room) {
    const STEP: u32 = 1_000;
    loop {
        match room.store.promote_due(queue::Micros::MAX, STEP).await {
            Ok(promoted) if promoted.count == u64::from(STEP) => {}
            Ok(_) => return,
            Err(error) => {
                return tracing::warn!(%error, "jobs that wait by a clock that was ahead were not woken");
            }
        }
    }
}

/// Plans, until told to stop.
pub async fn schedule(room: Arc<Room>, tick: Duration, stop: Stop) {
    let mut told = std::pin::pin!(stop.told());
    // Who has learned nothing takes everything for slow, and would open it hours too early.
    while let Err(error) = room.learning.exchange(&room.store).await {
        tracing::warn!(%error, "nothing is planned before it is known how long things take");
        tokio::select! {
            () = &mut told => return,
            () = tokio::time::sleep(tick) => {}
        }
    }
    let mut due = room.clock.elapsed();
    loop {
        let began = room.clock.elapsed();
        // By a clock that nobody believes, slots would be missed that are still to come.
        if room.clock.is_believed() {
            plan(&room, began.saturating_sub(due)).await;
        }
        due = began + tick;
        tokio::select! {
            () = &mut told => return,
            () = tokio::time::sleep(due.saturating_sub(room.clock.elapsed())) => {}
        }
    }
}

/// One tick, that began by so much too late.
pub async fn plan(room: &Room, lag: Duration) -> planner::Ticked {
    if let Err(error) = fetch::enqueue_due(&room.fetching).await {
        tracing::warn!(%error, "sources that are due were not noted; they are at the next tick");
    }
    match planner::tick(room).await {
        Ok(ticked) => {
            let now = room.clock.now();
            metrics::scheduler_ticked(lag, timestamp(now));
            room.lookout.ticked(now);
            if ticked != planner::Ticked::default() {
                tracing::info!(opened = ticked.opened, missed = ticked.missed, "planned");
            }
            ticked
        }
        Err(error) => {
            let text = format!("planning failed, and is tried again: {error}");
            room.alerts.raise("planning", "tick", &text);
            planner::Ticked::default()
        }
    }
}

/// Works, until told to stop; then finishes what runs, or gives it back.
pub async fn work(room: Arc<Room>, config: &Config, stop: Stop) {
    // What an outage has left gets its time anew before anything of it can fail.
    if let Err(error) = planner::take_up_again(&room, room.clock.now()).await {
        tracing::warn!(%error, "what was left is taken up by the planner");
    }
    let outage = Arc::new(Outage::default());
    let workers = pools(config).into_iter().map(|pool| {
        let worker = worker(&room, config, &pool, &outage);
        let room = room.clone();
        worker.run(jobs::read, move |job, context| jobs::handle(room.clone(), job, context), stop.told())
    });
    tokio::join!(join_all(workers), watch_room(&room, stop.clone()));
}

/// Tells when narrations wait because this node has no room for them, until told to stop.
async fn watch_room(room: &Room, stop: Stop) {
    let mut told = std::pin::pin!(stop.told());
    loop {
        if let pressure::Room::None(lack) = room.pressure.room()
            && room.store.has_ready(NARRATE).await.unwrap_or(false)
        {
            room.alerts.raise("no_room", NARRATE, &format!("narration pauses for want of {lack}"));
        }
        tokio::select! {
            () = &mut told => return,
            () = tokio::time::sleep(WATCH_EVERY) => {}
        }
    }
}

/// Whether the queue does not answer. All pools of a process ask the same one: it is said once that it is away, and
/// once that it is back.
#[derive(Debug, Default)]
struct Outage(AtomicBool);

impl Outage {
    /// What is to be said of it after this notice, if anything.
    fn hear(&self, notice: &Notice<'_>) -> Option<String> {
        match notice {
            Notice::Trouble { doing, error } => {
                let began = !self.0.swap(true, Ordering::Relaxed);
                began.then(|| format!("cannot {doing}, and ask again until it is back: {error}"))
            }
            Notice::Claimed { .. } | Notice::Finished { .. } => {
                let ended = self.0.swap(false, Ordering::Relaxed);
                ended.then(|| "the queue answers again".to_owned())
            }
            Notice::LeaseLost { .. } | Notice::Swept { .. } | Notice::Busy { .. } => None,
        }
    }
}

fn worker(room: &Arc<Room>, config: &Config, pool: &Pool, outage: &Arc<Outage>) -> Worker<store::Store> {
    let kinds = pool.kinds.iter().map(|kind| Kind::from((*kind).to_owned())).collect();
    let [high, low] = room.chance();
    let owner = format!("{}-{:08x}", pool.name, (high ^ low) as u32);
    let mut settings = WorkerSettings::new(owner, kinds, pool.slots);
    settings.lanes = config.queue.served_lanes();
    settings.lease = Duration::from_secs(u64::from(config.queue.lease_seconds));
    settings.grace = Duration::from_secs(u64::from(config.queue.grace_seconds));
    settings.policies = room.rules.policies;
    let count = metrics::listener(pool.name, pool.slots);
    let (alerting, outage) = (room.clone(), outage.clone());
    let tell = move |notice: Notice<'_>| {
        if let Notice::Finished { kind, ending: Ending::Failed, cause, .. }
        | Notice::Swept { kind, ending: Ending::Failed, cause, .. } = &notice
        {
            tell_of_death(&alerting.alerts, kind, *cause);
        }
        if let Some(said) = outage.hear(&notice) {
            tracing::warn!("{said}");
        }
        count(notice);
    };
    let (store, clock, entropy) = (room.store.clone(), room.clock.clone(), room.entropy.clone());
    match pool.name {
        NARRATE => {
            let (room, slots) = (room.clone(), pool.slots);
            Worker::within(store, clock, entropy, settings, tell, move || {
                room.pressure.room().of_slots(slots)
            })
        }
        _ => Worker::new(store, clock, entropy, settings, tell),
    }
}

/// Once for each group of dead letters: what other jobs die of is another trouble.
fn tell_of_death(alerts: &Alerts, kind: &Kind, cause: Option<Cause<'_>>) {
    let Some(Cause { class, message }) = cause else {
        let text = format!("{kind}: a job failed for good; see `mimiyori admin dead`");
        return alerts.raise("dead_letter", kind.name(), &text);
    };
    let group = queue::fingerprint(kind, class, message);
    let text = format!(
        "{kind}: a job failed for good: {}; see `mimiyori admin dead show {group}`",
        crate::terminal::OneLine(message)
    );
    alerts.raise("dead_letter", &format!("{kind} {group}"), &text);
}

#[cfg(test)]
mod tests;
