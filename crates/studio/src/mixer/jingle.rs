//! The program's music, computed: no recording, no licence, the same bytes every time.
//!
//! The motif says the name, mi-mi-yo-ri: two short notes on E (*mi* of the scale), a leap up, a step
//! home. The opening asks it over a warm chord, the closing answers it downwards, the stinger is its
//! first three notes.

use crate::voice::Pcm;
use std::f64::consts::TAU;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Jingle {
    /// 3.5 s, before the greeting.
    Opening,
    /// 0.9 s, between articles.
    Stinger,
    /// 3.5 s, after the last words.
    Closing,
}

impl Jingle {
    /// Part of an artifact's key: changes whenever the music does.
    pub const VERSION: &'static str = "mimiyori-1";

    pub const ALL: [Self; 3] = [Self::Opening, Self::Stinger, Self::Closing];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|jingle| jingle.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Stinger => "stinger",
            Self::Closing => "closing",
        }
    }

    /// The music as mono samples, ready for `mixer::part`.
    pub fn pcm(self) -> Pcm {
        let mut samples = vec![0.0; (self.seconds() * f64::from(RATE)) as usize];
        for note in self.notes() {
            note.add_to(&mut samples);
        }
        reverberate(&mut samples);
        end_softly(&mut samples, self.release_seconds());
        Pcm { rate: RATE, samples: samples.into_iter().map(|sample| sample as f32).collect() }
    }

    const fn seconds(self) -> f64 {
        match self {
            Self::Opening | Self::Closing => 3.5,
            Self::Stinger => 0.9,
        }
    }

    const fn release_seconds(self) -> f64 {
        match self {
            Self::Opening | Self::Closing => 0.8,
            Self::Stinger => 0.25,
        }
    }

    fn notes(self) -> Vec<Note> {
        match self {
            Self::Opening => [
                // A major with an added ninth, spread wide, then the motif and a glint above it.
                chord(0.00, 3.4, &[45, 52, 61, 71], 0.085),
                motif(&[(0.15, 76), (0.40, 76), (0.65, 83), (1.15, 81)], 0.30),
                motif(&[(1.90, 88), (2.05, 93)], 0.11),
            ]
            .concat(),
            Self::Closing => [
                chord(0.00, 1.3, &[50, 57, 66, 69], 0.085),
                chord(1.20, 2.3, &[45, 52, 61, 64], 0.095),
                motif(&[(0.10, 81), (0.40, 83), (0.70, 76), (1.25, 76)], 0.30),
                motif(&[(1.90, 69)], 0.16),
            ]
            .concat(),
            Self::Stinger => motif(&[(0.00, 76), (0.13, 76), (0.26, 83)], 0.30),
        }
    }
}

const RATE: u32 = 48_000;

#[derive(Clone, Copy, Debug)]
enum Timbre {
    /// A mallet: a struck tone whose overtones die first.
    Mallet,
    /// A breath of a chord: slow in, slow out.
    Pad,
}

#[derive(Clone, Copy, Debug)]
struct Note {
    timbre: Timbre,
    start: f64,
    seconds: f64,
    hz: f64,
    level: f64,
}

/// Notes by (start in seconds, MIDI number).
fn motif(notes: &[(f64, i32)], level: f64) -> Vec<Note> {
    let note = |&(start, midi): &(f64, i32)| Note {
        timbre: Timbre::Mallet,
        start,
        seconds: 1.8,
        hz: pitch(midi),
        level,
    };
    notes.iter().map(note).collect()
}

fn chord(start: f64, seconds: f64, midi: &[i32], level: f64) -> Vec<Note> {
    midi.iter().map(|&midi| Note { timbre: Timbre::Pad, start, seconds, hz: pitch(midi), level }).collect()
}

fn pitch(midi: i32) -> f64 {
    440.0 * 2_f64.powf(f64::from(midi - 69) / 12.0)
}

impl Note {
    fn add_to(self, samples: &mut [f64]) {
        let first = (self.start * f64::from(RATE)) as usize;
        let length = (self.seconds * f64::from(RATE)) as usize;
        for (step, sample) in samples.iter_mut().skip(first).take(length).enumerate() {
            *sample += self.level * self.at(step as f64 / f64::from(RATE));
        }
    }

