//! Blobs over `object_store`, and the reader that serves a manifest as if it were one file.
//!
//! It knows bytes and their order, and nothing of who may have them or how they came to be.

mod bucket;
mod range;
mod reader;
mod upload;

pub use bucket::{Access, Bucket, Place};
pub use object_store::client::HttpClient;
pub use range::{RangeError, Ranges};
pub use reader::read;
pub use upload::Upload;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, path::Path};
use std::{
    collections::{HashMap, HashSet},
    io::ErrorKind,
    ops::Range,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// Where an object lies inside the store, for example `segment/3f/3f09….mp3`.
pub type MediaKey = str;

#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error(
        "media url {0:?} is not understood; use file:///path/to/folder, s3://bucket/folder or gs://bucket/folder"
    )]
    Url(String),
    #[error("media folder {folder} cannot be used: {cause}; check that it exists and may be written")]
    Folder { folder: PathBuf, cause: String },
    #[error("media bucket {bucket}: {cause}; check its name, [media] endpoint and keys")]
    Bucket { bucket: String, cause: String },
    #[error("media object {0} is gone from the store")]
    Gone(String),
    /// What the store said may be a page of HTML: the first line says what happened.
    #[error("media store: {}", first_line(&.0.to_string()))]
    Store(object_store::Error),
}

/// A long answer of a server, cut to what fits one line of a log.
fn first_line(text: &str) -> String {
    const MOST: usize = 200;
    let line = text.split(['\n', '\r']).next().unwrap_or_default().trim();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

impl MediaError {
    /// The store is away, full or closed to us: what failed now works when it is back, whoever asks.
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Folder { .. } | Self::Bucket { .. } | Self::Store(_) => true,
            Self::Url(_) | Self::Gone(_) => false,
        }
    }
}

impl From<object_store::Error> for MediaError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Gone(path),
            other => Self::Store(other),
        }
    }
}

/// The media store. Objects are written whole or not at all, and never changed.
#[derive(Clone, Debug)]
pub struct Media {
    store: Arc<dyn ObjectStore>,
    /// `None` where objects are not on a disk of ours.
    folder: Option<PathBuf>,
    /// Writing failed when it was last tried.
    doubtful: Arc<AtomicBool>,
    seen: Arc<Mutex<HashMap<String, Instant>>>,
}

/// For this long an object that was there is not looked for again.
const SEEN_FOR: Duration = Duration::from_secs(60);
/// What tells the media folder from the empty one that is left in its place when its disk is not mounted.
const MARK: &str = "mimiyori-media";
const MARK_SAYS: &str =
    "Where Mimiyori finds this file it keeps its media; where it does not, it waits for the disk.\n";
/// Objects looked for at the same time.
const AT_ONCE: usize = 16;

