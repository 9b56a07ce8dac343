//! What is no feed, or a hostile one: an error of one line that says what to do, never a panic.

use flate2::{Compression, write::GzEncoder};
use net::{AllowPrivate, Client, NetError, Policy};
use source_support::{from_file, from_server, serve};
use std::{io::Write, time::Duration};
use studio::source::{Reading, SourceAddress, SourceError, read};
use wiremock::{MockServer, ResponseTemplate};

#[path = "source_support/mod.rs"]
mod source_support;

const ITEM: &str = "<item><title>A title</title><link>https://a.example/1</link>\
                    <description>Some text.</description></item>";

fn rss(items: &str) -> String {
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

async fn refused(bytes: impl AsRef<[u8]>) -> SourceError {
    let error = from_file(bytes).await.expect_err("this is no feed");
    let line = error.to_string();
    assert!(!line.contains('\n') && line.contains(": ") && line.len() < 400, "{line}");
    error
}

#[tokio::test]
async fn what_is_no_feed_is_said_so() {
    for bytes in [
        &b""[..],
        b"   \n",
        b"just words",
        b"\x00\x01\x02\xff\xfe\xfd",
        b"\x89PNG\r\n\x1a\n0000",
        b"{\"a\": 1}",
        b"[]",
        b"{nonsense}",
        b"<opml version=\"2.0\"><body/></opml>",
        b"<rss version=\"2.0\"></rss>",
        b"<",
        b"<>",
        b"<?xml",
        b"<!DOCTYPE",
    ] {
        let error = refused(bytes).await;
        assert!(
            matches!(error, SourceError::NotAFeed { .. } | SourceError::Truncated { .. }),
            "{:?}: {error:?}",
            String::from_utf8_lossy(bytes)
        );
    }
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    assert!(matches!(refused(deep).await, SourceError::NotAFeed { .. }));
}

#[tokio::test]
async fn a_web_page_names_the_feeds_it_offers() {
    let server = MockServer::start().await;
    let page = "<!doctype html><html><head><link rel=stylesheet href=/s.css>\
        <link rel='alternate' type='application/rss+xml' href='/feed.xml'></head><body>hi</body></html>";
    serve(&server, "/", ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    let error = from_server(&server, "/").await.unwrap_err();
    let SourceError::WebPage { feeds, .. } = &error else { panic!("{error:?}") };
    assert_eq!(feeds, &[format!("{}/feed.xml", server.uri())]);
    assert!(error.to_string().contains("try http://"), "{error}");
    for page in ["<html><body>x</body></html>", "<h1>404</h1>", "<!-- c --><!DOCTYPE HTML PUBLIC \"x\">"] {
        assert!(matches!(refused(page).await, SourceError::WebPage { .. }), "{page}");
    }
}

#[tokio::test]
async fn an_empty_feed_and_a_single_article_are_feeds() {
    assert_eq!(from_file(rss("")).await.unwrap().articles.len(), 0);
    assert_eq!(from_file("<feed xmlns='http://www.w3.org/2005/Atom'/>").await.unwrap().articles.len(), 0);
    assert_eq!(from_file(rss(ITEM)).await.unwrap().articles.len(), 1);
}

#[tokio::test]
async fn a_feed_cut_off_anywhere_is_an_error() {
    let whole = rss(&ITEM.repeat(3));
    let close = whole.find("</rss").unwrap();
    for end in (1..close).step_by(7).chain([close]) {
        let error = from_file(&whole[..end]).await.expect_err("cut off");
        assert!(
            matches!(error, SourceError::Truncated { .. } | SourceError::NotAFeed { .. }),
            "{end}: {error:?}"
        );
    }
    let json = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[{\"id\":\"1\"";
    assert!(matches!(refused(json).await, SourceError::Truncated { .. }));
}

#[tokio::test]
async fn entities_are_refused() {
    let xxe = "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
        <rss version='2.0'><channel><title>&x;</title></channel></rss>";
    assert!(matches!(refused(xxe).await, SourceError::Entities { .. }));
    let mut laughs = "<?xml version='1.0'?>\n<!DOCTYPE lolz [\n<!ENTITY l0 'lol'>\n".to_owned();
    for n in 1..10 {
        laughs += &format!("<!ENTITY l{n} '{}'>\n", format!("&l{};", n - 1).repeat(10));
    }
    laughs += "]><rss version='2.0'><channel><title>&l9;</title></channel></rss>";
    assert!(matches!(refused(laughs).await, SourceError::Entities { .. }));
    // A document type out of place declares nothing.
    let late = from_file(rss("<!DOCTYPE x [<!ENTITY y 'expanded'>]><item><title>a &y;</title></item>")).await;
    assert!(
        late.is_err_and(|error| matches!(error, SourceError::NotAFeed { .. }))
            || from_file(rss("<item><title>a &y;</title></item>")).await.unwrap().articles[0].title
                == "a &y;"
    );
}

#[tokio::test]
async fn statuses_are_told_apart() {
    let server = MockServer::start().await;
    for (status, words) in [
        (401, "token"),
        (403, "forbids"),
        (404, "check the address"),
        (410, "remove the source"),
        (429, "try again in 120 s"),
        (500, "try again later"),
        (503, "try again later"),
        (418, "no feed"),
    ] {
        let mut answer = ResponseTemplate::new(status);
        if status == 429 {
            answer = answer.insert_header("retry-after", "120").insert_header("cache-control", "max-age=60");
        }
        let at = format!("/{status}");
        serve(&server, &at, answer).await;
        let line = from_server(&server, &at).await.unwrap_err().to_string();
        assert!(line.contains(&format!("answered {status}")) && line.contains(words), "{line}");
    }
}

#[tokio::test]
async fn servers_that_play_tricks_are_cut_off() {
    let server = MockServer::start().await;
    let again = ResponseTemplate::new(302).insert_header("location", "/loop");
    serve(&server, "/loop", again).await;
    let error = from_server(&server, "/loop").await.unwrap_err();
    assert!(matches!(error, SourceError::Net(NetError::TooManyRedirects { .. })), "{error:?}");

    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![b' '; 16 << 20]).unwrap();
    let bomb = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_raw(gzip.finish().unwrap(), "application/rss+xml");
    serve(&server, "/bomb", bomb).await;
    let error = from_server(&server, "/bomb").await.unwrap_err();
    assert!(matches!(error, SourceError::Net(NetError::TooLarge { .. })), "{error:?}");

    serve(&server, "/never", ResponseTemplate::new(200).set_delay(Duration::from_secs(600))).await;
    let client = source_support::client();
    let reading = Reading { patience: Duration::from_millis(200), ..Reading::by(&client) };
    let error = read(&source_support::address(&server, "/never"), &reading).await.unwrap_err();
    assert!(matches!(error, SourceError::Slow { .. }), "{error:?}");
}

#[tokio::test]
async fn private_addresses_need_permission() {
    let server = MockServer::start().await;
    serve(&server, "/", ResponseTemplate::new(200).set_body_raw(rss(ITEM), "text/xml")).await;
    let strict = Client::new(Policy { allow_private: AllowPrivate::No, user_agent: "t/1".to_owned() });
    let error = read(&source_support::address(&server, "/"), &Reading::by(&strict)).await.unwrap_err();
    assert!(matches!(error, SourceError::Net(NetError::Refused { .. })), "{error:?}");
    assert!(error.to_string().contains("--allow-private"));
}

#[tokio::test]
async fn paths_that_are_no_feeds_are_said_so() {
    let client = source_support::client();
    for (path, words) in
        [("/no/such/feed.xml", "no such file"), ("/", "not a regular file"), ("/dev/zero", "regular")]
    {
        let error = read(&SourceAddress::parse(path).unwrap(), &Reading::by(&client)).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn odd_titles_and_texts_are_made_harmless() {
    let title = "\u{202e}evil\u{2066}\u{7}&#8; title\u{200b}";
    let feed = from_file(rss(&format!("<item><title>{title}</title><author>a\u{202d}b</author></item>")))
        .await
        .unwrap();
    assert_eq!(feed.articles[0].title, "evil title");
    assert_eq!(feed.articles[0].author.as_deref(), Some("ab"));

    let huge = from_file(rss(&format!("<item><title>{}</title></item>", "long title ".repeat(100_000))))
        .await
        .unwrap();
    let title = &huge.articles[0].title;
    assert!(title.chars().count() <= 200 && title.ends_with('…'), "{title}");

    let rtl = from_file(rss(
        "<item><title>مرحبا بالعالم</title><description>هذه مقالة قصيرة عن البرمجة.</description></item>",
    ));
    assert_eq!(rtl.await.unwrap().articles[0].title, "مرحبا بالعالم");

    let emoji =
        from_file(rss("<item><title>🎉👩‍💻</title><description>🎉🎉🎉</description></item>")).await.unwrap();
    assert_eq!((emoji.articles[0].title.as_str(), emoji.articles[0].text.as_str()), ("🎉👩‍💻", "🎉🎉🎉"));
}

#[tokio::test]
async fn bottomless_markup_is_survived() {
    for html in ["<div>".repeat(300_000), "<b><i>".repeat(200_000), "<table><tr><td>".repeat(50_000)] {
        let text =
            rss(&format!("<item><title>t</title><description><![CDATA[{html}]]></description></item>"));
        assert_eq!(from_file(text).await.unwrap().articles.len(), 1);
    }
    let nested = rss(&format!("{}{}", "<item>".repeat(50_000), "</item>".repeat(50_000)));
    assert!(from_file(nested).await.is_ok());
}
