//! How far guessed lengths were off, learned from what was narrated, by language and depth.

use crate::{language::Language, script::Depth};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Guessed and actual milliseconds, summed. Its serde form is JSON text in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Guesses(BTreeMap<String, (u64, u64)>);

impl Guesses {
    /// Beyond so much speech the older half counts no more.
    const MEMORY_MS: u64 = 36_000_000;

    pub fn observe(&mut self, language: Language, depth: Depth, guessed_ms: u64, actual_ms: u64) {
        self.add(name(language, depth), guessed_ms, actual_ms);
    }

    pub fn merge(&mut self, other: &Self) {
        for (name, (guessed, actual)) in &other.0 {
            self.add(name.clone(), *guessed, *actual);
        }
    }

    /// A guess as it should have been; off by a factor of two at most.
    pub fn corrected(&self, language: Language, depth: Depth, guessed_ms: u64) -> u64 {
        match self.0.get(&name(language, depth)) {
            Some((guessed @ 1.., actual)) => {
                let actual = (*actual).clamp(guessed / 2, guessed.saturating_mul(2));
                let corrected = u128::from(guessed_ms) * u128::from(actual) / u128::from(*guessed);
                u64::try_from(corrected).unwrap_or(u64::MAX).max(1)
            }
            _ => guessed_ms,
        }
    }

    fn add(&mut self, name: String, guessed_ms: u64, actual_ms: u64) {
        let (guessed, actual) = self.0.entry(name).or_default();
        *guessed = guessed.saturating_add(guessed_ms);
        *actual = actual.saturating_add(actual_ms);
        while *guessed > Self::MEMORY_MS {
            *guessed /= 2;
            *actual /= 2;
        }
    }
}

fn name(language: Language, depth: Depth) -> String {
    format!("{}:{}", language.tag(), depth.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_corrected_by_what_they_were_off() {
        let mut guesses = Guesses::default();
        assert_eq!(guesses.corrected(Language::Ja, Depth::Standard, 90_000), 90_000);
        guesses.observe(Language::Ja, Depth::Standard, 90_000, 99_000);
        assert_eq!(guesses.corrected(Language::Ja, Depth::Standard, 80_000), 88_000);
        assert_eq!(guesses.corrected(Language::Ja, Depth::Deep, 80_000), 80_000);
        guesses.observe(Language::En, Depth::Brief, 10_000, 1_000_000);
        assert_eq!(guesses.corrected(Language::En, Depth::Brief, 10_000), 20_000, "by two at most");
    }

    #[test]
    fn what_is_old_fades() {
        let mut guesses = Guesses::default();
        (0..2_000).for_each(|_| guesses.observe(Language::Ja, Depth::Standard, 90_000, 45_000));
        (0..2_000).for_each(|_| guesses.observe(Language::Ja, Depth::Standard, 90_000, 90_000));
        let now = guesses.corrected(Language::Ja, Depth::Standard, 90_000);
        assert!(now > 88_000, "{now}");
        let text = serde_json::to_string(&guesses).unwrap();
        assert_eq!(serde_json::from_str::<Guesses>(&text).unwrap(), guesses);
    }
}
