//! `demo`: sample listeners whose programs are due now, made by the service as any others, and a page that
//! shows the first of each language in the making and then plays them.

use super::serve::bind;
use crate::{
    cli::{Demo, Place},
    clock::timestamp,
    config::Config,
    failure::{Failure, Kind},
    jobs::Room,
    replay::replay,
    service::{self, Stop},
    terminal::note,
    workshop::Workshop,
};
use domain::{
    FeedId, Language, ListenerId, OccurrenceState, Schedule, SourceId, Style,
    schedule::{Days, LocalTime, Standing, Zone},
    select::Filter,
};
use jiff::Timestamp;
use std::{path::Path, sync::Arc, time::Duration};
use store::{
    batches::Progress,
    feeds::Feed,
    following::{self, By},
    listeners::{Listener, Role},
};
use tokio::sync::watch;
use web::demo::{Published, Slot, Stage};

const MINUTES: u32 = 5;
/// The feeds that ship with the binary.
const SAMPLES: [(Language, &str, &[u8]); 2] = [
    (Language::Ja, "samples/ja.xml", include_bytes!("../../../../assets/samples/ja.xml")),
    (Language::En, "samples/en.xml", include_bytes!("../../../../assets/samples/en.xml")),
];
const TICK: Duration = Duration::from_millis(500);

pub async fn run(place: &Place, wish: Demo) -> Result<(), Failure> {
    let slots = SAMPLES.map(|(language, ..)| Slot { language, stage: Stage::Waiting });
    let (slots, shown) = watch::channel(slots.to_vec());
    if wish.once {
        return make_all(place, wish.listeners, &slots, After::Leave).await;
    }
    // The page comes first: it is there while everything else is still being opened.
    let listener = bind(&wish.listen).await?;
    let address = listener.local_addr().map_or(wish.listen, |address| address.to_string());
    let store = Workshop::open_store(place).await?;
    let media = Workshop::open_media(place, &store).await;
    store.close().await;
    let page = web::demo::router(shown, media?);
    note(format_args!("open http://{address} (stop with Ctrl-C)"));
    tokio::select! {
        ended = web::serve(listener, page) => ended.map_err(|cause| Failure::new(Kind::Other, cause)),
        made = make_all(place, wish.listeners, &slots, After::Stay) => made,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// What becomes of the service when the programs are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Leave,
    /// Tomorrow's programs are made, too.
    Stay,
}

async fn make_all(
    place: &Place,
    listeners: u32,
    slots: &watch::Sender<Vec<Slot>>,
    after: After,
) -> Result<(), Failure> {
    let config = Config::load(place.config.as_deref())?;
    let workshop = Workshop::open(place).await?;
    let room = Arc::new(service::room(&workshop, &config)?);
    let sources = add_samples(&room, &workshop.data_dir).await?;
    let stop = Stop::new();
    let watching = async {
        let made = async {
            let seeded = seed(&room, &sources, listeners).await?;
            watch_over(&room, &seeded, slots).await
        }
        .await;
        if after == After::Leave || made.is_err() {
            stop.now();
        }
        made
    };
    let (made, ..) = tokio::join!(
        watching,
        service::attend(room.clone(), &workshop.clock, stop.clone()),
        service::schedule(room.clone(), TICK, stop.clone()),
        service::work(room.clone(), &config, stop.clone()),
    );
    workshop.close().await;
    made
}

/// The sample listeners of one run.
struct Seeded {
    feeds: Vec<(Language, FeedId)>,
    ready_by: Timestamp,
}

/// The sample sources, to be read at once.
async fn add_samples(room: &Room, data_dir: &Path) -> Result<Vec<(Language, SourceId)>, Failure> {
    let at = room.clock.now();
    let mut added = Vec::with_capacity(SAMPLES.len());
    for (language, name, feed) in SAMPLES {
        let file = data_dir.join(name);
        write_sample(&file, feed).await?;
        let id = SourceId::born(at, room.chance());
        let mut tx = room.store.begin().await?;
        let source = following::add_source(&mut tx, &file.display().to_string(), By::Operator, id, at).await;
        let source = source.map_err(|refused| Failure::new(Kind::Other, refused))?;
        tx.commit().await?;
        added.push((language, source.id));
    }
    Ok(added)
}

/// Listeners who follow the samples and want their programs within a few minutes. Those of earlier runs rest.
async fn seed(room: &Room, added: &[(Language, SourceId)], listeners: u32) -> Result<Seeded, Failure> {
    let ready_by = free_minute(room).await?;
    let schedule = Schedule::new(Days::DAILY, local_time(ready_by)?, utc()?);
    let mut feeds = Vec::new();
    let at = room.clock.now();
    rest(room).await?;
    let mut tx = room.store.begin().await?;
    for at_place in 0..listeners {
        let (language, source) = added[at_place as usize % added.len()];
        let listener = sample_listener(room, language, at_place)?;
        tx.add_listener(&listener, at).await?;
        let feed = sample_feed(room, &listener, schedule.clone());
        tx.add_feed(&feed, at).await?;
        tx.follow(feed.id, &[source]).await?;
        feeds.push((language, feed.id));
    }
    tx.commit().await?;
    Ok(Seeded { feeds, ready_by })
}

/// Listeners of earlier runs want no more programs.
async fn rest(room: &Room) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = room.store.listeners(after, 500).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for listener in page.iter().filter(|listener| listener.email.ends_with(SAMPLE_DOMAIN)) {
            for feed in room.store.feeds_of(listener.id).await? {
                if feed.schedule.paused_since.is_none() {
                    let mut tx = room.store.begin().await?;
                    let now = room.now();
                    tx.reschedule(feed.id, |schedule| schedule.paused_since = Some(now), room.clock.now())
                        .await?;
                    tx.commit().await?;
                }
            }
        }
    }
}

