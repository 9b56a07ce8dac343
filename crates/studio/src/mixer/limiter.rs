//! A look-ahead limiter on true peaks.
//!
//! The gain is a polygon over 5 ms nodes. A chunk of 5 ms lies between two nodes, and both are at or
//! below what the chunk's true peak allows, so every sample between them is: the ceiling holds by
//! construction, the gain falls one chunk ahead of a peak, and quiet chunks cost one multiplication.

use std::f64::consts::PI;

/// Nodes per second: chunks of 5 ms.
const CHUNKS_PER_SECOND: u32 = 200;
/// How much of the lost gain comes back in one chunk: nine tenths within 110 ms.
const RELEASE: f32 = 0.1;
/// Samples between samples overshoot speech by less than 6 dB: below half the ceiling nobody need look.
const WORTH_LOOKING: f32 = 0.5;

/// Phases between two samples, besides the samples themselves (ITU-R BS.1770 annex 2: 4×).
const PHASES: usize = 3;
const TAPS: usize = 16;

/// True peaks of 5 ms chunks, where the sample peak times `gain` is near the ceiling; sample peaks
/// elsewhere.
#[derive(Debug)]
pub(super) struct Peaks {
    chunk: usize,
    peaks: Vec<f32>,
}

impl Peaks {
    pub(super) fn of(samples: &[f32], rate: u32, gain: f32, ceiling: f32) -> Self {
        let chunk = (rate / CHUNKS_PER_SECOND) as usize;
        let filter = filter();
        let near = ceiling * WORTH_LOOKING / gain;
        let peak_of = |(index, chunk_samples): (usize, &[f32])| {
            let peak = chunk_samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            if peak < near { peak } else { peak.max(between(samples, index * chunk, chunk, &filter)) }
        };
        Self { chunk, peaks: samples.chunks(chunk).enumerate().map(peak_of).collect() }
    }

    pub(super) fn highest(&self) -> f32 {
        self.peaks.iter().copied().fold(0.0, f32::max)
    }
}

/// Multiplies by `gain`, less where a peak would pass `ceiling`.
pub(super) fn apply(samples: &mut [f32], peaks: &Peaks, gain: f32, ceiling: f32) {
    if peaks.highest() * gain <= ceiling {
        samples.iter_mut().for_each(|sample| *sample *= gain);
        return;
    }
    let nodes = nodes(&peaks.peaks, gain, ceiling);
    for (chunk, ends) in samples.chunks_mut(peaks.chunk).zip(nodes.windows(2)) {
        let (start, end) = (ends[0], ends[1]);
        let slope = (end - start) / peaks.chunk as f32;
        for (step, sample) in chunk.iter_mut().enumerate() {
            *sample *= start + slope * step as f32;
        }
    }
}

/// The gain at each chunk's start, and at the last one's end.
fn nodes(peaks: &[f32], gain: f32, ceiling: f32) -> Vec<f32> {
    let allowed = |peak: f32| if peak * gain > ceiling { ceiling / peak } else { gain };
    let mut nodes: Vec<f32> = Vec::with_capacity(peaks.len() + 1);
    let mut before = gain;
    let mut last = gain;
    for &peak in peaks {
        let here = allowed(peak);
        let recovered = last + (gain - last) * RELEASE;
        last = before.min(here).min(recovered);
        nodes.push(last);
        before = here;
    }
    nodes.push(before.min(last + (gain - last) * RELEASE));
    nodes
}

type Filter = [[f32; TAPS]; PHASES];

/// Windowed sinc for the three quarter positions after a sample.
fn filter() -> Filter {
    let mut filter = [[0.0; TAPS]; PHASES];
    for (phase, taps) in filter.iter_mut().enumerate() {
        let shift = (phase + 1) as f64 / (PHASES + 1) as f64;
        let mut sum = 0.0;
        for (tap, value) in taps.iter_mut().enumerate() {
            let x = tap as f64 - (TAPS / 2 - 1) as f64 - shift;
            let window = (PI * x / TAPS as f64).cos().powi(2);
            let weight = (PI * x).sin() / (PI * x) * window;
            *value = weight as f32;
            sum += weight;
        }
        taps.iter_mut().for_each(|value| *value /= sum as f32);
    }
    filter
}

/// The highest value between the samples of one chunk (and up to the next chunk's first).
fn between(samples: &[f32], start: usize, len: usize, filter: &Filter) -> f32 {
    let first = start.saturating_sub(TAPS / 2);
    let end = (start + len + TAPS / 2).min(samples.len());
    let mut highest = 0.0_f32;
    for window in samples[first..end].windows(TAPS) {
        for taps in filter {
            let value: f32 = window.iter().zip(taps).map(|(sample, tap)| sample * tap).sum();
            highest = highest.max(value.abs());
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f32::consts::TAU;

    const RATE: u32 = 48_000;

    #[test]
    fn sees_peaks_between_samples() {
        // A quarter of the rate, 45° off: samples reach 0.707 of a peak they never touch.
        let samples: Vec<f32> =
            (0..4_800).map(|n| (TAU * 12_000.0 * n as f32 / 48_000.0 + TAU / 8.0).sin() * 0.8).collect();
        let peaks = Peaks::of(&samples, RATE, 1.0, 0.5);
        assert!((peaks.highest() - 0.8).abs() < 0.01, "{}", peaks.highest());
    }

    #[test]
    fn leaves_what_is_below_the_ceiling_alone() {
        let mut samples = vec![0.1_f32; 4_800];
        let peaks = Peaks::of(&samples, RATE, 2.0, 0.5);
        apply(&mut samples, &peaks, 2.0, 0.5);
        assert!(samples.iter().all(|sample| *sample == 0.2));
    }

    #[test]
    fn gain_comes_back_after_a_peak() {
        let mut samples = vec![0.1_f32; 48_000];
        samples[10_000] = 0.9;
        let peaks = Peaks::of(&samples, RATE, 1.0, 0.5);
        apply(&mut samples, &peaks, 1.0, 0.5);
        assert!(samples[10_000] <= 0.5);
        assert!(samples[8_000] == 0.1, "nothing is touched more than 5 ms ahead");
        assert!(samples[20_000] > 0.098, "{}", samples[20_000]);
    }

    proptest! {
        #[test]
        fn the_ceiling_holds(
            samples in proptest::collection::vec(-4.0_f32..4.0, 1..3_000),
            gain in 0.1_f32..10.0,
        ) {
            let mut limited = samples;
            let peaks = Peaks::of(&limited, RATE, gain, 0.7);
            apply(&mut limited, &peaks, gain, 0.7);
            prop_assert!(limited.iter().all(|sample| sample.abs() <= 0.7 * 1.000_01));
        }
    }
}
