//! Assembling a 12-part program: manifest and header, splicing the bytes, and ffmpeg's stream copy of
//! the same parts.

use crate::{
    failure::{Failure, Kind},
    terminal::answer,
};
use domain::{
    AudioFormat, Edition, Host, Language, SegmentKind,
    manifest::{self},
    program::Cue,
};
use serde::Serialize;
use std::{
    hint::black_box,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use studio::{
    mixer::{self, Billing, Loudness, Piece, Speakers},
    voice::Pcm,
};

const PARTS: usize = 12;
/// Seconds of each part: 12 of them make the 5.5 minutes that such programs have.
const PART_SECONDS: usize = 27;
/// How long each of the three is measured.
const FOR: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Figures {
    manifests_per_s: f64,
    splices_per_s: f64,
    ffmpeg_copy_per_s: f64,
}

pub fn run(json: bool) -> Result<(), Failure> {
    let part = tone()?;
    let pieces: Vec<Piece> = (0..PARTS).map(|n| piece(n, &part)).collect();
    let billing = billing();
    let manifests_per_s = rate(|| {
        black_box(mixer::manifest(black_box(&billing), AudioFormat::Standard, black_box(&pieces)));
        Ok(())
    })?;
    let header = mixer::manifest(&billing, AudioFormat::Standard, &pieces).header;
    let splices_per_s = rate(|| {
        let mut whole = Vec::with_capacity(header.len() + part.mp3.len() * PARTS);
        whole.extend_from_slice(&header);
        (0..PARTS).for_each(|_| whole.extend_from_slice(black_box(&part.mp3)));
        black_box(&whole);
        Ok(())
    })?;
    let ffmpeg_copy_per_s = ffmpeg_copies(&part.mp3)?;
    show(&Figures { manifests_per_s, splices_per_s, ffmpeg_copy_per_s }, json)
}

fn tone() -> Result<mixer::Part, Failure> {
    let rate = AudioFormat::Standard.sample_rate();
    let hz = 440.0 * std::f32::consts::TAU / rate as f32;
    let samples = (0..rate as usize * PART_SECONDS).map(|n| (n as f32 * hz).sin() * 0.3).collect();
    mixer::part(Pcm { rate, samples }, AudioFormat::Standard)
        .map_err(|error| Failure::new(Kind::Other, error))
}

fn piece(n: usize, part: &mixer::Part) -> Piece {
    Piece {
        kind: SegmentKind::Article,
        title: format!("所有権とライフタイムを学ぶ・その{n}"),
        url: Some(format!("https://samples.mimiyori.example/ja/ownership-and-lifetimes-{n}")),
        text: "コンパイラーは所有権を検査します。".into(),
        cues: vec![Cue { start_ms: 80, end_ms: 26_000, host: Host::Main, text: "検査します。".into() }],
        part: manifest::Part {
            media_key: format!("segment/ab/{n:064x}.mp3"),
            bytes: part.mp3.len() as u64,
            frames: part.frames,
        },
        loudness: Loudness::default(),
    }
}

fn billing() -> Billing {
    Billing {
        title: "Mimiyori 11月23日".into(),
        show: "Mimiyori".into(),
        language: Language::Ja,
        edition: Edition::Full,
        date: None,
        artist: "Mimiyori".into(),
        disclosure: "台本と音声は自動生成です。".into(),
        speakers: Speakers { main: "Mei".into(), guest: "Guest".into() },
    }
}

/// Calls of `work` in a second.
fn rate(mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    work()?;
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < FOR {
        work()?;
        calls += 1;
    }
    Ok(f64::from(calls) / start.elapsed().as_secs_f64())
}

fn ffmpeg_copies(mp3: &[u8]) -> Result<f64, Failure> {
    let folder = std::env::temp_dir().join(format!("mimiyori-bench-{}", std::process::id()));
    let measured = prepare(&folder, mp3)
        .map_err(|error| Failure::new(Kind::Other, format!("{} cannot be used: {error}", folder.display())))
        .and_then(|()| rate(|| ffmpeg_copy(&folder)));
    // A leftover in the temporary folder is no reason to lose the figures.
    let _ = std::fs::remove_dir_all(&folder);
    measured
}

fn prepare(folder: &Path, mp3: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let list: String = (0..PARTS).map(|n| format!("file '{n}.mp3'\n")).collect();
    (0..PARTS).try_for_each(|n| std::fs::write(folder.join(format!("{n}.mp3")), mp3))?;
    std::fs::write(folder.join("list.txt"), list)
}

fn ffmpeg_copy(folder: &Path) -> Result<(), Failure> {
    let status = Command::new("ffmpeg")
        .current_dir(folder)
        .args(["-v", "error", "-y", "-f", "concat", "-i", "list.txt", "-c", "copy", "whole.mp3"])
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(Kind::Other, format!("ffmpeg ended with {status}"))),
        Err(error) => Err(Failure::new(
            Kind::Other,
            format!("ffmpeg cannot be run: {error}; install the package ffmpeg"),
        )),
    }
}

fn show(figures: &Figures, json: bool) -> Result<(), Failure> {
    let Figures { manifests_per_s, splices_per_s, ffmpeg_copy_per_s } = figures;
    if json {
        return answer(serde_json::json!(figures));
    }
    let manifests = manifests_per_s / ffmpeg_copy_per_s;
    let splices = splices_per_s / ffmpeg_copy_per_s;
    answer(format_args!("manifest and header   {manifests_per_s:>12.0}/s  {manifests:>10.0} × ffmpeg"))?;
    answer(format_args!("splice in memory      {splices_per_s:>12.0}/s  {splices:>10.0} × ffmpeg"))?;
    answer(format_args!("ffmpeg stream copy    {ffmpeg_copy_per_s:>12.1}/s"))
}
