//! What servers answer instead of a feed.

use super::{
    documents::{BACKUPS, JAPANESE, good, item, rss},
    folder::Folder,
    run::Home,
    server::{Answer, Server, reply},
};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

const XML: &str = "content-type: application/rss+xml\r\n";

fn from(server: &Server) -> (Home, String) {
    let home = Home::new();
    let line = home.generate(&server.url("/feed"), &["--allow-private"]).fails(4);
    assert!(line.contains(&server.address.to_string()), "{line}");
    assert_eq!(home.names_in("out"), [""; 0]);
    (home, line)
}

#[test]
fn a_status_that_is_no_success_is_4_and_says_what_to_do() {
    for (status, headers, what) in [
        (401, "", "sign-in"),
        (403, "", "sign-in"),
        (404, "", "check the address"),
        (410, "", "remove the source"),
        (418, "", "check the address"),
        (429, "retry-after: 90\r\n", "try again in 90 s"),
        (500, "", "try again later"),
        (503, "retry-after: 7\r\n", "try again in 7 s"),
        (304, "", "304"),
    ] {
        let server = Server::start(move |_| reply(status, headers, good()));
        let (_, line) = from(&server);
        assert!(line.contains(&status.to_string()) && line.contains(what), "{line}");
    }
}

#[test]
fn redirects_end() {
    let server = Server::start(|path| reply(302, &format!("location: {path}x\r\n"), ""));
    assert!(from(&server).1.contains("redirects"));
    let server = Server::start(|_| reply(301, "location: /feed\r\n", ""));
    assert!(from(&server).1.contains("redirects"));
    assert!(server.requests() <= 6, "{}", server.requests());
}

#[test]
fn redirects_are_followed_to_a_feed() {
    let server = Server::start(|path| match path {
        "/feed" => reply(301, "location: /a\r\n", ""),
        "/a" => reply(307, "location: b\r\n", ""),
        _ => reply(200, XML, good()),
    });
    let home = Home::new();
    home.generate(&server.url("/feed"), &["--allow-private"]).succeeds();
    assert_eq!(Folder::whole(&home, "out").articles().len(), 1);
}

#[test]
fn a_page_that_never_ends_is_cut() {
    assert!(from(&Server::start(|_| Answer::Flood)).1.contains("larger than 15 MiB"));
}

/// Takes the 20 s that a server is given, asleep.
#[test]
fn a_server_that_says_nothing_is_given_up() {
    assert!(from(&Server::start(|_| Answer::Silence)).1.contains("within 20 s"));
}

#[test]
fn a_decompression_bomb_is_cut() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    (0..100).for_each(|_| bomb.write_all(&zeros).unwrap());
    let bomb = bomb.finish().unwrap();
    let server = Server::start(move |_| reply(200, &format!("{XML}content-encoding: gzip\r\n"), &bomb));
    assert!(from(&server).1.contains("larger than 15 MiB after decompression"));
}

#[test]
fn an_answer_that_breaks_off_is_4() {
    let server = Server::start(|_| reply(200, &format!("{XML}content-length: 100000\r\n"), good()));
    assert!(from(&server).1.contains("broke off"));
    let server = Server::start(|_| Answer::Bytes(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()));
    from(&server);
    let server = Server::start(|_| Answer::Bytes(Vec::new()));
    from(&server);
    let server = Server::start(|_| reply(200, &format!("{XML}content-encoding: gzip\r\n"), "no gzip"));
    from(&server);
}

#[test]
fn nobody_there_is_4() {
    let home = Home::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let line = home.generate(&format!("http://{free}/feed"), &["--allow-private"]).fails(4);
    assert!(line.contains("cannot connect"), "{line}");
    let line = home.generate("http://nowhere.invalid/feed", &[]).fails(4);
    assert!(line.contains("host not found"), "{line}");
}

#[test]
fn a_web_page_names_the_feeds_it_offers_in_full() {
    let page =
        "<html><head><link rel='alternate' type='application/atom+xml' href='/atom.xml'></head></html>";
    let server = Server::start(move |_| reply(200, "content-type: text/html\r\n", page));
    let (_, line) = from(&server);
    assert!(line.contains(&server.url("/atom.xml")), "{line}");
}

#[test]
fn labels_that_lie_are_seen_through() {
    let home = Home::new();
    let served = Server::start(|path| match path {
        "/html" => reply(200, "content-type: text/html; charset=iso-8859-1\r\n", good()),
        "/shift" => {
            reply(200, "content-type: text/xml; charset=shift_jis\r\n", rss(&item("控えを戻す", JAPANESE)))
        }
        "/none" => reply(200, "", good()),
        _ => reply(200, "content-type: image/png\r\n", good()),
    });
    for (path, word) in [("/html", BACKUPS), ("/shift", "控え"), ("/none", BACKUPS), ("/png", BACKUPS)] {
        home.generate(&served.url(path), &["--allow-private"]).succeeds();
        let word = word.split(' ').next().unwrap();
        assert!(Folder::whole(&home, "out").words().contains(word), "{path}");
    }
}

#[test]
fn one_bad_source_does_not_silence_a_good_one() {
    let server = Server::start(|_| reply(410, "", ""));
    let home = Home::new();
    let good = home.file("good.xml", good());
    let ended =
        home.generate(&server.url("/feed"), &["--source", &good, "--allow-private", "--json"]).succeeds();
    let warnings: Vec<&str> = ended.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert!(matches!(warnings[..], [line] if line.contains("410")), "{ended:?}");
    assert_eq!(ended.json(), Folder::whole(&home, "out").program);
}

#[test]
fn bad_sources_alone_are_4() {
    let server = Server::start(|_| reply(404, "", ""));
    let home = Home::new();
    let ended = home.generate(&server.url("/a"), &["--source", &server.url("/b"), "--allow-private"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(4), ""), "{ended:?}");
    assert_eq!(ended.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{ended:?}");
    assert_eq!(home.names_in("out"), [""; 0]);
}
