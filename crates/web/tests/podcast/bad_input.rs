//! Whatever stands in titles and names, and whatever is asked for: the feed stays a feed, and nothing is given away.

use crate::harness::{Stage, Wish, id};
use axum::http::{Method, StatusCode, header};
use domain::{Edition, Language};
use quick_xml::{Reader, events::Event};

const HOSTILE: &str =
    "<script>alert('x')</script>]]><b onload=\"y\">&amp;&#0;\u{0}\u{1b}[31m\u{b}\u{fffe}\u{202e}耳";

/// Reads to the end; what stands in elements of a name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut inside) = (Vec::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) if start.name().as_ref() == name => {
                inside = true;
                found.push(String::new());
            }
            Event::End(_) => inside = false,
            Event::Text(text) if inside => found.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(entity) if inside => {
                let written = entity.to_string();
                let read = quick_xml::escape::resolve_xml_entity(&written).expect("only the five entities");
                found.last_mut().unwrap().push_str(read);
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[tokio::test]
async fn script_in_titles_and_names_is_text() {
    let stage = Stage::sqlite().await;
    let (feed, token) = (id(2, 2), id(3, 2));
    stage.add_feed(feed, stage.listener, HOSTILE, Language::En).await;
    stage.add_token(token, Some(feed), stage.listener).await;
    let wish = Wish {
        title: HOSTILE,
        articles: &[
            (HOSTILE, "javascript:alert(1)"),
            (HOSTILE, "https://example.org/\"><script>"),
            ("two\nlines\tand  a\r\nlong one", "data:text/html,<script>"),
            ("a", "https://user:password@example.org/"),
        ],
        edition: Edition::Shortened,
        reason: Some(HOSTILE),
        ..Wish::default()
    };
    let program = stage.publish_for(stage.listener, feed, Language::En, wish).await;
    let answer = stage.get(&stage.path_of(token, "feed.xml")).await;
    let xml = answer.text();
    let is_legal = |c: char| c == '\t' || c == '\n' || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    assert!(xml.chars().all(is_legal));
    assert!(!xml.contains("<script") && !xml.contains("<b "), "{xml}");
    let titles = texts(xml, "title");
    let expected = "<script>alert('x')</script>]]><b onload=\"y\">&amp;&#0; [31m \u{202e}耳";
    assert_eq!(titles, [expected; 3], "of the channel, of its picture, of the item");

    let notes = &texts(xml, "description")[1];
    assert!(!notes.contains("<script") && !notes.contains("<b "), "{notes}");
    assert!(!notes.contains("javascript:") && !notes.contains("data:"), "{notes}");
    assert!(notes.contains("href=\"https://example.org/%22%3E%3Cscript%3E\""), "{notes}");
    assert!(notes.contains("two lines and a long one"), "{notes}");
    let chapters = stage.get(&stage.path_of(token, &format!("{program}/chapters.json"))).await;
    let chapters: serde_json::Value = serde_json::from_slice(&chapters.body).unwrap();
    let urls: Vec<_> =
        chapters["chapters"].as_array().unwrap().iter().filter_map(|one| one["url"].as_str()).collect();
    assert!(urls.len() == 2 && urls.iter().all(|url| url.starts_with("https://")), "{urls:?}");
}

#[tokio::test]
async fn long_notes_are_cut_at_an_article_and_stand_whole_beside() {
    let stage = Stage::sqlite().await;
    let title = "とても長い題名".repeat(20);
    let articles: Vec<(&str, &str)> = (0..30).map(|_| (title.as_str(), "https://example.org/a")).collect();
    stage.publish(Wish { articles: &articles, ..Wish::default() }).await;
    let xml = stage.get(&stage.path("feed.xml")).await;
    let description = texts(xml.text(), "description").remove(1);
    let whole = texts(xml.text(), "content:encoded").remove(0);
    assert!(description.len() <= 4_000 && description.ends_with("</p>"), "{}", description.len());
    let items = |html: &str| (html.matches("<li>").count(), html.matches("</li>").count());
    let (open, close) = items(&description);
    assert!(open == close && (1..30).contains(&open), "{open} {close}");
    assert_eq!(items(&whole), (30, 30));
}

#[tokio::test]
async fn tricks_with_paths_lead_nowhere() {
    let stage = Stage::sqlite().await;
    let program = stage.publish(Wish::default()).await;
    let bare = program.to_string();
    let (shouted, braced) = (bare.to_uppercase(), format!("%7B{bare}%7D"));
    for file in [
        "",
        "feed.xml/",
        "feed.xml%00",
        "FEED.XML",
        "..%2f..%2fsecret",
        "%2e%2e/secret",
        "../../mimiyori.db",
        "....//....//secret",
        "%ff%fe.mp3",
        ".mp3",
        "cover-.jpg",
        "cover-..%2f.jpg",
        "%0d%0aset-cookie:%20a=b.mp3",
        &bare,
        &format!("{bare}.mp3/"),
        &format!("{bare}.mp3%00"),
        &format!("{bare}.MP3"),
        &format!("{shouted}.mp3"),
        &format!("{braced}.mp3"),
        &format!("{}.mp3", bare.replace('-', "")),
        &format!("{bare}/chapters.json/x"),
        &format!("{bare}/../feed.xml"),
        &format!("{bare}%2fchapters.json"),
    ] {
        let answer = stage.get(&stage.path(file)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{file}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = stage.ask(method, &stage.path("feed.xml"), &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn odd_headers_are_ignored_or_refused() {
    let stage = Stage::sqlite().await;
    let program = stage.publish(Wish::default()).await;
    let path = stage.path(&format!("{program}.mp3"));
    for (name, value) in [
        (header::RANGE, "bytes=a-b"),
        (header::RANGE, "lines=0-1"),
        (header::RANGE, "bytes=5-1"),
        (header::IF_NONE_MATCH, "\"\",,W/"),
        (header::IF_MODIFIED_SINCE, "tomorrow"),
        (header::IF_MODIFIED_SINCE, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (header::IF_RANGE, "\"nothing\""),
    ] {
        let answer = stage.ask(Method::GET, &path, &[(name.clone(), value)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {value}");
    }
    let empty = stage.ask(Method::GET, &path, &[(header::RANGE, "bytes=-0")]).await;
    assert_eq!(empty.status, StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn sound_that_is_gone_is_not_cut_off_in_silence() {
    let stage = Stage::sqlite().await;
    let program = stage.publish(Wish::default()).await;
    stage.media.delete("segment/1-0.mp3").await.unwrap();
    let answer = stage.get(&stage.path(&format!("{program}.mp3"))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.text().contains("segment/"), "{}", answer.text());
}
