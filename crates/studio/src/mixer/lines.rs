//! Where a text may break: sentences into cues, cues into lines, for Japanese and for languages with
//! spaces.

use unicode_segmentation::UnicodeSegmentation;

/// Columns of a line; a full-width character takes two. 65 is what the podcast transcript format
/// recommends at most.
const LINE_COLUMNS: usize = 65;
const LINES: usize = 2;
/// How much longer than its fair share a line may be.
const SLACK_COLUMNS: usize = 10;

/// A text as cues of at most two lines of at most 65 columns.
pub(super) fn cues(text: &str) -> Vec<Vec<String>> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let graphemes: Vec<&str> = clean.graphemes(true).collect();
    let mut cues = Vec::new();
    for sentence in sentences(&graphemes) {
        let lines = lines(sentence);
        cues.extend(lines.chunks(LINES).map(<[String]>::to_vec));
    }
    cues
}

/// Columns of a text.
pub(super) fn columns(text: &str) -> usize {
    text.graphemes(true).map(width).sum()
}

fn width(grapheme: &str) -> usize {
    // Hangul Jamo begin what East Asian fonts draw wide; what is narrow above does no harm as wide.
    if grapheme.chars().next().is_some_and(|c| c >= '\u{1100}' && !('\u{ff61}'..='\u{ff9f}').contains(&c)) {
        2
    } else {
        1
    }
}

fn sentences<'a>(graphemes: &'a [&'a str]) -> Vec<&'a [&'a str]> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for end in 1..=graphemes.len() {
        if end == graphemes.len() || strength(graphemes, end) == Break::Sentence {
            sentences.push(&graphemes[start..end]);
            start = end;
        }
    }
    sentences
}

fn lines(sentence: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = sentence;
    while !rest.is_empty() {
        let end = line_end(rest);
        let line = rest[..end].concat().trim().to_owned();
        if !line.is_empty() {
            lines.push(line);
        }
        rest = &rest[end..];
    }
    lines
}

/// How many graphemes the next line takes: as many as fit, but rather fewer when it can end well, and
/// no more than leaves something for the lines that must follow.
fn line_end(rest: &[&str]) -> usize {
    // Farther ahead the share hardly changes.
    let all: usize = rest.iter().take(4 * LINE_COLUMNS).map(|grapheme| width(grapheme)).sum();
    if all <= LINE_COLUMNS {
        return rest.len();
    }
    let room = LINE_COLUMNS.min(all / all.div_ceil(LINE_COLUMNS) + SLACK_COLUMNS);
    let (mut used, mut best, mut best_worth) = (0, 0, 0);
    for (index, grapheme) in rest.iter().enumerate() {
        used += width(grapheme);
        if used > room {
            // A word longer than a line is torn.
            return if best > 0 { best } else { index.max(1) };
        }
        let strength = strength(rest, index + 1);
        let worth = used + strength.worth();
        if strength != Break::Never && worth >= best_worth {
            (best, best_worth) = (index + 1, worth);
        }
    }
    rest.len()
}

/// How well a text breaks at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    Never,
    /// Between two full-width characters, for want of better.
    Anywhere,
    /// A new word, by the look of it: a space, or writing that changes.
    Word,
    /// After a particle, or after okurigana.
    Particle,
    Comma,
    Sentence,
}

impl Break {
    /// In columns that may be given up for it.
    const fn worth(self) -> usize {
        match self {
            Self::Never | Self::Anywhere => 0,
            Self::Word => 14,
            Self::Particle => 20,
            Self::Comma => 28,
            Self::Sentence => 40,
        }
    }
}

/// How well `graphemes` break before index `at`.
fn strength(graphemes: &[&str], at: usize) -> Break {
    let first = |index: usize| graphemes.get(index).and_then(|grapheme| grapheme.chars().next());
    let (Some(before), Some(after)) = (first(at.wrapping_sub(1)), first(at)) else {
        return Break::Never;
    };
    if never_begins(after) || never_ends(before) {
        return Break::Never;
    }
    // A closing bracket or quote speaks for what it closes.
    let closed = (1..=at)
        .rev()
        .take(8)
        .filter_map(|index| first(index - 1))
        .find(|c| !is_closing(*c))
        .unwrap_or(before);
    match (closed, before, after) {
        ('。' | '！' | '？', _, _) => Break::Sentence,
        (_, ' ', _) => match first(at.wrapping_sub(2)) {
            Some('.' | '!' | '?' | '。' | '！' | '？') => Break::Sentence,
            Some(',' | ';' | ':' | '、') => Break::Comma,
            _ => Break::Word,
        },
        // A space stays on the line it ends.
        (_, _, ' ') => Break::Never,
        ('、' | '，' | '；' | '：', _, _) => Break::Comma,
        (_, _, '「' | '『' | '（') => Break::Particle,
        _ if is_full(before) || is_full(after) => between(before, after),
        _ => Break::Never,
    }
}

