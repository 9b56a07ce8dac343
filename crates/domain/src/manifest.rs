//! A program's bytes as a list of parts: nothing is copied, nothing is encoded again.

use crate::audio::AudioFormat;
use serde::{Deserialize, Serialize};

/// One stored run of MP3 frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Path of the object in the media store.
    pub media_key: String,
    pub bytes: u64,
    pub frames: u64,
}

impl Part {
    /// A part's size follows from its frames: the bit rate is constant and no frame is padded.
    pub fn of_frames(media_key: impl Into<String>, frames: u64, format: AudioFormat) -> Self {
        Self { media_key: media_key.into(), bytes: frames * format.bytes_per_frame(), frames }
    }

    pub const fn duration_ms(&self) -> u64 {
        self.frames * AudioFormat::FRAME_MS
    }
}

/// A program's file: header bytes (ID3 tag and Info frame), then every part's bytes, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: AudioFormat,
    /// Stored with the manifest and never made anew: published bytes do not change.
    #[serde(with = "hex")]
    pub header: Vec<u8>,
    pub parts: Vec<Part>,
}

impl Manifest {
    pub fn bytes(&self) -> u64 {
        self.header.len() as u64 + self.parts.iter().map(|part| part.bytes).sum::<u64>()
    }

    /// Without the Info frame, which decoders do not play.
    pub fn duration_ms(&self) -> u64 {
        self.parts.iter().map(Part::duration_ms).sum()
    }
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::fmt::Write;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        match digits {
            Some(digits) if digits.len() % 2 == 0 => {
                Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
            }
            _ => Err(D::Error::custom("header bytes are not hex")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let part = |frames| Part::of_frames(format!("parts/{frames}"), frames, AudioFormat::Standard);
        Manifest {
            format: AudioFormat::Standard,
            header: vec![0x49, 0x00, 0xff],
            parts: vec![part(10), part(5)],
        }
    }

    #[test]
    fn size_and_length_follow_from_frames() {
        assert_eq!(manifest().bytes(), 3 + 15 * 288);
        assert_eq!(manifest().duration_ms(), 15 * 24);
    }

    #[test]
    fn the_stored_form_reads_back() {
        let json = serde_json::to_string(&manifest()).unwrap();
        assert!(json.contains(r#""header":"4900ff""#), "{json}");
        assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest());
        for broken in ["4900f", "4900fg", "49 0ff"] {
            assert!(serde_json::from_str::<Manifest>(&json.replace("4900ff", broken)).is_err(), "{broken}");
        }
    }
}
