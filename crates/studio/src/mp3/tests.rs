use super::*;
use proptest::prelude::*;

/// Silent frames of 48 kHz, mono, 96 kbit/s: 288 bytes and 24 ms each.
fn frames(count: usize) -> Vec<u8> {
    let mut frame = vec![0x55; 288];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x74, 0xc4]);
    frame.repeat(count)
}

/// A frame that says how many follow it.
fn info(count: u32) -> Vec<u8> {
    let mut frame = frames(1);
    frame[21..29].copy_from_slice(b"Info\0\0\0\x01");
    frame[29..33].copy_from_slice(&count.to_be_bytes());
    frame
}

fn measure(bytes: &[u8]) -> Result<Measured, NotMp3> {
    let mut walk = Walk::default();
    walk.push(bytes)?;
    walk.finish()
}

fn id3(body: usize) -> Vec<u8> {
    let mut tag = vec![0; 10 + body];
    tag[..4].copy_from_slice(b"ID3\x03");
    tag[8..10].copy_from_slice(&[(body >> 7) as u8, body as u8 & 0x7f]);
    tag
}

#[test]
fn frames_are_counted_and_timed() {
    let expected =
        Measured { bytes: 50 * 288, frames: 50, duration_ms: 1_200, sample_rate_hz: 48_000, channels: 1 };
    assert_eq!(measure(&frames(50)), Ok(expected));
    let with_info = [info(50), frames(50)].concat();
    assert_eq!(measure(&with_info), Ok(Measured { bytes: 51 * 288, ..expected }));
}

#[test]
fn tags_and_padding_are_passed_over_wherever_they_stand() {
    let ape =
        [b"APETAGEX".as_slice(), &[0xd0, 7, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xa0], &[0; 8 + 40]]
            .concat();
    let tag = [b"TAG".as_slice(), &[b'x'; 125]].concat();
    for (name, bytes) in [
        ("front", [id3(3_000), vec![0; 500], frames(50)].concat()),
        ("two in front", [id3(20), id3(0), frames(50)].concat()),
        ("between", [frames(25), id3(200), frames(25)].concat()),
        ("behind", [frames(50), tag.clone()].concat()),
        ("all behind", [frames(50), ape, b"LYRICSBEGINla la".to_vec(), tag].concat()),
        ("padding behind", [frames(50), vec![0; 999]].concat()),
        ("a torn last frame", [frames(50), frames(1)[..99].to_vec()].concat()),
        ("a torn last header", [frames(50), vec![0xff, 0xfb]].concat()),
    ] {
        let measured = measure(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((measured.frames, measured.bytes), (50, bytes.len() as u64), "{name}");
    }
}

#[test]
fn what_is_no_program_is_refused() {
    let other_rate = frames(1).into_iter().enumerate().map(|(at, byte)| if at == 2 { 0x70 } else { byte });
    let other_rate: Vec<u8> = other_rate.collect();
    for (bytes, expected) in [
        (Vec::new(), NotMp3::Short { duration_ms: 0 }),
        (id3(9_000), NotMp3::Short { duration_ms: 0 }),
        (frames(41), NotMp3::Short { duration_ms: 984 }),
        (b"<!doctype html><title>Sign in</title>".repeat(9), NotMp3::Noise { at: 0 }),
        (b"RIFF....WAVEfmt ".repeat(9), NotMp3::Noise { at: 0 }),
        ([frames(50), b"<html>".repeat(99)].concat(), NotMp3::Noise { at: 50 * 288 }),
        ([frames(50), frames(9)[1..].to_vec()].concat(), NotMp3::Noise { at: 50 * 288 }),
        ([frames(50), other_rate].concat(), NotMp3::Changed { at: 50 * 288 }),
        ([info(99), frames(50)].concat(), NotMp3::Cut { announced: 99, found: 50 }),
    ] {
        assert_eq!(measure(&bytes), Err(expected));
    }
    assert!(measure(&[info(51), frames(50)].concat()).is_ok(), "one that counts itself");
}

proptest! {
    /// Where a network cuts the bytes changes nothing.
    #[test]
    fn pieces_of_any_size_give_the_same(cuts in prop::collection::vec(1_usize..700, 1..60), front in 0_usize..400) {
        let bytes = [id3(front), vec![0; front / 3], info(60), frames(60), b"TAG".repeat(43)[..128].to_vec()].concat();
        let (mut walk, mut rest) = (Walk::default(), bytes.as_slice());
        for cut in cuts.iter().cycle() {
            let (piece, left) = rest.split_at((*cut).min(rest.len()));
            walk.push(piece).unwrap();
            rest = left;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(walk.finish(), measure(&bytes));
        prop_assert_eq!(measure(&bytes).map(|measured| measured.frames), Ok(60));
    }

    #[test]
    fn noise_never_passes(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        prop_assert!(measure(&bytes).is_err());
    }
}
