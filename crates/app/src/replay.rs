//! A published program as a player shows it: the texts come back from the artifacts that its parts are.

use crate::{
    jobs::Room,
    narrate::{NarrateError, Narrated},
};
use domain::Program;
use store::programs;
use studio::mixer::{self, Billing, Piece, Speakers};

/// Chapters and transcript of a program, and what is said in it.
#[derive(Debug)]
pub struct Replayed {
    pub program: Program,
    pub chapters_json: String,
    pub transcript_vtt: String,
}

/// Reads a published program again.
pub async fn replay(room: &Room, stored: &programs::Program) -> Result<Replayed, NarrateError> {
    let artifacts = room.store.ready_artifacts(&stored.parts).await?;
    let mut pieces = Vec::with_capacity(stored.parts.len());
    for (segment, key) in stored.document.segments.iter().zip(&stored.parts) {
        let artifact = artifacts.get(key).ok_or(NarrateError::Gone)?;
        let Narrated { part, said, .. } = Narrated::of(artifact)?;
        pieces.push(Piece {
            kind: segment.kind,
            title: segment.title.clone(),
            url: segment.url.clone(),
            text: said.text,
            cues: said.cues,
            part,
            loudness: said.loudness,
        });
    }
    let keys = &room.narrator.keys;
    let speaker = |host| keys.booth.speaker(stored.language, host);
    let billing = Billing {
        title: stored.title.clone(),
        show: String::new(),
        language: stored.language,
        edition: stored.edition,
        date: None,
        artist: String::new(),
        disclosure: String::new(),
        speakers: Speakers { main: speaker(domain::Host::Main), guest: speaker(domain::Host::Guest) },
    };
    let assembled = mixer::assemble(&billing, keys.format, pieces);
    Ok(Replayed {
        transcript_vtt: assembled.transcript_vtt(),
        program: Program { segments: assembled.segments, ..stored.document.clone() },
        chapters_json: assembled.chapters_json,
    })
}
