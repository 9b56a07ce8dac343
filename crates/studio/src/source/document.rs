//! Is this a feed, and can its parser read it? What is no feed is told apart by kind; what nearly is
//! one is mended.
//!
//! Entities are never expanded: a document that declares any is refused here, and the XML reader
//! behind `feed-rs` leaves unknown ones as they stand.

use super::SourceError;
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
    let mut mended = mended_root(root);
    mend_references(body, &mut mended);
    Ok(mended)
}

/// `feed-rs` knows some versions and namespaces only; their kin are read the same way.
fn mended_root(root: &Root<'_>) -> String {
    const NAMESPACES: [(&str, &str); 5] = [
        ("http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0/"),
        ("http://channel.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0/"),
        ("http://purl.org/atom/ns#", "http://www.w3.org/2005/Atom"),
        ("https://www.w3.org/2005/Atom", "http://www.w3.org/2005/Atom"),
        ("https://purl.org/rss/1.0/", "http://purl.org/rss/1.0/"),
    ];
    let mut tag = root.tag.to_owned();
    for (old, new) in NAMESPACES {
        tag = tag.replace(old, new);
    }
    if root.name == "rss" {
        let version = tag.find("version").and_then(|start| {
            let rest = tag.get(start..)?;
            let open = rest.find(['"', '\''])?;
            let length = rest.get(open + 1..)?.find(['"', '\''])?;
            Some((start, start + open + 1 + length + 1, rest.get(open + 1..open + 1 + length)?.to_owned()))
        });
        match version {
            Some((start, end, version)) if version.trim().starts_with("0.9") => {
                tag.replace_range(start..end, "version=\"0.91\"");
            }
            Some((start, end, _)) => tag.replace_range(start..end, "version=\"2.0\""),
            None => tag.insert_str("<rss".len(), " version=\"2.0\""),
        }
    }
    tag
}

/// Escapes `&` that starts no reference, drops references to characters XML forbids and such
/// characters themselves. Either would cost the whole feed.
fn mend_references(text: &str, out: &mut String) {
    out.reserve(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let (before, from) = rest.split_at(at);
        push_legal(out, before);
        let taken = if from.starts_with("<![CDATA[") {
            let end = from.find("]]>").map_or(from.len(), |end| end + 3);
            push_legal(out, from.get(..end).unwrap_or(from));
            end
        } else if from.starts_with("<!--") {
            // Comments say nothing to listeners.
            from.find("-->").map_or(from.len(), |end| end + 3)
        } else if from.starts_with('<') {
            out.push('<');
            1
        } else {
            reference(from, out)
        };
        rest = from.get(taken..).unwrap_or_default();
    }
    push_legal(out, rest);
}

/// Returns how many bytes were read.
fn reference(from: &str, out: &mut String) -> usize {
    let name = from.get(1..).unwrap_or_default();
    let end = name.bytes().take(40).position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'));
    let Some((name, true)) =
        end.and_then(|end| Some((name.get(..end)?, name.as_bytes().get(end) == Some(&b';'))))
    else {
        out.push_str("&amp;");
        return 1;
    };
    let length = name.len() + 2;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        if let Some(c) = code.ok().and_then(char::from_u32).filter(|c| legal(*c)) {
            out.push_str(&format!("&#{};", u32::from(c)));
        }
    } else if name.is_empty() {
        out.push_str("&amp;;");
    } else {
        out.push_str(from.get(..length).unwrap_or_default());
    }
    length
}

fn push_legal(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r')) {
        out.push_str(text);
    } else {
        out.extend(text.chars().filter(|c| legal(*c)));
    }
}

const fn legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
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
    if let Some(fields) = feed.as_object_mut() {
        fields.insert("version".to_owned(), "https://jsonfeed.org/version/1.1".into());
        if !fields.get("title").is_some_and(Value::is_string) {
            fields.insert("title".to_owned(), "".into());
        }
        fields.entry("items").or_insert_with(|| Value::Array(Vec::new()));
    }
    for item in feed.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        // Ids are strings by the specification and numbers in the wild.
        if let Some(id) = item.get_mut("id").filter(|id| id.is_number()) {
            *id = id.to_string().into();
        }
    }
    Ok(feed.to_string())
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
