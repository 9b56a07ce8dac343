//! The transcript: WebVTT with speakers (W3C WebVTT, voice spans).

use super::{Speakers, lines};
use domain::{Segment, program::Cue};
use std::fmt::Write;

/// Cues of all segments, split to fit a screen, in time order and without overlap.
pub fn vtt(segments: &[Segment], speakers: &Speakers) -> String {
    let mut vtt = String::from("WEBVTT\n");
    let mut now_ms = 0;
    for cue in segments.iter().flat_map(|segment| &segment.cues) {
        let speaker = escaped(speakers.of(cue.host));
        for (start_ms, end_ms, lines) in shares(cue, now_ms) {
            let (start, end) = (timestamp(start_ms), timestamp(end_ms));
            let text = lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n");
            // Writing to a string cannot fail.
            let _ = write!(vtt, "\n{start} --> {end}\n<v {speaker}>{text}\n");
            now_ms = end_ms;
        }
    }
    vtt
}

/// A cue's time shared among its pieces by their length; from `from_ms` at the earliest, each at
/// least 1 ms.
fn shares(cue: &Cue, from_ms: u64) -> Vec<(u64, u64, Vec<String>)> {
    let pieces = lines::cues(&cue.text);
    let columns = |lines: &[String]| lines.iter().map(|line| lines::columns(line)).sum::<usize>() as u64;
    let all = pieces.iter().map(|lines| columns(lines)).sum::<u64>().max(1);
    let begin = cue.start_ms.max(from_ms);
    let length = cue.end_ms.saturating_sub(begin);
    let mut spoken = 0;
    let mut start = begin;
    let share = |lines: Vec<String>| {
        spoken += columns(&lines);
        let end = (begin + length * spoken / all).max(start + 1);
        (std::mem::replace(&mut start, end), end, lines)
    };
    pieces.into_iter().map(share).collect()
}

fn timestamp(ms: u64) -> String {
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Safe in a cue and in a speaker's name: without `>` there is no `-->`, without control characters
/// no empty line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Host;

    #[test]
    fn time_is_shared_by_length() {
        let cue = Cue {
            start_ms: 1_000, end_ms: 4_000, host: Host::Main, text: "長い文です。短い。".into()
        };
        let shares: Vec<_> = shares(&cue, 0).into_iter().map(|(start, end, _)| (start, end)).collect();
        assert_eq!(shares, [(1_000, 3_000), (3_000, 4_000)]);
    }

    #[test]
    fn a_cue_without_time_still_runs_forwards() {
        let cue = Cue { start_ms: 5, end_ms: 5, host: Host::Main, text: "あ。い。".into() };
        let shares: Vec<_> = shares(&cue, 9).into_iter().map(|(start, end, _)| (start, end)).collect();
        assert_eq!(shares, [(9, 10), (10, 11)]);
    }

    #[test]
    fn timestamps_have_hours() {
        assert_eq!(timestamp(3_723_004), "01:02:03.004");
    }
}
