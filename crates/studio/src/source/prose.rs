//! Markup to text that can be spoken: paragraphs parted by `\n`, no markup, no code, no tables.
//!
//! Headings become sentences of their own. Code becomes "(code example)" in the language of the
//! text around it, which is known only at the end: until then marks stand in for both.

use super::plain::is_kept;
use dom_query::{Document, NodeData, NodeRef};
use domain::{Detected, Language, language};

/// Stands for a code example, and for the end of a heading. Private characters: `is_kept` keeps them
/// out of what is read.
const CODE: char = '\u{e000}';
const STOP: char = '\u{e001}';

/// Bytes of markup that are read; what is longer is no article.
const MOST_BYTES: usize = 1 << 20;
/// Characters of text that are kept.
const MOST_CHARS: usize = 100_000;
/// Elements inside one another. The HTML parser's time grows with their square.
const MOST_DEPTH: usize = 1_000;

/// The text of `body`, whether markup or plain.
pub(super) fn text(body: &str) -> String {
    if looks_like_markup(body) { of_html(body) } else { of_plain(body) }
}

/// The text of one line that may hold markup or entities: a title, a name.
pub(super) fn line(text: &str) -> String {
    let head: String = text.chars().take(10_000).collect();
    let text = if looks_like_markup(&head) {
        of_html(&head)
    } else if head.contains('&') {
        of_html(&head.replace('<', "&lt;"))
    } else {
        head
    };
    super::plain::line(&text)
}

pub(super) fn of_html(html: &str) -> String {
    let html = prefix(html, MOST_BYTES);
    if nests_too_deep(html) {
        return String::new();
    }
    let mut reader = Reader::default();
    let document = Document::fragment(html);
    reader.read(document.root());
    // A few words that are all links ("Comments", "Read more") say nothing of the article.
    if reader.outside_links == 0 && reader.out.chars().count() < 80 {
        return String::new();
    }
    finish(&reader.out)
}

/// Blank lines part paragraphs where there are any, line ends elsewhere; fences hold code.
fn of_plain(text: &str) -> String {
    let text = prefix(text, MOST_BYTES);
    let decoded = if text.contains('&') { unescaped(text) } else { text.to_owned() };
    let wrapped = decoded.contains("\n\n") || decoded.contains("\r\n\r\n");
    let mut reader = Reader::default();
    let mut fenced = false;
    for line in decoded.lines() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
            reader.code();
        } else if !fenced {
            let own = !wrapped || line.is_empty() || line.starts_with(['-', '*', '・', '•', '●', '■', '#']);
            reader.gap(if own { Gap::Line } else { Gap::Wrap });
            reader.text(line.trim_start_matches('#'));
        }
    }
    finish(&reader.out)
}

fn unescaped(text: &str) -> String {
    let escaped = text.replace('<', "&lt;");
    Document::fragment(escaped.as_str()).root().text().to_string()
}

/// Known tags only: `Vec<T>` in a plain text is none.
fn looks_like_markup(text: &str) -> bool {
    const NAMES: [&str; 30] = [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "section",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "u",
        "ul",
        "iframe",
    ];
    text.match_indices('<').any(|(at, _)| {
        let tag = text.get(at + 1..).unwrap_or_default();
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let end = tag.bytes().take(12).position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(0);
        let name = tag.get(..end).unwrap_or_default().to_ascii_lowercase();
        let closed = tag.as_bytes().get(end).is_some_and(|byte| matches!(byte, b'>' | b'/' | b' ' | b'\n'));
        closed && NAMES.contains(&name.as_str())
    })
}

/// Counts tags rather than parsing them: this runs to keep the parser out of harm.
pub(super) fn nests_too_deep(html: &str) -> bool {
    const CLOSES_ITSELF: [&str; 18] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr", "p",
        "li", "td", "tr", "dt", "dd",
    ];
    let mut depth = 0_usize;
    for (at, _) in html.match_indices('<') {
        let tag = html.get(at + 1..).unwrap_or_default();
        let closing = tag.starts_with('/');
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end =
            tag.bytes().take(12).position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(tag.len().min(12));
        let name = tag.get(..end).unwrap_or_default();
        if CLOSES_ITSELF.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
        if depth > MOST_DEPTH {
            return true;
        }
    }
    false
}

/// What parts two pieces of text; the greater wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    /// A line end of the source, which Japanese does not turn into a space.
    Wrap,
    Space,
    Line,
}

#[derive(Debug, Default)]
struct Reader {
    out: String,
    gap: Gap,
    /// How many links the walk is inside of.
    links: usize,
    /// Letters and digits that no link holds.
    outside_links: usize,
}

enum Step<'a> {
    Enter(NodeRef<'a>),
    Leave(Leave),
}

#[derive(Clone, Copy)]
enum Leave {
    Block,
    Heading { from: usize },
    Link,
}

