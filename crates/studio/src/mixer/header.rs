//! What stands before a program's frames: an ID3v2.3 tag with chapters, and one Info frame.
//!
//! Written by hand, because every published program needs one and a general tag writer takes longer
//! than all the rest of assembling (ID3v2.3 and the ID3v2 chapter frame addendum 1.0). No picture:
//! published bytes never change, covers do.

use super::encoder::{frame_header, info_offset};
use domain::{AudioFormat, chapter::Chapter};

/// Text frames in order, then a comment, then chapters.
#[derive(Debug)]
pub(super) struct Tag {
    bytes: Vec<u8>,
    language: [u8; 3],
}

/// Longer titles and addresses are no use to a player, and a feed can hold a title of a megabyte.
const TEXT_CHARS: usize = 300;
const URL_BYTES: usize = 2_000;
/// The table of contents counts its entries in one byte.
const CHAPTERS: usize = 255;
const TAG_HEADER: usize = 10;

impl Tag {
    /// `language` is an ISO 639-2 code.
    pub(super) fn new(language: [u8; 3]) -> Self {
        let mut bytes = Vec::with_capacity(4_096);
        // Version 2.3.0, no flags; the size is filled in at the end.
        bytes.extend_from_slice(b"ID3\x03\x00\x00\0\0\0\0");
        Self { bytes, language }
    }

    pub(super) fn text(&mut self, id: &[u8; 4], text: &str) {
        text_frame(&mut self.bytes, id, text);
    }

    /// A text under a name of our own.
    pub(super) fn named_text(&mut self, name: &str, text: &str) {
        frame(&mut self.bytes, b"TXXX", |bytes| {
            let encoding = Encoding::of(text);
            bytes.push(encoding as u8);
            described(bytes, encoding, name, text);
        });
    }

    pub(super) fn comment(&mut self, text: &str) {
        let language = self.language;
        frame(&mut self.bytes, b"COMM", |bytes| {
            let encoding = Encoding::of(text);
            bytes.push(encoding as u8);
            bytes.extend_from_slice(&language);
            described(bytes, encoding, "", text);
        });
    }

