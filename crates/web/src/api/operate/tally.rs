//! What takes long to count, as it was counted a moment ago: nobody who looks waits for a count while there is a recent
//! one, and many who look cost no more than one.

use super::{artifacts::Artifacts, batches::Report, load::Load};
use crate::api::page::Page;
use domain::BatchId;
use queue::dead::DeadGroup;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::{StoreError, channels::ChannelCount, jobs::Count};
use tokio::time::Instant;

/// A count is good for so long, and for so many times as long as it took: counting takes one part in ten of the time,
/// however much there is.
const GOOD: Duration = Duration::from_secs(2);
const SHARE: u32 = 10;
/// What is older is not shown while it is counted again.
const OLD: Duration = Duration::from_secs(60);

/// What the operator's pages count.
#[derive(Debug, Default)]
pub struct Tallies {
    pub jobs: Tally<Vec<Count>>,
    pub dead: Tally<Causes>,
    pub load: Tally<Load>,
    /// Those in production, and the latest.
    pub open_batches: Tally<Vec<Report>>,
    pub latest_batches: Tally<Page<Report>>,
    pub batches: Batches,
    pub artifacts: Tally<Artifacts>,
    pub plans: Tally<Vec<(String, u64)>>,
    pub channels: Tally<Vec<ChannelCount>>,
}

/// Dead letters by their cause.
#[derive(Debug)]
pub struct Causes {
    pub open: Vec<DeadGroup>,
    pub discarded: Vec<DeadGroup>,
}

impl Tallies {
    /// Somebody has changed what is counted of the queue.
    pub fn forget_jobs(&self) {
        self.jobs.forget();
        self.dead.forget();
        self.open_batches.forget();
        self.latest_batches.forget();
        self.batches.lock().clear();
    }
}

/// One batch at a time, whole.
#[derive(Debug, Default)]
pub struct Batches(Mutex<HashMap<BatchId, Tally<Option<Report>>>>);

/// Batches that are kept in mind; nobody looks at so many.
const MOST_BATCHES: usize = 64;

impl Batches {
    pub fn of(&self, id: BatchId) -> Tally<Option<Report>> {
        let mut batches = self.lock();
        if batches.len() >= MOST_BATCHES {
            batches.clear();
        }
        batches.entry(id).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BatchId, Tally<Option<Report>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Tally<T>(Arc<Inner<T>>);

struct Inner<T> {
    kept: Mutex<Kept<T>>,
    counting: tokio::sync::Mutex<()>,
}

struct Kept<T> {
    /// How often it was forgotten: what was being counted then is not kept.
    forgotten: u64,
    last: Option<Last<T>>,
}

struct Last<T> {
    began: Instant,
    took: Duration,
    value: Arc<T>,
}

/// What is to be done with a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// It is shown.
    Good,
    /// It is shown while it is counted again.
    Recent,
    /// It is counted again first.
    Old,
}

impl Age {
    fn of(since: Duration, took: Duration) -> Self {
        match since {
            _ if since < GOOD.max(SHARE * took) => Self::Good,
            _ if since < OLD.max(SHARE * took) => Self::Recent,
            _ => Self::Old,
        }
    }
}

impl<T: Send + Sync + 'static> Tally<T> {
    /// The last count; a new one where there is none, or an old one.
    pub async fn read<F>(&self, count: F) -> Result<Arc<T>, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let last = self.0.lock().last.as_ref().map(|last| {
            let age = Age::of(last.began.elapsed(), last.took);
            (last.value.clone(), age)
        });
        match last {
            Some((value, Age::Good)) => Ok(value),
            Some((value, Age::Recent)) => {
                let inner = self.0.clone();
                tokio::spawn(async move { inner.count_unless_counting(count).await });
                Ok(value)
            }
            Some((_, Age::Old)) | None => self.0.count(count).await,
        }
    }

    pub fn forget(&self) {
        let mut kept = self.0.lock();
        kept.forgotten += 1;
        kept.last = None;
    }
}

impl<T> Inner<T> {
    /// Whoever waits for another's count takes it.
    async fn count(&self, count: impl Future<Output = Result<T, StoreError>>) -> Result<Arc<T>, StoreError> {
        let asked = Instant::now();
        let _alone = self.counting.lock().await;
        if let Some(last) = self.lock().last.as_ref().filter(|last| last.began >= asked) {
            return Ok(last.value.clone());
        }
        self.keep(count).await
    }

    async fn count_unless_counting(&self, count: impl Future<Output = Result<T, StoreError>>) {
        let Ok(_alone) = self.counting.try_lock() else { return };
        if let Err(error) = self.keep(count).await {
            tracing::warn!(%error, "a count on the operator's pages is not up to date");
        }
    }

    async fn keep(&self, count: impl Future<Output = Result<T, StoreError>>) -> Result<Arc<T>, StoreError> {
        let (began, forgotten) = (Instant::now(), self.lock().forgotten);
        let value = Arc::new(count.await?);
        let mut kept = self.lock();
        if kept.forgotten == forgotten {
            kept.last = Some(Last { began, took: began.elapsed(), value: value.clone() });
        }
        Ok(value)
    }

    /// A panic while holding it leaves plain data, still good.
    fn lock(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Tally<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Tally<T> {
    fn default() -> Self {
        let kept = Mutex::new(Kept { forgotten: 0, last: None });
        Self(Arc::new(Inner { kept, counting: tokio::sync::Mutex::default() }))
    }
}

impl<T> fmt::Debug for Tally<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tally")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_counted_seldom_and_what_is_old_is_not_shown() {
        let (quick, slow) = (Duration::from_millis(1), Duration::from_secs(1));
        let second = Duration::from_secs;
        assert_eq!((Age::of(second(1), quick), Age::of(second(3), quick)), (Age::Good, Age::Recent));
        assert_eq!((Age::of(second(3), slow), Age::of(second(11), slow)), (Age::Good, Age::Recent));
        assert_eq!(Age::of(second(61), slow), Age::Old);
        assert_eq!(Age::of(second(61), second(7)), Age::Good, "or it would be counted all the time");
    }

    #[tokio::test]
    async fn many_who_look_have_one_count_until_it_is_forgotten() {
        let tally = Tally::<u32>::default();
        let (one, other) = tokio::join!(tally.read(async { Ok(1) }), tally.read(async { Ok(2) }));
        assert_eq!(*one.unwrap() + *other.unwrap(), 2, "the second waits for the first");
        assert_eq!(*tally.read(async { Ok(3) }).await.unwrap(), 1);
        tally.forget();
        assert_eq!(*tally.read(async { Ok(4) }).await.unwrap(), 4);
    }

    #[tokio::test]
    async fn what_was_counted_before_a_change_is_not_kept() {
        let tally = Tally::<u32>::default();
        let changed = async {
            tally.forget();
            Ok(1)
        };
        assert_eq!(*tally.0.count(changed).await.unwrap(), 1);
        assert_eq!(*tally.read(async { Ok(2) }).await.unwrap(), 2);
    }
}
