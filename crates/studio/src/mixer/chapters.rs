//! Where chapters begin, by the lengths of the parts.

use super::Piece;
use domain::{
    Language,
    chapter::{self, Chapter, Stretch},
};

pub fn chapters(language: Language, pieces: &[Piece]) -> Vec<Chapter<'_>> {
    let mut stretches: Vec<Stretch<'_>> = Vec::with_capacity(pieces.len());
    let mut now_ms = 0;
    for piece in pieces {
        let end_ms = now_ms + piece.part.duration_ms();
        let (title, url) = (piece.title.as_str(), piece.url.as_deref());
        stretches.push(Stretch { kind: piece.kind, title, url, start_ms: now_ms, end_ms });
        now_ms = end_ms;
    }
    chapter::chapters(language, &stretches)
}
