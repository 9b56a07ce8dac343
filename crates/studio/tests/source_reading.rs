//! What feeds of every kind become.

use domain::{Detected, Language};
use net::{Token, Validators};
use source_support::{address, client, from_file, from_server, serve};
use std::time::Duration;
use studio::source::{Answer, Format, Reading, SourceAddress, SourceError, read};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

#[path = "source_support/mod.rs"]
mod source_support;

const RSS2: &str = r#"<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Field notes</title><link>https://notes.example/</link><description>d</description>
<language>en-GB</language><ttl>90</ttl>
<item><title>Borrowing &amp;amp; lending</title><link>https://notes.example/a?utm_source=rss</link><guid>tag:a</guid>
<dc:creator>Ada Writer</dc:creator><pubDate>Mon, 23 Nov 2026 06:00:00 +0900</pubDate>
<category>rust</category><category>memory</category><description>Short.</description>
<content:encoded><![CDATA[<h2>Why</h2><p>Borrowing is checked while the program is compiled.</p><pre>let x;</pre>]]></content:encoded>
</item></channel></rss>"#;

#[tokio::test]
async fn rss_2_is_read_whole() {
    let feed = from_file(RSS2).await.unwrap();
    assert_eq!((feed.format, feed.title.as_str()), (Format::Rss2, "Field notes"));
    assert_eq!(feed.language.as_deref(), Some("en-gb"));
    assert_eq!(feed.poll_after, Some(Duration::from_secs(90 * 60)));
    let [article] = &feed.articles[..] else { panic!("one article") };
    assert_eq!(article.id, "tag:a");
    assert_eq!(article.title, "Borrowing & lending");
    assert_eq!(article.canonical_url.as_deref(), Some("notes.example/a"));
    assert_eq!(article.author.as_deref(), Some("Ada Writer"));
    assert_eq!(article.published.unwrap().to_string(), "2026-11-22T21:00:00Z");
    assert_eq!(article.tags, ["rust", "memory"]);
    assert_eq!(article.text, "# Why\nBorrowing is checked while the program is compiled.\n(code example)");
    assert_eq!(article.language, Detected::Spoken(Language::En));
    assert!(!article.private);
}

#[tokio::test]
async fn older_rss_is_read() {
    for (version, format) in
        [("version=\"0.91\"", Format::Rss0), ("version=\"0.93\"", Format::Rss0), ("", Format::Rss2)]
    {
        let text = format!(
            "<rss {version}><channel><title>t</title><item><title>Old news</title><link>https://a.example/1</link>\
             <description>Still here.</description></item></channel></rss>"
        );
        let feed = from_file(text).await.unwrap();
        assert_eq!(feed.format, format, "{version}");
        assert_eq!(
            (feed.articles[0].title.as_str(), feed.articles[0].text.as_str()),
            ("Old news", "Still here.")
        );
    }
    for namespace in ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"] {
        let text = format!(
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"{namespace}\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>RDF の見本</title></channel>\
             <item><title>一つ目</title><link>https://a.example/1</link><dc:date>2026-11-20T09:00:00+09:00</dc:date>\
             <description>本文です。</description></item></rdf:RDF>"
        );
        let feed = from_file(text).await.unwrap();
        assert_eq!((feed.format, feed.title.as_str()), (Format::Rss1, "RDF の見本"), "{namespace}");
        assert_eq!(feed.articles[0].published.unwrap().to_string(), "2026-11-20T00:00:00Z");
    }
}

#[tokio::test]
async fn atom_is_read_with_relative_links_and_inherited_author() {
    let server = MockServer::start().await;
    let text = "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ja'>\
        <title>見本</title><author><name>書き手</name></author><id>urn:feed</id>\
        <entry><title type='html'>&lt;b&gt;太字&lt;/b&gt;の題</title><link rel='edit' href='/edit'/>\
        <link href='/articles/1'/><id>urn:1</id><updated>2026-11-20T09:00:00Z</updated>\
        <category term='rust'/><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>所有権の話。</p>\
        <p>借用の話。</p></div></content></entry></feed>";
    serve(&server, "/feed", ResponseTemplate::new(200).set_body_raw(text, "application/atom+xml")).await;
    let feed = from_server(&server, "/feed").await.unwrap();
    assert_eq!(feed.format, Format::Atom);
    let article = &feed.articles[0];
    assert_eq!(article.title, "太字の題");
    assert_eq!(article.url.as_ref().unwrap().as_str(), format!("{}/articles/1", server.uri()));
    assert_eq!(article.author.as_deref(), Some("書き手"));
    assert_eq!(article.text, "所有権の話。\n借用の話。");
    assert_eq!(article.tags, ["rust"]);
}

