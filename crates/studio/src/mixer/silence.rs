//! Silences: long ones are shortened, edges are trimmed, and what was taken out is remembered so that
//! cues can follow.

use super::MixError;

/// Samples taken out: `len` of them, beginning at `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) at: usize,
    pub(super) len: usize,
}

/// A listener takes more than this inside speech for a fault.
const LONG_MS: usize = 1_200;
/// What is left of a long silence.
const KEPT_MS: usize = 1_000;
/// What may be left of silence before and after: with the joins' own silence, two parts are never
/// more than 0.7 s apart.
const LEAD_MS: usize = 150;
const TAIL_MS: usize = 250;
/// Softening of what a cut brings together.
const SEAM_MS: usize = 5;
/// Length of the windows in which silence is looked for.
const WINDOW_MS: usize = 10;
/// Full scale below which a sound is no sound: −60 dB.
const AUDIBLE: f32 = 0.001;
/// Under the loudest sample by this factor (−46 dB), speech has paused.
const PAUSE: f32 = 0.005;

/// Shortens silences in place and gives back what was cut, in order, in samples of the input.
pub(super) fn tighten(samples: &mut Vec<f32>, rate: u32) -> Result<Vec<Cut>, MixError> {
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    if peak < AUDIBLE {
        return Err(MixError::Silent);
    }
    let per_ms = rate as usize / 1_000;
    let cuts = cuts(&pauses(samples, per_ms * WINDOW_MS, peak * PAUSE), samples.len(), per_ms);
    take_out(samples, &cuts, per_ms * SEAM_MS);
    Ok(cuts)
}

/// Silences of at least a window as (first sample, end), to the sample.
fn pauses(samples: &[f32], window: usize, floor: f32) -> Vec<(usize, usize)> {
    let mut pauses: Vec<(usize, usize)> = Vec::new();
    for (index, chunk) in samples.chunks(window).enumerate() {
        if chunk.iter().any(|sample| sample.abs() >= floor) {
            continue;
        }
        let (start, end) = (index * window, index * window + chunk.len());
        match pauses.last_mut() {
            Some(last) if last.1 == start => last.1 = end,
            _ => pauses.push((start, end)),
        }
    }
    let quiet = |sample: &&f32| sample.abs() < floor;
    for (start, end) in &mut pauses {
        *start -= samples[..*start].iter().rev().take_while(quiet).count();
        *end += samples[*end..].iter().take_while(quiet).count();
    }
    pauses
}

fn cuts(pauses: &[(usize, usize)], len: usize, per_ms: usize) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for &(start, end) in pauses {
        let silence = end - start;
        if start == 0 {
            // The end of the lead is kept: it leads into the speech.
            cuts.push(Cut { at: 0, len: silence.saturating_sub(LEAD_MS * per_ms) });
        } else if end == len {
            let excess = silence.saturating_sub(TAIL_MS * per_ms);
            cuts.push(Cut { at: end - excess, len: excess });
        } else if silence > LONG_MS * per_ms {
            let excess = silence - KEPT_MS * per_ms;
            cuts.push(Cut { at: start + (silence - excess) / 2, len: excess });
        }
    }
    cuts.retain(|cut| cut.len > 0);
    cuts
}

fn take_out(samples: &mut Vec<f32>, cuts: &[Cut], seam: usize) {
    let mut kept = 0;
    let mut from = 0;
    for cut in cuts {
        fade(samples, cut.at.saturating_sub(seam)..cut.at, cut.at + cut.len, seam);
        samples.copy_within(from..cut.at, kept);
        kept += cut.at - from;
        from = cut.at + cut.len;
    }
    samples.copy_within(from.., kept);
    samples.truncate(kept + samples.len() - from);
}

/// Down before the cut, up after it.
fn fade(samples: &mut [f32], before: std::ops::Range<usize>, after: usize, seam: usize) {
    let steps = before.len() as f32;
    for (step, sample) in samples[before].iter_mut().rev().enumerate() {
        *sample *= step as f32 / steps;
    }
    for (step, sample) in samples[after..].iter_mut().take(seam).enumerate() {
        *sample *= step as f32 / seam as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 24_000;

    fn sound(pattern: &[(f32, usize)]) -> Vec<f32> {
        pattern.iter().flat_map(|&(level, ms)| vec![level; ms * 24]).collect()
    }

    #[test]
    fn only_long_silences_are_shortened() {
        let mut samples = sound(&[(0.5, 103), (0.0, 1_200), (0.5, 104), (0.0, 3_001), (0.4, 100)]);
        let cuts = tighten(&mut samples, RATE).unwrap();
        assert_eq!(cuts, [Cut { at: 24 * (1_407 + 500), len: 24 * 2_001 }]);
        assert_eq!(samples, sound(&[(0.5, 103), (0.0, 1_200), (0.5, 104), (0.0, 1_000), (0.4, 100)]));
    }

    #[test]
    fn edges_are_trimmed() {
        let mut samples = sound(&[(0.0, 700), (0.5, 100), (0.0, 900)]);
        let cuts = tighten(&mut samples, RATE).unwrap();
        assert_eq!(cuts, [Cut { at: 0, len: 24 * 550 }, Cut { at: 24 * 1_050, len: 24 * 650 }]);
        assert_eq!(samples, sound(&[(0.0, 150), (0.5, 100), (0.0, 250)]));
    }

    #[test]
    fn a_whisper_of_noise_is_silence_and_leaves_no_click() {
        let mut samples = sound(&[(0.5, 100), (0.002, 2_000), (0.5, 100)]);
        let cuts = tighten(&mut samples, RATE).unwrap();
        let seam = cuts[0].at;
        assert!(samples[seam].abs() < 1e-6 && samples[seam - 1].abs() < 1e-6);
    }

    #[test]
    fn silence_throughout_is_refused() {
        assert!(matches!(tighten(&mut vec![0.000_5; 48_000], RATE), Err(MixError::Silent)));
    }
}
