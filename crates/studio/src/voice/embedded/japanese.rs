//! The Japanese voice: labels from the dictionary, sound from the HTS voice "Mei".

use crate::{
    japanese::{DICTIONARY_VERSION, Japanese},
    voice::{Pcm, VoiceError},
};
use domain::{Host, Readings};
use jbonsai::Engine;
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// "Mei" (normal) by the MMDAgent project team, Nagoya Institute of Technology, CC BY 3.0.
static VOICE: &[u8] = include_bytes!("../../../../../assets/ja/mei_normal.htsvoice");

/// As `Cargo.lock` has them; a test compares.
pub(super) const JBONSAI: &str = "0.4.2";
pub(super) const E2K: &str = "0.1.1";

/// Raise when the normaliser, the accents or the rests change what is heard.
const REVISION: u32 = 3;

/// The synthesiser peaks a little above full scale of 16 bits; loudness is set later, clipping is not undone.
const FULL_SCALE: f64 = 46_000.0;

/// How a host sounds.
#[derive(Debug)]
struct Manner {
    half_tone: f64,
    speed: f64,
    /// All-pass constant: a larger one lengthens the vocal tract. The voice was made at 0.55.
    alpha: f64,
}

const fn manner(host: Host) -> Manner {
    match host {
        Host::Main => Manner { half_tone: 0.0, speed: 1.0, alpha: 0.55 },
        // Lower and larger: another person, with the vowels still apart.
        Host::Guest => Manner { half_tone: -5.0, speed: 1.04, alpha: 0.59 },
    }
}

pub(super) fn fingerprint(host: Host) -> String {
    let Manner { half_tone, speed, alpha } = manner(host);
    format!(
        "mei r{REVISION} jbonsai-{JBONSAI} jpreprocess-{} dictionary-{DICTIONARY_VERSION} e2k-{E2K} \
         tone{half_tone} speed{speed} alpha{alpha}",
        jpreprocess::VERSION
    )
}

pub(super) struct Mei {
    japanese: Arc<Japanese>,
    main: OnceLock<Engine>,
    guest: OnceLock<Engine>,
}

impl Mei {
    pub(super) const fn new(japanese: Arc<Japanese>) -> Self {
        Self { japanese, main: OnceLock::new(), guest: OnceLock::new() }
    }

    /// Adds one chunk's sound to `pcm`, frame by frame.
    pub(super) fn say(
        &self,
        text: &str,
        host: Host,
        readings: &Readings,
        pcm: &mut Pcm,
    ) -> Result<(), VoiceError> {
        let failed = |error: jbonsai::EngineError| VoiceError::Engine { reason: error.to_string() };
        let labels = self.japanese.labels(text, readings)?;
        if labels.is_empty() {
            return Ok(());
        }
        let engine = self.engine(host)?;
        pcm.rate = u32::try_from(engine.condition.get_sampling_frequency()).unwrap_or(48_000);
        let mut speech = engine.generator(labels).map_err(failed)?;
        let mut frame = vec![0.0; speech.fperiod()];
        while speech.generate_step(&mut frame) > 0 {
            pcm.samples.extend(frame.iter().map(|sample| (sample / FULL_SCALE).clamp(-1.0, 1.0) as f32));
        }
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
        let mut engine = Engine::load_from_bytes([VOICE])
            .map_err(|error| VoiceError::Engine { reason: error.to_string() })?;
        let Manner { half_tone, speed, alpha } = manner(host);
        engine.condition.set_additional_half_tone(half_tone);
        engine.condition.set_speed(speed);
        engine.condition.set_alpha(alpha);
        // Two threads may both build the first one; either will do.
        Ok(slot.get_or_init(|| engine))
    }
}

impl fmt::Debug for Mei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mei").field("japanese", &self.japanese).finish_non_exhaustive()
    }
}
