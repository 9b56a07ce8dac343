//! Loudness and peaks, as ffmpeg's meter reads the encoded parts.

use crate::tools::*;
use domain::{AudioFormat, Host, Language, SegmentKind};
use studio::{
    mixer::{Jingle, Track, assemble},
    voice::Pcm,
};

fn scaled(mut pcm: Pcm, db: f32) -> Pcm {
    let gain = 10_f32.powf(db / 20.0);
    pcm.samples.iter_mut().for_each(|sample| *sample *= gain);
    pcm
}

/// Speech with a click as loud as can be every half second: what a limiter is for.
fn clicking(mut pcm: Pcm) -> Pcm {
    for sample in pcm.samples.iter_mut().step_by(8_000) {
        *sample = 1.0;
    }
    pcm
}

/// Pulses a hundred times a second: a crest of 18 dB throughout, as no voice has it.
fn buzzing(rate: u32) -> Pcm {
    let samples = (0..rate as usize * 4).map(|n| {
        let t = (n % (rate as usize / 100)) as f32 / rate as f32;
        (-t * 3_000.0).exp() * (t * 9_000.0).sin()
    });
    Pcm { rate, samples: samples.collect() }
}

#[test]
fn parts_of_three_seconds_and_more_meet_the_target_after_encoding() {
    let sounds = [
        ("speech", speech(NEWS)),
        ("faint speech", scaled(speech(NEWS), -30.0)),
        ("clipped speech", {
            let mut pcm = scaled(speech(NEWS), 12.0);
            pcm.samples.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
            pcm
        }),
        ("over full scale", scaled(speech(NEWS), 20.0)),
        ("clicks", clicking(speech(NEWS))),
        ("buzz", buzzing(44_100)),
        ("tone", tone(1_000.0, 24_000, 5.0)),
        ("opening", Jingle::Opening.pcm()),
        ("closing", Jingle::Closing.pcm()),
    ];
    for format in FORMATS {
        for (name, pcm) in &sounds {
            let part = part(pcm.clone(), format);
            let (lufs, peak) = metered(&part.mp3);
            assert!((lufs + 19.0).abs() <= 0.8, "{format:?} {name}: {lufs} LUFS");
            assert!(peak <= -1.0, "{format:?} {name}: {peak} dBTP");
            assert!((part.lufs - lufs).abs() <= 0.3, "{format:?} {name}: {} told, {lufs} metered", part.lufs);
        }
    }
}

#[test]
fn a_short_phrase_sounds_as_loud_as_others() {
    for format in FORMATS {
        for text in ["Good morning.", "Next.", "And now to the last article of today."] {
            // Three times in a row is long enough for a meter.
            let part = part(speech(text), format);
            let (lufs, peak) = metered(&part.mp3.repeat(6));
            assert!((lufs + 19.0).abs() <= 1.5, "{format:?} {text}: {lufs} LUFS");
            assert!(peak <= -1.0, "{format:?} {text}: {peak} dBTP");
        }
    }
}

#[test]
fn a_program_s_loudness_is_told_from_its_parts() {
    let format = AudioFormat::Standard;
    let parts: Vec<_> = [
        Jingle::Opening.pcm(),
        speech("Good morning."),
        speech(NEWS),
        Jingle::Stinger.pcm(),
        clicking(speech(NEWS)),
        Jingle::Closing.pcm(),
    ]
    .into_iter()
    .map(|pcm| part(pcm, format))
    .collect();
    let pieces: Vec<_> = parts.iter().map(|part| piece(SegmentKind::Article, "t", part)).collect();
    let assembled = assemble(&billing(Language::En), format, pieces);
    let (lufs, _) = metered(&file(&assembled.manifest, &parts.iter().collect::<Vec<_>>()));
    assert!(
        (assembled.loudness_lufs - lufs).abs() <= 0.3,
        "{} told, {lufs} metered",
        assembled.loudness_lufs
    );
    assert!((lufs + 19.0).abs() <= 1.0, "{lufs}");
}

#[test]
fn two_hosts_are_equally_loud_inside_one_part() {
    let format = AudioFormat::Standard;
    let mut track = Track::new(format);
    for _ in 0..2 {
        track.say(Host::Main, "loud", speech(NEWS)).unwrap();
        track.pause(400);
        track.say(Host::Guest, "faint", scaled(speech(NEWS), -14.0)).unwrap();
        track.pause(400);
    }
    let voiced = track.finish().unwrap();
    let decoded = ffmpeg(&voiced.part.mp3);
    let power = |host: Host| {
        let heard = voiced
            .cues
            .iter()
            .filter(|cue| cue.host == host)
            .flat_map(|cue| &decoded[cue.start_ms as usize * 48..cue.end_ms as usize * 48]);
        let (sum, count) = heard.fold((0.0_f64, 0.0), |(sum, n), s| (sum + f64::from(*s).powi(2), n + 1.0));
        10.0 * (sum / count).log10()
    };
    assert!((power(Host::Main) - power(Host::Guest)).abs() < 0.3);
}

#[test]
fn cues_lie_where_the_words_are() {
    let format = AudioFormat::Small;
    let mut track = Track::new(format);
    track.say(Host::Main, "one", tone(500.0, 48_000, 1.0)).unwrap();
    track.pause(3_000);
    track.say(Host::Guest, "two", tone(1_500.0, 22_050, 1.0)).unwrap();
    track.pause(300);
    track.play(Jingle::Stinger.pcm()).unwrap();
    let voiced = track.finish().unwrap();
    let decoded = ffmpeg(&voiced.part.mp3);
    let [one, two] = voiced.cues.as_slice() else { panic!("two cues: {:?}", voiced.cues) };
    let silence_ms = two.start_ms - one.end_ms;
    assert!((1_000..1_020).contains(&silence_ms), "a silence of 3 s became one of {silence_ms} ms");
    for (cue, hz) in [(one, 500.0), (two, 1_500.0)] {
        assert_eq!(cue.end_ms - cue.start_ms, 1_000);
        let middle = &decoded[(cue.start_ms as usize + 30) * 24..(cue.end_ms as usize - 30) * 24];
        let crossings = middle.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        let heard = crossings as f64 / (middle.len() as f64 / 24_000.0);
        assert!((heard - hz).abs() < 5.0, "{heard} Hz where {hz} were said");
        for quiet in [cue.start_ms as usize - 15, cue.end_ms as usize + 15] {
            let around = &decoded[(quiet - 5) * 24..(quiet + 5) * 24];
            assert!(around.iter().all(|sample| sample.abs() < 0.03), "{hz} Hz reaches past its cue");
        }
    }
}

#[test]
fn nothing_is_silent_for_long() {
    let format = AudioFormat::Standard;
    let quiet = |ms: usize| vec![0.0; ms * 16];
    let words = || speech("Good morning.").samples;
    let slow =
        Pcm { rate: 16_000, samples: [quiet(2_000), words(), quiet(4_000), words(), quiet(2_000)].concat() };
    let parts = [part(slow.clone(), format), part(slow, format)];
    let joined = stored(&[parts[0].mp3.as_slice(), &parts[1].mp3].concat());
    let args = [
        "-hide_banner",
        "-nostats",
        "-i",
        "FILE",
        "-af",
        "silencedetect=noise=-45dB:d=1.15",
        "-f",
        "null",
        "-",
    ];
    let (_, report) = run("ffmpeg", &args, joined.path());
    assert!(!report.contains("silence_start"), "{report}");
}
