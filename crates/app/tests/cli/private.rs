//! Private networks: not read unless the operator or the person at the keyboard means it.

use super::{
    documents::good,
    run::Home,
    server::{Server, reply},
};

const LOOPBACK: [&str; 7] =
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost"];

#[test]
fn loopback_is_refused_however_it_is_written() {
    let server = Server::start(|_| reply(200, "", good()));
    let home = Home::new();
    for host in LOOPBACK {
        let source = format!("http://{host}:{}/feed", server.address.port());
        let line = home.generate(&source, &[]).fails(4);
        assert!(line.contains("loopback") && line.contains("--allow-private"), "{line}");
        let line = home.run(&["feed", "inspect", &source, "--json"]).fails(4);
        assert!(line.contains("loopback"), "{line}");
    }
    assert_eq!(server.requests(), 0, "nothing was asked");
    assert_eq!(home.names_in("out"), [""; 0]);
}

#[test]
fn loopback_is_read_when_it_is_meant() {
    let server = Server::start(|_| reply(200, "", good()));
    let home = Home::new();
    for host in LOOPBACK {
        let source = format!("http://{host}:{}/feed", server.address.port());
        home.run(&["feed", "inspect", &source, "--allow-private"]).succeeds();
    }
    assert_eq!(server.requests(), LOOPBACK.len());
}

#[test]
fn other_private_addresses_are_refused() {
    let home = Home::new();
    for host in [
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "[::1]",
        "[fd00::1]",
        "[fe80::1]",
    ] {
        let line = home.generate(&format!("http://{host}/feed"), &[]).fails(4);
        assert!(line.contains("refused"), "{line}");
    }
}

#[test]
fn a_redirect_from_an_allowed_network_to_another_is_refused() {
    let inside = Server::start(|_| reply(200, "", good()));
    let port = inside.address.port();
    let allowed = Server::start(move |_| reply(302, &format!("location: http://127.0.0.2:{port}/\r\n"), ""));
    let mut home = Home::new();
    home.set("MIMIYORI_SOURCES__ALLOW_PRIVATE", "127.0.0.1/32");
    home.run(&["feed", "inspect", &inside.url("/")]).succeeds();
    let line = home.generate(&allowed.url("/feed"), &[]).fails(4);
    assert!(line.contains("127.0.0.2") && line.contains("loopback"), "{line}");
    assert_eq!((allowed.requests(), inside.requests()), (1, 1));
}

#[test]
fn passwords_in_addresses_are_refused_and_not_repeated() {
    let home = Home::new();
    let line = home.generate("http://ann:swordfish@news.example/feed?key=hush", &[]).fails(4);
    assert!(!line.contains("swordfish") && !line.contains("hush"), "{line}");
}
