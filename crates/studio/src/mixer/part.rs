//! One part: levelled, edged with silence, encoded.

use super::{
    MixError, TARGET_LUFS,
    encoder::{DELAY, Frames},
    limiter::{self, Peaks},
    loudness::{self, Loudness},
    resample,
    silence::{self, Cut},
};
use crate::voice::Pcm;
use domain::{AudioFormat, manifest};

/// MP3 frames that can be joined to others of the same format, and what is known of them.
#[derive(Clone, Debug)]
pub struct Part {
    pub format: AudioFormat,
    /// Whole frames, nothing else: exactly `frames` × the format's bytes per frame.
    pub mp3: Vec<u8>,
    pub frames: u64,
    /// Integrated loudness, as a meter reads the decoded part.
    pub lufs: f64,
    /// True peak before encoding; encoding adds a few tenths of a dB.
    pub peak_dbtp: f64,
    pub loudness: Loudness,
    pub timeline: Timeline,
}

impl Part {
    /// What a manifest says of it, once its bytes are stored.
    pub fn stored_at(&self, media_key: impl Into<String>) -> manifest::Part {
        manifest::Part::of_frames(media_key, self.frames, self.format)
    }
}

/// Where samples of the input are found in the decoded part.
#[derive(Clone, Debug)]
pub struct Timeline {
    from_hz: u32,
    to_hz: u32,
    cuts: Vec<Cut>,
}

impl Timeline {
    /// Sample of the decoded part that holds sample `input` of what was given. What was cut out
    /// lies where the cut is.
    pub fn sample(&self, input: u64) -> u64 {
        let at = (input * u64::from(self.to_hz) + u64::from(self.from_hz) / 2) / u64::from(self.from_hz);
        let cut_before = |cut: &Cut| at.saturating_sub(cut.at as u64).min(cut.len as u64);
        DELAY + edge(self.to_hz) as u64 + at - self.cuts.iter().map(cut_before).sum::<u64>()
    }

    /// The same in milliseconds from the part's first decoded sample, rounded down.
    pub fn ms(&self, input: u64) -> u64 {
        self.sample(input) * 1_000 / u64::from(self.to_hz)
    }
}

/// True peak that nothing passes before encoding. −1 dBTP must hold after it, and encoding moved the
/// peaks of speech, music, clicks and pulses by 0.2 dB at most.
const CEILING_DBTP: f64 = -2.0;
/// Digital silence at each edge: a decoder's overlap reaches across a join, and finds nothing there.
const EDGE_MS: usize = 50;
const FADE_MS: usize = 10;
/// Below this, offsets and rumble; speech begins at 70 Hz.
const HIGH_PASS_HZ: f32 = 15.0;
/// When the limiter took more than this off, a second round gives it back.
const CLOSE_ENOUGH_LU: f64 = 0.2;
const ROUNDS: usize = 2;

/// Levels and encodes mono samples.
///
/// Parts of 3 s and more meet −19 LUFS ±1 LU and −1 dBTP after encoding; shorter ones are levelled as
/// if they were repeated. Silences over 1.2 s become 1.0 s; `Part::timeline` tells where things are then.
///
/// # Errors
/// When there is nothing to hear, a sample is not finite, or the rate is not between 8 and 192 kHz.
pub fn part(pcm: Pcm, format: AudioFormat) -> Result<Part, MixError> {
    if pcm.samples.is_empty() {
        return Err(MixError::Empty);
    }
    finite(&pcm.samples)?;
    let rate = format.sample_rate();
    let mut samples = resample::to_rate(pcm.samples, pcm.rate, rate)?;
    high_pass(&mut samples, rate);
    let cuts = silence::tighten(&mut samples, rate)?;
    let level = level(&mut samples, rate)?;
    fade_edges(&mut samples, rate as usize / 1_000 * FADE_MS);

    let mut frames = Frames::new(format, samples.len())?;
    let edge = vec![0.0; edge(rate)];
    for run in [&edge, &samples, &edge] {
        frames.push(run)?;
    }
    let (mp3, frames) = frames.finish()?;
    Ok(Part {
        format,
        mp3,
        frames,
        lufs: loudness::integrated(&level.blocks),
        peak_dbtp: level.peak_dbtp,
        loudness: Loudness::of(&level.blocks),
        timeline: Timeline { from_hz: pcm.rate, to_hz: rate, cuts },
    })
}

const fn edge(rate: u32) -> usize {
    rate as usize / 1_000 * EDGE_MS
}