impl Media {
    /// A folder that may be new: it is made and marked when missing.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Result<Self, MediaError> {
        let media = Self::in_known_folder(folder)?;
        if let Some(folder) = &media.folder
            && let mark = folder.join(MARK)
            && !mark.exists()
        {
            std::fs::write(&mark, MARK_SAYS)
                .map_err(|cause| MediaError::Folder { folder: folder.clone(), cause: cause.to_string() })?;
        }
        Ok(media)
    }

    /// A folder that was in use before. Without its mark it is away, and nobody but an operator marks it anew.
    pub fn in_known_folder(folder: impl Into<PathBuf>) -> Result<Self, MediaError> {
        let folder = folder.into();
        let cannot = |cause: &dyn std::fmt::Display| MediaError::Folder {
            folder: folder.clone(),
            cause: cause.to_string(),
        };
        std::fs::create_dir_all(&folder).map_err(|cause| cannot(&cause))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|cause| cannot(&cause))?;
        Ok(Self::over(Arc::new(store), Some(folder)))
    }

    /// A store that is gone with its last clone.
    pub fn in_memory() -> Self {
        Self::over(Arc::new(InMemory::new()), None)
    }

    fn over(store: Arc<dyn ObjectStore>, folder: Option<PathBuf>) -> Self {
        Self { store, folder, doubtful: Arc::default(), seen: Arc::default() }
    }

    /// Where it is, if on a disk of ours.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }

    pub async fn put(&self, key: &MediaKey, bytes: Bytes) -> Result<(), MediaError> {
        let put = self.put_into_place(key, bytes).await;
        self.doubtful.store(put.is_err(), Ordering::Relaxed);
        put
    }

    async fn put_into_place(&self, key: &MediaKey, bytes: Bytes) -> Result<(), MediaError> {
        self.is_its_own().await?;
        self.store.put(&Path::from(key), bytes.into()).await?;
        Ok(())
    }

    /// Writing makes the folders that are missing: where all of them are, it would be another place.
    async fn is_its_own(&self) -> Result<(), MediaError> {
        if self.folder.is_some() { self.is_there().await } else { Ok(()) }
    }

    /// Whether it takes objects: after a failure, one is tried before anybody makes something dear in vain.
    pub async fn takes_objects(&self) -> Result<(), MediaError> {
        if self.doubtful.load(Ordering::Relaxed) {
            // Longer than what a file system keeps beside a file's name.
            self.put("probe/write", vec![0; 16_384].into()).await?;
            self.delete("probe/write").await?;
        }
        Ok(())
    }

    /// Those of some objects, with their sizes, that are gone or cut. What was whole a moment ago is.
    pub async fn gone(&self, objects: Vec<(String, u64)>) -> Result<HashSet<String>, MediaError> {
        let now = Instant::now();
        let unseen = {
            let mut seen = self.seen();
            seen.retain(|_, at| now.duration_since(*at) < SEEN_FOR);
            objects.into_iter().filter(|(key, _)| !seen.contains_key(key)).collect::<Vec<_>>()
        };
        let look = |(key, bytes): (String, u64)| {
            let media = self.clone();
            async move { media.holds(&key, bytes).await.map(|is_there| (key, is_there)) }
        };
        let looks = stream::iter(unseen.into_iter().map(look)).buffer_unordered(AT_ONCE);
        let looks: Result<Vec<(String, bool)>, MediaError> = looks.try_collect().await;
        let (there, gone): (Vec<_>, Vec<_>) = match looks {
            Ok(looks) => looks.into_iter().partition(|(_, is_there)| *is_there),
            Err(error) => {
                self.seen().clear();
                return Err(error);
            }
        };
        if !gone.is_empty() {
            // Where some are gone others may be, that were seen before.
            self.seen().clear();
        }
        self.seen().extend(there.into_iter().map(|(key, _)| (key, now)));
        Ok(gone.into_iter().map(|(key, _)| key).collect())
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub async fn get(&self, key: &MediaKey) -> Result<Bytes, MediaError> {
        Ok(self.store.get(&Path::from(key)).await?.bytes().await?)
    }

    pub async fn get_range(&self, key: &MediaKey, range: Range<u64>) -> Result<Bytes, MediaError> {
        Ok(self.store.get_range(&Path::from(key), range).await?)
    }

    /// Whether the object is there, with exactly that many bytes.
    pub async fn holds(&self, key: &MediaKey, bytes: u64) -> Result<bool, MediaError> {
        match self.store.head(&Path::from(key)).await {
            Ok(found) => Ok(found.size == bytes),
            Err(object_store::Error::NotFound { .. }) => self.is_there().await.map(|()| false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the store answers: it is asked for an object that nobody writes.
    pub async fn answers(&self) -> Result<(), MediaError> {
        self.is_there().await?;
        self.holds("probe", 0).await?;
        Ok(())
    }

    /// In a place that is gone every object would only seem not to be there.
    async fn is_there(&self) -> Result<(), MediaError> {
        let Some(folder) = &self.folder else {
            // A list of nothing: a bucket that does not exist has none.
            self.store.list(Some(&Path::from("probe"))).try_next().await.map_err(MediaError::Store)?;
            return Ok(());
        };
        let cause = match tokio::fs::metadata(folder.join(MARK)).await {
            Ok(_) => return Ok(()),
            Err(cause) if cause.kind() == ErrorKind::NotFound => {
                format!(
                    "the file {MARK} is missing there: mount its disk, or make that file if what was there is lost"
                )
            }
            Err(cause) => cause.to_string(),
        };
        Err(MediaError::Folder { folder: folder.clone(), cause })
    }

    /// Deleting what is not there is no error.
    pub async fn delete(&self, key: &MediaKey) -> Result<(), MediaError> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
