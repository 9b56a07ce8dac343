//! What was made is not lost to one refusal.

use super::*;
use crate::clock::SystemClock;
use domain::{Scope, artifact::KeyBuilder, forecast::Step};
use futures::future::BoxFuture;
use queue::{Clock, Seeded, SetClock};
use std::{
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

const NOW: Micros = 1_800_000_000_000_000;

type Happening = Box<dyn FnMut() + Send>;

/// A clock by which waiting takes no time: instants pass, and what is to happen meanwhile does.
struct Passing {
    clock: SetClock,
    meanwhile: Mutex<Happening>,
}

impl Passing {
    fn with(meanwhile: impl FnMut() + Send + 'static) -> Arc<Self> {
        Arc::new(Self { clock: SetClock::at(NOW), meanwhile: Mutex::new(Box::new(meanwhile)) })
    }
}

impl Clock for Passing {
    fn now(&self) -> Micros {
        self.clock.now()
    }
}

impl Time for Passing {
    fn elapsed(&self) -> Duration {
        SystemClock.elapsed()
    }

    fn wait(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.clock.advance(micros(time));
        (self.meanwhile.lock().unwrap())();
        Box::pin(tokio::task::yield_now())
    }

    fn heartbeat(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.clock.advance(micros(time));
        Box::pin(tokio::task::yield_now())
    }

    fn worked(&self, _: Step, _: usize) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

fn refusal() -> StoreError {
    StoreError::Inconsistent { table: "artifacts", column: "key", row: String::new(), cause: "away".into() }
}

/// Keeps a lease whose renewals with these numbers fail, until the one that ends the test; how often it was asked.
async fn kept(fails: impl Fn(usize) -> bool, ends_at: usize) -> (bool, usize) {
    let clock = Passing::with(|| {});
    let asked = AtomicUsize::new(0);
    let ended = tokio::sync::Notify::new();
    let renew = |_| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        if number == ends_at {
            ended.notify_one();
        }
        let answer = if fails(number) { Err(refusal()) } else { Ok(Fenced::Recorded) };
        async move { answer }
    };
    let stands = tokio::select! {
        biased;
        () = ended.notified() => true,
        Err(_) = keep_lease(&*clock, renew) => false,
    };
    (stands, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_renewal_that_fails_is_asked_again_until_the_lease_is_over() {
    assert_eq!(kept(|number| number == 0, 5).await, (true, 6), "one failure");
    assert_eq!(kept(|number| !number.is_multiple_of(10), 100).await, (true, 101), "nine of ten");
    let (stands, asked) = kept(|_| true, 1_000).await;
    assert!(!stands && (10..30).contains(&asked), "asked {asked} times within 10 s");
}

struct Place {
    shelf: Shelf,
    media: PathBuf,
    _folder: tempfile::TempDir,
}

/// A shelf whose media folder is away until it has been waited for so often.
async fn shelf(away_for: usize) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let media = folder.path().join("media");
    let (mut waits, back) = (0, media.clone());
    let clock = Passing::with(move || {
        waits += 1;
        if waits == away_for {
            std::fs::remove_file(&back).unwrap();
            std::fs::rename(back.with_file_name("elsewhere"), &back).unwrap();
        }
    });
    let shelf = Shelf {
        store: Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap(),
        media: Media::in_folder(&media).unwrap(),
        clock,
        entropy: Arc::new(Seeded::new(1)),
    };
    Place { shelf, media, _folder: folder }
}

impl Place {
    /// Makes something, and loses the folder before it is stored; how often it was made.
    async fn make(&self) -> (Result<Artifact, String>, usize) {
        let key = KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).finish();
        let made = AtomicUsize::new(0);
        let make = || async {
            made.fetch_add(1, Ordering::SeqCst);
            std::fs::rename(&self.media, self.media.with_file_name("elsewhere")).unwrap();
            std::fs::write(&self.media, "no folder").unwrap();
            let audio = Some(Audio { mp3: Bytes::from_static(b"sound"), frames: 1 });
            Ok::<_, String>(Product { audio, meta: "{}".into() })
        };
        let had = self.shelf.once(key, ArtifactKind::Segment, make).await;
        (had.map(|(artifact, _)| artifact).map_err(|error| error.to_string()), made.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_media_store_that_is_away_for_a_moment_is_offered_it_again() {
    let place = shelf(2).await;
    let (artifact, made) = place.make().await;
    let media = artifact.unwrap().media.unwrap();
    assert_eq!(made, 1);
    assert!(place.shelf.media.holds(&media.media_key, 5).await.unwrap());
}

#[tokio::test]
async fn a_media_store_that_stays_away_is_not_offered_it_for_ever() {
    let place = shelf(usize::MAX).await;
    let (artifact, made) = place.make().await;
    assert!(artifact.is_err_and(|why| why.contains("media folder")));
    assert_eq!(made, 1);
}

/// The database took it, and its answer did not arrive.
#[tokio::test]
async fn what_is_on_record_already_is_not_thrown_away() {
    let place = shelf(usize::MAX).await;
    let Shelf { store, media, .. } = &place.shelf;
    let key = KeyBuilder::new(ArtifactKind::Segment, Scope::Shared).finish();
    let claim = store.claim_artifact(key, ArtifactKind::Segment, "token", NOW, NOW + 1).await.unwrap();
    assert!(matches!(claim, Claim::Mine));
    let product =
        || Product { audio: Some(Audio { mp3: Bytes::from_static(b"sound"), frames: 1 }), meta: "{}".into() };
    place.shelf.keep(key, ArtifactKind::Segment, "token", product()).await.unwrap();
    place.shelf.keep(key, ArtifactKind::Segment, "token", product()).await.unwrap();
    let Some(Claim::Ready(artifact)) = store.find_artifact(key).await.unwrap() else { panic!("not ready") };
    let object = artifact.media.unwrap();
    assert!(media.holds(&object.media_key, object.bytes).await.unwrap());
    // Of another making, that came too late, nothing is kept.
    place.shelf.keep(key, ArtifactKind::Segment, "other", product()).await.unwrap();
    let late = object.media_key.replace("token", "other");
    assert!(!media.holds(&late, 5).await.unwrap());
}
