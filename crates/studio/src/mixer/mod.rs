//! Speech to parts, parts to a program: loudness, encoding, joins, chapters, transcript.
//!
//! The rule everything here serves: parts are encoded alone and joined by bytes, and the join decodes
//! sample for sample as the parts do. So every part begins and ends in digital silence, is levelled by
//! itself, and is a whole number of 24 ms frames; times are counted in frames, never estimated. This
//! room knows no voices, no writers and no stores: it takes samples and texts and gives bytes back.

pub mod assemble;
pub mod chapters;
mod encoder;
mod header;
pub mod jingle;
mod limiter;
mod lines;
mod loudness;
mod part;
mod resample;
mod silence;
mod track;
mod transcript;

pub use assemble::{Assembled, Billing, Piece, Speakers, assemble, manifest};
pub use jingle::Jingle;
pub use loudness::{Loudness, TARGET_LUFS, loudness_of};
pub use part::{Part, Timeline, part};
pub use track::{Track, Voiced};
pub use transcript::vtt;

/// Part of every sounding artifact's key: to be changed whenever the same samples become other bytes.
pub const RECIPE: &str = "lame-3.100 q5 -19lufs r1";

/// Why samples could not be made into a part.
#[derive(Debug, thiserror::Error)]
pub enum MixError {
    #[error("nothing to mix: the sound has no samples; check what the voice returned")]
    Empty,
    #[error("nothing to mix: the sound is silent throughout; check what the voice returned")]
    Silent,
    #[error("sample {at} of the sound is not a number; check what the voice returned")]
    NotFinite { at: usize },
    #[error("a sound of {hz} Hz cannot be mixed; give 8000 to 192000 Hz")]
    Rate { hz: u32 },
    #[error("cannot resample from {from} to {to} Hz: {reason}")]
    Resample { from: u32, to: u32, reason: String },
    #[error("cannot measure loudness at {hz} Hz: {reason}")]
    Loudness { hz: u32, reason: String },
    #[error("cannot encode {format}: {reason}")]
    Encode { format: &'static str, reason: String },
}
