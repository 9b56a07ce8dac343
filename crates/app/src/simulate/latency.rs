//! How long modelled providers take, and what they charge, by name.

use super::chance::lognormal;
use domain::{Language, provider::Prices};
use queue::Seeded;
use std::time::Duration;

/// A sort of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sort {
    /// A large model behind an API: seconds, and money
    Hosted,
    /// Computed on the node itself: the extractive writer, the embedded voices
    Local,
    /// Always the same: for arithmetic by hand
    Constant,
}

impl Sort {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hosted => "hosted",
            Self::Local => "local",
            Self::Constant => "constant",
        }
    }

    /// Until a script of so many tokens is there.
    pub fn writes_in(self, tokens: u64, chance: &Seeded) -> Duration {
        seconds(match self {
            // A second until the first token, then 120 tokens in a second.
            Self::Hosted => lognormal(chance, 1.0 + tokens as f64 / 120.0, 0.45),
            Self::Local => lognormal(chance, 0.03, 0.3),
            Self::Constant => 6.0,
        })
    }

    /// Until speech of so many seconds is there.
    pub fn speaks_in(self, speech_s: f64, chance: &Seeded) -> Duration {
        seconds(match self {
            // A second until the first sound, then ten times as fast as it is spoken.
            Self::Hosted => lognormal(chance, 0.8 + speech_s / 10.0, 0.35),
            // As measured: see docs/reference/performance.md.
            Self::Local => lognormal(chance, 0.05 + speech_s / 60.0, 0.15),
            Self::Constant => 10.0,
        })
    }

    /// For a million each: of a small model, and of a voice.
    pub const fn prices(self) -> Prices {
        match self {
            Self::Hosted => {
                Prices { input_tokens: 250_000, output_tokens: 2_000_000, characters: 15_000_000 }
            }
            Self::Local | Self::Constant => Prices { input_tokens: 0, output_tokens: 0, characters: 0 },
        }
    }
}

/// Tokens that a text has, as models count: about four letters of English, one of Japanese.
pub fn tokens(text: &str, language: Language) -> u64 {
    let characters = text.chars().count() as u64;
    match language {
        Language::Ja => characters,
        Language::En => characters / 4,
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 600.0))
}
