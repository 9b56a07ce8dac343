use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f27";

fn parse(document: &Value) -> Result<Answer, BadAnswer> {
    Answer::parse(document.to_string().as_bytes(), ID.parse().unwrap())
}

fn whole() -> Value {
    json!({
        "occurrence": ID,
        "title": " Rust\n and more ",
        "audio_url": "https://maker.example/a.mp3?sig=1",
        "audio_sha256": "AB".repeat(32),
        "edition": "shortened",
        "reason": "three articles only",
        "chapters": [{"start_ms": 0, "title": "Opening"},
            {"start_ms": 9_000, "title": "Rust", "url": "https://blog.example/rust"}],
        "transcript": "\u{feff}WEBVTT\n\n00:00.000 --> 00:01.000\nHello",
        "unheard_of": true,
    })
}

fn with(key: &str, value: Value) -> Value {
    let mut document = whole();
    document[key] = value;
    document
}

#[test]
fn a_whole_program_is_read() {
    let Ok(Answer::Program(offer)) = parse(&whole()) else { panic!("{:?}", parse(&whole())) };
    assert_eq!(offer.title, "Rust and more");
    assert_eq!(offer.audio_url.as_str(), "https://maker.example/a.mp3?sig=1");
    assert_eq!(offer.audio_sha256, Some("ab".repeat(32)));
    assert_eq!((offer.edition, offer.reason.as_deref()), (Edition::Shortened, Some("three articles only")));
    assert_eq!(offer.chapters[1].start_ms, 9_000);
    assert!(offer.transcript.as_deref().is_some_and(|text| text.starts_with("WEBVTT\n")));
    let stored = serde_json::to_string(&Answer::Program(offer.clone())).unwrap();
    assert_eq!(serde_json::from_str::<Answer>(&stored).unwrap(), Answer::Program(offer));
}

#[test]
fn a_title_and_audio_are_enough() {
    let document = json!({"occurrence": ID, "title": "朝", "audio_url": "http://maker.example/a.mp3"});
    let Ok(Answer::Program(offer)) = parse(&document) else { panic!("{:?}", parse(&document)) };
    assert_eq!((offer.edition, offer.reason, offer.chapters.len()), (Edition::Full, None, 0));
}

#[test]
fn nothing_to_say_and_failure_are_answers() {
    let nothing = json!({"occurrence": ID, "nothing": "no new articles"});
    assert_eq!(parse(&nothing), Ok(Answer::Nothing("no new articles".into())));
    let failed = json!({"occurrence": ID, "failed": "model\nis down"});
    assert_eq!(parse(&failed), Ok(Answer::Failed("model is down".into())));
}

#[test]
fn what_cannot_be_used_is_refused_in_one_line() {
    let chapter = |start_ms: u64| json!({"start_ms": start_ms, "title": "x"});
    let many: Vec<Value> = (0..256).map(chapter).collect();
    let other = "0193a5c0-7d3e-7c11-b2f0-5a1c9e4d8f28";
    for (document, expected) in [
        (json!([]), "cannot be read"),
        (json!({"title": "x"}), "missing field `occurrence`"),
        (with("occurrence", json!("today")), "cannot be read"),
        (with("occurrence", json!(other)), "send each to its own callback_url"),
        (with("nothing", json!("x")), "must have one of"),
        (with("audio_url", Value::Null), "must have one of"),
        (with("audio_url", json!("file:///etc/passwd")), "audio_url must be an http"),
        (with("audio_url", json!("https://me:it@maker.example/")), "audio_url must be an http"),
        (with("audio_url", json!(format!("https://maker.example/{}", "a".repeat(2_000)))), "audio_url must"),
        (with("audio_sha256", json!("abc")), "audio_sha256 must have 64"),
        (with("title", json!("\u{0}\n")), "title is missing or empty"),
        (with("title", json!("x".repeat(301))), "title is too long"),
        (with("edition", json!("long")), "cannot be read"),
        (with("edition", json!("full")), "reason belongs to"),
        (with("reason", Value::Null), "reason is missing"),
        (with("chapters", json!([chapter(5), chapter(5)])), "chapters must be in order"),
        (with("chapters", json!(many)), "chapters are more than 255"),
        (with("chapters", json!([{"start_ms": -1, "title": "x"}])), "cannot be read"),
        (with("chapters", json!([{"start_ms": 0, "title": "x", "url": "javascript:1"}])), "chapters[].url"),
        (with("transcript", json!("WEBVTTish")), "transcript must be WebVTT"),
        (with("transcript", json!("WEBVTT\n\0")), "NUL"),
        (with("transcript", json!(format!("WEBVTT\n{}", "x".repeat(512 << 10)))), "512 KiB"),
    ] {
        let error = parse(&document).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains('\n'), "{expected:?} in {error}");
    }
    assert_eq!(
        Answer::parse(&vec![b' '; MOST_BYTES + 1], ID.parse().unwrap()),
        Err(BadAnswer::TooLarge(MOST_BYTES + 1))
    );
}

proptest! {
    #[test]
    fn a_cut_document_is_never_an_answer(cut in 0.0..1.0_f64) {
        let document = whole().to_string();
        let bytes = (document.len() as f64 * cut) as usize;
        let parsed = Answer::parse(&document.as_bytes()[..bytes], ID.parse().unwrap());
        prop_assert!(matches!(parsed, Err(BadAnswer::Form(_))), "{:?}", parsed);
    }

    #[test]
    fn whatever_comes_is_judged_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Answer::parse(&bytes, ID.parse().unwrap()).is_err());
    }
}
