//! MP3 as encoders make it, counted by ours and by ffprobe.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{path::Path, process::Command};
use studio::mp3::{NotMp3, Walk};

const SECONDS: u64 = 7;

fn tool(name: &str, args: &[&str]) -> String {
    let output = match Command::new(name).args(args).output() {
        Ok(output) => output,
        Err(error) => panic!("cannot run {name}: {error}; install it with: apt-get install ffmpeg"),
    };
    assert!(output.status.success(), "{name} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn encode(file: &Path, args: &[&str]) -> Vec<u8> {
    let sound = format!("sine=frequency=330:duration={SECONDS}");
    let mut all = vec!["-v", "error", "-y", "-f", "lavfi", "-i", &sound];
    all.extend_from_slice(args);
    all.push(file.to_str().unwrap());
    tool("ffmpeg", &all);
    std::fs::read(file).unwrap()
}

fn measure(bytes: &[u8]) -> Result<studio::mp3::Measured, NotMp3> {
    let mut walk = Walk::default();
    for piece in bytes.chunks(1_009) {
        walk.push(piece)?;
    }
    walk.finish()
}

#[test]
fn every_common_form_is_measured_as_ffprobe_does() {
    let folder = tempfile::tempdir().unwrap();
    let forms: [(&str, &[&str], u32, u8); 7] = [
        ("cbr", &["-b:a", "128k", "-ac", "2", "-metadata", "title=朝", "-write_id3v1", "1"], 44_100, 2),
        ("vbr", &["-q:a", "4", "-ac", "2", "-ar", "48000"], 48_000, 2),
        ("abr", &["-abr", "1", "-b:a", "112k", "-ac", "1"], 44_100, 1),
        ("low", &["-b:a", "32k", "-ac", "1", "-ar", "22050"], 22_050, 1),
        ("lowest", &["-b:a", "8k", "-ac", "1", "-ar", "8000"], 8_000, 1),
        ("bare", &["-b:a", "64k", "-ac", "1", "-write_xing", "0", "-id3v2_version", "0"], 44_100, 1),
        ("shine", &["-c:a", "libshine", "-b:a", "160k", "-ac", "2"], 44_100, 2),
    ];
    for (name, args, hz, channels) in forms {
        let file = folder.path().join(format!("{name}.mp3"));
        let bytes = encode(&file, args);
        let measured = measure(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let probe =
            ["-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"];
        let packets = tool("ffprobe", &[&probe[..], &[file.to_str().unwrap()]].concat());
        assert_eq!(measured.frames.to_string(), packets.trim().trim_end_matches(','), "{name}");
        assert_eq!((measured.sample_rate_hz, measured.channels), (hz, channels), "{name}");
        assert_eq!(measured.bytes, bytes.len() as u64, "{name}");
        // An encoder's delay and its last frame's padding come on top.
        let over_ms = measured.duration_ms.checked_sub(SECONDS * 1_000).unwrap();
        assert!(over_ms < 250, "{name}: {over_ms} ms more");
    }
}

#[test]
fn half_of_a_file_and_other_containers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = encode(&folder.path().join("a.mp3"), &["-q:a", "4"]);
    let half = measure(&whole[..whole.len() / 2]);
    assert!(matches!(half, Err(NotMp3::Cut { announced, found }) if found < announced), "{half:?}");
    for name in ["a.wav", "a.ogg", "a.m4a", "a.flac", "a.mp2", "a.aac"] {
        let bytes = encode(&folder.path().join(name), &[]);
        let measured = measure(&bytes);
        assert!(matches!(measured, Err(NotMp3::Noise { .. })), "{name}: {measured:?}");
    }
}
