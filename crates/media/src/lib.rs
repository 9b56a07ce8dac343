//! Blobs over `object_store`, and the reader that serves a manifest as if it were one file.
//!
//! It knows bytes and their order, and nothing of who may have them or how they came to be.

mod range;
mod reader;
mod upload;

pub use range::{RangeError, Ranges};
pub use reader::read;
pub use upload::Upload;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, memory::InMemory, path::Path};
use std::{ops::Range, path::PathBuf, sync::Arc};

/// Where an object lies inside the store, for example `segment/3f/3f09….mp3`.
pub type MediaKey = str;

#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("media url {0:?} is not understood; use file:///path/to/folder")]
    Url(String),
    #[error("media folder {folder} cannot be used: {cause}; check that it exists and may be written")]
    Folder { folder: PathBuf, cause: String },
    #[error("media object {0} is gone from the store")]
    Gone(String),
    #[error("media store: {0}")]
    Store(object_store::Error),
}

impl MediaError {
    /// The store is away, full or closed to us: what failed now works when it is back, whoever asks.
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Folder { .. } | Self::Store(_) => true,
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
    /// `None` where objects are in memory.
    folder: Option<PathBuf>,
}

impl Media {
    /// Opens `file:///path/to/folder`, which is made when missing.
    pub fn open(url: &str) -> Result<Self, MediaError> {
        let folder = match url.strip_prefix("file://") {
            Some(path) if path.starts_with('/') => PathBuf::from(path),
            _ => return Err(MediaError::Url(url.to_owned())),
        };
        let cannot = |cause: &dyn std::fmt::Display| MediaError::Folder {
            folder: folder.clone(),
            cause: cause.to_string(),
        };
        std::fs::create_dir_all(&folder).map_err(|cause| cannot(&cause))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|cause| cannot(&cause))?;
        Ok(Self { store: Arc::new(store), folder: Some(folder) })
    }

    /// A store that is gone with its last clone.
    pub fn in_memory() -> Self {
        Self { store: Arc::new(InMemory::new()), folder: None }
    }

    pub async fn put(&self, key: &MediaKey, bytes: Bytes) -> Result<(), MediaError> {
        self.store.put(&Path::from(key), bytes.into()).await?;
        Ok(())
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
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the store answers: it is asked for an object that nobody writes. In a folder that is gone
    /// every object would only seem not to be there.
    pub async fn answers(&self) -> Result<(), MediaError> {
        if let Some(folder) = &self.folder {
            let found = tokio::fs::metadata(folder).await;
            found.map_err(|cause| MediaError::Folder { folder: folder.clone(), cause: cause.to_string() })?;
        }
        self.holds("probe", 0).await?;
        Ok(())
    }

    /// Deleting what is not there is no error.
    pub async fn delete(&self, key: &MediaKey) -> Result<(), MediaError> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
