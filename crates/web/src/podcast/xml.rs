//! XML that every parser takes, whatever text it is given.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::borrow::Cow;

type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A document in the making. It lies in memory, so that writing cannot fail.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub fn new() -> Self {
        Self(Writer::new(Vec::new()))
    }

    pub fn declaration(&mut self) {
        self.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    }

    pub fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.write(Event::Start(start(name, attributes)));
    }

    pub fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    pub fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.write(Event::Empty(start(name, attributes)));
    }

    pub fn text(&mut self, name: &str, text: &str) {
        self.text_with(name, &[], text);
    }

    pub fn text_with(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.write(Event::Text(BytesText::new(&legal(text))));
        self.close(name);
    }

    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn write(&mut self, event: Event<'_>) {
        let _ = self.0.write_event(event);
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, &*legal(value)));
    }
    start
}

/// Without the characters that no XML document may have, not even escaped (XML 1.0 §2.2).
fn legal(text: &str) -> Cow<'_, str> {
    let is_legal = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_legal) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_legal(*c)).collect())
}

/// Text as one line: of a title nothing else is shown anywhere. At most so many characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * most));
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(most) {
        None => line,
        Some(_) => {
            let kept: String = line.chars().take(most.saturating_sub(1)).collect();
            kept.trim_end().to_owned() + "…"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::{Reader, XmlVersion};

    /// What a reader finds in the one element and its one attribute.
    fn read_back(document: &[u8]) -> (String, String) {
        let mut reader = Reader::from_reader(document);
        let (mut text, mut attribute) = (String::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    let found = start.attributes().next().unwrap().unwrap();
                    attribute = found.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
                }
                Event::Text(found) => text.push_str(&found),
                Event::GeneralRef(found) => {
                    let name = found.to_string();
                    let entity = found.resolve_char_ref().unwrap().map(String::from);
                    let entity =
                        entity.or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned));
                    text.push_str(&entity.unwrap());
                }
                Event::Eof => return (text, attribute),
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_its_legal_characters(text in "\\PC{0,20}[\\x00-\\x20<>&'\"\\]]{0,10}\\PC{0,20}") {
            let expected = legal(&text).into_owned();
            let mut xml = Xml::new();
            let one_line = line(&text, 255);
            xml.text_with("title", &[("title", &one_line)], &text);
            let (found, attribute) = read_back(&xml.finish());
            prop_assert_eq!(found, expected);
            prop_assert_eq!(attribute, legal(&one_line).into_owned());
        }
    }

    #[test]
    fn what_xml_forbids_is_left_out() {
        assert_eq!(legal("a\u{0}\u{b}\u{1b}b\u{fffe}\u{ffff}c\td\u{85}"), "ab".to_owned() + "c\td");
        assert!(matches!(legal("耳寄り 👂\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_is_short_and_has_no_edges() {
        assert_eq!(line("  a\n\tb\u{0}c ", 10), "a b c");
        assert_eq!(line("耳寄りな話", 5), "耳寄りな話");
        assert_eq!(line("耳寄りな 話題", 5), "耳寄りな…");
        assert_eq!(line("耳寄りな話題", 5), "耳寄りな…");
    }
}
