//! The two audio formats a program can have. Both are chosen so that a frame is a whole number of
//! bytes and of milliseconds: a byte offset is then a time by plain arithmetic.

use serde::{Deserialize, Serialize};

/// MP3, mono, constant bit rate. Every part of a program has the same format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioFormat {
    /// 48 kHz, 96 kbit/s, MPEG-1 layer III.
    #[default]
    Standard,
    /// 24 kHz, 64 kbit/s, MPEG-2 layer III.
    Small,
}

impl AudioFormat {
    /// Milliseconds of one frame, in both formats.
    pub const FRAME_MS: u64 = 24;

    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "mp3-48k-96",
            Self::Small => "mp3-24k-64",
        }
    }

    /// Hz.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Self::Standard => 48_000,
            Self::Small => 24_000,
        }
    }

    pub const fn kbit_per_s(self) -> u32 {
        match self {
            Self::Standard => 96,
            Self::Small => 64,
        }
    }

    pub const fn samples_per_frame(self) -> u32 {
        match self {
            Self::Standard => 1_152,
            Self::Small => 576,
        }
    }

    pub const fn bytes_per_frame(self) -> u64 {
        match self {
            Self::Standard => 288,
            Self::Small => 192,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_24_ms_and_whole_bytes() {
        for format in [AudioFormat::Standard, AudioFormat::Small] {
            let samples = u64::from(format.samples_per_frame());
            assert_eq!(samples * 1_000 / u64::from(format.sample_rate()), AudioFormat::FRAME_MS);
            let bytes = u64::from(format.kbit_per_s()) * AudioFormat::FRAME_MS / 8;
            assert_eq!(bytes, format.bytes_per_frame());
        }
    }
}
