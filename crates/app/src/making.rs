//! Making an artifact once: whoever claims its key makes it under a lease, everybody else waits.

use crate::clock::{Time, new_token};
use bytes::Bytes;
use domain::{ArtifactKey, ArtifactKind};
use media::Media;
use queue::Entropy;
use std::{future::Future, sync::Arc, time::Duration};
use store::{
    Artifact, Claim, Made, Micros, Store, StoreError,
    artifacts::{self, Fenced},
};

/// Short: whoever comes after a maker that was killed, a person who pressed Ctrl-C and began again
/// perhaps, waits it out.
const LEASE: Duration = Duration::from_secs(10);
const RENEW_EVERY: Duration = Duration::from_secs(3);
const RENEW_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// Pauses between the offers of a product to a store that does not take it.
const OFFERED_AGAIN_AFTER: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1_500)];
/// How often another's making is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a maker gives back: bytes for the media store where there are any, and what is known of them.
#[derive(Debug)]
pub struct Product {
    pub audio: Option<Audio>,
    /// JSON.
    pub meta: String,
}

#[derive(Debug)]
pub struct Audio {
    pub mp3: Bytes,
    pub frames: u64,
}

/// Where artifacts are kept.
#[derive(Clone)]
pub struct Shelf {
    pub store: Store,
    pub media: Media,
    pub clock: Arc<dyn Time>,
    pub entropy: Arc<dyn Entropy>,
}

/// How an artifact came to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Had {
    /// It was there.
    Hit,
    /// It was made now.
    Made,
    /// Somebody else was at it, and was waited for.
    Joined,
}

