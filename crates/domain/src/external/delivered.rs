//! A program that was made elsewhere, ready to be published.

use super::{Chapter, Offer};
use crate::{AudioFormat, Edition, Manifest, OccurrenceId, manifest};
use serde::{Deserialize, Serialize};

/// An MP3 file as it was found, in the media store. Its serde form is what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAudio {
    pub media_key: String,
    /// Of the whole file, tags included.
    pub bytes: u64,
    /// MPEG frames of its own kind, which need not be 24 ms long.
    pub frames: u64,
    pub duration_ms: u64,
    pub sample_rate_hz: u32,
    pub channels: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    pub occurrence: OccurrenceId,
    pub title: String,
    pub edition: Edition,
    /// Why it is not full; `None` for a full edition.
    pub reason: Option<String>,
    pub audio: StoredAudio,
    /// In order; all of them start before the audio ends.
    pub chapters: Vec<Chapter>,
    /// WebVTT.
    pub transcript: Option<String>,
}

impl Delivered {
    /// A chapter that would start after the end is left out: no player could reach it.
    pub fn new(occurrence: OccurrenceId, offer: Offer, audio: StoredAudio) -> Self {
        let mut chapters = offer.chapters;
        chapters.retain(|chapter| chapter.start_ms < audio.duration_ms);
        Self {
            occurrence,
            title: offer.title,
            edition: offer.edition,
            reason: offer.reason,
            audio,
            chapters,
            transcript: offer.transcript,
        }
    }

    /// The file as the one part of a manifest, without a header: its tags are its own. A manifest counts
    /// time in frames of 24 ms, so that is what the part's length is rounded to, whatever its frames are.
    pub fn manifest(&self) -> Manifest {
        let StoredAudio { media_key, bytes, duration_ms, .. } = &self.audio;
        let frames = duration_ms.div_ceil(AudioFormat::FRAME_MS);
        let part = manifest::Part { media_key: media_key.clone(), bytes: *bytes, frames };
        Manifest { format: AudioFormat::default(), header: Vec::new(), parts: vec![part] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_the_end_is_left_out_and_the_bytes_stay_whole() {
        let chapter = |start_ms| Chapter { start_ms, title: "x".into(), url: None };
        let offer = Offer {
            title: "Today".into(),
            audio_url: "https://maker.example/a.mp3".parse().unwrap(),
            audio_sha256: None,
            edition: Edition::Full,
            reason: None,
            chapters: vec![chapter(0), chapter(999), chapter(1_000)],
            transcript: None,
        };
        let audio = StoredAudio {
            media_key: "external/1.mp3".into(),
            bytes: 16_001,
            frames: 38,
            duration_ms: 1_000,
            sample_rate_hz: 44_100,
            channels: 2,
        };
        let occurrence = OccurrenceId::born(0, [0; 2]);
        let delivered = Delivered::new(occurrence, offer, audio);
        assert_eq!(delivered.chapters, [chapter(0), chapter(999)]);
        let manifest = delivered.manifest();
        assert_eq!(manifest.bytes(), 16_001);
        assert!((1_000..1_024).contains(&manifest.duration_ms()), "{}", manifest.duration_ms());
    }
}
