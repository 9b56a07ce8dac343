//! MP3 that is not ours: whether it is MP3 to its end, and how long it plays.
//!
//! Frame headers are walked (ISO 11172-3 §2.4, ISO 13818-3 for the lower rates), as the bytes come in;
//! nothing is decoded. Tags between frames are passed over, as players do. What follows a frame must be a
//! frame or a tag, so a page, a video or a torn file does not pass.

mod frame;

use frame::{Frame, Shape};

/// What was walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    pub bytes: u64,
    /// That sound: an info frame at the start is none of them.
    pub frames: u64,
    pub duration_ms: u64,
    pub sample_rate_hz: u32,
    pub channels: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMp3 {
    #[error("byte {at} begins neither an MP3 frame nor a tag; send MPEG layer III audio")]
    Noise { at: u64 },
    #[error(
        "the frame at byte {at} has another sample rate or channel count than the first; encode it as one"
    )]
    Changed { at: u64 },
    #[error("it announces {announced} frames and holds {found}; it was cut off")]
    Cut { announced: u64, found: u64 },
    #[error("it plays {duration_ms} ms, which is no program")]
    Short { duration_ms: u64 },
}

/// Shorter is a mistake: a click, or a header alone.
const LEAST_MS: u64 = 1_000;
/// A frame's header, or as much of a tag as tells its length.
const HEAD: usize = 32;
/// As much of the first frame as tells whether it is an info frame, and how many follow.
const FIRST: usize = 128;

/// A walk under way.
#[derive(Debug, Default)]
pub struct Walk {
    /// Bytes that were looked at or passed over.
    at: u64,
    /// Still to be passed over.
    skip: u64,
    /// Not yet enough to tell what they are.
    pending: Vec<u8>,
    shape: Option<Shape>,
    announced: Option<u64>,
    frames: u64,
    /// Where the last frame counted must end.
    whole_to: u64,
    /// Nothing but padding or a tag without a length can follow.
    over: bool,
}

impl Walk {
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), NotMp3> {
        while !bytes.is_empty() {
            let passed = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
            self.skip -= passed as u64;
            self.at += passed as u64;
            bytes = &bytes[passed..];
            // Never more than is needed to tell: the rest of a frame is passed over, not copied.
            let wanted = self.wanted().saturating_sub(self.pending.len()).min(bytes.len());
            self.pending.extend_from_slice(&bytes[..wanted]);
            bytes = &bytes[wanted..];
            if self.pending.len() >= self.wanted() {
                self.look()?;
            }
        }
        Ok(())
    }

    /// The end of the bytes.
    pub fn finish(mut self) -> Result<Measured, NotMp3> {
        while !self.pending.is_empty() {
            self.look()?;
        }
        let bytes = self.at;
        // Encoders are stopped in the middle of a frame; decoders drop it.
        if self.whole_to > bytes {
            self.frames -= 1;
        }
        let Some(shape) = self.shape else { return Err(NotMp3::Short { duration_ms: 0 }) };
        // Some encoders count the info frame, too.
        if let Some(announced) = self.announced.filter(|announced| *announced > self.frames + 1) {
            return Err(NotMp3::Cut { announced, found: self.frames });
        }
        let duration_ms =
            self.frames * u64::from(shape.samples_per_frame) * 1_000 / u64::from(shape.sample_rate_hz);
        if duration_ms < LEAST_MS {
            return Err(NotMp3::Short { duration_ms });
        }
        Ok(Measured {
            bytes,
            frames: self.frames,
            duration_ms,
            sample_rate_hz: shape.sample_rate_hz,
            channels: shape.channels,
        })
    }

    const fn wanted(&self) -> usize {
        if self.shape.is_none() { FIRST } else { HEAD }
    }

    /// Tells what the pending bytes begin, and passes over it.
    fn look(&mut self) -> Result<(), NotMp3> {
        let pending = std::mem::take(&mut self.pending);
        if self.over {
            return self.pass(&pending, pending.len() as u64);
        }
        if let Some(length) = tag(&pending) {
            return self.pass(&pending, length);
        }
        let Some(frame) = Frame::read(&pending) else { return self.end(&pending) };
        match self.shape {
            None => {
                self.shape = Some(frame.shape);
                self.announced = frame.announced(&pending);
            }
            Some(first) if first != frame.shape => return Err(NotMp3::Changed { at: self.at }),
            Some(_) => {}
        }
        if self.frames > 0 || !frame.is_info(&pending) {
            self.frames += 1;
            self.whole_to = self.at + frame.bytes;
        }
        self.pass(&pending, frame.bytes)
    }

    fn pass(&mut self, pending: &[u8], length: u64) -> Result<(), NotMp3> {
        let here = usize::try_from(length).unwrap_or(usize::MAX).min(pending.len());
        self.at += here as u64;
        self.skip = length - here as u64;
        self.push(&pending[here..])
    }

    /// What is neither: padding, before or after; or the end of the file in a few bytes.
    fn end(&mut self, pending: &[u8]) -> Result<(), NotMp3> {
        let zeros = pending.iter().take_while(|byte| **byte == 0).count();
        if zeros > 0 {
            return self.pass(pending, zeros as u64);
        }
        let lyrics = pending.starts_with(b"LYRICSBEGIN");
        let rest = self.frames > 0 && pending.len() < 4;
        if lyrics || rest {
            self.over = true;
            return self.pass(pending, pending.len() as u64);
        }
        Err(NotMp3::Noise { at: self.at })
    }
}

/// The length of the tag that these bytes begin.
fn tag(bytes: &[u8]) -> Option<u64> {
    let id3 = |size: &[u8]| size.iter().fold(0_u64, |sum, byte| sum << 7 | u64::from(byte & 0x7f));
    match bytes {
        // ID3v2.4 §3.1: a size of 28 bits, without header and footer.
        [b'I', b'D', b'3', _, _, flags, size @ ..] => {
            let footer = if flags & 0x10 == 0 { 0 } else { 10 };
            Some(10 + id3(size.get(..4)?) + footer)
        }
        [b'T', b'A', b'G', ..] => Some(128),
        // APEv2: a size that counts the footer, and not the header that these bytes are.
        [b'A', b'P', b'E', b'T', b'A', b'G', b'E', b'X', rest @ ..] => {
            let size: [u8; 4] = rest.get(4..8)?.try_into().ok()?;
            let is_header = rest.get(15).is_some_and(|flags| flags & 0x20 != 0);
            Some(if is_header { 32 + u64::from(u32::from_le_bytes(size)) } else { 32 })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
