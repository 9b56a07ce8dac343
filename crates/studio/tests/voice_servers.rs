//! Voices of other servers, over a real socket: what is asked, and what each odd answer becomes.

use domain::{Host, Language, Reading, Readings};
use std::{sync::Arc, time::Duration};
use studio::voice::{
    Failure, OpenAiSpeech, OpenAiVoice, Server, Utterance, Voice, VoiceError, Voicevox, VoicevoxSpeakers,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_partial_json, header, method, path, query_param},
};

fn wav(seconds: f32) -> Vec<u8> {
    let samples = (24_000.0 * seconds) as u32;
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(24_000_u32.to_le_bytes());
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend((2 * samples).to_le_bytes());
    bytes.extend((0..samples).flat_map(|at| (((f64::from(at) * 0.1).sin() * 8_000.0) as i16).to_le_bytes()));
    bytes
}

fn line(text: &str, language: Language, host: Host) -> Utterance {
    let readings = Readings::layered([vec![Reading { surface: "Rust".into(), reading: "ラスト".into() }]]);
    Utterance { text: text.to_owned(), host, language, readings: Arc::new(readings) }
}

fn openai(base: &str) -> OpenAiSpeech {
    let server = Server::new(
        format!("{base}/v1").parse().expect("a url"),
        Some("secret"),
        net::trusted("test").expect("a client"),
    );
    let voice = OpenAiVoice { model: "tts".into(), main: "alloy".into(), guest: "onyx".into() };
    OpenAiSpeech::new(server, voice)
}

fn voicevox(base: &str) -> Voicevox {
    let server = Server::new(base.parse().expect("a url"), None, net::trusted("test").expect("a client"));
    Voicevox::new(server, VoicevoxSpeakers { main: 3, guest: 8 }, "0.24")
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn openai_is_asked_for_the_normalised_line_in_the_hosts_voice() {
    let server = MockServer::start().await;
    for (host, text) in [("alloy", "ラストは速い。"), ("onyx", "そうです。")] {
        Mock::given(path("/v1/audio/speech"))
            .and(header("authorization", "Bearer secret"))
            .and(body_partial_json(serde_json::json!(
                {"model": "tts", "voice": host, "input": text, "response_format": "wav"}
            )))
            .respond_with(ResponseTemplate::new(200).set_body_bytes(wav(1.0)))
            .expect(1)
            .mount(&server)
            .await;
    }
    let voice = openai(&server.uri());
    let main =
        voice.speak(&line("**Rust**は速い。https://example.com/", Language::Ja, Host::Main)).await.unwrap();
    assert_eq!(main.rate, 24_000);
    assert!((main.seconds() - 1.0).abs() < 0.05);
    voice.speak(&line("そうです。", Language::Ja, Host::Guest)).await.unwrap();
    assert_ne!(voice.fingerprint(Language::Ja, Host::Main), voice.fingerprint(Language::Ja, Host::Guest));
}

#[tokio::test]
async fn voicevox_is_asked_twice_a_piece_with_the_hosts_style() {
    let server = MockServer::start().await;
    Mock::given(path("/audio_query"))
        .and(query_param("text", "ラストは速い。"))
        .and(query_param("speaker", "8"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(r#"{"accent_phrases":[]}"#, "application/json"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/synthesis"))
        .and(query_param("speaker", "8"))
        .and(body_partial_json(serde_json::json!({"accent_phrases": []})))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(wav(0.5)))
        .expect(1)
        .mount(&server)
        .await;
    let voice = voicevox(&server.uri());
    let pcm = voice.speak(&line("Rustは速い。", Language::Ja, Host::Guest)).await.unwrap();
    assert!(pcm.seconds() > 0.4);
    let error = voice.speak(&line("Good morning.", Language::En, Host::Main)).await.unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent, "{error}");
}

#[tokio::test]
async fn long_lines_are_asked_in_pieces_and_joined() {
    let server = answering(ResponseTemplate::new(200).set_body_bytes(wav(0.5))).await;
    let text = "これはとても長い原稿の一文です。".repeat(150);
    let pcm = openai(&server.uri()).speak(&line(&text, Language::Ja, Host::Main)).await.unwrap();
    let asked = server.received_requests().await.unwrap().len();
    assert!((2..=4).contains(&asked), "{asked} requests");
    assert!(pcm.seconds() > 0.5 * asked as f64);
}

#[tokio::test]
async fn each_odd_answer_has_its_class() {
    let ok = |body: Vec<u8>| ResponseTemplate::new(200).set_body_bytes(body);
    let wait = Failure::Throttled(Some(Duration::from_secs(7)));
    for (answer, failure, says) in [
        (ResponseTemplate::new(429).insert_header("retry-after", "7"), wait, "wait"),
        (ResponseTemplate::new(503).insert_header("retry-after", "7"), wait, "wait"),
        (ResponseTemplate::new(429), Failure::Throttled(None), "wait"),
        (ResponseTemplate::new(401), Failure::Permanent, "401"),
        (ResponseTemplate::new(400).set_body_string("too long\nmore"), Failure::Input, "too long"),
        (ResponseTemplate::new(500), Failure::Transient, "500"),
        (ok(wav(1.0)[..2_000].to_vec()), Failure::Transient, "cut short"),
        (ok(Vec::new()), Failure::Transient, "empty"),
        (ok(wav(0.0)), Failure::Transient, "no samples"),
        (ok(b"<html><body>login</body></html>".to_vec()), Failure::Transient, "text"),
        (ok(b"ID3\x04 mp3 bytes".to_vec()), Failure::Transient, "not a wav"),
    ] {
        let server = answering(answer).await;
        let error =
            openai(&server.uri()).speak(&line("朝です。", Language::Ja, Host::Main)).await.unwrap_err();
        assert_eq!(error.failure(), failure, "{error}");
        let message = error.to_string();
        assert!(
            message.contains(says) && !message.contains('\n') && !message.contains("secret"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_transient_and_named() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = voicevox(&format!("http://127.0.0.1:{port}"))
        .speak(&line("朝です。", Language::Ja, Host::Main))
        .await
        .unwrap_err();
    assert!(matches!(error, VoiceError::Unreachable { .. }), "{error}");
    assert_eq!(error.failure(), Failure::Transient);
    assert!(error.to_string().contains(&port.to_string()));
}

/// Speech that was made and paid for, and broke off on its way, is not the same as nobody there.
#[tokio::test]
async fn an_answer_that_breaks_off_is_lost() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut request = [0; 1_024];
        assert!(peer.read(&mut request).await.unwrap() > 0);
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: 5000\r\n\r\nRIFF";
        peer.write_all(head).await.unwrap();
    });
    let error = openai(&base).speak(&line("朝です。", Language::Ja, Host::Main)).await.unwrap_err();
    server.await.unwrap();
    assert!(matches!(error, VoiceError::Lost { .. }), "{error}");
    assert_eq!(error.failure(), Failure::Transient);
}
