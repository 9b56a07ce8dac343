//! The feed as readers see it that are not ours: gPodder's parser, the one that most Python programs use, Podverse's,
//! and a client that fetches by itself. `cargo xtask test --install` puts them beside what is built.

use crate::harness::{HOUR, NOW, SECOND, Stage, Wish};
use domain::Edition;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

/// Where `xtask` installs what comes from other registries.
fn tools() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("peers")
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/podcast/readers").join(name)
}

/// Runs a reader in a thread of its own: the server needs this one.
async fn output(mut command: Command, what: &'static str) -> Output {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let output =
        output.unwrap_or_else(|error| panic!("{what}: {error}; cargo xtask test --install installs it"));
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

async fn read_by(mut command: Command, what: &'static str, arguments: &[&str]) -> Value {
    command.args(arguments);
    serde_json::from_slice(&output(command, what).await.stdout).unwrap()
}

async fn stage() -> (Stage, String) {
    let stage = Stage::on_loopback().await;
    stage.publish(Wish::default()).await;
    let brief = Wish {
        number: 2,
        title: "朝の番組 <1月16日> & more",
        edition: Edition::Brief,
        reason: Some("記事が足りませんでした。"),
        visible_at: NOW + SECOND,
        ..Wish::default()
    };
    stage.publish(brief).await;
    stage.clock.set(NOW + HOUR);
    let url = stage.addresses.feed(stage.token);
    (stage, url)
}

fn python() -> (Command, String) {
    (Command::new(tools().join("python/bin/python")), script("read.py").display().to_string())
}

fn beside(feed: &str, file: &str) -> String {
    feed.replace("feed.xml", file)
}

const NEWEST: &str = "0193a5c0-0008-7c11-b2f0-000000000002";

#[tokio::test(flavor = "multi_thread")]
async fn gpodders_parser_finds_sound_and_chapters() {
    let (stage, url) = stage().await;
    let (command, script) = python();
    let feed = read_by(command, "podcastparser", &[&script, "podcastparser", &url]).await;
    assert_eq!(
        (&feed["title"], &feed["language"], &feed["author"], &feed["explicit"]),
        (&json!("耳寄りラジオ"), &json!("ja"), &json!("Mimiyori"), &json!(false))
    );
    assert!(feed["cover"].as_str().unwrap().starts_with(&beside(&url, "cover-")));
    let episodes = feed["episodes"].as_array().unwrap();
    assert_eq!(episodes.len(), 2);
    let newest = &episodes[0];
    assert_eq!(newest["title"], "朝の番組 <1月16日> & more");
    assert_eq!(newest["guid"], format!("urn:uuid:{NEWEST}"));
    assert_eq!((&newest["published"], &newest["seconds"]), (&json!(NOW / SECOND + 1), &json!(134)));
    let sound = stage.get(&stage.path(&format!("{NEWEST}.mp3"))).await;
    let enclosure = json!([[beside(&url, &format!("{NEWEST}.mp3")), sound.body.len(), "audio/mpeg"]]);
    assert_eq!(newest["enclosures"], enclosure);
    // It takes whole seconds.
    assert_eq!(
        newest["chapters"],
        json!([
            [0, "オープニング", null],
            [5, "所有権を学ぶ", "https://www.example.org/ownership?a=1&b=2"],
            [68, "Lifetimes", "https://example.org/x"],
            [129, "エンディング", null],
        ])
    );
    let notes = newest["html"].as_str().unwrap();
    assert!(notes.starts_with("<p>簡易版：記事が足りませんでした。</p>"), "{notes}");
    assert!(notes.contains(r#"<a href="https://example.org/x">Lifetimes</a> (example.org)"#), "{notes}");
    assert!(notes.contains("CC BY 3.0"), "{notes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn feedparser_finds_it_well_formed() {
    let (_stage, url) = stage().await;
    let (command, script) = python();
    let feed = read_by(command, "feedparser", &[&script, "feedparser", &url]).await;
    assert_eq!(
        (&feed["bozo"], &feed["version"], &feed["status"], &feed["again"]),
        (&json!(false), &json!("rss20"), &json!(200), &json!(304))
    );
    assert_eq!((&feed["title"], &feed["block"]), (&json!("耳寄りラジオ"), &json!(1)));
    assert_eq!(feed["category"], json!(["News", "Tech News"]));
    let newest = &feed["episodes"][0];
    assert_eq!(newest["guid"], format!("urn:uuid:{NEWEST}"));
    assert_eq!(newest["seconds"], "134");
    assert_eq!(newest["transcript"], beside(&url, &format!("{NEWEST}/transcript.vtt")));
    assert_eq!(newest["chapters"], beside(&url, &format!("{NEWEST}/chapters.json")));
    assert!(newest["html"].as_str().unwrap().contains("取り上げた記事"));
}

#[tokio::test(flavor = "multi_thread")]
async fn podverses_parser_finds_what_podcasting_2_has() {
    let (_stage, url) = stage().await;
    let folder = tools().display().to_string();
    let script = script("read.mjs").display().to_string();
    let feed = read_by(Command::new("node"), "node", &[&script, &folder, &url]).await;
    assert_eq!((&feed["title"], &feed["medium"]), (&json!("耳寄りラジオ"), &json!("podcast")));
    assert_eq!((&feed["podcastBlocked"], &feed["itunesBlock"]), (&json!("yes"), &json!(true)));
    assert_eq!(feed["guid"], "7e34106c-1a3f-5f15-a828-dee686ae55b6");
    assert_eq!(feed["podcastPeople"][0]["name"], "メイ（合成音声）");
    assert_eq!(feed["podcastTxt"][0]["purpose"], "ai-disclosure");
    let newest = &feed["items"][0];
    assert_eq!(newest["guid"], format!("urn:uuid:{NEWEST}"));
    assert_eq!(newest["podcastChapters"]["url"], beside(&url, &format!("{NEWEST}/chapters.json")));
    assert_eq!(newest["podcastTranscripts"][0]["url"], beside(&url, &format!("{NEWEST}/transcript.vtt")));
}

/// The client keeps its own list and asks by itself; what it queues, its second half downloads.
#[tokio::test(flavor = "multi_thread")]
async fn newsboat_fetches_it_and_podboat_downloads_its_sound() {
    let (stage, url) = stage().await;
    let home = tempfile::tempdir().unwrap();
    let place = |name: &str| home.path().join(name);
    std::fs::write(place("urls"), format!("{url}\n")).unwrap();
    let config = format!("podcast-auto-enqueue yes\ndownload-path \"{}/\"\n", place("sound").display());
    std::fs::write(place("config"), config).unwrap();
    let mut newsboat = Command::new("newsboat");
    newsboat.env("HOME", home.path()).env("LC_ALL", "C.UTF-8");
    for (option, file) in [("-u", "urls"), ("-c", "cache.db"), ("-C", "config")] {
        newsboat.arg(option).arg(place(file));
    }
    newsboat.args(["-x", "reload", "print-unread"]);
    let said = output(newsboat, "newsboat").await;
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "2 unread articles");

    let queues = [place("queue"), place(".newsboat/queue")];
    let queue = queues.iter().find(|file| file.exists()).expect("what it is to download");
    let enclosure = beside(&url, &format!("{NEWEST}.mp3"));
    assert!(std::fs::read_to_string(queue).unwrap().contains(&enclosure));
    // It is a program for a terminal: one is lent to it, and taken away when it is done.
    let download = format!("podboat -a -q {} -C {}", queue.display(), place("config").display());
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &download, "/dev/null"]).env("HOME", home.path()).env("TERM", "xterm");
    let mut podboat = terminal.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let sound = stage.get(&stage.path(&format!("{NEWEST}.mp3"))).await.body;
    let downloaded = downloaded(&place("sound"), &sound).await;
    podboat.kill().unwrap();
    podboat.wait().unwrap();
    assert!(downloaded, "podboat has not downloaded {enclosure}");
}

async fn downloaded(folder: &Path, expected: &[u8]) -> bool {
    for _ in 0..600 {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        if files.map(|file| std::fs::read(file.path())).any(|read| read.is_ok_and(|read| read == expected)) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}