pub(super) fn finite(samples: &[f32]) -> Result<(), MixError> {
    match samples.iter().position(|sample| !sample.is_finite()) {
        Some(at) => Err(MixError::NotFinite { at }),
        None => Ok(()),
    }
}

/// Takes away a constant offset and what is too low to hear.
pub(super) fn high_pass(samples: &mut [f32], rate: u32) {
    let keep = 1.0 - std::f32::consts::TAU * HIGH_PASS_HZ / rate as f32;
    let (mut before, mut out) = (samples.first().copied().unwrap_or_default(), 0.0_f32);
    for sample in samples {
        out = keep * out + *sample - before;
        // Numbers too small to be normal make a processor a hundred times slower.
        if out.abs() < 1e-15 {
            out = 0.0;
        }
        before = *sample;
        *sample = out;
    }
}

#[derive(Debug)]
struct Level {
    blocks: Vec<f64>,
    peak_dbtp: f64,
}

/// Brings samples to the target, in place. The first round does it all unless the limiter had much to
/// do; then what it took away is given back once.
fn level(samples: &mut [f32], rate: u32) -> Result<Level, MixError> {
    let ceiling = from_db(CEILING_DBTP);
    let mut blocks = loudness::blocks(samples, rate)?;
    let mut peak = 0.0;
    for _ in 0..ROUNDS {
        let lufs = loudness::integrated(&blocks);
        if !lufs.is_finite() {
            return Err(MixError::Silent);
        }
        let gain_db = TARGET_LUFS - lufs;
        let gain = from_db(gain_db);
        let peaks = Peaks::of(samples, rate, gain, ceiling);
        limiter::apply(samples, &peaks, gain, ceiling);
        peak = (peaks.highest() * gain).min(ceiling);
        if peaks.highest() * gain <= ceiling {
            blocks.iter_mut().for_each(|block| *block += gain_db);
            break;
        }
        blocks = loudness::blocks(samples, rate)?;
        if (loudness::integrated(&blocks) - TARGET_LUFS).abs() <= CLOSE_ENOUGH_LU {
            break;
        }
    }
    Ok(Level { blocks, peak_dbtp: 20.0 * f64::from(peak).log10() })
}

fn from_db(db: f64) -> f32 {
    10_f64.powf(db / 20.0) as f32
}

fn fade_edges(samples: &mut [f32], fade: usize) {
    let fade = fade.min(samples.len() / 2);
    let ramp = |step: usize| step as f32 / fade as f32;
    samples.iter_mut().take(fade).enumerate().for_each(|(step, sample)| *sample *= ramp(step));
    samples.iter_mut().rev().take(fade).enumerate().for_each(|(step, sample)| *sample *= ramp(step));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcm(samples: Vec<f32>) -> Pcm {
        Pcm { rate: 24_000, samples }
    }

    #[test]
    fn what_cannot_be_heard_is_refused() {
        let format = AudioFormat::Small;
        assert!(matches!(part(pcm(Vec::new()), format), Err(MixError::Empty)));
        assert!(matches!(part(pcm(vec![0.0; 24_000]), format), Err(MixError::Silent)));
        assert!(matches!(part(pcm(vec![0.7; 24_000]), format), Err(MixError::Silent)), "only an offset");
        let broken = vec![0.1, 0.2, f32::NAN];
        assert!(matches!(part(pcm(broken), format), Err(MixError::NotFinite { at: 2 })));
        let wild = Pcm { rate: 1, samples: vec![0.1] };
        assert!(matches!(part(wild, format), Err(MixError::Rate { hz: 1 })));
    }

    #[test]
    fn an_offset_is_taken_away() {
        let mut samples: Vec<f32> = (0..48_000).map(|n| 0.3 + (n as f32 * 0.1).sin() * 0.1).collect();
        high_pass(&mut samples, 48_000);
        let mean: f32 = samples.iter().sum::<f32>() / 48_000.0;
        assert!(mean.abs() < 1e-3, "{mean}");
    }

    #[test]
    fn the_timeline_follows_cuts_and_rates() {
        let cuts = vec![Cut { at: 0, len: 100 }, Cut { at: 1_000, len: 400 }];
        let timeline = Timeline { from_hz: 24_000, to_hz: 48_000, cuts };
        let zero = DELAY + 2_400;
        assert_eq!(timeline.sample(0), zero);
        assert_eq!(timeline.sample(50), zero);
        assert_eq!(timeline.sample(500), zero + 900);
        assert_eq!(timeline.sample(600), zero + 900, "inside the cut");
        assert_eq!(timeline.sample(1_000), zero + 1_500);
        assert_eq!(timeline.ms(1_000), (zero + 1_500) / 48);
    }
}
