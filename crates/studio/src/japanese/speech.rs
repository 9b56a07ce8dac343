//! A text as it is said: terms from the reading dictionary, Latin words, and the rest by the analyser.
//!
//! A term with a reading must not be torn apart by the tokeniser, nor leave the words beside it
//! without a neighbour. So it takes part in the analysis as a stand-in that is surely one unknown noun,
//! and gets its sounds afterwards.

use super::{JapaneseError, accent, latin, latin::Latin, senses};
use crate::voice::normalise::name_symbol;
use domain::{Language, Readings};
use jpreprocess::{DefaultTokenizer, JPreprocess};
use jpreprocess_core::{pronunciation::Pronunciation, word_entry::WordEntry};
use jpreprocess_njd::{NJD, NJDNode};

/// Two letters, of Cyrillic and of Greek, that no Japanese text has: the tokeniser takes a run of either
/// as one noun, and never joins the two scripts. So neighbouring terms alternate.
const STAND_INS: [&str; 2] = ["ѪѪ", "ϞϞ"];

/// Analyses a text (normalised, one speakable chunk) down to morae and accents.
pub(super) fn analyse(
    analyser: &JPreprocess<DefaultTokenizer>,
    latin: &Latin,
    text: &str,
    readings: &Readings,
) -> Result<NJD, JapaneseError> {
    let failed = |reason: String| JapaneseError::Analyse { chars: text.chars().count(), reason };
    let staged = Staged::of(text, readings, latin);
    let mut njd = analyser.text_to_njd(&staged.text).map_err(|error| failed(error.to_string()))?;
    let mut terms = staged.terms.into_iter();
    let nodes = std::mem::take(&mut njd.nodes);
    for mut node in nodes {
        let stand_ins = node.get_string().chars().filter(|c| is_stand_in(*c)).count() / 2;
        if stand_ins > 0 {
            for spoken in terms.by_ref().take(stand_ins) {
                njd.nodes.extend(noun(spoken).map_err(|error| failed(error.to_string()))?);
            }
            continue;
        }
        if let Some(spoken) = senses::of(node.get_string(), &node.get_pron().to_pure_string()) {
            node.set_pron(spoken);
        }
        // The analyser reads unknown katakana without any fall of pitch, which sounds like a list.
        if node.get_pron().mora_size() == 0
            && let Some(spoken) = accent::loan_word(node.get_string())
        {
            node.set_pron(spoken);
        }
        njd.nodes.push(node);
    }
    njd.preprocess();
    for node in &mut njd.nodes {
        if let Some(spoken) = senses::counter(node.get_string(), node.get_pron()) {
            node.set_pron(spoken);
        }
    }
    Ok(njd)
}

fn noun(spoken: Pronunciation) -> jpreprocess_core::JPreprocessResult<Vec<NJDNode>> {
    let kana = spoken.to_pure_string();
    let accent = spoken.accent().to_string();
    // C1: as the latter half of a compound its own accent leads, as with most nouns.
    let entry = WordEntry::load(&[
        "名詞",
        "固有名詞",
        "一般",
        "*",
        "*",
        "*",
        &kana,
        &kana,
        &kana,
        &accent,
        "C1",
        "*",
    ])?;
    Ok(NJDNode::load(&kana, &entry))
}

fn is_stand_in(c: char) -> bool {
    STAND_INS.iter().any(|stand_in| stand_in.contains(c))
}

/// A text ready for the tokeniser, and what its stand-ins stand for, in order.
struct Staged {
    text: String,
    terms: Vec<Pronunciation>,
}

impl Staged {
    fn of(text: &str, readings: &Readings, latin: &Latin) -> Self {
        let mut staged = Self { text: String::with_capacity(text.len()), terms: Vec::new() };
        let mut from = 0;
        for (range, reading) in readings.find(text) {
            let Some(spoken) = accent::loan_word(&reading.reading) else { continue };
            staged.plain(text.get(from..range.start).unwrap_or_default(), readings, latin);
            staged.term(spoken);
            from = range.end;
        }
        staged.plain(text.get(from..).unwrap_or_default(), readings, latin);
        staged
    }

    fn term(&mut self, spoken: Pronunciation) {
        let stand_in = STAND_INS.iter().cycle().nth(self.terms.len() % 2);
        self.text.push_str(stand_in.copied().unwrap_or_default());
        self.terms.push(spoken);
    }

    /// Text outside the reading dictionary: Latin words become terms, the rest is the tokeniser's.
    fn plain(&mut self, text: &str, readings: &Readings, latin: &Latin) {
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
            let (before, word) = rest.split_at(start);
            self.push_plain(before);
            let end = word.find(|c: char| !c.is_ascii_alphabetic() && c != '\'').unwrap_or(word.len());
            let (word, after) = word.split_at(end);
            for part in latin::parts(word) {
                self.word(part, readings, latin);
            }
            rest = after;
        }
        self.push_plain(rest);
    }

    fn word(&mut self, part: &str, readings: &Readings, latin: &Latin) {
        let known = readings.find(part).into_iter().find(|(range, _)| range.len() == part.len());
        let spoken = match known {
            Some((_, reading)) => accent::loan_word(&reading.reading),
            // The plural of an acronym.
            None if part == "s" => accent::loan_word("ズ"),
            None => latin.say(part),
        };
        if let Some(spoken) = spoken {
            self.term(spoken);
        }
    }

    fn push_plain(&mut self, text: &str) {
        let mut chars = text.chars().filter(|c| !is_stand_in(*c)).peekable();
        while let Some(c) = chars.next() {
            let between_digits = self.ends_in_a_digit() && chars.peek().is_some_and(char::is_ascii_digit);
            match c {
                '.' if between_digits => self.text.push(c),
                // Two numbers side by side are two.
                '-' if between_digits => self.text.push('の'),
                '_' | '/' | ' ' if between_digits => self.text.push('、'),
                // Elsewhere a space would be heard as a rest; what joins the parts of a name has its own
                // sound or none.
                '-' | '/' | '\'' | '_' | '+' | '#' | '&' | '@' | '.' => {
                    self.text.push_str(name_symbol(c, Language::Ja));
                }
                _ if c.is_whitespace() => {}
                _ => self.text.push(c),
            }
        }
    }

    fn ends_in_a_digit(&self) -> bool {
        self.text.ends_with(|c: char| c.is_ascii_digit())
    }
}
