//! Configuration, and what it points at: databases, media stores and providers that are not there.

use super::{
    documents::{good, item, rss},
    folder::Folder,
    run::Home,
    server::{Server, reply},
};
use std::{ffi::OsString, os::unix::ffi::OsStringExt};

/// With one variable set: the exit code of `generate`, words of its error, and nothing left behind.
#[track_caller]
fn refused(variables: &[(&str, &str)], code: i32, why: &str) -> Home {
    let mut home = Home::new();
    let source = home.file("feed.xml", good());
    variables.iter().for_each(|(name, value)| home.set(name, *value));
    let line = home.generate(&source, &[]).fails(code);
    assert!(line.contains(why), "{line}");
    assert_eq!(home.names_in("out"), [""; 0]);
    home
}

#[test]
fn what_is_no_address_to_listen_at_is_2() {
    for command in ["serve", "demo"] {
        let line = Home::new().run(&[command, "--listen", "nonsense"]).fails(2);
        assert!(line.contains("nonsense") && line.contains("--listen"), "{line}");
    }
}

#[test]
fn unknown_keys_are_2_with_the_nearest_name() {
    for (text, nearest) in [
        ("[server]\nlisen = \"x\"", "did you mean `listen`"),
        ("[servr]\nlisten = \"x\"", "did you mean `server`"),
        ("[voice]\nreadings = \"x\"", "did you mean `readings_"),
        ("[databas]", "did you mean `database`"),
    ] {
        let home = Home::new();
        let file = home.file("my.toml", text);
        let line = home.run(&["--config", &file, "doctor"]).fails(2);
        assert!(line.contains("my.toml") && line.contains(nearest), "{line}");
    }
    refused(
        &[("MIMIYORI_WRITER__MODLE", "x")],
        2,
        "MIMIYORI_WRITER__MODLE: unknown key `modle` in [writer]; did you mean `model`",
    );
}

#[test]
fn configuration_that_cannot_be_read_is_2() {
    let home = Home::new();
    assert!(home.run(&["doctor", "--config", "nowhere.toml"]).fails(2).contains("nowhere.toml"));
    for text in
        ["[server", "[server]\nlisten = 1", "[writer]\nkind = \"opnai\"", "[telemetry]\nlog = \"a=b=c\""]
    {
        let file = home.file("my.toml", text);
        home.run(&["--config", &file, "doctor"]).fails(2);
    }
    refused(&[("MIMIYORI_VOICE__KIND", "gramophone")], 2, "gramophone");
    refused(&[("MIMIYORI_VOICE__KIND", "openai"), ("MIMIYORI_VOICE__BASE_URL", "here")], 2, "voice.base_url");
    refused(&[("MIMIYORI_SOURCES__ALLOW_PRIVATE", "10.0.0.0/99")], 2, "10.0.0.0/99");
    refused(&[("MIMIYORI_SOURCES__QIITA_TOKEN", "file:/nowhere/token")], 2, "/nowhere/token");
    refused(&[("MIMIYORI_DATABASE__URL", "mysql://ann:swordfish@db.example/x")], 2, "database url");
}

#[test]
fn variables_of_others_may_hold_anything() {
    let home = Home::new();
    let bytes = OsString::from_vec(vec![0xff, 0xfe]);
    let run = |name: &str| home.command(&["migrate"]).env(name, &bytes).output().unwrap();
    assert_eq!(run("SOMEONE_ELSES").status.code(), Some(0));
    let ours = run("MIMIYORI_WRITER__MODEL");
    assert_eq!(ours.status.code(), Some(2));
    assert!(
        String::from_utf8(ours.stderr)
            .unwrap()
            .starts_with("error: configuration in variable MIMIYORI_WRITER__MODEL")
    );
}

#[test]
fn a_database_that_cannot_be_reached_is_6() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://ann:swordfish@{free}/programs");
    let home = refused(&[("MIMIYORI_DATABASE__URL", &url)], 6, "Connection refused");
    assert!(!home.run(&["migrate"]).fails(6).contains("swordfish"));
    refused(&[("MIMIYORI_DATABASE__URL", "sqlite:///proc/nowhere/x.db")], 6, "/proc/nowhere/x.db");
}

#[test]
fn a_file_that_is_no_database_is_6_and_stays_as_it_was() {
    let mut home = Home::new();
    let source = home.file("feed.xml", good());
    home.set("MIMIYORI_DATABASE__URL", format!("sqlite://{source}"));
    home.generate(&source, &[]).fails(6);
    assert_eq!(std::fs::read_to_string(&source).unwrap(), good());
}

#[test]
fn a_media_store_that_cannot_be_used_is_6() {
    let mut home = Home::new();
    let source = home.file("feed.xml", good());
    home.set("MIMIYORI_MEDIA__URL", format!("file://{source}/media"));
    let line = home.generate(&source, &[]).fails(6);
    assert!(line.contains("media"), "{line}");
    assert_eq!(home.names_in("out"), [""; 0]);
}

