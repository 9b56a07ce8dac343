//! Programs by a voice that costs money: the budget holds, what falters is borne, and everybody is served.

use super::{
    documents::{RIVER, good, item, rss},
    run::Home,
    server::{Answer, Server, reply},
};
use serde_json::json;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};
use store::providers::ProviderRow;

/// In millionths of a dollar; a character costs 10.
const BUDGET: u64 = 6_000;

/// A home whose voice is paid for, and is at `server`.
fn home(server: &Server) -> Home {
    let mut home = Home::new();
    for (name, value) in [
        ("VOICE__KIND", "openai"),
        ("VOICE__BASE_URL", &server.url("/v1")),
        ("VOICE__PROVIDER", "speech"),
        ("PROVIDERS__SPEECH__PARALLEL", "2"),
        ("PROVIDERS__SPEECH__USD_PER_MILLION_CHARACTERS", "10"),
        ("PROVIDERS__SPEECH__DAILY_BUDGET_USD", "0.006"),
    ] {
        home.set(&format!("MIMIYORI_{name}"), value);
    }
    home
}

/// Makes everybody's programs; how the provider stands after that.
fn all_are_made(home: &Home) -> ProviderRow {
    let ended = home.run(&["demo", "--once", "--listeners", "2"]).succeeds();
    assert!(ended.stderr.contains("published 2 of 2"), "{}", ended.stderr);
    let url = format!("sqlite://{}", home.path("data/mimiyori.db").display());
    #[expect(clippy::disallowed_methods, reason = "it is the real clock that the binary has read")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = store::Store::open(&url).await.unwrap();
        store.providers(now).await.unwrap().remove(0)
    })
}

#[test]
fn a_budget_holds_and_what_it_does_not_pay_is_said_by_the_embedded_voice() {
    let server = Server::start(|_| reply(200, "content-type: audio/wav\r\n", wav()));
    let home = home(&server);
    let provider = all_are_made(&home);
    let spent = provider.standing.spent_day_micro_usd;
    assert!(server.requests() > 0 && (1..=BUDGET).contains(&spent), "{provider:?}");
    assert_eq!(provider.standing.open, 0, "all is settled");
    // Nothing is left to make, and nothing is paid: today's budget is as it was.
    let asked = server.requests();
    assert_eq!(all_are_made(&home).standing.spent_day_micro_usd, spent);
    assert_eq!(server.requests(), asked);
}

#[test]
fn a_provider_that_slows_down_and_fails_now_and_then_is_borne() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let server = Server::start(|_| match CALLS.fetch_add(1, Ordering::SeqCst) {
        1 => reply(429, "retry-after: 1\r\n", "slow down"),
        3 => reply(500, "", "sorry"),
        5 => Answer::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\nRIFF".to_vec()),
        _ => reply(200, "content-type: audio/wav\r\n", wav()),
    });
    let provider = all_are_made(&home(&server));
    assert!(server.requests() > 5, "it is asked again");
    assert!(provider.standing.spent_day_micro_usd <= BUDGET, "{provider:?}");
}

#[test]
fn a_provider_that_is_switched_off_is_not_called() {
    let server = Server::start(|_| reply(200, "content-type: audio/wav\r\n", wav()));
    let mut home = home(&server);
    home.set("MIMIYORI_PROVIDERS__SPEECH__DAILY_BUDGET_USD", "5");
    assert!(home.run(&["admin", "provider", "off", "speach"]).fails(1).contains("there is none"));
    // What is configured can be switched off before anything was made with it.
    home.run(&["admin", "provider", "off", "speech"]).succeeds();
    home.generate(&home.file("feed.xml", good()), &[]).fails(5);
    assert_eq!(server.requests(), 0);
    home.run(&["admin", "provider", "on", "speech"]).succeeds();
    home.generate(&home.file("feed.xml", good()), &[]).succeeds();
    let asked = server.requests();
    let switch =
        |wish: &[&str]| home.run(&[&["admin", "provider"], wish, &["--json"]].concat()).succeeds().json();
    assert_eq!(switch(&["off", "speech", "--reason", "leak"]), json!({"provider": "speech", "off": "leak"}));
    let status = home.run(&["admin", "status", "--json"]).succeeds().json();
    assert_eq!(status["providers"][0]["off"], "leak");
    let news = home.file("news.xml", rss(&item("River", RIVER)));
    let line = home.generate(&news, &[]).fails(5);
    assert!(line.contains("speech is not called: the operator has switched it off"), "{line}");
    assert_eq!(server.requests(), asked);
    assert_eq!(switch(&["on", "speech"]), json!({"provider": "speech", "off": null}));
    home.generate(&news, &[]).succeeds();
    assert!(server.requests() > asked);
}

/// Half a second of a tone.
fn wav() -> Vec<u8> {
    const SAMPLES: u32 = 12_000;
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(24_000_u32.to_le_bytes());
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend((2 * SAMPLES).to_le_bytes());
    bytes.extend((0..SAMPLES).flat_map(|at| (((f64::from(at) * 0.1).sin() * 8_000.0) as i16).to_le_bytes()));
    bytes
}
