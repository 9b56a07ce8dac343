//! What ffmpeg says of a file: length, loudness, true peak, silence.

use anyhow::Context;
use std::{path::Path, process::Command};

pub struct Sound {
    pub seconds: f64,
    pub lufs: f64,
    pub peak_dbtp: f64,
    /// Below −60 dB.
    pub longest_silence_s: f64,
}

pub fn measure(file: &Path) -> anyhow::Result<Sound> {
    let probe = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
        .arg(file)
        .output()?;
    let seconds = String::from_utf8(probe.stdout)?.trim().parse().context("ffprobe gave no duration")?;
    let meter = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostats", "-i"])
        .arg(file)
        .args(["-af", "ebur128=peak=true,silencedetect=noise=-60dB:d=0.2", "-f", "null", "-"])
        .output()?;
    let report = String::from_utf8_lossy(&meter.stderr).into_owned();
    Ok(Sound {
        seconds,
        lufs: last_after(&report, "I:").context("ffmpeg gave no loudness")?,
        peak_dbtp: last_after(&report, "Peak:").context("ffmpeg gave no true peak")?,
        longest_silence_s: all_after(&report, "silence_duration:").fold(0.0, f64::max),
    })
}

fn last_after(report: &str, label: &str) -> Option<f64> {
    all_after(report, label).last()
}

fn all_after<'a>(report: &'a str, label: &'a str) -> impl Iterator<Item = f64> + 'a {
    report.split(label).skip(1).filter_map(|rest| rest.split_whitespace().next()?.parse().ok())
}
