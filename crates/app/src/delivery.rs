//! A program into a folder: every file under another name first, then renamed, so that none is ever
//! half written.

use crate::{
    failure::{Failure, Kind},
    program::Produced,
};
use futures::TryStreamExt;
use media::Media;
use std::path::{Path, PathBuf};
use tokio::{fs, io::AsyncWriteExt};

/// What a program is put into, in the order it is put there.
const NAMES: [&str; 4] = ["program.mp3", "chapters.json", "transcript.vtt", "program.json"];

/// A folder that programs can be written to.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder when missing and tries it, before anything costly is made for it.
    pub async fn prepare(path: &Path) -> Result<Self, Failure> {
        let folder = Self(path.to_owned());
        fs::create_dir_all(path).await.map_err(|cause| folder.cannot(&cause))?;
        for name in NAMES {
            // Renaming over a folder would fail when the others are in place already.
            if fs::metadata(folder.0.join(name)).await.is_ok_and(|found| found.is_dir()) {
                return Err(folder.cannot(&format!("{name} is a folder")));
            }
        }
        let probe = folder.draft("probe");
        fs::write(&probe, b"").await.map_err(|cause| folder.cannot(&cause))?;
        fs::remove_file(&probe).await.map_err(|cause| folder.cannot(&cause))?;
        Ok(folder)
    }

    /// Writes `program.mp3`, `program.json`, `chapters.json` and `transcript.vtt`.
    pub async fn put(&self, produced: &Produced, media: &Media) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(&produced.program)
            .map_err(|cause| Failure::new(Kind::Other, format!("program.json cannot be written: {cause}")))?;
        let [audio, texts @ ..] = NAMES;
        let transcript = produced.transcript_vtt();
        let texts = texts.into_iter().zip([&produced.chapters_json, &transcript, &json]);
        let put = async {
            self.draft_audio(audio, produced, media).await?;
            for (name, text) in texts {
                fs::write(self.draft(name), text).await.map_err(|cause| self.cannot(&cause))?;
            }
            for name in NAMES {
                let renamed = fs::rename(self.draft(name), self.0.join(name)).await;
                renamed.map_err(|cause| self.cannot(&cause))?;
            }
            Ok(())
        };
        let put = put.await;
        if put.is_err() {
            for name in NAMES {
                // Whatever went wrong, no draft stays behind; that one may not exist is expected.
                let _ = fs::remove_file(self.draft(name)).await;
            }
        }
        put
    }

    async fn draft_audio(&self, name: &str, produced: &Produced, media: &Media) -> Result<(), Failure> {
        let mut mp3 = fs::File::create(self.draft(name)).await.map_err(|cause| self.cannot(&cause))?;
        let manifest = &produced.manifest;
        let mut bytes = std::pin::pin!(media::read(media, manifest, 0..manifest.bytes()));
        while let Some(bytes) = bytes.try_next().await? {
            mp3.write_all(&bytes).await.map_err(|cause| self.cannot(&cause))?;
        }
        mp3.sync_all().await.map_err(|cause| self.cannot(&cause))
    }

    /// Beside the file, so that renaming never crosses file systems; the process keeps two runs apart.
    fn draft(&self, name: &str) -> PathBuf {
        self.0.join(format!(".{name}.{}", std::process::id()))
    }

    fn cannot(&self, cause: &dyn std::fmt::Display) -> Failure {
        let folder = self.0.display();
        Failure::new(Kind::Other, format!("folder {folder} cannot be written: {cause}; choose another --out"))
    }
}
