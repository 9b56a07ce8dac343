//! Loudness after ITU-R BS.1770 / EBU R 128, kept as a histogram so that a program's loudness can be
//! told from its parts without reading a sample again.

use super::MixError;
use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Integrated loudness of every part, as a meter reads the mono file: −16 LUFS counted as dual mono.
pub const TARGET_LUFS: f64 = -19.0;

/// Gating blocks by loudness, in bins of 0.1 LU: (tenths of LUFS, blocks), rising.
///
/// Two of them add up to the loudness of both played one after the other. The three blocks that lie
/// across a join are not counted: they hold mostly silence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Loudness {
    bins: Vec<(i16, u32)>,
}

impl Loudness {
    /// Of sound that is on target throughout: so many gating blocks of it.
    pub fn on_target(blocks: u32) -> Self {
        Self { bins: vec![((TARGET_LUFS * 10.0) as i16, blocks)] }
    }

    /// Integrated loudness in LUFS; −∞ for silence.
    pub fn lufs(&self) -> f64 {
        loudness_of([self])
    }

    pub(super) fn of(blocks: &[f64]) -> Self {
        let mut bins = BTreeMap::new();
        for tenths in blocks.iter().filter(|lufs| **lufs >= ABSOLUTE_GATE).map(|lufs| lufs * 10.0) {
            // −70.0 to far below +300: fits.
            *bins.entry(tenths.round() as i16).or_insert(0_u32) += 1;
        }
        Self { bins: bins.into_iter().collect() }
    }
}

/// Integrated loudness of parts played one after another, in LUFS; −∞ when all are silent.
pub fn loudness_of<'a>(parts: impl IntoIterator<Item = &'a Loudness>) -> f64 {
    let mut bins: BTreeMap<i16, u64> = BTreeMap::new();
    for (tenths, blocks) in parts.into_iter().flat_map(|part| &part.bins) {
        *bins.entry(*tenths).or_insert(0) += u64::from(*blocks);
    }
    gated(|| bins.iter().map(|(tenths, blocks)| (f64::from(*tenths) / 10.0, *blocks as f64)))
}

const ABSOLUTE_GATE: f64 = -70.0;
/// LU below the loudness of what passed the absolute gate.
const RELATIVE_GATE: f64 = -10.0;

/// Integrated loudness of gating blocks.
pub(super) fn integrated(blocks: &[f64]) -> f64 {
    gated(|| blocks.iter().filter(|lufs| **lufs >= ABSOLUTE_GATE).map(|lufs| (*lufs, 1.0)))
}

fn gated<I: Iterator<Item = (f64, f64)>>(blocks: impl Fn() -> I) -> f64 {
    let mean = |floor: f64| {
        let loud = blocks().filter(|(lufs, _)| *lufs >= floor);
        let (energy, count) = loud.fold((0.0, 0.0), |(energy, count), (lufs, blocks)| {
            (energy + blocks * 10_f64.powf(lufs / 10.0), count + blocks)
        });
        10.0 * (energy / count).log10()
    };
    let ungated = mean(ABSOLUTE_GATE);
    if ungated.is_finite() { mean(ungated + RELATIVE_GATE) } else { f64::NEG_INFINITY }
}

/// Shorter sounds are measured as if they were repeated up to this, so that the silence at their
/// edges does not count for more than it does in long ones.
const LOOPED_SECONDS: usize = 3;

/// Loudness in LUFS of the 400 ms gating blocks, one every 100 ms; of a looped sound, once round.
pub(super) fn blocks(samples: &[f32], rate: u32) -> Result<Vec<f64>, MixError> {
    let (hop, shortest) = (rate as usize / 10, rate as usize * LOOPED_SECONDS);
    if samples.len() >= shortest {
        return momentary(samples, rate, hop);
    }
    let looped: Vec<f32> = samples.iter().copied().cycle().take(shortest).collect();
    let mut blocks = momentary(&looped, rate, hop)?;
    blocks.truncate(samples.len().div_ceil(hop));
    Ok(blocks)
}

fn momentary(samples: &[f32], rate: u32, hop: usize) -> Result<Vec<f64>, MixError> {
    let failed = |error: ebur128::Error| MixError::Loudness { hz: rate, reason: error.to_string() };
    let mut meter = EbuR128::new(1, rate, Mode::M).map_err(failed)?;
    let mut blocks = Vec::with_capacity(samples.len() / hop);
    for (step, chunk) in samples.chunks_exact(hop).enumerate() {
        meter.add_frames_f32(chunk).map_err(failed)?;
        // The first block is full when four steps are in.
        if step >= 3 {
            blocks.push(meter.loudness_momentary().map_err(failed)?);
        }
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn tone(db: f32, seconds: f32) -> Vec<f32> {
        let level = 10_f32.powf(db / 20.0);
        (0..(48_000.0 * seconds) as usize)
            .map(|n| (TAU * 997.0 * n as f32 / 48_000.0).sin() * level)
            .collect()
    }

    #[test]
    fn the_reference_tone_reads_as_the_standard_says() {
        // EBU Tech 3341: 997 Hz at −20 dBFS in one channel reads −23.0 LUFS.
        let blocks = blocks(&tone(-20.0, 5.0), 48_000).unwrap();
        assert!((integrated(&blocks) + 23.0).abs() < 0.1, "{}", integrated(&blocks));
        assert!((Loudness::of(&blocks).lufs() + 23.0).abs() < 0.1);
    }

    #[test]
    fn a_short_sound_reads_as_a_long_one() {
        let short = blocks(&tone(-20.0, 0.2), 48_000).unwrap();
        assert!((integrated(&short) + 23.0).abs() < 0.2, "{}", integrated(&short));
    }

    #[test]
    fn parts_add_up_with_one_gate() {
        let all = [tone(-20.0, 6.0), tone(-30.0, 6.0), tone(-50.0, 12.0)];
        let parts: Vec<Loudness> =
            all.iter().map(|part| Loudness::of(&blocks(part, 48_000).unwrap())).collect();
        let whole = integrated(&blocks(&all.concat(), 48_000).unwrap());
        assert!((loudness_of(&parts) - whole).abs() < 0.2, "{} {whole}", loudness_of(&parts));
        assert_eq!(loudness_of([&Loudness::default()]), f64::NEG_INFINITY);
    }

    #[test]
    fn stored_form_reads_back() {
        let loudness = Loudness::of(&[-19.04, -19.0, -30.0, -80.0]);
        let json = serde_json::to_string(&loudness).unwrap();
        assert_eq!(json, "[[-300,1],[-190,2]]");
        assert_eq!(serde_json::from_str::<Loudness>(&json).unwrap(), loudness);
    }
}
