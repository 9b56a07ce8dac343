//! What an element is to a listener: a paragraph, a heading, code, or nothing.

use dom_query::{NodeData, NodeRef};

pub(super) enum Role {
    Dropped,
    Code,
    Break,
    Link,
    Block,
    Heading,
    Inline,
}

/// What the walk does on meeting an element.
pub(super) fn role(node: &NodeRef<'_>) -> Role {
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
