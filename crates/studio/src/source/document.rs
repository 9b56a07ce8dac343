//! Is this a feed, and can its parser read it? What is no feed is told apart by kind; what nearly is
//! one is mended.
//!
//! Entities are never expanded: a document that declares any is refused here, and the XML reader
//! behind `feed-rs` leaves unknown ones as they stand.

use super::{SourceError, mend};
use serde_json::Value;

/// A document that `feed-rs` can take, in UTF-8 without a declaration.
#[derive(Debug)]
pub(super) struct Document(pub(super) String);

/// `at` names the source in errors; `links` finds the feeds a web page offers.
pub(super) fn open(
    text: &str,
    at: &str,
    links: impl Fn(&str) -> Vec<String>,
) -> Result<Document, SourceError> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    let not_a_feed = |why: String| Err(SourceError::NotAFeed { at: at.to_owned(), why });
    match text.chars().next() {
        None => not_a_feed("it is empty".to_owned()),
        Some('{') => json(text, at).map(Document),
        Some('<') => match prolog(text) {
            Prolog::Root(root) if is_feed(root.local_name()) => xml(text, &root, at).map(Document),
            Prolog::Root(root) if !is_html(root.local_name()) => {
                not_a_feed(format!("its root element is <{}>", shortened(root.name)))
            }
            Prolog::Root(_) | Prolog::Html => {
                Err(SourceError::WebPage { at: at.to_owned(), feeds: links(text) })
            }
            Prolog::Entities => Err(SourceError::Entities { at: at.to_owned() }),
            Prolog::Unfinished => Err(SourceError::Truncated {
                at: at.to_owned(),
                why: "it ends before its first element".to_owned(),
            }),
        },
        Some(_) => not_a_feed("it is neither XML nor JSON".to_owned()),
    }
}

enum Prolog<'a> {
    Root(Root<'a>),
    /// `<!DOCTYPE html>` says enough.
    Html,
    Entities,
    Unfinished,
}

struct Root<'a> {
    name: &'a str,
    /// From `<` to `>`.
    tag: &'a str,
    /// Where the tag starts.
    start: usize,
}

impl Root<'_> {
    fn local_name(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or(self.name)
    }
}

fn is_feed(name: &str) -> bool {
    ["rss", "feed", "RDF", "entry"].contains(&name)
}

fn is_html(name: &str) -> bool {
    const NAMES: [&str; 14] = [
        "html", "head", "body", "title", "meta", "link", "script", "style", "div", "p", "h1", "center",
        "table", "br",
    ];
    NAMES.contains(&name.to_ascii_lowercase().as_str())
}

/// Walks over declaration, comments and document type to the root element.
fn prolog(text: &str) -> Prolog<'_> {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let skipped = rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        let length = if rest.starts_with("<?") {
            rest.find("?>").map(|end| end + 2)
        } else if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            match document_type(rest) {
                DocumentType::Plain(end) => Some(end),
                DocumentType::Html => return Prolog::Html,
                DocumentType::Entities => return Prolog::Entities,
                DocumentType::Unfinished => None,
            }
        } else if let Some(inside) = rest.strip_prefix('<') {
            let end = |c: char| c.is_whitespace() || matches!(c, '>' | '/');
            let name = inside.split(end).next().unwrap_or_default();
            return match rest.find('>') {
                Some(close) => {
                    Prolog::Root(Root { name, tag: rest.get(..=close).unwrap_or(rest), start: at + skipped })
                }
                None => Prolog::Unfinished,
            };
        } else {
            None
        };
        match length {
            Some(length) => at += skipped + length,
            None => return Prolog::Unfinished,
        }
    }
}

enum DocumentType {
    /// Where it ends.
    Plain(usize),
    Html,
    Entities,
    Unfinished,
}

fn document_type(text: &str) -> DocumentType {
    if text
        .get(9..)
        .is_some_and(|rest| rest.trim_start().get(..4).is_some_and(|n| n.eq_ignore_ascii_case("html")))
    {
        return DocumentType::Html;
    }
    let (mut quote, mut subset) = (None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => subset = true,
            (None, ']') => subset = false,
            (None, '<') if text.get(at..at + 8).is_some_and(|d| d.eq_ignore_ascii_case("<!entity")) => {
                return DocumentType::Entities;
            }
            (None, '>') if !subset => return DocumentType::Plain(at + 1),
            (None, _) => {}
        }
    }
    // Quotes that do not pair hide the rest: an entity in there is still one.
    if text.to_ascii_lowercase().contains("<!entity") {
        DocumentType::Entities
    } else {
        DocumentType::Unfinished
    }
}

