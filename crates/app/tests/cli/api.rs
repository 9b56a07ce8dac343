//! The API of the real process: its contract, judged by a program that is not ours, and a program from wish to sound.

use super::{documents::ENGLISH_SAMPLES, metrics::Service, run::Home};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// A listener's id and token.
fn listener(home: &Home) -> (String, String) {
    let add =
        ["admin", "listener", "add", "--email", "o@example.org", "--zone", "Asia/Tokyo", "--language", "en"];
    let id = home.run(&[&add[..], &["--role", "operator", "--json"]].concat()).succeeds().json();
    let id = id["id"].as_str().unwrap().to_owned();
    let create = ["admin", "token", "create", "--listener", &id, "--scope", "operate", "--json"];
    let token = home.run(&create).succeeds().json()["token"].as_str().unwrap().to_owned();
    (id, token)
}

/// Status and body of one request.
fn ask(service: &Service, method: &str, path: &str, token: &str, body: Option<&Value>) -> (u16, String) {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(&service.address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn json_of((status, body): (u16, String), expected: u16) -> Value {
    assert_eq!(status, expected, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[test]
fn a_wish_by_the_api_becomes_sound_by_ticks_alone() {
    let home = Home::new();
    let (listener, token) = listener(&home);
    let add =
        ["admin", "feed", "add", "--listener", &listener, "--name", "News", "--source", ENGLISH_SAMPLES];
    let feed =
        home.run(&[&add[..], &["--at", "07:00", "--minutes", "2", "--json"]].concat()).succeeds().json();
    let feed = feed["id"].as_str().unwrap();
    // Neither planner nor worker runs by itself.
    let service = Service::start(&home, &["--role", "web"]);
    let path = format!("/api/v1/feeds/{feed}");
    let shown = json_of(ask(&service, "GET", &path, &token, None), 200);
    assert_eq!((&shown["name"], shown["next_runs"].as_array().unwrap().len()), (&json!("News"), 5));
    let made = json_of(ask(&service, "POST", &format!("{path}/programs"), &token, None), 202);
    let occurrence = format!("/api/v1/occurrences/{}", made["occurrence"].as_str().unwrap());
    let began = Instant::now();
    let done = loop {
        json_of(ask(&service, "POST", "/api/v1/tick", &token, Some(&json!({"work_s": 20}))), 200);
        let now = json_of(ask(&service, "GET", &occurrence, &token, None), 200);
        if now["state"] != "open" && now["state"] != "selected" {
            break now;
        }
        assert!(began.elapsed() < Duration::from_secs(240), "{now}");
    };
    assert_eq!(done["state"], "published", "{done}");
    let program = format!("/api/v1/programs/{}", done["program_id"].as_str().unwrap());
    let program = json_of(ask(&service, "GET", &program, &token, None), 200);
    assert!(program["chapters"].as_array().unwrap().len() > 1, "{program}");
    let url = program["audio_url"].as_str().unwrap();
    let path = &url[url.find("/f/").unwrap()..];
    let (status, sound) = ask(&service, "GET", path, &token, None);
    assert!(status == 200 && sound.starts_with("ID3"), "{status}");
}

#[test]
fn the_contract_is_kept_as_schemathesis_sees_it() {
    let program =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("peers/python/bin/schemathesis");
    assert!(program.exists(), "schemathesis is not installed; cargo xtask test --install installs it");
    let mut home = Home::new();
    home.set("MIMIYORI_SERVER__REQUESTS_PER_MINUTE", "1000000");
    let (_, token) = listener(&home);
    let service = Service::start(&home, &["--role", "web"]);
    let run = Command::new(program)
        .args([
            "run",
            "--seed",
            "7",
            "--max-examples",
            "10",
            "--workers",
            "2",
            "--generation-database",
            "none",
        ])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
        .args(["--checks", "response_schema_conformance,response_headers_conformance"])
        .args(["--phases", "examples,coverage,fuzzing", "--header"])
        .arg(format!("Authorization: Bearer {token}"))
        // A beat works the queue: it takes its time.
        .args(["--exclude-path", "/api/v1/tick", "--url"])
        .arg(format!("http://{}", service.address))
        .arg(format!("http://{}/api/v1/openapi.json", service.address))
        .current_dir(home.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
}