#[test]
fn a_voice_that_is_down_is_5() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{free}/v1");
    let dead = [("MIMIYORI_VOICE__KIND", "openai"), ("MIMIYORI_VOICE__BASE_URL", base.as_str())];
    let home = refused(&dead, 5, &free.to_string());
    let ended = home.run(&["doctor", "--json"]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.error_line().contains("voice"), "{ended:?}");
    assert_eq!(ended.json()["ok"], false);

    let failing = Server::start(|_| reply(500, "", "sorry"));
    let base = failing.url("/v1");
    refused(&[("MIMIYORI_VOICE__KIND", "openai"), ("MIMIYORI_VOICE__BASE_URL", &base)], 5, "500");
    let refusing = Server::start(|_| reply(401, "", "no"));
    let base = refusing.url("/v1");
    refused(&[("MIMIYORI_VOICE__KIND", "openai"), ("MIMIYORI_VOICE__BASE_URL", &base)], 5, "401");
    let noise = Server::start(|_| reply(200, "content-type: audio/wav\r\n", "no sound"));
    let base = noise.url("/v1");
    refused(&[("MIMIYORI_VOICE__KIND", "openai"), ("MIMIYORI_VOICE__BASE_URL", &base)], 5, "no usable audio");
}

#[test]
fn a_writer_that_is_down_is_5() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{free}/v1");
    refused(&[("MIMIYORI_WRITER__KIND", "openai"), ("MIMIYORI_WRITER__BASE_URL", &base)], 5, "writer");
}

#[test]
fn a_voice_that_is_down_is_not_asked_for_every_article() {
    let failing = Server::start(|_| reply(500, "", "sorry"));
    let mut home = Home::new();
    home.set("MIMIYORI_VOICE__KIND", "openai");
    home.set("MIMIYORI_VOICE__BASE_URL", failing.url("/v1"));
    let text = |n: u32| {
        let line = |m: u32| {
            format!("Bridge {n} was rebuilt in {}, and arch {m} stood for {} days.", 1900 + n, n * m + 3)
        };
        (1..6).map(line).collect::<Vec<_>>().join(" ")
    };
    let items: String = (0..40).map(|n| item(&format!("The story of bridge {n}"), &text(n))).collect();
    let source = home.file("feed.xml", rss(&items));
    let line = home.run(&["generate", "--source", &source, "--minutes", "1", "--out", "out"]).fails(5);
    assert!(line.contains("500"), "{line}");
    assert!(failing.requests() <= 4, "{} requests", failing.requests());
}

#[test]
fn a_voice_that_failed_is_asked_again_once_it_is_back() {
    let mut home = Home::new();
    let source = home.file("feed.xml", good());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    home.set("MIMIYORI_VOICE__BASE_URL", format!("http://{free}/v1"));
    home.set("MIMIYORI_VOICE__KIND", "openai");
    home.generate(&source, &[]).fails(5);
    home.set("MIMIYORI_VOICE__KIND", "embedded");
    home.generate(&source, &[]).succeeds();
    Folder::whole(&home, "out");
}

#[test]
fn doctor_makes_every_check_whatever_the_others_find() {
    let mut home = Home::new();
    home.set("MIMIYORI_MEDIA__URL", "file:///proc/nowhere");
    let ended = home.run(&["doctor", "--json"]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(ended.error_line().contains("media"), "{ended:?}");
    let findings = ended.json();
    let failed: Vec<&str> = findings["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["media"]);
}

#[test]
fn a_budget_that_does_not_suffice_keeps_the_provider_from_being_asked() {
    let server = Server::start(|_| reply(500, "", "sorry"));
    let base = server.url("/v1");
    refused(
        &[
            ("MIMIYORI_VOICE__KIND", "openai"),
            ("MIMIYORI_VOICE__BASE_URL", &base),
            ("MIMIYORI_VOICE__PROVIDER", "speech"),
            ("MIMIYORI_PROVIDERS__SPEECH__USD_PER_MILLION_CHARACTERS", "15"),
            ("MIMIYORI_PROVIDERS__SPEECH__DAILY_BUDGET_USD", "0.000001"),
        ],
        5,
        "speech is not called: the budget of the day is spent",
    );
    assert_eq!(server.requests(), 0);
}

/// Whatever `serve` will not begin with, `doctor` finds.
#[test]
fn doctor_refuses_what_serve_refuses() {
    for (name, value) in [
        ("SERVER__LISTEN", "nonsense"),
        ("SERVER__LISTEN", "192.0.2.1:8080"),
        ("SERVER__PUBLIC_URL", "ftp://radio.example/"),
        ("SERVER__SECRET", "short"),
        ("SOURCES__ALLOW_PRIVATE", "10.0.0.0/99"),
        ("MAIL__SMTP", "gopher://mail.example"),
        ("ALERTS__HOOK", "env:NOWHERE"),
        ("ALERTS__HOOK", "nowhere"),
        ("STRIPE__WEBHOOK_SECRET", "file:/nowhere/secret"),
        ("SERVER__SCHEDULER_TOKEN", "env:NOWHERE"),
        ("TELEMETRY__LOG", "loud"),
    ] {
        let mut home = Home::new();
        home.set(&format!("MIMIYORI_{name}"), value);
        let of = |ended: super::run::Ended| {
            assert!(matches!(ended.code, Some(1 | 2)), "{name}={value}: {ended:?}");
            let line = ended.error_line().to_owned();
            line.trim_start_matches("error: ").trim_start_matches("service: ").to_owned()
        };
        let doctor = of(home.run(&["doctor"]));
        assert_eq!(doctor, of(home.run(&["serve"])), "{name}={value}");
    }
}