impl Reader {
    /// On a stack of its own: depth is the document's to choose.
    fn read(&mut self, root: NodeRef<'_>) {
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(node) => self.enter(&node, &mut steps),
                Step::Leave(leave) => self.leave(leave),
            }
        }
    }

    fn enter<'a>(&mut self, node: &NodeRef<'a>, steps: &mut Vec<Step<'a>>) {
        if node.is_text() {
            let _ = node.query(|inner| {
                if let NodeData::Text { contents } = &inner.data {
                    self.text(contents);
                }
            });
            return;
        }
        if node.is_element() {
            match role(node) {
                Role::Dropped => return,
                Role::Code => return self.code(),
                Role::Break => return self.gap(Gap::Line),
                Role::Inline => {}
                Role::Link => {
                    self.links += 1;
                    steps.push(Step::Leave(Leave::Link));
                }
                Role::Block => {
                    self.gap(Gap::Line);
                    steps.push(Step::Leave(Leave::Block));
                }
                Role::Heading => {
                    self.gap(Gap::Line);
                    steps.push(Step::Leave(Leave::Heading { from: self.out.len() }));
                }
            }
        }
        steps.extend(node.children_it(true).map(Step::Enter));
    }

    fn leave(&mut self, leave: Leave) {
        match leave {
            Leave::Link => self.links = self.links.saturating_sub(1),
            Leave::Block => self.gap(Gap::Line),
            Leave::Heading { from } => {
                let said = self.out.get(from..).unwrap_or_default();
                if said.chars().any(char::is_alphanumeric) && !said.ends_with(ends_sentence) {
                    self.out.push(STOP);
                }
                self.gap(Gap::Line);
            }
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn code(&mut self) {
        self.gap(Gap::Line);
        if !self.out.ends_with(CODE) {
            self.part(CODE);
            self.out.push(CODE);
        }
        self.gap(Gap::Line);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.gap(if matches!(c, '\n' | '\r') { Gap::Wrap } else { Gap::Space });
            } else if is_kept(c) {
                self.part(c);
                self.out.push(c);
                self.outside_links += usize::from(self.links == 0 && c.is_alphanumeric());
            }
        }
    }

    /// Writes what parts the next character from the last.
    fn part(&mut self, next: char) {
        let gap = std::mem::take(&mut self.gap);
        let Some(last) = self.out.chars().next_back() else { return };
        match gap {
            Gap::None => {}
            Gap::Line => self.out.push('\n'),
            Gap::Wrap if is_wide(last) && is_wide(next) => {}
            Gap::Wrap | Gap::Space => self.out.push(' '),
        }
    }
}

enum Role {
    Dropped,
    Code,
    Break,
    Link,
    Block,
    Heading,
    Inline,
}

fn role(node: &NodeRef<'_>) -> Role {
    let name = node.node_name().unwrap_or_default();
    if node.has_attr("hidden") || node.attr("aria-hidden").is_some_and(|value| &*value == "true") {
        return Role::Dropped;
    }
    match &*name {
        "script" | "style" | "noscript" | "template" | "nav" | "form" | "button" | "input" | "select"
        | "textarea" | "svg" | "math" | "iframe" | "object" | "embed" | "audio" | "video" | "canvas"
        | "img" | "picture" | "figcaption" | "head" | "title" | "rt" | "rp" | "del" | "dialog" => {
            Role::Dropped
        }
        "pre" | "xmp" | "listing" => Role::Code,
        "code" | "samp" if holds(node, has_line_end) => Role::Code,
        "figure" if holds(node, |inner| inner.has_name("pre")) => Role::Code,
        "figure" => Role::Dropped,
        "table" => table(node),
        "sup" if holds(node, is_note) => Role::Dropped,
        "a" => Role::Link,
        "br" | "hr" => Role::Break,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Role::Heading,
        "div"
            if ["code-lang", "code-block-filename", "code-block-filename-container"]
                .iter()
                .any(|c| node.has_class(c)) =>
        {
            Role::Dropped
        }
        "p" | "div" | "section" | "article" | "main" | "aside" | "header" | "footer" | "ul" | "ol" | "li"
        | "dl" | "dt" | "dd" | "blockquote" | "tr" | "td" | "th" | "details" | "summary" | "address"
        | "center" | "fieldset" | "body" => Role::Block,
        _ => Role::Inline,
    }
}

/// Numbered code is code; a table that lays out paragraphs is read; data cannot be listened to.
fn table(node: &NodeRef<'_>) -> Role {
    let inside = |names: &[&str]| holds(node, |inner| names.iter().any(|name| inner.has_name(name)));
    if inside(&["pre"]) && !inside(&["p"]) {
        Role::Code
    } else if inside(&["p", "table", "h1", "h2", "h3", "li"]) {
        Role::Block
    } else {
        Role::Dropped
    }
}

fn holds(node: &NodeRef<'_>, what: impl Fn(&NodeRef<'_>) -> bool) -> bool {
    node.descendants_it().any(|inner| what(&inner))
}

fn has_line_end(node: &NodeRef<'_>) -> bool {
    let in_text = node.query_or(false, |inner| match &inner.data {
        NodeData::Text { contents } => contents.trim().contains('\n'),
        _ => false,
    });
    in_text || node.has_name("br")
}

/// A link to a note on the same page.
fn is_note(node: &NodeRef<'_>) -> bool {
    node.has_name("a") && node.attr("href").is_some_and(|href| href.starts_with('#'))
}

/// Puts words for the marks.
fn finish(marked: &str) -> String {
    let rest: String = marked.chars().filter(|c| ![CODE, STOP].contains(c)).take(4_000).collect();
    let japanese = match language::detect(&rest) {
        Detected::Spoken(language) => language == Language::Ja,
        // Too short to tell, but written in characters that English has not.
        Detected::Other(_) | Detected::Unknown => rest.chars().any(is_wide),
    };
    let (code, stop) = if japanese { ("（コード例）", "。") } else { ("(code example)", ".") };
    let mut text = String::with_capacity(marked.len());
    for c in marked.chars().take(MOST_CHARS) {
        match c {
            CODE => text.push_str(code),
            STOP => text.push_str(stop),
            c => text.push(c),
        }
    }
    text
}

const fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | ':' | '…' | '。' | '．' | '！' | '？' | '：')
}

/// Written without spaces between words.
const fn is_wide(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

fn prefix(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

#[cfg(test)]
mod tests;