#[tokio::test]
async fn dates_in_odd_forms_are_read() {
    let forms = [
        ("2026/11/23 8:00", "2026-11-23T08:00:00Z"),
        ("2026/11/23 8:00 JST", "2026-11-22T23:00:00Z"),
        ("Mon, 23 Nov 2026 08:00:00 JST", "2026-11-22T23:00:00Z"),
        ("2026-11-23T08:00+09:00", "2026-11-22T23:00:00Z"),
        ("2026-11-22T24:00:00Z", "2026-11-23T00:00:00Z"),
        ("2026年11月23日 8時", "2026-11-22T23:00:00Z"),
    ];
    let numbered = || forms.iter().enumerate();
    let items = numbered().map(|(at, (written, _))| {
        format!(
            "<item><title>Item</title><guid>tag:{at}</guid><description>It says when.</description>\
             <pubDate>{written}</pubDate></item>"
        )
    });
    let rss =
        format!("<rss version='2.0'><channel><title>t</title>{}</channel></rss>", items.collect::<String>());
    let entries = numbered().map(|(at, (written, _))| {
        format!(
            "<entry><title>Entry</title><id>urn:{at}</id><summary>It says when.</summary>\
             <updated>{written}</updated></entry>"
        )
    });
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><id>urn:feed</id>{}</feed>",
        entries.collect::<String>()
    );
    for (text, format) in [(rss, Format::Rss2), (atom, Format::Atom)] {
        let feed = from_file(text).await.unwrap();
        assert_eq!((feed.format, feed.articles.len()), (format, forms.len()));
        for (article, (written, instant)) in feed.articles.iter().zip(forms) {
            let published = article.published.map(|published| published.to_string());
            assert_eq!(published.as_deref(), Some(instant), "{format:?}: {written}");
        }
    }
}

#[tokio::test]
async fn json_feed_is_read_also_with_numeric_ids_and_no_title() {
    let text = r#"{"version": "https://jsonfeed.org/version/1", "items": [
        {"id": 7, "url": "https://a.example/7", "title": "Seven", "content_text": "First line\nof prose.\n\nSecond <T>.",
         "date_published": "2026-11-20T09:00:00Z", "tags": ["x"], "author": {"name": "Ann"}},
        {"id": "8", "content_html": "<p>Eight words of prose are in this item.</p>"}]}"#;
    let feed = from_file(text).await.unwrap();
    assert_eq!((feed.format, feed.articles.len()), (Format::JsonFeed, 2));
    assert_eq!(feed.articles[0].id, "7");
    assert_eq!(feed.articles[0].text, "First line of prose.\nSecond <T>.");
    assert_eq!(feed.articles[1].title, "Eight words of prose are in this item.");
}

#[tokio::test]
async fn japanese_charsets_are_read_from_http_and_declaration() {
    let server = MockServer::start().await;
    for encoding in
        [encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::ISO_2022_JP, encoding_rs::UTF_8]
    {
        let name = encoding.name().to_ascii_lowercase();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"{name}\"?><rss version=\"2.0\"><channel><title>日本語の見本</title>\
             <item><title>表記と能力の話</title><link>https://a.example/</link><description>ソースの表示です。\
             </description></item></channel></rss>"
        );
        let bytes = encoding.encode(&text).0.into_owned();
        let feed = from_file(&bytes).await.unwrap();
        assert_eq!(feed.articles[0].title, "表記と能力の話", "{name} in the declaration");

        let lying = text.replace(&format!("encoding=\"{name}\""), "encoding=\"us-ascii\"");
        let bytes = encoding.encode(&lying).0.into_owned();
        let kind = format!("application/xml; charset={name}");
        serve(&server, &format!("/{name}"), ResponseTemplate::new(200).set_body_raw(bytes, &kind)).await;
        let client = client();
        let reading = Reading { pages: 0, ..Reading::by(&client) };
        let Answer::Read(feed) = read(&address(&server, &format!("/{name}")), &reading).await.unwrap() else {
            panic!("not asked conditionally")
        };
        assert_eq!(feed.articles[0].text, "ソースの表示です。", "{name} in the header");
    }
}

