//! What a feed says, and when an episode is in it.

use crate::harness::{HOUR, NOW, SECOND, Stage, Wish, id, on_both};
use axum::http::{Method, StatusCode, header};
use domain::{Edition, Language};

on_both!(
    an_episode_is_there_from_when_it_is_visible_until_it_expires,
    a_feed_that_has_not_changed_is_not_sent_again,
    the_newest_hundred_are_listed,
    all_feeds_of_a_listener_make_one_podcast,
    the_picture_has_a_name_of_its_own,
);

#[tokio::test]
async fn a_feed_as_apps_read_it() {
    let stage = Stage::sqlite().await;
    stage.publish(Wish { expires_at: NOW + 48 * HOUR, ..Wish::default() }).await;
    let short = Wish {
        number: 2,
        title: "朝の番組 1月16日",
        articles: &[("", "https://example.org/untitled")],
        edition: Edition::Brief,
        reason: Some("記事が1本しかありませんでした。"),
        visible_at: NOW + 24 * HOUR,
        expires_at: NOW + 48 * HOUR,
    };
    stage.publish(short).await;
    stage.clock.set(NOW + 24 * HOUR);
    let feed = stage.get(&stage.path("feed.xml")).await;
    assert_eq!(feed.header(header::CONTENT_TYPE), "application/rss+xml; charset=utf-8");
    insta::assert_snapshot!("feed", lines(feed.text()));
}

/// An element a line, for people who compare.
fn lines(xml: &str) -> String {
    xml.replace("><", ">\n<")
}

async fn an_episode_is_there_from_when_it_is_visible_until_it_expires(stage: Stage) {
    let program =
        stage.publish(Wish { visible_at: NOW + HOUR, expires_at: NOW + 2 * HOUR, ..Wish::default() }).await;
    let files = ["{}.mp3", "{}/chapters.json", "{}/transcript.vtt"]
        .map(|file| stage.path(&file.replace("{}", &program.to_string())));
    for (at, listed, status) in [
        (NOW, false, StatusCode::NOT_FOUND),
        (NOW + HOUR - 1, false, StatusCode::NOT_FOUND),
        (NOW + HOUR, true, StatusCode::OK),
        (NOW + 2 * HOUR - 1, true, StatusCode::OK),
        (NOW + 2 * HOUR, false, StatusCode::GONE),
    ] {
        stage.clock.set(at);
        let feed = stage.get(&stage.path("feed.xml")).await;
        assert_eq!(feed.text().contains(&program.to_string()), listed, "at {at}");
        for file in &files {
            let answer = stage.get(file).await;
            assert_eq!(answer.status, status, "{file} at {at}");
            assert_eq!(answer.headers["x-robots-tag"], "noindex");
            assert!(answer.header(header::CACHE_CONTROL).starts_with("private"));
            assert_eq!(stage.ask(Method::HEAD, file, &[]).await.headers, answer.headers, "{file}");
        }
    }
}

async fn a_feed_that_has_not_changed_is_not_sent_again(stage: Stage) {
    stage.publish(Wish::default()).await;
    let path = stage.path("feed.xml");
    let first = stage.get(&path).await;
    let etag = first.header(header::ETAG).to_owned();
    stage.clock.set(NOW + HOUR);
    assert_eq!(stage.get(&path).await.body, first.body, "whenever it is asked for");
    let known = [(header::IF_NONE_MATCH, etag.as_str())];
    let again = stage.ask(Method::GET, &path, &known).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header(header::ETAG), etag);
    let since = [(header::IF_MODIFIED_SINCE, first.header(header::LAST_MODIFIED))];
    assert_eq!(stage.ask(Method::GET, &path, &since).await.status, StatusCode::NOT_MODIFIED);
    let part = [(header::RANGE, "bytes=0-4"), (header::IF_RANGE, etag.as_str())];
    let part = stage.ask(Method::GET, &path, &part).await;
    assert_eq!((part.status, part.text()), (StatusCode::PARTIAL_CONTENT, "<?xml"));

    // Another schedule stands in it, and is newer than its newest program.
    let mut tx = stage.store.begin().await.unwrap();
    let weekly = |schedule: &mut domain::Schedule| schedule.days = "mon".parse().unwrap();
    tx.reschedule(stage.feed, weekly, NOW + HOUR).await.unwrap();
    tx.commit().await.unwrap();
    for wish in [known[0].clone(), since[0].clone()] {
        assert_eq!(stage.ask(Method::GET, &path, &[wish]).await.status, StatusCode::OK);
    }

    stage.publish(Wish { number: 2, visible_at: NOW + HOUR, ..Wish::default() }).await;
    let changed = stage.ask(Method::GET, &path, &known).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header(header::ETAG), etag);
    stage.clock.set(NOW + 24 * HOUR);
    let emptied =
        stage.ask(Method::GET, &path, &[(header::IF_NONE_MATCH, changed.header(header::ETAG))]).await;
    assert_eq!((emptied.status, emptied.text().contains("<item>")), (StatusCode::OK, false));
}

