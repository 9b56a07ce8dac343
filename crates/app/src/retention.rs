//! What is over goes, a little at a time: programs that cannot be heard any more, the sound that no program needs, and
//! in the end that they were there. Every node may; what one has taken, no other finds.

use crate::{config::Retention, jobs::SECOND};
use media::Media;
use queue::Micros;
use store::{
    Store, StoreError,
    retention::{Bounds, Outlook},
};

/// Rows of each sort in one step.
const STEP: u32 = 500;
const HOUR: Micros = 3_600 * SECOND;
const DAY: Micros = 24 * HOUR;

/// What went in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Programs whose sound was taken away.
    pub programs: u64,
    /// Programs that are forgotten.
    pub records: u64,
    pub artifacts: u64,
    pub objects: u64,
}

impl Swept {
    pub const fn total(&self) -> u64 {
        self.programs + self.records + self.artifacts + self.objects
    }
}

/// What is kept at an instant. Artifacts stay a day longer than anybody may need them, and objects an hour longer than
/// their rows: for whoever is reading.
pub fn bounds(retention: &Retention, now: Micros) -> Bounds {
    let days = |days: u32| i64::from(days) * DAY;
    Bounds {
        now,
        records_before: now - days(retention.expired_days),
        needed_before: now - DAY,
        unused_before: now - days(retention.artifacts_days),
        doomed_before: now - HOUR,
    }
}

/// One step. An object that its store does not give up is tried again at the next.
pub async fn sweep(store: &Store, media: &Media, bounds: &Bounds) -> Result<Swept, StoreError> {
    let programs = store.empty_programs(bounds, STEP).await? + store.drop_unused_audio(bounds, STEP).await?;
    let artifacts = store.forget_artifacts(bounds, STEP).await?;
    let records = store.forget_programs(bounds, STEP).await?;
    let mut objects = 0;
    for media_key in store.doomed_media(bounds, STEP).await? {
        match media.delete(&media_key).await {
            Ok(()) => {
                store.media_gone(&media_key).await?;
                objects += 1;
            }
            Err(error) => {
                tracing::warn!(%error, object = media_key, "an object that is over could not be deleted");
                break;
            }
        }
    }
    Ok(Swept { programs, records, artifacts, objects })
}

/// What a sweep would take now, and what one would take after so many days more.
pub async fn outlook(
    store: &Store,
    retention: &Retention,
    now: Micros,
    days: u32,
) -> Result<(Outlook, Outlook), StoreError> {
    let then = now.saturating_add(i64::from(days) * DAY);
    let now = store.retention_outlook(&bounds(retention, now)).await?;
    Ok((now, store.retention_outlook(&bounds(retention, then)).await?))
}