#[tokio::test]
async fn what_is_missing_is_made_up_the_same_way_each_time() {
    let text = "<rss version='2.0'><channel><item><description>最初の文です。次の文です。</description></item>\
        <item><title>Linked</title><link>https://a.example/x</link></item><item></item>\
        <item><guid>same</guid><title>A</title></item><item><guid>same</guid><title>B</title></item>\
        <item><guid>same</guid><title>B</title></item></channel></rss>";
    let (first, second) = (from_file(text).await.unwrap(), from_file(text).await.unwrap());
    let ids =
        |feed: &studio::source::Feed| -> Vec<String> { feed.articles.iter().map(|a| a.id.clone()).collect() };
    assert_eq!(ids(&first), ids(&second));
    let articles = &first.articles;
    assert_eq!(articles.len(), 5, "{:?}", first.notes);
    assert_eq!(articles[0].title, "最初の文です");
    assert_eq!(articles[0].id.len(), 32);
    assert!(articles[0].published.is_none() && articles[0].url.is_none());
    assert_eq!(articles[1].id, "https://a.example/x");
    assert_ne!(articles[3].id, articles[4].id);
}

#[tokio::test]
async fn ids_are_of_a_length_that_can_be_kept() {
    let items: String = ["1", "2"]
        .map(|end| format!("<item><guid>{}{end}</guid><title>T</title></item>", "x".repeat(5_000)))
        .concat();
    let feed = from_file(format!("<rss version='2.0'><channel>{items}</channel></rss>")).await.unwrap();
    assert!(feed.articles.iter().all(|article| article.id.len() == 64));
    assert_ne!(feed.articles[0].id, feed.articles[1].id);
}

#[tokio::test]
async fn teasers_are_completed_from_their_pages() {
    let server = MockServer::start().await;
    let whole = "所有権は値の持ち主を一つに決める仕組みで、借用はその値を一時的に貸し出す仕組みです。";
    let page = format!(
        "<html><head><meta charset=utf-8><title>題</title></head><body><nav>メニュー</nav><article><h1>題</h1>{}</article>\
         <footer>著作権</footer></body></html>",
        format!("<p>{}</p>", whole.repeat(5)).repeat(4)
    );
    serve(&server, "/page", ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    serve(&server, "/wall", ResponseTemplate::new(403)).await;
    serve(&server, "/error", ResponseTemplate::new(500)).await;
    let text = "<rss version='2.0'><channel><title>t</title>\
        <item><title>b</title><link>/wall</link><description>壁の向こうの話です…</description></item>\
        <item><title>c</title><link>/error</link><description>壊れたページの話です…</description></item>\
        <item><title>a</title><link>/page</link><description>所有権の話です。続きを読む</description></item></channel></rss>";
    serve(&server, "/feed", ResponseTemplate::new(200).set_body_raw(text, "application/rss+xml")).await;
    let feed = from_server(&server, "/feed").await.unwrap();
    let text = &feed.articles[2].text;
    assert!(text.matches("所有権は値の持ち主").count() >= 20 && !text.contains("メニュー"), "{text}");
    assert_eq!(feed.articles[0].text, "壁の向こうの話です…");
    assert_eq!(feed.notes, ["texts from article pages: 1", "article pages that could not be read: 2"]);
}

#[tokio::test]
async fn at_the_deadline_the_teaser_stays() {
    let server = MockServer::start().await;
    let text = "<rss version='2.0'><channel><item><title>a</title><link>/slow</link><description>Teaser.</description>\
        </item></channel></rss>";
    serve(&server, "/feed", ResponseTemplate::new(200).set_body_raw(text, "application/rss+xml")).await;
    serve(&server, "/slow", ResponseTemplate::new(200).set_delay(Duration::from_secs(600))).await;
    let client = client();
    let reading = Reading { patience: Duration::from_secs(2), ..Reading::by(&client) };
    let Answer::Read(feed) = read(&address(&server, "/feed"), &reading).await.unwrap() else { panic!("200") };
    assert_eq!(feed.articles[0].text, "Teaser.");
    assert_eq!(feed.notes, ["article pages left out, the time was up"]);
}

#[tokio::test]
async fn validators_come_back_and_304_is_unchanged() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(header("if-none-match", "\"v1\""))
        .respond_with(ResponseTemplate::new(304).insert_header("cache-control", "max-age=600"))
        .mount(&server)
        .await;
    let answer = ResponseTemplate::new(200).insert_header("etag", "\"v1\"").set_body_raw(RSS2, "text/xml");
    Mock::given(method("GET")).respond_with(answer).with_priority(9).mount(&server).await;
    let client = client();
    let mut reading = Reading { pages: 0, ..Reading::by(&client) };
    let Answer::Read(feed) = read(&address(&server, "/f"), &reading).await.unwrap() else { panic!("200") };
    assert_eq!(feed.validators, Validators { etag: Some("\"v1\"".to_owned()), last_modified: None });
    reading.validators = feed.validators;
    let Answer::Unchanged { poll_after } = read(&address(&server, "/f"), &reading).await.unwrap() else {
        panic!("304")
    };
    assert_eq!(poll_after, Some(Duration::from_secs(600)));
}

