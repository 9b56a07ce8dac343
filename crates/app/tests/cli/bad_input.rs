//! Documents that are no feed, or hold nothing that can be said, or nearly break what reads them.

use super::{
    documents::{ARABIC, BACKUPS, GERMAN, JAPANESE, RIVER, good, item, rss},
    folder::Folder,
    run::Home,
};

/// Ends with the code and words that say why, and leaves nothing behind.
#[track_caller]
fn refused(document: impl AsRef<[u8]>, code: i32, why: &str) {
    let home = Home::new();
    let source = home.file("feed.xml", document);
    let line = home.generate(&source, &[]).fails(code);
    assert!(line.contains(why), "{line}");
    assert!(code != 4 || line.contains(&source), "{line}");
    assert_eq!(home.names_in("out"), [""; 0]);
}

/// Becomes a program.
#[track_caller]
fn told(document: impl AsRef<[u8]>) -> Folder {
    let home = Home::new();
    let source = home.file("feed.xml", document);
    home.generate(&source, &[]).succeeds();
    Folder::whole(&home, "out")
}

#[test]
fn what_is_no_feed_is_4() {
    refused("Dear reader,\nthis is a letter.", 4, "not a feed");
    refused("", 4, "empty");
    refused("{\"articles\": []}", 4, "not a feed");
    refused("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", 4, "<svg>");
    refused("<!doctype html><html><head><title>News</title></head><body>hi</body></html>", 4, "web page");
    refused([0_u8, 159, 146, 150, 255, 254], 4, "not a feed");
}

#[test]
fn a_web_page_names_the_feed_it_offers() {
    let page = "<!doctype html><link rel=\"alternate\" type=\"application/rss+xml\" href=\"https://news.example/rss\">";
    refused(page, 4, "try https://news.example/rss");
}

#[test]
fn a_truncated_feed_is_4() {
    let feed = good();
    for kept in [feed.len() - 3, feed.len() / 2, 90, 50, 20] {
        refused(&feed[..kept], 4, "cut off");
    }
}

#[test]
fn entities_are_never_expanded() {
    let home = Home::new();
    let secret = home.file("secret", "the password is swordfish");
    let doctype = format!("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file://{secret}\">]>");
    let stolen = good().replacen("<rss", &format!("{doctype}<rss"), 1).replace("Backups that work", "&x;");
    refused(stolen, 4, "entities");
    let mut laughs = "<!DOCTYPE rss [<!ENTITY a0 \"ha\">".to_owned();
    for n in 1..30 {
        let last = n - 1;
        laughs.push_str(&format!("<!ENTITY a{n} \"&a{last};&a{last};&a{last};&a{last};\">"));
    }
    refused(good().replacen("<rss", &format!("{laughs}]><rss"), 1).replace("News", "&a29;"), 4, "entities");
    // Undeclared, it stays as it was written.
    assert!(
        !told(good().replace("Backups that work", "Backups &x; that work")).words().contains("swordfish")
    );
}

#[test]
fn what_cannot_be_said_is_3() {
    refused(rss(""), 3, "empty");
    refused(rss(&item("🎉🎉", &"🎉🚀👩‍👩‍👧 ".repeat(200))), 3, "no words");
    refused(rss(&item("Sicherung", &GERMAN.repeat(3))), 3, "no voice for its language");
    refused(rss(&item("النسخ", &ARABIC.repeat(3))), 3, "no voice for its language");
    refused(rss(&item("Only a title", "Short.")), 3, "too little to say");
    refused(rss("<item/><item></item>"), 3, "no article can be spoken");
}

#[test]
fn an_article_in_the_other_language_is_3_when_a_language_is_wished() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    home.generate(&source, &["--language", "ja"]).fails(3);
    assert_eq!(home.names_in("out"), [""; 0]);
}

#[test]
fn one_article_is_a_brief_program_with_a_reason() {
    let home = Home::new();
    let source = home.file("feed.xml", good());
    home.run(&["generate", "--source", &source, "--minutes", "10", "--out", "out"]).succeeds();
    let folder = Folder::whole(&home, "out");
    assert_eq!(folder.program["edition"], "brief");
    assert!(folder.program["reason"].as_str().unwrap().contains("10 minutes"), "{}", folder.program);
    assert_eq!(folder.articles().len(), 1);
}

