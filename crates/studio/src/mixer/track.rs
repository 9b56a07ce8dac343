//! What is spoken in one part, in order: utterances of any rate, pauses and music on one time line,
//! every host equally loud.

use super::{MixError, Part, TARGET_LUFS, loudness, part, resample};
use crate::voice::Pcm;
use domain::{AudioFormat, Host, program::Cue};
use std::ops::Range;

/// A part in the making.
#[derive(Debug)]
pub struct Track {
    format: AudioFormat,
    samples: Vec<f32>,
    said: Vec<Said>,
}

/// A part with what is said in it.
#[derive(Clone, Debug)]
pub struct Voiced {
    pub part: Part,
    /// In milliseconds from the part's first decoded sample, in order, without overlap.
    pub cues: Vec<Cue>,
}

#[derive(Debug)]
struct Said {
    host: Host,
    text: String,
    samples: Range<usize>,
}

impl Track {
    pub fn new(format: AudioFormat) -> Self {
        Self { format, samples: Vec::new(), said: Vec::new() }
    }

    /// Adds an utterance. `text` is what the transcript shows: as written, not as normalised.
    ///
    /// # Errors
    /// When the voice's samples are not finite or its rate cannot be resampled.
    pub fn say(&mut self, host: Host, text: impl Into<String>, pcm: Pcm) -> Result<(), MixError> {
        let start = self.samples.len();
        self.add(pcm)?;
        self.said.push(Said { host, text: text.into(), samples: start..self.samples.len() });
        Ok(())
    }

    /// Adds silence.
    pub fn pause(&mut self, ms: u32) {
        let samples = self.format.sample_rate() as usize / 1_000 * ms as usize;
        self.samples.resize(self.samples.len() + samples, 0.0);
    }

    /// Adds sound that nobody speaks.
    ///
    /// # Errors
    /// As `say`.
    pub fn play(&mut self, pcm: Pcm) -> Result<(), MixError> {
        self.add(pcm)
    }

    /// Samples so far, in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.format.sample_rate())
    }

    /// Levels the hosts to each other, then the part as a whole, and encodes it.
    ///
    /// # Errors
    /// As `mixer::part`.
    pub fn finish(mut self) -> Result<Voiced, MixError> {
        self.level_hosts()?;
        let pcm = Pcm { rate: self.format.sample_rate(), samples: self.samples };
        let part = part(pcm, self.format)?;
        let ms = |sample: usize| part.timeline.ms(sample as u64);
        let cues = self.said.into_iter().map(|Said { host, text, samples }| Cue {
            start_ms: ms(samples.start),
            end_ms: ms(samples.end),
            host,
            text,
        });
        Ok(Voiced { cues: cues.collect(), part })
    }

    fn add(&mut self, pcm: Pcm) -> Result<(), MixError> {
        super::part::finite(&pcm.samples)?;
        let rate = self.format.sample_rate();
        let mut samples = resample::to_rate(pcm.samples, pcm.rate, rate)?;
        // Here too, before silence is put beside it: an offset would end in a step.
        super::part::high_pass(&mut samples, rate);
        if self.samples.is_empty() {
            self.samples = samples;
        } else {
            self.samples.extend_from_slice(&samples);
        }
        Ok(())
    }

    /// Two engines or two voices differ by several LU; inside a part nothing else would even that out.
    fn level_hosts(&mut self) -> Result<(), MixError> {
        if !self.speaks(Host::Main) || !self.speaks(Host::Guest) {
            return Ok(());
        }
        for host in [Host::Main, Host::Guest] {
            let said: Vec<_> =
                self.said.iter().filter(|said| said.host == host).map(|said| said.samples.clone()).collect();
            let mut blocks = Vec::new();
            for samples in &said {
                blocks.extend(loudness::blocks(&self.samples[samples.clone()], self.format.sample_rate())?);
            }
            let lufs = loudness::integrated(&blocks);
            // A host who is silent throughout has nothing to be levelled.
            if lufs.is_finite() {
                let gain = 10_f64.powf((TARGET_LUFS - lufs) / 20.0) as f32;
                for samples in said {
                    self.samples[samples].iter_mut().for_each(|sample| *sample *= gain);
                }
            }
        }
        Ok(())
    }

    fn speaks(&self, host: Host) -> bool {
        self.said.iter().any(|said| said.host == host && !said.samples.is_empty())
    }
}