#[derive(Debug, thiserror::Error)]
pub enum MakingError<E> {
    #[error(transparent)]
    Maker(E),
    /// It failed a short while ago, and is not to be tried again yet.
    #[error("{0}")]
    FailedBefore(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Media(#[from] media::MediaError),
}

impl Shelf {
    /// The artifact of `key`, made by `make` unless it is there already.
    ///
    /// A maker that loses its lease (its process was frozen, say) records nothing, and the artifact of
    /// the one who took over is returned.
    pub async fn once<E, F>(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        make: impl FnOnce() -> F,
    ) -> Result<(Artifact, Had), MakingError<E>>
    where
        E: std::fmt::Display,
        F: Future<Output = Result<Product, E>>,
    {
        let token = new_token(&*self.entropy).to_string();
        let mut make = Some(make);
        let mut had = Had::Hit;
        loop {
            let now = self.clock.now();
            match self.store.claim_artifact(key, kind, &token, now, now + micros(LEASE)).await? {
                Claim::Ready(artifact) if self.is_whole(&artifact).await? => return Ok((artifact, had)),
                Claim::Ready(_) => {}
                Claim::Mine => match make.take() {
                    Some(make) => {
                        self.make(key, kind, &token, make()).await?;
                        had = Had::Made;
                    }
                    None => {
                        return Err(MakingError::FailedBefore(format!(
                            "artifact {key} was made twice in vain"
                        )));
                    }
                },
                Claim::Making { .. } => {
                    had = Had::Joined;
                    self.clock.wait(LOOK_EVERY).await;
                }
                Claim::Failed { error, .. } => return Err(MakingError::FailedBefore(error)),
            }
        }
    }

    /// An artifact whose object is gone or cut is forgotten, so that it is made again.
    async fn is_whole(&self, artifact: &Artifact) -> Result<bool, MediaOrStore> {
        let Some(media) = &artifact.media else { return Ok(true) };
        if self.media.holds(&media.media_key, media.bytes).await? {
            return Ok(true);
        }
        tracing::warn!(key = %artifact.key, object = media.media_key, "media object is gone; making it again");
        self.store.forget_artifact(artifact.key, &media.media_key).await?;
        Ok(false)
    }

    async fn make<E: std::fmt::Display>(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        token: &str,
        making: impl Future<Output = Result<Product, E>>,
    ) -> Result<(), MakingError<E>> {
        let work = async {
            match making.await {
                Ok(product) => Ok(self.keep(key, kind, token, product).await?),
                Err(error) => {
                    // Whoever asks next may try at once: it is they who know when to give up.
                    let now = self.clock.now();
                    let _ = self.store.fail_artifact(key, token, &error.to_string(), now).await?;
                    Err(MakingError::Maker(error))
                }
            }
        };
        let renew = |until| self.store.renew_artifact(key, token, until);
        tokio::select! {
            made = work => made,
            never = keep_lease(&*self.clock, renew) => match never? {},
        }
    }

    /// Stores what was made, and records it.
    async fn keep(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        token: &str,
        product: Product,
    ) -> Result<(), MediaOrStore> {
        let media = match product.audio {
            None => None,
            Some(Audio { mp3, frames }) => {
                // Every making has an object of its own: a late writer cannot change what is published.
                let media_key = format!("{}/{}/{key}-{token}.mp3", kind.name(), &key.to_string()[..2]);
                let bytes = mp3.len() as u64;
                if let Err(error) = self.insist(|| self.media.put(&media_key, mp3.clone())).await {
                    // Whoever asks next need not wait for a lease to end.
                    let _ =
                        self.store.fail_artifact(key, token, &error.to_string(), self.clock.now()).await?;
                    return Err(error.into());
                }
                Some(artifacts::Media { media_key, bytes, frames })
            }
        };
        let made = Made { media, meta: product.meta };
        let finish = || self.store.finish_artifact(key, token, &made, self.clock.now());
        let recorded = self.insist(finish).await?;
        if let (Fenced::LeaseLost, Some(media)) = (recorded, &made.media)
            && !self.is_recorded(key, media).await?
        {
            self.media.delete(&media.media_key).await?;
        }
        Ok(())
    }

    /// Offers what has cost money again and again: a store that refuses it once may take it a moment later.
    async fn insist<T, E, F>(&self, mut offer: impl FnMut() -> F) -> Result<T, E>
    where
        E: std::fmt::Display,
        F: Future<Output = Result<T, E>>,
    {
        for pause in OFFERED_AGAIN_AFTER {
            match offer().await {
                Ok(taken) => return Ok(taken),
                // If the last offer fails too, whoever gives up says so.
                Err(error) => tracing::info!(%error, "what was made is not taken, and is offered again"),
            }
            self.clock.wait(pause).await;
        }
        offer().await
    }

    /// Whether this very object is on record: the answer to a finish may be lost.
    async fn is_recorded(&self, key: ArtifactKey, media: &artifacts::Media) -> Result<bool, MediaOrStore> {
        let found = self.store.find_artifact(key).await?;
        Ok(matches!(found, Some(Claim::Ready(artifact)) if artifact.media.as_ref() == Some(media)))
    }
}

/// Renews until the making ends. A refusal is asked again until the lease is over; a lease that is lost is not cried
/// over: the finish is fenced.
async fn keep_lease<F>(
    clock: &dyn Time,
    mut renew: impl FnMut(Micros) -> F,
) -> Result<std::convert::Infallible, StoreError>
where
    F: Future<Output = Result<Fenced, StoreError>>,
{
    let mut stands_until = clock.now() + micros(LEASE);
    let mut pause = clock.heartbeat(RENEW_EVERY);
    loop {
        pause.await;
        let until = clock.now() + micros(LEASE);
        pause = match renew(until).await {
            Ok(_) => {
                stands_until = until;
                clock.heartbeat(RENEW_EVERY)
            }
            Err(error) if clock.now() >= stands_until => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "a lease was not renewed, and is asked for again");
                clock.wait(RENEW_AGAIN_AFTER)
            }
        };
    }
}

#[derive(Debug, thiserror::Error)]
enum MediaOrStore {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Media(#[from] media::MediaError),
}

impl<E> From<MediaOrStore> for MakingError<E> {
    fn from(error: MediaOrStore) -> Self {
        match error {
            MediaOrStore::Store(error) => Self::Store(error),
            MediaOrStore::Media(error) => Self::Media(error),
        }
    }
}

fn micros(duration: Duration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