#[test]
fn nothing_but_text_is_enough() {
    let bare = format!("<item><description>{BACKUPS}</description></item>");
    let odd = format!(
        "<item><guid>  </guid><pubDate>yesterday or so</pubDate><link>::::</link><description>{RIVER}</description></item>"
    );
    let folder = told(rss(&format!("{bare}{odd}")));
    assert_eq!(folder.articles().len(), 2);
    assert!(folder.articles().iter().all(|article| article["title"] != ""), "{}", folder.program);
}

#[test]
fn a_title_of_a_megabyte_is_shortened() {
    for title in ["Backups and hope ".repeat(62_000), "Backups".repeat(150_000)] {
        let folder = told(rss(&item(&title, BACKUPS)));
        assert!(folder.words().len() < 3_000, "it is not read out");
    }
}

#[test]
fn control_characters_go_nowhere() {
    let text = BACKUPS.replace("hope", "ho\u{7}pe\u{1b}[0m\u{0}");
    let folder = told(rss(&item("Back\u{1}ups \u{1b}[31m &#1; in red", &text)));
    let said = folder.program.to_string();
    assert!(!said.contains("\\u00"), "{said}");
}

#[test]
fn right_to_left_marks_do_not_turn_a_program_around() {
    let text = BACKUPS.replace(". ", ".\u{202e} ");
    let folder = told(rss(&item("\u{202e}Backups\u{202c} that work", &text)));
    assert!(!folder.program.to_string().contains('\u{202e}'), "{}", folder.program);
}

#[test]
fn charsets_are_told_from_the_bytes_where_labels_lie() {
    let home = Home::new();
    let words = |document: &[u8]| {
        home.generate(&home.file("feed.xml", document), &[]).succeeds();
        Folder::whole(&home, "out").words()
    };
    let japanese = rss(&item("控えを戻す", JAPANESE));
    assert!(words(japanese.replace("utf-8", "shift_jis").as_bytes()).contains("控え"));
    let marked = [b"\xef\xbb\xbf", japanese.replace("utf-8", "euc-jp").as_bytes()].concat();
    assert!(words(&marked).contains("控え"));
    assert!(words(good().replace("utf-8", "utf-16").as_bytes()).contains("Backups"));
    assert!(words(good().replace("utf-8", "klingon-1").as_bytes()).contains("Backups"));
}

#[test]
fn titles_are_names_not_markup() {
    let quoted = item("He said &quot;no&quot; &amp; left &lt;b&gt;now&lt;/b&gt; --&gt; then", BACKUPS);
    let braces = item("O'Neil's “odd” title … {x} %s \\n ${y} `z`", RIVER);
    let folder = told(rss(&format!("{quoted}{braces}")));
    assert!(!folder.words().contains("</b>"), "{}", folder.words());
    // Inside a cue it would be taken for another cue's times.
    let times = |line: &&str| line.contains("-->");
    assert!(
        folder.transcript.lines().filter(times).all(|line| line.starts_with("00:")),
        "{}",
        folder.transcript
    );
}

#[test]
fn what_is_no_plain_file_is_4() {
    let home = Home::new();
    for (source, why) in
        [(".", "not a regular file"), ("/dev/zero", "not a regular file"), ("nowhere.xml", "no such file")]
    {
        let line = home.generate(source, &[]).fails(4);
        assert!(line.contains(source) && line.contains(why), "{line}");
    }
    assert_eq!(home.names_in("out"), [""; 0]);
}

#[test]
fn depth_and_length_break_nothing() {
    let deep = format!("{BACKUPS}{}x{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
    let home = Home::new();
    let source = home.file("feed.xml", rss(&format!("{}{}", item("Deep", &deep), item("River", RIVER))));
    home.generate(&source, &[]).succeeds();
    refused(rss(&format!("<item>{}{}</item>", "<a>".repeat(100_000), "</a>".repeat(100_000))), 4, "deeper");
    told(rss(&item("A long word", &format!("{BACKUPS} {} {RIVER}", "a".repeat(200_000)))));
}
