//! Chapters and transcript, read by others.

use crate::tools::*;
use domain::{AudioFormat, Host, Language, SegmentKind, program::Cue};
use proptest::prelude::*;
use studio::mixer::{Assembled, Loudness, Piece, assemble};

fn spoken(kind: SegmentKind, cues: Vec<Cue>) -> Piece {
    Piece {
        kind,
        title: "題".to_owned(),
        url: Some("https://example.com/".to_owned()),
        text: String::new(),
        cues,
        part: domain::manifest::Part::of_frames("parts/x", 1_000, AudioFormat::Small),
        loudness: Loudness::default(),
    }
}

fn cue(start_ms: u64, end_ms: u64, host: Host, text: &str) -> Cue {
    Cue { start_ms, end_ms, host, text: text.to_owned() }
}

fn assembled(cues: Vec<Cue>) -> Assembled {
    let pieces = vec![spoken(SegmentKind::Phrase, Vec::new()), spoken(SegmentKind::Article, cues)];
    assemble(&billing(Language::Ja), AudioFormat::Small, pieces)
}

/// (start, end, payload), by a parser that is not ours.
fn parsed(vtt: &str) -> Vec<(u64, u64, String)> {
    let parsed = webvtt_parser::Vtt::parse(vtt).unwrap_or_else(|error| panic!("{error:?}\n{vtt}"));
    let cue = |cue: &webvtt_parser::VttCue<'_>| {
        (cue.start.as_milliseconds(), cue.end.as_milliseconds(), cue.text.to_owned())
    };
    parsed.cues.iter().map(cue).collect()
}

#[test]
fn the_transcript_names_its_speakers_and_keeps_time() {
    let cues = vec![
        cue(100, 4_000, Host::Main, "所有権は並列に検査されます。速くなります。"),
        cue(4_500, 6_000, Host::Guest, "a <b> --> c & d"),
    ];
    let program = assembled(cues);
    assert_eq!(
        parsed(&program.transcript_vtt()),
        [
            (24_100, 26_700, "<v Mimi>所有権は並列に検査されます。".to_owned()),
            (26_700, 28_000, "<v Mimi>速くなります。".to_owned()),
            (28_500, 30_000, "<v Yori &amp; &lt;co&gt;>a &lt;b&gt; --&gt; c &amp; d".to_owned()),
        ]
    );
    assert_eq!(program.segments[1].cues[0].start_ms, 24_100);
}

proptest! {
    #[test]
    fn any_text_makes_a_transcript_that_parses_and_runs_forwards(
        cues in proptest::collection::vec((0_u64..30_000, 0_u64..3_000, "\\PC{0,200}|(-->|<v |\\n\\n|NOTE|[あ-ん。、]){0,30}"), 0..8),
    ) {
        let cues = cues.iter().map(|(start, length, text)| cue(*start, start + length, Host::Main, text));
        let vtt = assembled(cues.collect()).transcript_vtt();
        let mut now = 0;
        for (start, end, text) in parsed(&vtt) {
            prop_assert!(start >= now && end > start);
            now = end;
            prop_assert!(text.starts_with("<v Mimi>") && text.lines().count() <= 2);
            prop_assert!(!text["<v Mimi>".len()..].contains(['<', '>']));
        }
    }
}

#[test]
fn chapters_follow_the_podcast_namespace() {
    let format = AudioFormat::Small;
    let kinds = [SegmentKind::Jingle, SegmentKind::Article, SegmentKind::Phrase, SegmentKind::Article];
    let pieces = kinds.map(|kind| spoken(kind, Vec::new())).to_vec();
    let program = assemble(&billing(Language::En), format, pieces);
    let chapters: serde_json::Value = serde_json::from_str(&program.chapters_json).unwrap();
    assert_eq!(
        chapters,
        serde_json::json!({
            "version": "1.2.0",
            "chapters": [
                { "startTime": 0.0, "endTime": 24.0, "title": "Opening" },
                { "startTime": 24.0, "endTime": 72.0, "title": "題", "url": "https://example.com/" },
                { "startTime": 72.0, "endTime": 96.0, "title": "題", "url": "https://example.com/" },
            ]
        })
    );
    assert_eq!(program.duration_ms, 96_000);
}

#[test]
fn a_chapter_has_a_title_and_links_to_nothing_but_pages() {
    let hostile = Piece {
        title: " ".to_owned(),
        url: Some("javascript:alert(1)".to_owned()),
        ..spoken(SegmentKind::Article, Vec::new())
    };
    let program = assemble(&billing(Language::En), AudioFormat::Small, vec![hostile]);
    let chapters: serde_json::Value = serde_json::from_str(&program.chapters_json).unwrap();
    let only = serde_json::json!([{ "startTime": 0.0, "endTime": 24.0, "title": "Untitled" }]);
    assert_eq!(chapters["chapters"], only);
    assert!(!program.manifest.header.windows(10).any(|window| window == b"javascript"));
}

#[test]
fn a_program_of_nothing_is_still_well_formed() {
    let program = assemble(&billing(Language::En), AudioFormat::Standard, Vec::new());
    assert_eq!((program.duration_ms, program.loudness_lufs), (0, f64::NEG_INFINITY));
    assert!(parsed(&program.transcript_vtt()).is_empty());
}
