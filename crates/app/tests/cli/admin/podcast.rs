//! A listener's feed in a podcast app: from the address that an operator hands out to the last byte of sound.

use super::{making::settled, world::World};
use crate::metrics::Service;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
};

const PUBLIC: &str = "https://radio.example/mimi/";

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn ask(service: &Service, method: &str, path: &str, wishes: &str) -> Answer {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{wishes}connection: close\r\n\r\n")
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_ascii_lowercase(), value.to_owned())
    };
    // The same answer a second later has another date.
    let headers = lines.map(header).filter(|(name, _)| name != "date").collect();
    Answer { status, headers, body: bytes[end + 4..].to_vec() }
}

fn get(service: &Service, path: &str) -> Answer {
    ask(service, "GET", path, "")
}

/// Where the service itself has what stands at a public address.
fn path(url: &str) -> String {
    format!("/{}", url.strip_prefix(PUBLIC).unwrap())
}

/// The value of the first attribute or element that begins so.
fn after<'a>(document: &'a str, begin: &str) -> &'a str {
    document
        .split(begin)
        .nth(1)
        .unwrap_or_else(|| panic!("no {begin} in {document}"))
        .split(['"', '<'])
        .next()
        .unwrap()
}

fn public(mut world: World) -> World {
    world.home.set("MIMIYORI_SERVER__PUBLIC_URL", PUBLIC);
    world.home.set("MIMIYORI_TELEMETRY__LOG", "trace");
    world
}

async fn an_app_finds_and_plays_what_was_made(world: World) {
    let world = public(world);
    let person = world.person("a");
    let url = world.ask(&["feed", "show", &person.feed.to_string()])["podcast_url"].clone();
    let feed_path = path(url.as_str().unwrap());
    let service = Service::start(&world.home, &[]);
    let empty = get(&service, &feed_path);
    assert_eq!((empty.status, empty.text().contains("<item>")), (200, false), "{}", empty.text());

    world.ask(&["feed", "make-now", &person.feed.to_string()]);
    settled(&world);
    let feed = get(&service, &feed_path);
    let xml = feed.text();
    assert_eq!(after(xml, "atom:link href=\""), url.as_str().unwrap());
    assert_eq!(feed.headers["x-robots-tag"], "noindex");
    let again = ask(&service, "GET", &feed_path, &format!("if-none-match: {}\r\n", feed.headers["etag"]));
    assert_eq!((again.status, again.body.len()), (304, 0));

    let sound = path(after(xml, "<enclosure url=\""));
    let whole = get(&service, &sound);
    assert_eq!((whole.status, whole.headers["content-type"].as_str()), (200, "audio/mpeg"));
    assert_eq!(whole.body.len().to_string(), after(xml, "length=\""));
    assert!(whole.body.starts_with(b"ID3"));
    let head = ask(&service, "HEAD", &sound, "");
    assert_eq!((head.status, &head.headers, head.body.len()), (200, &whole.headers, 0));
    let last = ask(&service, "GET", &sound, "range: bytes=-500\r\n");
    assert_eq!((last.status, &last.body[..]), (206, &whole.body[whole.body.len() - 500..]));

    let chapters: Value =
        serde_json::from_slice(&get(&service, &path(after(xml, "podcast:chapters url=\""))).body).unwrap();
    let titles: Vec<&str> =
        chapters["chapters"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert!(titles.first() == Some(&"Opening") && titles.contains(&"Backups"), "{titles:?}");
    let transcript = get(&service, &path(after(xml, "podcast:transcript url=\"")));
    assert!(transcript.text().starts_with("WEBVTT\n") && transcript.text().contains("<v Kal>"));
    assert_eq!(transcript.headers["access-control-allow-origin"], "*");
    let cover = get(&service, &path(after(xml, "itunes:image href=\"")));
    assert_eq!((cover.status, &cover.body[..3]), (200, &b"\xff\xd8\xff"[..]));
    replaced_and_revoked(&world, &service, person.feed.to_string().as_str(), &feed_path, xml);
}

/// A new token gives the same podcast elsewhere; the old one gives nothing, whatever is asked for.
fn replaced_and_revoked(world: &World, service: &Service, feed: &str, old_path: &str, old: &str) {
    let id = world.ask(&["feed", "token", "list", "--feed", feed])[0]["id"].clone();
    let id = id.as_str().unwrap();
    let new = world.ask(&["feed", "token", "rotate", id]);
    let new_path = path(new["podcast_url"].as_str().unwrap());
    let renewed = get(service, &new_path);
    let token = |path: &str| path.split('/').nth(2).unwrap().to_owned();
    let (old_token, new_token) = (token(old_path), token(&new_path));
    assert_ne!(old_token, new_token);
    assert_eq!(renewed.text(), old.replace(&old_token, &new_token), "nothing else has changed");
    for name in
        ["enclosure url=\"", "podcast:chapters url=\"", "podcast:transcript url=\"", "itunes:image href=\""]
    {
        assert_eq!(get(service, &path(after(old, name))).status, 404, "{name}");
    }
    assert_eq!(get(service, old_path).status, 404);
    assert!(world.refused(1, &["feed", "token", "rotate", id]).contains("that is good: there is none"));

    world.ask(&["feed", "token", "revoke", new["id"].as_str().unwrap()]);
    assert_eq!(get(service, &new_path).status, 404);
    assert_eq!(
        world.ask(&["feed", "show", feed])["podcast_url"],
        json!(null),
        "it does not come back by itself"
    );
    let said = world.read(&["feed", "show", feed]);
    assert!(said.contains("its tokens were revoked"), "{said}");
    let metrics = service.get("/metrics").1;
    assert!(metrics.contains("route=\"/f/{token}/feed.xml\",method=\"GET\",status=\"404\"} 2"), "{metrics}");
    for secret in [old_token, new_token] {
        assert!(!metrics.contains(&secret) && !service.said().contains(&secret), "a token is told");
    }
}

mod on_sqlite {
    use super::*;

    #[tokio::test]
    async fn an_app_finds_and_plays_what_was_made() {
        super::an_app_finds_and_plays_what_was_made(World::sqlite().await).await;
    }
}

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn an_app_finds_and_plays_what_was_made() {
        let cluster = testkit::Postgres::start().unwrap();
        super::an_app_finds_and_plays_what_was_made(World::postgres(&cluster).await).await;
    }
}

