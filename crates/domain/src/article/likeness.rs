//! How alike two texts are: SimHash to find near-copies among many, Jaccard to be sure of a pair.
//!
//! Both look at overlapping shingles of the bare text: letters and digits, case and width folded.
//! Japanese has no spaces, so its shingles are 4 characters; elsewhere they are 3 words. Hashes are
//! stored with articles: changing a constant here makes old and new ones incomparable.

use unicode_normalization::UnicodeNormalization;

/// Characters looked at; a longer text is alike or not long before its end.
const MOST_CHARS: usize = 20_000;
const CHARS_A_SHINGLE: usize = 4;
const WORDS_A_SHINGLE: usize = 3;

/// 64-bit SimHash of a text: near-copies differ in few bits (`distance`). 0 for a text without words.
pub fn simhash(text: &str) -> u64 {
    Shingles::of(text).simhash()
}

/// Bits in which two SimHashes differ: 0 for copies, about 32 for texts that have nothing in common.
pub const fn distance(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

/// The distinct shingles of a text, hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shingles(Vec<u64>);

impl Shingles {
    pub fn of(text: &str) -> Self {
        let folded: String = text.chars().take(MOST_CHARS).nfkc().flat_map(char::to_lowercase).collect();
        let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
        let unspaced = folded.chars().filter(|c| is_unspaced(*c)).count();
        let mut hashes = if unspaced * 5 >= letters.max(1) { of_chars(&folded) } else { of_words(&folded) };
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each bit is the majority of that bit over all shingles.
    pub fn simhash(&self) -> u64 {
        let mut votes = [0_i32; 64];
        for hash in &self.0 {
            for (bit, vote) in votes.iter_mut().enumerate() {
                *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
            }
        }
        votes.iter().enumerate().fold(0, |all, (bit, vote)| all | u64::from(*vote > 0) << bit)
    }

    /// Shared shingles over all shingles of both, 0 to 1. Two empty texts share nothing.
    pub fn jaccard(&self, other: &Self) -> f64 {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0_usize;
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => mine.next(),
                std::cmp::Ordering::Greater => theirs.next(),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    mine.next();
                    theirs.next()
                }
            };
        }
        let all = self.len() + other.len() - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }
}

/// Written without spaces between words: kana, Han, and what belongs to them.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn of_chars(folded: &str) -> Vec<u64> {
    let chars: Vec<char> = folded.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').collect();
    windows(&chars, CHARS_A_SHINGLE, |c| u64::from(u32::from(*c)))
}

fn of_words(folded: &str) -> Vec<u64> {
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    windows(&words, WORDS_A_SHINGLE, |word| word.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte))))
}

/// Hashes every run of `width` items; a shorter text is one run.
fn windows<T>(items: &[T], width: usize, value: impl Fn(&T) -> u64) -> Vec<u64> {
    let values: Vec<u64> = items.iter().map(value).collect();
    let runs = values.windows(width.min(values.len()).max(1));
    runs.map(|run| run.iter().fold(0, |hash, value| mix(hash ^ mix(*value)))).collect()
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output bit.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const JA: &str = "所有権は、値がいつ解放されるかをコンパイル時に決める仕組みです。借用を使うと、\
        所有権を渡さずに値を参照できます。可変な借用は同時に一つしか作れません。";
    const EN: &str = "Ownership decides at compile time when a value is freed. Borrowing lets a function \
        look at a value without taking it over, and only one mutable borrow may exist at a time.";

    #[test]
    fn stored_hashes_stay_what_they_are() {
        assert_eq!(simhash(JA), 1_315_191_053_082_205_716);
        assert_eq!(simhash(EN), 14_461_506_879_452_610_830);
        assert_eq!(simhash(""), 0);
    }

    #[test]
    fn width_case_and_punctuation_do_not_matter() {
        assert_eq!(simhash("Ｒｕｓｔ で書く、非同期処理！"), simhash("rustで書く非同期処理"));
        assert_eq!(simhash("Rust, the language."), simhash("rust THE language"));
    }

    #[test]
    fn another_text_is_far_and_shares_little() {
        let other = "Backpressure keeps a fast producer from drowning a slow consumer: the queue is bounded, \
            and a full queue makes the sender wait instead of growing without limit until memory ends.";
        assert!(distance(simhash(EN), simhash(other)) > 16);
        assert!(Shingles::of(EN).jaccard(&Shingles::of(other)) < 0.05);
    }

    #[test]
    fn empty_texts_share_nothing() {
        assert_eq!(Shingles::of("🎉 !!").jaccard(&Shingles::of("")), 0.0);
    }

    proptest! {
        #[test]
        fn one_more_sentence_moves_few_bits(words in proptest::collection::vec("[a-z]{3,9}", 200..400), cut in 0_usize..100) {
            let whole = words.join(" ");
            let mut edited = words;
            edited.remove(cut);
            let edited = edited.join(" ");
            prop_assert!(distance(simhash(&whole), simhash(&edited)) <= 11);
            prop_assert!(Shingles::of(&whole).jaccard(&Shingles::of(&edited)) > 0.9);
        }

        #[test]
        fn likeness_has_no_direction(a in "\\PC{0,60}", b in "\\PC{0,60}") {
            let (a, b) = (Shingles::of(&a), Shingles::of(&b));
            prop_assert_eq!(a.jaccard(&b), b.jaccard(&a));
            prop_assert!(a.is_empty() || a.jaccard(&a) == 1.0);
        }
    }
}
