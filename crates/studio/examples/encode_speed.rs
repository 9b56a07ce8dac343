//! How long ten minutes of speech take from samples to a part, and how many manifests a second are
//! written: `cargo run --release -p mimiyori-studio --example encode_speed`.

#![expect(clippy::print_stdout, reason = "it prints a table")]

use domain::{AudioFormat, Edition, Language, SegmentKind, manifest::Part};
use std::time::Instant;
use studio::{
    mixer::{self, Billing, Loudness, Piece, Speakers},
    voice::Pcm,
};

fn main() -> Result<(), mixer::MixError> {
    for format in [AudioFormat::Standard, AudioFormat::Small] {
        let pcm = ten_minutes(format.sample_rate());
        let start = Instant::now();
        let part = mixer::part(pcm, format)?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{}: 10 min in {seconds:.2} s, {:.1} LUFS, {:.1} dBTP",
            format.name(),
            part.lufs,
            part.peak_dbtp
        );
    }
    let pieces: Vec<Piece> = (0..12).map(piece).collect();
    let billing = billing();
    let start = Instant::now();
    let rounds = 100_000;
    let bytes: usize =
        (0..rounds).map(|_| mixer::manifest(&billing, AudioFormat::Standard, &pieces).header.len()).sum();
    let per_second = f64::from(rounds) / start.elapsed().as_secs_f64();
    println!("manifests of 12 parts: {per_second:.0}/s, headers of {} bytes", bytes / rounds as usize);
    Ok(())
}

fn ten_minutes(rate: u32) -> Pcm {
    let engine = flite_rs::Engine::new();
    let speech =
        engine.synthesize("Projects with more than one hundred crates build in about half the time.");
    // Played at another speed: what counts is that it has the peaks and pauses of speech.
    let samples = speech.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).cycle();
    Pcm { rate, samples: samples.take(rate as usize * 600).collect() }
}

fn piece(n: usize) -> Piece {
    Piece {
        kind: SegmentKind::Article,
        title: format!("非同期ランタイムの設計と実装について、第{n}回"),
        url: Some(format!("https://example.com/articles/2026/11/23/async-runtime-{n}")),
        text: String::new(),
        cues: Vec::new(),
        part: Part::of_frames(format!("parts/{n:064x}.mp3"), 3_500, AudioFormat::Standard),
        loudness: Loudness::default(),
    }
}

fn billing() -> Billing {
    Billing {
        title: "朝の番組 11月23日".to_owned(),
        show: "朝の番組".to_owned(),
        language: Language::Ja,
        edition: Edition::Full,
        date: None,
        artist: "Mimiyori".to_owned(),
        disclosure: "この番組の台本と音声は機械で作られています。".to_owned(),
        speakers: Speakers { main: "ミミ".to_owned(), guest: "ヨリ".to_owned() },
    }
}
