//! LAME, told to make frames that can be joined: constant bit rate, no bit reservoir, no tags.
//!
//! The only place with `unsafe`: two of LAME's settings have no safe wrapper.

use super::MixError;
use domain::AudioFormat;
use mp3lame_encoder::{
    Bitrate, Builder, Encoder, FlushGap, Mode, MonoPcm, Quality, max_required_buffer_size,
};

/// Samples handed over at once.
const BLOCK: usize = 64 * 1_152;

/// The decoded stream runs behind what was encoded by this many samples: 576 by LAME, 529 by any
/// decoder (the synthesis filter bank's 528 and one).
pub(super) const DELAY: u64 = 1_105;

/// LAME's first step with noise shaping. Ten minutes take 2.6 s at 48 kHz; without shaping 1.5 s, and
/// two steps better 4.1 s.
const QUALITY: Quality = Quality::Good;

/// LAME's presets for these bit rates scale by 0.95 (−0.45 dB): undone, so that the level that goes in
/// comes out.
const UNDO_PRESET_SCALE: f32 = 1.0 / 0.95;

/// Whole frames of one format, in the making.
pub(super) struct Frames {
    format: AudioFormat,
    encoder: Encoder,
    mp3: Vec<u8>,
}

impl Frames {
    pub(super) fn new(format: AudioFormat, expected_samples: usize) -> Result<Self, MixError> {
        let failed = |reason: &dyn std::fmt::Display| refused(format, reason);
        let mut builder = Builder::new().ok_or_else(|| failed(&"out of memory"))?;
        builder.set_num_channels(1).map_err(|error| failed(&error))?;
        builder.set_mode(Mode::Mono).map_err(|error| failed(&error))?;
        builder.set_sample_rate(format.sample_rate()).map_err(|error| failed(&error))?;
        builder
            .set_output_sample_rate(std::num::NonZeroU32::new(format.sample_rate()))
            .map_err(|error| failed(&error))?;
        builder.set_brate(bitrate(format)).map_err(|error| failed(&error))?;
        builder.set_quality(QUALITY).map_err(|error| failed(&error))?;
        builder.set_to_write_vbr_tag(false).map_err(|error| failed(&error))?;
        if !unwrapped::join_safely(&mut builder, UNDO_PRESET_SCALE) {
            return Err(failed(&"lame refused to work without its bit reservoir"));
        }
        let encoder = builder.build().map_err(|error| failed(&error))?;
        let frames = expected_samples / format.samples_per_frame() as usize + 4;
        let room = frames * format.bytes_per_frame() as usize + max_required_buffer_size(BLOCK);
        Ok(Self { format, encoder, mp3: Vec::with_capacity(room) })
    }

    pub(super) fn push(&mut self, samples: &[f32]) -> Result<(), MixError> {
        for block in samples.chunks(BLOCK) {
            self.mp3.reserve(max_required_buffer_size(block.len()));
            self.encoder
                .encode_to_vec(MonoPcm(block), &mut self.mp3)
                .map_err(|error| refused(self.format, &error))?;
        }
        Ok(())
    }

    /// The frames' bytes and their number. Flushes with the gap: without it LAME cuts the tail.
    pub(super) fn finish(mut self) -> Result<(Vec<u8>, u64), MixError> {
        self.mp3.reserve(max_required_buffer_size(0));
        self.encoder.flush_to_vec::<FlushGap>(&mut self.mp3).map_err(|error| refused(self.format, &error))?;
        self.mp3.shrink_to_fit();
        let frames = whole_frames(&self.mp3, self.format).map_err(|reason| refused(self.format, &reason))?;
        Ok((self.mp3, frames))
    }
}

fn refused(format: AudioFormat, reason: &dyn std::fmt::Display) -> MixError {
    MixError::Encode { format: format.name(), reason: reason.to_string() }
}

const fn bitrate(format: AudioFormat) -> Bitrate {
    match format {
        AudioFormat::Standard => Bitrate::Kbps96,
        AudioFormat::Small => Bitrate::Kbps64,
    }
}

/// The first three bytes of every frame: sync, layer III without CRC, bit rate, sample rate, no padding.
pub(super) const fn frame_header(format: AudioFormat) -> [u8; 3] {
    match format {
        AudioFormat::Standard => [0xff, 0xfb, 0x74],
        AudioFormat::Small => [0xff, 0xf3, 0x84],
    }
}

/// Bytes of header and side information before a mono frame's main data, where an Info tag would be.
pub(super) const fn info_offset(format: AudioFormat) -> usize {
    match format {
        AudioFormat::Standard => 4 + 17,
        AudioFormat::Small => 4 + 9,
    }
}

/// Counts frames, and makes sure that they are nothing else: what is joined by bytes must be exact.
fn whole_frames(mp3: &[u8], format: AudioFormat) -> Result<u64, &'static str> {
    let frames = mp3.chunks_exact(format.bytes_per_frame() as usize);
    if mp3.is_empty() || !frames.remainder().is_empty() {
        return Err("lame did not end on a whole frame");
    }
    if !frames.clone().all(|frame| frame.starts_with(&frame_header(format))) {
        return Err("lame left the constant frame size");
    }
    let tag = mp3.get(info_offset(format)..).unwrap_or_default();
    if tag.starts_with(b"Info") || tag.starts_with(b"Xing") {
        return Err("lame began with an info frame");
    }
    Ok(frames.len() as u64)
}

mod unwrapped {
    #![expect(unsafe_code, reason = "two LAME settings have no safe wrapper")]

    use mp3lame_encoder::Builder;
    use mp3lame_sys::{lame_set_disable_reservoir, lame_set_scale};

    /// Makes frames independent of each other and sets the input scale. `true` when both were taken.
    pub(super) fn join_safely(builder: &mut Builder, scale: f32) -> bool {
        // SAFETY: the builder owns a live LAME handle from `lame_init` for as long as it is borrowed;
        // both calls only store a number in it and keep no pointer.
        unsafe {
            let lame = builder.as_ptr();
            lame_set_disable_reservoir(lame, 1) == 0 && lame_set_scale(lame, scale) == 0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_frames_is_refused() {
        let format = AudioFormat::Standard;
        let mut frame = vec![0_u8; 288];
        frame[..3].copy_from_slice(&frame_header(format));
        assert_eq!(whole_frames(&frame.repeat(3), format), Ok(3));
        assert!(whole_frames(&[], format).is_err());
        assert!(whole_frames(&frame[..287], format).is_err());
        let mut padded = frame.repeat(2);
        padded[290] |= 2;
        assert!(whole_frames(&padded, format).is_err());
        frame[21..25].copy_from_slice(b"Info");
        assert!(whole_frames(&frame, format).is_err());
    }
}