fn xml(text: &str, root: &Root<'_>, at: &str) -> Result<String, SourceError> {
    let body = text.get(root.start + root.tag.len()..).unwrap_or_default();
    let close = format!("</{}", root.name);
    if !root.tag.ends_with("/>") && !body.contains(&close) {
        let why = format!("<{}> is never closed", shortened(root.name));
        return Err(SourceError::Truncated { at: at.to_owned(), why });
    }
    let mut mended = mend::root(root.name, root.tag);
    mend::references(body, &mut mended);
    Ok(mended)
}

fn json(text: &str, at: &str) -> Result<String, SourceError> {
    let not_a_feed = |why: String| SourceError::NotAFeed { at: at.to_owned(), why };
    let mut feed: Value = serde_json::from_str(text).map_err(|error| {
        if error.is_eof() {
            SourceError::Truncated { at: at.to_owned(), why: "its JSON ends early".to_owned() }
        } else {
            not_a_feed(format!("malformed JSON: {error}"))
        }
    })?;
    let versioned = |feed: &Value| Some(feed.get("version")?.as_str()?.contains("jsonfeed.org/version/"));
    if versioned(&feed) != Some(true) {
        return Err(not_a_feed("JSON, but without the version of a JSON Feed".to_owned()));
    }
    prefer_authors(&mut feed);
    if let Some(fields) = feed.as_object_mut() {
        fields.insert("version".to_owned(), "https://jsonfeed.org/version/1.1".into());
        if !fields.get("title").is_some_and(Value::is_string) {
            fields.insert("title".to_owned(), "".into());
        }
        fields.entry("items").or_insert_with(|| Value::Array(Vec::new()));
    }
    for item in feed.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        prefer_authors(item);
        // Ids are strings by the specification and numbers in the wild.
        if let Some(id) = item.get_mut("id").filter(|id| id.is_number()) {
            *id = id.to_string().into();
        }
    }
    Ok(feed.to_string())
}

/// JSON Feed 1.1: `authors` takes the place of `author`, which the parser would put first.
fn prefer_authors(value: &mut Value) {
    let named = value.get("authors").and_then(Value::as_array).is_some_and(|authors| !authors.is_empty());
    if let Some(fields) = value.as_object_mut().filter(|_| named) {
        fields.remove("author");
    }
}

fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Result<Document, SourceError> {
        open(text, "x", |_| Vec::new())
    }

    #[test]
    fn entities_are_refused_however_they_are_dressed() {
        for prolog in [
            "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
            "<!doctype rss [ <!-- ' --> <!entity % p 'x'> %p; ]>",
            "<?xml version='1.0'?><!-- c -->\n<!DOCTYPE rss PUBLIC \"a>b\" 'c' [\n<!ELEMENT a ANY>\n<!ENTITY a 'b'>]>",
            "<!DOCTYPE rss [<!ATTLIST a b CDATA \"]>\"><!ENTITY a 'b'>]>",
        ] {
            let error = opened(&format!("{prolog}<rss></rss>")).unwrap_err();
            assert!(matches!(error, SourceError::Entities { .. }), "{prolog}: {error}");
        }
        let old = "<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" \"http://a/b.dtd\"><rss></rss>";
        assert!(opened(old).is_ok());
    }

    #[test]
    fn authors_take_the_place_of_author() {
        let text = r#"{"version":"https://jsonfeed.org/version/1.1","items":[
            {"id":"1","author":{"name":"old"},"authors":[{"name":"new"}]},
            {"id":"2","author":{"name":"only"},"authors":[]}]}"#;
        let opened = opened(text).unwrap().0;
        assert!(opened.contains("new") && opened.contains("only") && !opened.contains("old"), "{opened}");
    }

    #[test]
    fn kin_of_known_versions_are_mended() {
        for (tag, mended) in [
            ("<rss>", "<rss version=\"2.0\">"),
            ("<rss version='0.93' a='b'>", "<rss version=\"0.91\" a='b'>"),
            ("<rss version=\"2.0.1\">", "<rss version=\"2.0\">"),
        ] {
            assert_eq!(opened(&format!("{tag}</rss>")).unwrap().0, format!("{mended}</rss>"));
        }
    }

    #[test]
    fn loose_ampersands_and_forbidden_characters_do_not_cost_the_feed() {
        let text = "<rss version=\"2.0\">AT&T & &lt;b&gt; &#0;&#x1F389;&#xD800; &nbsp; \u{b}<![CDATA[a&b]]><!-- & --></rss>";
        assert_eq!(
            opened(text).unwrap().0,
            "<rss version=\"2.0\">AT&amp;T &amp; &lt;b&gt; &#127881; &nbsp; <![CDATA[a&b]]></rss>"
        );
    }
}
