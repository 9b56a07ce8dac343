//! The English voice: flite's American speaker at 16 kHz.

use crate::english::{cardinal, roman};
use crate::voice::{Pcm, VoiceError, normalise::name_symbol};
use domain::{Host, Language, Readings};
use flite_rs::Engine;
use std::{fmt, sync::OnceLock};

/// As `Cargo.lock` has it; a test compares.
pub(super) const FLITE_RS: &str = "0.2.0";

/// Raise when the normaliser, the spelling below or the rests change what is heard.
const REVISION: u32 = 3;

/// How a host sounds.
struct Manner {
    f0_shift: f32,
    /// Of the speaker's own pace; above 1 is slower.
    stretch: f32,
}

const fn manner(host: Host) -> Manner {
    match host {
        Host::Main => Manner { f0_shift: 1.0, stretch: 1.03 },
        Host::Guest => Manner { f0_shift: 1.38, stretch: 1.03 },
    }
}

pub(super) fn fingerprint(host: Host) -> String {
    let Manner { f0_shift, stretch } = manner(host);
    format!("kal16 r{REVISION} flite-rs-{FLITE_RS} shift{f0_shift} stretch{stretch}")
}

#[derive(Default)]
pub(super) struct English {
    main: OnceLock<Engine>,
    guest: OnceLock<Engine>,
}

impl English {
    /// Adds one chunk's sound to `pcm`, as it is made.
    pub(super) fn say(
        &self,
        text: &str,
        host: Host,
        readings: &Readings,
        pcm: &mut Pcm,
    ) -> Result<(), VoiceError> {
        let engine = self.engine(host)?;
        pcm.rate = engine.sample_rate();
        engine.synthesize_streaming(&spelled_out(&readings.apply(text)), |samples| {
            pcm.samples.extend(samples.iter().map(|sample| f32::from(*sample) / 32_768.0));
            flite_rs::Flow::Continue
        });
        Ok(())
    }

    fn engine(&self, host: Host) -> Result<&Engine, VoiceError> {
        let slot = match host {
            Host::Main => &self.main,
            Host::Guest => &self.guest,
        };
        if let Some(engine) = slot.get() {
            return Ok(engine);
        }
        let failed = |reason: String| VoiceError::Engine { reason };
        let mut engine = Engine::try_new().map_err(|error| failed(error.to_string()))?;
        if !engine.select_voice("kal16") {
            return Err(failed("voice kal16 is not built in".to_owned()));
        }
        let Manner { f0_shift, stretch } = manner(host);
        engine.set_f0_shift(f0_shift);
        engine.set_duration_stretch(stretch);
        Ok(slot.get_or_init(|| engine))
    }
}

impl fmt::Debug for English {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("English").finish_non_exhaustive()
    }
}

/// What no reading dictionary knew: symbols inside names by name, acronyms by letters.
fn spelled_out(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let inside = before.is_some_and(|c| c.is_ascii_alphanumeric());
        let goes_on = chars.peek().is_some_and(char::is_ascii_alphanumeric);
        match c {
            '.' if inside && goes_on => said.push_str(name_symbol(c, Language::En)),
            '.' if goes_on => said.push_str("dot "),
            '+' | '#' | '&' | '@' => said.push_str(name_symbol(c, Language::En)),
            '-' | '/' | '_' => said.push(' '),
            _ => said.push(c),
        }
        before = Some(c);
    }
    let words: Vec<String> =
        said.split_whitespace().map(|word| acronym(word).unwrap_or_else(|| word.to_owned())).collect();
    words.join(" ")
}

/// A word of two to five capitals, spelled; a plural or possessive ending stays.
fn acronym(word: &str) -> Option<String> {
    let end = word.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(word.len());
    let (capitals, ending) = word.split_at(end);
    if let Some(value) = numeral(capitals).filter(|_| !ending.starts_with(['s', '\''])) {
        return Some(cardinal(value) + ending);
    }
    if SHOUTED.contains(&capitals) {
        return None;
    }
    let stops = ending.trim_start_matches("'s").trim_start_matches('s');
    if !(2..=5).contains(&capitals.len()) || !stops.chars().all(|c| c.is_ascii_punctuation()) {
        return None;
    }
    // Alone, flite says A as the article.
    let letters = capitals.chars().map(|c| if c == 'A' { "ay".to_owned() } else { c.to_string() });
    let plural = if ending.len() > stops.len() { "'s" } else { "" };
    Some(format!("{}{plural}{stops}", letters.collect::<Vec<_>>().join(" ")))
}

/// Words a writer sets in capitals for weight: words still.
const SHOUTED: &[&str] = &[
    "NOT", "NEW", "ALL", "AND", "ANY", "ARE", "BEST", "BUT", "CAN", "DO", "DON", "EVER", "EVERY", "FOR",
    "FREE", "FROM", "GO", "GOOD", "HOW", "IF", "IN", "IS", "IT", "JUST", "MORE", "MOST", "MUST", "NEVER",
    "NO", "NOW", "OF", "OFF", "ON", "ONE", "ONLY", "OR", "OUR", "OUT", "STOP", "SO", "THAT", "THE", "THIS",
    "TO", "TOO", "UP", "VERY", "WAS", "WE", "WHAT", "WHO", "WHY", "WILL", "WITH", "YES", "YOU", "YOUR",
];

/// Roman numerals that stand alone, of wars and kings; I, V, X and XI are as often names and stay so.
fn numeral(capitals: &str) -> Option<u64> {
    const NAMES: [&str; 6] = ["I", "IV", "V", "X", "XI", "XV"];
    roman(capitals).filter(|_| !NAMES.contains(&capitals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_acronyms_are_spelled_out() {
        for (text, said) in [
            ("the API, and APIs.", "the ay P I, and ay P I's."),
            ("node.js and rust-analyzer", "node dot js and rust analyzer"),
            ("CI/CD at AT&T", "C I C D at ay T and T"),
            ("An end.", "An end."),
            ("World War II, Henry VIII.", "World War two, Henry eight."),
            ("do NOT use the NEW one", "do NOT use the NEW one"),
        ] {
            assert_eq!(spelled_out(text), said);
        }
    }
}
