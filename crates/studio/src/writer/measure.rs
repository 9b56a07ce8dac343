//! How much there is to say in a text.

use domain::Language;

/// Letters and digits in Japanese, words in English: what a voice's pace is counted in.
pub fn units(text: &str, language: Language) -> usize {
    match language {
        Language::Ja => text.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').count(),
        Language::En => {
            text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
        }
    }
}
