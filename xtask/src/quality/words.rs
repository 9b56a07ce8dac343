//! What is said, held against what the articles say.

use std::collections::BTreeSet;

pub struct Spoken<'a> {
    pub title: &'a str,
    pub text: &'a str,
}

/// Hard facts that do not occur in their article: "title: fact".
pub fn unsupported(segments: &[Spoken<'_>], feed: &str) -> Vec<String> {
    let entries: Vec<&str> = feed.split("<entry>").flat_map(|part| part.split("<item>")).collect();
    let mut found = Vec::new();
    for segment in segments {
        let article = entries.iter().find(|entry| entry.contains(segment.title)).copied().unwrap_or_default();
        found.extend(
            hard_facts(segment.text)
                .into_iter()
                .filter(|fact| !article.contains(fact.as_str()))
                .map(|fact| format!("{}: {fact}", segment.title)),
        );
    }
    found
}

/// Runs of digits with what belongs to them (1.95, 10:30, 2026-11-23), and Latin words with a capital
/// that do not begin a sentence.
fn hard_facts(text: &str) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let mut begins_sentence = true;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || ".:-_/+#'".contains(c))) {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_name =
            bare.len() > 1 && bare.starts_with(|c: char| c.is_ascii_uppercase()) && !begins_sentence;
        if bare.contains(|c: char| c.is_ascii_digit()) || is_name {
            facts.insert(bare.to_owned());
        }
        if !word.is_empty() {
            begins_sentence = word.ends_with(['.', ':']);
        }
    }
    facts
}

/// The share of 4-grams that the two most alike segments have in common, of the shorter one's.
pub fn repetition(segments: &[Spoken<'_>]) -> f64 {
    let grams: Vec<BTreeSet<String>> = segments.iter().map(|segment| four_grams(segment.text)).collect();
    let mut most = 0.0_f64;
    for (n, one) in grams.iter().enumerate() {
        for other in &grams[n + 1..] {
            let shorter = one.len().min(other.len()).max(1);
            most = most.max(one.intersection(other).count() as f64 / shorter as f64);
        }
    }
    most
}

fn four_grams(text: &str) -> BTreeSet<String> {
    let units: Vec<String> = if text.is_ascii() || text.split_whitespace().count() * 12 > text.chars().count()
    {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    } else {
        text.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect()
    };
    units.windows(4).map(|gram| gram.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_is_not_in_the_article_is_found() {
        let feed = "<entry><title>A tale</title>It took 30 ms on SQLite 3.45.</entry><entry>31</entry>";
        let good = [Spoken { title: "A tale", text: "A tale. It took 30 ms on SQLite 3.45." }];
        assert!(unsupported(&good, feed).is_empty());
        let bad = [Spoken { title: "A tale", text: "A tale. It took 31 ms on Postgres 3.45." }];
        assert_eq!(unsupported(&bad, feed), ["A tale: 31", "A tale: Postgres"]);
    }

    #[test]
    fn repetition_is_of_the_two_most_alike() {
        let spoken = |text| Spoken { title: "", text };
        let apart = [spoken("one two three four five"), spoken("six seven eight nine ten")];
        assert!(repetition(&apart) < 1e-9);
        let alike =
            [spoken("one two three four five"), spoken("zero one two three four"), spoken("a b c d e")];
        assert!((repetition(&alike) - 0.5).abs() < 1e-9);
    }
}
