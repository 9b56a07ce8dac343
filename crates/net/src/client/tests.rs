mod sending;

use super::*;
use crate::{Token, Validators};
use flate2::{Compression, write::GzEncoder};
use futures::future::BoxFuture;
use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A peer on loopback: answers each request's head with bytes, and remembers the heads.
struct Peer {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

/// What a peer does after it has answered.
#[derive(Clone, Copy)]
enum Then {
    Close,
    Hang,
}

impl Peer {
    async fn start(answer: impl Fn(&str) -> (Vec<u8>, Then) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (heads.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, seen.clone(), answer.clone()));
            }
        });
        Self { address, heads }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<String>>>,
    answer: Arc<impl Fn(&str) -> (Vec<u8>, Then)>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    // What is closed with a body unread is reset, and the answer may be lost with it.
    let length = head.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
    let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
    stream.read_exact(&mut vec![0; length]).await.unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    seen.lock().unwrap().push(head);
    let (bytes, then) = answer(&path);
    let _ = stream.write_all(&bytes).await;
    if matches!(then, Then::Hang) {
        std::future::pending::<()>().await;
    }
}

fn plain(status: &str, headers: &[(&str, &str)], body: &[u8]) -> (Vec<u8>, Then) {
    let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        bytes += &format!("{name}: {value}\r\n");
    }
    let mut bytes = (bytes + "\r\n").into_bytes();
    bytes.extend_from_slice(body);
    (bytes, Then::Close)
}

fn client(allow_private: AllowPrivate) -> Client {
    Client::new(Policy { allow_private, user_agent: "mimiyori-test/1".to_owned() })
}

fn open() -> Client {
    client(AllowPrivate::All)
}

/// Names are answered from a list, one answer per question.
struct Scripted {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Lookup for Scripted {
    fn lookup(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers[turn.min(self.answers.len() - 1)].clone();
        Box::pin(async move { Ok(answer) })
    }
}

fn scripted(answers: &[&[&str]], allow_private: AllowPrivate) -> (Client, Arc<Scripted>) {
    let parse = |list: &&[&str]| list.iter().map(|address| address.parse().unwrap()).collect();
    let lookup =
        Arc::new(Scripted { answers: answers.iter().map(parse).collect(), asked: AtomicUsize::new(0) });
    let policy = Policy { allow_private, user_agent: "mimiyori-test/1".to_owned() };
    (Client::asking(lookup.clone(), policy), lookup)
}

#[tokio::test]
async fn sends_validators_verbatim_and_nothing_it_should_not() {
    let peer = Peer::start(|_| {
        plain(
            "200 OK",
            &[("ETag", "W/\"a b\""), ("Last-Modified", "yesterday"), ("Set-Cookie", "a=b")],
            b"hello",
        )
    })
    .await;
    let client = open();
    let mut request = Request::to(peer.url("/feed?x=1"));
    let first = client.get(&request).await.unwrap();
    assert_eq!((first.status, &first.body[..]), (200, &b"hello"[..]));
    request.validators = first.validators;
    client.get(&request).await.unwrap();

    let head = peer.heads()[1].to_lowercase();
    assert!(head.starts_with("get /feed?x=1 "), "{head}");
    assert!(head.contains("if-none-match: w/\"a b\"\r\n"), "{head}");
    assert!(head.contains("if-modified-since: yesterday\r\n"), "{head}");
    assert!(head.contains("user-agent: mimiyori-test/1\r\n"), "{head}");
    assert!(head.contains("gzip") && head.contains("br"), "{head}");
    assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    for address in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://0/",
        "http://10.0.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://１２７.０.０.１/",
        "http://localhost/",
    ] {
        let request = Request::to(Url::parse(address).unwrap());
        let error = client(AllowPrivate::No).get(&request).await.unwrap_err();
        assert!(matches!(error, NetError::Refused { .. }), "{address}: {error:?}");
    }
}

#[tokio::test]
async fn only_plain_http_addresses_are_fetched() {
    for address in ["file:///etc/passwd", "ftp://example.org/", "data:,x", "http://me:pass@example.org/"] {
        let error = open().get(&Request::to(Url::parse(address).unwrap())).await.unwrap_err();
        assert!(matches!(error, NetError::BadUrl { .. }), "{address}: {error:?}");
        assert!(!error.to_string().contains("pass@"), "{error}");
    }
}