#[tokio::test]
async fn every_device_may_have_a_token_of_its_own() {
    let world = public(World::sqlite().await);
    let person = world.person("a");
    let (listener, feed) = (person.listener.to_string(), person.feed.to_string());
    let add = |more: &[&str]| world.ask(&[&["feed", "token", "add"], more].concat());
    let phone = add(&["--feed", &feed, "--label", "phone", "--days", "30"]);
    let all = add(&["--listener", &listener, "--label", "car"]);
    let of_feed = world.ask(&["feed", "token", "list", "--feed", &feed]);
    assert_eq!((of_feed.as_array().unwrap().len(), &of_feed[1]["label"]), (2, &json!("phone")));
    assert_eq!(of_feed[1]["podcast_url"], phone["podcast_url"], "it can be shown again");
    let of_all = world.ask(&["feed", "token", "list", "--listener", &listener]);
    assert_eq!((of_all.as_array().unwrap().len(), &of_all[2]["feed"]), (3, &json!(null)));
    world.ask(&["feed", "token", "revoke", phone["id"].as_str().unwrap()]);
    let table = world.read(&["feed", "token", "list", "--listener", &listener]);
    assert!(
        table.contains("revoked")
            && table.contains("all")
            && !table.contains(phone["podcast_url"].as_str().unwrap())
    );

    let service = Service::start(&world.home, &[]);
    let answer = get(&service, &path(all["podcast_url"].as_str().unwrap()));
    assert_eq!(after(answer.text(), "<title>"), "Mimiyori (all programs)");
    world.refused(2, &["feed", "token", "add"]);
    world.refused(2, &["feed", "token", "list", "--feed", &feed, "--listener", &listener]);
}
