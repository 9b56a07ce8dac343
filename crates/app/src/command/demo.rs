//! `demo`: makes a Japanese and an English program from the sample feeds, and serves a page that shows
//! them in the making and then plays them.

use crate::{
    cli::{Demo, Place},
    clock::SystemClock,
    failure::{Failure, Kind},
    program::{self, Order, Produced, Progress},
    progress,
    terminal::note,
    workshop::{AlsoPrivate, Workshop},
};
use domain::{Language, Style};
use std::sync::Arc;
use studio::source::Feed;
use tokio::{net::TcpListener, sync::watch};
use web::demo::{Published, Slot, Stage};

const MINUTES: u32 = 5;
/// The feeds that ship with the binary.
const SAMPLES: [(Language, &str, &[u8]); 2] = [
    (Language::Ja, "samples/ja.xml", include_bytes!("../../../../assets/samples/ja.xml")),
    (Language::En, "samples/en.xml", include_bytes!("../../../../assets/samples/en.xml")),
];

pub async fn run(place: &Place, wish: Demo) -> Result<(), Failure> {
    let slots = SAMPLES.map(|(language, ..)| Slot { language, stage: Stage::Waiting });
    let (slots, shown) = watch::channel(slots.to_vec());
    if wish.once {
        return make_all(place, &slots).await;
    }
    // The page comes first: it is there while everything else is still being opened.
    let listener = TcpListener::bind(&wish.listen).await.map_err(|cause| {
        Failure::new(
            Kind::Other,
            format!("cannot listen at {}: {cause}; choose another --listen", wish.listen),
        )
    })?;
    let address = listener.local_addr().map_or(wish.listen, |address| address.to_string());
    let page = web::demo::router(shown, Workshop::open_media(place)?);
    note(format_args!("open http://{address} (stop with Ctrl-C)"));
    let making = async {
        match make_all(place, &slots).await {
            Err(failure) => failure,
            Ok(()) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = web::serve(listener, page) => ended.map_err(|cause| Failure::new(Kind::Other, cause)),
        failure = making => Err(failure),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// One after the other: the first is then there in half the time.
async fn make_all(place: &Place, slots: &watch::Sender<Vec<Slot>>) -> Result<(), Failure> {
    let workshop = Workshop::open(place).await?;
    let mut first_failure = None;
    for (at, (language, name, feed)) in SAMPLES.into_iter().enumerate() {
        let stage = match make(&workshop, language, name, feed, slots, at).await {
            Ok(produced) => {
                note(progress::done_line(&produced.program));
                Stage::Ready(Arc::new(published(produced)))
            }
            Err(failure) => {
                note(format_args!("warning: {name}: {failure}"));
                let shown = Stage::Failed(failure.to_string());
                first_failure.get_or_insert(failure);
                shown
            }
        };
        set_stage(slots, at, stage);
    }
    note(&workshop.narrator.tally);
    workshop.close().await;
    first_failure.map_or(Ok(()), Err)
}

async fn make(
    workshop: &Workshop,
    language: Language,
    name: &str,
    feed: &[u8],
    slots: &watch::Sender<Vec<Slot>>,
    at: usize,
) -> Result<Produced, Failure> {
    let feed = sample(workshop, name, feed).await?;
    let order = Order {
        articles: feed.articles,
        language,
        style: Style::Single,
        minutes: MINUTES,
        max_articles: None,
        title: None,
        name: None,
        date: SystemClock.today(),
        now: SystemClock.now(),
    };
    let (progress, mut watched) = watch::channel(Progress::default());
    let show = async {
        while watched.changed().await.is_ok() {
            let Progress { done, of } = *watched.borrow_and_update();
            set_stage(slots, at, Stage::Working { done, of });
        }
        std::future::pending().await
    };
    tokio::select! {
        produced = program::produce(&workshop.narrator, &order, &progress) => Ok(produced?),
        never = show => never,
    }
}

/// Puts a sample feed into the data folder and reads it as any other file.
async fn sample(workshop: &Workshop, name: &str, feed: &[u8]) -> Result<Feed, Failure> {
    let file = workshop.data_dir.join(name);
    let folder = file.parent().unwrap_or(&file);
    let cannot =
        |cause| Failure::new(Kind::Storage, format!("{} cannot be written: {cause}", file.display()));
    tokio::fs::create_dir_all(folder).await.map_err(cannot)?;
    tokio::fs::write(&file, feed).await.map_err(cannot)?;
    workshop.sources.read(&file.display().to_string(), AlsoPrivate::No).await
}

fn set_stage(slots: &watch::Sender<Vec<Slot>>, at: usize, stage: Stage) {
    slots.send_modify(|slots| {
        if let Some(slot) = slots.get_mut(at) {
            slot.stage = stage;
        }
    });
}

fn published(produced: Produced) -> Published {
    let Produced { program, manifest, chapters_json, transcript_vtt } = produced;
    Published::new(program, manifest, chapters_json, transcript_vtt)
}
