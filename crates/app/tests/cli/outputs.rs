//! What is printed, and where: one document for scripts, one line for people, whole files or none.

use super::{
    documents::{BACKUPS, RIVER, good, item, rss},
    folder::{Folder, NAMES},
    run::{Ended, Home},
};
use std::fs;

#[test]
fn json_is_one_document_and_nothing_else() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    let ended = home.generate(&source, &["--json"]).succeeds();
    let folder = Folder::whole(&home, "out");
    assert_eq!(ended.json(), folder.program);
    let keys: Vec<&String> = folder.program.as_object().unwrap().keys().collect();
    let contract =
        ["title", "language", "edition", "reason", "duration_ms", "bytes", "loudness_lufs", "segments"];
    assert!(contract.iter().all(|key| keys.iter().any(|found| found == key)), "{keys:?}");
    let segment = folder.program["segments"][0].as_object().unwrap();
    let contract = ["kind", "title", "url", "start_ms", "end_ms", "text"];
    assert!(contract.iter().all(|key| segment.contains_key(*key)), "{segment:?}");
    assert_eq!(home.generate(&source, &[]).succeeds().stdout, "", "nobody asked for it");
}

#[test]
fn titles_and_names_are_one_line_or_none() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    for (typed, title) in [
        ("My “news” & <more> 🎉", "My “news” & <more> 🎉"),
        (" two\nlines \u{1b}[31m --> x", "two lines [31m --> x"),
    ] {
        home.generate(&source, &["--title", typed]).succeeds();
        assert_eq!(Folder::whole(&home, "out").program["title"], title);
    }
    for empty in ["", "  ", "\n"] {
        home.generate(&source, &["--title", empty, "--name", empty]).succeeds();
        let folder = Folder::whole(&home, "out");
        assert!(folder.program["title"].as_str().unwrap().starts_with("Mimiyori"), "{}", folder.program);
        assert!(folder.words().contains("Hello, and welcome"), "{}", folder.words());
    }
    home.generate(&source, &["--name", "<b>Ann</b> 🎉 & \"Bob\" https://x.example"]).succeeds();
    let words = Folder::whole(&home, "out").words();
    assert!(words.contains("Ann") && !words.contains(['<', '🎉', '"']) && !words.contains("://"), "{words}");
    home.generate(&source, &["--name", "🎉🎉"]).succeeds();
    assert!(Folder::whole(&home, "out").words().contains("Hello, and welcome"));
}

#[test]
fn a_place_that_cannot_be_written_is_1() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    let file = home.file("taken", "a file");
    for out in [file.clone(), format!("{file}/below"), "/proc/nowhere".to_owned()] {
        let line = home.run(&["generate", "--source", &source, "--minutes", "1", "--out", &out]).fails(1);
        assert!(line.contains(&out) && line.contains("--out"), "{line}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "a file");
}

#[test]
fn a_folder_in_a_files_place_leaves_nothing_behind() {
    for name in NAMES {
        let home = Home::new();
        let source = home.file("feed.xml", good());
        fs::create_dir_all(home.path("out").join(name)).unwrap();
        let line = home.generate(&source, &[]).fails(1);
        assert!(line.contains(name), "{line}");
        assert_eq!(home.names_in("out"), [name]);
    }
}

#[test]
fn what_was_there_before_is_replaced_or_stays() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    fs::create_dir(home.path("out")).unwrap();
    fs::write(home.path("out").join("program.mp3"), "old").unwrap();
    fs::write(home.path("out").join("mine.txt"), "mine").unwrap();
    let nothing = home.file("empty.xml", rss(""));
    home.generate(&nothing, &[]).fails(3);
    assert_eq!(home.names_in("out"), ["mine.txt", "program.mp3"]);
    assert_eq!(fs::read_to_string(home.path("out").join("program.mp3")).unwrap(), "old");
    fs::remove_file(home.path("out").join("mine.txt")).unwrap();
    home.generate(&source, &[]).succeeds();
    Folder::whole(&home, "out");
}

