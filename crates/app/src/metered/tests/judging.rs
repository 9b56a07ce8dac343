//! What the end of a call says of its provider.

use super::{super::judge, *};
use domain::provider::{Answer, Units};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_writers_end_counts_as_what_it_was() {
    let url = || "http://writer.example".to_owned();
    let (model, reason) = (|| "m".to_owned(), || "why".to_owned());
    let throttled = Answer::Throttled { retry_after: Some(1_000_000) };
    let unread = || WriterError::Unreadable { model: model(), reason: reason() };
    for (error, answer) in [
        (WriterError::Unreachable { url: url(), reason: reason() }, Answer::Failed),
        (WriterError::Lost { url: url(), reason: reason() }, Answer::Lost),
        (WriterError::Throttled { url: url(), retry_after: Some(SECOND), reason: reason() }, throttled),
        (
            WriterError::Server { url: url(), status: 503, retry_after: Some(SECOND), reason: reason() },
            throttled,
        ),
        (
            WriterError::Server { url: url(), status: 500, retry_after: None, reason: reason() },
            Answer::Failed,
        ),
        (WriterError::QuotaSpent { url: url(), reason: reason() }, Answer::Failed),
        (WriterError::Unauthorised { url: url(), status: 401 }, Answer::Rejected),
        (WriterError::Rejected { url: url(), status: 400, reason: reason() }, Answer::Rejected),
        (unread(), Answer::Answered(None)),
        (WriterError::Refused { model: model(), reason: reason() }, Answer::Answered(None)),
    ] {
        let said = error.to_string();
        assert_eq!(judge::written(&Err(error)), answer, "{said}");
    }
}

#[test]
fn what_the_server_counted_is_what_counts_and_no_count_is_a_guess() {
    let written = |usage| {
        let script = Script { lines: Vec::new() };
        judge::written(&Ok(Written { script, by: WrittenBy::Model("m".into()), usage, dropped: 0 }))
    };
    let units = Units { requests: 2, input_tokens: 10, output_tokens: 5, characters: 0 };
    let usage = Usage { prompt_tokens: 10, completion_tokens: 5, requests: 2 };
    assert_eq!(written(usage), Answer::Answered(Some(units)));
    assert_eq!(written(Usage { requests: 1, ..Usage::default() }), Answer::Answered(None));
}

#[test]
fn a_voices_end_counts_as_what_it_was() {
    let asked = Units { requests: 1, characters: 9, ..Units::default() };
    let host = || "voice.example".to_owned();
    let reason = || "why".to_owned();
    for (error, answer) in [
        (VoiceError::NothingToSay { chars: 3 }, Answer::Unused),
        (VoiceError::WrongLanguage { voice: "voicevox", language: Language::En }, Answer::Unused),
        (VoiceError::Unreachable { host: host(), reason: reason() }, Answer::Failed),
        (down(), Answer::Failed),
        (lost(), Answer::Lost),
        (VoiceError::Throttled { host: host(), retry_after: None }, Answer::Throttled { retry_after: None }),
        (VoiceError::Refused { host: host(), status: 401 }, Answer::Rejected),
        (VoiceError::BadRequest { host: host(), status: 400, reason: reason() }, Answer::Rejected),
        (VoiceError::BadAudio { host: host(), reason: reason() }, Answer::Lost),
    ] {
        let said = error.to_string();
        assert_eq!(judge::spoken(&Err(error), asked), answer, "{said}");
    }
    let pcm = Pcm { samples: vec![0.0], rate: 24_000 };
    assert_eq!(judge::spoken(&Ok(pcm), asked), Answer::Answered(Some(asked)));
}
