//! Parts to a program: pure arithmetic over frame counts, no sample is touched.

use super::{
    chapters::chapters,
    header::{Tag, info_frame},
    loudness::{Loudness, loudness_of},
    transcript,
};
use domain::{
    AudioFormat, Edition, Host, Language, Manifest, Segment, SegmentKind, chapter, manifest, program::Cue,
};
use jiff::civil::Date;

/// One stored part, and what it says.
#[derive(Clone, Debug)]
pub struct Piece {
    pub kind: SegmentKind,
    pub title: String,
    pub url: Option<String>,
    /// What is said, as written.
    pub text: String,
    /// In milliseconds from the part's first decoded sample.
    pub cues: Vec<Cue>,
    pub part: manifest::Part,
    pub loudness: Loudness,
}

/// What the file says about itself.
#[derive(Clone, Debug)]
pub struct Billing {
    pub title: String,
    /// The feed's name: players group episodes by it.
    pub show: String,
    pub language: Language,
    pub edition: Edition,
    /// The local date the program is for.
    pub date: Option<Date>,
    /// Who made it, e.g. "Mimiyori".
    pub artist: String,
    /// That the voice and the words are made by machines, and by which.
    pub disclosure: String,
    pub speakers: Speakers,
}

/// What the transcript calls the hosts.
#[derive(Clone, Debug)]
pub struct Speakers {
    pub main: String,
    pub guest: String,
}

impl Speakers {
    pub(super) fn of(&self, host: Host) -> &str {
        match host {
            Host::Main => &self.main,
            Host::Guest => &self.guest,
        }
    }
}

/// A program, complete but for where it is stored.
#[derive(Clone, Debug)]
pub struct Assembled {
    pub manifest: Manifest,
    /// In milliseconds from the program's start, without gaps.
    pub segments: Vec<Segment>,
    /// Podcasting 2.0 chapters.
    pub chapters_json: String,
    pub speakers: Speakers,
    pub duration_ms: u64,
    /// Of the whole file.
    pub bytes: u64,
    /// Integrated, as a meter reads the whole file; −∞ without parts.
    pub loudness_lufs: f64,
}

impl Assembled {
    /// WebVTT. Made when it is asked for: it takes longer than all the rest.
    pub fn transcript_vtt(&self) -> String {
        transcript::vtt(&self.segments, &self.speakers)
    }
}

/// Puts pieces one after another, in the order given.
pub fn assemble(billing: &Billing, format: AudioFormat, pieces: Vec<Piece>) -> Assembled {
    let manifest = manifest(billing, format, &pieces);
    let chapters_json = chapter::json(&chapters(billing.language, &pieces));
    let loudness_lufs = loudness_of(pieces.iter().map(|piece| &piece.loudness));
    let segments = segments(pieces);
    Assembled {
        chapters_json,
        speakers: billing.speakers.clone(),
        duration_ms: manifest.duration_ms(),
        bytes: manifest.bytes(),
        loudness_lufs,
        segments,
        manifest,
    }
}

/// Only what serving needs: the header and the list of parts.
pub fn manifest(billing: &Billing, format: AudioFormat, pieces: &[Piece]) -> Manifest {
    let mut tag = Tag::new(iso_639_2(billing.language));
    tag.text(b"TIT2", &billing.title);
    tag.text(b"TPE1", &billing.artist);
    tag.text(b"TALB", &billing.show);
    tag.text(b"TCON", "Podcast");
    if let Ok(language) = std::str::from_utf8(&iso_639_2(billing.language)) {
        tag.text(b"TLAN", language);
    }
    if let Some(date) = billing.date {
        tag.text(b"TYER", &format!("{:04}", date.year()));
        tag.text(b"TDAT", &format!("{:02}{:02}", date.day(), date.month()));
    }
    tag.comment(&billing.disclosure);
    tag.named_text("EDITION", edition(billing.edition));
    tag.chapters(&chapters(billing.language, pieces));
    let mut header = tag.finish();
    info_frame(&mut header, format, pieces.iter().map(|piece| piece.part.frames).sum());
    Manifest { format, header, parts: pieces.iter().map(|piece| piece.part.clone()).collect() }
}

fn segments(pieces: Vec<Piece>) -> Vec<Segment> {
    let mut now_ms = 0;
    let placed = |piece: Piece| {
        let start_ms = now_ms;
        now_ms += piece.part.duration_ms();
        let shifted = |cue: Cue| Cue {
            start_ms: start_ms + cue.start_ms,
            // A cue never reaches into the next part.
            end_ms: (start_ms + cue.end_ms).min(now_ms),
            ..cue
        };
        Segment {
            kind: piece.kind,
            title: piece.title,
            url: piece.url,
            start_ms,
            end_ms: now_ms,
            text: piece.text,
            cues: piece.cues.into_iter().map(shifted).collect(),
        }
    };
    pieces.into_iter().map(placed).collect()
}

const fn iso_639_2(language: Language) -> [u8; 3] {
    match language {
        Language::Ja => *b"jpn",
        Language::En => *b"eng",
    }
}

const fn edition(edition: Edition) -> &'static str {
    match edition {
        Edition::Full => "full",
        Edition::Shortened => "shortened",
        Edition::Brief => "brief",
    }
}