/// Linux's device that is always full.
#[test]
fn an_answer_that_nobody_can_take_is_no_panic() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    let inspect = ["feed", "inspect", &source, "--json"];
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = home.command(&inspect).stdout(full).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let line = Ended::of(child).fails(1);
    assert!(line.contains("standard output"), "{line}");

    let mut child = home.start(&inspect);
    drop(child.stdout.take());
    Ended::of(child).succeeds();
}

#[test]
fn feed_inspect_shows_what_a_source_holds() {
    let home = Home::new();
    let dated = item("Backups that work", BACKUPS).replace(
        "<link>",
        "<guid>urn:one</guid><author>ann@news.example (Ann)</author><category>ops</category>\
         <pubDate>Mon, 23 Nov 2026 06:00:00 +0900</pubDate><link>",
    );
    let bare = format!("<item><description>{RIVER}</description></item>");
    let source = home.file("feed.xml", rss(&format!("<language>en-GB</language>{dated}{bare}")));
    let feed = home.run(&["feed", "inspect", &source, "--json"]).succeeds().json();
    assert_eq!((&feed["format"], &feed["title"]), (&"rss 2.0".into(), &"News".into()));
    assert_eq!(feed["language"].as_str().map(str::to_lowercase).as_deref(), Some("en-gb"));
    let items = feed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["id"], "urn:one");
    assert_eq!(items[0]["title"], "Backups that work");
    assert!(items[0]["url"].as_str().unwrap().starts_with("http://127.0.0.1:1/"));
    assert!(items[0]["author"].as_str().unwrap().contains("Ann"), "{feed}");
    assert_eq!(items[0]["published"], "2026-11-22T21:00:00Z");
    assert_eq!(items[0]["tags"], serde_json::json!(["ops"]));
    assert_eq!(items[0]["text_chars"], BACKUPS.chars().count());
    assert!(items[1]["author"].is_null() && items[1]["published"].is_null() && items[1]["url"].is_null());
    assert!(!items[1]["id"].as_str().unwrap().is_empty());

    let shown = home.run(&["feed", "inspect", &source]).succeeds().stdout;
    assert!(shown.starts_with("News: rss 2.0, 2 items\n") && shown.contains("(no date)"), "{shown}");
    assert_eq!(home.names_in("data"), [""; 0], "looking leaves nothing");
}

#[test]
fn feed_inspect_of_an_empty_feed_is_an_answer() {
    let home = Home::new();
    let source = home.file("feed.xml", rss(""));
    assert_eq!(
        home.run(&["feed", "inspect", &source, "--json"]).succeeds().json()["items"],
        serde_json::json!([])
    );
    let page = home.file("page.html", "<!doctype html><p>hello");
    assert!(home.run(&["feed", "inspect", &page, "--json"]).fails(4).contains("web page"));
}

#[test]
fn doctor_finds_everything_in_order() {
    let home = Home::new();
    let ended = home.run(&["doctor", "--json"]).succeeds();
    let findings = ended.json();
    assert_eq!((&findings["ok"], ended.stderr.as_str()), (&true.into(), ""));
    let checks = findings["checks"].as_array().unwrap();
    let names: Vec<&str> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["service", "database", "media", "readings", "voice ja", "voice en", "writer"]);
    assert!(checks.iter().all(|check| check["ok"] == true && check["detail"] != ""), "{findings}");
    assert_eq!(home.run(&["doctor"]).succeeds().stdout.lines().count(), names.len());
    assert_eq!(home.media().len(), 0, "the probe is gone");
}

#[test]
fn migrate_may_be_repeated() {
    let home = Home::new();
    for _ in 0..2 {
        assert_eq!(home.run(&["migrate"]).succeeds().stdout, "sqlite schema is up to date\n");
    }
}