/// Reserved for what is no address (RFC 6761 §6.4).
const SAMPLE_DOMAIN: &str = "@demo.invalid";

fn sample_listener(room: &Room, language: Language, place: u32) -> Result<Listener, Failure> {
    let id = ListenerId::born(room.clock.now(), room.chance());
    let names = match language {
        Language::Ja => ["花子", "太郎", "さくら", "健", "美咲"],
        Language::En => ["Alice", "Bob", "Carol", "Dave", "Erin"],
    };
    Ok(Listener {
        id,
        email: format!("{id}{SAMPLE_DOMAIN}"),
        name: names[place as usize / 2 % names.len()].to_owned(),
        role: Role::Listener,
        zone: utc()?,
        language,
        plan: crate::config::DEFAULT_PLAN.to_owned(),
    })
}

fn sample_feed(room: &Room, listener: &Listener, schedule: Schedule) -> Feed {
    Feed {
        id: FeedId::born(room.clock.now(), room.chance()),
        listener: listener.id,
        name: "Mimiyori".to_owned(),
        language: listener.language,
        style: Style::Single,
        minutes: MINUTES,
        max_articles: None,
        filter: Filter::everything(),
        schedule,
        external: None,
        standing: Standing::default(),
    }
}

/// A minute that is not over before the programs are there, and that no earlier run has taken.
async fn free_minute(room: &Room) -> Result<Timestamp, Failure> {
    let taken: Vec<i64> = room.store.recent_batches(50).await?.iter().map(|batch| batch.ready_by).collect();
    let soon = room.now().as_second() / 60 + 3;
    let instant = |minute: i64| Timestamp::from_second(minute * 60).unwrap_or(Timestamp::MAX);
    let mut free = (soon..).map(instant).filter(|instant| !taken.contains(&instant.as_microsecond()));
    Ok(free.next().unwrap_or(Timestamp::MAX))
}

fn local_time(instant: Timestamp) -> Result<LocalTime, Failure> {
    let text = instant.strftime("%H:%M").to_string();
    text.parse().map_err(|cause| Failure::new(Kind::Other, cause))
}

fn utc() -> Result<Zone, Failure> {
    "Etc/UTC".parse().map_err(|cause| Failure::new(Kind::Other, cause))
}

async fn write_sample(file: &Path, feed: &[u8]) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(file);
    let cannot =
        |cause| Failure::new(Kind::Storage, format!("{} cannot be written: {cause}", file.display()));
    tokio::fs::create_dir_all(folder).await.map_err(cannot)?;
    tokio::fs::write(file, feed).await.map_err(cannot)
}

