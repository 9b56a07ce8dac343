//! Posts, and bodies that come in pieces.

use super::*;
use crate::Post;

/// Answers a request with what it brought: head and body.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut seen = Vec::new();
            while !seen.ends_with(b"the end") {
                seen.push(stream.read_u8().await.unwrap());
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", seen.len());
            stream.write_all(&[head.as_bytes(), &seen].concat()).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_post_brings_its_headers_and_its_body() {
    let url = Url::parse(&format!("http://{}/make", echo().await)).unwrap();
    let mut post = Post::json(url, "{\"until\":1}the end");
    post.headers.push(("webhook-id", "abc".to_owned()));
    let answer = open().post(&post).await.unwrap();
    let seen = String::from_utf8(answer.body.to_vec()).unwrap().to_lowercase();
    assert!(seen.starts_with("post /make "), "{seen}");
    for line in ["webhook-id: abc", "content-type: application/json", "accept: application/json"] {
        assert!(seen.contains(&format!("{line}\r\n")), "{line} in {seen}");
    }
    assert!(seen.ends_with("\r\n\r\n{\"until\":1}the end"), "{seen}");
}

#[tokio::test]
async fn a_post_follows_no_redirect_and_says_when_to_come_again() {
    let there = Peer::start(|_| plain("200 OK", &[], b"")).await;
    let location = there.url("/").to_string();
    let peer = Peer::start(move |_| {
        plain("307 Temporary Redirect", &[("Location", &location), ("Retry-After", "7")], b"")
    })
    .await;
    let answer = open().post(&Post::json(peer.url("/"), "{}")).await.unwrap();
    assert_eq!((answer.status, answer.retry_after), (307, Some(Duration::from_secs(7))));
    assert!(there.heads().is_empty());
}

#[tokio::test]
async fn a_post_goes_to_no_private_address_and_keeps_its_limits() {
    let peer = Peer::start(|path| match path {
        "/hang" => (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Then::Hang),
        _ => plain("200 OK", &[], &[b' '; 2_000]),
    })
    .await;
    let error = client(AllowPrivate::No).post(&Post::json(peer.url("/"), "{}")).await.unwrap_err();
    assert!(matches!(error, NetError::Refused { kind: "loopback", .. }), "{error:?}");
    let (named, _) = scripted(&[&["10.0.0.7"]], AllowPrivate::No);
    let error = named.post(&Post::json(Url::parse("http://in.example/").unwrap(), "{}")).await.unwrap_err();
    assert!(matches!(error, NetError::Refused { kind: "private", .. }), "{error:?}");
    assert!(peer.heads().is_empty());

    let narrow = Post { max_bytes: 1_999, ..Post::json(peer.url("/"), "{}") };
    let error = open().post(&narrow).await.unwrap_err();
    assert!(matches!(error, NetError::TooLarge { limit: 1_999, .. }), "{error:?}");
    let hasty = Post { timeout: Duration::from_millis(200), ..Post::json(peer.url("/hang"), "{}") };
    assert!(matches!(open().post(&hasty).await, Err(NetError::Timeout { .. })));
    let heavy = Post::json(peer.url("/"), vec![b' '; Post::MOST_BYTES + 1]);
    assert!(matches!(open().post(&heavy).await, Err(NetError::RequestTooLarge { .. })));
}

#[tokio::test]
async fn a_download_comes_in_pieces_within_the_limits() {
    let peer = Peer::start(|path| match path {
        "/hang" => (b"HTTP/1.1 200 OK\r\n\r\nfirst".to_vec(), Then::Hang),
        "/moved" => plain("302 Found", &[("Location", "/")], b""),
        _ => plain("200 OK", &[("Content-Type", "audio/mpeg")], &vec![7; 300_000]),
    })
    .await;
    let mut download = open().download(&Request::to(peer.url("/moved"))).await.unwrap();
    assert_eq!((download.status, download.content_type.as_deref()), (200, Some("audio/mpeg")));
    let mut whole = Vec::new();
    while let Some(piece) = download.piece().await.unwrap() {
        whole.extend_from_slice(&piece);
    }
    assert_eq!(whole, vec![7; 300_000]);

    let narrow = Request { max_bytes: 299_999, ..Request::to(peer.url("/")) };
    let error = read_all(narrow).await.unwrap_err();
    assert!(matches!(error, NetError::TooLarge { limit: 299_999, .. }), "{error:?}");
    let hasty = Request { timeout: Duration::from_millis(200), ..Request::to(peer.url("/hang")) };
    let error = read_all(hasty).await.unwrap_err();
    assert!(matches!(error, NetError::Timeout { .. }), "{error:?}");
}

async fn read_all(request: Request) -> Result<(), NetError> {
    let mut download = open().download(&request).await?;
    while download.piece().await?.is_some() {}
    Ok(())
}