async fn the_newest_hundred_are_listed(stage: Stage) {
    for number in 1..=103_u64 {
        let visible_at = NOW + number.cast_signed();
        stage.publish(Wish { number, visible_at, ..Wish::default() }).await;
    }
    stage.clock.set(NOW + SECOND);
    let feed = stage.get(&stage.path("feed.xml")).await;
    let guids: Vec<&str> =
        feed.text().split("urn:uuid:").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    let expected: Vec<String> =
        (4..=103).rev().map(|number| id::<domain::ProgramId>(8, number).to_string()).collect();
    assert_eq!(guids, expected);
    let oldest = stage.get(&stage.path(&format!("{}.mp3", id::<domain::ProgramId>(8, 1)))).await;
    assert_eq!(oldest.status, StatusCode::OK, "what an app has listed before can still be heard");
}

async fn all_feeds_of_a_listener_make_one_podcast(stage: Stage) {
    let (other_feed, stranger) = (id(2, 2), id(1, 2));
    stage.add_feed(other_feed, stage.listener, "Evening", Language::En).await;
    stage.add_listener(stranger).await;
    stage.add_feed(id(2, 3), stranger, "Not yours", Language::En).await;
    let all = id(3, 2);
    stage.add_token(all, None, stage.listener).await;
    let mine = stage.publish(Wish::default()).await;
    let evening = Wish { number: 2, title: "Evening, 15 January", ..Wish::default() };
    let evening = stage.publish_for(stage.listener, other_feed, Language::En, evening).await;
    let foreign = Wish { number: 3, ..Wish::default() };
    let foreign = stage.publish_for(stranger, id(2, 3), Language::En, foreign).await;
    let feed = stage.get(&stage.path_of(all, "feed.xml")).await;
    let has = |program: domain::ProgramId| feed.text().contains(&program.to_string());
    assert_eq!((has(mine), has(evening), has(foreign)), (true, true, false));
    assert!(feed.text().contains("<title>Mimiyori (all programs)</title>"));
    for (token, program, status) in [
        (all, mine, StatusCode::OK),
        (all, evening, StatusCode::OK),
        (all, foreign, StatusCode::NOT_FOUND),
        (stage.token, mine, StatusCode::OK),
        (stage.token, evening, StatusCode::NOT_FOUND),
        (stage.token, foreign, StatusCode::NOT_FOUND),
    ] {
        for file in [".mp3", "/chapters.json", "/transcript.vtt"] {
            let path = stage.path_of(token, &format!("{program}{file}"));
            assert_eq!(stage.get(&path).await.status, status, "{path}");
        }
    }
}

async fn the_picture_has_a_name_of_its_own(stage: Stage) {
    let feed = stage.get(&stage.path("feed.xml")).await;
    let name = feed.text().split("/cover-").nth(1).unwrap().split(".jpg").next().unwrap().to_owned();
    assert!(name.len() == 16 && name.bytes().all(|digit| digit.is_ascii_hexdigit()), "{name}");
    let path = stage.path(&format!("cover-{name}.jpg"));
    let picture = stage.get(&path).await;
    assert_eq!((picture.status, picture.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/jpeg"));
    let (width, height) = jpeg_size(&picture.body);
    assert!(width == height && (1_400..=3_000).contains(&width), "{width} by {height}");
    assert!(picture.body.len() < 500_000, "{} bytes", picture.body.len());
    assert_eq!(stage.get(&path).await.body, picture.body);
    let known = [(header::IF_NONE_MATCH, picture.header(header::ETAG))];
    assert_eq!(stage.ask(Method::GET, &path, &known).await.status, StatusCode::NOT_MODIFIED);
    for other in ["0000000000000000", "", "..", &name[1..]] {
        assert_eq!(stage.get(&stage.path(&format!("cover-{other}.jpg"))).await.status, StatusCode::NOT_FOUND);
    }
}

/// From the frame's header (ITU T.81, B.2.2).
fn jpeg_size(jpeg: &[u8]) -> (u16, u16) {
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = jpeg[at..at + 4] else { panic!("no marker at {at}") };
        if matches!(marker, 0xc0 | 0xc2) {
            let number = |from: usize| u16::from_be_bytes([jpeg[from], jpeg[from + 1]]);
            return (number(at + 7), number(at + 5));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}
