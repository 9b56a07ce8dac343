//! Serves a manifest as if it were one file: header, then parts, found by prefix sums.

use crate::{Media, MediaError};
use bytes::Bytes;
use domain::Manifest;
use futures::stream::{self, Stream, StreamExt};
use std::ops::Range;

/// Bytes asked of the store at a time: what one listener holds in memory.
const CHUNK_BYTES: u64 = 256 * 1_024;

/// The bytes `range` of the manifest's file, in order. A range beyond the end is cut to what exists.
pub fn read(
    media: &Media,
    manifest: &Manifest,
    range: Range<u64>,
) -> impl Stream<Item = Result<Bytes, MediaError>> + use<> {
    let media = media.clone();
    stream::iter(pieces(manifest, range)).then(move |piece| {
        let media = media.clone();
        async move {
            match piece {
                Piece::Header(bytes) => Ok(bytes),
                Piece::Object { media_key, range } => {
                    let wanted = range.end - range.start;
                    let bytes = media.get_range(&media_key, range).await?;
                    // A shorter answer would shift every later byte of the program.
                    if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(MediaError::Gone(media_key)) }
                }
            }
        }
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Header(Bytes),
    Object { media_key: String, range: Range<u64> },
}

fn pieces(manifest: &Manifest, range: Range<u64>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let header_bytes = manifest.header.len() as u64;
    if let Some(Range { start, end }) = overlap(&range, &(0..header_bytes)) {
        let header = manifest.header.get(start as usize..end as usize).unwrap_or_default();
        pieces.push(Piece::Header(Bytes::copy_from_slice(header)));
    }
    let mut at = header_bytes;
    for part in &manifest.parts {
        let place = at..at + part.bytes;
        if let Some(found) = overlap(&range, &place) {
            let inside = found.start - place.start..found.end - place.start;
            pieces.extend(
                chunks(inside).map(|range| Piece::Object { media_key: part.media_key.clone(), range }),
            );
        }
        at = place.end;
    }
    pieces
}

fn overlap(a: &Range<u64>, b: &Range<u64>) -> Option<Range<u64>> {
    let both = a.start.max(b.start)..a.end.min(b.end);
    (both.start < both.end).then_some(both)
}

fn chunks(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = range.end;
    range.step_by(CHUNK_BYTES as usize).map(move |start| start..(start + CHUNK_BYTES).min(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{AudioFormat, manifest::Part};
    use futures::TryStreamExt;
    use proptest::prelude::*;

    /// A store with parts of the given sizes, and the same bytes as one file.
    async fn stored(header: usize, sizes: &[usize]) -> (tempfile::TempDir, Media, Manifest, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let media = Media::in_folder(folder.path()).unwrap();
        let mut whole: Vec<u8> = (0..header).map(|n| n as u8).collect();
        let mut parts = Vec::new();
        for (n, size) in sizes.iter().enumerate() {
            let bytes: Vec<u8> = (0..*size).map(|at| (at * 7 + n * 31) as u8).collect();
            let media_key = format!("segment/{n}.mp3");
            media.put(&media_key, bytes.clone().into()).await.unwrap();
            parts.push(Part { media_key, bytes: bytes.len() as u64, frames: 1 });
            whole.extend(bytes);
        }
        let manifest = Manifest { format: AudioFormat::Standard, header: whole[..header].to_vec(), parts };
        (folder, media, manifest, whole)
    }

    async fn collect(media: &Media, manifest: &Manifest, range: Range<u64>) -> Result<Vec<u8>, MediaError> {
        read(media, manifest, range)
            .try_fold(Vec::new(), |mut all, bytes| async move {
                all.extend_from_slice(&bytes);
                Ok(all)
            })
            .await
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_range_equals_the_slice(
            header in 0_usize..300,
            sizes in prop::collection::vec(0_usize..2_000, 0..6),
            a in 0_u64..10_000,
            b in 0_u64..10_000,
        ) {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let (_folder, media, manifest, whole) = stored(header, &sizes).await;
                assert_eq!(manifest.bytes(), whole.len() as u64);
                let range = a.min(b)..a.max(b);
                let slice = &whole[(range.start as usize).min(whole.len())..(range.end as usize).min(whole.len())];
                assert_eq!(collect(&media, &manifest, range).await.unwrap(), slice);
            });
        }
    }

    #[tokio::test]
    async fn large_parts_come_in_chunks() {
        let (_folder, media, manifest, whole) = stored(10, &[700_000, 5]).await;
        let count = read(&media, &manifest, 0..manifest.bytes()).count().await;
        assert_eq!(count, 1 + 3 + 1);
        assert_eq!(collect(&media, &manifest, 0..manifest.bytes()).await.unwrap(), whole);
    }

    #[tokio::test]
    async fn a_part_that_is_gone_or_cut_is_an_error_and_never_silence() {
        let (_folder, media, manifest, _) = stored(10, &[100, 100]).await;
        media.put("segment/1.mp3", Bytes::from_static(b"short")).await.unwrap();
        assert!(collect(&media, &manifest, 0..manifest.bytes()).await.is_err());
        media.delete("segment/1.mp3").await.unwrap();
        let error = collect(&media, &manifest, 0..manifest.bytes()).await.unwrap_err();
        assert!(matches!(error, MediaError::Gone(_)), "{error}");
        assert!(!media.holds("segment/1.mp3", 100).await.unwrap());
    }
}