    fn at(self, t: f64) -> f64 {
        let phase = TAU * self.hz * t;
        match self.timbre {
            Timbre::Mallet => {
                let strike = (t / 0.006).min(1.0);
                // Modulation that fades within 90 ms gives the wood of the stroke, then a clear tone.
                let wood = 0.6 * (-t / 0.09).exp() * (phase * 3.0).sin();
                let overtone = 0.18 * (-t / 0.22).exp() * (phase * 2.0).sin();
                let damped = ((self.seconds - t) / 0.1).clamp(0.0, 1.0);
                strike * damped * ((-t / 0.42).exp() * (phase + wood).sin() + overtone)
            }
            Timbre::Pad => {
                let rise = (t / 0.35).min(1.0);
                let fall = ((self.seconds - t) / 0.9).clamp(0.0, 1.0);
                let breath = 1.0 + 0.05 * (TAU * 4.5 * t).sin();
                let tone = phase.sin() + 0.35 * (phase * 2.003).sin() + 0.12 * (phase * 2.996).sin();
                smooth(rise) * smooth(fall) * breath * tone
            }
        }
    }
}

fn smooth(x: f64) -> f64 {
    x * x * (3.0 - 2.0 * x)
}

/// A small room: four combs side by side, then two all-passes, mixed low.
fn reverberate(samples: &mut [f64]) {
    const COMBS: [(usize, f64); 4] = [(1_427, 0.72), (1_559, 0.71), (1_693, 0.70), (1_801, 0.69)];
    const ALL_PASSES: [usize; 2] = [241, 83];
    const WET: f64 = 0.07;
    let mut wet = vec![0.0; samples.len()];
    for (delay, feedback) in COMBS {
        let mut line = vec![0.0; delay];
        for (index, (out, dry)) in wet.iter_mut().zip(samples.iter()).enumerate() {
            let echo = line[index % delay];
            line[index % delay] = dry + echo * feedback;
            *out += echo;
        }
    }
    for delay in ALL_PASSES {
        let mut line = vec![0.0; delay];
        for (index, out) in wet.iter_mut().enumerate() {
            let held = line[index % delay];
            line[index % delay] = *out + held * 0.5;
            *out = held - line[index % delay] * 0.5;
        }
    }
    samples.iter_mut().zip(wet).for_each(|(sample, wet)| *sample += WET * wet);
}

fn end_softly(samples: &mut [f64], seconds: f64) {
    let release = seconds * f64::from(RATE);
    for (step, sample) in samples.iter_mut().rev().take(release as usize).enumerate() {
        *sample *= smooth(step as f64 / release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_every_time_and_neither_clipped_nor_clicking() {
        for jingle in [Jingle::Opening, Jingle::Stinger, Jingle::Closing] {
            let pcm = jingle.pcm();
            assert_eq!(pcm, jingle.pcm());
            assert_eq!(pcm.samples.len(), (jingle.seconds() * 48_000.0) as usize);
            let peak = pcm.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.2..0.99).contains(&peak), "{jingle:?} peaks at {peak}");
            let step = pcm.samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(step < 0.2, "{jingle:?} jumps by {step}");
            assert!(pcm.samples.first().is_some_and(|first| first.abs() < 0.01));
            assert!(pcm.samples.last().is_some_and(|last| last.abs() < 0.001));
        }
    }

    #[test]
    fn the_motif_is_heard() {
        // Energy at the motif's pitch against its neighbours a semitone away, while it sounds.
        let samples = Jingle::Stinger.pcm().samples;
        let energy = |hz: f64| {
            let (re, im) =
                samples.iter().take(11_000).enumerate().fold((0.0, 0.0), |(re, im), (n, sample)| {
                    let (sin, cos) = (TAU * hz * n as f64 / 48_000.0).sin_cos();
                    (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin)
                });
            re.hypot(im)
        };
        assert!(energy(pitch(76)) > 4.0 * energy(pitch(75)).max(energy(pitch(77))));
    }
}
