//! Markup to text that can be spoken: paragraphs parted by `\n`, no markup, no code, no tables.
//!
//! Headings become lines of their own that start with `# `, so that a writer knows them. Code becomes "(code example)" in the language of the
//! text around it, which is known only at the end: until then a mark stands in for it.

mod role;

use super::plain::is_kept;
use dom_query::{Document, NodeData, NodeRef};
use domain::{Detected, Language, language};
use role::{Role, role};

/// Stands for a code example. A private character: `is_kept` keeps it out of what is read.
const CODE: char = '\u{e000}';
/// Starts the line of a heading.
const HEADING: &str = "# ";

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
    const CLOSES_ITSELF: [&str; 28] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "colgroup",
        "html", "head", "body",
    ];
    let mut depth = 0_usize;
    // `<path/>` closes itself in a drawing and nests elsewhere: many are needed to do harm.
    let mut drawn = 0_usize;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let closing = rest.starts_with('/');
        let tag = rest.strip_prefix('/').unwrap_or(rest);
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name = tag_name(tag);
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        if CLOSES_ITSELF.iter().any(|known| is(known)) {
            continue;
        }
        if let Some(raw) = ["script", "style"].iter().find(|known| is(known)).filter(|_| !closing) {
            // `a<b` in a script is no tag.
            rest = rest.find(&format!("</{raw}")).and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if closing {
            depth = depth.saturating_sub(1);
        } else if tag.find('>').is_some_and(|end| tag.get(..end).unwrap_or_default().ends_with('/')) {
            drawn += 1;
        } else {
            depth += 1;
        }
        if depth > MOST_DEPTH || drawn > MOST_DEPTH * 20 {
            return true;
        }
    }
    false
}

fn tag_name(tag: &str) -> &str {
    let end = tag.bytes().take(12).position(|byte| !byte.is_ascii_alphanumeric());
    tag.get(..end.unwrap_or(tag.len().min(12))).unwrap_or_default()
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
                if said.chars().any(char::is_alphanumeric) {
                    // One line, whatever broke it: the mark holds for a line.
                    let line =
                        format!("{HEADING}{}", said.trim().trim_start_matches(HEADING).replace('\n', " "));
                    self.out.truncate(from);
                    if from > 0 {
                        self.out.push('\n');
                    }
                    self.out.push_str(&line);
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

/// Puts words for the marks.
fn finish(marked: &str) -> String {
    let rest: String = marked.chars().filter(|c| *c != CODE).take(4_000).collect();
    let japanese = match language::detect(&rest) {
        Detected::Spoken(language) => language == Language::Ja,
        // Too short to tell, but written in characters that English has not.
        Detected::Other(_) | Detected::Unknown => rest.chars().any(is_wide),
    };
    let code = if japanese { "（コード例）" } else { "(code example)" };
    let mut text = String::with_capacity(marked.len());
    for c in marked.chars().take(MOST_CHARS) {
        match c {
            CODE => text.push_str(code),
            c => text.push(c),
        }
    }
    text
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