#[tokio::test]
async fn the_qiita_api_gives_likes_and_obeys_its_rate() {
    let server = MockServer::start().await;
    let body = r#"[{"id":"c0ffee","title":"所有権","url":"https://qiita.com/x/items/c0ffee","likes_count":42,
        "created_at":"2026-11-20T09:00:00+09:00","tags":[{"name":"Rust","versions":[]}],
        "user":{"id":"writer","name":""},"rendered_body":"<p>所有権の話です。</p><pre>x</pre>","body":"x"}]"#;
    Mock::given(path("/api/v2/items"))
        .and(query_param("query", "tag:rust"))
        .and(header("authorization", "Bearer t0ken"))
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("date", "Mon, 23 Nov 2026 00:00:00 GMT")
                .insert_header("rate-remaining", "0")
                .insert_header("rate-reset", "1795392600")
                .set_body_raw(body, "application/json"),
        )
        .mount(&server)
        .await;
    let spent = ResponseTemplate::new(403)
        .insert_header("date", "Mon, 23 Nov 2026 00:00:00 GMT")
        .insert_header("rate-remaining", "0")
        .insert_header("rate-reset", "1795392060");
    Mock::given(path("/api/v2/items")).respond_with(spent).with_priority(9).mount(&server).await;

    let client = client();
    let qiita = SourceAddress::parse("qiita-api:tag/rust").unwrap();
    let mut reading = Reading { pages: 0, qiita: server.uri().parse().unwrap(), ..Reading::by(&client) };
    let error = read(&qiita, &reading).await.unwrap_err();
    assert!(matches!(error, SourceError::Throttled { .. }), "{error}");
    assert_eq!(error.wait(), Some(Duration::from_secs(60)));

    reading.token = Some(Token::new("t0ken"));
    let Answer::Read(feed) = read(&qiita, &reading).await.unwrap() else { panic!("200") };
    assert_eq!(feed.poll_after, Some(Duration::from_secs(600)));
    let article = &feed.articles[0];
    assert_eq!((article.likes, article.author.as_deref()), (Some(42), Some("writer")));
    assert_eq!(
        (article.tags.as_slice(), article.text.as_str()),
        (&["Rust".to_owned()][..], "所有権の話です。\n（コード例）")
    );
    assert!(article.private);
    assert_eq!(article.source, "qiita-api:tag/rust");
}

#[tokio::test]
async fn a_large_feed_is_read_in_order() {
    let paragraph = "<p>Ownership is <em>checked</em> while the program is compiled, and never later.</p>";
    let item = |n: usize| {
        format!(
            "<item><title>n{n}</title><guid>{n}</guid><description><![CDATA[{}]]></description></item>",
            paragraph.repeat(60)
        )
    };
    let items: String = (0..400).map(item).collect();
    let text = format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>");
    assert!(text.len() > 1_900_000);
    let feed = from_file(text).await.unwrap();
    assert_eq!(feed.articles.len(), 400);
    assert_eq!(feed.articles[399].title, "n399");
}