    /// The one table of contents, and the chapters that it lists in order.
    pub(super) fn chapters(&mut self, chapters: &[Chapter<'_>]) {
        let chapters = &chapters[..chapters.len().min(CHAPTERS)];
        frame(&mut self.bytes, b"CTOC", |bytes| {
            bytes.extend_from_slice(b"toc\0");
            // Top level, ordered.
            bytes.push(0b11);
            bytes.push(chapters.len() as u8);
            (0..chapters.len()).for_each(|index| element(bytes, index));
        });
        for (index, chapter) in chapters.iter().enumerate() {
            frame(&mut self.bytes, b"CHAP", |bytes| chapter_body(bytes, index, chapter));
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let size = self.bytes.len() - TAG_HEADER;
        for (place, shift) in (6..TAG_HEADER).zip([21, 14, 7, 0]) {
            self.bytes[place] = (size >> shift) as u8 & 0x7f;
        }
        self.bytes
    }
}

/// Appends a frame whose body is written by `body`; its size is filled in afterwards.
fn frame(bytes: &mut Vec<u8>, id: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    bytes.extend_from_slice(id);
    let size_at = bytes.len();
    bytes.extend_from_slice(&[0; 6]);
    let start = bytes.len();
    body(bytes);
    let size = (bytes.len() - start) as u32;
    bytes[size_at..size_at + 4].copy_from_slice(&size.to_be_bytes());
}

fn text_frame(bytes: &mut Vec<u8>, id: &[u8; 4], text: &str) {
    frame(bytes, id, |bytes| {
        let encoding = Encoding::of(text);
        bytes.push(encoding as u8);
        encoding.put(bytes, text);
    });
}

fn chapter_body(bytes: &mut Vec<u8>, index: usize, chapter: &Chapter<'_>) {
    element(bytes, index);
    for ms in [chapter.start_ms, chapter.end_ms] {
        // 2³² ms are 49 days.
        bytes.extend_from_slice(&(ms as u32).to_be_bytes());
    }
    // Byte offsets unknown: times count.
    bytes.extend_from_slice(&[0xff; 8]);
    text_frame(bytes, b"TIT2", chapter.title);
    if let Some(url) = chapter.url.filter(|url| is_writable(url)) {
        frame(bytes, b"WXXX", |bytes| {
            // Latin-1, without a description.
            bytes.extend_from_slice(&[0, 0]);
            bytes.extend_from_slice(url.as_bytes());
        });
    }
}

fn element(bytes: &mut Vec<u8>, index: usize) {
    bytes.extend_from_slice(b"ch");
    for divisor in [100, 10, 1] {
        bytes.push(b'0' + (index / divisor % 10) as u8);
    }
    bytes.push(0);
}

fn described(bytes: &mut Vec<u8>, encoding: Encoding, name: &str, text: &str) {
    encoding.put(bytes, name);
    encoding.end(bytes);
    encoding.put(bytes, text);
}

fn is_writable(url: &str) -> bool {
    url.len() <= URL_BYTES && url.bytes().all(|byte| byte.is_ascii_graphic())
}

/// ID3v2.3 knows two: Latin-1 and UTF-16 with a byte order mark.
#[derive(Clone, Copy, Debug)]
enum Encoding {
    Latin = 0,
    Utf16 = 1,
}

impl Encoding {
    fn of(text: &str) -> Self {
        if text.is_ascii() { Self::Latin } else { Self::Utf16 }
    }

    /// Control characters become spaces: a NUL would end the text.
    fn put(self, bytes: &mut Vec<u8>, text: &str) {
        let clean = text.chars().take(TEXT_CHARS).map(|c| if c.is_control() { ' ' } else { c });
        match self {
            Self::Latin => bytes.extend(clean.map(|c| c as u8)),
            Self::Utf16 => {
                bytes.extend_from_slice(&[0xff, 0xfe]);
                let mut units = [0; 2];
                for c in clean {
                    c.encode_utf16(&mut units).iter().for_each(|unit| bytes.extend(unit.to_le_bytes()));
                }
            }
        }
    }

    fn end(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Latin => bytes.push(0),
            Self::Utf16 => bytes.extend_from_slice(&[0, 0]),
        }
    }
}

/// The frame before the first that tells players number of frames and bytes, so that they need not
/// guess the duration. Without LAME's extension: that would make decoders trim the encoder's delay,
/// and chapter times would no longer be frames × 24 ms.
pub(super) fn info_frame(bytes: &mut Vec<u8>, format: AudioFormat, frames: u64) {
    let start = bytes.len();
    let size = format.bytes_per_frame();
    bytes.extend_from_slice(&frame_header(format));
    // Mono, original.
    bytes.push(0xc4);
    bytes.resize(start + info_offset(format), 0);
    bytes.extend_from_slice(b"Info");
    // Frames, bytes and the table are present.
    bytes.extend_from_slice(&7_u32.to_be_bytes());
    bytes.extend_from_slice(&(frames as u32).to_be_bytes());
    // The bytes count from this frame on.
    bytes.extend_from_slice(&(((frames + 1) * size) as u32).to_be_bytes());
    // At a constant bit rate a hundredth of the time is a hundredth of the bytes.
    bytes.extend((0..100_u32).map(|percent| (percent * 256 / 100) as u8));
    bytes.resize(start + size as usize, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use id3::TagLike;

    #[test]
    fn hostile_texts_stay_inside_their_frames() {
        let mut tag = Tag::new(*b"jpn");
        tag.text(b"TIT2", &"題\0名\n".repeat(100_000));
        let chapter = Chapter { start_ms: 0, end_ms: 1, title: "a\0b", url: Some("https://例え.jp/") };
        tag.chapters(&vec![chapter; 300]);
        let bytes = tag.finish();
        let read = id3::Tag::read_from2(std::io::Cursor::new(&bytes)).unwrap();
        assert_eq!(read.title().map(|title| title.chars().count()), Some(TEXT_CHARS));
        assert_eq!(read.chapters().count(), CHAPTERS);
        assert!(
            read.chapters().all(|chapter| chapter.frames.len() == 1),
            "an address that is not ASCII is left out"
        );
    }

    #[test]
    fn an_info_frame_is_one_frame() {
        for format in [AudioFormat::Standard, AudioFormat::Small] {
            let mut bytes = vec![1];
            info_frame(&mut bytes, format, 1_000);
            assert_eq!(bytes.len() as u64, 1 + format.bytes_per_frame());
            assert!(!bytes.windows(4).any(|window| window == b"LAME"));
        }
    }
}
