//! Any engine's rate to the program's rate.

use super::MixError;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

/// Samples of one block. Long blocks give a steep filter: at 16 kHz speech keeps all but the last 2 %
/// of its band. An even multiple of 147, the step of 44.1 and 22.05 kHz, so that the resampler's delay
/// is a whole number of samples and can be taken away.
const BLOCK: usize = 8 * 147;

/// Mono samples at another rate. Takes them by value, so that at an equal rate nothing is copied.
pub(super) fn to_rate(samples: Vec<f32>, from: u32, to: u32) -> Result<Vec<f32>, MixError> {
    if !(8_000..=192_000).contains(&from) {
        return Err(MixError::Rate { hz: from });
    }
    if from == to || samples.is_empty() {
        return Ok(samples);
    }
    let failed = |reason: &dyn std::fmt::Display| MixError::Resample { from, to, reason: reason.to_string() };
    let window = WindowFunction::BlackmanHarris2;
    let mut resampler =
        Fft::<f32>::new_custom(from as usize, to as usize, BLOCK, 1, 1, window, FixedSync::Both)
            .map_err(|error| failed(&error))?;
    let input = InterleavedSlice::new(&samples, 1, samples.len()).map_err(|error| failed(&error))?;
    let output = resampler.process_all(&input, samples.len(), None).map_err(|error| failed(&error))?;
    let mut output = output.take_data();
    // The last sample that still lies inside the input; the resampler rounds up past it.
    output.truncate((samples.len() as u64 * u64::from(to)).div_ceil(u64::from(from)) as usize);
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn tone(hz: f32, rate: u32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (TAU * hz * n as f32 / rate as f32).sin() * 0.5).collect()
    }

    #[test]
    fn every_rate_keeps_pitch_level_and_place() {
        for from in [16_000_u32, 22_050, 24_000, 44_100, 48_000] {
            for to in [24_000_u32, 48_000] {
                let out = to_rate(tone(997.0, from, from as usize), from, to).unwrap();
                assert_eq!(out.len(), to as usize, "{from} to {to}");
                let expected = tone(997.0, to, to as usize);
                let middle = to as usize / 4..to as usize * 3 / 4;
                let worst = out[middle.clone()].iter().zip(&expected[middle]).map(|(a, b)| (a - b).abs());
                assert!(worst.fold(0.0, f32::max) < 0.002, "{from} to {to}");
            }
        }
    }

    #[test]
    fn odd_rates_and_short_sounds_are_handled() {
        assert!(matches!(to_rate(vec![0.1; 10], 4_000, 48_000), Err(MixError::Rate { hz: 4_000 })));
        assert_eq!(to_rate(vec![0.1; 1], 24_000, 48_000).unwrap().len(), 2);
        assert!(to_rate(Vec::new(), 22_050, 48_000).unwrap().is_empty());
    }
}
