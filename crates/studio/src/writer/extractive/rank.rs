//! How much each sentence is worth saying.
//!
//! A graph of sentences joined by the words they share (after LexRank, Erkan and Radev 2004): what
//! many others speak of ranks high. The place in the text and the title's words weigh in; what reads
//! badly aloud or hangs in the air is worth less.

use super::{
    sentence::{Kind, Sentence},
    words::Words,
};
use domain::Language;
use std::collections::BTreeMap;

/// A sentence that may be said.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) sentence: Sentence,
    pub(super) words: Words,
    /// Characters (Japanese) or words (English).
    pub(super) units: usize,
    /// Worth of one unit of it, above 0 and about 1 at most.
    pub(super) worth: f64,
    pub(super) leans: Leaning,
}

/// Whether a sentence can follow anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaning {
    Stands,
    /// Starts with "but", "for this", 「しかし」: said only right after the one before it.
    Leans,
    /// Means nothing unless the one before is said too.
    Hangs,
}

/// Sets `worth` of every candidate.
pub(super) fn rank(candidates: &mut [Candidate], title: &Words, text: &str, language: Language) {
    let centrality = centrality(candidates);
    let last = candidates.len().saturating_sub(1);
    for (at, (candidate, centrality)) in candidates.iter_mut().zip(centrality).enumerate() {
        let lead = 1.0 / (1.0 + at as f64 / 2.0);
        let place = if at == last { 0.15 } else { 0.0 };
        let opens = if candidate.sentence.opens { 0.08 } else { 0.0 };
        let shared = candidate.words.intersection(title).count() as f64;
        let titled = if title.is_empty() { 0.0 } else { (shared / title.len().min(4) as f64).min(1.0) };
        let said = text.get(candidate.sentence.range.clone()).unwrap_or_default();
        let sound = soundness(said, candidate, language);
        candidate.worth = ((centrality + 0.6 * lead + 0.3 * titled + place + opens) * sound).max(0.02);
    }
}

/// PageRank over word overlap, scaled so that the highest is 1.
fn centrality(candidates: &[Candidate]) -> Vec<f64> {
    let count = candidates.len();
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for word in &candidate.words {
            holders.entry(word).or_default().push(at);
        }
    }
    // A word weighs more the fewer sentences hold it, as long as two do.
    let weight = |holders: &[usize]| (1.0 + count as f64 / holders.len() as f64).ln();
    let mut norms = vec![0.0_f64; count];
    let mut edges: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for holders in holders.values() {
        let squared = weight(holders).powi(2);
        for (i, &a) in holders.iter().enumerate() {
            norms[a] += squared;
            for &b in &holders[i + 1..] {
                *edges.entry((a, b)).or_default() += squared;
            }
        }
    }
    let mut totals = vec![0.0_f64; count];
    for (&(a, b), shared) in &mut edges {
        *shared /= (norms[a] * norms[b]).sqrt();
        totals[a] += *shared;
        totals[b] += *shared;
    }
    let mut rank = vec![1.0_f64; count];
    for _ in 0..ROUNDS {
        let mut next = vec![1.0 - DAMPING; count];
        for (&(a, b), similarity) in &edges {
            next[b] += DAMPING * rank[a] * similarity / totals[a];
            next[a] += DAMPING * rank[b] * similarity / totals[b];
        }
        rank = next;
    }
    let highest = rank.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    rank.into_iter().map(|rank| rank / highest).collect()
}

const DAMPING: f64 = 0.85;
/// The order settles within a dozen rounds for texts of article length.
const ROUNDS: usize = 20;

/// How well a sentence sounds by itself, up to 1.
fn soundness(said: &str, candidate: &Candidate, language: Language) -> f64 {
    let (short, long) = match language {
        Language::Ja => (14, 110),
        Language::En => (6, 40),
    };
    let mut sound: f64 = 1.0;
    if candidate.units < short {
        sound *= 0.5;
    }
    if candidate.units > long {
        sound *= 0.6;
    }
    if is_question(said) {
        sound *= 0.6;
    }
    if said.ends_with([':', '：']) {
        sound *= 0.5;
    }
    if candidate.sentence.kind == Kind::Item {
        sound *= 0.8;
    }
    if said.contains("://") || said.contains("www.") {
        sound *= 0.3;
    }
    let total = said.chars().filter(|c| !c.is_whitespace()).count().max(1);
    let odd = said.chars().filter(|c| is_symbol(*c)).count();
    sound * (1.0 - (4.0 * odd as f64 / total as f64).min(0.9))
}

pub(super) fn is_question(said: &str) -> bool {
    let said = said.trim_end_matches(['」', '』', '"', '”', '）', ')']);
    said.ends_with(['?', '？']) || said.ends_with("でしょうか。") || said.ends_with("ませんか。")
}

/// What code and formulas are full of.
const fn is_symbol(c: char) -> bool {
    matches!(
        c,
        '{' | '}' | '<' | '>' | '=' | '|' | '\\' | '/' | '_' | '$' | '#' | '@' | '`' | '^' | '~' | '*' | ';'
    )
}

