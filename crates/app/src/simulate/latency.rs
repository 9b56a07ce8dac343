//! How long modelled providers take, and what they charge, by name.

use super::chance::lognormal;
use domain::Language;
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

/// Of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    pub takes: Duration,
    pub cost_micro_usd: u64,
}

impl Sort {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hosted => "hosted",
            Self::Local => "local",
            Self::Constant => "constant",
        }
    }

    /// A script of so many tokens from an article of so many.
    pub fn write(self, tokens_in: u64, tokens_out: u64, chance: &Seeded) -> Quote {
        match self {
            // A second until the first token, then 120 tokens in a second; a small model's prices: 0.25 USD a
            // million tokens in, 2 USD out.
            Self::Hosted => Quote {
                takes: seconds(lognormal(chance, 1.0 + tokens_out as f64 / 120.0, 0.45)),
                cost_micro_usd: (tokens_in + 8 * tokens_out).div_ceil(4),
            },
            Self::Local => free(lognormal(chance, 0.03, 0.3)),
            Self::Constant => free(6.0),
        }
    }

    /// So many characters, spoken in so many seconds.
    pub fn speak(self, characters: u64, speech_s: f64, chance: &Seeded) -> Quote {
        match self {
            // A second until the first sound, then ten times as fast as it is spoken; 15 USD a million
            // characters.
            Self::Hosted => Quote {
                takes: seconds(lognormal(chance, 0.8 + speech_s / 10.0, 0.35)),
                cost_micro_usd: characters * 15,
            },
            // As measured: see docs/reference/performance.md.
            Self::Local => free(lognormal(chance, 0.05 + speech_s / 60.0, 0.15)),
            Self::Constant => free(10.0),
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

fn free(takes_s: f64) -> Quote {
    Quote { takes: seconds(takes_s), cost_micro_usd: 0 }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 600.0))
}