/// Between two characters of which at least one is full-width.
fn between(before: char, after: char) -> Break {
    let particle = matches!(before, 'は' | 'が' | 'を' | 'に' | 'で' | 'と' | 'も' | 'へ' | 'の' | 'や');
    match (script(before), script(after)) {
        // を is never anything else.
        _ if before == 'を' => Break::Particle,
        (Script::Hiragana, Script::Hiragana) => Break::Anywhere,
        (Script::Hiragana, _) if particle => Break::Particle,
        (Script::Hiragana, _) => Break::Word,
        (Script::Katakana, Script::Kanji) | (Script::Kanji, Script::Katakana) => Break::Word,
        (Script::Other, Script::Kanji | Script::Katakana) => Break::Anywhere,
        _ => Break::Anywhere,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Hiragana,
    Katakana,
    Kanji,
    Other,
}

const fn script(c: char) -> Script {
    match c {
        '\u{3041}'..='\u{309f}' => Script::Hiragana,
        '\u{30a0}'..='\u{30ff}' => Script::Katakana,
        '\u{3400}'..='\u{9fff}' | '々' => Script::Kanji,
        _ => Script::Other,
    }
}

const fn is_full(c: char) -> bool {
    c >= '\u{2e80}' && !matches!(c, '\u{ff61}'..='\u{ff9f}')
}

const fn is_closing(c: char) -> bool {
    matches!(c, '」' | '』' | '）' | '］' | '】' | '〉' | '》' | ')' | ']' | '"' | '\'' | '”' | '’')
}

/// Characters no line begins with (JIS X 4051).
const fn never_begins(c: char) -> bool {
    is_closing(c)
        || matches!(
            c,
            '、' | '。'
                | '，'
                | '．'
                | '・'
                | '：'
                | '；'
                | '？'
                | '！'
                | 'ー'
                | '々'
                | '…'
                | '‥'
                | '〜'
                | '％'
        )
        || matches!(c, 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' | 'ん')
        || matches!(
            c,
            'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' | 'ヵ' | 'ヶ' | 'ン'
        )
        || matches!(c, '.' | ',' | ':' | ';' | '!' | '?' | '%')
}

const fn never_ends(c: char) -> bool {
    matches!(c, '「' | '『' | '（' | '［' | '【' | '〈' | '《' | '(' | '[' | '“' | '‘')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_sentences_stay_whole() {
        assert_eq!(cues("Hello there. How are you?"), [["Hello there."], ["How are you?"]]);
        assert_eq!(
            cues("彼は「終わった。」と言った。次です。"),
            [["彼は「終わった。」"], ["と言った。"], ["次です。"]]
        );
    }

    #[test]
    fn numbers_and_names_are_not_torn() {
        assert_eq!(
            cues("It is 1.95 now, at example.com today."),
            [["It is 1.95 now, at example.com today."]]
        );
    }

    #[test]
    fn lines_share_a_sentence_fairly() {
        let text = "The compiler team has merged a change that checks ownership in parallel.";
        assert_eq!(
            cues(text),
            [["The compiler team has merged a change that", "checks ownership in parallel."]]
        );
    }

    #[test]
    fn japanese_breaks_after_commas_and_particles() {
        let text = "新しいコンパイラーは所有権の検査を並列に行うので、大きなプロジェクトのビルドが以前の半分ほどの時間で終わります。";
        assert_eq!(
            cues(text),
            [[
                "新しいコンパイラーは所有権の検査を並列に行うので、",
                "大きなプロジェクトのビルドが以前の半分ほどの時間で終わります。"
            ]]
        );
        let text =
            "長い間議論されてきた非同期処理の仕組みが来月の大きな更新でいよいよ標準の機能として取り込まれる";
        assert_eq!(
            cues(text),
            [[
                "長い間議論されてきた非同期処理の仕組みが来月の大きな",
                "更新でいよいよ標準の機能として取り込まれる"
            ]]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_line_fits(text in "[a-zA-Zぁ-んァ-ヶ一-龠、。「」 ,.!?\\n🎉0-9]{0,400}") {
            let cues = cues(&text);
            for cue in &cues {
                prop_assert!(!cue.is_empty() && cue.len() <= LINES);
                for line in cue {
                    prop_assert!(!line.is_empty() && columns(line) <= LINE_COLUMNS, "{}", line);
                }
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&cues.concat().concat()), letters(&text));
        }
    }
}
