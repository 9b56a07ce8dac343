//! Nothing is made twice: not in a second run, not by two at a time, on either database.

use super::{
    documents::{BACKUPS, ENGLISH_SAMPLES, JAPANESE_SAMPLES, RIVER, item, rss},
    folder::Folder,
    run::{Ended, Home},
};
use std::{collections::BTreeSet, fs};
use testkit::Postgres;

/// A home with a source of two articles.
fn home() -> (Home, String) {
    let home = Home::new();
    let source = home.file("feed.xml", rss(&format!("{}{}", item("Backups", BACKUPS), item("River", RIVER))));
    (home, source)
}

fn made_once_and_again_when_gone(home: &Home, source: &str) {
    home.generate(source, &[]).succeeds();
    let (first, media, ready) = (Folder::whole(home, "out"), home.media(), home.artifacts_ready());
    home.generate(source, &[]).succeeds();
    let second = Folder::whole(home, "out");
    assert!(first.mp3 == second.mp3, "the same bytes");
    assert_eq!(first.program, second.program);
    assert!(media == home.media(), "the same objects");
    assert_eq!(ready, home.artifacts_ready());

    let gone = media.keys().find(|key| key.contains("/segment/")).unwrap();
    fs::remove_file(gone).unwrap();
    let cut = media.keys().find(|key| key.contains("/phrase/")).unwrap();
    fs::write(cut, "cut").unwrap();
    home.generate(source, &[]).succeeds();
    assert!(Folder::whole(home, "out").mp3 == first.mp3, "made again, the same");
    let whole = |objects: std::collections::BTreeMap<String, Vec<u8>>| -> BTreeSet<Vec<u8>> {
        objects.into_values().collect()
    };
    assert!(whole(media).is_subset(&whole(home.media())));
    assert_eq!(ready, home.artifacts_ready());
}

/// Single flight: two processes begin at once, and each artifact has one object.
fn made_once_by_two(home: &Home, source: &str) {
    let start = |out| {
        home.start(&["generate", "--source", source, "--minutes", "2", "--articles", "2", "--out", out])
    };
    let both = [start("one"), start("two")];
    both.into_iter().for_each(|child| {
        Ended::of(child).succeeds();
    });
    assert!(Folder::whole(home, "one").mp3 == Folder::whole(home, "two").mp3);
    let keys: Vec<String> = home.media().into_keys().collect();
    let key = |object: &String| object.rsplit('/').next()?.split('-').next().map(str::to_owned);
    let distinct: BTreeSet<String> = keys.iter().filter_map(key).collect();
    assert_eq!(distinct.len(), keys.len(), "{keys:#?}");
}

/// Whoever looks must not take the bare mount point of an absent disk for a new media folder: what is made then would
/// go to the wrong place.
#[test]
fn a_media_folder_that_is_away_is_waited_for_by_every_command() {
    let (home, source) = home();
    home.run(&["doctor"]).succeeds();
    home.generate(&source, &[]).succeeds();
    let (media, away) = (home.path("data/media"), home.path("away"));
    fs::rename(&media, &away).unwrap();
    fs::create_dir(&media).unwrap();
    let looks = [home.run(&["doctor"]), home.run(&["admin", "check"]), home.generate(&source, &[])];
    for Ended { code, stderr, .. } in looks {
        assert_eq!(code, Some(6), "{stderr}");
        assert!(stderr.contains("mimiyori-media is missing") && stderr.contains("mount"), "{stderr}");
    }
    assert_eq!(fs::read_dir(&media).unwrap().count(), 0, "nothing went to the wrong place");

    fs::remove_dir(&media).unwrap();
    fs::rename(&away, &media).unwrap();
    home.run(&["admin", "check"]).succeeds();
}

#[test]
fn a_second_run_makes_nothing() {
    let (home, source) = home();
    made_once_and_again_when_gone(&home, &source);
}

#[test]
fn two_at_a_time_share_their_work() {
    let home = Home::new();
    // In Japanese both need the dictionary, which the first to come unpacks.
    made_once_by_two(&home, JAPANESE_SAMPLES);
}

#[test]
fn the_same_on_postgres() {
    let cluster = Postgres::start().unwrap();
    let (mut home, source) = home();
    home.set("MIMIYORI_DATABASE__URL", cluster.database().unwrap());
    assert_eq!(home.run(&["migrate"]).succeeds().stdout, "postgres schema is up to date\n");
    made_once_and_again_when_gone(&home, &source);
    assert!(!home.path("data/mimiyori.db").exists());

    let mut home = Home::new();
    home.set("MIMIYORI_DATABASE__URL", cluster.database().unwrap());
    made_once_by_two(&home, ENGLISH_SAMPLES);
}

#[test]
fn what_a_killed_run_began_is_made_by_the_next() {
    let home = Home::new();
    let arguments = ["generate", "--source", ENGLISH_SAMPLES, "--minutes", "5", "--out", "out"];
    let mut killed = home.start(&arguments);
    while home.names_in("data/media").len() < 2 && killed.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let arguments = ["generate", "--source", ENGLISH_SAMPLES, "--minutes", "5", "--out", "again"];
    home.run(&arguments).succeeds();
    Folder::whole(&home, "again");
}

#[test]
fn another_title_or_order_voices_nothing_again() {
    let (home, source) = home();
    home.generate(&source, &[]).succeeds();
    let media = home.media();
    home.generate(&source, &["--title", "Other"]).succeeds();
    assert!(media == home.media());
}
