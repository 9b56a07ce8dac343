//! Joined by bytes, decoded as if decoded alone.

use crate::tools::*;
use domain::{AudioFormat, Language, SegmentKind};
use proptest::prelude::*;
use studio::{mixer::Jingle, voice::Pcm};

/// Speech, music, and the worst there is: noise and a tone that start and stop at full level.
fn sounds() -> Vec<Pcm> {
    let mut state = 1_u32;
    let noise = (0..40_000).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    });
    vec![
        Jingle::Opening.pcm(),
        speech(NEWS),
        Pcm { rate: 24_000, samples: noise.collect() },
        Jingle::Stinger.pcm(),
        tone(440.0, 44_100, 1.234),
        speech("Good morning."),
        tone(3_000.0, 22_050, 0.777),
        Jingle::Closing.pcm(),
    ]
}

#[test]
fn joined_parts_decode_as_the_parts_alone() {
    for format in FORMATS {
        let parts: Vec<_> = sounds().into_iter().map(|pcm| part(pcm, format)).collect();
        let pieces: Vec<_> = parts.iter().map(|part| piece(SegmentKind::Article, "題", part)).collect();
        let manifest = studio::mixer::manifest(&billing(Language::Ja), format, &pieces);
        let file = file(&manifest, &parts.iter().collect::<Vec<_>>());
        assert_eq!(file.len() as u64, manifest.bytes());
        for decode in [ffmpeg, symphonia] {
            let alone: Vec<f32> = parts.iter().flat_map(|part| decode(&part.mp3)).collect();
            let joined = decode(&file);
            let frames: u64 = parts.iter().map(|part| part.frames).sum();
            assert_eq!(joined.len() as u64, frames * u64::from(format.samples_per_frame()), "{format:?}");
            assert_eq!(alone.len(), joined.len(), "{format:?}");
            let differs = alone.iter().zip(&joined).position(|(a, b)| a != b);
            assert_eq!(differs, None, "{format:?}");
        }
    }
}

#[test]
fn a_part_is_whole_frames_and_begins_and_ends_in_silence() {
    for format in FORMATS {
        for pcm in sounds() {
            let part = part(pcm, format);
            assert_eq!(part.mp3.len() as u64, part.frames * format.bytes_per_frame());
            let decoded = ffmpeg(&part.mp3);
            let edge = format.sample_rate() as usize / 1_000 * 40;
            assert!(decoded.iter().take(edge).all(|sample| sample.abs() < 1e-3));
            assert!(decoded.iter().rev().take(edge).all(|sample| sample.abs() < 1e-3));
        }
    }
}

#[test]
fn every_frame_stands_alone() {
    for format in FORMATS {
        let part = part(speech(NEWS), format);
        for frame in part.mp3.chunks_exact(format.bytes_per_frame() as usize) {
            // How far back a frame's data begins: 9 bits in MPEG-1, 8 in MPEG-2. Without a bit
            // reservoir a player may begin anywhere.
            let back = match format {
                AudioFormat::Standard => u16::from(frame[4]) << 1 | u16::from(frame[5] >> 7),
                AudioFormat::Small => u16::from(frame[4]),
            };
            assert_eq!(back, 0);
        }
    }
}

#[test]
fn the_timeline_says_where_a_sample_comes_out() {
    for format in FORMATS {
        for rate in [16_000, 22_050, 24_000, 44_100, 48_000] {
            // A tone that stands after 0.4 s of softer noise-free hum, so that nothing is trimmed.
            let mut pcm = tone(150.0, rate, 0.4);
            pcm.samples.iter_mut().for_each(|sample| *sample *= 0.05);
            let onset = pcm.samples.len() as u64;
            pcm.samples.extend(tone(1_000.0, rate, 1.0).samples);
            let part = part(pcm, format);
            let decoded = ffmpeg(&part.mp3);
            let peak = decoded.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let heard = decoded.iter().position(|sample| sample.abs() > peak * 0.5).unwrap() as f64;
            let said = part.timeline.sample(onset) as f64;
            let apart_ms = (heard - said) / f64::from(format.sample_rate()) * 1_000.0;
            assert!(apart_ms.abs() < 2.0, "{format:?} {rate}: {apart_ms} ms apart");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn frames_and_bytes_add_up(
        lengths in proptest::collection::vec(100_usize..30_000, 1..5),
        rate in prop::sample::select(vec![16_000_u32, 24_000, 44_100, 48_000]),
        small in any::<bool>(),
    ) {
        let format = if small { AudioFormat::Small } else { AudioFormat::Standard };
        let parts: Vec<_> = lengths
            .iter()
            .map(|samples| part(Pcm { rate, samples: (0..*samples).map(|n| (n as f32).sin() * 0.5 + 0.01).collect() }, format))
            .collect();
        let pieces: Vec<_> =
            parts.iter().map(|part| piece(SegmentKind::Article, "t", part)).collect();
        let assembled = studio::mixer::assemble(&billing(Language::En), format, pieces);
        let frames: u64 = parts.iter().map(|part| part.frames).sum();
        let bytes: usize = parts.iter().map(|part| part.mp3.len()).sum();
        prop_assert_eq!(assembled.bytes, (assembled.manifest.header.len() + bytes) as u64);
        prop_assert_eq!(bytes as u64, frames * format.bytes_per_frame());
        prop_assert_eq!(assembled.duration_ms, frames * AudioFormat::FRAME_MS);
        prop_assert_eq!(assembled.segments.last().map(|last| last.end_ms), Some(assembled.duration_ms));
        // All of the sound is in there, with at least its silent edges, and less than three frames more.
        for (part, samples) in parts.iter().zip(&lengths) {
            let ms = part.frames * AudioFormat::FRAME_MS;
            let sound = *samples as u64 * 1_000 / u64::from(rate) + 100;
            prop_assert!(ms >= sound && ms < sound + 150, "{} ms for {} ms of sound", ms, sound);
        }
    }
}