/// How a sentence depends on the one before it.
pub(super) fn leaning(said: &str, sentence: &Sentence, language: Language) -> Leaning {
    if sentence.kind == Kind::Code {
        return Leaning::Hangs;
    }
    let whole = said.ends_with(['。', '！', '？', '．', '.', '!', '?', '」', '』', ')', '）', '"', '”']);
    if sentence.kind == Kind::Item && !whole {
        return Leaning::Hangs;
    }
    let leans = match language {
        Language::Ja => JAPANESE.iter().any(|start| said.starts_with(start)),
        Language::En => leans_in_english(said),
    };
    if leans { Leaning::Leans } else { Leaning::Stands }
}

/// By its first word, or by a word in its first clause that points back: "In this loop, …".
fn leans_in_english(said: &str) -> bool {
    let clause = said.split([',', ';', ':']).next().unwrap_or(said);
    let words: Vec<String> = clause
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .take(OPENING_WORDS)
        .map(str::to_lowercase)
        .collect();
    words.iter().enumerate().any(|(at, word)| match word.as_str() {
        // "He says that" points nowhere; "for that" does.
        "that" => at < 2,
        first if at == 0 => ENGLISH.contains(&first),
        other => POINTING.contains(&other),
    })
}

const OPENING_WORDS: usize = 6;

/// Points back from anywhere in a first clause.
const POINTING: &[&str] = &["this", "these", "those", "it", "such", "another"];

/// Whether a sentence announces the code that follows it.
pub(super) fn introduces(said: &str, language: Language) -> bool {
    let said = said.to_lowercase();
    let signs: &[&str] = match language {
        Language::Ja => &[
            "次のコード",
            "次のよう",
            "以下",
            "例",
            "こう書",
            "コードを",
            "書くと",
            "このよう",
            "：",
            "とおり",
        ],
        Language::En => {
            &["following", "example", "like this", "looks like", "here is", "here's", "below", "this way"]
        }
    };
    said.ends_with(':') || signs.iter().any(|sign| said.contains(sign))
}

const JAPANESE: &[&str] = &[
    "理由は",
    "ところが",
    "一致すれば",
    "結果として",
    "その結果",
    "代わりに",
    "反対に",
    "しかし",
    "だが",
    "ですが",
    "けれど",
    "でも",
    "ただし",
    "ただ、",
    "また、",
    "そして",
    "それ",
    "その",
    "そこ",
    "そう",
    "これ",
    "この",
    "ここ",
    "こう",
    "こちら",
    "あの",
    "彼",
    "彼女",
    "つまり",
    "すなわち",
    "たとえば",
    "例えば",
    "さらに",
    "一方",
    "次に",
    "続いて",
    "なお",
    "ちなみに",
    "では、",
    "すると",
    "したがって",
    "だから",
    "ですから",
    "よって",
    "ゆえに",
    "なぜなら",
    "同様に",
    "逆に",
    "むしろ",
    "加えて",
    "やがて",
    "とはいえ",
    "もっとも、",
    "同じ",
    "前者",
    "後者",
    "残る",
    "もう一",
    "二つ目",
    "三つ目",
    "最後に",
    "いずれ",
    "どちら",
    "どれも",
];

const ENGLISH: &[&str] = &[
    "but",
    "and",
    "or",
    "so",
    "yet",
    "however",
    "therefore",
    "thus",
    "hence",
    "moreover",
    "furthermore",
    "also",
    "then",
    "next",
    "finally",
    "instead",
    "otherwise",
    "besides",
    "still",
    "nevertheless",
    "this",
    "that",
    "these",
    "those",
    "it",
    "its",
    "they",
    "their",
    "he",
    "she",
    "his",
    "her",
    "such",
    "here",
    "there",
    "another",
    "both",
    "neither",
    "either",
    "consequently",
    "similarly",
    "likewise",
    "conversely",
    "meanwhile",
    "again",
    "because",
    "nor",
    "else",
    "worse",
    "better",
    "same",
    "second",
    "third",
    "lastly",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_back_leans() {
        let leans = |said: &str, language| {
            let sentence = Sentence { range: 0..said.len(), kind: Kind::Prose, opens: false };
            leaning(said, &sentence, language) == Leaning::Leans
        };
        for said in [
            "For another team, a table sufficed.",
            "In this loop the jobs wait.",
            "For that reason, we wait.",
        ] {
            assert!(leans(said, Language::En), "{said}");
        }
        for said in ["The team found that a table suffices.", "If a job fails, it is retried."] {
            assert!(!leans(said, Language::En), "{said}");
        }
        for said in
            ["理由は単純です。", "ところが、失敗しました。", "そのため、待ちます。", "一致すれば成功です。"]
        {
            assert!(leans(said, Language::Ja), "{said}");
        }
        assert!(!leans("表で足ります。", Language::Ja));
    }
}
