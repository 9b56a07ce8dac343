//! One frame's header, and the info frame that some encoders put first.

/// What must be the same in all frames of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) sample_rate_hz: u32,
    pub(super) channels: u8,
    pub(super) samples_per_frame: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) shape: Shape,
    pub(super) bytes: u64,
    /// Where an Xing or Info header would be: after the side information.
    info_at: usize,
}

/// kbit/s by index, 1 to 14; 0 is "free", of no stated length, and 15 forbidden.
const KBIT_PER_S: [u64; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
/// The same for the lower sample rates.
const KBIT_PER_S_LOW: [u64; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/// Hz by index, at full rate.
const HZ: [u32; 3] = [44_100, 48_000, 32_000];
/// Fraunhofer's header has one place, whatever the frame.
const VBRI_AT: usize = 36;

impl Frame {
    /// Reads a header of layer III; `None` for anything else.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [0xff, second, third, fourth, ..] = *bytes else { return None };
        if second & 0xe0 != 0xe0 || second & 0x06 != 0x02 {
            return None;
        }
        let (full_rate, divisor) = match second >> 3 & 0b11 {
            0b11 => (true, 1),
            0b10 => (false, 2),
            // MPEG 2.5, an extension that every decoder knows.
            0b00 => (false, 4),
            _ => return None,
        };
        let kbit_per_s = if full_rate { KBIT_PER_S } else { KBIT_PER_S_LOW };
        let kbit_per_s = kbit_per_s.get(usize::from(third >> 4).checked_sub(1)?)?;
        let sample_rate_hz = HZ.get(usize::from(third >> 2 & 0b11))? / divisor;
        let channels = if fourth >> 6 == 0b11 { 1 } else { 2 };
        let samples_per_frame = if full_rate { 1_152 } else { 576 };
        let padding = u64::from(third >> 1 & 1);
        let bytes =
            u64::from(samples_per_frame) / 8 * kbit_per_s * 1_000 / u64::from(sample_rate_hz) + padding;
        let side_info = match (full_rate, channels) {
            (true, 1) | (false, 2) => 17,
            (true, _) => 32,
            (false, _) => 9,
        };
        Some(Self {
            shape: Shape { sample_rate_hz, channels, samples_per_frame },
            bytes,
            info_at: 4 + side_info,
        })
    }

    /// Whether it holds numbers about the file instead of sound.
    pub(super) fn is_info(&self, bytes: &[u8]) -> bool {
        self.xing(bytes).is_some() || vbri(bytes).is_some()
    }

    /// How many frames follow, as an info frame says.
    pub(super) fn announced(&self, bytes: &[u8]) -> Option<u64> {
        let count = match (self.xing(bytes), vbri(bytes)) {
            // The count is there only if the first flag is set.
            (Some(&[_, _, _, flags, a, b, c, d, ..]), _) if flags & 1 == 1 => [a, b, c, d],
            (None, Some(&[_, _, _, _, _, _, _, _, _, _, a, b, c, d, ..])) => [a, b, c, d],
            _ => return None,
        };
        Some(u64::from(u32::from_be_bytes(count)))
    }

    fn xing<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let header = bytes.get(self.info_at..)?;
        header.strip_prefix(b"Xing").or_else(|| header.strip_prefix(b"Info"))
    }
}

fn vbri(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(VBRI_AT..)?.strip_prefix(b"VBRI")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_the_standard_has_them() {
        for (header, hz, channels, bytes) in [
            ([0xff, 0xfb, 0x74, 0xc4], 48_000, 1, 288),
            ([0xff, 0xf3, 0x84, 0xc4], 24_000, 1, 192),
            // 128 kbit/s at 44.1 kHz, joint stereo, without and with padding.
            ([0xff, 0xfb, 0x90, 0x64], 44_100, 2, 417),
            ([0xff, 0xfb, 0x92, 0x64], 44_100, 2, 418),
            // MPEG 2.5, 8 kbit/s at 8 kHz.
            ([0xff, 0xe3, 0x18, 0xc0], 8_000, 1, 72),
        ] {
            let frame = Frame::read(&header).unwrap();
            let read = (frame.shape.sample_rate_hz, frame.shape.channels, frame.bytes);
            assert_eq!(read, (hz, channels, bytes), "{header:x?}");
        }
    }

    #[test]
    fn what_is_no_layer_iii_header_is_refused() {
        for header in [
            [0xff, 0xfb, 0x00, 0xc4],
            [0xff, 0xfb, 0xf4, 0xc4],
            [0xff, 0xfb, 0x7c, 0xc4],
            [0xff, 0xfd, 0x74, 0xc4],
            [0xff, 0xf9, 0x50, 0x80],
            [0xff, 0xeb, 0x74, 0xc4],
            [0x7f, 0xfb, 0x74, 0xc4],
        ] {
            assert_eq!(Frame::read(&header), None, "{header:x?}");
        }
        assert_eq!(Frame::read(&[0xff, 0xfb, 0x74]), None);
    }
}
