//! The tag and the Info frame, read back by others.

use crate::tools::*;
use domain::{AudioFormat, Language, SegmentKind::*};
use id3::TagLike;
use studio::mixer::{Assembled, Part, assemble};

/// Opening jingle, greeting, article, transition, article, closing, each a tone of its own.
const PROGRAM: [(domain::SegmentKind, &str, f32); 6] = [
    (Jingle, "", 300.0),
    (Phrase, "", 500.0),
    (Article, "所有権を並列に検査する 🦀", 700.0),
    (Phrase, "", 1_100.0),
    (Article, "A second <article> & more", 1_300.0),
    (Phrase, "", 1_700.0),
];

fn program(format: AudioFormat) -> (Assembled, Vec<Part>) {
    let parts: Vec<Part> = (0_u8..)
        .zip(PROGRAM)
        .map(|(n, (_, _, hz))| part(tone(hz, 48_000, 1.0 + f32::from(n) * 0.137), format))
        .collect();
    let pieces = PROGRAM.iter().zip(&parts).map(|((kind, title, _), part)| piece(*kind, title, part));
    (assemble(&billing(Language::Ja), format, pieces.collect()), parts)
}

fn bytes(program: &(Assembled, Vec<Part>)) -> Vec<u8> {
    file(&program.0.manifest, &program.1.iter().collect::<Vec<_>>())
}

#[test]
fn the_id3_crate_reads_everything_back() {
    let program = program(AudioFormat::Standard);
    let tag = id3::Tag::read_from2(std::io::Cursor::new(bytes(&program))).unwrap();
    assert_eq!(tag.version(), id3::Version::Id3v23);
    assert_eq!(tag.title(), Some("朝の番組 11月23日"));
    assert_eq!((tag.artist(), tag.album(), tag.year()), (Some("Mimiyori"), Some("My morning"), Some(2026)));
    assert_eq!(tag.get("TLAN").and_then(|frame| frame.content().text()), Some("jpn"));
    assert_eq!(tag.get("TDAT").and_then(|frame| frame.content().text()), Some("2311"));
    assert_eq!(
        tag.comments().next().map(|comment| comment.text.as_str()),
        Some("Written and spoken by machines.")
    );
    assert!(tag.pictures().next().is_none());

    let contents: Vec<_> = tag.tables_of_contents().collect();
    let [contents] = contents.as_slice() else { panic!("one table of contents") };
    assert!(contents.top_level && contents.ordered);
    let chapters: Vec<_> = tag.chapters().collect();
    let ids: Vec<_> = chapters.iter().map(|chapter| chapter.element_id.clone()).collect();
    assert_eq!(contents.elements, ids);
    let titles: Vec<_> = chapters
        .iter()
        .map(|chapter| chapter.frames.iter().find_map(|frame| frame.content().text()).unwrap())
        .collect();
    assert_eq!(titles, ["オープニング", PROGRAM[2].1, PROGRAM[4].1, "エンディング"]);
    let url = chapters[1].frames.iter().find_map(|frame| frame.content().extended_link());
    assert_eq!(url.map(|url| url.link.as_str()), Some("https://example.com/a?b=1&c=2"));
    for pair in chapters.windows(2) {
        assert_eq!(pair[0].end_time, pair[1].start_time);
    }
    assert_eq!(u64::from(chapters[3].end_time), program.0.duration_ms);
    assert!(
        chapters.iter().all(|chapter| chapter.start_offset == u32::MAX && chapter.end_offset == u32::MAX)
    );
}

#[test]
fn ffprobe_sees_chapters_where_the_articles_are() {
    for format in FORMATS {
        let program = program(format);
        let file = stored(&bytes(&program));
        let args = ["-v", "error", "-show_format", "-show_chapters", "-of", "json", "FILE"];
        let (json, errors) = run("ffprobe", &args, file.path());
        assert_eq!(errors, "");
        let seen: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let ms = |value: &serde_json::Value| {
            (value.as_str().unwrap().parse::<f64>().unwrap() * 1_000.0).round() as u64
        };
        assert_eq!(ms(&seen["format"]["duration"]), program.0.duration_ms, "the Info frame is believed");
        let chapters: Vec<(u64, &str)> = seen["chapters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|chapter| (ms(&chapter["start_time"]), chapter["tags"]["title"].as_str().unwrap()))
            .collect();
        let articles: Vec<(u64, &str)> = program
            .0
            .segments
            .iter()
            .filter(|segment| segment.kind == Article)
            .map(|segment| (segment.start_ms, segment.title.as_str()))
            .collect();
        assert_eq!(chapters[1..3], articles[..]);
        assert_eq!(chapters[0].0, 0);
        assert_eq!(chapters[3].0, program.0.segments[5].start_ms);
    }
}

#[test]
fn segments_start_where_they_are_heard() {
    for format in FORMATS {
        let program = program(format);
        let per_ms = format.sample_rate() as usize / 1_000;
        for decode in [ffmpeg, symphonia] {
            let decoded = decode(&bytes(&program));
            for (segment, (_, _, hz)) in program.0.segments.iter().zip(PROGRAM) {
                // From the segment's own start, past its silent edge, to its end, only its tone sounds.
                let heard = &decoded[(segment.start_ms as usize + 120) * per_ms..];
                let window = &heard[..400 * per_ms];
                let crossings = window.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
                assert!((crossings as f32 / 0.4 - hz).abs() < 6.0, "{crossings} crossings for {hz} Hz");
                let first = decoded[segment.start_ms as usize * per_ms..].iter().position(|s| s.abs() > 0.01);
                let onset_ms = first.unwrap() / per_ms;
                let delay_ms = 50 + 1_105 / per_ms;
                assert!(onset_ms.abs_diff(delay_ms) <= 10, "{hz} Hz begins {onset_ms} ms into its segment");
            }
        }
    }
}

#[test]
fn a_decoder_seeks_to_a_chapter_exactly() {
    let program = program(AudioFormat::Standard);
    let file = stored(&bytes(&program));
    let whole = ffmpeg(&bytes(&program));
    let start_ms = program.0.segments[4].start_ms;
    let at = format!("{start_ms}ms");
    let (pcm, _) = run("ffmpeg", &["-v", "error", "-ss", &at, "-i", "FILE", "-f", "f32le", "-"], file.path());
    let sought: Vec<f32> = pcm.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    let expected = &whole[start_ms as usize * 48..];
    let onset = |samples: &[f32]| samples.iter().position(|sample| sample.abs() > 0.01).unwrap();
    assert!(onset(&sought).abs_diff(onset(expected)) <= 1_152, "within one frame");
}