/// Shows how far the batch is until all its programs are there, then says what came of it.
async fn watch_over(room: &Room, seeded: &Seeded, slots: &watch::Sender<Vec<Slot>>) -> Result<(), Failure> {
    let first = |language| seeded.feeds.iter().find(|(of, _)| *of == language).map(|(_, feed)| *feed);
    let mut said = String::new();
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let batch = room.store.recent_batches(8).await?;
        let Some(batch) = batch.into_iter().find(|batch| timestamp(batch.ready_by) == seeded.ready_by) else {
            continue;
        };
        let progress = room.store.batch_progress(batch.id).await?;
        for (at, (language, ..)) in SAMPLES.iter().enumerate() {
            let Some(feed) = first(*language) else { continue };
            show(room, slots, at, feed, &progress).await?;
        }
        let line = stages(&progress);
        if line != said {
            note(&line);
            said = line;
        }
        if batch.planned_at.is_some() && progress.unfinished() == 0 {
            return summed_up(room, seeded, &progress).await;
        }
    }
}

async fn show(
    room: &Room,
    slots: &watch::Sender<Vec<Slot>>,
    at: usize,
    feed: FeedId,
    progress: &Progress,
) -> Result<(), Failure> {
    let is_ready = |slots: &Vec<Slot>| matches!(slots.get(at).map(|slot| &slot.stage), Some(Stage::Ready(_)));
    if is_ready(&slots.borrow()) {
        return Ok(());
    }
    let stage = match room.store.latest_program_of(feed).await? {
        Some(stored) => {
            let replayed = replay(room, &stored).await.map_err(|cause| Failure::new(Kind::Storage, cause))?;
            let published = Published::new(
                replayed.program,
                stored.manifest,
                replayed.chapters_json,
                replayed.transcript_vtt,
            );
            Stage::Ready(Arc::new(published))
        }
        None => {
            let wanted: u64 = progress.demand.values().map(|(wanted, _)| wanted).sum();
            let settled: u64 = progress.demand.values().map(|(_, settled)| settled).sum();
            match wanted {
                0 => Stage::Waiting,
                wanted => Stage::Working { done: settled as usize, of: wanted as usize },
            }
        }
    };
    slots.send_modify(|slots| {
        if let Some(slot) = slots.get_mut(at) {
            slot.stage = stage;
        }
    });
    Ok(())
}

/// "selected 2 of 2, made 31 of 40, published 0 of 2"
fn stages(progress: &Progress) -> String {
    let total = progress.total();
    let selected = total - progress.in_state(OccurrenceState::Open);
    let wanted: u64 = progress.demand.values().map(|(wanted, _)| wanted).sum();
    let made: u64 = progress.demand.values().map(|(_, settled)| settled).sum();
    let published = progress.in_state(OccurrenceState::Published);
    format!("selected {selected} of {total}, made {made} of {wanted}, published {published} of {total}")
}

async fn summed_up(room: &Room, seeded: &Seeded, progress: &Progress) -> Result<(), Failure> {
    let programs = room.store.latest_programs(u32::try_from(seeded.feeds.len()).unwrap_or(u32::MAX)).await?;
    let mut naive = Naive::default();
    for program in &programs {
        naive.add(&program.document);
    }
    for (language, ..) in SAMPLES {
        if let Some(program) = programs.iter().find(|program| program.language == language) {
            note(crate::progress::done_line(&program.document));
        }
    }
    let tally = &room.narrator.tally;
    note(format_args!(
        "published {} of {}; writer calls: {} (alone: {}), voice calls: {} (alone: {}), names spoken: {}",
        progress.in_state(OccurrenceState::Published),
        progress.total(),
        tally.writer_calls(),
        naive.writer,
        tally.voice_calls(),
        naive.voice,
        tally.voice_calls_for_one(),
    ));
    let unpublished = progress.total() - progress.in_state(OccurrenceState::Published);
    if unpublished > 0 {
        return Err(Failure::new(
            Kind::Provider,
            format!(
                "{unpublished} of {} programs were not made; see `mimiyori admin dead`",
                progress.total()
            ),
        ));
    }
    Ok(())
}

/// Calls, had every program been made alone.
#[derive(Clone, Copy, Debug, Default)]
struct Naive {
    writer: usize,
    voice: usize,
}

impl Naive {
    fn add(&mut self, program: &domain::Program) {
        for segment in &program.segments {
            match segment.kind {
                domain::SegmentKind::Article => {
                    self.writer += 1;
                    self.voice += 1;
                }
                domain::SegmentKind::Phrase => self.voice += 1,
                domain::SegmentKind::Jingle => {}
            }
        }
    }
}
