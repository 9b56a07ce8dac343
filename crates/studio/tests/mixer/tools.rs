//! Judges and samples.

use domain::{AudioFormat, Edition, Language, Manifest, SegmentKind};
use std::{io::Write, path::Path, process::Command};
use studio::{
    mixer::{self, Billing, Part, Piece, Speakers},
    voice::Pcm,
};

pub(crate) const FORMATS: [AudioFormat; 2] = [AudioFormat::Standard, AudioFormat::Small];

/// Standard output and standard error of `ffmpeg` or `ffprobe`.
pub(crate) fn run(tool: &str, args: &[&str], file: &Path) -> (Vec<u8>, String) {
    let args: Vec<&str> =
        args.iter().map(|arg| if *arg == "FILE" { file.to_str().unwrap() } else { arg }).collect();
    let output = match Command::new(tool).args(&args).output() {
        Ok(output) => output,
        Err(error) => panic!("cannot run {tool}: {error}; install it with: apt-get install ffmpeg"),
    };
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{tool} {args:?}: {errors}");
    (output.stdout, errors)
}

pub(crate) fn stored(mp3: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".mp3").tempfile().unwrap();
    file.write_all(mp3).unwrap();
    file
}

/// Decoded by ffmpeg; fails on any complaint.
pub(crate) fn ffmpeg(mp3: &[u8]) -> Vec<f32> {
    let file = stored(mp3);
    let (pcm, errors) = run("ffmpeg", &["-v", "warning", "-i", "FILE", "-f", "f32le", "-"], file.path());
    // The one complaint a bare run of frames deserves: its duration can only be estimated.
    let complaints = errors.lines().filter(|line| !line.contains("Estimating duration from bitrate"));
    assert_eq!(complaints.collect::<Vec<_>>(), Vec::<&str>::new());
    pcm.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// Decoded by symphonia; fails on any error.
pub(crate) fn symphonia(mp3: &[u8]) -> Vec<f32> {
    use symphonia::core::{
        codecs::audio::AudioDecoderOptions,
        formats::{FormatOptions, TrackType, probe::Hint},
        io::MediaSourceStream,
        meta::MetadataOptions,
    };
    let stream = MediaSourceStream::new(Box::new(std::io::Cursor::new(mp3.to_vec())), Default::default());
    let mut hint = Hint::new();
    hint.with_extension("mp3");
    let mut reader = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let track = reader.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap().clone();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .unwrap();
    let (mut samples, mut block) = (Vec::new(), Vec::<f32>::new());
    while let Some(packet) = reader.next_packet().unwrap() {
        decoder.decode(&packet).unwrap().copy_to_vec_interleaved(&mut block);
        samples.extend_from_slice(&block);
    }
    samples
}

/// (integrated loudness in LUFS, true peak in dBTP) as ffmpeg's meter reads the file.
pub(crate) fn metered(mp3: &[u8]) -> (f64, f64) {
    let file = stored(mp3);
    let args = ["-hide_banner", "-nostats", "-i", "FILE", "-af", "ebur128=peak=true", "-f", "null", "-"];
    let (_, report) = run("ffmpeg", &args, file.path());
    let last = |name: &str| {
        let line = report.lines().rfind(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (last("I:"), last("Peak:"))
}

/// Real speech, 16 kHz.
pub(crate) fn speech(text: &str) -> Pcm {
    let mut engine = flite_rs::Engine::new();
    let voice = engine.voice_names().find(|name| name.contains("16")).map(str::to_owned);
    engine.select_voice(&voice.expect("the kal16 feature embeds a 16 kHz voice"));
    let audio = engine.synthesize(text);
    Pcm {
        rate: audio.sample_rate,
        samples: audio.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect(),
    }
}

pub(crate) const NEWS: &str = "The compiler team has merged a change that checks ownership in parallel. \
    Projects with more than one hundred crates build in about half the time. \
    A release is planned for the autumn.";

pub(crate) fn tone(hz: f32, rate: u32, seconds: f32) -> Pcm {
    let samples = (0..(rate as f32 * seconds) as usize)
        .map(|n| (std::f32::consts::TAU * hz * n as f32 / rate as f32).sin() * 0.3)
        .collect();
    Pcm { rate, samples }
}

pub(crate) fn piece(kind: SegmentKind, title: &str, part: &Part) -> Piece {
    Piece {
        kind,
        title: title.to_owned(),
        url: (kind == SegmentKind::Article).then(|| "https://example.com/a?b=1&c=2".to_owned()),
        text: String::new(),
        cues: Vec::new(),
        part: part.stored_at("parts/x"),
        loudness: part.loudness.clone(),
    }
}

pub(crate) fn billing(language: Language) -> Billing {
    Billing {
        title: "朝の番組 11月23日".to_owned(),
        show: "My morning".to_owned(),
        language,
        edition: Edition::Full,
        date: Some(jiff::civil::date(2026, 11, 23)),
        artist: "Mimiyori".to_owned(),
        disclosure: "Written and spoken by machines.".to_owned(),
        speakers: Speakers { main: "Mimi".to_owned(), guest: "Yori & <co>".to_owned() },
    }
}

/// The file a listener gets.
pub(crate) fn file(manifest: &Manifest, parts: &[&Part]) -> Vec<u8> {
    let bodies = parts.iter().flat_map(|part| &part.mp3);
    manifest.header.iter().chain(bodies).copied().collect()
}

pub(crate) fn part(pcm: Pcm, format: AudioFormat) -> Part {
    mixer::part(pcm, format).unwrap()
}
