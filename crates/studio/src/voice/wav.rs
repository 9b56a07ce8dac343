//! WAV as speech servers send it: RIFF, 16-bit integers or 32-bit floats, one or two channels.

use super::Pcm;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WavFault {
    #[error("the answer is empty")]
    Empty,
    #[error("it is a page of text, not audio")]
    Text,
    #[error("it is not a wav file")]
    NotWav,
    #[error("its format {format} with {bits} bits and {channels} channels is not supported")]
    Format { format: u16, bits: u16, channels: u16 },
    #[error("it is cut short: {have} of {promised} bytes")]
    Truncated { have: usize, promised: usize },
    #[error("it holds no samples")]
    NoSamples,
}

/// Longest header chunk list looked through; a real one has a handful.
const MOST_CHUNKS: usize = 64;

pub(super) fn parse(bytes: &[u8]) -> Result<Pcm, WavFault> {
    let start = bytes.trim_ascii_start();
    match start.first() {
        None => return Err(WavFault::Empty),
        Some(b'<' | b'{' | b'[') => return Err(WavFault::Text),
        _ => {}
    }
    let is_wav = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE".as_slice());
    if !is_wav {
        return Err(WavFault::NotWav);
    }
    let mut rest = bytes.get(12..).unwrap_or_default();
    let mut format = None;
    for _ in 0..MOST_CHUNKS {
        let Some((header, body)) = rest.split_at_checked(8) else { break };
        let promised = usize::try_from(long(header, 4).unwrap_or(0)).unwrap_or(usize::MAX);
        match header.get(..4) {
            Some(b"fmt ") => format = Format::of(body),
            Some(b"data") => return samples(format.ok_or(WavFault::NotWav)?, body, promised),
            _ => {}
        }
        // Chunks are padded to even lengths.
        rest = body.get(promised.saturating_add(promised % 2)..).unwrap_or_default();
    }
    Err(WavFault::NoSamples)
}

#[derive(Clone, Copy)]
struct Format {
    format: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

impl Format {
    fn of(body: &[u8]) -> Option<Self> {
        let extensible = short(body, 0)? == 0xfffe;
        Some(Self {
            format: short(body, if extensible { 24 } else { 0 })?,
            channels: short(body, 2)?,
            rate: long(body, 4)?,
            bits: short(body, 14)?,
        })
    }
}

fn samples(format: Format, body: &[u8], promised: usize) -> Result<Pcm, WavFault> {
    // A server that streams does not know the length yet and writes the largest.
    let streamed = promised >= 0x7fff_ff00;
    if !streamed && body.len() < promised {
        return Err(WavFault::Truncated { have: body.len(), promised });
    }
    let data = if streamed { body } else { body.get(..promised).unwrap_or_default() };
    let Format { format: kind, channels, rate, bits } = format;
    let values: Vec<f32> = match (kind, bits) {
        (1, 16) => data
            .chunks_exact(2)
            .filter_map(|pair| Some(f32::from(i16::from_le_bytes(pair.try_into().ok()?)) / 32_768.0))
            .collect(),
        (3, 32) => data
            .chunks_exact(4)
            .filter_map(|four| Some(f32::from_le_bytes(four.try_into().ok()?)))
            .map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 })
            .collect(),
        _ => return Err(WavFault::Format { format: kind, bits, channels }),
    };
    let samples = match channels {
        1 => values,
        2 => values.chunks_exact(2).map(|pair| pair.iter().sum::<f32>() / 2.0).collect(),
        _ => return Err(WavFault::Format { format: kind, bits, channels }),
    };
    if samples.is_empty() || !(8_000..=192_000).contains(&rate) {
        return Err(WavFault::NoSamples);
    }
    Ok(Pcm { rate, samples })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wav(format: u16, channels: u16, bits: u16, promised: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        bytes.extend(format.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(24_000_u32.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend(promised.to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn integers_floats_stereo_and_streams_are_read() {
        let half = [0, 0x40, 0, 0xc0];
        let expected = Pcm { rate: 24_000, samples: vec![0.5, -0.5] };
        assert_eq!(parse(&wav(1, 1, 16, 4, &half)), Ok(expected.clone()));
        assert_eq!(parse(&wav(1, 1, 16, u32::MAX, &half)), Ok(expected));
        assert_eq!(parse(&wav(1, 2, 16, 4, &half)).unwrap().samples, [0.0]);
        assert_eq!(parse(&wav(3, 1, 32, 4, &0.25_f32.to_le_bytes())).unwrap().samples, [0.25]);
    }

    #[test]
    fn each_fault_is_told_apart() {
        assert_eq!(parse(b""), Err(WavFault::Empty));
        assert_eq!(parse(b"\n<!doctype html>"), Err(WavFault::Text));
        assert_eq!(parse(b"{\"error\":1}"), Err(WavFault::Text));
        assert_eq!(parse(b"ID3xxxxxxxxxxxx"), Err(WavFault::NotWav));
        assert_eq!(parse(&wav(1, 1, 16, 8, &[0; 4])), Err(WavFault::Truncated { have: 4, promised: 8 }));
        assert_eq!(parse(&wav(1, 1, 16, 0, &[])), Err(WavFault::NoSamples));
        assert_eq!(
            parse(&wav(6, 1, 8, 2, &[0; 2])),
            Err(WavFault::Format { format: 6, bits: 8, channels: 1 })
        );
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(mut bytes in prop::collection::vec(any::<u8>(), 0..120), real in any::<bool>()) {
            if real {
                let header = wav(1, 1, 16, 40, &[]);
                bytes.splice(0..0, header);
            }
            if let Ok(pcm) = parse(&bytes) {
                prop_assert!(!pcm.samples.is_empty());
            }
        }
    }
}