#[tokio::test]
async fn a_name_is_refused_if_any_of_its_addresses_is_private() {
    let (client, _) = scripted(&[&["8.8.8.8", "10.0.0.7"]], AllowPrivate::No);
    let error = client.get(&Request::to(Url::parse("http://feeds.example/").unwrap())).await.unwrap_err();
    assert!(
        matches!(&error, NetError::Refused { host, kind: "private", .. } if host == "feeds.example"),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_vetted_address_is_the_one_connected_to() {
    let peer = Peer::start(|_| plain("200 OK", &[], b"vetted")).await;
    let loopback = AllowPrivate::Networks(vec!["127.0.0.1".parse().unwrap()]);
    // A rebinding name: the second answer would be refused, and is never asked for.
    let (client, lookup) = scripted(&[&["127.0.0.1"], &["10.0.0.7"]], loopback);
    let url = Url::parse(&format!("http://rebind.example:{}/", peer.address.port())).unwrap();
    let response = client.get(&Request::to(url)).await.unwrap();
    assert_eq!(&response.body[..], b"vetted");
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let peer = Peer::start(|_| plain("302 Found", &[("Location", "http://169.254.169.254/")], b"")).await;
    let loopback = AllowPrivate::Networks(vec!["127.0.0.1".parse().unwrap()]);
    let error = client(loopback).get(&Request::to(peer.url("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Refused { kind: "link-local", .. }), "{error:?}");
}

#[tokio::test]
async fn permanent_moves_are_told_from_passing_ones() {
    let peer = Peer::start(|path| match path {
        "/a" => plain("301 Moved", &[("Location", "/b")], b""),
        "/b" => plain("302 Found", &[("Location", "/c")], b""),
        "/c" => plain("308 Moved", &[("Location", "/d")], b""),
        _ => plain("200 OK", &[], b"end"),
    })
    .await;
    let response = open().get(&Request::to(peer.url("/a"))).await.unwrap();
    assert_eq!(response.final_url, peer.url("/d"));
    assert_eq!(response.moved_to, Some(peer.url("/b")));
}

#[tokio::test]
async fn redirect_loops_end() {
    let peer = Peer::start(|_| plain("302 Found", &[("Location", "/again")], b"")).await;
    let error = open().get(&Request::to(peer.url("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::TooManyRedirects { limit: 5, .. }), "{error:?}");
    assert_eq!(peer.heads().len(), 6);
}

#[tokio::test]
async fn a_token_stays_with_its_origin() {
    let other = Peer::start(|_| plain("200 OK", &[], b"")).await;
    let there = other.url("/").to_string();
    let peer = Peer::start(move |_| plain("302 Found", &[("Location", &there)], b"")).await;
    let mut request = Request::to(peer.url("/"));
    request.token = Some(Token::new("secret"));
    open().get(&request).await.unwrap();
    assert!(peer.heads()[0].contains("Bearer secret"));
    assert!(!other.heads()[0].contains("secret"));
    assert!(!format!("{request:?}").contains("secret"));
}

#[tokio::test]
async fn a_decompression_bomb_is_cut() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![0; 16 << 20]).unwrap();
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 20_000);
    let peer = Peer::start(move |_| plain("200 OK", &[("Content-Encoding", "gzip")], &bomb)).await;
    let error = open().get(&Request::to(peer.url("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::TooLarge { limit: 15_728_640, .. }), "{error:?}");
}

#[tokio::test]
async fn a_page_that_never_ends_is_cut() {
    let peer = Peer::start(|_| (b"HTTP/1.1 200 OK\r\n\r\nonce upon a time".to_vec(), Then::Hang)).await;
    let mut request = Request::to(peer.url("/"));
    request.timeout = Duration::from_millis(200);
    let error = open().get(&request).await.unwrap_err();
    assert!(matches!(error, NetError::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error() {
    let peer =
        Peer::start(|_| (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf".to_vec(), Then::Close)).await;
    let error = open().get(&Request::to(peer.url("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error:?}");

    let peer = Peer::start(|_| plain("200 OK", &[("Content-Encoding", "gzip")], b"not gzip")).await;
    let error = open().get(&Request::to(peer.url("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Broken { .. }), "{error:?}");
}

#[tokio::test]
async fn nobody_listening_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/?key=k", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = open().get(&Request::to(url)).await.unwrap_err();
    assert!(matches!(error, NetError::Connect { .. }), "{error:?}");
    let line = error.to_string();
    assert!(!line.contains("key=k") && !line.contains('\n'), "{line}");
}

#[tokio::test]
async fn a_peer_that_speaks_no_tls_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url =
        Url::parse(&format!("https://secure.example:{}/", listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let (client, _) = scripted(&[&["127.0.0.1"]], AllowPrivate::All);
    let error = client.get(&Request::to(url)).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn malformed_validators_do_not_panic() {
    let mut request = Request::to(Url::parse("http://127.0.0.1:1/").unwrap());
    request.validators = Validators { etag: Some("a\r\nb: c".to_owned()), last_modified: None };
    assert!(matches!(open().get(&request).await, Err(NetError::BadUrl { .. })));
}
