//! The folder that `generate` leaves: what DESIGN §9 says stands in it.

use super::run::Home;
use serde_json::Value;
use std::fs;

pub const NAMES: [&str; 4] = ["chapters.json", "program.json", "program.mp3", "transcript.vtt"];

pub struct Folder {
    pub program: Value,
    pub mp3: Vec<u8>,
    pub transcript: String,
}

impl Folder {
    /// Reads it, and checks all that holds for every program.
    #[track_caller]
    pub fn whole(home: &Home, name: &str) -> Self {
        assert_eq!(home.names_in(name), NAMES);
        let read = |file: &str| fs::read(home.path(name).join(file)).unwrap();
        let json = |file: &str| serde_json::from_slice::<Value>(&read(file)).unwrap();
        let (program, chapters, mp3) = (json("program.json"), json("chapters.json"), read("program.mp3"));

        assert_eq!(program["bytes"], mp3.len());
        assert!(mp3.starts_with(b"ID3"));
        assert_eq!(program["edition"] == "full", program["reason"].is_null(), "{program}");
        let mut end = Value::from(0);
        for segment in program["segments"].as_array().unwrap() {
            assert_eq!(segment["start_ms"], end, "segments follow each other");
            end = segment["end_ms"].clone();
        }
        assert_eq!(program["duration_ms"], end);

        let transcript = String::from_utf8(read("transcript.vtt")).unwrap();
        assert!(transcript.starts_with("WEBVTT\n"));
        let folder = Self { program, mp3, transcript };
        let chapters = chapters["chapters"].as_array().unwrap();
        for article in folder.articles() {
            let start = article["start_ms"].as_f64().unwrap() / 1_000.0;
            let starts = |chapter: &Value| (chapter["startTime"].as_f64().unwrap() - start).abs() < 0.03;
            assert!(chapters.iter().any(starts), "no chapter at {start} in {chapters:?}");
        }
        folder
    }

    pub fn articles(&self) -> Vec<&Value> {
        let segments = self.program["segments"].as_array().unwrap();
        segments.iter().filter(|segment| segment["kind"] == "article").collect()
    }

    /// All that is said.
    pub fn words(&self) -> String {
        let segments = self.program["segments"].as_array().unwrap();
        segments.iter().map(|segment| segment["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }
}
