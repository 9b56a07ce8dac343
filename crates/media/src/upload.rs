//! Objects that come in pieces and are there whole or not at all.

use crate::{Media, MediaError, MediaKey};
use bytes::Bytes;
use object_store::{ObjectStoreExt, WriteMultipart, path::Path};

/// Parts on their way to the store at the same time; with them goes what an upload holds in memory.
const PARTS: usize = 2;

/// An object in the making. Nobody sees it before it is finished; one that is dropped never comes to be.
#[derive(Debug)]
pub struct Upload {
    parts: WriteMultipart,
}

impl Media {
    pub async fn upload(&self, key: &MediaKey) -> Result<Upload, MediaError> {
        self.is_its_own().await?;
        let upload = self.store.put_multipart(&Path::from(key)).await?;
        Ok(Upload { parts: WriteMultipart::new(upload) })
    }
}

impl Upload {
    /// Waits while the store is behind.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), MediaError> {
        self.parts.wait_for_capacity(PARTS).await?;
        self.parts.put(bytes);
        Ok(())
    }

    pub async fn finish(self) -> Result<(), MediaError> {
        self.parts.finish().await?;
        Ok(())
    }

    /// Removes what was written so far. Dropping does so only where the store is a folder.
    pub async fn abort(self) -> Result<(), MediaError> {
        Ok(self.parts.abort().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn folder() -> (tempfile::TempDir, Media) {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path()).unwrap();
        (folder, media)
    }

    #[tokio::test]
    async fn pieces_become_one_object() {
        let (_folder, media) = folder().await;
        let mut upload = media.upload("external/a.mp3").await.unwrap();
        let piece = Bytes::from((0..=255).cycle().take(1_000_003).collect::<Vec<u8>>());
        for _ in 0..12 {
            upload.write(piece.clone()).await.unwrap();
        }
        assert!(!media.holds("external/a.mp3", 12 * 1_000_003).await.unwrap(), "not before it is finished");
        upload.finish().await.unwrap();
        assert_eq!(media.get("external/a.mp3").await.unwrap(), piece.repeat(12));
    }

    #[tokio::test]
    async fn what_is_not_finished_never_was() {
        let (folder, media) = folder().await;
        let begun = || async {
            let mut upload = media.upload("external/b.mp3").await.unwrap();
            upload.write(Bytes::from(vec![7; 6 << 20])).await.unwrap();
            upload
        };
        begun().await.abort().await.unwrap();
        let mut left = std::fs::read_dir(folder.path().join("external")).unwrap();
        assert!(left.next().is_none(), "a folder keeps nothing of it");
        drop(begun().await);
        assert!(matches!(media.get("external/b.mp3").await, Err(MediaError::Gone(_))));
    }
}
