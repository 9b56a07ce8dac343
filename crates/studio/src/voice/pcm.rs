//! Samples, and the little that is done to them before the mixer.

/// Mono samples, −1 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// Hz.
    pub rate: u32,
    pub samples: Vec<f32>,
}

impl Pcm {
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate.max(1))
    }

    /// Adds silence.
    pub(super) fn rest(&mut self, ms: u32) {
        let samples = u64::from(self.rate) * u64::from(ms) / 1_000;
        let length = self.samples.len() + usize::try_from(samples).unwrap_or(0);
        self.samples.resize(length, 0.0);
    }

    /// Cuts what is quiet at either end of the samples from `from` on: engines add silence of their own,
    /// and the rests are ours to decide. A breath is left so that no sound is clipped.
    pub(super) fn trim_from(&mut self, from: usize) {
        const QUIET: f32 = 0.004;
        let breath = usize::try_from(self.rate / 50).unwrap_or(0);
        let Some(piece) = self.samples.get(from..) else { return };
        let loud = |sample: &f32| sample.abs() > QUIET;
        let (Some(first), Some(last)) = (piece.iter().position(loud), piece.iter().rposition(loud)) else {
            self.samples.truncate(from);
            return;
        };
        let end = (last + 2 * breath).min(piece.len());
        self.samples.truncate(from + end);
        self.samples.drain(from..from + first.saturating_sub(breath));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_at_the_ends_is_cut_to_a_breath() {
        let mut pcm = Pcm { rate: 1_000, samples: vec![0.5; 10] };
        pcm.samples.extend([0.0; 500]);
        pcm.samples.extend([0.5; 100]);
        pcm.samples.extend([0.0; 500]);
        pcm.trim_from(10);
        assert_eq!(pcm.samples.len(), 10 + 20 + 100 + 39);
        pcm.rest(100);
        assert_eq!(pcm.samples.len(), 269);

        let mut silent = Pcm { rate: 1_000, samples: vec![0.0; 300] };
        silent.trim_from(0);
        assert!(silent.samples.is_empty());
    }
}
